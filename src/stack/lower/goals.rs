//! Goals by handles become goals by name.

use super::super::goals::Wanted;
use super::super::handle::AnyHandle;
use super::super::stack::Stated;
use super::context::Lowering;
use super::rules;
use crate::goal::{Assumption, Goal, Goals, Taken};

pub(super) fn goals(lowering: &mut Lowering<'_>) -> Goals {
    let stack = lowering.stack;
    let mut goals = Goals::default();
    for stated in &stack.required {
        goals.required.extend(goal(lowering, stated));
    }
    for (stated, reason) in &stack.assumed {
        let assumed = goal(lowering, stated).map(|goal| (Taken::Goal(goal), reason.clone()));
        goals.assumed.extend(assumed.map(|(what, reason)| Assumption { what, reason }));
    }
    for entry in stack.entries.iter().filter(|entry| entry.is_created()) {
        if let Some(id) = &entry.bag.said.formerly {
            lowering.diagnostics.push(renamed(&entry.name, id, entry.location));
            goals.renamed.push((entry.name.clone(), id.clone()));
        }
    }
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
}

fn goal(lowering: &mut Lowering<'_>, stated: &Stated) -> Option<Goal> {
    let stack = lowering.stack;
    let handles = handles(&stated.goal.0);
    handles.iter().for_each(|handle| lowering.check_known(*handle, stated.location));
    if handles.iter().any(|handle| stack.entry(*handle).is_none()) {
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
            Ok(statements) => {
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

fn renamed(name: &str, id: &str, location: &'static std::panic::Location<'static>) -> crate::diagnostic::Diagnostic {
    use super::super::codes;
    use crate::diagnostic::Diagnostic;
    Diagnostic::info(
        codes::RENAMED,
        format!("`{name}` was `{id}`: CloudFormation creates it anew and deletes the old one"),
    )
    .resource(name)
    .source(location.into())
    .note("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html")
    .help("to keep the resource, move it by a stack refactor before the deployment; the sidecar has both names")
}
