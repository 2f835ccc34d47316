//! Anyone who may describe the stack reads its outputs.

use formwork::prelude::*;

fn wire(stack: &mut Stack, secret: Handle<Secret>) {
    stack.output("Password", secret.password());
}

fn main() {}
