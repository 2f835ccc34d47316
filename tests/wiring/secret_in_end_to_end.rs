//! With IAM tokens all the way there is no secret, but a user.

use formwork::prelude::*;

fn wire(secret: Handle<Secret>) -> ProxyAuth {
    ProxyAuth::end_to_end(secret)
}

fn main() {}
