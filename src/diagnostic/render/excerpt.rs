//! The lines that a finding points at, cut from their files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::Sources;
use crate::diagnostic::secret::redacted;
use crate::diagnostic::{Diagnostic, Span};

/// A place that is further from the main one, in lines, is told without an excerpt: what lies between is cut out too.
const FARTHEST: usize = 2_000;
/// Longer lines, in bytes, are not shown: nobody finds a place in them.
const LONGEST: usize = 4_096;

/// The files that findings point at, each had once and cut into lines once.
pub(super) struct Library<'s> {
    sources: &'s Sources<'s>,
    files: HashMap<String, Option<Lines>>,
}

struct Lines {
    text: String,
    /// Where each line begins and ends.
    ranges: Vec<Range<usize>>,
}

impl<'s> Library<'s> {
    pub(super) fn new(sources: &'s Sources<'s>) -> Self {
        Self { sources, files: HashMap::new() }
    }

    fn lines(&mut self, file: &str) -> Option<&Lines> {
        match self.files.entry(file.to_owned()) {
            Entry::Occupied(known) => known.into_mut().as_ref(),
            Entry::Vacant(new) => new.insert((self.sources)(file).map(Lines::new)).as_ref(),
        }
    }
}

impl Lines {
    fn new(text: String) -> Self {
        let start = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
        let ranges = text.lines().map(|line| start(line)..start(line) + line.len()).collect();
        Self { text, ranges }
    }

    /// A line, from 1, if it is there and can be shown.
    fn get(&self, line: usize) -> Option<&str> {
        let range = self.ranges.get(line.checked_sub(1)?)?;
        (range.len() <= LONGEST).then(|| &self.text[range.clone()])
    }
}

/// The lines of one file that a finding points at.
pub(super) struct Page<'a> {
    file: &'a str,
    first_line: usize,
    text: String,
    marks: Vec<Mark<'a>>,
}

struct Mark<'a> {
    kind: AnnotationKind,
    span: &'a Span,
    label: Option<&'a str>,
    bytes: Range<usize>,
}

impl Page<'_> {
    /// Whether the place is marked on it.
    pub(super) fn shows(&self, span: &Span) -> bool {
        self.marks.iter().any(|mark| mark.span == span)
    }

    /// As the renderer takes it.
    pub(super) fn snippet(&self) -> Snippet<'_, Annotation<'_>> {
        let annotations = self.marks.iter().map(|mark| mark.kind.span(mark.bytes.clone()).label(mark.label));
        Snippet::source(&self.text).path(self.file).line_start(self.first_line).annotations(annotations)
    }
}

/// A page for each file, that of the main place first. None where a secret could stand.
pub(super) fn pages<'a>(diagnostic: &'a Diagnostic, library: &mut Library<'_>) -> Vec<Page<'a>> {
    if diagnostic.secret {
        return Vec::new();
    }
    let main = diagnostic.place().map(|span| (AnnotationKind::Primary, span, diagnostic.label.as_deref()));
    let others = diagnostic.labels.iter();
    let others = others.map(|label| (AnnotationKind::Context, &label.span, Some(label.message.as_str())));
    let mut files: Vec<(&str, Vec<_>)> = Vec::new();
    for place in main.into_iter().chain(others) {
        match files.iter_mut().find(|(file, _)| *file == place.1.file) {
            Some((_, places)) => places.push(place),
            None => files.push((&place.1.file, vec![place])),
        }
    }
    files.into_iter().filter_map(|(file, places)| page(file, &places, library.lines(file)?)).collect()
}

type Place<'a> = (AnnotationKind, &'a Span, Option<&'a str>);

fn page<'a>(file: &'a str, places: &[Place<'a>], lines: &Lines) -> Option<Page<'a>> {
    let main = places.first()?.1.line;
    let is_near = |span: &Span| span.line.abs_diff(main) <= FARTHEST && lines.get(span.line).is_some();
    let places: Vec<_> = places.iter().filter(|(_, span, _)| is_near(span)).collect();
    let first_line = places.iter().map(|(_, span, _)| span.line).min()?;
    let last_line = places.iter().map(|(_, span, _)| span.line).max()?;
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in first_line..=last_line {
        starts.push(text.len());
        text.push_str(&redacted(lines.get(line).unwrap_or_default()));
        text.push('\n');
    }
    let marks = places.into_iter().map(|(kind, span, label)| {
        let line = span.line - first_line;
        let start = starts[line];
        let end = starts.get(line + 1).map_or(text.len(), |next| *next) - 1;
        let bytes = word(&text[start..end], span);
        Mark { kind: *kind, span, label: *label, bytes: start + bytes.start..start + bytes.end }
    });
    Some(Page { file, first_line, marks: marks.collect(), text })
}

/// The bytes of `line` that the span covers.
fn word(line: &str, span: &Span) -> Range<usize> {
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(byte, _)| byte);
    let start = byte(span.column.saturating_sub(1));
    let end = if span.length > 0 {
        byte(span.column.saturating_sub(1) + span.length)
    } else {
        let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        line[start..].find(ends).map_or(line.len(), |length| start + length)
    };
    start..end
}
