//! The permissions of a function that runs as a given role are the role's.

use formwork::prelude::*;

fn wire(stack: &mut Stack, function: Handle<FunctionWithRole>, secret: Handle<Secret>) {
    stack.grant(function, secret.read());
}

fn main() {}
