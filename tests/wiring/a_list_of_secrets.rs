//! A proxy takes a secret for each user, one after the other.

use formwork::prelude::*;

fn wire(first: Handle<Secret>, second: Handle<Secret>) -> ProxyAuth {
    ProxyAuth::iam([first, second])
}

fn main() {}
