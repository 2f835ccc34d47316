//! Reading one map of a template key by key, with a finding for what has the wrong shape.

use crate::diagnostic::{Code, Diagnostic};
use crate::template::{Map, Value, is_macro, pointer, resource_of, steps};

/// What findings on one kind of section are: keys that it does not have, keys that it lacks, values of a wrong kind.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    pub(super) keys: Code,
    pub(super) missing: Code,
    pub(super) kinds: Code,
}

impl From<Code> for Codes {
    fn from(code: Code) -> Self {
        Self { keys: code, missing: code, kinds: code }
    }
}

/// A map being taken apart: each key is taken once, what is left over is foreign.
pub(super) struct Section<'a> {
    entries: Map,
    pointer: String,
    codes: Codes,
    /// Something stood where what is required must stand, so it is not missing.
    refused: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Section<'a> {
    /// None, with a finding, if `value` is no map.
    pub(super) fn new(
        value: Value,
        pointer: String,
        codes: impl Into<Codes>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let codes = codes.into();
        let (kind, is_null) = (value.kind(), value == Value::Null);
        match into_map(value) {
            Some(entries) => Some(Self { entries, pointer, codes, refused: false, diagnostics }),
            // What is null is said to be that where it is read.
            None if is_null => None,
            None => {
                let message = format!("`{}` is {kind}, and must be a map", last_step(&pointer));
                diagnostics.push(located(Diagnostic::error(codes.kinds, message), pointer));
                None
            }
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let value = self.entries.shift_remove(key)?;
        self.refused |= value == Value::Null;
        Some(value).filter(|value| *value != Value::Null)
    }

    /// Text; a number or a truth value is taken for text, as CloudFormation does.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            Value::Bool(value) => Some(value.to_string()),
            Value::Number(number) => Some(number.to_string()),
            other => self.wrong(key, &other, "text"),
        }
    }

    /// Text that is nothing but that: a name.
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => self.wrong(key, &other, "text"),
        }
    }

    /// What must be there.
    pub(super) fn required(&mut self, key: &str) -> Value {
        self.refused = false;
        let value = self.take(key);
        if value.is_none() && !self.refused {
            self.missing(key);
        }
        value.unwrap_or(Value::Null)
    }

    pub(super) fn list(&mut self, key: &str) -> Vec<Value> {
        match self.take(key) {
            None => Vec::new(),
            Some(Value::List(values)) => values,
            Some(other) => self.wrong(key, &other, "a list").unwrap_or_default(),
        }
    }

    /// A list that must be there.
    pub(super) fn required_list(&mut self, key: &str) -> Vec<Value> {
        if !self.entries.contains_key(key) {
            self.missing(key);
        }
        self.list(key)
    }

    /// Whether there is a map, which may look like a function.
    pub(super) fn is_map(&self, key: &str) -> bool {
        matches!(self.entries.get(key), Some(Value::Map(_) | Value::Intrinsic(_)))
    }

    pub(super) fn map(&mut self, key: &str) -> Map {
        let Some(value) = self.take(key) else { return Map::default() };
        let kind = value.kind();
        into_map(value).unwrap_or_else(|| self.wrong_kind(key, kind, "a map").unwrap_or_default())
    }

    /// Text that must be there.
    pub(super) fn required_text(&mut self, key: &str) -> String {
        self.refused = false;
        let text = self.text(key);
        if text.is_none() && !self.refused {
            self.missing(key);
        }
        text.unwrap_or_default()
    }

    fn missing(&mut self, key: &str) {
        let message = format!("`{}` has no `{key}`", last_step(&self.pointer));
        self.push(located(Diagnostic::error(self.codes.missing, message), self.pointer.clone()));
    }

    fn wrong<T>(&mut self, key: &str, value: &Value, must: &str) -> Option<T> {
        self.wrong_kind(key, value.kind(), must)
    }

    fn wrong_kind<T>(&mut self, key: &str, kind: &str, must: &str) -> Option<T> {
        self.refused = true;
        let message = format!("`{key}` is {kind}, and must be {must}");
        let path = self.at(key);
        self.diagnostics.push(located(Diagnostic::error(self.codes.kinds, message), path));
        None
    }

    /// A finding of a kind of its own.
    pub(super) fn find(&mut self, code: Code, key: &str, value: &Value, must: &str) {
        let message = format!("`{key}` has {}, and must be {must}", value.kind());
        self.push(located(Diagnostic::error(code, message), self.at(key)));
    }

    pub(super) fn push(&mut self, finding: Diagnostic) {
        self.diagnostics.push(finding);
    }

    pub(super) fn at(&self, key: &str) -> String {
        format!("{}{}", self.pointer, pointer([key]))
    }

    /// What no one took.
    pub(super) fn rest(self) -> Map {
        self.entries
    }

    /// A finding for each key that no one took, where the model has no room for it.
    pub(super) fn refuse_rest(self) {
        let Self { entries, pointer: at, codes, diagnostics, .. } = self;
        for key in entries.keys().filter(|key| !is_macro(key)) {
            let message = format!("`{key}` is no key of `{}`", last_step(&at));
            diagnostics.push(located(Diagnostic::error(codes.keys, message), format!("{at}{}", pointer([key]))));
        }
    }
}

/// A map, also where its one key made it a function.
pub(super) fn into_map(value: Value) -> Option<Map> {
    use serde_json::Value as Json;
    match value {
        Value::Map(map) => Some(map),
        Value::Intrinsic(_) => match value.to_json() {
            Json::Object(object) => {
                Some(object.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect())
            }
            _ => unreachable!("a function is an object in the long form"),
        },
        _ => None,
    }
}

pub(super) fn last_step(pointer: &str) -> String {
    steps(pointer).next_back().unwrap_or_default()
}

/// The finding with its path, and the resource that the path leads into.
pub(super) fn located(finding: Diagnostic, path: String) -> Diagnostic {
    match resource_of(&path) {
        Some(resource) => finding.resource(resource).path(path),
        None => finding.path(path),
    }
}
