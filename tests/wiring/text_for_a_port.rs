//! A port is a number.

use formwork::prelude::*;

fn wire(group: Handle<SecurityGroup>) -> impl Sized {
    group.on(tcp("5432"))
}

fn main() {}
