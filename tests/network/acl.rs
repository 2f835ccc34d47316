//! Network ACLs.

use formwork::prelude::*;

use super::{clean, with_vpc};
use crate::stack::{codes, resource};

#[test]
fn rules_are_entries_and_subnets_associated() {
    let (mut stack, vpc) = with_vpc();
    let data = stack.add("Data", PrivateSubnets::new(vpc));
    let acl = NetworkAcl::new(data)
        .inbound(100, AclRule::allow(vpc.range(), tcp(5432)))
        .inbound(200, AclRule::deny_all(cidr("2001:db8::/32")))
        .outbound(100, AclRule::allow(cidr("10.20.0.0/16"), ephemeral()));
    stack.add("Acl", acl);
    let template = clean(&stack);
    assert_eq!(resource(&template, "Acl"), "Type: AWS::EC2::NetworkAcl\nProperties:\n  VpcId: !GetAtt Vpc.VpcId\n");
    assert_eq!(
        resource(&template, "AclIn100"),
        "Type: AWS::EC2::NetworkAclEntry
Properties:
  CidrBlock: !GetAtt Vpc.CidrBlock
  Egress: false
  NetworkAclId: !GetAtt Acl.Id
  PortRange:
    From: 5432
    To: 5432
  Protocol: 6
  RuleAction: allow
  RuleNumber: 100
"
    );
    assert_eq!(
        resource(&template, "AclIn200"),
        "Type: AWS::EC2::NetworkAclEntry
Properties:
  Egress: false
  Ipv6CidrBlock: 2001:db8::/32
  NetworkAclId: !GetAtt Acl.Id
  Protocol: -1
  RuleAction: deny
  RuleNumber: 200
"
    );
    let out = resource(&template, "AclOut100");
    assert!(out.contains("Egress: true\n") && out.contains("From: 1024\n    To: 65535\n"), "{out}");
    assert_eq!(
        resource(&template, "Acl2Association"),
        "Type: AWS::EC2::SubnetNetworkAclAssociation
Properties:
  NetworkAclId: !GetAtt Acl.Id
  SubnetId: !GetAtt Data2.SubnetId
"
    );
}

/// What is said of an ACL.
#[track_caller]
fn check(rules: fn(NetworkAcl) -> NetworkAcl, expect: &[&str]) {
    let (mut stack, vpc) = with_vpc();
    let data = stack.add("Data", PrivateSubnets::new(vpc));
    stack.add("Acl", rules(NetworkAcl::new(data)));
    let found = stack.lower().diagnostics;
    let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, expect);
    assert!(found.iter().all(|found| found.code.id == "S1204" && found.source.is_some()), "{found:#?}");
}

const NEAR: &str = "10.20.0.0/16";
const FAR: &str = "192.168.0.0/16";

#[test]
fn calls_want_a_way_for_their_answers() {
    let unanswered = "inbound rule 100 lets calls through, and no outbound rule lets the answers through";
    check(|acl| acl.inbound(100, AclRule::allow(cidr(NEAR), tcp(5432))), &[unanswered]);
    check(
        |acl| {
            let call = AclRule::allow(cidr(NEAR), tcp(5432));
            acl.inbound(100, call).outbound(100, AclRule::allow(cidr(FAR), ephemeral()))
        },
        &[unanswered],
    );
    check(
        |acl| {
            let call = AclRule::allow(cidr(NEAR), tcp(5432));
            acl.inbound(100, call).outbound(100, AclRule::deny(cidr(NEAR), ephemeral()))
        },
        &[unanswered],
    );
    check(
        |acl| {
            let call = AclRule::allow(cidr(NEAR), tcp(5432));
            acl.inbound(100, call).outbound(100, AclRule::allow(cidr(NEAR), tcp(443)))
        },
        &[unanswered, "outbound rule 100 lets calls through, and no inbound rule lets the answers through"],
    );
    check(
        |acl| {
            let call = AclRule::allow(cidr(NEAR), tcp(5432));
            acl.inbound(100, call).outbound(100, AclRule::allow(cidr("0.0.0.0/0"), tcp_range(32_768..=60_999)))
        },
        &[],
    );
    check(|acl| acl.inbound(100, AclRule::deny(cidr(NEAR), tcp(5432))), &[]);
}

#[test]
fn numbers_are_taken_once_and_within_bounds() {
    check(
        |acl| acl.inbound(100, AclRule::deny_all(cidr(NEAR))).inbound(100, AclRule::deny_all(cidr(FAR))),
        &["two inbound rules have the number 100"],
    );
    check(|acl| acl.inbound(100, AclRule::deny_all(cidr(NEAR))).outbound(100, AclRule::deny_all(cidr(FAR))), &[]);
    check(
        |acl| acl.inbound(0, AclRule::deny_all(cidr(NEAR))).outbound(32_767, AclRule::deny_all(cidr(NEAR))),
        &["a rule of a network ACL cannot have the number 0", "a rule of a network ACL cannot have the number 32767"],
    );
}

#[test]
fn subnets_have_one_acl_and_those_that_exist_have_theirs() {
    let (mut stack, vpc) = with_vpc();
    let data = stack.add("Data", PrivateSubnets::new(vpc));
    stack.add("First", NetworkAcl::new(data));
    stack.add("Second", NetworkAcl::new(data));
    let there = stack.import("There", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071"]));
    stack.add("Third", NetworkAcl::new(there));
    let found = stack.lower().diagnostics;
    let resources: Vec<_> = found.iter().filter_map(|found| found.resource.as_deref()).collect();
    assert_eq!((codes(&found), resources), (vec!["S1204"], vec!["Second", "Third"]));
}
