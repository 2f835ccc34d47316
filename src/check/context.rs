//! What rules look at.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::calls::{self, Misuse};
use super::rules::Condition;
use super::rules::given::{self, Misfit};
use crate::registry::{self, Decisions, TypeFacts, UPLOADED, Violation, ViolationKind, World};
use crate::resolve::{Formula, Resolved, nested_location};
use crate::template::{Resource, Template, map_to_json, pointer};

/// A template, and what several rules want to know of it, found once.
pub struct Context<'a> {
    /// The template.
    pub template: &'a Template,
    /// The same as it was written, its loops still in it.
    pub written: &'a Template,
    /// What it means: conditions, worlds, values.
    pub resolved: &'a Resolved<'a>,
    /// The region, where it is known.
    pub region: Option<&'a str>,
    properties: OnceCell<Broken<'a>>,
    misuses: OnceCell<Vec<Misuse>>,
    misfits: OnceCell<Vec<Misfit>>,
}

/// What is wrong with the properties of each resource, by logical id.
#[derive(Default)]
struct Broken<'a> {
    facts: Vec<(&'a str, Violation)>,
    conditions: Vec<(&'a str, &'static Condition, Violation)>,
}

impl<'a> Context<'a> {
    /// A template with what is known of its deployment, and as it was written.
    pub fn new(resolved: &'a Resolved<'a>, written: &'a Template) -> Self {
        let (template, region) = (resolved.template(), resolved.environment().region());
        Self {
            template,
            written,
            resolved,
            region,
            properties: OnceCell::new(),
            misuses: OnceCell::new(),
            misfits: OnceCell::new(),
        }
    }

    /// Whether the AWS Cloud Development Kit wrote the template: nobody writes its joins, its zones and its dependencies by
    /// hand.
    pub fn is_of_cdk(&self) -> bool {
        self.template.resources.iter().any(|(id, resource)| {
            resource.kind == "AWS::CDK::Metadata"
                || id == "CDKMetadata"
                || resource.metadata.contains_key("aws:cdk:path")
        })
    }

    /// The resources of one type.
    pub fn resources(&self, kind: &'static str) -> impl Iterator<Item = (&'a str, &'a Resource)> + use<'a> {
        self.template
            .resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(id, r)| (id.as_str(), r))
    }

    /// The template of a nested stack, where it is at hand.
    pub fn child(&self, resource: &Resource) -> Option<&'a Template> {
        self.resolved.environment().child(nested_location(resource)?)
    }

    /// The facts of a resource's type.
    pub fn facts(&self, resource: &Resource) -> Option<&'static TypeFacts> {
        registry::facts(&resource.kind)
    }

    /// Whatever the facts of the types find in the properties of the resources.
    pub(super) fn violations(&self) -> &[(&'a str, Violation)] {
        &self.broken().facts
    }

    /// Where properties do not go together as a rule asks.
    pub(super) fn broken_conditions(&self) -> &[(&'a str, &'static Condition, Violation)] {
        &self.broken().conditions
    }

    fn broken(&self) -> &Broken<'a> {
        self.properties.get_or_init(|| {
            let mut broken = Broken::default();
            let mut used: HashMap<&str, BTreeSet<&str>> = HashMap::new();
            for resource in self.template.resources.values() {
                let names = resource.properties.keys().map(String::as_str);
                used.entry(&resource.kind).or_default().extend(names);
            }
            for (id, resource) in &self.template.resources {
                let Some(facts) = self.facts(resource) else { continue };
                let names = &used[resource.kind.as_str()];
                let properties = map_to_json(&resource.properties);
                let decisions = Decisions::new(&properties, self.worlds(id, &properties));
                let validator = facts.validator_for(names.iter().copied());
                let found = validator.validate_all(&decisions).into_iter();
                let found = found.filter(|found| !is_local_path(resource, found));
                broken.facts.extend(found.map(|found| (id.as_str(), found)));
                for (condition, demand) in Condition::of(facts) {
                    let found = demand.broken_by(&decisions).into_iter();
                    broken.conditions.extend(found.map(|found| (id.as_str(), *condition, found)));
                }
            }
            broken
        })
    }

    /// Every wrong use of a function.
    pub(super) fn misuses(&self) -> &[Misuse] {
        self.misuses.get_or_init(|| calls::misuses(self))
    }

    /// Whatever functions give that properties do not take.
    pub(super) fn misfits(&self) -> &[Misfit] {
        self.misfits.get_or_init(|| given::misfits(self))
    }

    /// The values that the conditions in the properties of a resource can have together where it exists: all, or, where
    /// those are too many, so many that every branch is seen that can be taken.
    fn worlds(&self, id: &str, properties: &Json) -> Vec<World> {
        let names: Vec<&str> = registry::conditions(properties).into_iter().collect();
        if names.is_empty() {
            return vec![World::default()];
        }
        if names.len() > MOST_CONDITIONS {
            return Vec::new();
        }
        let exists = self.resolved.exists(id);
        // What is written wrongly is wrong, also where it never comes to it.
        let under = if self.resolved.is_possible(exists) { exists } else { Formula::TRUE };
        let all = self.resolved.assignments(&names, under, MOST_WORLDS);
        let worlds = all.unwrap_or_else(|| self.resolved.coverage(&names, under));
        let world = |values: Vec<bool>| World(names.iter().map(|name| (*name).to_owned()).zip(values).collect());
        worlds.into_iter().map(world).collect()
    }
}

/// The properties of a resource that choose by more conditions are not looked at: to find out how those can be together
/// costs with the cube of their number.
const MOST_CONDITIONS: usize = 64;

/// Rules that compare each resource of a kind with each look at no more of them: a template has at most 500 resources.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub(super) const MOST_COMPARED: usize = 500;

/// In no more worlds are all the properties of a resource looked at.
const MOST_WORLDS: usize = 256;

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
