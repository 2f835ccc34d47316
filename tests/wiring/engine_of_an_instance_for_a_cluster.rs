//! Aurora has engines of its own.

use formwork::prelude::*;

fn wire(group: Handle<SecurityGroup>) -> Existing<DatabaseCluster> {
    DatabaseCluster::existing("billing", Engine::MariaDb, group)
}

fn main() {}
