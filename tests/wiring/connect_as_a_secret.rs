//! A grant names the user, not the secret of the user.

use formwork::prelude::*;

fn wire(proxy: Handle<DatabaseProxy>, secret: Handle<Secret>) -> Permission {
    proxy.connect_as(secret)
}

fn main() {}
