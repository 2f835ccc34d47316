//! VPCs.

use crate::aws::ec2;
use crate::stack::{Bag, Construct, Existing, Handle, IntoValue, Value, VpcId};

/// A virtual private cloud.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Vpc(ec2::Vpc);

impl Vpc {
    /// A VPC that exists.
    pub fn existing(id: impl IntoValue<VpcId>) -> Existing<Self> {
        let id = id.into_value();
        Existing::new(Self(ec2::Vpc::new())).given("VpcId", id.clone()).given("Ref", id)
    }
}

impl Construct for Vpc {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }
}

impl Handle<Vpc> {
    /// Its id.
    pub fn id(self) -> Value<VpcId> {
        self.attribute("VpcId")
    }
}
