//! A parameter is as typed as what it stands for.

use formwork::prelude::*;

fn wire(stack: &mut Stack) -> Existing<Vpc> {
    let id = stack.parameter("GroupId", Parameter::security_group());
    Vpc::existing(id)
}

fn main() {}
