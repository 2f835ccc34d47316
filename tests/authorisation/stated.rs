//! Permissions that somebody states beside a template, and what proofs tell.

use formwork::goal::{Goal, Goals};
use formwork::prove::authorisation::{HOPS, proofs};
use formwork::prove::{Facts, Verdict, findings, prove};
use formwork::resolve::{Environment, Resolved};
use formwork::template::Value;
use formwork::template::parse::parse;

use super::INLINE;
use super::planted::with;

fn can(principal: &str, action: &str, resource: Value) -> Goal {
    Goal::Can { principal: principal.into(), actions: vec![action.into()], resources: vec![resource] }
}

#[track_caller]
fn stated(goal: Goal, expect: Verdict) {
    let (template, ..) = parse(INLINE, "t.yaml");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let goals = Goals { required: vec![goal.clone()], ..Goals::default() };
    let found: Vec<_> = prove(&resolved, &goals, Facts::none());
    let found: Vec<_> = found.iter().filter(|proof| proof.goal == goal && proof.origin.is_none()).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].verdict, expect, "{:#?}", found[0].steps);
}

#[test]
fn stated_permissions_are_judged() {
    let secret = || Value::reference_to("Secret");
    stated(can("Proxy", "secretsmanager:GetSecretValue", secret()), Verdict::Proved);
    stated(can("ProxyRole", "secretsmanager:GetSecretValue", secret()), Verdict::Proved);
    stated(can("Proxy", "secretsmanager:DeleteSecret", secret()), Verdict::Refuted);
    stated(can("Handler", "secretsmanager:GetSecretValue", secret()), Verdict::Refuted);
    stated(can("Handler", "ec2:DescribeNetworkInterfaces", Value::from("*")), Verdict::Proved);
    stated(can("Handler", "s3:GetObject", Value::from("arn:aws:s3:::bucket/key")), Verdict::Refuted);
    stated(can("ProxyRole", "kms:Encrypt", Value::attribute_of("Key", "Arn")), Verdict::Refuted);
}

#[test]
fn what_is_broken_is_found_once_with_its_place_and_cure() {
    let text = with(INLINE, "Action: rds-db:connect", "Action: rds:connect");
    let (template, places, _) = parse(&text, "t.yaml");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let told = findings(&proofs(&resolved, &Goals::default(), Facts::none()), &places);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].code.id, "P3202");
    assert_eq!(told[0].resource.as_deref(), Some("HandlerRole"));
    assert!(told[0].span.is_some() && told[0].help.is_some(), "{:#?}", told[0]);
}

#[test]
fn every_hop_is_explained() {
    for hop in HOPS {
        assert!(hop.source.starts_with("https://") && hop.explanation.ends_with('.'), "{}", hop.name);
    }
}
