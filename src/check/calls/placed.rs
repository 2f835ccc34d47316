//! Functions where a property's schema says what is wanted.

use serde_json::Value as Json;

use super::{branches, chosen_properties, is_scalar};
use crate::check::context::Context;
use crate::registry::{self, TypeFacts};
use crate::resolve::Formula;
use crate::template::{Path, Value};

/// A function in a property.
pub(in crate::check) struct Placed<'p, 'a> {
    /// The function; never `Fn::If`, whose branches are seen one by one.
    pub value: &'a Value,
    /// The facts of the resource's type.
    pub facts: &'static TypeFacts,
    /// What the property, or the element of it, may be.
    pub schema: &'static Json,
    /// In which worlds it is there.
    pub under: Formula,
    /// Where it stands in the template.
    pub path: &'p Path<'p>,
}

impl Placed<'_, '_> {
    /// The resource and the property, to be shown.
    pub fn owner(&self) -> String {
        let id = self.path.keys().collect::<Vec<_>>().into_iter().rev().nth(1).unwrap_or_default();
        format!("{id}{}", self.place())
    }

    /// Where it stands below `Properties`, as far as that tells the property: its keys.
    pub fn place(&self) -> String {
        let mut keys: Vec<&str> = self.path.keys().collect();
        keys.reverse();
        keys.iter().skip(3).filter(|key| **key != "Fn::If").fold(String::new(), |place, key| place + "/" + key)
    }
}

/// Calls `visit` on every function in the properties of resources whose types are known.
pub(in crate::check) fn each_placed<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&Placed<'_, 'a>)) {
    let start = Path::Start;
    let resources = start.key("Resources");
    for (id, resource) in &context.template.resources {
        let Some(facts) = registry::facts(&resource.kind).filter(|facts| !registry::is_open(facts.name)) else {
            continue;
        };
        let under = context.resolved.exists(id);
        if !context.resolved.is_possible(under) {
            continue;
        }
        let path = resources.key(id);
        let path = path.key("Properties");
        if let Some(chosen) = chosen_properties(&resource.properties) {
            choose(context, chosen, (facts, &facts.schema), under, &path, visit);
        }
        for (name, value) in resource.properties.iter().filter(|(_, value)| !is_scalar(value)) {
            if let Some(schema) = facts.property([name.as_str()]) {
                descend(context, value, (facts, schema), under, &path.key(name), visit);
            }
        }
    }
}

fn descend<'a>(
    context: &Context<'a>,
    value: &'a Value,
    (facts, schema): (&'static TypeFacts, &'static Json),
    under: Formula,
    path: &Path<'_>,
    visit: &mut dyn FnMut(&Placed<'_, 'a>),
) {
    if let Some(chosen) = branches(value) {
        return choose(context, chosen, (facts, schema), under, path, visit);
    }
    match value {
        Value::Map(map) => {
            for (key, value) in map.iter().filter(|(_, value)| !is_scalar(value)) {
                if let Some(schema) = facts.member(schema, key) {
                    descend(context, value, (facts, schema), under, &path.key(key), visit);
                }
            }
        }
        Value::List(values) => {
            if values.iter().all(is_scalar) {
                return;
            }
            let Some(schema) = facts.member(schema, "*") else { return };
            for (index, value) in values.iter().enumerate() {
                descend(context, value, (facts, schema), under, &path.index(index), visit);
            }
        }
        Value::Intrinsic(_) => visit(&Placed { value, facts, schema: facts.resolve(schema), under, path }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The branches of `Fn::If` that can be taken.
fn choose<'a>(
    context: &Context<'a>,
    (condition, chosen): (&'a str, [&'a Value; 2]),
    wanted: (&'static TypeFacts, &'static Json),
    under: Formula,
    path: &Path<'_>,
    visit: &mut dyn FnMut(&Placed<'_, 'a>),
) {
    let holds = context.resolved.condition(condition);
    let sides = [holds, context.resolved.not(holds)];
    let inside = path.key("Fn::If");
    for (index, (side, branch)) in sides.into_iter().zip(chosen).enumerate() {
        let here = context.resolved.and(under, side);
        if context.resolved.is_possible(here) {
            descend(context, branch, wanted, here, &inside.index(index + 1), visit);
        }
    }
}
