//! All stacks of an app: each exports what the others import from it.

use std::collections::BTreeMap;

use super::super::app::App;
use super::super::codes;
use super::super::stack::Stack;
use super::imports::Need;
use super::{Lowered, Wants, World, lower_one};
use crate::diagnostic::Diagnostic;

/// Lowers every stack, in the order in which they were added.
pub(in crate::stack) fn lower_all(app: &App) -> Vec<Lowered> {
    let mut wanted: BTreeMap<u32, Wants> = BTreeMap::new();
    loop {
        let lowered: Vec<_> = app.stacks().iter().map(|stack| lower_one(stack, &world(app, stack, &wanted))).collect();
        // What a stack exports may itself be composed of what it imports.
        let mut grown = false;
        for (_, wants) in &lowered {
            for need in &wants.needs {
                let known = &mut wanted.entry(need.stack).or_default().needs;
                grown |= take(known, need, |other| other.is_same(need));
            }
            for used in &wants.uses {
                let known = &mut wanted.entry(used.stack).or_default().uses;
                grown |= take(known, used, |other| other == used);
            }
        }
        // A stack that nobody asked for anything new is as it was.
        if !grown {
            return check(app, lowered);
        }
    }
}

/// Takes down what is not known yet, and says whether it was not.
fn take<T: Clone>(known: &mut Vec<T>, wanted: &T, is_same: impl Fn(&T) -> bool) -> bool {
    let new = !known.iter().any(is_same);
    if new {
        known.push(wanted.clone());
    }
    new
}

fn world<'a>(app: &'a App, stack: &Stack, wanted: &BTreeMap<u32, Wants>) -> World<'a> {
    let wants = wanted.get(&stack.id).cloned().unwrap_or_default();
    World { wants, tags: Some(&app.tags), aspects: &app.aspects, stacks: app.stacks() }
}

fn check(app: &App, lowered: Vec<(Lowered, Wants)>) -> Vec<Lowered> {
    let stacks = app.stacks();
    let uses = uses(stacks, &lowered);
    let mut result = Vec::new();
    for (index, (mut lowered, Wants { needs, .. })) in lowered.into_iter().enumerate() {
        lowered.diagnostics.extend(lost(stacks, &needs));
        lowered.diagnostics.extend(circle(stacks, &uses, index));
        result.push(lowered);
    }
    result
}

/// By stack, the stacks that it imports from, each with where it first does.
type Uses = Vec<BTreeMap<usize, Need>>;

fn uses(stacks: &[Stack], lowered: &[(Lowered, Wants)]) -> Uses {
    let index_of = |id| stacks.iter().position(|stack| stack.id == id);
    let of_stack = |needs: &Vec<Need>| {
        let mut uses = BTreeMap::new();
        for need in needs {
            if let Some(index) = index_of(need.stack) {
                uses.entry(index).or_insert_with(|| need.clone());
            }
        }
        uses
    };
    lowered.iter().map(|(_, wants)| of_stack(&wants.needs)).collect()
}

/// What is imported from stacks that the app does not have.
fn lost(stacks: &[Stack], needs: &[Need]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for need in needs.iter().filter(|need| stacks.iter().all(|stack| stack.id != need.stack)) {
        let name = &need.stack_name;
        let message = format!("`{name}` is imported from, and the app does not have it: nothing exports its values");
        let fault = Diagnostic::error(codes::LOST_STACK, message)
            .source(need.location.into())
            .help(format!("add it to the app too: `app.add({})`", name.to_lowercase()));
        if !found.contains(&fault) {
            found.push(fault);
        }
    }
    found
}

/// The circle of stacks that begins with the one at `index`, if that is the first of it.
fn circle(stacks: &[Stack], uses: &Uses, index: usize) -> Option<Diagnostic> {
    let path = path(uses, index)?;
    if path.iter().any(|other| *other < index) {
        return None;
    }
    let names: Vec<_> = path.iter().chain([&index]).map(|stack| format!("`{}`", stacks[*stack].name)).collect();
    let message = format!("{} import from each other: none of them can be deployed first", names.join(" → "));
    let step = |from: usize, to: usize| uses[from].get(&to).map(|need| need.location);
    let mut steps = path.iter().zip(path.iter().skip(1).chain([&index])).map(|(from, to)| step(*from, *to));
    let mut diagnostic = Diagnostic::error(codes::STACK_CYCLE, message).help(
        "move what both need into a third stack; rules between two groups belong to the stack that is deployed last",
    );
    if let Some(first) = steps.next().flatten() {
        diagnostic = diagnostic.source(first.into());
    }
    for (stack, location) in path.iter().skip(1).zip(steps) {
        if let Some(location) = location {
            diagnostic = diagnostic.and_at(location.into(), format!("`{}` imports here", stacks[*stack].name));
        }
    }
    Some(diagnostic)
}

/// The shortest way from a stack back to itself.
fn path(uses: &Uses, start: usize) -> Option<Vec<usize>> {
    let mut open = std::collections::VecDeque::from([vec![start]]);
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = open.pop_front() {
        let last = *path.last()?;
        for next in uses[last].keys().copied() {
            if next == start {
                return Some(path);
            }
            if seen.insert(next) {
                open.push_back(path.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}
