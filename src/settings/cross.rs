//! What no setting shows alone: settings that contradict each other, one function a kind.

mod arns;
mod auth;
mod database;
mod function;
mod network;
mod reach;
mod shapes;
mod stacks;
mod suppressions;
mod target;

use super::model::Environment;
use super::{Settings, codes, schema};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// What one check sees: an environment, its name, and the places of its settings.
struct Site<'a> {
    settings: &'a Settings,
    name: &'a str,
    environment: &'a Environment,
}

const CHECKS: &[fn(&Site<'_>) -> Vec<Diagnostic>] = &[
    arns::check,
    shapes::check,
    network::check,
    database::check,
    target::check,
    auth::check,
    function::check,
    reach::check,
    suppressions::check,
];

/// Every contradiction. What `defaults` say wrongly for several environments is said once.
pub(super) fn check(settings: &Settings) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    for (name, environment) in &settings.environments {
        let site = Site { settings, name, environment };
        for finding in CHECKS.iter().flat_map(|check| check(&site)) {
            let said = |known: &Diagnostic| known.span == finding.span && known.message == finding.message;
            if !findings.iter().any(said) {
                findings.push(finding);
            }
        }
    }
    findings.extend(stacks::check(settings));
    findings
}

impl Site<'_> {
    /// A finding at the value of the setting at `path`; of a section, at its key.
    fn finding(&self, code: Code, severity: Severity, path: &str, message: impl Into<String>) -> Diagnostic {
        let pointer = format!("/environments/{}/{}", self.name, path.replace('.', "/"));
        let finding = Diagnostic::new(code, severity, message).path(&pointer);
        let is_section = !schema::keys(schema::at(schema::environment(), path.split('.'))).is_empty();
        let value = self.settings.places.get(&format!("{pointer}#")).filter(|span| span.length > 0 && !is_section);
        finding.span(value.or_else(|| self.settings.places.nearest(&pointer)))
    }

    fn error(&self, code: Code, path: &str, message: impl Into<String>) -> Diagnostic {
        self.finding(code, Severity::Error, path, message)
    }

    /// The same with the place of a second setting.
    fn beside(&self, finding: Diagnostic, path: &str, message: impl Into<String>) -> Diagnostic {
        match self.settings.place(self.name, path) {
            Some(span) => finding.and_at(span, message),
            None => finding,
        }
    }

    fn without_effect(&self, path: &str, message: impl Into<String>, help: &str) -> Diagnostic {
        self.finding(codes::WITHOUT_EFFECT, Severity::Warning, path, message).help(help)
    }

    /// Whether the setting at `path` is there: someone wrote it, or it stays open.
    fn has(&self, path: &str) -> bool {
        self.wrote(path) || self.settings.parameters.iter().any(|open| open == path)
    }

    /// Whether someone wrote the setting at `path`.
    fn wrote(&self, path: &str) -> bool {
        let pointer = format!("/environments/{}/{}", self.name, path.replace('.', "/"));
        self.settings.places.get(&pointer).is_some()
    }
}
