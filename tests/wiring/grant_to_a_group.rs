//! A security group has no role.

use formwork::prelude::*;

fn wire(stack: &mut Stack, group: Handle<SecurityGroup>, secret: Handle<Secret>) {
    stack.grant(group, secret.read());
}

fn main() {}
