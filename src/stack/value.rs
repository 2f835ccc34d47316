//! Typed values: what a property takes.

use std::marker::PhantomData;
use std::panic::Location;

use super::bag::Fields;
use super::condition::Condition;
use super::link::{Link, Term};
use crate::template::{self, Function};

/// A literal, or an intrinsic function that yields a `T` at deploy time.
///
/// Handles and parameters give values; setters take whatever [is one](IntoValue). Functions of text and lists are on it:
/// [`join`](Value::join), [`split`](Value::split), [`select`](Value::select), [`base64`](Value::base64), and
/// [`text!`](crate::text) puts texts together.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T> {
    /// Known now.
    Literal(T),
    /// Computed by CloudFormation: a parameter, another resource's attribute, a choice by a condition.
    Intrinsic(template::Intrinsic<Link>),
    /// Left out: the property then has the default that AWS gives it.
    Absent,
}

/// Whatever can stand where a property wants a `T`.
#[diagnostic::on_unimplemented(
    message = "this property takes `{T}`, not `{Self}`",
    label = "not `{T}`",
    note = "a literal, a parameter and another resource's attribute serve alike, as long as they are `{T}`",
    note = "a time is written with its unit: `seconds(45)`, `minutes(3)`, `hours(1)`"
)]
pub trait IntoValue<T> {
    /// The value.
    fn into_value(self) -> Value<T>;
}

/// A type that a property may have.
pub trait PropertyType: Sized {
    /// As the template has it. `trace` takes down where its parts were written.
    fn into_term(self, trace: &mut Trace) -> Term;
}

/// The folder of this library's sources, as rustc names files of theirs.
const LIBRARY: &str = file!().split_at(file!().len() - "stack/value.rs".len()).0;

/// Where the parts of a property were written: pointers below it, and Rust lines.
#[derive(Debug, Default)]
pub struct Trace {
    prefix: String,
    found: Vec<(String, &'static Location<'static>)>,
}

impl Trace {
    /// Takes down that what `inside` does is at `step`.
    pub fn at<R>(&mut self, step: &str, inside: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.prefix.len();
        self.prefix.push_str(&template::pointer([step]));
        let result = inside(self);
        self.prefix.truncate(length);
        result
    }

    /// Takes down a Rust line for the present place. One of this library says nothing to whoever wrote the stack.
    pub fn here(&mut self, location: &'static Location<'static>) {
        if !location.file().starts_with(LIBRARY) {
            self.found.push((self.prefix.clone(), location));
        }
    }

    /// Takes down a Rust line for a pointer below the present place.
    pub(super) fn below(&mut self, path: &str, location: &'static Location<'static>) {
        self.found.push((format!("{}{path}", self.prefix), location));
    }

    pub(super) fn into_found(self) -> Vec<(String, &'static Location<'static>)> {
        self.found
    }
}

impl<T: PropertyType> Value<T> {
    /// As the template has it; `None` if it is left out.
    pub fn into_term(self, trace: &mut Trace) -> Option<Term> {
        match self {
            Self::Literal(literal) => Some(literal.into_term(trace)),
            Self::Intrinsic(intrinsic) => Some(template::Value::Intrinsic(intrinsic)),
            Self::Absent => None,
        }
    }

    /// As the template has it where something must stand: what is left out becomes `AWS::NoValue`.
    pub(crate) fn into_term_or_no_value(self) -> Term {
        self.into_term(&mut Trace::default())
            .unwrap_or_else(|| template::Value::reference(Link::Name("AWS::NoValue".into())))
    }

    /// The same; left out where it is a map or a list with nothing in it.
    pub(crate) fn unless_empty(self) -> Self
    where
        T: Clone,
    {
        match self.clone().into_term(&mut Trace::default()) {
            Some(template::Value::Map(map)) if map.is_empty() => Self::Absent,
            Some(template::Value::List(values)) if values.is_empty() => Self::Absent,
            _ => self,
        }
    }
}

impl<T> Value<T> {
    /// The literal, if it is one.
    pub fn literal(&self) -> Option<&T> {
        match self {
            Self::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// A value of another type for the same intrinsic function. For generated code and constructs: the caller knows
    /// that what CloudFormation yields is a `U`.
    pub(crate) fn retype<U>(self, literal: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Literal(value) => Value::Literal(literal(value)),
            Self::Intrinsic(intrinsic) => Value::Intrinsic(intrinsic),
            Self::Absent => Value::Absent,
        }
    }

    /// A value that CloudFormation computes.
    pub(crate) fn from_term(term: Term) -> Self {
        match term {
            template::Value::Intrinsic(intrinsic) => Self::Intrinsic(intrinsic),
            _ => unreachable!("only an intrinsic function has a type of its own"),
        }
    }
}

impl<T> IntoValue<T> for Value<T> {
    fn into_value(self) -> Value<T> {
        self
    }
}

impl<T: Clone> IntoValue<T> for &Value<T> {
    fn into_value(self) -> Value<T> {
        self.clone()
    }
}

/// A setting that may be absent: the property is then left out.
impl<T, V: IntoValue<T>> IntoValue<T> for Option<V> {
    fn into_value(self) -> Value<T> {
        self.map_or(Value::Absent, IntoValue::into_value)
    }
}

/// A list property. Its elements are values too.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T>(pub Vec<Value<T>>);

impl<T: PropertyType> PropertyType for List<T> {
    fn into_term(self, trace: &mut Trace) -> Term {
        let elements = self.0.into_iter().enumerate();
        template::Value::list(elements.filter_map(|(n, value)| trace.at(&n.to_string(), |t| value.into_term(t))))
    }
}

impl<T, V: IntoValue<T>> IntoValue<List<T>> for Vec<V> {
    fn into_value(self) -> Value<List<T>> {
        Value::Literal(List(self.into_iter().map(IntoValue::into_value).collect()))
    }
}

impl<T, V: IntoValue<T>, const N: usize> IntoValue<List<T>> for [V; N] {
    fn into_value(self) -> Value<List<T>> {
        Value::Literal(List(self.map(IntoValue::into_value).into()))
    }
}

impl<T> IntoValue<List<T>> for List<T> {
    fn into_value(self) -> Value<List<T>> {
        Value::Literal(self)
    }
}

/// A map property with keys of the author's choice, each with the Rust line that set it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dictionary<T> {
    fields: Fields,
    values: PhantomData<fn() -> T>,
}

impl<T: PropertyType> Dictionary<T> {
    /// An empty map.
    pub fn new() -> Self {
        Self { fields: Fields::new(), values: PhantomData }
    }

    /// Sets the value of a key; an absent value changes nothing.
    #[track_caller]
    pub fn set(&mut self, key: &str, value: impl IntoValue<T>) {
        self.fields.set(key, value.into_value());
    }

    fn of<K: Into<String>, V: IntoValue<T>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut dictionary = Self::new();
        entries.into_iter().for_each(|(key, value)| dictionary.set(&key.into(), value));
        dictionary
    }
}

impl<T: PropertyType> Default for Dictionary<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: PropertyType> PropertyType for Dictionary<T> {
    fn into_term(self, trace: &mut Trace) -> Term {
        self.fields.into_term(trace)
    }
}

impl<T: PropertyType, K: Into<String>, V: IntoValue<T>, const N: usize> IntoValue<Dictionary<T>> for [(K, V); N] {
    fn into_value(self) -> Value<Dictionary<T>> {
        Value::Literal(Dictionary::of(self))
    }
}

impl<T: PropertyType, K: Into<String>, V: IntoValue<T>> IntoValue<Dictionary<T>> for Vec<(K, V)> {
    fn into_value(self) -> Value<Dictionary<T>> {
        Value::Literal(Dictionary::of(self))
    }
}

impl<T> IntoValue<Dictionary<T>> for Dictionary<T> {
    fn into_value(self) -> Value<Dictionary<T>> {
        Value::Literal(self)
    }
}

/// One value or the other, by a condition: what [`Condition::choose`] returns.
#[derive(Clone, Debug)]
pub struct Choice<A, B> {
    pub(super) condition: Condition,
    pub(super) yes: A,
    pub(super) no: B,
}

impl<T: PropertyType, A: IntoValue<T>, B: IntoValue<T>> IntoValue<T> for Choice<A, B> {
    fn into_value(self) -> Value<T> {
        let yes = self.yes.into_value().into_term_or_no_value();
        let no = self.no.into_value().into_term_or_no_value();
        let condition = template::Value::String(self.condition.name().to_owned());
        Value::from_term(template::Value::call_list(Function::If, [condition, yes, no]))
    }
}

/// Text that anyone may read: an environment variable, an output, a tag.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text that anyone may read",
    label = "stands in the open once deployed",
    note = "for a secret: pass `secret.arn()`, grant `secret.read()`, and read it at run time",
    note = "for a number: write it as text, `\"5432\"`",
    note = "for an address: `proxy.endpoint()`; for a database user: the name as text"
)]
pub trait PlainText {
    /// The text.
    fn plain(self) -> Value<String>;
}

#[diagnostic::do_not_recommend]
impl<V: IntoValue<String>> PlainText for V {
    fn plain(self) -> Value<String> {
        self.into_value()
    }
}
