//! Prefix lists: ranges of addresses under one name.

use crate::aws::ec2;
use crate::stack::{Bag, Construct, Ends, Existing, Handle, IntoValue, Listening, Port, Source, Stack, Value};

/// A list of address ranges that AWS or someone in the account keeps, such as the addresses of S3 in a region.
///
/// With a gateway endpoint, a function's group has to let traffic out to the service's own addresses: by the prefix
/// list of the service, whose id differs in each region and which no attribute of the endpoint gives.
///
/// Source: "Security" in <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>,
/// <https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html>
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// # let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
/// # let group = stack.add("Group", SecurityGroup::new(vpc, "functions"));
/// let s3 = stack.import("S3", PrefixList::existing("pl-6ca54005"));
/// stack.allow(group, s3.on(tcp(443)));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
pub struct PrefixList(ec2::PrefixList);

impl PrefixList {
    /// A prefix list that exists, by its id, `pl-…`.
    pub fn existing(id: impl IntoValue<String>) -> Existing<Self> {
        let noun = Self(ec2::PrefixList::new(Value::<String>::Absent, Value::<String>::Absent));
        Existing::new(noun).given("PrefixListId", id.into_value())
    }
}

impl Construct for PrefixList {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }
}

impl Handle<PrefixList> {
    /// Its id.
    pub fn id(self) -> Value<String> {
        self.attribute("PrefixListId")
    }

    /// Its addresses listen on `port`: a far end for `stack.allow`.
    pub fn on(self, port: Port) -> Listening {
        Listening::prefix_list(self.any(), port)
    }
}

impl Source for Handle<PrefixList> {
    fn ends(self, _: &mut Stack) -> Ends {
        Ends::prefix_list(self.any())
    }
}
