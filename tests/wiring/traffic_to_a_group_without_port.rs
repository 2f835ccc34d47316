//! A group is a destination on a port only.

use formwork::prelude::*;

fn wire(stack: &mut Stack, handler: Handle<Function>, group: Handle<SecurityGroup>) {
    stack.allow(handler, group);
}

fn main() {}
