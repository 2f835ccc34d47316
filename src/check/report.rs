//! What a rule has to say.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::context::Context;
use super::rule::Rule;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::template::{pointer, resource_of, to_secret};

/// The findings of one rule.
pub struct Report {
    code: Code,
    severity: Severity,
    source: &'static str,
    found: Vec<Diagnostic>,
    /// How many are not told.
    untold: usize,
}

/// So many findings of one rule are told of one template: who has more mends the template by a program, or has none that
/// CloudFormation would take.
const MOST: usize = 1_000;
const MOST_SUGGESTED: usize = 200;

impl Report {
    pub(super) fn new(rule: &Rule) -> Self {
        Self { code: rule.code, severity: rule.severity, source: rule.source, found: Vec::new(), untold: 0 }
    }

    /// Whether what comes next should say what was meant. Looking through all names costs much, and after so many
    /// suggestions nobody reads one more.
    pub fn suggests(&self) -> bool {
        self.found.len() < MOST_SUGGESTED
    }

    /// Something about the resource `id`, at `path` below it, such as `/Properties/RoleArn`.
    pub fn resource(&mut self, id: &str, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        self.at(format_args!("{}{path}", pointer(["Resources", id])), message)
    }

    /// Something at a place of the template, such as `/Outputs/Url/Value`.
    pub fn at(&mut self, path: impl Display, message: impl Into<String>) -> &mut Diagnostic {
        let mut path = path.to_string();
        let mut found = Diagnostic::new(self.code, self.severity, message).note(self.source);
        found.resource = resource_of(&path);
        // Inside of what should be the text of a secret, any word may be a part of it.
        if let Some(secret) = to_secret(&path).map(str::len).filter(|length| *length < path.len()) {
            path.truncate(secret);
            found.secret = true;
        }
        if self.found.len() >= MOST {
            self.untold += 1;
            // Whoever found it may still write into it; the last one becomes the summary.
            self.found.truncate(MOST);
        }
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
        let Self { code, severity, mut found, untold, .. } = self;
        if untold > 0 {
            found.truncate(MOST);
            found.push(Diagnostic::new(code, severity, format!("{untold} more of these are not told")));
        }
        found
    }
}
