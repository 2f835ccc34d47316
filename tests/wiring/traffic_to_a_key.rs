//! A key has no security group: KMS is reached by its endpoint.

use formwork::prelude::*;

fn wire(stack: &mut Stack, handler: Handle<Function>, key: Handle<Key>) {
    stack.allow(handler, key);
}

fn main() {}
