//! What reading a secret takes.

use super::Secret;
use super::secret::EncryptedBy;
use crate::constructs::kms::Key;
use crate::iam::Statement;
use crate::stack::{AnyHandle, Handle, Link, Stack, Term, sub};
use crate::template::Intrinsic;

/// How much of a secret is open to whoever is granted access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretAccess {
    /// Its value and its description: what a client needs.
    Read,
    /// Also its resource policy and the ids of its versions.
    Full,
}

impl SecretAccess {
    pub(super) fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Read => &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            Self::Full => &[
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetResourcePolicy",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
            ],
        }
    }
}

/// What a function that rotates a secret does with it.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html>
pub(crate) const ROTATE: &[&str] = &[
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];

/// The statements of `actions` on a secret: with a key of one's own, decryption through Secrets Manager is one of them.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html> has both.
pub(super) fn with_key(arn: Term, key: Option<Handle<Key>>, actions: &[&str]) -> Vec<Statement<Link>> {
    let mut statements = vec![Statement::allow(actions.iter().copied(), [arn])];
    if let Some(key) = key {
        // Whoever writes a version of the secret has it encrypted too.
        let writes = actions.contains(&"secretsmanager:PutSecretValue");
        let actions: &[&str] = if writes { &["kms:Decrypt", "kms:GenerateDataKey"] } else { &["kms:Decrypt"] };
        let statement = Statement::allow(actions.iter().copied(), [key.any().term("Arn")]);
        statements.push(statement.when("StringEquals", "kms:ViaService", via_secrets_manager()));
    }
    statements
}

/// The same for a secret of the stack.
pub(crate) fn statements(stack: &Stack, secret: AnyHandle, actions: &[&str]) -> Vec<Statement<Link>> {
    let key = stack.noun_of::<Secret>(secret).and_then(|secret| match secret.encrypted_by() {
        EncryptedBy::Key(key) => Some(key),
        EncryptedBy::AwsManagedKey => None,
    });
    with_key(secret.term("Id"), key, actions)
}

/// Secrets Manager in the stack's region, as KMS names it.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>. Whether
/// the China partition uses another suffix was not verified.
fn via_secrets_manager() -> Term {
    Term::Intrinsic(Intrinsic::Sub(sub("secretsmanager.${AWS::Region}.amazonaws.com")))
}
