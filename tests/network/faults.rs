//! What is wrong with a network as it was written, and where.

use formwork::prelude::*;

use super::with_vpc;
use crate::stack::stack;

/// The findings of lowering: code, resource and message.
#[track_caller]
fn check(write: fn(&mut Stack, Handle<Vpc>), expect: &[(&str, &str, &str)]) {
    let (mut stack, vpc) = with_vpc();
    write(&mut stack, vpc);
    let found = stack.lower().diagnostics;
    for finding in &found {
        let place = finding.source.as_ref().unwrap();
        assert!(place.file.ends_with("faults.rs") && finding.help.is_some(), "{finding:#?}");
    }
    let found: Vec<_> =
        found.iter().map(|found| (found.code.id, found.resource.as_deref().unwrap(), found.message.as_str())).collect();
    assert_eq!(found, expect);
}

#[test]
fn zones_slots_and_blocks_that_do_not_fit() {
    check(
        |stack, vpc| {
            stack.add("A", PrivateSubnets::new(vpc).zones(0));
            stack.add("B", PrivateSubnets::new(vpc).zones(4).slot(1));
            stack.add("C", PrivateSubnets::new(vpc).slot(4));
            stack.add("D", PrivateSubnets::new(vpc).zones(3).blocks([cidr("10.20.0.0/24")]));
            stack.add("E", PrivateSubnets::new(vpc).slot(2).in_zones(["eu-west-1a", "eu-west-1a"]));
            stack.add("F", PrivateSubnets::new(vpc).blocks([cidr("10.20.0.0/24"), cidr("2001:db8::/64")]));
            stack.add("G", PrivateSubnets::new(vpc).blocks([cidr("10.20.0.0/24"), cidr("10.20.1.0/29")]));
        },
        &[
            ("S1201", "A", "subnets in 0 zones"),
            ("S1201", "B", "subnets in 4 zones"),
            ("S1201", "C", "there is no slot 4"),
            ("S1201", "D", "1 blocks for 3 zones"),
            ("S1201", "E", "the zone `eu-west-1a` is named twice"),
            ("S1201", "F", "2001:db8::/64 cannot be the block of a subnet"),
            ("S1201", "G", "10.20.1.0/29 cannot be the block of a subnet"),
        ],
    );
}

#[test]
fn two_tiers_in_one_slot() {
    check(
        |stack, vpc| {
            stack.add("Private", PrivateSubnets::new(vpc));
            stack.add("More", PrivateSubnets::new(vpc));
            stack.add("Own", PrivateSubnets::new(vpc).blocks([cidr("10.20.240.0/24")]));
            stack.add("Public", PublicSubnets::new(vpc));
            stack.add("Z", PrivateSubnets::new(vpc).slot(1));
        },
        &[
            ("S1201", "Private", "`More` has slot 0 of the VPC already"),
            ("S1201", "Z", "`Public` has slot 1 of the VPC already"),
        ],
    );
}

#[test]
fn a_range_that_is_none_of_a_vpc_or_has_no_room() {
    check(
        |stack, _| {
            stack.add("Large", Vpc::new(cidr("10.0.0.0/8")));
            stack.add("Six", Vpc::new(cidr("2001:db8::/56")));
            let small = stack.add("Small", Vpc::new(cidr("10.0.0.0/26")));
            stack.add("Tier", PrivateSubnets::new(small));
            let few = stack.add("Few", Vpc::new(cidr("10.0.0.0/22")).subnet_prefix(24));
            stack.add("Fits", PrivateSubnets::new(few).zones(3));
            stack.add("Public", PublicSubnets::new(few));
        },
        &[
            ("S1201", "Large", "10.0.0.0/8 cannot be the range of a VPC: it is of IPv4, with a prefix of 16 to 28"),
            ("S1006", "Public", "10.0.0.0/22 has no room for a subnet with a prefix of 24 as block 4 of it"),
            ("S1201", "Six", "2001:db8::/56 cannot be the range of a VPC: it is of IPv4, with a prefix of 16 to 28"),
            ("S1006", "Tier", "10.0.0.0/26 has no room for a subnet with a prefix of 30 as block 0 of it"),
        ],
    );
}

#[test]
fn gateways_that_do_not_fit() {
    check(
        |stack, vpc| {
            let other = stack.add("Other", Vpc::new(cidr("10.30.0.0/16")));
            let foreign = stack.add("Foreign", PublicSubnets::new(other));
            let public = stack.add("Public", PublicSubnets::new(vpc));
            stack.add("Second", PublicSubnets::new(vpc).slot(3));
            stack.add("A", PrivateSubnets::new(vpc).nat(Nat::one(foreign)));
            stack.add("B", PrivateSubnets::new(vpc).zones(3).nat(Nat::one_a_zone(public)));
            let ids = ["nat-0a41d2c3b4e5f6071", "nat-0b72d2c3b4e5f6072"];
            stack.add("C", PrivateSubnets::new(vpc).zones(3).nat(Nat::existing(ids)));
            let zones = ["ap-southeast-2a", "ap-southeast-2b"];
            stack.add("D", PrivateSubnets::new(vpc).in_zones(zones).nat(Nat::one_a_zone(public)));
        },
        &[
            ("S1202", "A", "`Foreign` is in another VPC"),
            ("S1201", "B", "`Public` has subnets in 2 zones, and 3 want a NAT gateway"),
            ("S1201", "C", "2 NAT gateways for 3 subnets"),
            ("S1201", "D", "the subnets of `Public` are in other zones"),
            ("S1203", "Second", "`Public` brings an internet gateway for the VPC already, and a VPC has one at most"),
        ],
    );
}

#[test]
fn what_the_template_has_is_checked_as_any_other() {
    let mut stack = stack();
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let one = stack.add("One", PrivateSubnets::new(vpc).zones(1));
    stack.add("Over", PrivateSubnets::new(vpc).blocks([cidr("10.20.8.0/24")]));
    stack.add("Out", PrivateSubnets::new(vpc).blocks([cidr("10.21.0.0/24")]));
    let group = stack.add("Group", SecurityGroup::new(vpc, "database"));
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::AwsManagedKey));
    stack.add("Database", DatabaseInstance::new(Engine::Postgres, secret, one, group));
    let faults = crate::stack::faults(&stack);
    let mut found: Vec<_> = faults.iter().map(|found| (found.code.id, found.resource.as_deref().unwrap())).collect();
    found.sort_unstable();
    assert_eq!(found, [("E3060", "Over1"), ("E3932", "Out1"), ("E3933", "DatabaseSubnets")]);
}
