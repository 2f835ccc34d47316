//! What services demand of properties beyond the facts of a type: which go together, and which exclude each other.

use serde_json::Value;

use super::{Decisions, OPTIONS, Subject, Violation, rewrite};
use crate::registry::type_facts::TypeFacts;

/// A demand on properties of a type, as a JSON Schema of CloudFormation's kind.
pub struct Demand {
    inner: jsonschema::Validator,
    subject: Subject,
}

impl Demand {
    /// A demand on what lies at `at` below the properties, such as `Listeners/*`; on all of them if that is empty. What is
    /// not known satisfies every demand, and no `if`.
    ///
    /// # Errors
    ///
    /// What is wrong with the schema.
    pub fn new(facts: &TypeFacts, at: &str, schema: &Value) -> Result<Self, String> {
        let inner = OPTIONS.build(&rewrite::rewrite_at(at, schema)).map_err(|error| error.to_string())?;
        Ok(Self { inner, subject: Subject::of(facts) })
    }

    /// Where the properties do not meet it, sorted by path.
    pub fn broken_by(&self, decisions: &Decisions<'_>) -> Vec<Violation> {
        decisions
            .violations(|value| self.inner.iter_errors(value).flat_map(|error| self.subject.report(&error)).collect())
    }
}
