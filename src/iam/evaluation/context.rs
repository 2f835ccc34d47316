//! The context of a request: keys and their values.

use std::borrow::Cow;

use crate::iam::Text;

/// What is known of a key of a request's context.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// The request has not got it.
    Absent,
    /// It has these values; no value at all is a key that is there and null.
    Is(Vec<Text>),
    /// It has these values, or has not got it.
    Perhaps(Vec<Text>),
    /// Nothing is known of it.
    Open,
}

/// The keys of a request's context.
#[derive(Clone, Debug)]
pub struct Context {
    /// In lower case: names of keys are the same in any case.
    keys: Vec<(String, Presence)>,
    others: Presence,
}

impl Context {
    /// Keys that are not set are absent.
    pub fn known() -> Self {
        Self { keys: Vec::new(), others: Presence::Absent }
    }

    /// Nothing is known of keys that are not set.
    pub fn open() -> Self {
        Self { keys: Vec::new(), others: Presence::Open }
    }

    /// With a key of one value.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<Text>) -> Self {
        self.set(key, Presence::Is(vec![value.into()]))
    }

    /// With what is known of a key; what was known before is forgotten.
    #[must_use]
    pub fn set(mut self, key: &str, presence: Presence) -> Self {
        let key = key.to_ascii_lowercase();
        self.keys.retain(|(known, _)| *known != key);
        self.keys.push((key, presence));
        self
    }

    /// Without the keys that begin so: nothing else is known of them than of keys that were never set.
    #[must_use]
    pub fn without(mut self, prefix: &str) -> Self {
        let prefix = prefix.to_ascii_lowercase();
        self.keys.retain(|(known, _)| !known.starts_with(&prefix));
        self
    }

    /// With what another context knows of the keys that begin so.
    #[must_use]
    pub fn over(self, other: Self, prefix: &str) -> Self {
        let prefix = prefix.to_ascii_lowercase();
        let keys = other.keys.into_iter().filter(|(known, _)| known.starts_with(&prefix));
        keys.fold(self, |all, (key, presence)| all.set(&key, presence))
    }

    /// What is known of a key.
    pub fn get(&self, key: &str) -> &Presence {
        let folded = match key.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(key.to_ascii_lowercase()),
            false => Cow::Borrowed(key),
        };
        self.keys.iter().find(|(known, _)| *known == folded).map_or(&self.others, |(_, presence)| presence)
    }
}
