//! Findings as a compiler shows them: message, place, excerpt, notes, cure.

use annotate_snippets::{Group, Level, Origin, Renderer};

use super::excerpt::{Library, Page, pages};
use super::{Sources, sorted};
use crate::diagnostic::{Diagnostic, Severity, Span};

/// The findings as text with colours, which the stream it goes to strips where they are not wanted.
pub fn full(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut text = String::new();
    let mut library = Library::new(sources);
    for diagnostic in sorted(diagnostics) {
        text.push_str(&one(diagnostic, &mut library));
        text.push_str("\n\n");
    }
    if let Some(summary) = summary(diagnostics) {
        text.push_str(&summary);
        text.push('\n');
    }
    text
}

/// How many there are of each severity: `2 errors, 1 warning`.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];
    let counts = severities.into_iter().filter_map(|(severity, word)| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let plural = if count == 1 || severity == Severity::Info { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{plural}"))
    });
    let counts: Vec<_> = counts.collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn one(diagnostic: &Diagnostic, library: &mut Library<'_>) -> String {
    let pages = pages(diagnostic, library);
    let unseen = unseen(diagnostic, &pages);
    let title = level(diagnostic.severity).primary_title(&diagnostic.message).id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    if let Some((file, line, column)) = &unseen.origin {
        group = group.element(Origin::path(*file).line(*line).char_column(*column));
    }
    group = group.elements(pages.iter().map(Page::snippet));
    group = group.elements(unseen.notes.iter().map(|note| Level::NOTE.message(note)));
    group = group.elements(diagnostic.notes.iter().map(|note| Level::NOTE.message(clean(note))));
    group = group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(clean(help))));
    Renderer::styled().render(&[group])
}

/// What the excerpts do not show: the main place, and what there is to say of places that have no excerpt.
struct Unseen<'a> {
    origin: Option<(&'a str, usize, usize)>,
    notes: Vec<String>,
}

fn unseen<'a>(diagnostic: &'a Diagnostic, pages: &[Page<'_>]) -> Unseen<'a> {
    let shown = |span: &Span| pages.iter().any(|page| page.shows(span));
    let place = diagnostic.place();
    let origin = place.filter(|span| !shown(span)).map(|span| (span.file.as_str(), span.line, span.column));
    let mut notes = Vec::new();
    if origin.is_some() {
        notes.extend(diagnostic.label.as_deref().map(clean));
    }
    let hidden = diagnostic.labels.iter().filter(|label| !shown(&label.span));
    notes.extend(hidden.map(|label| clean(&format!("{}: {}", label.span, label.message))));
    Unseen { origin, notes }
}

/// Text that may be printed: what comes from a file could move the cursor.
fn clean(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(text)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}
