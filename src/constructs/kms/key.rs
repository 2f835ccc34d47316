//! A key, its policy and its alias.

use crate::aws::kms;
use crate::goal::{Assumption, Taken};
use crate::iam::{PolicyDocument, Principal, Statement};
use crate::stack::{
    Arn, Bag, Construct, Deletion, Existing, Handle, IntoValue, Json, Link, Lowering, Permission, Term, Value, sub,
};
use crate::template::Intrinsic;

/// A KMS key.
///
/// ```
/// use formwork::prelude::*;
///
/// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Data", &environment);
/// let key = stack.add("Key", Key::new("the billing database and its secrets").alias("alias/billing"));
/// let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Key {
    key: kms::Key,
    statements: Vec<Statement<Link>>,
    alias: Value<String>,
    exists: bool,
}

impl Key {
    /// A new symmetric key that is rotated each year.
    ///
    /// Its policy lets the account's IAM policies decide, as AWS's default does, and nothing else. Where CloudWatch
    /// Logs must use it, because a log group refers to it, in this stack or in one of the app that imports it, its policy says so too.
    ///
    /// It stays when it leaves the stack, unless told otherwise: whatever it encrypted, backups and snapshots too, is
    /// lost with it.
    /// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
    #[track_caller]
    pub fn new(description: impl IntoValue<String>) -> Self {
        let mut key = kms::Key::new().description(description).enable_key_rotation(true);
        key.bag().deleted(Deletion::Retain);
        key.bag().opens_to_services(POLICY);
        Self { key, statements: Vec::new(), alias: Value::Absent, exists: false }
    }

    /// A key that exists. That its policy lets the account's IAM policies decide is taken on trust, and printed.
    pub fn existing(arn: impl IntoValue<Arn>) -> Existing<Self> {
        let arn = arn.into_value();
        let noun = Self { key: kms::Key::new(), statements: Vec::new(), alias: Value::Absent, exists: true };
        Existing::new(noun).given("Arn", arn)
    }

    /// A name for people, `alias/…`. It can be pointed at another key; what refers to the key here goes by its ARN.
    ///
    /// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html>
    pub fn alias(mut self, name: impl IntoValue<String>) -> Self {
        self.alias = name.into_value();
        self
    }

    /// How many days pass between asking for its deletion and the deletion, in which it can be had back: 7 to 30; 30
    /// unless said.
    ///
    /// Source: `PendingWindowInDays` in
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
    #[track_caller]
    pub fn pending_window(mut self, days: impl IntoValue<i64>) -> Self {
        self.key = self.key.pending_window_in_days(days);
        self
    }

    /// Every how many days it is rotated: 90 to 2,560; 365 unless said. Old key material goes on decrypting.
    ///
    /// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>
    #[track_caller]
    pub fn rotated_every(mut self, days: impl IntoValue<i64>) -> Self {
        self.key = self.key.rotation_period_in_days(days);
        self
    }

    /// A further statement of its policy, such as one for another account. Its resource is `*`: the key itself.
    pub fn policy_statement(mut self, statement: Statement<Link>) -> Self {
        self.statements.push(statement);
        self
    }

    fn policy(&self) -> Json {
        let statements = [delegation()].into_iter().chain(self.statements.iter().cloned());
        Json(PolicyDocument::new(statements).to_value())
    }
}

/// The property that has the key policy.
const POLICY: &str = "KeyPolicy";

/// The account may do everything with the key, so its IAM policies decide who may do what.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn delegation() -> Statement<Link> {
    let account = Term::Intrinsic(Intrinsic::Sub(sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")));
    let statement = Statement::allow(["kms:*"], ["*".into()]);
    Statement { principal: Some(Principal::Aws(vec![account])), ..statement }
}

impl Construct for Key {
    fn bag(&mut self) -> &mut Bag {
        self.key.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        lowering.complete(kms::Key::new().key_policy(self.policy()));
        if !matches!(self.alias, Value::Absent) {
            lowering.add("Alias", kms::Alias::new(self.alias.clone(), lowering.own::<String>("", "Ref")));
        }
    }

    fn taken_on_trust(&self, own: &str) -> Vec<Assumption> {
        let assumption = Assumption {
            what: Taken::Fact(format!("the key policy of {own} lets the account's IAM policies decide")),
            reason: "the key exists outside this stack".into(),
        };
        self.exists.then_some(assumption).into_iter().collect()
    }
}

impl Handle<Key> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }

    /// Decrypting with it, through any service.
    pub fn decrypt(self) -> Permission {
        Permission::new(["kms:Decrypt"], self.arn())
    }

    /// Encrypting with it, through any service: what a writer of encrypted data needs beside the writing.
    pub fn encrypt(self) -> Permission {
        Permission::new(["kms:Encrypt", "kms:GenerateDataKey"], self.arn())
    }
}
