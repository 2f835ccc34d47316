//! A function listens on no port.

use formwork::prelude::*;

fn wire(stack: &mut Stack, proxy: Handle<DatabaseProxy>, handler: Handle<Function>) {
    stack.allow(proxy, handler);
}

fn main() {}
