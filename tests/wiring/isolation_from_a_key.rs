//! Only what opens connections can be an exception.

use formwork::prelude::*;

fn wire(stack: &mut Stack, database: Handle<DatabaseInstance>, key: Handle<Key>) {
    stack.require(database.isolated().except(key));
}

fn main() {}
