//! Where each part of a template was written.

use std::collections::HashMap;

use crate::diagnostic::Span;

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

    /// The place of exactly `pointer`.
    pub fn get(&self, pointer: &str) -> Option<&Span> {
        self.spans.get(pointer)
    }
}
