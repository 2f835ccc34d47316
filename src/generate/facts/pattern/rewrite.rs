//! One pass over a pattern, outside classes.

use super::{class, posix, surrogate};

/// The inline flags in force.
#[derive(Clone, Copy, Default)]
pub struct Flags {
    /// `i`: case is ignored.
    pub ignore_case: bool,
    /// `s`: a dot matches a line feed.
    pub dot_all: bool,
}

/// What stands before a quantifier.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Atom,
    Assertion,
    Quantifier,
}

/// The pattern in ECMA dialect.
pub fn rewrite(pattern: &str) -> Result<String, String> {
    let mut rewriter = Rewriter { rest: pattern, out: String::new(), before: Before::Atom };
    rewriter.alternatives(Flags::default())?;
    if rewriter.rest.is_empty() { Ok(rewriter.out) } else { Err("a group ends that did not begin".to_owned()) }
}

struct Rewriter<'a> {
    rest: &'a str,
    out: String,
    before: Before,
}

impl<'a> Rewriter<'a> {
    /// Up to the end of the group, or of the pattern.
    fn alternatives(&mut self, mut flags: Flags) -> Result<(), String> {
        while let Some(next) = self.rest.chars().next().filter(|next| *next != ')') {
            match next {
                '(' => self.group(&mut flags)?,
                '[' => self.class(flags)?,
                '\\' => self.escape()?,
                '*' | '+' | '?' | '{' | '}' => self.quantifier(next)?,
                '^' | '$' => self.emit(1, &next.to_string(), Before::Assertion),
                '.' if flags.dot_all => self.emit(1, r"[\s\S]", Before::Atom),
                letter if flags.ignore_case => self.emit(letter.len_utf8(), &both_cases(letter), Before::Atom),
                other => self.emit(other.len_utf8(), &other.to_string(), Before::Atom),
            }
        }
        Ok(())
    }

    /// Reads `length` bytes and writes `text` for them.
    fn emit(&mut self, length: usize, text: &str, before: Before) {
        self.rest = &self.rest[length..];
        self.out.push_str(text);
        self.before = before;
    }

    fn group(&mut self, flags: &mut Flags) -> Result<(), String> {
        let open = opening(self.rest);
        let inline =
            open.strip_prefix("(?").and_then(|inner| inner.strip_suffix([')', ':'])).filter(|inner| !inner.is_empty());
        let mut inner = *flags;
        if let Some(inline) = inline {
            inner = with_flags(*flags, inline)?;
        }
        if open.ends_with(')') {
            *flags = inner;
            self.emit(open.len(), "", self.before);
            return Ok(());
        }
        let written = if inline.is_some() { "(?:".to_owned() } else { open.replace("(?P<", "(?<") };
        self.emit(open.len(), &written, Before::Atom);
        self.alternatives(inner)?;
        if self.rest.is_empty() {
            return Err("a group does not end".to_owned());
        }
        let is_assertion = ["(?=", "(?!", "(?<=", "(?<!"].contains(&open);
        self.emit(1, ")", if is_assertion { Before::Assertion } else { Before::Atom });
        Ok(())
    }

    fn class(&mut self, flags: Flags) -> Result<(), String> {
        let (length, text) = class::rewrite(self.rest, flags)?;
        self.emit(length, &text, Before::Atom);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), String> {
        let escape = escape(self.rest)?;
        match &escape[1..] {
            "A" => self.emit(2, "^", Before::Assertion),
            "Z" | "z" => self.emit(2, "$", Before::Assertion),
            "b" | "B" => self.emit(2, escape, Before::Assertion),
            _ if surrogate::unit(escape).is_some() => {
                return Err("a surrogate outside a class".to_owned());
            }
            property => {
                let text = posix_class(property).unwrap_or_else(|| escape.to_owned());
                self.emit(escape.len(), &text, Before::Atom);
            }
        }
        Ok(())
    }

    fn quantifier(&mut self, next: char) -> Result<(), String> {
        let Some(quantifier) = quantifier(self.rest) else {
            self.emit(1, &format!("\\{next}"), Before::Atom);
            return Ok(());
        };
        let is_optional = quantifier.starts_with(['*', '?']) || quantifier.starts_with("{0");
        match self.before {
            Before::Assertion if is_optional => Err("an assertion that may be left out".to_owned()),
            Before::Assertion => {
                self.emit(quantifier.len(), "", Before::Assertion);
                Ok(())
            }
            Before::Quantifier if next == '+' => Err("a possessive quantifier".to_owned()),
            _ => {
                self.emit(quantifier.len(), quantifier, Before::Quantifier);
                Ok(())
            }
        }
    }
}

/// What opens the group at the start of `text`; with `)` at its end if it is flags only.
fn opening(text: &str) -> &str {
    let Some(inner) = text.strip_prefix("(?") else {
        return &text[..1];
    };
    let length = match inner.chars().next() {
        Some('=' | '!') => 3,
        Some('<') if inner[1..].starts_with(['=', '!']) => 4,
        Some('<' | 'P') => 2 + inner.find('>').map_or(1, |end| end + 1),
        _ => 2 + inner.find([')', ':']).map_or(1, |end| end + 1),
    };
    text.get(..length).unwrap_or(text)
}

fn with_flags(flags: Flags, letters: &str) -> Result<Flags, String> {
    letters.chars().try_fold(flags, |flags, letter| match letter {
        'i' => Ok(Flags { ignore_case: true, ..flags }),
        's' => Ok(Flags { dot_all: true, ..flags }),
        other => Err(format!("the inline flag `{other}`")),
    })
}

/// The escape at the start of `text`, with its operand.
pub fn escape(text: &str) -> Result<&str, String> {
    let letter = text.chars().nth(1).ok_or("a backslash at the end")?;
    let length = match letter {
        'p' | 'P' if text[2..].starts_with('{') => text.find('}').map_or(2, |end| end + 1),
        'u' if text[2..].starts_with('{') => text.find('}').map_or(2, |end| end + 1),
        'u' => 6,
        'x' => 4,
        'Q' | 'E' | 'G' | 'h' | 'H' | 'R' | 'X' | 'N' => {
            return Err(format!(r"the escape `\{letter}`"));
        }
        other => 1 + other.len_utf8(),
    };
    text.get(..length).ok_or_else(|| format!(r"the escape `\{letter}` without its operand"))
}

/// `p{Print}` as a class.
fn posix_class(property: &str) -> Option<String> {
    let name = property.get(2..property.len().checked_sub(1)?)?;
    let members = posix::members(name)?;
    match property.chars().next()? {
        'p' => Some(format!("[{members}]")),
        'P' => Some(format!("[^{members}]")),
        _ => None,
    }
}

/// The quantifier at the start of `text`, with the mark that makes it lazy.
fn quantifier(text: &str) -> Option<&str> {
    let length = if text.starts_with('{') {
        let bounds = &text[1..text.find('}')?];
        let (least, most) = bounds.split_once(',').unwrap_or((bounds, ""));
        let digits = |bound: &str| bound.chars().all(|digit| digit.is_ascii_digit());
        (!least.is_empty() && digits(least) && digits(most)).then_some(bounds.len() + 2)?
    } else if text.starts_with('}') {
        return None;
    } else {
        1
    };
    let lazy = usize::from(text[length..].starts_with('?'));
    Some(&text[..length + lazy])
}

fn both_cases(letter: char) -> String {
    if letter.is_ascii_alphabetic() {
        format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase())
    } else {
        letter.to_string()
    }
}
