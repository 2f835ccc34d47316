//! What must exist before what: whether something finds all that it needs while it is created.
//!
//! A rule, a policy or an entry that is a resource of its own is there for certain only if what rests on it waits for it.
//! So the template is looked at as it stands at that moment, without whatever is not waited for, and what was proved of
//! it has to hold then too.

mod custom;
mod need;
mod staged;
mod subjects;

use super::hops::order::HOP;
use super::{Answer, Facts, Model, Origin, Proof, Step, Verdict};
use crate::goal::{Goal, Goals};
use crate::resolve::{Formula, Resolved};
use crate::template::pointer;

/// What the goals of order look at.
pub(super) struct Scene<'s, 'a> {
    /// The network.
    pub model: &'s Model<'a>,
    /// What was stated.
    pub goals: &'s Goals,
    /// What is proved of the template as a whole.
    pub known: &'s [Proof],
}

impl<'a> Scene<'_, 'a> {
    fn resolved(&self) -> &'a Resolved<'a> {
        self.model.resolved
    }

    fn facts(&self) -> &'a Facts {
        self.model.facts
    }
}

/// Proves of whatever needs parts of the template while it is created that they are there by then.
pub(super) fn proofs(scene: &Scene<'_, '_>) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for (id, needs) in subjects::all(scene) {
        let steps: Vec<Step> = needs.iter().flat_map(|need| need.steps(scene.resolved(), id)).collect();
        if !steps.is_empty() {
            proofs.push(proof(scene.model, id, steps));
        }
    }
    for goal in &scene.goals.required {
        let Goal::Deploys { what } = goal else { continue };
        if !proofs.iter().any(|proof| proof.goal == *goal) {
            proofs.push(simple(scene.model, what));
        }
    }
    proofs
}

/// The proof of one resource that somebody asks for.
pub(super) fn proof_of(scene: &Scene<'_, '_>, what: &str) -> Proof {
    let found = proofs(scene).into_iter().find(|proof| matches!(&proof.goal, Goal::Deploys { what: id } if id == what));
    found.unwrap_or_else(|| simple(scene.model, what))
}

fn goal(id: &str) -> Goal {
    Goal::Deploys { what: id.to_owned() }
}

fn proof(model: &Model<'_>, id: &str, mut steps: Vec<Step>) -> Proof {
    let resolved = model.resolved;
    let under = resolved.exists(id);
    let macro_name = model.foreign_macro();
    for step in &mut steps {
        if let (Answer::Broken | Answer::Unknown, Some(name)) = (step.answer, &macro_name) {
            step.answer = Answer::Unknown;
            step.message = format!("{}, unless the macro `{name}` changes that", step.message);
            step.silent();
        }
        step.advises &= macro_name.is_none();
        if !resolved.implies(under, step.when) {
            step.place = resolved.place_where(step.when);
        }
    }
    let mut assumptions = Vec::new();
    let taken = |step: &&Step| step.answer == Answer::Assumed || (step.answer == Answer::Unknown && !step.warns);
    for step in steps.iter().filter(taken) {
        assumptions.push(format!("{}{}", step.message, step.place));
    }
    let says = "so what it needs has to be there before".to_owned();
    let origin = Some(Origin { resource: id.to_owned(), path: pointer(["Resources", id]), says });
    let verdict = verdict(resolved, under, &steps);
    Proof { goal: goal(id), origin, verdict, route: vec![HOP.name], steps, assumptions }
}

fn verdict(resolved: &Resolved<'_>, under: Formula, steps: &[Step]) -> Verdict {
    let broken = steps.iter().filter(|step| step.answer == Answer::Broken);
    let broken = broken.fold(Formula::FALSE, |any, step| resolved.or(any, step.when));
    if resolved.is_certainly_possible(broken) {
        return if resolved.implies(under, broken) { Verdict::Refuted } else { Verdict::Depends };
    }
    let is_open = steps.iter().any(|step| matches!(step.answer, Answer::Unknown | Answer::Broken));
    if is_open { Verdict::Depends } else { Verdict::Proved }
}

/// The proof of what needs nothing in particular, or is not there at all.
fn simple(model: &Model<'_>, what: &str) -> Proof {
    let mut step = match model.resource(what) {
        Some(_) => {
            let message = format!("`{what}` needs nothing besides what it refers to");
            Step::new(HOP.name, HOP.code, Answer::Holds, Formula::TRUE, message)
        }
        None => {
            let message = format!("`{what}` is no resource of this template");
            Step::new(HOP.name, super::UNJUDGED, Answer::Unknown, Formula::TRUE, message)
        }
    };
    step.silent();
    let assumptions = if step.answer == Answer::Unknown { vec![step.message.clone()] } else { Vec::new() };
    let verdict = if step.answer == Answer::Unknown { Verdict::Depends } else { Verdict::Proved };
    Proof { goal: goal(what), origin: None, verdict, route: vec![HOP.name], steps: vec![step], assumptions }
}
