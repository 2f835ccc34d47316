//! A proxy without a security group.

use formwork::prelude::*;

fn wire(database: Handle<DatabaseInstance>, auth: ProxyAuth, private: Handle<PrivateSubnets>) -> DatabaseProxy {
    DatabaseProxy::new(database, auth, private)
}

fn main() {}
