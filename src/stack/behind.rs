//! What is behind a handle.

use std::any::Any;
use std::rc::Rc;

use super::condition::Condition;
use super::construct::{Construct, Entry, Origin};
use super::handle::{AnyHandle, Handle};
use super::link::Term;
use super::stack::Stack;
use crate::diagnostic::Span;

impl Stack {
    /// The construct behind a handle of this stack.
    pub fn noun<T: Construct>(&self, handle: Handle<T>) -> Option<&T> {
        self.noun_of(handle.any())
    }

    /// The construct behind a handle of this stack, if it is a `T`.
    pub fn noun_of<T: Construct>(&self, handle: AnyHandle) -> Option<&T> {
        noun_in(self.entry(handle)?)
    }

    /// What this stack creates of one kind, by name.
    pub(crate) fn created<T: Construct>(&self) -> Vec<(Handle<T>, &T)> {
        let created = self.created_entries().into_iter();
        created.filter_map(|(handle, entry)| Some((Handle::new(handle.stack, handle.index), noun_in(entry)?))).collect()
    }

    /// What this stack creates, by name.
    pub(super) fn created_entries(&self) -> Vec<(AnyHandle, &Entry)> {
        let created = (0..).zip(&self.entries).filter(|(_, entry)| entry.is_created());
        let mut found: Vec<_> =
            created.map(|(index, entry)| (AnyHandle { stack: self.id, index }, entry.as_ref())).collect();
        found.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        found
    }

    /// What the stacks that this one imports from create of one kind, as far as they had it by then.
    pub(crate) fn created_elsewhere<T: Construct>(&self) -> impl Iterator<Item = (Handle<T>, &T)> {
        self.neighbours.iter().map(|known| &known.neighbour).flat_map(|neighbour| {
            let created = (0..).zip(&neighbour.entries).filter(|(_, entry)| entry.is_created());
            created.filter_map(|(index, entry)| Some((Handle::new(neighbour.id, index), noun_in(entry)?)))
        })
    }

    /// Whether this stack creates what is behind a handle; what it imports exists already.
    pub(crate) fn creates(&self, handle: AnyHandle) -> bool {
        self.own_entry(handle).is_some_and(Entry::is_created)
    }

    /// What was said of an attribute of something that exists. Of what another stack imports only what means the same
    /// here: literals.
    pub(crate) fn given(&self, handle: AnyHandle, attribute: &str) -> Option<&Term> {
        let Origin::Existing(given) = &self.entry(self.canonical(handle))?.origin else { return None };
        let term = given.get(attribute)?;
        let own = handle == self.canonical(handle) && handle.stack == self.id;
        (own || !term.any(&|value| matches!(value, Term::Intrinsic(_)))).then_some(term)
    }

    /// The Rust line that named what is behind a handle.
    pub(crate) fn place_of(&self, handle: AnyHandle) -> Option<Span> {
        Some(self.entry(handle)?.location.into())
    }

    /// What is behind a handle of this stack, or of one that it imports from.
    pub(super) fn entry(&self, handle: AnyHandle) -> Option<&Entry> {
        if handle.stack == self.id {
            return self.own_entry(handle);
        }
        let entries = &self.neighbour(handle.stack)?.known.neighbour.entries;
        entries.get(handle.index as usize).map(Rc::as_ref)
    }

    /// What is behind a handle of this stack.
    pub(super) fn own_entry(&self, handle: AnyHandle) -> Option<&Entry> {
        if handle.stack != self.id {
            return None;
        }
        self.entries.get(handle.index as usize).map(Rc::as_ref)
    }

    /// The condition under which a construct of this stack exists.
    pub(super) fn condition_of(&self, handle: AnyHandle) -> Option<&Condition> {
        self.own_entry(handle)?.bag.said.condition.as_ref()
    }

    /// The name of what is behind a handle.
    pub fn name_of(&self, handle: AnyHandle) -> &str {
        let own = self.own_entry(handle).map(|entry| &entry.name);
        let names = || self.neighbour(handle.stack).map(|found| &found.known.neighbour.names);
        own.or_else(|| names()?.get(handle.index as usize)).map_or("?", String::as_str)
    }
}

fn noun_in<T: Construct>(entry: &Entry) -> Option<&T> {
    let noun: &dyn Any = entry.noun.as_ref();
    noun.downcast_ref()
}
