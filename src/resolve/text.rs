//! Texts of which parts are known.

use std::borrow::Cow;
use std::rc::Rc;

use super::parameter::{ParameterKind, allowed};
use super::resolution::{Dynamic, Piece, Reason, Resolution, Symbol};
use crate::template::Value;

const OPENING: &str = "{{resolve:";
const CLOSING: &str = "}}";

/// The text of pieces, in its simplest form.
pub(super) fn assembled<'a>(pieces: Vec<Piece<'a>>) -> Resolution<'a> {
    let is_dynamic = pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(OPENING)));
    simplest(if is_dynamic { with_dynamic(merged(pieces)) } else { merged(pieces) })
}

fn simplest(mut pieces: Vec<Piece<'_>>) -> Resolution<'_> {
    match pieces.len() {
        0 => Resolution::Text(Cow::Borrowed("")),
        1 => match pieces.remove(0) {
            Piece::Text(text) => Resolution::Text(text),
            Piece::Symbol(symbol) => Resolution::Symbol(symbol),
        },
        _ => Resolution::Mixed(pieces),
    }
}

/// Neighbouring texts become one, empty ones none.
fn merged(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut merged: Vec<Piece<'_>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Text(last)), Piece::Text(text)) => last.to_mut().push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

/// The same with each dynamic reference as a symbol, also one whose key is known in part only.
fn with_dynamic(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest: std::collections::VecDeque<_> = pieces.into();
    while let Some(piece) = rest.pop_front() {
        let Piece::Text(text) = &piece else {
            found.push(piece);
            continue;
        };
        let Some(start) = text.find(OPENING) else {
            found.push(piece);
            continue;
        };
        let (before, inside) = (cut(text, 0, start), cut(text, start + OPENING.len(), text.len()));
        rest.push_front(Piece::Text(inside));
        match inner(&mut rest) {
            Some(dynamic) => {
                found.push(Piece::Text(before));
                found.push(Piece::Symbol(Symbol::Dynamic(Rc::new(dynamic))));
            }
            // It has no end: it is text.
            None => {
                rest.pop_front();
                found.push(piece);
            }
        }
    }
    merged(found)
}

/// What stands before the next `}}`, which is taken off `rest`; nothing is taken if there is none.
fn inner<'a>(rest: &mut std::collections::VecDeque<Piece<'a>>) -> Option<Dynamic<'a>> {
    let ends = |piece: &Piece<'_>| matches!(piece, Piece::Text(text) if text.contains(CLOSING));
    let last = rest.iter().position(ends)?;
    let Some(Piece::Text(first)) = rest.front() else { return None };
    // The service is spelled out in any case.
    let colon = first.find(':').filter(|colon| first.find(CLOSING).is_none_or(|end| *colon < end))?;
    let (service, first) = (first[..colon].to_owned(), cut(first, colon + 1, first.len()));
    rest[0] = Piece::Text(first);
    let mut key: Vec<_> = rest.drain(..last).collect();
    if let Some(Piece::Text(text)) = rest.pop_front()
        && let Some(end) = text.find(CLOSING)
    {
        key.push(Piece::Text(cut(&text, 0, end)));
        rest.push_front(Piece::Text(cut(&text, end + CLOSING.len(), text.len())));
    }
    Some(Dynamic { service, key: simplest(merged(key)) })
}

fn cut<'a>(text: &Cow<'a, str>, from: usize, to: usize) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[from..to]),
        Cow::Owned(text) => Cow::Owned(text[from..to].to_owned()),
    }
}

/// The text that values make one behind the other.
pub(super) fn joined<'a>(values: &[Resolution<'a>], separator: &Resolution<'a>, source: &'a Value) -> Resolution<'a> {
    let mut pieces = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if let Some(between) = separator.pieces().filter(|_| index > 0) {
            pieces.extend(between.into_owned());
        }
        match value.pieces() {
            Some(more) => pieces.extend(more.into_owned()),
            None => return Resolution::Symbol(Symbol::unknown(Reason::IllFormed, source)),
        }
    }
    assembled(pieces)
}

/// The parts of a text between separators; none if a separator could stand where nothing is known.
pub(super) fn split<'a>(pieces: &[Piece<'a>], separator: &str) -> Option<Vec<Resolution<'a>>> {
    let (parts, is_whole) = known_parts(pieces, separator);
    is_whole.then_some(parts)
}

/// The parts that are known from the left, and whether those are all.
pub(super) fn known_parts<'a>(pieces: &[Piece<'a>], separator: &str) -> (Vec<Resolution<'a>>, bool) {
    let (mut parts, mut open) = (Vec::new(), Vec::new());
    if separator.is_empty() {
        return (parts, false);
    }
    for piece in pieces {
        match piece {
            Piece::Symbol(symbol) if lacks(symbol, separator) => open.push(piece.clone()),
            Piece::Symbol(_) => return (parts, false),
            Piece::Text(text) => {
                let mut from = 0;
                while let Some(found) = text[from..].find(separator) {
                    open.push(Piece::Text(cut(text, from, from + found)));
                    parts.push(simplest(merged(std::mem::take(&mut open))));
                    from += found + separator.len();
                }
                open.push(Piece::Text(cut(text, from, text.len())));
            }
        }
    }
    parts.push(simplest(merged(open)));
    (parts, true)
}

/// Whether no character of a text can stand in what a symbol stands for.
fn lacks(symbol: &Symbol<'_>, text: &str) -> bool {
    let none = |known: fn(char) -> bool| !text.chars().any(known);
    match symbol {
        Symbol::Pseudo("AWS::AccountId") => none(|c| c.is_ascii_digit()),
        Symbol::Pseudo("AWS::Region" | "AWS::Partition") => none(|c| c.is_ascii_alphanumeric() || c == '-'),
        Symbol::Pseudo("AWS::URLSuffix") => none(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.'),
        Symbol::Pseudo("AWS::StackName") => none(|c| c.is_ascii_alphanumeric() || c == '-'),
        Symbol::Parameter { parameter, .. } => match allowed(parameter) {
            Some(values) => values.iter().all(|value| !text.chars().any(|c| value.contains(c))),
            None => {
                ParameterKind::of(parameter) == ParameterKind::Number
                    && none(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || ".+-".contains(c))
            }
        },
        _ => false,
    }
}
