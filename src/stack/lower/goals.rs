//! Goals by handles become goals by name.

use std::panic::Location;

use super::super::codes;
use super::super::construct::Suppressed;
use super::super::goals::Wanted;
use super::super::handle::AnyHandle;
use super::super::stack::Stated;
use super::context::Lowering;
use super::{grants, rules};
use crate::diagnostic::Diagnostic;
use crate::goal::{Assumption, Goal, Goals, Suppression, Taken, date};
use crate::iam::Effect;
use crate::template::{Places, Template};

pub(super) fn goals(lowering: &mut Lowering<'_>, template: &Template, places: &mut Places) -> Goals {
    let stack = lowering.stack;
    let mut goals = Goals::default();
    for stated in &stack.required {
        goals.required.extend(goal(lowering, stated));
    }
    for (stated, reason) in &stack.assumed {
        let assumed = goal(lowering, stated).map(|goal| (Taken::Goal(goal), reason.clone()));
        goals.assumed.extend(assumed.map(|(what, reason)| Assumption { what, reason }));
    }
    goals.renamed = renamed(lowering, template);
    goals.suppressed = suppressions(lowering, template, places);
    goals.assumed.extend(rules::managed_elsewhere(lowering));
    for entry in &stack.entries {
        goals.assumed.extend(entry.noun.taken_on_trust(&entry.name));
    }
    goals.assumed.append(&mut lowering.assumed);
    sort(&mut goals);
    goals
}

/// The order in which they were stated must not show.
fn sort(goals: &mut Goals) {
    goals.required.sort_by_cached_key(|goal| goal.to_value().to_json().to_string());
    goals.assumed.sort_by_cached_key(|assumption| assumption.to_value().to_json().to_string());
    goals.assumed.dedup();
    goals.renamed.sort();
    goals.suppressed.sort();
    goals.suppressed.dedup();
}

/// The renamed resources, whatever belongs to a renamed construct among them.
fn renamed(lowering: &mut Lowering<'_>, template: &Template) -> Vec<(String, String)> {
    let stack = lowering.stack;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for entry in stack.entries.iter().filter(|entry| entry.is_created()) {
        let Some(former) = &entry.bag.said.formerly else { continue };
        lowering.diagnostics.push(cost_of_renaming(&entry.name, former, entry.location));
        for id in ids_of(lowering, template, &entry.name) {
            let suffix = id.strip_prefix(entry.name.as_str()).unwrap_or_default();
            pairs.push((id.clone(), format!("{former}{suffix}")));
        }
    }
    let rules = lowering.rules.iter();
    pairs.extend(rules.filter_map(|rule| Some((rule.id.clone(), rule.formerly.clone()?))));
    pairs
}

/// The logical ids of what belongs to a construct of this stack, the policies of its grants included.
fn ids_of(lowering: &Lowering<'_>, template: &Template, name: &str) -> Vec<String> {
    let stack = lowering.stack;
    let is_its =
        |owner: &Option<AnyHandle>| owner.and_then(|own| stack.own_entry(own)).is_some_and(|own| own.name == name);
    let mut ids: Vec<String> =
        lowering.owners.iter().filter(|(_, own)| is_its(own)).map(|(id, _)| id.clone()).collect();
    let policies: Vec<_> =
        ids.iter().map(|id| grants::apart(id)).filter(|id| template.resources.contains_key(id)).collect();
    ids.extend(policies);
    ids.sort();
    ids.dedup();
    ids
}

/// What the stack, its nouns and the settings take for settled, each place taken down.
fn suppressions(lowering: &mut Lowering<'_>, template: &Template, places: &mut Places) -> Vec<Suppression> {
    let stack = lowering.stack;
    let mut found = Vec::new();
    for (suppression, place) in &stack.settled {
        if let Some(place) = place {
            places.insert(suppression.pointer(), place.clone());
        }
        found.push(suppression.clone());
    }
    for suppressed in &stack.suppressed {
        found.push(suppression(lowering, suppressed, None, places));
    }
    for entry in stack.entries.iter().filter(|entry| entry.is_created()) {
        for suppressed in &entry.bag.said.suppressed {
            for id in ids_of(lowering, template, &entry.name) {
                found.push(suppression(lowering, suppressed, Some(id), places));
            }
        }
    }
    found
}

/// A suppression of a resource, or of the whole stack. A last day that is none is told, once.
fn suppression(
    lowering: &mut Lowering<'_>,
    suppressed: &Suppressed,
    resource: Option<String>,
    places: &mut Places,
) -> Suppression {
    let until = suppressed.until.as_deref().and_then(date);
    if let Some(text) = suppressed.until.as_ref().filter(|_| until.is_none()) {
        let message = format!("`{text}`, up to which `{}` is suppressed, is no day", suppressed.code);
        let found = Diagnostic::error(codes::NO_DAY, message).source(suppressed.location.into());
        let found = found.help("write it like `2027-01-31`");
        if !lowering.diagnostics.iter().any(|known| known.source == found.source && known.message == found.message) {
            lowering.diagnostics.push(found);
        }
    }
    let (code, reason) = (suppressed.code.clone(), suppressed.reason.clone());
    let suppression = Suppression { code, resource, reason, until };
    places.insert(suppression.pointer(), suppressed.location.into());
    suppression
}

fn goal(lowering: &mut Lowering<'_>, stated: &Stated) -> Option<Goal> {
    let stack = lowering.stack;
    let handles = handles(&stated.goal.0);
    handles.iter().for_each(|handle| lowering.check_known(*handle, stated.location));
    if handles.iter().any(|handle| stack.own_entry(*handle).is_none()) {
        return None;
    }
    let name = |handle| stack.name_of(handle).to_owned();
    match &stated.goal.0 {
        Wanted::Reaches { from, to } => Some(Goal::Reaches { from: name(*from), to: name(*to), port: None }),
        Wanted::Isolated { what, except } => {
            let mut except: Vec<String> = except.iter().map(|handle| name(*handle)).collect();
            except.sort();
            Some(Goal::Isolated { what: name(*what), except })
        }
        Wanted::Can { principal, permission } => match permission.statements(stack) {
            Ok(mut statements) => {
                statements.retain(|statement| statement.effect == Effect::Allow);
                let actions = statements.iter().flat_map(|statement| statement.actions.clone()).collect();
                let terms = statements.iter().flat_map(|statement| &statement.resources);
                let resources = terms.map(|term| lowering.resolve(term, stated.location)).collect();
                Some(Goal::Can { principal: name(*principal), actions, resources })
            }
            Err(diagnostic) => {
                lowering.diagnostics.push(diagnostic.source(stated.location.into()));
                None
            }
        },
    }
}

/// Whom a goal speaks of.
fn handles(wanted: &Wanted) -> Vec<AnyHandle> {
    match wanted {
        Wanted::Reaches { from, to } => vec![*from, *to],
        Wanted::Isolated { what, except } => except.iter().copied().chain([*what]).collect(),
        Wanted::Can { principal, .. } => vec![*principal],
    }
}

fn cost_of_renaming(name: &str, former: &str, location: &'static Location<'static>) -> Diagnostic {
    let message = format!("`{name}` was `{former}`: CloudFormation creates it anew and deletes the old one");
    Diagnostic::info(codes::RENAMED, message)
        .resource(name)
        .source(location.into())
        .note("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html")
        .help("to keep the resource, move it by a stack refactor before the deployment; the sidecar has both names")
}
