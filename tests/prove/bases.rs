//! Sound templates that say the same in different ways.

use std::collections::BTreeSet;

use formwork::prove::Verdict;

use super::judged;

/// Rules as resources of their own, network ACLs, an interface endpoint.
pub const SEPARATE: &str = include_str!("separate.yaml");
/// Rules inside groups, one group for proxy and database, a NAT gateway, a condition.
pub const INLINE: &str = include_str!("inline.yaml");
/// An existing network, a cluster, ports and addresses by parameters and attributes.
pub const GIVEN: &str = include_str!("given.yaml");

/// All of them.
pub const ALL: &[(&str, &str)] = &[("separate", SEPARATE), ("inline", INLINE), ("given", GIVEN)];

#[test]
fn a_sound_template_is_proved_and_silent() {
    for (name, text) in ALL {
        let judgement = judged(text);
        assert!(judgement.findings.is_empty(), "{name}: {:#?}", judgement.findings);
        let unproved: Vec<_> = judgement.proofs.iter().filter(|proof| proof.verdict != Verdict::Proved).collect();
        assert!(unproved.is_empty(), "{name}: {unproved:#?}");
    }
}

#[test]
fn goals_follow_from_the_wiring() {
    let goals = |text: &str| judged(text).proofs.iter().map(|proof| proof.goal.to_string()).collect::<BTreeSet<_>>();
    let expect = |goals: &[&str]| goals.iter().map(|goal| (*goal).to_owned()).collect::<BTreeSet<_>>();
    let to_proxy = [
        "Handler reaches Proxy on tcp 5432",
        "Proxy reaches Database on tcp 6543",
        "Handler reaches secretsmanager on tcp 443",
    ];
    assert_eq!(goals(SEPARATE), expect(&to_proxy));
    let to_proxy = [
        "Handler reaches Proxy on tcp 3306",
        "Proxy reaches Database on tcp 3306",
        "Handler reaches secretsmanager on tcp 443",
    ];
    assert_eq!(goals(INLINE), expect(&to_proxy));
    let to_cluster = [
        "Handler reaches Proxy on tcp 5432",
        "Handler reaches Door on tcp 5432",
        "Proxy reaches Cluster",
        "Handler reaches secretsmanager on tcp 443",
    ];
    assert_eq!(goals(GIVEN), expect(&to_cluster));
}
