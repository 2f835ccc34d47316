//! What is added later leaves what stands as it is.

use formwork::prelude::*;
use formwork::template::Template;

use super::{clean, with_vpc};

/// The rest of a network, in the order of the bits.
const PARTS: [fn(&mut Stack, Network); 6] = [
    |stack, network| {
        stack.add("Data", PrivateSubnets::new(network.vpc).slot(2));
    },
    |stack, network| {
        stack.add("S3", GatewayEndpoint::new(GatewayService::S3, network.private));
    },
    |stack, network| {
        let group = stack.add("SecretsSg", SecurityGroup::new(network.vpc, "Secrets Manager API"));
        stack.add("Secrets", InterfaceEndpoint::new(Service::SecretsManager, network.private, group).private_dns(true));
    },
    |stack, network| {
        stack.add("Flows", FlowLog::new(network.vpc));
    },
    |stack, network| {
        let rule = || AclRule::allow_all(network.vpc.range());
        stack.add("Acl", NetworkAcl::new(network.private).inbound(100, rule()).outbound(100, rule()));
    },
    |stack, network| {
        stack.add("Extra", PrivateSubnets::new(network.vpc).slot(3).nat(Nat::one_a_zone(network.public)));
    },
];

#[derive(Clone, Copy)]
struct Network {
    vpc: Handle<Vpc>,
    public: Handle<PublicSubnets>,
    private: Handle<PrivateSubnets>,
}

/// A network in so many zones with the given parts, in the given order.
fn network(zones: usize, nat: fn(Handle<PublicSubnets>) -> Nat, parts: &[usize]) -> Template {
    let (mut stack, vpc) = with_vpc();
    let public = stack.add("Public", PublicSubnets::new(vpc).zones(3));
    let private = stack.add("Private", PrivateSubnets::new(vpc).zones(zones).nat(nat(public)));
    for part in parts {
        PARTS[*part](&mut stack, Network { vpc, public, private });
    }
    clean(&stack)
}

/// Every resource of `small` is in `large`, and none would be replaced.
#[track_caller]
fn grew(small: &Template, large: &Template) {
    for (id, resource) in &small.resources {
        let now = large.resources.get(id).unwrap_or_else(|| panic!("{id} is gone"));
        let facts = formwork::registry::facts(&resource.kind).unwrap();
        for property in facts.create_only.iter().filter_map(|path| path.segments().first()) {
            assert_eq!(resource.properties.get(property), now.properties.get(property), "{id}: {property}");
        }
    }
    assert!(large.resources.len() > small.resources.len());
}

#[test]
fn a_part_more_replaces_nothing() {
    for part in 0..PARTS.len() {
        let others: Vec<usize> = (0..PARTS.len()).filter(|other| *other != part).collect();
        grew(&network(2, Nat::one, &[]), &network(2, Nat::one, &[part]));
        grew(&network(2, Nat::one, &others), &network(2, Nat::one, &[&others[..], &[part]].concat()));
    }
}

#[test]
fn a_zone_more_replaces_nothing() {
    for nat in [|_| Nat::none(), Nat::one, Nat::one_a_zone] {
        grew(&network(1, nat, &[]), &network(2, nat, &[]));
        grew(&network(2, nat, &[0, 1, 2, 3, 4]), &network(3, nat, &[0, 1, 2, 3, 4]));
    }
}

#[test]
fn a_way_out_replaces_nothing() {
    grew(&network(2, |_| Nat::none(), &[]), &network(2, Nat::one, &[]));
    grew(&network(2, Nat::one, &[]), &network(2, Nat::one_a_zone, &[]));
}

#[test]
fn the_order_of_calls_does_not_show() {
    let yaml = |parts: &[usize]| formwork::emit::yaml::template(&network(3, Nat::one_a_zone, parts));
    assert_eq!(yaml(&[0, 1, 2, 3, 4, 5]), yaml(&[5, 3, 1, 4, 2, 0]));
}
