//! Whether a change of a template mends what it is for: it is made, and the goals are judged again.

use std::collections::HashSet;

use super::goal::{CanGoal, Need};
use super::hop::{Hop, Judgement};
use super::{derive, judge};
use crate::prove::{Answer, Patch};
use crate::resolve::{Formula, Resolved};
use crate::template::Template;

/// No more changes are tried in one template: each means to judge it again.
const MOST: usize = 200;

/// Tries changes, as long as there are not too many.
#[derive(Debug, Default)]
pub struct Trial {
    tried: usize,
}

impl Trial {
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
        if waits_for_itself(&patched, resolved, cure) {
            return None;
        }
        mends(resolved, &patched, goal, found, hop)
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

/// How many hops of a goal are broken in the changed template, if it is fewer, that one is not, and no other goal suffers.
fn mends<'a>(
    before: &Resolved<'a>,
    patched: &Template,
    goal: &CanGoal<'a>,
    found: &Judgement,
    hop: &Hop,
) -> Option<usize> {
    let again = Resolved::new(patched, before.environment());
    let goals = derive(&again);
    let same = match &goal.need {
        Need::Stated { actions, resources } => {
            let need = Need::Stated { actions: actions.clone(), resources: resources.clone() };
            let principal = patched.resources.get_key_value(goal.principal).map(|(id, _)| id.as_str());
            principal.map(|principal| CanGoal { principal, need, when: Formula::TRUE, source: None })
        }
        _ => goals.iter().find(|other| is_same(other, goal)).cloned(),
    };
    let same = same?;
    let after = judge(&again, &same);
    let still = after
        .hops
        .iter()
        .any(|other| other.hop == hop.hop && other.message == hop.message && other.verdict >= Answer::Unknown);
    let left = broken(&after);
    if still || left >= broken(found) {
        return None;
    }
    let others = derive(before).into_iter().filter(|other| !is_same(other, goal));
    let spared = others.into_iter().all(|other| {
        let now = goals.iter().find(|now| is_same(now, &other)).map(|now| broken(&judge(&again, now)));
        now.is_none_or(|now| now == 0 || now <= broken(&judge(before, &other)))
    });
    spared.then_some(left)
}

fn is_same(one: &CanGoal<'_>, other: &CanGoal<'_>) -> bool {
    one.principal == other.principal && one.to_string() == other.to_string()
}

/// Whether a resource that a change touches is created after itself.
fn waits_for_itself(patched: &Template, before: &Resolved<'_>, cure: &Patch) -> bool {
    let again = Resolved::new(patched, before.environment());
    let touched = cure.set.iter().map(|(id, ..)| id.as_str()).chain(cure.added.iter().map(|(id, _)| id.as_str()));
    touched.into_iter().any(|start| {
        let (mut seen, mut open) = (HashSet::new(), vec![start]);
        while let Some(id) = open.pop() {
            let Some(resource) = patched.resources.get(id) else { continue };
            let mut next: Vec<&str> = resource.depends_on.iter().map(String::as_str).collect();
            again.each_reference(id, &mut |name, _, _, _| next.push(name));
            if next.contains(&start) {
                return true;
            }
            open.extend(
                next.into_iter()
                    .filter(|name| seen.insert((*name).to_owned()))
                    .filter_map(|name| patched.resources.get_key_value(name).map(|(id, _)| id.as_str())),
            );
        }
        false
    })
}
