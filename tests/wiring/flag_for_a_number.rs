//! Memory is a number of mebibytes.

use formwork::prelude::*;

fn wire(function: Function) -> Function {
    function.memory(true)
}

fn main() {}
