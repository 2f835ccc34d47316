//! A key stands where the proxy's secret is wanted.

use formwork::prelude::*;

fn wire(key: Handle<Key>) -> ProxyAuth {
    ProxyAuth::iam(key)
}

fn main() {}
