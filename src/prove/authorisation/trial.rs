//! Whether a change of a template mends what it is for: it is made, and the goals are judged again.

use super::goal::{CanGoal, Need};
use super::hop::{Hop, Judgement};
use super::{derive_of, judge};
use crate::prove::{Answer, Facts, Patch};
use crate::resolve::{Formula, Resolved};

/// No more changes are tried in one template: each means to judge it again.
const MOST: usize = 200;

/// Tries changes, as long as there are not too many.
#[derive(Debug)]
pub struct Trial<'f> {
    facts: &'f Facts,
    tried: usize,
    before: Vec<Before>,
}

/// A goal as it is without any change.
#[derive(Debug)]
struct Before {
    principal: String,
    told: String,
    broken: usize,
    /// The resources that decide.
    deciding: Vec<String>,
}

impl Before {
    /// Whether it may be another with a change: a statement that lets something through stands in a resource that decides.
    fn may_suffer(&self, cure: &Patch) -> bool {
        cure.set.iter().any(|(id, ..)| *id == self.principal || self.deciding.contains(id))
    }
}

impl<'f> Trial<'f> {
    /// Trials of a template of which this is judged.
    pub fn new(judged: &[(Judgement, CanGoal<'_>)], facts: &'f Facts) -> Self {
        let before = judged.iter().map(|(found, goal)| Before {
            principal: goal.principal.to_owned(),
            told: goal.to_string(),
            broken: broken(found),
            deciding: found.hops.iter().filter_map(|hop| hop.resource.clone()).collect(),
        });
        Self { facts, tried: 0, before: before.collect() }
    }

    /// One change that proves a refuted goal by itself, of several hops that are broken.
    pub fn whole<'a>(&mut self, resolved: &Resolved<'a>, goal: &CanGoal<'a>, found: &Judgement) -> Option<Patch> {
        let broken: Vec<&Hop> = found.hops.iter().filter(|hop| hop.verdict == Answer::Broken).collect();
        if broken.len() < 2 {
            return None;
        }
        let all = broken.into_iter().flat_map(|hop| hop.cures.iter().map(move |cure| (hop, cure)));
        let mut seen: Vec<&Patch> = Vec::new();
        for (hop, cure) in all {
            if seen.contains(&cure) {
                continue;
            }
            seen.push(cure);
            if self.is_mended(resolved, goal, found, hop, cure) == Some(0) {
                return Some(cure.clone());
            }
        }
        None
    }

    /// How many hops of a goal are broken still with a change that mends one; none if it does not.
    fn is_mended<'a>(
        &mut self,
        resolved: &Resolved<'a>,
        goal: &CanGoal<'a>,
        found: &Judgement,
        hop: &Hop,
        cure: &Patch,
    ) -> Option<usize> {
        self.tried += 1;
        if self.tried > MOST {
            return None;
        }
        let patched = cure.apply(resolved.template());
        let again = Resolved::new(&patched, resolved.environment());
        if waits_for_itself(&again, cure) {
            return None;
        }
        let left = left(&again, self.facts, goal, found, hop)?;
        let told = goal.to_string();
        let others = self.before.iter().filter(|other| other.principal != goal.principal || other.told != told);
        let spared = others.filter(|other| other.may_suffer(cure)).all(|other| {
            let same =
                derive_of(&again, self.facts, &other.principal).into_iter().find(|one| one.to_string() == other.told);
            same.is_none_or(|one| broken(&judge(&again, &one, self.facts)) <= other.broken)
        });
        spared.then_some(left)
    }

    /// The first change that mends a hop of a goal, breaks no other one and leads to no circle of resources.
    pub fn cure<'a>(
        &mut self,
        resolved: &Resolved<'a>,
        goal: &CanGoal<'a>,
        found: &Judgement,
        hop: &Hop,
    ) -> Option<Patch> {
        let mut cures = hop.cures.iter();
        cures.find(|cure| self.is_mended(resolved, goal, found, hop, cure).is_some()).cloned()
    }
}

fn broken(found: &Judgement) -> usize {
    found.hops.iter().filter(|hop| hop.verdict == Answer::Broken).count()
}

/// How many hops of a goal are broken in the changed template, if it is fewer and that one is not.
fn left<'a>(again: &Resolved<'_>, facts: &Facts, goal: &CanGoal<'a>, found: &Judgement, hop: &Hop) -> Option<usize> {
    let principal = again.template().resources.get_key_value(goal.principal).map(|(id, _)| id.as_str())?;
    let same = match &goal.need {
        Need::Stated { actions, resources } => {
            let need = Need::Stated { actions: actions.clone(), resources: resources.clone() };
            CanGoal { principal, need, when: Formula::TRUE, source: None }
        }
        _ => {
            let told = goal.to_string();
            derive_of(again, facts, principal).into_iter().find(|one| one.to_string() == told)?
        }
    };
    let after = judge(again, &same, facts);
    let is_it = |other: &&Hop| other.hop == hop.hop && other.message == hop.message;
    let still = after.hops.iter().filter(is_it).any(|other| other.verdict >= Answer::Unknown);
    let left = broken(&after);
    (!still && left < broken(found)).then_some(left)
}

/// Whether a resource that a change touches is created after itself.
fn waits_for_itself(again: &Resolved<'_>, cure: &Patch) -> bool {
    let touched = cure.set.iter().map(|(id, ..)| id).chain(cure.added.iter().map(|(id, _)| id));
    touched.into_iter().any(|start| {
        let mut next = again.template().resources.get(start).map(|one| one.depends_on.clone()).unwrap_or_default();
        again.each_reference(start, &mut |name, _, _, _| next.push(name.to_owned()));
        next.iter().any(|name| again.awaited(name, Formula::TRUE).contains_key(start.as_str()))
    })
}
