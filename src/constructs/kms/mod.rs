//! Keys.

use crate::aws::kms;
use crate::goal::{Assumption, Taken};
use crate::stack::{Arn, Bag, Construct, Existing, Handle, IntoValue, Permission, Value};

/// A KMS key.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Key(kms::Key);

impl Key {
    /// A key that exists. That its policy lets the account's IAM policies decide is taken on trust, and printed.
    pub fn existing(arn: impl IntoValue<Arn>) -> Existing<Self> {
        let arn = arn.into_value();
        Existing::new(Self(kms::Key::new())).given("Arn", arn)
    }
}

impl Construct for Key {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }

    fn taken_on_trust(&self, own: &str) -> Vec<Assumption> {
        vec![Assumption {
            what: Taken::Fact(format!("the key policy of {own} lets the account's IAM policies decide")),
            reason: "the key exists outside this stack".into(),
        }]
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
