//! A variable has the address of the proxy, not the proxy.

use formwork::prelude::*;

fn wire(function: Function, proxy: Handle<DatabaseProxy>) -> Function {
    function.env("DB_HOST", proxy)
}

fn main() {}
