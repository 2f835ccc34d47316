//! What rules look at.

use std::cell::OnceCell;

use crate::registry::{self, TypeFacts, UPLOADED, Violation, ViolationKind};
use crate::template::{Resource, Template, Value, pointer};

/// A template, and what several rules want to know of it, found once.
pub struct Context<'a> {
    /// The template.
    pub template: &'a Template,
    /// The region, where it is known.
    pub region: Option<&'a str>,
    violations: OnceCell<Vec<(&'a str, Violation)>>,
}

impl<'a> Context<'a> {
    /// A template that is deployed to `region`.
    pub fn new(template: &'a Template, region: Option<&'a str>) -> Self {
        Self { template, region, violations: OnceCell::new() }
    }

    /// The resources of one type.
    pub fn resources(&self, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Resource)> + use<'a> {
        self.template
            .resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(id, r)| (id.as_str(), r))
    }

    /// The facts of a resource's type.
    pub fn facts(&self, resource: &Resource) -> Option<&'static TypeFacts> {
        registry::facts(&resource.kind)
    }

    /// Whatever the facts of the types find in the properties of the resources.
    pub(super) fn violations(&self) -> &[(&'a str, Violation)] {
        self.violations.get_or_init(|| {
            let mut all = Vec::new();
            for (id, resource) in &self.template.resources {
                let Some(facts) = self.facts(resource) else { continue };
                let properties = Value::Map(resource.properties.clone()).to_json();
                let found = facts.validator().validate(&properties).into_iter();
                all.extend(found.filter(|found| !is_local_path(resource, found)).map(|found| (id.as_str(), found)));
            }
            all
        })
    }
}

/// Whether a value is of another type because it is a path: `aws cloudformation package` puts an object of the right type
/// in its place.
fn is_local_path(resource: &Resource, violation: &Violation) -> bool {
    let is_path = |steps: &[&str]| match steps {
        [property] => resource.properties.get(*property).is_some_and(|value| value.as_str().is_some()),
        _ => false,
    };
    violation.kind == ViolationKind::WrongType
        && UPLOADED.iter().any(|(kind, steps)| {
            resource.kind == *kind && violation.path == pointer(steps.iter().copied()) && is_path(steps)
        })
}
