//! A handle is no text: which of its attributes is meant?

use formwork::prelude::*;

fn wire(function: Function, secret: Handle<Secret>) -> Function {
    function.env("DB_SECRET", secret)
}

fn main() {}
