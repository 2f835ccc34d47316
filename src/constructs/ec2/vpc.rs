//! VPCs.

use crate::aws::ec2;
use crate::network::Cidr;
use crate::stack::{Bag, Construct, Existing, Handle, IntoValue, Value, VpcId};

/// A virtual private cloud.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Vpc {
    vpc: ec2::Vpc,
    range: Option<Cidr>,
}

impl Vpc {
    /// A new VPC with the addresses of `range`, and with the DNS that interface endpoints want.
    #[track_caller]
    pub fn new(range: Cidr) -> Self {
        let vpc = ec2::Vpc::new().cidr_block(range).enable_dns_hostnames(true).enable_dns_support(true);
        Self { vpc, range: Some(range) }
    }

    /// Its addresses, where this stack creates it.
    pub fn range(&self) -> Option<Cidr> {
        self.range
    }

    /// A VPC that exists.
    pub fn existing(id: impl IntoValue<VpcId>) -> Existing<Self> {
        let id = id.into_value();
        Existing::new(Self { vpc: ec2::Vpc::new(), range: None }).given("VpcId", id.clone()).given("Ref", id)
    }
}

impl Construct for Vpc {
    fn bag(&mut self) -> &mut Bag {
        self.vpc.bag()
    }
}

impl Handle<Vpc> {
    /// Its id.
    pub fn id(self) -> Value<VpcId> {
        self.attribute("VpcId")
    }
}
