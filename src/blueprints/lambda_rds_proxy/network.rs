//! The network, given or new, and the database's security group in it.

use super::super::open::value;
use crate::constructs::ec2::{FlowLog, Nat, PrivateSubnets, PublicSubnets, SecurityGroup, Vpc};
use crate::network::Cidr;
use crate::settings::{self, Environment, GivenDatabase, GivenNetwork, NewNetwork};
use crate::stack::{Handle, Parameter, Stack};

/// The slot of the VPC's division in which proxy and database have their blocks.
const DATA: usize = 2;

/// What everything lives in.
#[derive(Clone, Copy)]
pub(super) struct Network {
    pub(super) vpc: Handle<Vpc>,
    /// Where the function and the endpoints are.
    pub(super) private: Handle<PrivateSubnets>,
    /// Where proxy and database are. No way leads out of a new one.
    pub(super) data: Handle<PrivateSubnets>,
    pub(super) database_sg: Handle<SecurityGroup>,
}

pub(super) fn network(stack: &mut Stack, settings: &Environment) -> Network {
    let (vpc, private, data) = match &settings.network {
        settings::Network::New { new } => create(stack, new),
        settings::Network::Given(given) => import(stack, given),
    };
    let database_sg = match settings.database.given() {
        Some(given) => group(stack, given),
        None => stack.add("DatabaseSg", SecurityGroup::new(vpc, "database")),
    };
    Network { vpc, private, data, database_sg }
}

type Tiers = (Handle<Vpc>, Handle<PrivateSubnets>, Handle<PrivateSubnets>);

fn import(stack: &mut Stack, given: &GivenNetwork) -> Tiers {
    let vpc_id = value(stack, &given.vpc, Parameter::vpc(), "The VPC of database, proxy and function.");
    let about = "Private subnets in two Availability Zones at least.";
    let subnet_ids = value(stack, &given.private_subnets, Parameter::subnets(), about);
    let vpc = stack.import("Vpc", Vpc::existing(vpc_id));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, subnet_ids));
    (vpc, private, private)
}

fn create(stack: &mut Stack, new: &NewNetwork) -> Tiers {
    let addresses = new.range.clone().map(|text| range(&text));
    let addresses = value(stack, &addresses, Parameter::cidr(), "The addresses of the VPC, a prefix of 16 to 20.");
    let vpc = stack.add("Vpc", Vpc::new(addresses));
    let nat = nat(stack, vpc, new);
    let private = stack.add("Private", PrivateSubnets::new(vpc).zones(new.zones).nat(nat));
    let data = stack.add("Data", PrivateSubnets::new(vpc).zones(new.zones).slot(DATA));
    if let Some(logs) = new.flow_logs {
        stack.add("Flows", FlowLog::new(vpc).retention(logs.days));
    }
    (vpc, private, data)
}

/// Public subnets are there for NAT gateways only.
fn nat(stack: &mut Stack, vpc: Handle<Vpc>, new: &NewNetwork) -> Nat {
    let way: fn(Handle<PublicSubnets>) -> Nat = match new.nat {
        settings::Nat::None => return Nat::none(),
        settings::Nat::One => Nat::one,
        settings::Nat::OneAZone => Nat::one_a_zone,
    };
    way(stack.add("Public", PublicSubnets::new(vpc).zones(new.zones)))
}

fn group(stack: &mut Stack, given: &GivenDatabase) -> Handle<SecurityGroup> {
    let about = "The security group of the database.";
    let id = value(stack, &given.security_group, Parameter::security_group(), about);
    let existing = SecurityGroup::existing(id);
    stack.import("DatabaseSg", if given.manage_security_group { existing } else { existing.managed_elsewhere() })
}

/// Addresses of the settings. INVARIANT (settings complete): they were checked.
pub(super) fn range(text: &str) -> Cidr {
    text.parse().unwrap_or_else(|_| unreachable!("settings complete: `{text}` is no range"))
}
