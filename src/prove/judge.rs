//! Proofs of a template as it was written: with its loops run, and places.

use super::facts::Facts;
use super::findings::findings;
use super::proof::Proof;
use super::prove;
use crate::diagnostic::Diagnostic;
use crate::goal::Goals;
use crate::resolve::{Environment, Expanded, Resolved, expand};
use crate::template::{Places, Template};

/// The proofs of a template, and what of them is to be told as findings.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The proofs.
    pub proofs: Vec<Proof>,
    /// A finding for each broken hop, and for each that is left to chance.
    pub findings: Vec<Diagnostic>,
}

/// Proves what follows from a template and what is stated beside it, and says where.
pub fn judge(
    template: &Template,
    places: &Places,
    environment: &Environment,
    goals: &Goals,
    facts: &Facts,
) -> Judgement {
    let expanded = expand(template, environment);
    judge_resolved(&expanded, &Resolved::new(&expanded.template, environment), places, goals, facts)
}

/// Likewise, of a template whose loops were run and which was resolved, for whoever has more questions about it.
pub fn judge_resolved<'a>(
    expanded: &Expanded<'_>,
    resolved: &'a Resolved<'a>,
    places: &Places,
    goals: &Goals,
    facts: &'a Facts,
) -> Judgement {
    let mut proofs = prove(resolved, goals, facts);
    let origin = |path: &mut String| *path = expanded.origin(path).into_owned();
    for proof in &mut proofs {
        proof.origin.iter_mut().for_each(|why| origin(&mut why.path));
        for step in &mut proof.steps {
            step.path.iter_mut().for_each(origin);
            step.evidence.iter_mut().for_each(|evidence| origin(&mut evidence.path));
        }
    }
    let findings = findings(&proofs, places);
    Judgement { proofs, findings }
}
