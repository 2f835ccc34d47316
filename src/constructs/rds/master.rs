//! The master user of a new database, and where its password is.

use super::database::{DatabaseCluster, DatabaseInstance};
use super::engine::AnyEngine;
use super::{DbUser, NamesUser};
use crate::aws::rds::{DbCluster, DbInstance, db_cluster, db_instance};
use crate::aws::secretsmanager::SecretTargetAttachment;
use crate::constructs::secretsmanager::{EncryptedBy, Secret};
use crate::diagnostic::{Code, Diagnostic};
use crate::stack::{self, AnyHandle, Handle, IntoValue, Lowering, Sensitive, Stack, Value};

/// A password that the engine does not take.
const PASSWORD: Code = Code::new("S1301", "password-unfit-for-engine");

/// The master user of a new database, and where its password is.
///
/// Whoever is the master user at first stays it: CloudFormation replaces the database when the name changes.
#[derive(Clone, Debug)]
#[must_use = "a master user belongs to a database"]
pub struct MasterUser(Kept);

#[derive(Clone, Debug)]
enum Kept {
    /// In a secret of the stack.
    Secret(Handle<Secret>),
    /// RDS makes a secret, and rotates the password.
    Managed(DbUser, EncryptedBy),
}

impl MasterUser {
    /// RDS makes up the password, keeps it in a secret of its own and rotates it every seven days; the secret goes with
    /// the database. A proxy logs in with [`master_secret`](Handle::master_secret).
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html>
    pub fn managed(user: impl NamesUser, encrypted_by: EncryptedBy) -> Self {
        Self(Kept::Managed(user.db_user(), encrypted_by))
    }

    /// The user and the key, where RDS manages the secret.
    pub(crate) fn managed_by_rds(&self) -> Option<(DbUser, EncryptedBy)> {
        match &self.0 {
            Kept::Managed(user, encrypted_by) => Some((user.clone(), *encrypted_by)),
            Kept::Secret(_) => None,
        }
    }

    /// Whether a secret holds its password.
    pub(super) fn is_in(&self, secret: Handle<Secret>) -> bool {
        matches!(self.0, Kept::Secret(own) if own == secret)
    }

    /// The secret of this stack that gets host and port of the database, so that a rotation finds it. One that exists
    /// may belong to a database already, and a secret belongs to one at most.
    pub(super) fn attached(&self, stack: &Stack) -> Option<Handle<Secret>> {
        match self.0 {
            Kept::Secret(secret) if stack.creates(secret.any()) => Some(secret),
            _ => None,
        }
    }

    /// The database with what has to do with its master user.
    pub(super) fn told<D: Mastered>(&self, database: D, engine: AnyEngine, lowering: &mut Lowering<'_>) -> D {
        match &self.0 {
            Kept::Managed(user, encrypted_by) => match name(user, lowering) {
                Some(name) => database.managed(name, *encrypted_by),
                None => database,
            },
            Kept::Secret(secret) => {
                let Some(noun) = lowering.noun::<Secret>(secret.any()) else { return database };
                check_length(noun, *secret, engine, lowering);
                let Some(user) = noun.database_user() else {
                    unknown(*secret, lowering);
                    return database;
                };
                match name(user, lowering) {
                    Some(name) => database.known(name, secret.password()),
                    None => database,
                }
            }
        }
    }

    /// Adds the attachment that writes host and port into its secret.
    pub(super) fn attach(&self, target_type: &str, lowering: &mut Lowering<'_>) {
        if let Some(secret) = self.attached(lowering.stack()) {
            let database = lowering.own::<String>("", "Ref");
            let secret = secret.attribute::<String>("Id");
            lowering.add(ATTACHMENT, SecretTargetAttachment::new(secret, database, target_type));
        }
    }
}

/// A resource that has a master user: instances and clusters name it alike.
pub(super) trait Mastered {
    /// With this password.
    fn known(self, name: Value<String>, password: Sensitive) -> Self;

    /// With a password that RDS makes up and keeps.
    fn managed(self, name: Value<String>, encrypted_by: EncryptedBy) -> Self;
}

macro_rules! mastered { ($($name:ident of $module:ident;)*) => { $(
    impl Mastered for $name {
        fn known(self, name: Value<String>, password: Sensitive) -> Self {
            self.master_username(name).master_user_password(password)
        }

        fn managed(self, name: Value<String>, encrypted_by: EncryptedBy) -> Self {
            let managed = self.master_username(name).manage_master_user_password(true);
            match encrypted_by {
                EncryptedBy::Key(key) => {
                    managed.master_user_secret($module::MasterUserSecret::new().kms_key_id(key.arn()))
                }
                EncryptedBy::AwsManagedKey => managed,
            }
        }
    }
)* } }

mastered! {
    DbInstance of db_instance;
    DbCluster of db_cluster;
}

/// What follows a database's logical id in that of the attachment of its master user's secret.
pub(super) const ATTACHMENT: &str = "Attachment";

impl From<Handle<Secret>> for MasterUser {
    /// The user of this secret, with its password. The secret gets the database's host and port.
    fn from(secret: Handle<Secret>) -> Self {
        Self(Kept::Secret(secret))
    }
}

/// The master user of a database that the stack makes.
pub(crate) fn master_of(stack: &Stack, database: AnyHandle) -> Option<&MasterUser> {
    let instance = stack.noun_of::<DatabaseInstance>(database).and_then(DatabaseInstance::master);
    instance.or_else(|| stack.noun_of::<DatabaseCluster>(database).and_then(DatabaseCluster::master))
}

fn name(user: &DbUser, lowering: &mut Lowering<'_>) -> Option<Value<String>> {
    if let DbUser::Named(name) = user {
        return Some(name.into_value());
    }
    let message = "a database has one master user, and this one is anyone";
    lowering.report(Diagnostic::error(stack::MISSING, message).help("name the user: `user(\"…\")`"));
    None
}

fn unknown(secret: Handle<Secret>, lowering: &mut Lowering<'_>) {
    let name = lowering.stack().name_of(secret.any());
    let message = format!("the user of `{name}` is not known, and it would be the database's master user");
    let cure = "say it where the secret is imported: `.user(user(\"…\"))`";
    lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
}

fn check_length(noun: &Secret, secret: Handle<Secret>, engine: AnyEngine, lowering: &mut Lowering<'_>) {
    let range = 8..=engine.longest_password();
    let Some(length) = noun.known_password_length().filter(|length| !range.contains(length)) else { return };
    let name = lowering.stack().name_of(secret.any());
    let message =
        format!("the password in `{name}` has {length} characters, and {} takes 8 to {}", engine.name(), range.end());
    lowering.report(
        Diagnostic::error(PASSWORD, message)
            .note("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html")
            .help(format!("`Secret::new(…).password_length({})`, or leave it at 32", range.end())),
    );
}
