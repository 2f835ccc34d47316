//! What a value is once everything that is known has been put in.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::Number;

use super::diagram::Formula;
use crate::template::{Function, Map, Parameter, Value};

/// What a value is in some of the worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Case<'a> {
    /// In which.
    pub when: Formula,
    /// What it is there.
    pub value: Resolution<'a>,
    /// The part of the template that says so: a branch of `Fn::If`, an entry of a mapping. `Resolved::place` finds where
    /// it stands.
    pub source: &'a Value,
}

/// An element of a list that stands there in some of the worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Element<'a> {
    /// Its index as it is written. Several elements share one where `Fn::If` chooses between them.
    pub index: usize,
    /// In which worlds it is there.
    pub when: Formula,
    /// What it is; never absent.
    pub value: Resolution<'a>,
    /// The part of the template that says so.
    pub source: &'a Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution<'a> {
    /// Not there: it was not written, or it is `AWS::NoValue`.
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text that is known as a whole.
    Text(Cow<'a, str>),
    /// Text of which parts are known; never of a single piece.
    Mixed(Vec<Piece<'a>>),
    /// A list whose elements are known one by one.
    List(Vec<Element<'a>>),
    /// A map, as it stands: its members are resolved when they are asked for.
    Map(&'a Map),
    /// What is known by its origin only: text, a number or a list.
    Symbol(Symbol<'a>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// Known text, never empty.
    Text(Cow<'a, str>),
    /// What is known by its origin.
    Symbol(Symbol<'a>),
}

/// What is known by its origin. Equal symbols have equal values in every world.
#[derive(Clone, Debug)]
pub enum Symbol<'a> {
    /// What `Ref` of a resource returns, or an attribute.
    Reference {
        /// The resource.
        resource: &'a str,
        /// The attribute, such as `Endpoint.Address`; none for `Ref`.
        attribute: Option<&'a str>,
    },
    /// A parameter whose value is not given.
    Parameter {
        /// Its name.
        name: &'a str,
        /// Its declaration: type, default, allowed values.
        parameter: &'a Parameter,
    },
    /// A pseudo parameter whose value is not given.
    Pseudo(&'a str),
    /// A dynamic reference.
    Dynamic(Rc<Dynamic<'a>>),
    /// What a function makes of things that are not known, an import value included.
    Call(Rc<Call<'a>>),
    /// Nothing is known of it.
    Unknown(Unknown<'a>),
}

/// `{{resolve:service:key}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic<'a> {
    /// `ssm`, `ssm-secure` or `secretsmanager`.
    pub service: String,
    /// What is read, which may itself be known in part only.
    pub key: Resolution<'a>,
}

impl Dynamic<'_> {
    /// Whether the text that it stands for is secret.
    pub fn is_secret(&self) -> bool {
        matches!(self.service.as_str(), "ssm-secure" | "secretsmanager")
    }
}

/// A function whose value is not known, with its arguments resolved.
///
/// `Fn::Select` has its index and its list, `Fn::Split` its separator and its text, `Fn::Join` its separator and its list,
/// `Fn::GetAZs` its region, `Fn::ImportValue` the export's name.
#[derive(Clone, Debug, PartialEq)]
pub struct Call<'a> {
    /// Which.
    pub function: Function,
    /// Its arguments, in order.
    pub arguments: Vec<Resolution<'a>>,
}

/// Why nothing is known.
#[derive(Clone, Debug)]
pub struct Unknown<'a> {
    /// The reason.
    pub reason: Reason,
    /// What stands there.
    pub source: &'a Value,
}

/// A reason for which nothing is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It refers to what the template does not declare.
    Undeclared,
    /// A macro makes it.
    Macro,
    /// A function has arguments that it does not take.
    IllFormed,
    /// A mapping has no such key: the template cannot be deployed so.
    NoSuchKey,
    /// A list is shorter: the template cannot be deployed so.
    NoSuchElement,
    /// It is different in more ways than are told apart.
    TooManyCases,
}

impl PartialEq for Symbol<'_> {
    fn eq(&self, other: &Self) -> bool {
        use Symbol::{Call, Dynamic, Parameter, Pseudo, Reference, Unknown};
        match (self, other) {
            (Reference { resource: a, attribute: b }, Reference { resource: c, attribute: d }) => a == c && b == d,
            (Parameter { name: a, .. }, Parameter { name: b, .. }) => a == b,
            (Pseudo(a), Pseudo(b)) => a == b,
            (Dynamic(a), Dynamic(b)) => a == b,
            (Call(a), Call(b)) => a == b,
            // The same place of the template: whatever it is, it is the same.
            (Unknown(a), Unknown(b)) => std::ptr::eq(a.source, b.source),
            _ => false,
        }
    }
}

impl<'a> Symbol<'a> {
    pub(super) fn unknown(reason: Reason, source: &'a Value) -> Self {
        Self::Unknown(Unknown { reason, source })
    }

    /// Calls `visit` on this and on every symbol that it is made of.
    pub fn each(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self {
            Self::Dynamic(dynamic) => dynamic.key.each_symbol(visit),
            Self::Call(call) => call.arguments.iter().for_each(|argument| argument.each_symbol(visit)),
            _ => {}
        }
    }
}

impl<'a> Resolution<'a> {
    /// Text that is known as a whole.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What text it is as CloudFormation passes scalars on: numbers and truth values are spelled out.
    pub fn spelled(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// The whole number that it is or spells.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The truth value that it is or spells.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Whether it is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The elements of a list whose elements are known.
    pub fn elements(&self) -> Option<&[Element<'a>]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The map, as it stands.
    pub fn map(&self) -> Option<&'a Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The one symbol that it is.
    pub fn symbol(&self) -> Option<&Symbol<'a>> {
        match self {
            Self::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The resource, and the attribute if it is not `Ref`, that it is as a whole.
    pub fn reference(&self) -> Option<(&'a str, Option<&'a str>)> {
        match self {
            Self::Symbol(Symbol::Reference { resource, attribute }) => Some((resource, *attribute)),
            _ => None,
        }
    }

    /// The parameter that it is as a whole.
    pub fn parameter(&self) -> Option<(&'a str, &'a Parameter)> {
        match self {
            Self::Symbol(Symbol::Parameter { name, parameter }) => Some((name, parameter)),
            _ => None,
        }
    }

    /// Why nothing is known of it.
    pub fn unknown(&self) -> Option<Reason> {
        match self {
            Self::Symbol(Symbol::Unknown(unknown)) => Some(unknown.reason),
            _ => None,
        }
    }

    /// Whether no world, parameter or deployment can change it. The members of a map are not looked at.
    pub fn is_literal(&self) -> bool {
        match self {
            Self::Mixed(_) | Self::Symbol(_) => false,
            Self::List(elements) => elements.iter().all(|element| element.value.is_literal()),
            _ => true,
        }
    }

    /// Its pieces as text; none if it is no text.
    pub fn pieces(&self) -> Option<Cow<'_, [Piece<'a>]>> {
        match self {
            Self::Mixed(pieces) => Some(Cow::Borrowed(pieces)),
            Self::Symbol(symbol) => Some(Cow::Owned(vec![Piece::Symbol(symbol.clone())])),
            Self::Text(text) if text.is_empty() => Some(Cow::Owned(Vec::new())),
            Self::Text(text) => Some(Cow::Owned(vec![Piece::Text(text.clone())])),
            Self::Bool(_) | Self::Number(_) => {
                let text = self.spelled()?.into_owned();
                Some(Cow::Owned(vec![Piece::Text(Cow::Owned(text))]))
            }
            Self::Absent | Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Calls `visit` on every symbol that it is made of. The members of a map are not looked at.
    pub fn each_symbol(&self, visit: &mut dyn FnMut(&Symbol<'a>)) {
        match self {
            Self::Symbol(symbol) => symbol.each(visit),
            Self::Mixed(pieces) => pieces.iter().for_each(|piece| match piece {
                Piece::Symbol(symbol) => symbol.each(visit),
                Piece::Text(_) => {}
            }),
            Self::List(elements) => elements.iter().for_each(|element| element.value.each_symbol(visit)),
            _ => {}
        }
    }

    /// The resources that it is made of, with their attributes, in order.
    pub fn references(&self) -> Vec<(&'a str, Option<&'a str>)> {
        let mut found = Vec::new();
        self.each_symbol(&mut |symbol| {
            if let Symbol::Reference { resource, attribute } = symbol {
                found.push((*resource, *attribute));
            }
        });
        found
    }
}
