//! Subnets, by tier.

use super::Vpc;
use crate::stack::{Bag, Construct, Existing, Handle, IntoValue, List, SubnetId, Value};

macro_rules! tiers { ($($(#[$doc:meta])* $name:ident)*) => { $(
    $(#[$doc])*
    #[must_use = "nothing is created until `stack.add` takes it"]
    pub struct $name {
        bag: Bag,
        vpc: Handle<Vpc>,
    }

    impl $name {
        /// Subnets that exist in `vpc`. A database, a proxy and a highly available function want two at least, in
        /// different Availability Zones.
        pub fn existing(vpc: Handle<Vpc>, ids: impl IntoValue<List<SubnetId>>) -> Existing<Self> {
            let noun = Self { bag: Bag::new("AWS::EC2::Subnet"), vpc };
            Existing::new(noun).given("SubnetIds", ids.into_value())
        }

        /// The VPC that they are in.
        pub fn vpc(&self) -> Handle<Vpc> {
            self.vpc
        }
    }

    impl Construct for $name {
        fn bag(&mut self) -> &mut Bag {
            &mut self.bag
        }
    }

    impl Handle<$name> {
        /// Their ids.
        pub fn ids(self) -> Value<List<SubnetId>> {
            self.attribute("SubnetIds")
        }
    }
)* } }

tiers! {
    /// Subnets without a route to the internet gateway: for functions, proxies and databases.
    PrivateSubnets
    /// Subnets with a route to the internet gateway: for load balancers and NAT gateways.
    PublicSubnets
}
