//! Nobody can connect to a function anyway.

use formwork::prelude::*;

fn wire(stack: &mut Stack, handler: Handle<Function>) {
    stack.require(handler.isolated());
}

fn main() {}
