//! The database does not call the proxy.

use formwork::prelude::*;

fn wire(stack: &mut Stack, proxy: Handle<DatabaseProxy>, database: Handle<DatabaseInstance>) {
    stack.allow(database, proxy);
}

fn main() {}
