//! What a rule has to say.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::context::Context;
use super::rule::Rule;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::template::{pointer, resource_of};

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
        self.at(format_args!("{}{path}", pointer(["Resources", id])), message)
    }

    /// Something at a place of the template, such as `/Outputs/Url/Value`.
    pub fn at(&mut self, path: impl Display, message: impl Into<String>) -> &mut Diagnostic {
        let path = path.to_string();
        let mut found = Diagnostic::new(self.code, self.severity, message).note(self.source);
        found.resource = resource_of(&path);
        self.found.push(found.path(path));
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// The wrong uses of functions that this rule is about.
    pub(super) fn misuses(&mut self, context: &Context<'_>) {
        let code = self.code.id;
        for misuse in context.misuses().iter().filter(|misuse| misuse.code == code) {
            self.at(&misuse.path, misuse.message.clone()).help = misuse.help.clone();
        }
    }

    /// What functions give and properties do not take, as far as this rule is about it, each once.
    pub(super) fn misfits(&mut self, context: &Context<'_>) {
        let code = self.code.id;
        let mut told = BTreeSet::new();
        for misfit in context.misfits().iter().filter(|misfit| misfit.code == code) {
            if told.insert((misfit.path.as_str(), misfit.message.as_str())) {
                self.at(&misfit.path, misfit.message.clone()).help = misfit.help.clone();
            }
        }
    }

    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }
}
