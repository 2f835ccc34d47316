//! Whether given properties are allowed.

mod demand;
mod form;
mod format;
mod keywords;
mod local;
mod read_only;
mod report;
mod rewrite;
mod violation;
mod words;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use jsonschema::ValidationOptions;
use serde_json::{Map, Value};

use super::property_path::PropertyPath;
use super::type_facts::TypeFacts;
use world::Decided;

pub use demand::Demand;
pub use form::Form;
pub use violation::{Violation, ViolationKind};
pub use world::{World, conditions, worlds};

/// Checks properties of one type against its facts.
pub struct Validator {
    inner: jsonschema::Validator,
    subject: Subject,
}

/// What a report needs to know of the type.
struct Subject {
    schema: Arc<Value>,
    /// Not to be set; without those that the facts have as settable as well.
    read_only: Vec<PropertyPath>,
    /// Not to be shown.
    write_only: Vec<PropertyPath>,
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validator").field("type", &self.subject.schema["typeName"]).finish_non_exhaustive()
    }
}

impl Validator {
    /// The checks of one part of a type's schema.
    pub(crate) fn of_part(facts: &TypeFacts, schema: &Value) -> Validator {
        let part = rewrite::rewrite_part(schema, &facts.schema);
        Validator { inner: build(&part, facts.name), subject: Subject::of(facts) }
    }

    /// What is first wrong with a value that stands at `place`.
    pub(crate) fn fault(&self, place: &str, value: &Value) -> Option<Violation> {
        let error = self.inner.iter_errors(value).next()?;
        Some(self.subject.single(&error, &format!("{place}{}", error.instance_path().as_str())))
    }

    /// A text, or an element of a list, that has not the form of what its format says that it identifies.
    pub(crate) fn misidentified(&self, schema: &Value, place: &str, value: &Value) -> Option<Violation> {
        match value {
            Value::Array(elements) => {
                let items = super::type_facts::resolve(&self.subject.schema, &schema["items"]);
                elements.iter().find_map(|element| self.misidentified(items, place, element))
            }
            Value::String(text) => {
                let form = Form::named(schema["format"].as_str()?)?;
                (!form.fits(text)).then(|| Violation {
                    path: place.to_owned(),
                    kind: ViolationKind::Format,
                    message: format!("{} is not {}", self.subject.shown(place, value), form.noun()),
                    help: None,
                    when: BTreeMap::new(),
                })
            }
            _ => None,
        }
    }

    /// INVARIANT (schemas build): every type's schema builds, which a test holds for all of them.
    pub(crate) fn new(facts: &TypeFacts) -> Validator {
        Validator { inner: build(&rewrite::rewrite(&facts.schema), facts.name), subject: Subject::of(facts) }
    }

    /// The checks of properties among which no others are than these.
    pub(crate) fn for_properties(facts: &TypeFacts, names: &BTreeSet<String>) -> Validator {
        Validator { inner: build(&rewrite::rewrite_for(&facts.schema, names), facts.name), subject: Subject::of(facts) }
    }

    /// What is wrong with `properties`, as CloudFormation's JSON has them (`{"Ref": …}`, `{"Fn::GetAtt": […]}`), whatever
    /// the conditions are; sorted by path.
    ///
    /// An intrinsic function may stand anywhere, and what it gives is not looked at; the branches of `Fn::If` are, each
    /// for itself. `AWS::NoValue` is nothing. Texts that spell a number or a boolean serve as that, scalars as text.
    pub fn validate(&self, properties: &Value) -> Vec<Violation> {
        self.validate_in(properties, &worlds(properties))
    }

    /// Likewise, in these worlds. The conditions that a world should decide are those that [`conditions`] names; one that
    /// it does not decide does not hold.
    pub fn validate_in(&self, properties: &Value, worlds: &[World]) -> Vec<Violation> {
        self.validate_all(&Decisions::new(properties, worlds.to_vec()))
    }

    /// Likewise, of properties whose conditions are decided already.
    pub fn validate_all(&self, decisions: &Decisions<'_>) -> Vec<Violation> {
        decisions.violations(|value| {
            let mut violations = self.subject.read_only(value);
            violations.extend(self.inner.iter_errors(value).flat_map(|error| self.subject.report(&error)));
            violations
        })
    }
}

/// The properties of a resource as they are in each of the worlds that matter.
pub struct Decisions<'v> {
    worlds: Vec<World>,
    decided: Vec<Decided<'v>>,
}

impl<'v> Decisions<'v> {
    /// Properties in these worlds.
    pub fn new(properties: &'v Value, worlds: Vec<World>) -> Self {
        let decided = worlds.iter().map(|world| Decided::new(properties, world)).collect();
        Self { worlds, decided }
    }

    /// What `look` finds in the properties of each world, once each, with the conditions under which it is so.
    fn violations(&self, look: impl Fn(&Value) -> Vec<Violation>) -> Vec<Violation> {
        let mut found: BTreeMap<(String, ViolationKind, String), (Violation, Vec<&World>)> = BTreeMap::new();
        let nothing = Value::Object(Map::default());
        for (decided, world) in self.decided.iter().zip(&self.worlds) {
            let value = decided.value.as_deref().unwrap_or(&nothing);
            if world::is_function(value) {
                continue;
            }
            for violation in look(value) {
                if decided.open.contains(&violation.path) && is_absence(violation.kind) {
                    continue;
                }
                let violation = Violation { path: decided.origin(&violation.path), ..violation };
                let key = (violation.path.clone(), violation.kind, violation.message.clone());
                found.entry(key).or_insert((violation, Vec::new())).1.push(world);
            }
        }
        let all = self.worlds.len();
        found
            .into_values()
            .map(|(violation, seen)| Violation { when: when(&violation.path, &seen, all), ..violation })
            .collect()
    }
}

static OPTIONS: LazyLock<ValidationOptions<'static>> = LazyLock::new(keywords::options);

/// INVARIANT (schemas build): every type's schema builds, which a test holds for all of them; a part has no keyword that the
/// whole has not.
fn build(schema: &Value, name: &str) -> jsonschema::Validator {
    OPTIONS.build(schema).unwrap_or_else(|error| unreachable!("schemas build: {name}: {error}"))
}

impl Subject {
    fn of(facts: &TypeFacts) -> Self {
        Self {
            schema: Arc::clone(&facts.schema),
            read_only: read_only::of(facts),
            write_only: facts.write_only.clone(),
        }
    }
}

/// Whether a macro that adds members can be the cure.
fn is_absence(kind: ViolationKind) -> bool {
    use ViolationKind::{DependentRequired, NoAlternative, OneAlternative, Required, RequiredOr, RequiredXor};
    matches!(kind, Required | RequiredXor | RequiredOr | DependentRequired | NoAlternative | OneAlternative)
}

/// The values of conditions that all worlds share in which something was seen.
fn when(path: &str, seen: &[&World], worlds: usize) -> BTreeMap<String, bool> {
    let mut seen_in = seen.iter();
    let Some(first) = seen_in.next().filter(|_| seen.len() < worlds && !path.contains("/Fn::If/")) else {
        return BTreeMap::new();
    };
    seen_in.fold(first.0.clone(), |mut shared, world| {
        shared.retain(|name, value| world.0.get(name) == Some(value));
        shared
    })
}
