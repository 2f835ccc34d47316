//! Renderers of findings: text for people, and the forms that other programs read.

mod concise;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod sarif;
#[cfg(test)]
mod tests;

pub use concise::concise;
pub use full::{full, summary};
pub use github::github;
pub use gitlab::gitlab;
pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;

use super::{Code, Diagnostic};

/// Gives the text of a file that a span names, if it can be had. Only the command line reads files.
pub type Sources<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What a kind of finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// What it is and why.
    pub explanation: &'static str,
    /// Where the fact is published.
    pub source: &'static str,
}

/// Gives what there is to say of a kind of finding.
pub type Abouts<'a> = dyn Fn(Code) -> Option<About> + 'a;

/// The findings by file, line, column and code, so that the same findings are always told alike.
pub fn sorted(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| {
        let place = diagnostic.place().map(|span| (&span.file, span.line, span.column));
        (place, diagnostic.code, &diagnostic.message, &diagnostic.resource)
    });
    sorted
}

/// Text on one line. What comes from a file could hold line breaks, or move the cursor of a terminal.
fn flat(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn json_text(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|_| unreachable!("a report is plain data"));
    text.push('\n');
    text
}
