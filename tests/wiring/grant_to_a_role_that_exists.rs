//! This stack cannot write into a role that it does not own.

use formwork::prelude::*;

fn wire(stack: &mut Stack, role: Handle<UnownedRole>, secret: Handle<Secret>) {
    stack.grant(role, secret.read());
}

fn main() {}
