//! One fault is told once, though a rule sees it in a resource and a hop on the way of a goal.

use super::answer::{Answer, Step};
use super::findings::{is_of_way_to, severity};
use super::judge::Judgement;
use super::proof::Proof;
use crate::diagnostic::{Diagnostic, Severity};

impl Judgement {
    /// Everything that is to be told of a template: what rules found, and what the proofs have to say.
    ///
    /// A hop names the rules that tell the same fault ([`HopFacts::told_by`](super::authorisation::HopFacts)). Where both
    /// do at one resource the hop is told, since it knows what the fault is in the way of; but what is certain to the rule
    /// is not lost to a hop that only warns.
    pub fn told_with(&self, mut of_rules: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut silenced: Vec<(&'static str, &str)> = Vec::new();
        of_rules.retain(|rule| {
            let same: Vec<_> = self.steps().filter(|(_, step)| tells(step, rule)).collect();
            // The worst severity is the first.
            let worst = same.iter().map(|(proof, step)| severity(proof, step)).min();
            if worst.is_some_and(|worst| worst > rule.severity) {
                silenced.extend(same.iter().filter_map(|(_, step)| Some((step.code.id, step.resource.as_deref()?))));
            }
            worst.is_none_or(|worst| worst > rule.severity)
        });
        let is_told =
            |found: &Diagnostic| !silenced.contains(&(found.code.id, found.resource.as_deref().unwrap_or_default()));
        let told = self.findings.iter().filter(|found| is_told(found) && !is_caused(found, &of_rules));
        let told: Vec<_> = told.cloned().collect();
        of_rules.extend(told);
        of_rules
    }

    /// The steps that are findings.
    fn steps(&self) -> impl Iterator<Item = (&Proof, &Step)> {
        self.proofs.iter().flat_map(|proof| proof.broken().chain(proof.undecided()).map(move |step| (proof, step)))
    }
}

/// The hops that judge the port on which a proxy listens: of a proxy of another engine than its database, which is told,
/// it is the port of the wrong engine.
const OF_PORT: [&str; 4] = ["N3204", "N3205", "N3207", "N3209"];

/// Whether a finding only follows from one that a rule has and is told in every world: what listens on the port of another
/// engine, and a group in a circle, in which no rule comes to be.
fn is_caused(found: &Diagnostic, of_rules: &[Diagnostic]) -> bool {
    of_rules.iter().filter(|rule| rule.severity == Severity::Error && !rule.message.contains(" where ")).any(|rule| {
        let resource = rule.resource.as_deref();
        match rule.code.id {
            "E3951" => OF_PORT.contains(&found.code.id) && resource.is_some_and(|proxy| is_of_way_to(found, proxy)),
            "E3004" => {
                resource.is_some()
                    && resource == found.resource.as_deref()
                    && ["N3204", "N3205"].contains(&found.code.id)
            }
            _ => false,
        }
    })
}

/// Whether a step and a finding of a rule are of one fault. A hop is not sure of what it does not know.
fn tells(step: &Step, rule: &Diagnostic) -> bool {
    let Some(resource) = rule.resource.as_deref().filter(|_| step.answer == Answer::Broken) else { return false };
    let is_there = step.resource.as_deref() == Some(resource) || step.beside.iter().any(|beside| beside == resource);
    is_there && super::explanations().any(|hop| hop.code == step.code && hop.told_by.contains(&rule.code.id))
}
