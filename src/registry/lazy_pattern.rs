//! `pattern`, compiled when a text first comes to it: to most patterns of a schema none ever does, and to compile them all
//! takes longer than the rest of a validation.

use std::sync::OnceLock;

use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::{Value, json};

/// The keyword `pattern`, as JSON Schema means it.
///
/// INVARIANT (patterns compile): every pattern of the embedded schemas does, which the tests hold.
pub(crate) struct LazyPattern {
    pattern: String,
    compiled: OnceLock<Validator>,
}

impl LazyPattern {
    /// The keyword with this value.
    pub(crate) fn new(pattern: &Value) -> Self {
        Self { pattern: pattern.as_str().unwrap_or_default().to_owned(), compiled: OnceLock::new() }
    }

    fn admits(&self, instance: &Value) -> bool {
        !instance.is_string() || self.compiled.get_or_init(|| self.compile()).is_valid(instance)
    }

    fn compile(&self) -> Validator {
        let built = jsonschema::options().with_draft(Draft::Draft7).build(&json!({ "pattern": self.pattern }));
        built.unwrap_or_else(|error| unreachable!("patterns compile: `{}`: {error}", self.pattern))
    }
}

impl<'i> Keyword<'i> for LazyPattern {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        let complaint = || ValidationError::custom(format!("does not match the pattern `{}`", self.pattern));
        if self.admits(instance) { Ok(()) } else { Err(complaint()) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.admits(instance)
    }
}
