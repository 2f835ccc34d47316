//! Handles: what a stack gives back for what it was given.

use std::fmt;
use std::marker::PhantomData;

use super::link::Link;
use super::value::Value;
use crate::template;

/// A construct in a stack. `Copy`: wiring needs no borrows. It belongs to its stack; another one gets a handle of its own
/// by [`import_from`](super::Stack::import_from).
pub struct Handle<T> {
    any: AnyHandle,
    kind: PhantomData<fn() -> T>,
}

/// A construct in a stack, of whatever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnyHandle {
    pub(super) stack: u32,
    pub(super) index: u32,
}

impl<T> Handle<T> {
    pub(super) fn new(stack: u32, index: u32) -> Self {
        Self { any: AnyHandle { stack, index }, kind: PhantomData }
    }

    /// The same without its kind.
    pub fn any(self) -> AnyHandle {
        self.any
    }

    /// What `Fn::GetAtt` returns for an attribute, or what `Ref` returns for the name `Ref`. For generated code.
    pub fn attribute<V>(self, name: &str) -> Value<V> {
        Value::from_term(template::Value::reference(Link::Attribute(self.any, name.to_owned())))
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({}#{})", self.any.stack, self.any.index)
    }
}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.any == other.any
    }
}

impl<T> Eq for Handle<T> {}

impl<T> From<Handle<T>> for AnyHandle {
    fn from(handle: Handle<T>) -> Self {
        handle.any
    }
}
