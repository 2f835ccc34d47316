//! Whether given properties are allowed.

mod format;
mod keywords;
mod local;
mod read_only;
mod report;
mod rewrite;
mod violation;
mod words;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use jsonschema::ValidationOptions;
use serde_json::{Map, Value};

use super::property_path::PropertyPath;
use super::type_facts::TypeFacts;
use world::Decided;

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
    /// INVARIANT (schemas build): every type's schema builds, which a test holds for all of them.
    pub(crate) fn new(facts: &TypeFacts) -> Validator {
        static OPTIONS: LazyLock<ValidationOptions<'static>> = LazyLock::new(keywords::options);
        let inner = OPTIONS.build(&rewrite::rewrite(&facts.schema));
        let inner = inner.unwrap_or_else(|error| unreachable!("schemas build: {}: {error}", facts.name));
        let subject = Subject {
            schema: Arc::clone(&facts.schema),
            read_only: read_only::of(facts),
            write_only: facts.write_only.clone(),
        };
        Validator { inner, subject }
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
        let mut found: BTreeMap<(String, ViolationKind, String), (Violation, Vec<&World>)> = BTreeMap::new();
        for world in worlds {
            for violation in self.violations(properties, world) {
                let key = (violation.path.clone(), violation.kind, violation.message.clone());
                found.entry(key).or_insert((violation, Vec::new())).1.push(world);
            }
        }
        found
            .into_values()
            .map(|(violation, seen)| Violation { when: when(&violation.path, &seen, worlds.len()), ..violation })
            .collect()
    }

    fn violations(&self, properties: &Value, world: &World) -> Vec<Violation> {
        let mut decided = Decided::new(properties, world);
        let value = decided.value.take().unwrap_or_else(|| Value::Object(Map::new()));
        if world::is_function(&value) {
            return Vec::new();
        }
        let mut violations = self.subject.read_only(&value);
        violations.extend(self.inner.iter_errors(&value).flat_map(|error| self.subject.report(&error)));
        violations.retain(|violation| !(decided.open.contains(&violation.path) && is_absence(violation.kind)));
        violations
            .into_iter()
            .map(|violation| Violation { path: decided.origin(&violation.path), ..violation })
            .collect()
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
