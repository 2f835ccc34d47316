//! A proxy stands before a database.

use formwork::prelude::*;

fn wire(handler: Handle<Function>, auth: ProxyAuth, private: Handle<PrivateSubnets>, group: Handle<SecurityGroup>) {
    let _ = DatabaseProxy::new(handler, auth, private, group);
}

fn main() {}
