//! Ranges that cover a subnet only together: of rules, of entries of network ACLs, of ports.

use formwork::prove::{Answer, Claim, Proof, Verdict, checker};
use formwork::template::parse::parse;

use super::bases::SEPARATE;
use super::{changed, judged};

const FROM_LAMBDA: &str = "  ProxyFromLambda: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg } }\n";
const ACL_IN: &str = "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 5432, To: 5432 } } }\n";

/// The template with rules of address ranges and ports in place of the one that names the group.
fn with_rules(rules: &[(&str, u16, u16)]) -> String {
    let rule = |(at, (range, from, to)): (usize, &(&str, u16, u16))| {
        format!(
            "  Rule{at}: {{ Type: AWS::EC2::SecurityGroupIngress, Properties: {{ GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: {from}, ToPort: {to}, CidrIp: {range} }} }}\n"
        )
    };
    let rules: String = rules.iter().enumerate().map(rule).collect();
    changed(SEPARATE, &[(FROM_LAMBDA, &rules)])
}

fn to_proxy(text: &str) -> Proof {
    let mut proofs = judged(text).proofs;
    proofs.retain(|proof| proof.goal.to_string().starts_with("Handler reaches Proxy"));
    proofs.pop().expect("the goal follows from the address")
}

#[track_caller]
fn check(text: &str, verdict: Verdict) -> Proof {
    let proof = to_proxy(text);
    let told: Vec<_> =
        proof.steps.iter().filter(|step| step.answer != Answer::Holds).map(|step| &step.message).collect();
    assert_eq!(proof.verdict, verdict, "{told:#?}");
    assert_eq!(judged(text).findings.is_empty(), verdict == Verdict::Proved, "{told:#?}");
    if verdict == Verdict::Proved {
        assert_eq!(checker::faults(&parse(text, "app.yaml").0, &proof), Vec::<String>::new());
    }
    proof
}

#[test]
fn halves_of_a_subnet() {
    let halves = [("10.0.0.0/25", 5432, 5432), ("10.0.0.128/25", 5432, 5432), ("10.0.1.0/24", 5432, 5432)];
    check(&with_rules(&halves), Verdict::Proved);
    check(&with_rules(&halves[1..]), Verdict::Depends);
    // Ranges may overlap, and be of other ports too.
    check(
        &with_rules(&[
            ("10.0.0.0/25", 1, 6000),
            ("10.0.0.64/26", 5432, 5432),
            ("10.0.0.128/25", 5432, 9000),
            ("10.0.1.0/24", 5432, 5432),
        ]),
        Verdict::Proved,
    );
    // A half on another port is none.
    check(
        &with_rules(&[("10.0.0.0/25", 5432, 5432), ("10.0.0.128/25", 3306, 3306), ("10.0.1.0/24", 5432, 5432)]),
        Verdict::Depends,
    );
}

#[test]
fn halves_of_the_whole_network() {
    check(&with_rules(&[("10.0.0.0/17", 5432, 5432), ("10.0.128.0/17", 5432, 5432)]), Verdict::Proved);
    check(&with_rules(&[("0.0.0.0/1", 5432, 5432), ("128.0.0.0/1", 5432, 5432)]), Verdict::Proved);
}

/// Rules of which each covers one of two subnets.
#[test]
fn each_subnet_by_a_rule_of_its_own() {
    check(&with_rules(&[("10.0.0.0/24", 5432, 5432), ("10.0.1.0/24", 5432, 5432)]), Verdict::Proved);
}

#[test]
fn halves_under_one_condition() {
    let conditional = |condition: &str| {
        let text =
            with_rules(&[("10.0.0.0/25", 5432, 5432), ("10.0.0.128/25", 5432, 5432), ("10.0.1.0/24", 5432, 5432)]);
        changed(
            &text,
            &[
                (
                    "Resources:\n",
                    "Parameters: { Stage: { Type: String, AllowedValues: [a, b] } }\nConditions: { A: !Equals [!Ref Stage, a], B: !Equals [!Ref Stage, b] }\nResources:\n",
                ),
                (
                    "Rule0: { Type: AWS::EC2::SecurityGroupIngress,",
                    &format!("Rule0: {{ Type: AWS::EC2::SecurityGroupIngress, Condition: {condition},"),
                ),
                (
                    "  Rule1:",
                    "  Rule3: { Type: AWS::EC2::SecurityGroupIngress, Condition: B, Properties: { GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/24 } }\n  Rule1:",
                ),
            ],
        )
    };
    check(&conditional("A"), Verdict::Proved);
    check(&conditional("B"), Verdict::Depends);
}

/// Whatever the port, one of the rules has it.
#[test]
fn halves_of_the_ports() {
    let text = |port: &str, last: &str| {
        changed(
            SEPARATE,
            &[
                ("Resources:\n", &format!("Parameters: {{ Port: {{ Type: Number{port} }} }}\nResources:\n")),
                ("Port: \"6543\"", "Port: !Ref Port"),
                (
                    "FromPort: 6543, ToPort: 6543, DestinationSecurityGroupId",
                    "FromPort: 0, ToPort: 65535, DestinationSecurityGroupId",
                ),
                (
                    "  DatabaseFromProxy:",
                    &format!(
                        "  Low: {{ Type: AWS::EC2::SecurityGroupIngress, Properties: {{ GroupId: !Ref DatabaseSg, IpProtocol: tcp, FromPort: 0, ToPort: 5431, SourceSecurityGroupId: !Ref ProxySg }} }}\n  \
                              High: {{ Type: AWS::EC2::SecurityGroupIngress, Properties: {{ GroupId: !Ref DatabaseSg, IpProtocol: tcp, FromPort: {last}, ToPort: 65535, SourceSecurityGroupId: !Ref ProxySg }} }}\n  DatabaseFromProxy:"
                    ),
                ),
                (
                    "AclIn: {",
                    "AclAll: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !Ref Acl, RuleNumber: 90, Protocol: 6, RuleAction: allow, Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 0, To: 65535 } } }\n  AclAllOut: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !Ref Acl, RuleNumber: 90, Protocol: 6, RuleAction: allow, Egress: true, CidrBlock: 10.0.0.0/16, PortRange: { From: 0, To: 65535 } } }\n  AclIn: {",
                ),
            ],
        )
    };
    let verdict = |text: &str| {
        let proofs = judged(text).proofs;
        let proof = proofs.iter().find(|proof| proof.goal.to_string().starts_with("Proxy reaches Database"));
        let proof = proof.expect("the goal follows from the targets");
        if proof.verdict == Verdict::Proved {
            assert_eq!(checker::faults(&parse(text, "app.yaml").0, proof), Vec::<String>::new());
        }
        proof.verdict
    };
    assert_eq!(verdict(&text("", "5432")), Verdict::Proved);
    assert_eq!(verdict(&text("", "5500")), Verdict::Depends);
    assert_eq!(verdict(&text(", MinValue: 6000", "5500")), Verdict::Proved);
    assert_eq!(verdict(&text(", AllowedValues: [5431, 5500]", "5500")), Verdict::Proved);
    assert_eq!(verdict(&text(", AllowedValues: [5431, 5432]", "5500")), Verdict::Depends);
}

#[test]
fn entries_of_an_acl() {
    let with_entries = |entries: &[(u16, &str, &str)]| {
        let entry = |(number, action, range): &(u16, &str, &str)| {
            format!(
                "  AclIn{number}: {{ Type: AWS::EC2::NetworkAclEntry, Properties: {{ NetworkAclId: !Ref Acl, RuleNumber: {number}, Protocol: 6, RuleAction: {action}, Egress: false, CidrBlock: {range}, PortRange: {{ From: 5432, To: 5432 }} }} }}\n"
            )
        };
        let entries: String = entries.iter().map(entry).collect();
        changed(
            SEPARATE,
            &[
                (
                    ACL_IN,
                    &format!(
                        "{}{entries}",
                        ACL_IN.replace("RuleNumber: 100", "RuleNumber: 105").replace("10.0.0.0/16", "10.0.10.0/23")
                    ),
                ),
                ("RuleNumber: 110", "RuleNumber: 1000"),
                (
                    "CidrBlock: 10.0.0.0/16, PortRange: { From: 1024, To: 65535 } } }\n  Lambda",
                    "CidrBlock: 10.0.10.0/23, PortRange: { From: 1024, To: 65535 } } }\n  Lambda",
                ),
            ],
        )
    };
    let halves = [(100, "allow", "10.0.0.0/25"), (101, "allow", "10.0.0.128/25"), (102, "allow", "10.0.1.0/24")];
    check(&with_entries(&halves), Verdict::Proved);
    check(&with_entries(&halves[1..]), Verdict::Depends);
    // The first entry that matches an address decides.
    let denied = [(90, "deny", "10.0.0.64/26"), halves[0], halves[1], halves[2]];
    check(&with_entries(&denied), Verdict::Depends);
    let too_late = [halves[0], halves[1], halves[2], (103, "deny", "10.0.0.64/26")];
    check(&with_entries(&too_late), Verdict::Proved);
}

/// Each of the rules counts: the checker takes no proof that has lost one of them.
#[test]
fn a_union_without_one_of_its_parts_is_not_taken() {
    let text = with_rules(&[("10.0.0.0/25", 5432, 5432), ("10.0.0.128/25", 5432, 5432), ("10.0.1.0/24", 5432, 5432)]);
    let (template, whole) = (parse(&text, "app.yaml").0, to_proxy(&text));
    for part in 0..3 {
        let mut proof = whole.clone();
        let step = proof.steps.iter_mut().find(|step| step.hop == "security-group-ingress").expect("the hop is there");
        assert_eq!(step.evidence.len(), 3, "{:#?}", step.evidence);
        assert!(step.evidence.iter().all(|piece| matches!(piece.claim, Claim::Rule { .. })));
        step.evidence.remove(part);
        assert!(!checker::faults(&template, &proof).is_empty(), "{part}");
    }
}
