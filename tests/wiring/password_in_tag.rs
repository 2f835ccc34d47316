//! Anyone who may describe the resource reads its tags.

use formwork::prelude::*;

fn wire(function: Function, secret: Handle<Secret>) -> Function {
    function.tag("password", secret.password())
}

fn main() {}
