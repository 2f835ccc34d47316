//! A range of addresses is no text.

use formwork::prelude::*;

fn wire(stack: &mut Stack, proxy: Handle<DatabaseProxy>) {
    stack.allow("10.0.0.0/16", proxy);
}

fn main() {}
