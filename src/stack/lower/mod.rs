//! Lowering: a stack becomes a template, its goals, and what is wrong with it.

mod all;
mod context;
mod finish;
mod goals;
mod grants;
mod imports;
mod order;
mod retain;
mod rules;
mod services;
mod whole;

pub(super) use all::lower_all;
pub use context::Lowering;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::app::Aspect;
use super::stack::Stack;
use super::value::Value;
use crate::diagnostic::Diagnostic;
use crate::goal::Goals;
use crate::template::{Places, Template};
use imports::Need;
use services::UseElsewhere;

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
    /// The names of the stacks that must be deployed before it, sorted: those that it imports from.
    pub depends_on: Vec<String>,
    /// The [values](super::Parameter::value) that parameters have in the stack's environment, by their names.
    pub parameter_values: BTreeMap<String, String>,
    /// The tags of app and stack whose values are known before deployment: the stack itself can have them too.
    pub tags: BTreeMap<String, String>,
}

/// What a stack gets from its app.
#[derive(Default)]
pub(super) struct World<'a> {
    /// What other stacks want of it.
    pub(super) wants: Wants,
    pub(super) tags: Option<&'a IndexMap<String, Value<String>>>,
    pub(super) aspects: &'a [Aspect],
    pub(super) stacks: &'a [Stack],
}

/// What stacks want of others.
#[derive(Clone, Default)]
pub(super) struct Wants {
    /// What they import.
    pub(super) needs: Vec<Need>,
    /// What the services of their resources use.
    pub(super) uses: Vec<UseElsewhere>,
}

/// Lowers a stack. The order in which its constructs were added, its traffic allowed and its permissions granted does
/// not show in the result.
pub(super) fn lower<'a>(stack: &'a Stack, world: &World<'a>) -> Lowered {
    lower_one(stack, world).0
}

/// Lowers a stack; returns also what it wants of others.
fn lower_one<'a>(stack: &'a Stack, world: &World<'a>) -> (Lowered, Wants) {
    let mut lowering = Lowering::new(stack, world);
    rules::add(&mut lowering);
    for (handle, entry) in stack.created_entries() {
        lowering.enter(handle);
        entry.noun.lower(&mut lowering);
    }
    lowering.leave();
    imports::keep(&mut lowering, &world.wants.needs);
    let (mut template, mut places) = (Template::empty(), Places::default());
    let finished = finish::finish(&mut lowering, &mut template, &mut places);
    imports::export(&mut lowering, &world.wants.needs, &mut template, &mut places);
    grants::add(&mut lowering, &mut template, &mut places);
    let goals = goals::goals(&mut lowering, &template, &mut places);
    imports::declare(&mut lowering, &mut template, &mut places);
    let (diagnostics, wants) = (lowering.diagnostics, Wants { needs: lowering.needs, uses: lowering.uses });
    let mut depends_on: Vec<_> = wants.needs.iter().map(|need| need.stack_name.clone()).collect();
    depends_on.sort();
    depends_on.dedup();
    let (parameter_values, tags) = (parameter_values(stack), literal_tags(stack, world));
    let mut lowered = Lowered { template, goals, places, diagnostics, depends_on, parameter_values, tags };
    services::open(&mut lowered.template, &finished.service_policies, stack, &world.wants.uses);
    retain::close(&mut lowered, &finished.told_to_go);
    whole::finish(stack, world, &mut lowered.template);
    super::names::derive(&mut lowered, &finished.names_to_derive);
    order::drop_redundant(&mut lowered.template);
    (lowered, wants)
}

fn parameter_values(stack: &Stack) -> BTreeMap<String, String> {
    let values = stack.parameters.iter();
    values.filter_map(|(name, declared)| Some((name.clone(), declared.value.clone()?))).collect()
}

fn literal_tags(stack: &Stack, world: &World<'_>) -> BTreeMap<String, String> {
    let tags: BTreeMap<_, _> = world.tags.into_iter().flatten().chain(&stack.tags).collect();
    let literal = |(key, value): (&String, &Value<String>)| match value {
        Value::Literal(value) => Some((key.clone(), value.clone())),
        _ => None,
    };
    tags.into_iter().filter_map(literal).collect()
}
