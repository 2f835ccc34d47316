//! Findings as a table in Markdown, for a summary or a comment.

use super::{flat, sorted, summary};
use crate::diagnostic::Diagnostic;

/// A table, and below it how many there are of each severity.
pub fn markdown(diagnostics: &[Diagnostic]) -> String {
    let Some(summary) = summary(diagnostics) else { return "No findings.\n".to_owned() };
    let rows: String = sorted(diagnostics).into_iter().map(row).collect();
    format!("| | code | where | what | cure |\n|---|---|---|---|---|\n{rows}\n{summary}\n")
}

fn row(diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place().map(ToString::to_string).unwrap_or_default();
    let [place, message, help] =
        [place.as_str(), &diagnostic.message, diagnostic.help.as_deref().unwrap_or_default()].map(cell);
    format!("| {} | {} | {place} | {message} | {help} |\n", diagnostic.severity, diagnostic.code.id)
}

/// Text that neither ends the cell nor is taken for HTML; what stands between backticks is shown as it is.
fn cell(text: &str) -> String {
    let text = flat(text).replace('|', "\\|");
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(n, part)| if n % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}
