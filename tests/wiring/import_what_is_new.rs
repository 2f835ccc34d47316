//! What is new is added.

use formwork::prelude::*;

fn wire(stack: &mut Stack, vpc: Handle<Vpc>) {
    stack.import("ProxySg", SecurityGroup::new(vpc, "proxy"));
}

fn main() {}
