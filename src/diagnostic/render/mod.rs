//! Renderers of findings: text for people, JSON for programs.

mod excerpt;
mod full;
mod json;
#[cfg(test)]
mod tests;

pub use full::{full, summary};
pub use json::json;

use super::Diagnostic;

/// Gives the text of a file that a span names, if it can be had. Only the command line reads files.
pub type Sources<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The findings by file, line, column and code, so that the same findings are always told alike.
pub fn sorted(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| {
        let place = diagnostic.place().map(|span| (&span.file, span.line, span.column));
        (place, diagnostic.code, &diagnostic.message, &diagnostic.resource)
    });
    sorted
}
