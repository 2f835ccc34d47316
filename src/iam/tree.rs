//! What a policy document is written in, once every function in it has a value.

use serde_json::Value as Json;

use super::text::Text;

/// A value in a policy document.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What it is.
    pub kind: TreeKind,
    /// Where it comes from, by whoever made it; `usize::MAX`: from nowhere.
    pub source: usize,
}

/// What a value in a policy document is.
#[derive(Clone, Debug)]
pub enum TreeKind {
    /// Text; numbers and truth values are spelled out.
    Text(Text),
    /// A list.
    List(Vec<Tree>),
    /// A map.
    Map(Vec<(String, Tree)>),
    /// What cannot be known, and why.
    Open(String),
}

impl Tree {
    /// From JSON, in which everything is known.
    pub fn from_json(json: &Json) -> Self {
        let kind = match json {
            Json::Null => TreeKind::Open("it is null".into()),
            Json::Bool(value) => TreeKind::Text(value.to_string().into()),
            Json::Number(number) => TreeKind::Text(number.to_string().into()),
            Json::String(text) => TreeKind::Text(text.as_str().into()),
            Json::Array(values) => TreeKind::List(values.iter().map(Self::from_json).collect()),
            Json::Object(map) => {
                TreeKind::Map(map.iter().map(|(key, value)| (key.clone(), Self::from_json(value))).collect())
            }
        };
        Self { kind, source: usize::MAX }
    }

    /// A member of a map. The names of a policy's elements are told apart by case.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            TreeKind::Map(map) => map.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if that is what it is.
    pub fn text(&self) -> Option<&Text> {
        match &self.kind {
            TreeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list; a value alone is a list of it.
    pub fn elements(&self) -> &[Self] {
        match &self.kind {
            TreeKind::List(values) => values,
            _ => std::slice::from_ref(self),
        }
    }
}
