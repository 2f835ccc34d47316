//! Variables are text.

use formwork::prelude::*;

fn wire(function: Function) -> Function {
    function.env("DB_PORT", 5432)
}

fn main() {}
