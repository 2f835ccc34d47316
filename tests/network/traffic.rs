//! Traffic from and to addresses and prefix lists.

use formwork::prelude::*;

use super::{clean, with_vpc};
use crate::stack::{codes, function, resource, stack};

const LIST: &str = "pl-6ca54005";

/// The rules that come of traffic between a function and something, in YAML.
#[track_caller]
fn check(allow: fn(&mut Stack, Handle<Function>, Handle<SecurityGroup>), expect: &[(&str, &str)]) {
    let (mut stack, vpc) = with_vpc();
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let group = stack.add("Group", SecurityGroup::new(vpc, "functions"));
    let handler = stack.add("Handler", function().in_vpc(private, group));
    allow(&mut stack, handler, group);
    let template = clean(&stack);
    let rules = template.resources.iter().filter(|(_, resource)| resource.kind.contains("SecurityGroup"));
    let ids: Vec<_> = rules.map(|(id, _)| id.as_str()).filter(|id| *id != "Group").collect();
    assert_eq!(ids, expect.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    for (id, text) in expect {
        let found = resource(&template, id);
        assert!(found.contains(text), "{found}");
    }
}

#[test]
fn addresses_are_a_destination_with_a_port() {
    check(
        |stack, handler, _| stack.allow(handler, cidr("10.0.0.0/8").on(tcp(443))),
        &[(
            "GroupTo10x0x0x0s8443",
            "Type: AWS::EC2::SecurityGroupEgress
Properties:
  CidrIp: 10.0.0.0/8
  Description: to 10.0.0.0/8
  FromPort: 443
  GroupId: !GetAtt Group.GroupId
  IpProtocol: tcp
  ToPort: 443
",
        )],
    );
}

#[test]
fn addresses_of_version_6_are_ends_too() {
    check(
        |stack, handler, group| {
            stack.allow(handler, cidr("2001:db8::/32").on(udp(53)));
            stack.allow(cidr("2001:db8::/32"), group.on(tcp(443)));
        },
        &[("GroupFrom2001cdb8ccs32443", "CidrIpv6: 2001:db8::/32\n"), ("GroupTo2001cdb8ccs32Udp53", "CidrIpv6: 2001:")],
    );
}

#[test]
fn prefix_lists_are_ends_by_their_names() {
    check(
        |stack, handler, group| {
            let list = stack.import("S3", PrefixList::existing(LIST));
            stack.allow(handler, list.on(tcp(443)));
            stack.allow(list, group.on(tcp(8443)));
        },
        &[
            ("GroupFromS38443", "SourcePrefixListId: pl-6ca54005\n"),
            ("GroupToS3443", "DestinationPrefixListId: pl-6ca54005\n"),
        ],
    );
}

#[test]
fn traffic_between_addresses_has_no_rule_to_stand_in() {
    let mut stack = stack();
    let list = stack.import("S3", PrefixList::existing(LIST));
    stack.allow(cidr("10.0.0.0/8"), cidr("10.1.0.0/16").on(tcp(443)));
    stack.allow(list, cidr("10.1.0.0/16").on(tcp(443)));
    let found = stack.lower().diagnostics;
    let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(codes(&found), ["S1003"]);
    assert_eq!(
        messages,
        [
            "neither `10.0.0.0/8` nor `10.1.0.0/16` has a security group, so no rule can be added",
            "neither `S3` nor `10.1.0.0/16` has a security group, so no rule can be added",
        ]
    );
}

#[test]
fn a_prefix_list_of_another_stack_is_a_finding() {
    let mut other = stack();
    let list = other.import("S3", PrefixList::existing(LIST));
    let (mut stack, vpc) = with_vpc();
    let group = stack.add("Group", SecurityGroup::new(vpc, "functions"));
    stack.allow(group, list.on(tcp(443)));
    assert_eq!(codes(&stack.lower().diagnostics), ["S1002"]);
}

#[test]
fn a_group_that_is_managed_elsewhere_takes_traffic_to_addresses_on_trust() {
    let mut stack = stack();
    let group = stack.import("Group", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60").managed_elsewhere());
    stack.allow(group, cidr("10.0.0.0/8").on(tcp(443)));
    let lowered = stack.lower();
    assert!(lowered.diagnostics.is_empty() && lowered.template.resources.is_empty());
    let assumed: Vec<_> = lowered.goals.assumed.iter().map(ToString::to_string).collect();
    assert_eq!(assumed, ["Group reaches 10.0.0.0/8 on tcp 443: the rules of a security group are managed elsewhere"]);
}
