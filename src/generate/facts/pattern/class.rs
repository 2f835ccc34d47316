//! One pass over a class.

use super::rewrite::{Flags, escape};
use super::{posix, surrogate};

/// The class at the start of `text`: its length, and itself in ECMA dialect.
pub fn rewrite(text: &str, flags: Flags) -> Result<(usize, String), String> {
    let mut class = Class { rest: &text[1..], out: "[".to_owned(), before: Before::Start, flags };
    if class.rest.starts_with('^') {
        class.emit(1, "^", Before::Start);
    }
    let excluded = class.members()?;
    let length = text.len() - class.rest.len();
    let out = match excluded {
        Some(excluded) => format!("(?:(?!{excluded}){})", class.out),
        None => class.out,
    };
    Ok((length, out))
}

/// What stands before a hyphen.
#[derive(PartialEq)]
enum Before {
    Start,
    Character(char),
    Set,
}

struct Class<'a> {
    rest: &'a str,
    out: String,
    before: Before,
    flags: Flags,
}

impl Class<'_> {
    /// Up to the end; the class that is taken away from this one, if there is one.
    fn members(&mut self) -> Result<Option<String>, String> {
        let mut excluded = None;
        loop {
            match self.rest.chars().next().ok_or("a class does not end")? {
                ']' => break self.emit(1, "]", Before::Start),
                '\\' => self.escape()?,
                '-' => self.hyphen(),
                '&' if self.rest.starts_with("&&[^") => excluded = Some(self.intersection()?),
                other => self.character(other),
            }
        }
        Ok(excluded)
    }

    fn emit(&mut self, length: usize, text: &str, before: Before) {
        self.rest = &self.rest[length..];
        self.out.push_str(text);
        self.before = before;
    }

    fn character(&mut self, character: char) {
        let mut text = character.to_string();
        if self.flags.ignore_case && character.is_ascii_alphabetic() && !self.rest[1..].starts_with('-') {
            text = format!("{}{}", character.to_ascii_lowercase(), character.to_ascii_uppercase());
        }
        self.emit(character.len_utf8(), &text, Before::Character(character));
    }

    fn escape(&mut self) -> Result<(), String> {
        if let Some((range, length)) = surrogate::range(self.rest) {
            self.emit(length, &range, Before::Set);
            return Ok(());
        }
        let escape = escape(self.rest)?;
        if surrogate::unit(escape).is_some() {
            return Err("a surrogate that spells no range of characters".to_owned());
        }
        let members = escape.strip_prefix(r"\p{").and_then(|name| posix::members(name.strip_suffix('}')?));
        self.emit(
            escape.len(),
            members.unwrap_or(escape),
            if is_set(escape) { Before::Set } else { Before::Character('\\') },
        );
        Ok(())
    }

    /// A hyphen beside a set is itself; between characters it makes a range, whose end is read here.
    fn hyphen(&mut self) {
        let after = &self.rest[1..];
        let next = after.chars().next();
        let beside_set = self.before == Before::Set && next != Some(']') || after.starts_with('\\') && is_set(after);
        match self.before {
            Before::Character(first) if !beside_set => match next {
                Some(last) if last != ']' && last != '\\' => self.range(first, last),
                _ => self.emit(1, "-", Before::Start),
            },
            _ if beside_set && self.before != Before::Start => self.emit(1, r"\-", Before::Character('-')),
            _ => self.emit(1, "-", Before::Character('-')),
        }
    }

    fn range(&mut self, first: char, last: char) {
        let mut text = format!("-{last}");
        if self.flags.ignore_case && first.is_ascii_alphabetic() && last.is_ascii_alphabetic() {
            let other = |letter: char| {
                if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
            };
            text = format!("-{last}{}-{}", other(first), other(last));
        }
        self.emit(1 + last.len_utf8(), &text, Before::Start);
    }

    /// `&&[^…]`, as the class of what may not be.
    fn intersection(&mut self) -> Result<String, String> {
        let (length, negated) = rewrite(&self.rest[2..], self.flags)?;
        self.emit(2 + length, "", Before::Set);
        if !self.rest.starts_with(']') {
            return Err("members after an intersection".to_owned());
        }
        Ok(negated.replacen("[^", "[", 1))
    }
}

/// Whether an escape stands for more than one character.
fn is_set(escape: &str) -> bool {
    escape[1..].starts_with(['w', 'W', 'd', 'D', 's', 'S', 'p', 'P'])
}
