//! A function runs as a role, not as another function.

use formwork::prelude::*;

fn wire(function: Function, other: Handle<Function>) {
    let _ = function.role(other);
}

fn main() {}
