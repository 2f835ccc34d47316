//! A template as it stands while something is created.

use super::Scene;
use crate::goal::Goal;
use crate::prove::authorisation::{self, CanGoal};
use crate::prove::{Model, Verdict, goals, proof};
use crate::resolve::Resolved;
use crate::template::{Resource, Template};

/// A type that has no say in anything: it keeps the name of what is not there yet.
const NOTHING: &str = "AWS::CloudFormation::WaitConditionHandle";

/// The template without some of its resources, whose names still lead somewhere.
fn without(template: &Template, absent: &[&str]) -> Template {
    let mut staged = template.clone();
    for id in absent {
        if let Some(resource) = staged.resources.get_mut(*id) {
            let condition = resource.condition.take();
            *resource = Resource { condition, ..Resource::new(NOTHING) };
        }
    }
    staged
}

/// Whether a goal of the network is still proved while some resources are not there.
pub fn reaches(scene: &Scene<'_, '_>, goal: &Goal, absent: &[&str]) -> bool {
    let staged = without(scene.resolved().template(), absent);
    let resolved = Resolved::new(&staged, scene.resolved().environment());
    let model = Model::new(&resolved, scene.facts());
    let question = goals::questions(&model, scene.goals).into_iter().find(|question| question.goal == *goal);
    question.is_some_and(|question| proof::answer(&model, &question, &scene.goals.assumed).verdict == Verdict::Proved)
}

/// Whether something is still allowed while some resources are not there.
pub fn allowed<'a>(scene: &Scene<'_, 'a>, goal: &CanGoal<'a>, absent: &[&str]) -> bool {
    judged(scene, goal, absent, |judgement| judgement.verdict == Verdict::Proved)
}

/// Whether whoever invokes a function is still let in while some resources are not there.
pub fn invoked<'a>(scene: &Scene<'_, 'a>, goal: &CanGoal<'a>, function: &str, absent: &[&str]) -> bool {
    judged(scene, goal, absent, |judgement| {
        let refused = |hop: &authorisation::Hop| {
            hop.hop == "resource-policy"
                && hop.verdict == crate::prove::Answer::Broken
                && hop.resource.as_deref() == Some(function)
        };
        !judgement.hops.iter().any(refused)
    })
}

fn judged<'a>(
    scene: &Scene<'_, 'a>,
    goal: &CanGoal<'a>,
    absent: &[&str],
    holds: impl Fn(&authorisation::Judgement) -> bool,
) -> bool {
    if absent.is_empty() {
        return holds(&authorisation::judge(scene.resolved(), goal, scene.model.facts));
    }
    let staged = without(scene.resolved().template(), absent);
    let resolved = Resolved::new(&staged, scene.resolved().environment());
    let told = goal.to_string();
    let mut same = authorisation::derive_of(&resolved, scene.model.facts, goal.principal)
        .into_iter()
        .filter(|one| one.to_string() == told);
    same.all(|one| holds(&authorisation::judge(&resolved, &one, scene.model.facts)))
}
