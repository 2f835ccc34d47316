//! Secrets, who may read them, and their rotation.

mod access;
mod credentials;
mod rotation;
mod secret;

pub use access::SecretAccess;
pub(crate) use access::{ROTATE, statements};
pub use credentials::{Credentials, HoldsCredentials};
pub use rotation::{FunctionRotation, Rotation};
pub(crate) use secret::EXCLUDED;
pub use secret::{EncryptedBy, Secret};
