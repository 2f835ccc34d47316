//! The name and password of a database user, wherever they are kept.

use super::Secret;
use super::access::{self, SecretAccess, with_key};
use super::secret::EncryptedBy;
use crate::constructs::rds::{DbUser, master_of};
use crate::diagnostic::Diagnostic;
use crate::iam::Statement;
use crate::stack::{self, AnyHandle, Arn, Handle, Link, Permission, Stack, Value};

/// The name and password of a database user: in a [`Secret`], or in the secret that RDS makes and rotates for a
/// database's master user, which [`master_secret`](Handle::master_secret) gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials(Kept);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// In a secret of the stack.
    Secret(Handle<Secret>),
    /// In the secret that RDS manages for this database.
    Managed(AnyHandle),
}

/// Whatever holds the name and password of a database user.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no database user's name and password",
    label = "not a secret",
    note = "a secret does, `stack.add(name, Secret::new(…))`, and so does `database.master_secret()`",
    note = "for further users: `ProxyAuth::iam(first).and(second)`"
)]
pub trait HoldsCredentials {
    /// The name and password.
    fn credentials(self) -> Credentials;
}

impl HoldsCredentials for Handle<Secret> {
    fn credentials(self) -> Credentials {
        Credentials(Kept::Secret(self))
    }
}

impl HoldsCredentials for Credentials {
    fn credentials(self) -> Credentials {
        self
    }
}

/// The attribute of a database that has the ARN of the secret that RDS manages.
const MANAGED: &str = "MasterUserSecret.SecretArn";

impl Credentials {
    /// Those in the secret that RDS manages for the master user of a database.
    pub(crate) fn managed(database: AnyHandle) -> Self {
        Self(Kept::Managed(database))
    }

    /// The ARN of the secret.
    pub fn arn(self) -> Value<Arn> {
        let (handle, attribute) = self.place();
        Value::from_term(handle.term(attribute))
    }

    /// Reading the secret: its value, its description, and decryption with its key through Secrets Manager.
    pub fn read(self) -> Permission {
        Permission::derived("secret read", move |stack| self.statements(stack, SecretAccess::Read.actions()))
    }

    /// What has the secret: itself, or the database that it is made for.
    pub(crate) fn any(self) -> AnyHandle {
        self.place().0
    }

    /// The secret of the stack, if it is not one that RDS manages.
    pub(crate) fn secret(self) -> Option<Handle<Secret>> {
        match self.0 {
            Kept::Secret(secret) => Some(secret),
            Kept::Managed(_) => None,
        }
    }

    fn place(self) -> (AnyHandle, &'static str) {
        match self.0 {
            Kept::Secret(secret) => (secret.any(), "Id"),
            Kept::Managed(database) => (database, MANAGED),
        }
    }

    /// Whose they are, if that was said.
    pub(crate) fn user(self, stack: &Stack) -> Option<DbUser> {
        match self.0 {
            Kept::Secret(secret) => stack.noun(secret)?.database_user().cloned(),
            Kept::Managed(database) => Some(master_of(stack, database)?.managed_by_rds()?.0),
        }
    }

    /// The statements of `actions` on the secret.
    pub(crate) fn statements(self, stack: &Stack, actions: &[&str]) -> Result<Vec<Statement<Link>>, Box<Diagnostic>> {
        match self.0 {
            Kept::Secret(secret) => Ok(access::statements(stack, secret.any(), actions)),
            Kept::Managed(database) => {
                let managed = master_of(stack, database).and_then(|master| master.managed_by_rds());
                let (_, encrypted_by) = managed.ok_or_else(|| Box::new(not_managed(stack, database)))?;
                let key = match encrypted_by {
                    EncryptedBy::Key(key) => Some(key),
                    EncryptedBy::AwsManagedKey => None,
                };
                Ok(with_key(database.term(MANAGED), key, actions))
            }
        }
    }
}

/// A database's own secret is asked for, and it has none.
fn not_managed(stack: &Stack, database: AnyHandle) -> Diagnostic {
    let name = stack.name_of(database);
    let message = format!("RDS manages no secret for the master user of `{name}`");
    Diagnostic::error(stack::MISSING, message)
        .resource(name)
        .help("use the secret that it was given, or give it `MasterUser::managed(user(\"…\"), …)` in its place")
}
