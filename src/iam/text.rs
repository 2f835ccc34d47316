//! Texts of which parts are known: ARNs, user names, host names.

use std::fmt;
use std::rc::Rc;

/// Characters that can stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charset {
    ascii: u128,
    beyond: bool,
}

impl Charset {
    /// Any character.
    pub const ANY: Self = Self { ascii: u128::MAX, beyond: true };
    /// `0` to `9`.
    pub const DIGITS: Self = Self::of("0123456789");
    /// Digits and small letters.
    pub const LOWER: Self = Self::of("0123456789abcdefghijklmnopqrstuvwxyz");
    /// Digits and capital letters.
    pub const UPPER: Self = Self::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    /// Digits and letters.
    pub const ALPHANUMERIC: Self = Self::LOWER.or(Self::UPPER);

    /// The characters of a text, which are ASCII.
    pub const fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut ascii, mut at) = (0, 0);
        while at < bytes.len() {
            ascii |= 1 << (bytes[at] & 0x7f);
            at += 1;
        }
        Self { ascii, beyond: false }
    }

    /// The characters of either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { ascii: self.ascii | other.ascii, beyond: self.beyond || other.beyond }
    }

    /// Whether a character is one of them.
    pub fn contains(self, c: char) -> bool {
        match u32::from(c) {
            code @ 0..128 => self.ascii >> code & 1 == 1,
            _ => self.beyond,
        }
    }

    /// Whether both have a character.
    pub fn meets(self, other: Self) -> bool {
        self.ascii & other.ascii != 0 || (self.beyond && other.beyond)
    }

    /// Whether every character of the other is one of them.
    pub fn covers(self, other: Self) -> bool {
        other.ascii & !self.ascii == 0 && (self.beyond || !other.beyond)
    }

    /// The others than one, which is ASCII.
    #[must_use]
    pub const fn without(self, c: char) -> Self {
        Self { ascii: self.ascii & !(1 << (c as u32 & 0x7f)), ..self }
    }

    /// With each letter in both cases.
    pub(super) fn both_cases(self) -> Self {
        let capitals = self.ascii >> 65 & ((1 << 26) - 1);
        let small = self.ascii >> 97 & ((1 << 26) - 1);
        Self { ascii: self.ascii | capitals << 97 | small << 65, beyond: self.beyond }
    }
}

/// What is known of a text whose value is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its characters.
    pub charset: Charset,
    /// It has at least as many.
    pub least: u16,
    /// It has at most as many; none: that is not known.
    pub most: Option<u16>,
}

impl Shape {
    /// Nothing is known.
    pub const ANY: Self = Self { charset: Charset::ANY, least: 0, most: None };

    /// So many characters.
    pub const fn exactly(charset: Charset, count: u16) -> Self {
        Self { charset, least: count, most: Some(count) }
    }

    /// One character or more.
    pub const fn some(charset: Charset) -> Self {
        Self { charset, least: 1, most: None }
    }
}

/// A text whose value is not known. Symbols of one name have one value.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Its name, as it is told.
    pub name: Rc<str>,
    /// What is known of it.
    pub shape: Shape,
    /// Whether it is made to be no other's: two such symbols have two values.
    pub is_unique: bool,
}

impl Symbol {
    /// A symbol.
    pub fn new(name: &str, shape: Shape) -> Self {
        Self { name: name.into(), shape, is_unique: false }
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// What is known.
    Text(String),
    /// What is not.
    Symbol(Symbol),
}

/// A text, part by part; neighbouring parts are never both known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    parts: Vec<Part>,
}

impl Text {
    /// A symbol alone.
    pub fn symbol(name: &str, shape: Shape) -> Self {
        Self { parts: vec![Part::Symbol(Symbol::new(name, shape))] }
    }

    /// Its parts.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The text, if it is known as a whole.
    pub fn known(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// With a text behind.
    #[must_use]
    pub fn then(mut self, other: impl Into<Self>) -> Self {
        other.into().parts.into_iter().for_each(|part| self.push(part));
        self
    }

    /// With a symbol behind.
    #[must_use]
    pub fn then_symbol(self, name: &str, shape: Shape) -> Self {
        self.then(Self::symbol(name, shape))
    }

    /// With a symbol behind that is no other's value.
    #[must_use]
    pub fn then_unique(mut self, name: &str, shape: Shape) -> Self {
        self.push(Part::Symbol(Symbol { is_unique: true, ..Symbol::new(name, shape) }));
        self
    }

    fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (_, Part::Text(text)) if text.is_empty() => {}
            (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// The texts between the separators that are known: a symbol may have more of them.
    pub fn split_known(&self, separator: char) -> Option<Vec<Self>> {
        let narrowed = |part: &Part| match part {
            Part::Symbol(symbol) => {
                let shape = Shape { charset: symbol.shape.charset.without(separator), ..symbol.shape };
                Part::Symbol(Symbol { shape, ..symbol.clone() })
            }
            known => known.clone(),
        };
        Self { parts: self.parts.iter().map(narrowed).collect() }.split(separator, usize::MAX)
    }

    /// The texts between separators, at most `most` of them, of which the last has the rest; none if it is not known where
    /// they end.
    pub fn split(&self, separator: char, most: usize) -> Option<Vec<Self>> {
        let (mut found, mut open) = (Vec::new(), Self::default());
        for part in &self.parts {
            let text = match part {
                Part::Symbol(symbol) if found.len() + 1 < most && symbol.shape.charset.contains(separator) => {
                    return None;
                }
                Part::Symbol(_) => {
                    open.push(part.clone());
                    continue;
                }
                Part::Text(text) => text,
            };
            let mut rest = text.as_str();
            while found.len() + 1 < most
                && let Some((before, after)) = rest.split_once(separator)
            {
                open.push(Part::Text(before.to_owned()));
                found.push(std::mem::take(&mut open));
                rest = after;
            }
            open.push(Part::Text(rest.to_owned()));
        }
        found.push(open);
        Some(found)
    }
}

impl From<Symbol> for Text {
    fn from(symbol: Symbol) -> Self {
        Self { parts: vec![Part::Symbol(symbol)] }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let mut made = Self::default();
        made.push(Part::Text(text));
        made
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Symbol(symbol) => write!(f, "${{{}}}", symbol.name)?,
            }
        }
        Ok(())
    }
}
