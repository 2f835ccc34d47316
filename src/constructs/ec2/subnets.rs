//! Subnets, by tier.

use super::Vpc;
use crate::aws::ec2;
use crate::diagnostic::Diagnostic;
use crate::network::Cidr;
use crate::stack::{self, Bag, Construct, Existing, Handle, IntoValue, List, Lowering, SubnetId, Term, Value};
use crate::template::{self, Function, Reference};

/// A VPC is cut into so many blocks, of which each subnet has one.
const BLOCKS: u32 = 16;

/// In how many Availability Zones there are subnets unless said.
const ZONES: usize = 2;

/// Subnets of one tier: they exist, or there is one in each of so many zones.
struct Tier {
    subnet: ec2::Subnet,
    vpc: Handle<Vpc>,
    zones: usize,
}

macro_rules! tiers { ($($(#[$doc:meta])* $name:ident)*) => { $(
    $(#[$doc])*
    #[must_use = "nothing is created until `stack.add` takes it"]
    pub struct $name(Tier);

    impl $name {
        /// Subnets that exist in `vpc`. A database, a proxy and a highly available function want two at least, in
        /// different Availability Zones.
        pub fn existing(vpc: Handle<Vpc>, ids: impl IntoValue<List<SubnetId>>) -> Existing<Self> {
            let noun = Self(Tier { subnet: ec2::Subnet::new(vpc.id()), vpc, zones: ZONES });
            Existing::new(noun).given("SubnetIds", ids.into_value())
        }

        /// The VPC that they are in.
        pub fn vpc(&self) -> Handle<Vpc> {
            self.0.vpc
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

impl PrivateSubnets {
    /// A new subnet in each of two zones of a VPC of this stack. They have the VPC's own routes, so nothing outside it
    /// is reached but through endpoints.
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>) -> Self {
        Self(Tier { subnet: ec2::Subnet::new(vpc.id()), vpc, zones: ZONES })
    }

    /// In how many zones; two unless said.
    pub fn zones(mut self, zones: usize) -> Self {
        self.0.zones = zones;
        self
    }
}

impl Construct for PrivateSubnets {
    fn bag(&mut self) -> &mut Bag {
        self.0.subnet.bag()
    }

    fn attribute(&self, own: &str, name: &str) -> template::Value {
        let ids = (1..=self.0.zones).map(|n| format!("{own}{n}"));
        match name {
            "SubnetIds" => template::Value::list(ids.map(template::Value::reference_to)),
            attribute => template::Value::reference(Reference::GetAtt(format!("{own}1"), attribute.to_owned())),
        }
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let vpc = lowering.noun::<Vpc>(self.0.vpc.any());
        let Some(range) = vpc.and_then(Vpc::range) else {
            let message = "the addresses of the VPC are not known, so none can be given to subnets";
            let cure = "name subnets that exist: `PrivateSubnets::existing(vpc, …)`";
            return lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
        };
        for n in 0..self.0.zones {
            let Some(block) = block(range, n) else {
                let message = format!("{range} has no room for subnets in {} zones", self.0.zones);
                let cure = format!("at most {BLOCKS} subnets, and a VPC of at least 256 addresses");
                return lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
            };
            let zones = Term::call(Function::GetAzs, "".into());
            let zone = Term::call_list(Function::Select, [Term::from(n as i64), zones]);
            let subnet = self.0.subnet.clone().cidr_block(block).availability_zone(Value::<String>::from_term(zone));
            lowering.add(&(n + 1).to_string(), subnet.map_public_ip_on_launch(false));
        }
    }
}

impl Construct for PublicSubnets {
    fn bag(&mut self) -> &mut Bag {
        self.0.subnet.bag()
    }
}

/// The nth of the blocks of a range; subnets have prefixes of 16 to 28 bits.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
fn block(range: Cidr, n: usize) -> Option<Cidr> {
    let std::net::IpAddr::V4(first) = range.address() else { return None };
    let n = u32::try_from(n).ok().filter(|n| *n < BLOCKS)?;
    let prefix = range.prefix() + BLOCKS.ilog2() as u8;
    let size = (16..=28).contains(&prefix).then(|| 1 << (32 - prefix))?;
    Cidr::new(std::net::Ipv4Addr::from_bits(first.to_bits() + n * size).into(), prefix)
}
