//! Property bags: what generated types and constructs are made of.

use std::borrow::Cow;
use std::panic::Location;

use indexmap::IndexMap;

use super::construct::Suppressed;
use super::handle::AnyHandle;
use super::link::Term;
use super::types::Json;
use super::value::{IntoValue, PlainText, PropertyType, Trace, Value};
use super::{Condition, Deletion};
use crate::template::Named;

/// Properties by name, each with the Rust line that set it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields {
    terms: Named<Term>,
    places: Vec<(String, &'static Location<'static>)>,
}

impl Fields {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a property set; an absent value changes nothing.
    #[track_caller]
    #[must_use]
    pub fn with<T: PropertyType>(mut self, property: &str, value: Value<T>) -> Self {
        self.set(property, value);
        self
    }

    /// The same with a property of free JSON set, as generated types have them: a redrive policy, a target of a
    /// schedule. An absent value changes nothing.
    #[track_caller]
    #[must_use]
    pub fn json(self, property: &str, value: impl IntoValue<Json>) -> Self {
        self.with(property, value.into_value())
    }

    /// Sets a property; an absent value changes nothing.
    #[track_caller]
    pub fn set<T: PropertyType>(&mut self, property: &str, value: Value<T>) {
        let location = Location::caller();
        let mut trace = Trace::default();
        let term = trace.at(property, |trace| {
            trace.here(location);
            value.into_term(trace)
        });
        if let Some(term) = term {
            self.terms.insert(property.to_owned(), term);
            self.places.extend(trace.into_found());
        }
    }

    /// Sets a property to a term, written at `location`.
    pub(super) fn put(&mut self, property: &str, term: Term, location: &'static Location<'static>) {
        self.terms.insert(property.to_owned(), term);
        self.places.push((crate::template::pointer([property]), location));
    }

    /// The properties.
    pub fn terms(&self) -> &Named<Term> {
        &self.terms
    }

    /// The Rust line that set a property, if a user's did.
    pub(super) fn place(&self, property: &str) -> Option<&'static Location<'static>> {
        let pointer = crate::template::pointer([property]);
        self.places.iter().rev().find(|(path, _)| *path == pointer).map(|(_, location)| *location)
    }

    /// The same with the properties of `rest` that it lacks.
    pub(super) fn completed(self, mut rest: Self) -> Self {
        rest.terms.extend(self.terms);
        rest.places.extend(self.places);
        rest
    }

    pub(super) fn places(&self) -> &[(String, &'static Location<'static>)] {
        &self.places
    }
}

impl PropertyType for Fields {
    /// By name, whatever the order of the setters; maps last, so that a policy's name stands above its document.
    fn into_term(mut self, trace: &mut Trace) -> Term {
        self.terms.sort_by_cached_key(|name, term| (matches!(term, Term::Map(_)), name.clone()));
        for (path, location) in self.places {
            // The paths are pointers below this property already.
            trace.below(&path, location);
        }
        Term::Map(self.terms)
    }
}

impl IntoValue<Self> for Fields {
    fn into_value(self) -> Value<Self> {
        Value::Literal(self)
    }
}

/// A resource in the making: its type, its properties, and what every noun can be told.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    pub(super) kind: Cow<'static, str>,
    pub(super) fields: Fields,
    pub(super) said: Said,
    /// Raw properties that it was given and that have no names.
    pub(super) nameless: bool,
    /// Logical ids of this stack that it must wait for.
    pub(super) after: Vec<String>,
    /// A property that takes a derived name.
    pub(super) derived_name: Option<&'static str>,
    /// What becomes of it unless it was told.
    pub(super) deletion: Option<Deletion>,
    /// A property that holds a policy document, which takes the statements that other resources' services need.
    pub(super) service_policy: Option<&'static str>,
}

/// What every noun can be told, whatever its type.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) formerly: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) deletion: Option<Deletion>,
    pub(super) depends_on: Vec<AnyHandle>,
    pub(super) tags: IndexMap<String, Value<String>>,
    pub(super) suppressed: Vec<Suppressed>,
    pub(super) overrides: Vec<(String, Term, &'static Location<'static>)>,
}

impl Bag {
    /// An empty bag for a resource of type `kind`, such as `AWS::SQS::Queue`.
    pub fn new(kind: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: kind.into(), ..Self::default() }
    }

    /// The same with a property set; an absent value changes nothing.
    #[track_caller]
    #[must_use]
    pub fn with<T: PropertyType>(mut self, property: &str, value: Value<T>) -> Self {
        self.fields.set(property, value);
        self
    }

    /// Sets a property; an absent value changes nothing.
    #[track_caller]
    pub fn set<T: PropertyType>(&mut self, property: &str, value: Value<T>) {
        self.fields.set(property, value);
    }

    /// The resource type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The properties that are set.
    pub fn terms(&self) -> &Named<Term> {
        self.fields.terms()
    }

    /// Waits for the resource with a logical id, beside what references imply. For constructs.
    pub(crate) fn after(&mut self, id: String) {
        self.after.push(id);
    }

    /// The same, where there is such a resource.
    pub(crate) fn after_all<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        ids.into_iter().for_each(|id| self.after(id.to_owned()));
    }

    /// Fills `property`, a name that blocks replacement, with one derived from whatever would cause the replacement,
    /// unless it is set. For constructs.
    pub(crate) fn derive_name(&mut self, property: &'static str) {
        self.derived_name = Some(property);
    }

    /// What becomes of it when it leaves the stack or is replaced, unless it was told. For constructs.
    pub(crate) fn deleted(&mut self, deletion: Deletion) {
        self.deletion = Some(deletion);
    }

    /// The policy document in `property` takes a statement for each AWS service that must use this resource because
    /// another resource of the stack refers to it. For constructs.
    pub(crate) fn opens_to_services(&mut self, property: &'static str) {
        self.service_policy = Some(property);
    }

    pub(super) fn tag(&mut self, key: String, value: impl PlainText) {
        self.said.tags.insert(key, value.plain());
    }
}
