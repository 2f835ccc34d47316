//! A time has a unit.

use formwork::prelude::*;

fn wire(function: Function) -> Function {
    function.timeout(45)
}

fn main() {}
