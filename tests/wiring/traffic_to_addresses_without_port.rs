//! Addresses are no destination until a port is named.

use formwork::prelude::*;

fn wire(stack: &mut Stack, handler: Handle<Function>) {
    stack.allow(handler, cidr("10.0.0.0/8"));
}

fn main() {}
