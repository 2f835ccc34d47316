//! A database user is named in so many words.

use formwork::prelude::*;

fn wire() -> Secret {
    Secret::new("reports", EncryptedBy::AwsManagedKey)
}

fn main() {}
