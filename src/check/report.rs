//! What a rule has to say.

use super::rule::Rule;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::template::pointer;

/// The findings of one rule.
pub struct Report {
    code: Code,
    severity: Severity,
    source: &'static str,
    found: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn new(rule: &Rule) -> Self {
        Self { code: rule.code, severity: rule.severity, source: rule.source, found: Vec::new() }
    }

    /// Something about the resource `id`, at `path` below it, such as `/Properties/RoleArn`.
    pub fn resource(&mut self, id: &str, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let path = format!("{}{path}", pointer(["Resources", id]));
        let diagnostic = self.at(path, message);
        diagnostic.resource = Some(id.to_owned());
        diagnostic
    }

    /// Something at a place of the template.
    pub fn at(&mut self, path: impl Into<String>, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic::new(self.code, self.severity, message).path(path).note(self.source));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }
}
