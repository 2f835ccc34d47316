//! What must be allowed for a template to work: proved where it is, refuted where it is not, by the hop that breaks it.

mod matrix;
mod mended;
mod planted;
mod rewritten;
mod serverless;
mod stated;
mod withheld;
mod worlds;

use std::fmt::Write;

use formwork::prove::authorisation::{Judgement, derive, judge};
use formwork::prove::{Answer, Facts, Verdict};
use formwork::resolve::{Environment, Resolved};
use formwork::template::parse::parse;

/// Policies inline, secrets and keys by reference.
const INLINE: &str = include_str!("authorisation/inline.yaml");
/// Policies attached from outside, wildcards, aliases, an endpoint.
const APART: &str = include_str!("authorisation/apart.yaml");
/// Tokens all the way, monitoring, rotation.
const WHOLE: &str = include_str!("authorisation/whole.yaml");

/// Every goal of a template with what is found of it.
fn judged(text: &str, environment: &Environment) -> Vec<(String, Judgement)> {
    let (template, _, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:?}");
    let resolved = Resolved::new(&template, environment);
    derive(&resolved, Facts::none())
        .iter()
        .map(|goal| (goal.to_string(), judge(&resolved, goal, Facts::none())))
        .collect()
}

/// What is not proved, hop by hop.
fn doubts(text: &str, environment: &Environment) -> String {
    let mut told = String::new();
    for (goal, found) in judged(text, environment) {
        if found.verdict == Verdict::Proved {
            continue;
        }
        writeln!(told, "{:?}: {goal}", found.verdict).unwrap();
        for hop in found.hops.iter().filter(|hop| hop.verdict >= Answer::Unknown) {
            writeln!(told, "  {} {:?}: {}", hop.hop, hop.verdict, hop.message).unwrap();
        }
    }
    told
}

#[track_caller]
fn sound(text: &str) {
    assert_eq!(doubts(text, &Environment::unknown()), "", "{text}");
    let placed =
        Environment::unknown().in_region("eu-west-1").in_account("111122223333").with_parameter("Name", "billing");
    assert_eq!(doubts(text, &placed), "", "{text}");
}

#[test]
fn sound_templates_are_proved() {
    for text in [INLINE, APART, WHOLE] {
        sound(text);
    }
}

#[test]
fn goals_follow_from_the_wiring() {
    let goals = |text| judged(text, &Environment::unknown()).into_iter().map(|(goal, _)| goal).collect::<Vec<_>>();
    assert_eq!(
        goals(INLINE),
        [
            "the role of Proxy trusts rds.amazonaws.com",
            "Proxy can read Secret",
            "the role of Handler trusts lambda.amazonaws.com",
            "Handler can have network interfaces",
            "Handler can log in to Proxy with an IAM token",
        ]
    );
    assert_eq!(
        goals(WHOLE),
        [
            "the role of Database trusts monitoring.rds.amazonaws.com",
            "the role of Proxy trusts rds.amazonaws.com",
            "Proxy can log in to its database with an IAM token",
            "the role of Handler trusts lambda.amazonaws.com",
            "Handler can have network interfaces",
            "Handler can log in to Proxy with an IAM token",
            "the role of Turner trusts lambda.amazonaws.com",
            "Turner can rotate Login",
        ]
    );
}

#[test]
fn templates_that_are_shipped_are_proved() {
    for folder in ["out/prod", "out/uat"] {
        let text = std::fs::read_to_string(format!("{folder}/rds-proxy.template.yaml")).expect("a template");
        sound(&text);
    }
}
