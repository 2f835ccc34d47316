//! Subnets, by tier.

use super::Vpc;
use crate::aws::ec2;
use crate::stack::{Bag, Construct, Existing, Handle, IntoValue, List, SubnetId, Value, VpcId};

macro_rules! tiers { ($($(#[$doc:meta])* $name:ident)*) => { $(
    $(#[$doc])*
    #[must_use = "nothing is created until `stack.add` takes it"]
    pub struct $name(ec2::Subnet);

    impl $name {
        /// Subnets that exist in `vpc`. A database, a proxy and a highly available function want two at least, in
        /// different Availability Zones.
        pub fn existing(vpc: Handle<Vpc>, ids: impl IntoValue<List<SubnetId>>) -> Existing<Self> {
            let noun = Self(ec2::Subnet::new(vpc.id()));
            Existing::new(noun).given("SubnetIds", ids.into_value()).given("VpcId", vpc.id())
        }
    }

    impl Construct for $name {
        fn bag(&mut self) -> &mut Bag {
            self.0.bag()
        }
    }

    impl Handle<$name> {
        /// Their ids.
        pub fn ids(self) -> Value<List<SubnetId>> {
            self.attribute("SubnetIds")
        }

        /// The id of the VPC that they are in.
        pub fn vpc_id(self) -> Value<VpcId> {
            self.attribute("VpcId")
        }
    }
)* } }

tiers! {
    /// Subnets without a route to the internet gateway: for functions, proxies and databases.
    PrivateSubnets
    /// Subnets with a route to the internet gateway: for load balancers and NAT gateways.
    PublicSubnets
}
