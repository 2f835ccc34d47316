//! The secret's settings.

use serde::Deserialize;

use super::Setting;

choices! {
    /// What the proxy may do with the secret.
    SecretAccess {
        /// What it needs.
        Read "read",
        /// Also `GetResourcePolicy` and `ListSecretVersionIds`.
        Full "full",
    }
}

choices! {
    /// Who makes up the password of a new secret, and keeps it.
    KeptBy {
        /// The stack: a secret of its own.
        Stack "stack",
        /// RDS, which rotates it too.
        Rds "rds",
    }
}

/// The secret with which the proxy logs in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Secret {
    /// The database user in it: of a new database, the master user.
    pub user: String,
    key: Option<Setting<String>>,
    /// What the proxy may do with it.
    pub access: SecretAccess,
    /// Whether it exists.
    #[serde(flatten)]
    pub shape: SecretShape,
}

/// Whether the secret exists.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum SecretShape {
    /// It is created.
    New {
        /// What it is like.
        new: NewSecret,
    },
    /// It exists.
    Given {
        /// Its full ARN.
        arn: Setting<String>,
    },
}

/// A secret that is created.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewSecret {
    /// Who makes it.
    pub kept_by: KeptBy,
}

/// What encrypts the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKey<'a> {
    /// A key that the stack creates, for all that it encrypts.
    New,
    /// The account's own `aws/secretsmanager`.
    AwsManaged,
    /// The key of this ARN.
    Given(&'a Setting<String>),
}

impl Secret {
    /// What encrypts it. Unless said, a new secret has a new key.
    pub fn key(&self) -> SecretKey<'_> {
        match &self.key {
            None => SecretKey::New,
            Some(Setting::Literal(word)) if word == "new" => SecretKey::New,
            Some(Setting::Literal(word)) if word == "aws-managed" => SecretKey::AwsManaged,
            Some(key) => SecretKey::Given(key),
        }
    }

    /// Who makes it, if it is new.
    pub fn kept_by(&self) -> Option<KeptBy> {
        match self.shape {
            SecretShape::New { new } => Some(new.kept_by),
            SecretShape::Given { .. } => None,
        }
    }

    /// Its ARN, if it exists.
    pub fn arn(&self) -> Option<&Setting<String>> {
        match &self.shape {
            SecretShape::Given { arn } => Some(arn),
            SecretShape::New { .. } => None,
        }
    }
}
