//! Laws: what only opens never closes, names and order mean nothing, and the checker takes no proof that was tampered
//! with.

use formwork::prove::{Answer, Claim, Verdict, checker};
use formwork::template::parse::parse;
use formwork::template::{Resource, Template, Value};
use proptest::prelude::*;

use super::bases::{ALL, GIVEN, INLINE, SEPARATE};
use super::{changed, network_proofs, verdicts};

fn template(text: &str) -> Template {
    parse(text, "app.yaml").0
}

#[test]
fn the_checker_takes_every_proof() {
    for (name, text) in ALL {
        let template = template(text);
        for proof in network_proofs(&template) {
            assert_eq!(checker::faults(&template, &proof), Vec::<String>::new(), "{name}: {}", proof.goal);
        }
    }
}

#[test]
fn what_is_offered_as_a_fix_mends() {
    let breaks = [
        (
            SEPARATE,
            "GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId",
            "GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupId",
        ),
        (
            SEPARATE,
            "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: true",
            "RuleNumber: 100, Protocol: 17, RuleAction: allow, Egress: true",
        ),
        (SEPARATE, "EnableDnsSupport: true", "EnableDnsSupport: false"),
        (INLINE, "FromPort: 3300, ToPort: 3310", "FromPort: 1, ToPort: 2"),
        (GIVEN, "SourceSecurityGroupId: !GetAtt ProxySg.GroupId", "SourceSecurityGroupId: !GetAtt LambdaSg.GroupId"),
    ];
    for (text, from, to) in breaks {
        let mut template = template(&changed(text, &[(from, to)]));
        let mut tried = 0;
        while let Some(fix) =
            network_proofs(&template).iter().flat_map(|proof| &proof.steps).find_map(|step| step.fix.clone())
        {
            template = fix.apply(&template);
            tried += 1;
            assert!(tried < 10, "{from}: fixes do not come to an end");
        }
        assert!(tried > 0, "{from}: no fix is offered");
        assert!(
            verdicts(&template).values().all(|verdict| *verdict == Verdict::Proved),
            "{from}: {:?}",
            verdicts(&template)
        );
    }
}

/// A rule that allows something, in any group of the template.
fn rule() -> impl Strategy<Value = (usize, bool, u16, u16, usize)> {
    (0..8usize, any::<bool>(), any::<u16>(), any::<u16>(), 0..10usize)
}

fn with_rule(template: &Template, (group, egress, a, b, peer): (usize, bool, u16, u16, usize)) -> Template {
    let groups: Vec<&String> = template
        .resources
        .iter()
        .filter(|(_, resource)| resource.kind == "AWS::EC2::SecurityGroup")
        .map(|(id, _)| id)
        .collect();
    let (from, to) = (i64::from(a.min(b)), i64::from(a.max(b)));
    let kind = if egress { "AWS::EC2::SecurityGroupEgress" } else { "AWS::EC2::SecurityGroupIngress" };
    let side = if egress { "DestinationSecurityGroupId" } else { "SourceSecurityGroupId" };
    let resource = Resource::new(kind)
        .with("GroupId", Value::reference_to(groups[group % groups.len()].as_str()))
        .with("IpProtocol", if peer == 9 { "-1" } else { "tcp" })
        .with("FromPort", from)
        .with("ToPort", to);
    let resource = match peer {
        0..6 => resource.with(side, Value::reference_to(groups[peer % groups.len()].as_str())),
        6 => resource.with("CidrIp", "0.0.0.0/0"),
        7 => resource.with("CidrIp", "10.0.0.0/9"),
        _ => resource.with("CidrIp", "10.1.1.0/24"),
    };
    let mut more = template.clone();
    more.resources.insert("Added".to_owned(), resource);
    more
}

/// The template with every resource under another name, and in another order.
fn renamed(text: &str) -> String {
    let template = template(text);
    let mut ids: Vec<&String> = template.resources.keys().collect();
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    let mut text = text.to_owned();
    for id in ids {
        let name = regex(id);
        text = name.replace_all(&text, format!("${{1}}Zz{id}Q${{2}}")).into_owned();
    }
    text
}

fn regex(id: &str) -> regex::Regex {
    regex::Regex::new(&format!(r"(!Ref |Ref: |GetAtt |GetAtt\x22: \[|\$\{{|\n  |, !Ref |\[!Ref ){id}([ ,.:\]\}}\n])"))
        .expect("a pattern")
}

#[test]
fn names_and_order_mean_nothing() {
    for (name, text) in ALL {
        let plain: Vec<_> = verdicts(&template(text)).into_values().collect();
        let other = template(&renamed(text));
        assert!(other.resources.keys().all(|id| id.starts_with("Zz")), "{name}: {:?}", other.resources.keys());
        let mut reversed = other.clone();
        reversed.resources.reverse();
        for template in [other, reversed] {
            let verdicts: Vec<_> = verdicts(&template).into_values().collect();
            assert_eq!(verdicts, plain, "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_that_allows_refutes_nothing(base in 0..3usize, rule in rule()) {
        let template = template(ALL[base].1);
        let more = with_rule(&template, rule);
        for (goal, verdict) in verdicts(&more) {
            // A separate egress rule makes it uncertain whether a group still lets out everything, and no more.
            prop_assert_ne!(verdict, Verdict::Refuted, "{}", goal);
        }
    }

    #[test]
    fn a_rule_that_allows_ingress_takes_no_proof_away(base in 0..3usize, rule in rule()) {
        let template = template(ALL[base].1);
        let more = with_rule(&template, (rule.0, false, rule.2, rule.3, rule.4));
        prop_assert_eq!(verdicts(&more), verdicts(&template));
    }

    #[test]
    fn a_proof_with_one_leaf_altered_is_not_taken(goal in 0..3usize, leaf in any::<prop::sample::Index>(), way in 0..3usize) {
        let template = template(SEPARATE);
        let mut proof = network_proofs(&template).swap_remove(goal);
        let leaves: Vec<(usize, usize)> = proof
            .steps
            .iter()
            .enumerate()
            .flat_map(|(at, step)| (0..step.evidence.len()).map(move |piece| (at, piece)))
            .collect();
        let (at, piece) = *leaf.get(&leaves);
        let evidence = &mut proof.steps[at].evidence[piece];
        match (way, &mut evidence.claim) {
            (0, _) => evidence.resource = "Nothing".to_owned(),
            (1, _) => evidence.path = "/Resources/Vpc/Properties/CidrBlock".to_owned(),
            (_, Claim::Rule { port, groups, .. }) => match port {
                Some(port) => *port += 1,
                None => *groups = vec!["Nothing".to_owned()],
            },
            (_, Claim::Names { what }) => *what = "Nothing".to_owned(),
            (_, Claim::Without { property }) => *property = "GroupDescription".to_owned(),
            (_, claim @ Claim::HasIpv6) => *claim = Claim::Names { what: "Nothing".to_owned() },
            (_, Claim::Is { kind }) => *kind = "AWS::SQS::Queue".to_owned(),
            (_, Claim::After { what }) => *what = "Elsewhere".to_owned(),
            (_, Claim::Equals { value }) => *value = "nothing".to_owned(),
            (_, Claim::Entry { acl, .. }) => *acl = "Nothing".to_owned(),
            (_, other) => prop_assert!(false, "no claim of the network: {other:?}"),
        }
        prop_assert!(!checker::faults(&template, &proof).is_empty());
    }

    #[test]
    fn a_proof_without_one_of_its_hops_is_not_taken(goal in 0..2usize, hop in 1..9usize) {
        let template = template(SEPARATE);
        let mut proof = network_proofs(&template).swap_remove(goal);
        let name = proof.route[hop];
        proof.steps.retain(|step| step.hop != name);
        prop_assert!(!checker::faults(&template, &proof).is_empty());
    }

    #[test]
    fn a_broken_step_is_no_part_of_a_proof(goal in 0..3usize, step in any::<prop::sample::Index>()) {
        let template = template(SEPARATE);
        let mut proof = network_proofs(&template).swap_remove(goal);
        let at = step.index(proof.steps.len());
        proof.steps[at].answer = Answer::Broken;
        prop_assert!(!checker::faults(&template, &proof).is_empty());
    }
}
