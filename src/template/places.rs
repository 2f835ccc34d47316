//! Where each part of a template was written.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Span};

/// Spans by JSON pointer. Kept beside the model, so that the same meaning is the same template wherever it was written.
///
/// A pointer has the place of a key (`/Resources/Proxy`); with `#` at its end, that of the value.
#[derive(Clone, Debug, Default)]
pub struct Places {
    spans: HashMap<String, Span>,
}

impl Places {
    /// Records the place of `pointer`.
    pub fn insert(&mut self, pointer: impl Into<String>, span: Span) {
        self.spans.insert(pointer.into(), span);
    }

    /// The place of `pointer`, or of the nearest thing around it that has one.
    pub fn nearest(&self, pointer: &str) -> Option<&Span> {
        let mut rest = pointer;
        loop {
            if let Some(span) = self.spans.get(rest) {
                return Some(span);
            }
            rest = &rest[..rest.rfind('/')?];
        }
    }

    /// Gives a finding that has no place yet that of its path: in Rust, where it was built; in a template, where it stands.
    pub fn locate(&self, finding: &mut Diagnostic) {
        let place = finding.path.as_deref().and_then(|path| self.nearest(path)).cloned();
        match place {
            Some(place) if place.file.ends_with(".rs") => finding.source = finding.source.take().or(Some(place)),
            place => finding.span = finding.span.take().or(place),
        }
    }

    /// The place of exactly `pointer`.
    pub fn get(&self, pointer: &str) -> Option<&Span> {
        self.spans.get(pointer)
    }
}
