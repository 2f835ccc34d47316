//! What exists is imported.

use formwork::prelude::*;

fn wire(stack: &mut Stack) {
    stack.add("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
}

fn main() {}
