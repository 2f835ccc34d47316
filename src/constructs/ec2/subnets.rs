//! Subnets, by tier.

use super::Vpc;
use super::codes;
use super::nat::{Kind, Nat};
use super::tier::{Subnets, Tier, default_route, named};
use crate::aws::ec2::{Eip, InternetGateway, NatGateway, VpcGatewayAttachment};
use crate::diagnostic::Diagnostic;
use crate::network::Cidr;
use crate::stack::{Bag, Construct, Existing, Handle, IntoValue, List, Lowering, SubnetId, Term, Value};
use crate::template::{self, Function};

macro_rules! tiers { ($($(#[$doc:meta])* $name:ident in slot $slot:literal with $new:expr;)*) => { $(
    impl $name {
        /// Subnets that exist in `vpc`. A database, a proxy and a highly available function want two at least, in
        /// different Availability Zones.
        pub fn existing(vpc: Handle<Vpc>, ids: impl IntoValue<List<SubnetId>>) -> Existing<Self> {
            Existing::new($new(Subnets::new(vpc, $slot))).given("SubnetIds", ids.into_value())
        }

        /// In how many of the region's Availability Zones there is a subnet: 1, 2 or 3; two unless said.
        ///
        /// One more changes nothing about the others, and CloudFormation adds its subnet to whatever is in the tier;
        /// only a proxy cannot change its subnets, and is replaced.
        ///
        /// They are the first ones that `Fn::GetAZs` lists: those where the account has a default subnet, if it has
        /// any. Source:
        /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html>
        pub fn zones(mut self, zones: usize) -> Self {
            self.subnets.set_zones(zones);
            self
        }

        /// In which Availability Zones there is a subnet, by name, such as `eu-west-1a`. A parameter serves too, and
        /// leaves the template free of a region. One name stands for different places in different accounts.
        ///
        /// Source: <https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html>
        pub fn in_zones<Z: IntoValue<String>>(mut self, zones: impl IntoIterator<Item = Z>) -> Self {
            self.subnets.name_zones(zones);
            self
        }

        /// The addresses of each subnet, in place of blocks from the VPC's division: a block for each zone. In a VPC
        /// that exists they have to be said, since only its owner knows what is free there.
        pub fn blocks<B: IntoValue<Cidr>>(mut self, blocks: impl IntoIterator<Item = B>) -> Self {
            self.subnets.set_blocks(blocks);
            self
        }

        /// Which of the four slots of the VPC's division they have: see [`Vpc`]. A change replaces the subnets.
        pub fn slot(mut self, slot: usize) -> Self {
            self.subnets.slot = slot;
            self
        }

        /// The VPC that they are in.
        pub fn vpc(&self) -> Handle<Vpc> {
            self.subnets.vpc
        }
    }

    impl Existing<$name> {
        /// The ids of their route tables, `rtb-…`, where a gateway endpoint is to add its routes.
        pub fn route_tables(self, ids: impl IntoValue<List<String>>) -> Self {
            self.given("RouteTableIds", ids.into_value())
        }
    }

    impl Handle<$name> {
        /// Their ids.
        pub fn ids(self) -> Value<List<SubnetId>> {
            self.attribute("SubnetIds")
        }

        /// The ids of their route tables.
        pub fn route_tables(self) -> Value<List<String>> {
            self.attribute("RouteTableIds")
        }
    }
)* } }

tiers! {
    PrivateSubnets in slot 0 with |subnets| PrivateSubnets { subnets, nat: Nat::none() };
    PublicSubnets in slot 1 with |subnets| PublicSubnets { subnets, gateway: Value::Absent };
}

/// Subnets without a route to the internet gateway: for functions, proxies and databases.
///
/// Each has a route table of its own, whatever the way out: so a NAT gateway more or less is a route more or less, and
/// no subnet has to change its table, which CloudFormation does by a new association before it removes the old one, and
/// EC2 refuses the second. Source: `Resource.AlreadyAssociated` in
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let private = stack.add("Private", PrivateSubnets::new(vpc).zones(3));
///
/// let given = stack.import("Given", Vpc::existing("vpc-0c1e37a9d4b85f620"));
/// let blocks = [cidr("10.9.64.0/24"), cidr("10.9.65.0/24")];
/// let there = stack.add("There", PrivateSubnets::new(given).blocks(blocks));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct PrivateSubnets {
    subnets: Subnets,
    nat: Nat,
}

/// Subnets with a route to the internet gateway: for load balancers and NAT gateways. The gateway and its attachment
/// come with them.
///
/// Nothing in them has a public address unless it is given one.
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let public = stack.add("Public", PublicSubnets::new(vpc));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct PublicSubnets {
    subnets: Subnets,
    /// One that exists.
    gateway: Value<String>,
}

impl PrivateSubnets {
    /// A new subnet in each of two zones. They have the VPC's own routes, so nothing outside it is reached but through
    /// endpoints, unless [`nat`](Self::nat) says otherwise.
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>) -> Self {
        Self { subnets: Subnets::new(vpc, 0), nat: Nat::none() }
    }

    /// How they reach what is outside the VPC; not at all unless said.
    pub fn nat(mut self, nat: Nat) -> Self {
        self.nat = nat;
        self
    }

    /// What is wrong with the NAT gateways.
    fn nat_fault(&self, lowering: &mut Lowering<'_>) -> Option<Diagnostic> {
        let count = self.subnets.count();
        if let Kind::Existing(ids) = &self.nat.0 {
            let fits = ids.len() == 1 || ids.len() == count;
            return (!fits).then(|| unfit_nat(format!("{} NAT gateways for {count} subnets", ids.len())));
        }
        let (public, gateways) = self.nat.gateways(count)?;
        let tier = &lowering.noun::<PublicSubnets>(public.any())?.subnets;
        let name = lowering.stack().name_of(public.any());
        let vpc = |vpc: Handle<Vpc>| lowering.stack().canonical(vpc.any());
        match vpc(tier.vpc) == vpc(self.subnets.vpc) {
            false => Some(other_vpc(name)),
            true if lowering.stack().creates(public.any()) => self.zones_fault(tier, name, gateways),
            // How many subnets exist elsewhere, and in which zones, is not known.
            true => None,
        }
    }

    /// Whether so many gateways have a subnet in the right zone each.
    fn zones_fault(&self, public: &Subnets, name: &str, gateways: usize) -> Option<Diagnostic> {
        let zones = public.count();
        if zones < gateways {
            return Some(unfit_nat(format!(
                "`{name}` has subnets in {zones} zones, and {gateways} want a NAT gateway"
            )));
        }
        let apart = gateways > 1 && (0..gateways).any(|n| !self.subnets.same_zone(public, n));
        apart.then(|| unfit_nat(format!("the subnets of `{name}` are in other zones")))
    }

    /// The gateway that the nth subnet, from 1, goes out by.
    fn gateway(&self, lowering: &Lowering<'_>, n: usize) -> Option<Value<String>> {
        let (public, nth) = match &self.nat.0 {
            Kind::None => return None,
            Kind::One(public) => (*public, 1),
            Kind::OneAZone(public) => (*public, n),
            Kind::Existing(ids) => return ids.get(n - 1).or(ids.first()).cloned(),
        };
        if !lowering.stack().creates(public.any()) {
            return Some(lowering.own(&format!("{nth}Nat"), "NatGatewayId"));
        }
        let id = format!("{}{nth}Nat", lowering.stack().name_of(public.any()));
        Some(named(id, "NatGatewayId"))
    }

    /// In public subnets that exist, the gateways belong to the private ones.
    fn add_gateways(&self, lowering: &mut Lowering<'_>) {
        let Some((public, gateways)) = self.nat.gateways(self.subnets.count()) else { return };
        if lowering.stack().creates(public.any()) {
            return;
        }
        for n in 1..=gateways {
            let subnet = Term::call_list(Function::Select, [Term::from(n as i64 - 1), public.any().term("SubnetIds")]);
            add_nat(lowering, n, Value::from_term(subnet), None);
        }
    }
}

impl PublicSubnets {
    /// A new subnet in each of two zones, with an internet gateway, its attachment to the VPC, and a route table that
    /// leads there.
    ///
    /// A VPC has one internet gateway at most: where there is one already, see
    /// [`internet_gateway`](Self::internet_gateway).
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>) -> Self {
        Self { subnets: Subnets::new(vpc, 1), gateway: Value::Absent }
    }

    /// The internet gateway that is attached to the VPC already, `igw-…`. None is created then.
    pub fn internet_gateway(mut self, id: impl IntoValue<String>) -> Self {
        self.gateway = id.into_value();
        self
    }

    /// Whether whatever starts in them gets a public address of its own. Off unless said.
    #[track_caller]
    pub fn public_addresses(mut self, on: impl IntoValue<bool>) -> Self {
        self.subnets.subnet = self.subnets.subnet.map_public_ip_on_launch(on);
        self
    }

    fn has_own_gateway(&self) -> bool {
        self.gateway == Value::Absent
    }

    /// The tier before this one that brings a gateway for the same VPC.
    fn second_gateway(&self, lowering: &Lowering<'_>) -> Option<Diagnostic> {
        let (stack, own) = (lowering.stack(), lowering.handle());
        let created = stack.created::<Self>();
        let mut before = created.iter().take_while(|(handle, _)| handle.any() != own);
        let same = |tier: &Self| tier.has_own_gateway() && tier.vpc() == self.vpc();
        let (other, _) = before.find(|(_, tier)| self.has_own_gateway() && same(tier))?;
        let name = stack.name_of(other.any());
        let message = format!("`{name}` brings an internet gateway for the VPC already, and a VPC has one at most");
        let cure = "give the second tier the gateway of the first: \
                    `.internet_gateway(public.internet_gateway()).depends_on(public)`";
        Some(Diagnostic::error(codes::GATEWAY, message).help(cure))
    }

    /// Adds the gateway, and gives its id and that of its attachment.
    fn add_gateway(&self, lowering: &mut Lowering<'_>) -> (Value<String>, Option<String>) {
        if !self.has_own_gateway() {
            return (self.gateway.clone(), None);
        }
        lowering.add("Gateway", InternetGateway::new());
        let id: Value<String> = lowering.own("Gateway", "InternetGatewayId");
        let attachment = VpcGatewayAttachment::new(self.vpc().id()).internet_gateway_id(id.clone());
        lowering.add("GatewayAttachment", attachment);
        (id, Some(format!("{}GatewayAttachment", lowering.id())))
    }

    /// How many of the subnets are to have a NAT gateway.
    fn gateways(&self, lowering: &Lowering<'_>) -> usize {
        let own = lowering.handle();
        let private = lowering.stack().created::<PrivateSubnets>();
        let wanted = private.iter().filter_map(|(_, tier)| tier.nat.gateways(tier.subnets.count()));
        let here = wanted.filter(|(public, _)| public.any() == own).map(|(_, gateways)| gateways);
        here.max().unwrap_or(0).min(self.subnets.count())
    }
}

/// Adds a NAT gateway and its address in a subnet. Both want the internet gateway attached.
///
/// Source: "When a DependsOn attribute is required" in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html>
fn add_nat(lowering: &mut Lowering<'_>, n: usize, subnet: Value<SubnetId>, attachment: Option<&str>) {
    let address = format!("{n}NatAddress");
    let mut eip = Eip::new().domain("vpc");
    eip.bag().after_all(attachment);
    lowering.add(&address, eip);
    let mut gateway =
        NatGateway::new().allocation_id(lowering.own::<String>(&address, "AllocationId")).subnet_id(subnet);
    gateway.bag().after_all(attachment);
    lowering.add(&format!("{n}Nat"), gateway);
}

fn unfit_nat(message: String) -> Diagnostic {
    let cure = "give the public subnets the same zones, or take one gateway for all: `Nat::one(public)`";
    Diagnostic::error(codes::SUBNETS, message).help(cure)
}

/// Something of one VPC in another.
pub(super) fn other_vpc(name: &str) -> Diagnostic {
    let message = format!("`{name}` is in another VPC");
    Diagnostic::error(codes::OTHER_VPC, message).help("routes, gateways and endpoints serve the VPC that they are in")
}

impl Construct for PrivateSubnets {
    fn bag(&mut self) -> &mut Bag {
        self.subnets.subnet.bag()
    }

    fn attribute(&self, own: &str, name: &str) -> template::Value {
        self.subnets.attribute(own, name, self.route_tables(own))
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        if let Some(fault) = self.nat_fault(lowering) {
            return lowering.report(fault);
        }
        if !self.subnets.lower(lowering) {
            return;
        }
        self.add_gateways(lowering);
        for n in 1..=self.subnets.count() {
            let table = format!("{n}Routes");
            self.subnets.add_table(lowering, &table);
            Subnets::associate(lowering, n, &table);
            if let Some(gateway) = self.gateway(lowering, n) {
                let route = default_route(lowering, &table).nat_gateway_id(gateway);
                lowering.add(&format!("{n}NatRoute"), route);
            }
        }
    }
}

impl Construct for PublicSubnets {
    fn bag(&mut self) -> &mut Bag {
        self.subnets.subnet.bag()
    }

    fn attribute(&self, own: &str, name: &str) -> template::Value {
        match name {
            "InternetGatewayId" => template::Value::attribute_of(format!("{own}Gateway"), name),
            name => self.subnets.attribute(own, name, self.route_tables(own)),
        }
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        if let Some(fault) = self.second_gateway(lowering) {
            return lowering.report(fault);
        }
        if !self.subnets.lower(lowering) {
            return;
        }
        let (gateway, attachment) = self.add_gateway(lowering);
        self.subnets.add_table(lowering, "Routes");
        let mut route = default_route(lowering, "Routes").gateway_id(gateway);
        route.bag().after_all(attachment.as_deref());
        lowering.add("InternetRoute", route);
        (1..=self.subnets.count()).for_each(|n| Subnets::associate(lowering, n, "Routes"));
        for n in 1..=self.gateways(lowering) {
            let subnet = lowering.own(&n.to_string(), "Ref");
            add_nat(lowering, n, subnet, attachment.as_deref());
        }
    }
}

impl Handle<PublicSubnets> {
    /// The id of the internet gateway that came with them.
    pub fn internet_gateway(self) -> Value<String> {
        self.attribute("InternetGatewayId")
    }
}

impl Tier for PrivateSubnets {
    fn subnets(&self) -> &Subnets {
        &self.subnets
    }

    fn route_tables(&self, own: &str) -> Vec<String> {
        (1..=self.subnets.count()).map(|n| format!("{own}{n}Routes")).collect()
    }
}

impl Tier for PublicSubnets {
    fn subnets(&self) -> &Subnets {
        &self.subnets
    }

    fn route_tables(&self, own: &str) -> Vec<String> {
        vec![format!("{own}Routes")]
    }
}
