//! What the subnets of a tier have in common: zones, blocks, route tables.

use super::codes;
use super::vpc::{BLOCKS, PREFIXES};
use super::{PrivateSubnets, PublicSubnets, Vpc};
use crate::aws::ec2::{self, Route, RouteTable, SubnetRouteTableAssociation};
use crate::diagnostic::Diagnostic;
use crate::network::Cidr;
use crate::stack::{AnyHandle, Construct, Handle, IntoValue, Link, Lowering, Stack, SubnetId, Term, Value};
use crate::template::{self, Function, Reference};

/// In how many Availability Zones there are subnets unless said.
const ZONES: usize = 2;

/// In how many there can be. Each region has three at least.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>
const MOST_ZONES: usize = 3;

/// The blocks of one slot: one for each zone, and one kept free.
const SLOT: usize = 4;

/// Every address, as routes and rules have it.
const ANYWHERE: Cidr = Cidr::ANY_V4;

/// Subnets of a VPC that have the same purpose, one in each of some Availability Zones.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tier of subnets",
    label = "neither private nor public subnets"
)]
pub trait Tier: Construct {
    #[doc(hidden)]
    fn subnets(&self) -> &Subnets;

    /// Its route tables, where its name is `own`.
    #[doc(hidden)]
    fn route_tables(&self, own: &str) -> Vec<String>;
}

/// The subnets of a tier in the making.
pub struct Subnets {
    pub(super) subnet: ec2::Subnet,
    pub(super) vpc: Handle<Vpc>,
    pub(super) slot: usize,
    zones: Option<Zones>,
    blocks: Option<Vec<Value<Cidr>>>,
}

/// Which zones.
enum Zones {
    /// The first ones of the region.
    First(usize),
    /// These.
    Named(Vec<Value<String>>),
}

impl Subnets {
    #[track_caller]
    pub(super) fn new(vpc: Handle<Vpc>, slot: usize) -> Self {
        let subnet = ec2::Subnet::new(vpc.id()).map_public_ip_on_launch(false);
        Self { subnet, vpc, slot, zones: None, blocks: None }
    }

    pub(super) fn set_zones(&mut self, zones: usize) {
        self.zones = Some(Zones::First(zones));
    }

    pub(super) fn name_zones<Z: IntoValue<String>>(&mut self, zones: impl IntoIterator<Item = Z>) {
        self.zones = Some(Zones::Named(zones.into_iter().map(IntoValue::into_value).collect()));
    }

    pub(super) fn set_blocks<B: IntoValue<Cidr>>(&mut self, blocks: impl IntoIterator<Item = B>) {
        self.blocks = Some(blocks.into_iter().map(IntoValue::into_value).collect());
    }

    /// How many subnets there are.
    pub(super) fn count(&self) -> usize {
        match &self.zones {
            Some(Zones::First(zones)) => *zones,
            Some(Zones::Named(zones)) => zones.len(),
            None => self.blocks.as_ref().map_or(ZONES, Vec::len),
        }
    }

    /// The zone of the nth subnet, from 0.
    pub(super) fn zone(&self, n: usize) -> Value<String> {
        if let Some(Zones::Named(zones)) = &self.zones {
            return zones.get(n).cloned().unwrap_or(Value::Absent);
        }
        let zones = Term::call(Function::GetAzs, "".into());
        Value::from_term(Term::call_list(Function::Select, [Term::from(n as i64), zones]))
    }

    /// What an attribute of the tier is, where it has the name `own`.
    pub(super) fn attribute(&self, own: &str, name: &str, tables: Vec<String>) -> template::Value {
        let ids = (1..=self.count()).map(|n| format!("{own}{n}"));
        match name {
            "SubnetIds" => template::Value::list(ids.map(template::Value::reference_to)),
            "RouteTableIds" => {
                let id = |table| template::Value::reference(Reference::GetAtt(table, "RouteTableId".into()));
                template::Value::list(tables.into_iter().map(id))
            }
            attribute => template::Value::reference(Reference::GetAtt(format!("{own}1"), attribute.to_owned())),
        }
    }

    /// Adds the subnets. False: something about them is wrong, and was reported.
    pub(super) fn lower(&self, lowering: &mut Lowering<'_>) -> bool {
        let fault = self.fault().or_else(|| self.slot_taken(lowering));
        let blocks = match fault {
            None => self.all_blocks(lowering),
            Some(fault) => Err(fault),
        };
        match blocks {
            Ok(blocks) => (0..).zip(blocks).for_each(|(n, block)| self.add(lowering, n, block)),
            Err(fault) => {
                lowering.report(fault);
                return false;
            }
        }
        true
    }

    fn add(&self, lowering: &mut Lowering<'_>, n: usize, block: Value<Cidr>) {
        let subnet = self.subnet.clone().cidr_block(block).availability_zone(self.zone(n));
        lowering.add(&(n + 1).to_string(), subnet);
    }

    fn all_blocks(&self, lowering: &mut Lowering<'_>) -> Result<Vec<Value<Cidr>>, Diagnostic> {
        if let Some(blocks) = &self.blocks {
            return Ok(blocks.clone());
        }
        // A VPC of another stack was reported where its id was asked for.
        let Some(vpc) = lowering.noun::<Vpc>(self.vpc.any()) else { return Ok(Vec::new()) };
        (0..self.count()).map(|n| vpc.block(self.vpc, self.slot * SLOT + n)).collect()
    }

    /// What is wrong with what was said of zones, slot and blocks.
    fn fault(&self) -> Option<Diagnostic> {
        let fault = |message: String, cure: &str| Some(Diagnostic::error(codes::SUBNETS, message).help(cure));
        let count = self.count();
        if !(1..=MOST_ZONES).contains(&count) {
            return fault(format!("subnets in {count} zones"), "there can be one in each of 1, 2 or 3");
        }
        if (self.slot + 1) * SLOT > BLOCKS {
            return fault(format!("there is no slot {}", self.slot), "slots are 0, 1, 2 and 3; or name `.blocks([…])`");
        }
        if let Some(zone) = self.repeated_zone() {
            return fault(format!("the zone {zone} is named twice"), "a tier has one subnet in each of its zones");
        }
        let blocks = self.blocks.as_ref()?;
        if blocks.len() != count {
            return fault(format!("{} blocks for {count} zones", blocks.len()), "give a block for each zone");
        }
        let unfit = blocks.iter().filter_map(Value::literal).find(|block| !fits_a_subnet(**block))?;
        fault(format!("{unfit} cannot be the block of a subnet"), "it is of IPv4, with a prefix of 16 to 28")
    }

    fn repeated_zone(&self) -> Option<String> {
        let Some(Zones::Named(zones)) = &self.zones else { return None };
        let repeated = (1..zones.len()).find(|n| zones[..*n].contains(&zones[*n]))?;
        Some(zones[repeated].literal().map_or_else(|| "of a parameter".into(), |name| format!("`{name}`")))
    }

    /// Two tiers cannot have their blocks from one slot.
    fn slot_taken(&self, lowering: &Lowering<'_>) -> Option<Diagnostic> {
        let (stack, own) = (lowering.stack(), lowering.handle());
        let before = tiers(stack).into_iter().take_while(|(handle, _)| *handle != own).chain(elsewhere(stack));
        let vpc = |tier: &Self| stack.canonical(tier.vpc.any());
        let same = |tier: &Self| vpc(tier) == vpc(self) && tier.slot == self.slot && tier.blocks.is_none();
        let (other, _) = before.filter(|_| self.blocks.is_none()).find(|(_, tier)| same(tier))?;
        let message = format!("`{}` has slot {} of the VPC already", stack.name_of(other), self.slot);
        let diagnostic = Diagnostic::error(codes::SUBNETS, message)
            .help("give one of them another, such as `.slot(2)`, or blocks of its own: `.blocks([cidr(\"…\")])`");
        Some(match stack.place_of(other) {
            Some(place) => diagnostic.and_at(place, "the other tier"),
            None => diagnostic,
        })
    }

    /// Whether the nth subnets of two tiers are in the same zone, as far as can be known.
    pub(super) fn same_zone(&self, other: &Self, n: usize) -> bool {
        self.zone(n) == other.zone(n)
    }

    /// The table of a subnet: the one that the nth subnet is associated with.
    pub(super) fn associate(lowering: &mut Lowering<'_>, n: usize, table: &str) {
        let subnet: Value<SubnetId> = lowering.own(&n.to_string(), "Ref");
        let table: Value<String> = lowering.own(table, "RouteTableId");
        lowering.add(&format!("{n}Association"), SubnetRouteTableAssociation::new(table, subnet));
    }

    pub(super) fn add_table(&self, lowering: &mut Lowering<'_>, suffix: &str) {
        lowering.add(suffix, RouteTable::new(self.vpc.id()));
    }
}

/// A route to everywhere, in the table of this construct under a suffix.
pub(super) fn default_route(lowering: &Lowering<'_>, table: &str) -> Route {
    Route::new(lowering.own::<String>(table, "RouteTableId")).destination_cidr_block(ANYWHERE)
}

fn fits_a_subnet(block: Cidr) -> bool {
    !block.is_v6() && PREFIXES.contains(&block.prefix())
}

/// Every tier that the stacks create from which this one imports: they may be in the same VPC.
fn elsewhere(stack: &Stack) -> impl Iterator<Item = (AnyHandle, &Subnets)> {
    fn of<T: Tier>(stack: &Stack) -> impl Iterator<Item = (AnyHandle, &Subnets)> {
        stack.created_elsewhere::<T>().map(|(handle, tier)| (handle.any(), tier.subnets()))
    }
    of::<PrivateSubnets>(stack).chain(of::<PublicSubnets>(stack))
}

/// Every tier that the stack creates, by name.
fn tiers(stack: &Stack) -> Vec<(AnyHandle, &Subnets)> {
    fn of<T: Tier>(stack: &Stack) -> impl Iterator<Item = (AnyHandle, &Subnets)> {
        stack.created::<T>().into_iter().map(|(handle, tier)| (handle.any(), tier.subnets()))
    }
    let mut all: Vec<_> = of::<PrivateSubnets>(stack).chain(of::<PublicSubnets>(stack)).collect();
    all.sort_by(|(a, _), (b, _)| stack.name_of(*a).cmp(stack.name_of(*b)));
    all
}

/// An attribute of a resource of this stack, by its logical id.
pub(super) fn named<T>(id: String, attribute: &str) -> Value<T> {
    Value::from_term(Term::reference(Link::NamedAttribute(id, attribute.to_owned())))
}

/// A tier of whatever kind, by its handle.
#[derive(Clone, Copy)]
pub(super) struct AnyTier {
    pub(super) handle: AnyHandle,
    find: for<'a> fn(&mut Lowering<'a>, AnyHandle) -> Option<&'a dyn Tier>,
}

impl AnyTier {
    pub(super) fn of<T: Tier>(tier: Handle<T>) -> Self {
        Self { handle: tier.any(), find: |lowering, handle| Some(lowering.noun::<T>(handle)?) }
    }

    /// The tier, and its name; a handle of another stack is a finding.
    pub(super) fn find<'a>(self, lowering: &mut Lowering<'a>) -> Option<(&'a str, &'a dyn Tier)> {
        let tier = (self.find)(lowering, self.handle)?;
        Some((lowering.stack().name_of(self.handle), tier))
    }

    /// The ids of its route tables, one by one: those that it creates, or those that were given of existing subnets.
    pub(super) fn route_tables(self, lowering: &mut Lowering<'_>) -> Vec<Term> {
        let Some((own, tier)) = self.find(lowering) else { return Vec::new() };
        let id = |table| Term::reference(Link::NamedAttribute(table, "RouteTableId".into()));
        let stack = lowering.stack();
        if stack.creates(self.handle) {
            return tier.route_tables(own).into_iter().map(id).collect();
        }
        match stack.given(self.handle, "RouteTableIds") {
            Some(Term::List(ids)) => ids.clone(),
            // A list by parameter; or nothing, which is a finding once it is resolved.
            Some(_) | None => vec![self.handle.term("RouteTableIds")],
        }
    }
}
