//! Anyone who may describe the function reads its variables.

use formwork::prelude::*;

fn wire(function: Function, secret: Handle<Secret>) -> Function {
    function.env("DB_PASSWORD", secret.password())
}

fn main() {}
