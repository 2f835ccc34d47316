//! Whether two values are the same.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::Resolved;
use super::parameter::{ParameterKind, admits, allowed};
use super::resolution::{Call, Piece, Resolution, Symbol};
use crate::registry;
use crate::template::{Function, map_to_json};

impl<'a> Resolved<'a> {
    /// Whether two values are the same in every world in which both are there, or different in every one; none if that
    /// depends on the world or is not known.
    ///
    /// Two resources that the template creates differ in what identifies them. One that it creates and a literal may be the
    /// same: somebody may have written down the id of what the stack created.
    pub fn same(&self, one: &Resolution<'a>, other: &Resolution<'a>) -> Option<bool> {
        use Resolution::{Absent, List, Map, Mixed, Symbol, Text};
        match (one, other) {
            (Mixed(_) | Symbol(_), _) | (_, Mixed(_) | Symbol(_)) => self.same_text(one, other),
            (Text(_) | Resolution::Bool(_) | Resolution::Number(_), _) if other.spelled().is_some() => {
                Some(one.spelled() == other.spelled())
            }
            (List(ones), List(others)) => self.same_lists(ones, others),
            (Map(one), Map(other)) => std::ptr::eq(*one, *other).then_some(true),
            (Absent, Absent) | (Resolution::Null, Resolution::Null) => Some(true),
            _ => Some(false),
        }
    }

    fn same_lists(&self, ones: &[super::Element<'a>], others: &[super::Element<'a>]) -> Option<bool> {
        let alike = ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| one.when == other.when);
        if !alike {
            return None;
        }
        let mut pairs = ones.iter().zip(others).map(|(one, other)| self.same(&one.value, &other.value));
        pairs.try_fold(true, |all, same| same.map(|same| all && same))
    }

    fn same_text(&self, one: &Resolution<'a>, other: &Resolution<'a>) -> Option<bool> {
        if one == other {
            return Some(true);
        }
        let (Some(ones), Some(others)) = (one.pieces(), other.pieces()) else {
            // A symbol may be a list; text in pieces is none.
            let is_mixed = matches!((one, other), (Resolution::Mixed(_), _) | (_, Resolution::Mixed(_)));
            return (is_mixed || one.is_absent() || other.is_absent()).then_some(false);
        };
        if differ(&ones, &others, false) || differ(&ones, &others, true) {
            return Some(false);
        }
        match without_common(&ones, &others) {
            ([], []) => Some(true),
            ([Piece::Symbol(one)], [Piece::Symbol(other)]) => self.are_distinct(one, other).then_some(false),
            ([Piece::Symbol(symbol)], [Piece::Text(text)]) | ([Piece::Text(text)], [Piece::Symbol(symbol)])
                if ones.len() == 1 && others.len() == 1 =>
            {
                self.excludes(symbol, text).then_some(false)
            }
            ([Piece::Symbol(symbol)], []) | ([], [Piece::Symbol(symbol)]) => self.excludes(symbol, "").then_some(false),
            _ => None,
        }
    }

    /// Whether two symbols never stand for the same.
    fn are_distinct(&self, one: &Symbol<'a>, other: &Symbol<'a>) -> bool {
        match (one, other) {
            (Symbol::Reference { resource: a, attribute: b }, Symbol::Reference { resource: c, attribute: d }) => {
                a != c && b == d && self.identifies(a, c, *b)
            }
            (Symbol::Parameter { parameter: one, .. }, Symbol::Parameter { parameter: other, .. }) => {
                match (allowed(one), allowed(other)) {
                    (Some(ones), Some(others)) => !ones.iter().any(|value| others.contains(value)),
                    _ => false,
                }
            }
            (Symbol::Call(one), Symbol::Call(other)) => distinct_elements(one, other),
            _ => false,
        }
    }

    /// Whether what `Ref`, or an attribute, of two resources returns tells them apart: they are of one type, and it is
    /// what identifies it.
    fn identifies(&self, one: &str, other: &str, attribute: Option<&str>) -> bool {
        let resources = &self.template.resources;
        let (Some(one), Some(other)) = (resources.get(one), resources.get(other)) else { return false };
        let is_identity = |attribute: &str| {
            let of_type = registry::facts(&one.kind);
            let mut paths = of_type.into_iter().flat_map(|facts| &facts.primary_identifier);
            attribute == "Arn" || paths.any(|path| path.segments().join(".") == attribute)
        };
        one.kind == other.kind && attribute.is_none_or(is_identity)
    }

    /// Whether a symbol cannot stand for this text.
    fn excludes(&self, symbol: &Symbol<'a>, text: &str) -> bool {
        match symbol {
            Symbol::Parameter { parameter, .. } => {
                let kind = ParameterKind::of(parameter);
                let is_out = allowed(parameter).is_some_and(|values| !values.iter().any(|value| value == text));
                is_out || (!kind.is_stored() && !kind.is_list() && !admits(parameter, text))
            }
            Symbol::Reference { attribute: None, .. } => text.is_empty(),
            Symbol::Pseudo("AWS::AccountId") => text.len() != 12 || text.bytes().any(|byte| !byte.is_ascii_digit()),
            Symbol::Pseudo(_) => text.is_empty(),
            _ => false,
        }
    }
}

/// Whether two elements of one list differ, whatever they are: Availability Zones, and parts of an address range.
fn distinct_elements(one: &Call<'_>, other: &Call<'_>) -> bool {
    let [at, of] = one.arguments.as_slice() else { return false };
    let [other_at, other_of] = other.arguments.as_slice() else { return false };
    let is_distinct = |list: &Resolution<'_>| matches!(list, Resolution::Symbol(Symbol::Call(call)) if matches!(call.function, Function::GetAzs | Function::Cidr));
    one.function == Function::Select
        && other.function == Function::Select
        && is_distinct(of)
        && of == other_of
        && at.integer().zip(other_at.integer()).is_some_and(|(at, other)| at != other)
}

/// Whether the known beginnings, or ends, cannot be those of one text.
fn differ(ones: &[Piece<'_>], others: &[Piece<'_>], from_the_end: bool) -> bool {
    let (mut at, mut other_at) = (side(ones, from_the_end), side(others, from_the_end));
    loop {
        match (at.next(), other_at.next()) {
            (Some(Piece::Text(one)), Some(Piece::Text(other))) => {
                let differs = |mut one: Box<dyn Iterator<Item = char> + '_>,
                               mut other: Box<dyn Iterator<Item = char> + '_>| loop {
                    match (one.next(), other.next()) {
                        (Some(a), Some(b)) if a != b => return true,
                        (Some(_), Some(_)) => {}
                        _ => return false,
                    }
                };
                if one != other {
                    return if from_the_end {
                        differs(Box::new(one.chars().rev()), Box::new(other.chars().rev()))
                    } else {
                        differs(Box::new(one.chars()), Box::new(other.chars()))
                    } || ends_early(one, other, &mut at, &mut other_at);
                }
            }
            (Some(Piece::Symbol(one)), Some(Piece::Symbol(other))) if one == other => {}
            // One ends where the other has more text.
            (None, Some(Piece::Text(_))) | (Some(Piece::Text(_)), None) => return true,
            _ => return false,
        }
    }
}

/// Whether the shorter of two texts is the end of its side, so that what is more of the other has nothing to meet.
fn ends_early<'p, 'a: 'p>(
    one: &str,
    other: &str,
    after: &mut dyn Iterator<Item = &'p Piece<'a>>,
    other_after: &mut dyn Iterator<Item = &'p Piece<'a>>,
) -> bool {
    if one.len() < other.len() { after.next().is_none() } else { other_after.next().is_none() }
}

fn side<'p, 'a>(pieces: &'p [Piece<'a>], from_the_end: bool) -> Box<dyn Iterator<Item = &'p Piece<'a>> + 'p> {
    if from_the_end { Box::new(pieces.iter().rev()) } else { Box::new(pieces.iter()) }
}

/// What is left of both once equal pieces at both ends are taken off.
fn without_common<'p, 'a>(ones: &'p [Piece<'a>], others: &'p [Piece<'a>]) -> (&'p [Piece<'a>], &'p [Piece<'a>]) {
    let start = ones.iter().zip(others).take_while(|(one, other)| one == other).count();
    let (ones, others) = (&ones[start..], &others[start..]);
    let end = ones.iter().rev().zip(others.iter().rev()).take_while(|(one, other)| one == other).count();
    (&ones[..ones.len() - end], &others[..others.len() - end])
}

/// Text as it is, what is not known in `${…}`.
impl fmt::Display for Resolution<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&told(self))
    }
}

/// A value as it is told. Equal values are told alike.
pub(super) fn told(value: &Resolution<'_>) -> String {
    let mut text = String::new();
    tell(value, &mut text);
    text
}

/// Writing to a text does not fail.
fn tell(value: &Resolution<'_>, text: &mut String) {
    match value {
        Resolution::Absent => text.push_str("${AWS::NoValue}"),
        Resolution::Null => text.push_str("null"),
        Resolution::Bool(_) | Resolution::Number(_) | Resolution::Text(_) => {
            text.push_str(&value.spelled().unwrap_or(Cow::Borrowed("")));
        }
        Resolution::Mixed(pieces) => pieces.iter().for_each(|piece| match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Symbol(symbol) => tell_symbol(symbol, text),
        }),
        Resolution::List(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                tell(&element.value, text);
            }
            text.push(']');
        }
        // What stands in it may be secret, and long: a number tells equal ones from others, and is the same in every run.
        Resolution::Map(map) => {
            let number = FixedState::default().hash_one(map_to_json(map).to_string());
            _ = write!(text, "{{{number:016x}}}");
        }
        Resolution::Symbol(symbol) => tell_symbol(symbol, text),
    }
}

fn tell_symbol(symbol: &Symbol<'_>, text: &mut String) {
    _ = match symbol {
        Symbol::Reference { resource, attribute: None } => write!(text, "${{{resource}}}"),
        Symbol::Reference { resource, attribute: Some(attribute) } => write!(text, "${{{resource}.{attribute}}}"),
        Symbol::Parameter { name, .. } | Symbol::Pseudo(name) => write!(text, "${{{name}}}"),
        Symbol::Dynamic(dynamic) => write!(text, "{{{{resolve:{}:{}}}}}", dynamic.service, told(&dynamic.key)),
        Symbol::Call(call) => {
            let arguments: Vec<_> = call.arguments.iter().map(told).collect();
            write!(text, "${{{}({})}}", call.function.tag(), arguments.join("; "))
        }
        Symbol::Unknown(unknown) => write!(text, "${{?{:?}}}", unknown.reason),
    };
}
