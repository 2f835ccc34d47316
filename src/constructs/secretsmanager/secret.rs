//! A secret that the stack makes, or one that exists.

use super::access::{ROTATE, SecretAccess, statements};
use crate::aws::secretsmanager::{self, ResourcePolicy, secret::GenerateSecretString};
use crate::constructs::kms::Key;
use crate::constructs::rds::{DbUser, NamesUser};
use crate::diagnostic::Diagnostic;
use crate::stack::{
    self, Arn, Bag, Construct, Deletion, Existing, Handle, IntoValue, Json, Link, Lowering, Permission, Sensitive,
    Value,
};
use crate::template::{Sub, SubPart};

/// Characters of a made-up password unless said: MySQL, MariaDB and Aurora take 41 at most.
const PASSWORD_LENGTH: i64 = 32;

/// Characters that a made-up password never has. RDS refuses `/`, `@`, `"` and the space in a master user's password;
/// quotes and the backslash are a trouble to whoever puts the password into a URL, a shell or SQL.
///
/// Source: `MasterUserPassword` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
pub(crate) const EXCLUDED: &str = "/@\"'\\ ";

/// The key that encrypts a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptedBy {
    /// `aws/secretsmanager`: every principal of the account that may read the secret may decrypt it.
    AwsManagedKey,
    /// A key of one's own: whoever reads the secret needs `kms:Decrypt` on it too.
    Key(Handle<Key>),
}

/// A secret: the JSON of a database user's name and password.
///
/// RDS Proxy reads `username` and `password` of its current version.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-secrets-arns.html>
///
/// ```
/// use formwork::prelude::*;
///
/// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Data", &environment);
/// let app = stack.add("AppSecret", Secret::new(user("app"), EncryptedBy::AwsManagedKey).password_length(40));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Secret {
    secret: secretsmanager::Secret,
    encrypted_by: EncryptedBy,
    user: Option<DbUser>,
    password_length: Value<i64>,
    policy: Value<Json>,
}

impl Secret {
    /// A new secret: the name of a database user, and a password that Secrets Manager makes up, without a character
    /// that an engine refuses. It goes with the stack, to be had back for 30 days, unless it was told to stay, or a
    /// database that stays (or its snapshot) has the password.
    ///
    /// The user's name enters the secret's template, and a change to it makes up a new password, which no database
    /// knows: <https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2210>. So a secret is for one
    /// user for good.
    #[track_caller]
    pub fn new(user: impl NamesUser, encrypted_by: EncryptedBy) -> Self {
        let mut secret = secretsmanager::Secret::new();
        secret.bag().deleted(Deletion::Delete);
        if let EncryptedBy::Key(key) = encrypted_by {
            secret = secret.kms_key_id(key.arn());
        }
        let password_length = PASSWORD_LENGTH.into_value();
        Self { secret, encrypted_by, user: Some(user.db_user()), password_length, policy: Value::Absent }
    }

    /// A secret that exists, by its full ARN (with the six characters at its end).
    pub fn existing(arn: impl IntoValue<Arn>, encrypted_by: EncryptedBy) -> Existing<Self> {
        let arn = arn.into_value();
        let secret = secretsmanager::Secret::new();
        let noun = Self { secret, encrypted_by, user: None, password_length: Value::Absent, policy: Value::Absent };
        Existing::new(noun).given("Id", arn.clone()).given("Ref", arn)
    }

    /// How many characters its password has: 8 at least; at most 41 for MySQL, MariaDB and Aurora, 128 for PostgreSQL
    /// and SQL Server; 32 unless said. A change makes up a new password.
    pub fn password_length(mut self, characters: impl IntoValue<i64>) -> Self {
        self.password_length = characters.into_value();
        self
    }

    /// What it is for.
    #[track_caller]
    pub fn description(mut self, text: impl IntoValue<String>) -> Self {
        self.secret = self.secret.description(text);
        self
    }

    /// Its resource policy: who may do what with it, beside what IAM policies of this account say. Another account
    /// needs one, and a key of one's own. A policy that opens it to everyone is refused.
    ///
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html>
    pub fn policy(mut self, document: impl IntoValue<Json>) -> Self {
        self.policy = document.into_value();
        self
    }

    /// The database user whose name and password it holds, if that was said.
    pub fn database_user(&self) -> Option<&DbUser> {
        self.user.as_ref()
    }

    /// The key that encrypts it.
    pub fn encrypted_by(&self) -> EncryptedBy {
        self.encrypted_by
    }

    /// How long its password is, if it is made up here and that is known now.
    pub(crate) fn known_password_length(&self) -> Option<i64> {
        self.password_length.literal().copied()
    }

    /// Listing every secret of the account. RDS Proxy does not need it.
    pub fn list() -> Permission {
        Permission::on_everything(["secretsmanager:ListSecrets"])
    }

    /// Making up passwords. RDS Proxy does not need it.
    pub fn random_password() -> Permission {
        Permission::on_everything(["secretsmanager:GetRandomPassword"])
    }

    fn generation(&self, user: &DbUser) -> GenerateSecretString {
        GenerateSecretString::new()
            .secret_string_template(serde_json::json!({ "username": user.pattern() }).to_string())
            .generate_string_key("password")
            .exclude_characters(EXCLUDED)
            .password_length(self.password_length.clone())
    }
}

impl Existing<Secret> {
    /// The database user whose name and password it holds.
    pub fn user(mut self, user: impl NamesUser) -> Self {
        self.noun_mut().user = Some(user.db_user());
        self
    }
}

impl Construct for Secret {
    fn bag(&mut self) -> &mut Bag {
        self.secret.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        if self.user == Some(DbUser::Any) {
            let message = "a secret holds the password of one database user, and this one is for any";
            let cure = "name the user: `Secret::new(user(\"…\"), …)`";
            lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
        }
        let generation = self.user.as_ref().map(|user| self.generation(user));
        lowering.complete(secretsmanager::Secret::new().generate_secret_string(generation));
        if !matches!(self.policy, Value::Absent) {
            let policy = ResourcePolicy::new(self.policy.clone(), lowering.own::<String>("", "Ref"));
            lowering.add("Policy", policy.block_public_policy(true));
        }
    }
}

impl Handle<Secret> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Id")
    }

    /// Reading it: its value, its description, and decryption with its key through Secrets Manager.
    pub fn read(self) -> Permission {
        self.access(SecretAccess::Read)
    }

    /// Access to it, as far as `access` says, and decryption with its key through Secrets Manager.
    pub fn access(self, access: SecretAccess) -> Permission {
        let name = format!("secret {access:?}").to_lowercase();
        Permission::derived(name, move |stack| Ok(statements(stack, self.any(), access.actions())))
    }

    /// Rotating it: reading it, writing its next version, and making that the current one.
    pub fn rotate(self) -> Permission {
        Permission::derived("secret rotate", move |stack| Ok(statements(stack, self.any(), ROTATE)))
    }

    /// Its password, resolved by CloudFormation when it deploys. It reaches neither environment nor output.
    pub fn password(self) -> Sensitive {
        Sensitive::of(Sub::new([
            SubPart::Text("{{resolve:secretsmanager:".into()),
            SubPart::Reference(Link::Attribute(self.any(), "Id".into())),
            SubPart::Text(":SecretString:password}}".into()),
        ]))
    }
}
