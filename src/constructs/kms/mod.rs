//! Keys.

use crate::aws::kms;
use crate::goal::{Assumption, Taken};
use crate::iam::{PolicyDocument, Principal, Statement};
use crate::stack::{Arn, Bag, Construct, Existing, Handle, IntoValue, Json, Link, Permission, Term, Value};
use crate::template::{Intrinsic, Sub, SubPart};

/// A KMS key.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Key {
    key: kms::Key,
    exists: bool,
}

impl Key {
    /// A new key that is rotated each year. Its policy lets the account's IAM policies decide, as AWS's default does.
    #[track_caller]
    pub fn new(description: impl IntoValue<String>) -> Self {
        let key = kms::Key::new().description(description).enable_key_rotation(true).key_policy(delegation());
        Self { key, exists: false }
    }

    /// A key that exists. That its policy lets the account's IAM policies decide is taken on trust, and printed.
    pub fn existing(arn: impl IntoValue<Arn>) -> Existing<Self> {
        let arn = arn.into_value();
        Existing::new(Self { key: kms::Key::new(), exists: true }).given("Arn", arn)
    }
}

/// The account may do everything with the key, so its IAM policies decide who may do what.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn delegation() -> Json {
    let name = |name: &str| SubPart::Reference(Link::Name(name.into()));
    let text = |text: &str| SubPart::Text(text.into());
    let account = [text("arn:"), name("AWS::Partition"), text(":iam::"), name("AWS::AccountId"), text(":root")];
    let account = Term::Intrinsic(Intrinsic::Sub(Sub::new(account)));
    let statement = Statement::allow(["kms:*"], ["*".into()]);
    let statement = Statement { principal: Some(Principal::Aws(vec![account])), ..statement };
    Json(PolicyDocument::new([statement]).to_value())
}

impl Construct for Key {
    fn bag(&mut self) -> &mut Bag {
        self.key.bag()
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
}
