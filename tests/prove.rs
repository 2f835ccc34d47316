//! Does it connect? Sound templates that differ in how they are written, each failure planted in each of them, and
//! rewritings that change nothing.

mod asserts;
mod bases;
mod entries;
mod facts;
mod failures;
mod laws;
mod networks;
mod once;
mod outside;
mod permissions;
mod rewritings;
mod table;
mod union;
mod unknowns;

use std::collections::{BTreeMap, BTreeSet};

use formwork::goal::{Goal, Goals};
use formwork::prove::authorisation::HOPS;
use formwork::prove::hops::order;
use formwork::prove::{Facts, Judgement, Proof, Verdict, judge};
use formwork::resolve::Environment;
use formwork::template::Template;
use formwork::template::parse::parse;

/// What is proved of the network of a template. What is allowed is proved in a file of its own.
#[track_caller]
pub fn judged(text: &str) -> Judgement {
    let (template, places, unreadable) = parse(text, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}\n{text}");
    let environment = Environment::unknown().in_region("eu-west-1");
    let mut judged = judge(&template, &places, &environment, &Goals::default(), Facts::none());
    judged.proofs.retain(is_of_network);
    let of_others = HOPS.iter().map(|hop| hop.code).chain([order::HOP.code]).collect::<Vec<_>>();
    judged.findings.retain(|finding| !of_others.contains(&finding.code));
    judged
}

/// Whether a proof is one of the network.
pub fn is_of_network(proof: &Proof) -> bool {
    matches!(proof.goal, Goal::Reaches { .. } | Goal::Isolated { .. })
}

/// The proofs of the network of a template.
pub fn network_proofs(template: &Template) -> Vec<Proof> {
    let environment = Environment::unknown().in_region("eu-west-1");
    let mut found = judge(template, &Default::default(), &environment, &Goals::default(), Facts::none()).proofs;
    found.retain(is_of_network);
    found
}

/// The verdict on each goal of its network.
pub fn verdicts(template: &Template) -> BTreeMap<String, Verdict> {
    network_proofs(template).into_iter().map(|proof| (proof.goal.to_string(), proof.verdict)).collect()
}

/// The broken hops and where: `security-group-ingress at ProxySg`.
pub fn broken(judgement: &Judgement) -> BTreeSet<String> {
    let refuted = judgement.proofs.iter().filter(|proof| proof.verdict == Verdict::Refuted);
    refuted
        .flat_map(Proof::broken)
        .map(|step| format!("{} at {}", step.hop, step.resource.as_deref().unwrap_or("?")))
        .collect()
}

/// One template with a piece of it changed.
#[track_caller]
pub fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` stands in the template:\n{text}");
        text.replacen(from, to, 1)
    })
}
