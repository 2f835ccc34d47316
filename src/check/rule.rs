//! Rules as values.

use super::context::Context;
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// One thing that a template must or should not have.
///
/// `explain`, the rules page and the tests read the same value: every example in `bad` gives exactly this rule's code,
/// every one in `good` gives nothing.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its code and its name, which reads after "allow".
    pub code: Code,
    /// How much it counts.
    pub severity: Severity,
    /// Where the fact is published.
    pub source: &'static str,
    /// What it is about and why.
    pub explanation: &'static str,
    /// Templates in YAML that it finds.
    pub bad: &'static [&'static str],
    /// Templates in YAML that are right.
    pub good: &'static [&'static str],
    /// Finds it.
    pub find: fn(&Context<'_>, &mut Report),
}

impl Rule {
    /// What it finds.
    pub fn run(&self, context: &Context<'_>) -> Vec<Diagnostic> {
        let mut report = Report::new(self);
        (self.find)(context, &mut report);
        report.into_found()
    }
}
