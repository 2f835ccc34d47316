//! A database asks for nothing: it is no principal.

use formwork::prelude::*;

fn wire(stack: &mut Stack, database: Handle<DatabaseInstance>, secret: Handle<Secret>) {
    stack.require(database.can(secret.read()));
}

fn main() {}
