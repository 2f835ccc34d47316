//! The secret, given or new, and the key.

use super::super::here::here;
use super::super::open::value;
use crate::constructs::kms::Key;
use crate::constructs::rds::user;
use crate::constructs::secretsmanager::{EncryptedBy, Secret};
use crate::settings::{Environment, KeptBy, SecretKey, SecretShape};
use crate::stack::{Handle, Parameter, Stack, Value, sub};
use crate::template::Intrinsic;

/// The customer managed key, if there is one: given, or made for everything that the stack encrypts.
pub(super) fn key(stack: &mut Stack, settings: &Environment) -> Option<Handle<Key>> {
    match settings.secret.as_ref()?.key() {
        SecretKey::AwsManaged => None,
        SecretKey::Given(arn) => {
            let arn = here(value(stack, arn, Parameter::arn(), "The key that encrypts the secret."), settings);
            Some(stack.import("Key", Key::existing(arn)))
        }
        SecretKey::New => {
            let noun = Key::new("database, secret, log and variables of the stack").alias(alias());
            Some(stack.add("Key", noun))
        }
    }
}

/// A name for people that two stacks of an account do not share.
fn alias() -> Value<String> {
    Value::Intrinsic(Intrinsic::Sub(sub("alias/${AWS::StackName}")))
}

/// What encrypts the secret: with no key of one's own, Secrets Manager's and RDS's.
pub(super) fn encrypted_by(key: Option<Handle<Key>>) -> EncryptedBy {
    key.map_or(EncryptedBy::AwsManagedKey, EncryptedBy::Key)
}

/// The secret, unless there is none or RDS makes it along with the database.
pub(super) fn secret(stack: &mut Stack, settings: &Environment, key: Option<Handle<Key>>) -> Option<Handle<Secret>> {
    let said = settings.secret.as_ref()?;
    let encrypted_by = encrypted_by(key);
    match &said.shape {
        SecretShape::New { new } if new.kept_by == KeptBy::Rds => None,
        SecretShape::New { .. } => {
            let noun = Secret::new(user(&said.user), encrypted_by);
            Some(stack.add("Secret", noun.description("name and password with which the proxy logs in")))
        }
        SecretShape::Given { arn } => {
            let arn = here(value(stack, arn, Parameter::arn(), "The secret of the database user."), settings);
            Some(stack.import("Secret", Secret::existing(arn, encrypted_by).user(user(&said.user))))
        }
    }
}
