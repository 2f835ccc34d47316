//! Findings a line each, as compilers' short formats and editors have them.

use super::{flat, sorted};
use crate::diagnostic::Diagnostic;

/// `file:line:column: severity[CODE]: message (help)`, a line each.
pub fn concise(diagnostics: &[Diagnostic]) -> String {
    sorted(diagnostics).into_iter().map(line).collect()
}

fn line(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place().map(|span| format!("{span}: ")).unwrap_or_default();
    let help = diagnostic.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
    let Diagnostic { severity, code, message, .. } = diagnostic;
    format!("{}\n", flat(&format!("{place}{severity}[{code}]: {message}{help}")))
}
