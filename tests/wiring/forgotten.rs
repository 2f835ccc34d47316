//! Nouns, permissions and goals do nothing by themselves.
#![deny(unused_must_use)]

use formwork::prelude::*;

fn wire(vpc: Handle<Vpc>, database: Handle<DatabaseInstance>, proxy: Handle<DatabaseProxy>) {
    SecurityGroup::new(vpc, "proxy");
    Vpc::existing("vpc-0c1e37a9d4b85f620");
    proxy.connect();
    database.isolated().except(proxy);
    Parameter::number().default(256);
}

fn main() {}
