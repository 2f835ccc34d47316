//! Secrets.

use super::kms::Key;
use super::rds::DbUser;
use crate::aws::secretsmanager::{self, secret::GenerateSecretString};
use crate::diagnostic::Diagnostic;
use crate::iam::Statement;
use crate::stack::{
    self, AnyHandle, Arn, Bag, Construct, Existing, Handle, IntoValue, Link, Lowering, Permission, Sensitive, Stack,
    Term, Value,
};
use crate::template::{Intrinsic, Sub, SubPart};

/// Characters of a made-up password; MySQL takes 41 at most.
const PASSWORD_LENGTH: i64 = 32;

/// The key that encrypts a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptedBy {
    /// `aws/secretsmanager`: every principal of the account that may read the secret may decrypt it.
    AwsManagedKey,
    /// A key of one's own: whoever reads the secret needs `kms:Decrypt` on it too.
    Key(Handle<Key>),
}

/// How much of a secret is open to whoever is granted access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretAccess {
    /// Its value and its description: what a client needs.
    Read,
    /// Also its resource policy and the ids of its versions.
    Full,
}

impl SecretAccess {
    fn actions(self) -> &'static [&'static str] {
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

/// A secret: the JSON of a database user's name and password.
///
/// RDS Proxy reads `username` and `password` of its current version.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-secrets-arns.html>
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Secret {
    secret: secretsmanager::Secret,
    encrypted_by: EncryptedBy,
    user: Option<DbUser>,
}

impl Secret {
    /// A new secret: the name of a database user, and a password that Secrets Manager makes up. It is long enough, and
    /// short enough, for every engine, and has no character that one of them refuses.
    ///
    /// Source: `MasterUserPassword` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
    #[track_caller]
    pub fn new(user: DbUser, encrypted_by: EncryptedBy) -> Self {
        let template = serde_json::json!({ "username": user.pattern() }).to_string();
        let password = GenerateSecretString::new()
            .secret_string_template(template)
            .generate_string_key("password")
            .exclude_characters("/@\"'\\ ")
            .password_length(PASSWORD_LENGTH);
        let mut secret = secretsmanager::Secret::new().generate_secret_string(password);
        if let EncryptedBy::Key(key) = encrypted_by {
            secret = secret.kms_key_id(key.arn());
        }
        Self { secret, encrypted_by, user: Some(user) }
    }

    /// A secret that exists, by its full ARN (with the six characters at its end).
    pub fn existing(arn: impl IntoValue<Arn>, encrypted_by: EncryptedBy) -> Existing<Self> {
        let arn = arn.into_value();
        let noun = Self { secret: secretsmanager::Secret::new(), encrypted_by, user: None };
        Existing::new(noun).given("Id", arn.clone()).given("Ref", arn)
    }

    /// The database user whose name and password it holds, if that was said.
    pub fn database_user(&self) -> Option<&DbUser> {
        self.user.as_ref()
    }

    /// Listing every secret of the account. RDS Proxy does not need it.
    pub fn list() -> Permission {
        Permission::on_everything(["secretsmanager:ListSecrets"])
    }

    /// Making up passwords. RDS Proxy does not need it.
    pub fn random_password() -> Permission {
        Permission::on_everything(["secretsmanager:GetRandomPassword"])
    }
}

impl Existing<Secret> {
    /// The database user whose name and password it holds.
    pub fn user(mut self, user: DbUser) -> Self {
        self.noun_mut().user = Some(user);
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
        lowering.main_resource();
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

    /// Its password, resolved by CloudFormation when it deploys. It reaches neither environment nor output.
    pub fn password(self) -> Sensitive {
        Sensitive::of(Sub::new([
            SubPart::Text("{{resolve:secretsmanager:".into()),
            SubPart::Reference(Link::Attribute(self.any(), "Id".into())),
            SubPart::Text(":SecretString:password}}".into()),
        ]))
    }
}

/// The statements of `actions` on a secret: with a key of one's own, decryption through Secrets Manager is one of them.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html> has both.
pub(crate) fn statements(stack: &Stack, secret: AnyHandle, actions: &[&str]) -> Vec<Statement<Link>> {
    let mut statements = vec![Statement::allow(actions.iter().copied(), [secret.term("Id")])];
    if let Some(Secret { encrypted_by: EncryptedBy::Key(key), .. }) = stack.noun_of(secret) {
        let decrypt = Statement::allow(["kms:Decrypt"], [key.any().term("Arn")]);
        statements.push(decrypt.when("StringEquals", "kms:ViaService", via_secrets_manager()));
    }
    statements
}

/// Secrets Manager in the stack's region, as KMS names it.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>. Whether
/// the China partition uses another suffix was not verified.
fn via_secrets_manager() -> Term {
    Term::Intrinsic(Intrinsic::Sub(Sub::new([
        SubPart::Text("secretsmanager.".into()),
        SubPart::Reference(Link::Name("AWS::Region".into())),
        SubPart::Text(".amazonaws.com".into()),
    ])))
}
