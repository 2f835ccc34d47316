//! Lowering: a stack becomes a template, its goals, and what is wrong with it.

mod context;
mod finish;
mod goals;
mod grants;
mod order;
mod retain;
mod rules;
mod services;

pub use context::Lowering;

use super::construct::Entry;
use super::handle::AnyHandle;
use super::stack::Stack;
use crate::diagnostic::Diagnostic;
use crate::goal::Goals;
use crate::template::{Places, Template};

/// What a stack comes down to.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// What CloudFormation receives.
    pub template: Template,
    /// What the stack requires and takes on trust.
    pub goals: Goals,
    /// The Rust line of each part of the template.
    pub places: Places,
    /// What is wrong with the stack as it was written. With an error among them the template is not to be used.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lowers a stack. The order in which its constructs were added, its traffic allowed and its permissions granted does
/// not show in the result.
pub(super) fn lower(stack: &Stack) -> Lowered {
    let mut lowering = Lowering::new(stack);
    rules::add(&mut lowering);
    for (handle, entry) in created(stack) {
        lowering.enter(handle);
        entry.noun.lower(&mut lowering);
    }
    let mut finished = finish::finish(lowering);
    grants::add(stack, &mut finished);
    services::open(&mut finished.lowered.template, &finished.service_policies);
    retain::close(&mut finished.lowered, &finished.told_to_go);
    super::names::derive(&mut finished.lowered, &finished.names_to_derive);
    order::drop_redundant(&mut finished.lowered.template);
    finished.lowered
}

/// The constructs that the stack creates, by name.
fn created(stack: &Stack) -> Vec<(AnyHandle, &Entry)> {
    let mut entries: Vec<_> = (0..)
        .zip(&stack.entries)
        .filter(|(_, entry)| entry.is_created())
        .map(|(index, entry)| (AnyHandle { stack: stack.id, index }, entry))
        .collect();
    entries.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    entries
}
