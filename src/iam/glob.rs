//! Patterns with `*` and `?`, over texts of which parts are known.

use std::rc::Rc;

use super::certainty::Certainty;
use super::text::{Charset, Part, Text};

/// A place in a text or pattern.
#[derive(Clone, Debug)]
enum Atom {
    Char(char),
    /// One character.
    One(Charset, Origin),
    /// Any number of them.
    Many(Charset, Origin),
}

/// The symbol that an atom is a part of, and which; none: a wildcard.
type Origin = Option<Rc<Place>>;

#[derive(Debug, PartialEq)]
struct Place {
    symbol: Rc<str>,
    index: u16,
    is_unique: bool,
}

/// An ARN has so many: `arn:partition:service:region:account:resource`.
pub(super) const SEGMENTS: usize = 6;
/// A symbol that is longer is one of unknown length.
const MOST_SINGLE: u16 = 128;

/// A text or pattern, made ready to be matched.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    atoms: Vec<Atom>,
    /// The characters before the first symbol or wildcard: most texts that do not match differ there, which is seen at once.
    start: String,
    /// How many there are of them.
    known: usize,
    /// Whether there is a symbol, or a wildcard that does not stand for every character.
    narrow: bool,
    /// How many colons there are so far, in an ARN.
    colons: usize,
}

/// What is meant by upper and lower case, and by wildcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// `*` and `?` are wildcards.
    pub wild: bool,
    /// Upper and lower case are one.
    pub folded: bool,
    /// A `*` inside a segment stays in it; at the end of one it may stand for whatever follows.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    pub arn: bool,
}

impl Reading {
    pub const PLAIN: Self = Self { wild: false, folded: false, arn: false };
    pub const PATTERN: Self = Self { wild: true, ..Self::PLAIN };
    pub const FOLDED: Self = Self { folded: true, ..Self::PLAIN };
    pub const FOLDED_PATTERN: Self = Self { wild: true, ..Self::FOLDED };
    pub const ARN_PATTERN: Self = Self { arn: true, ..Self::PATTERN };
}

impl Compiled {
    pub fn new(text: &Text, reading: Reading) -> Self {
        let mut made = Self { atoms: Vec::new(), start: String::new(), known: 0, narrow: false, colons: 0 };
        made.push(text, reading);
        made
    }

    pub fn push(&mut self, text: &Text, reading: Reading) {
        for part in text.parts() {
            match part {
                Part::Text(text) => {
                    let mut chars = text.chars().peekable();
                    while let Some(c) = chars.next() {
                        self.push_char(c, chars.peek().copied(), reading);
                    }
                }
                Part::Symbol(symbol) => self.push_symbol(symbol, reading),
            }
        }
    }

    fn push_char(&mut self, c: char, next: Option<char>, reading: Reading) {
        self.colons += usize::from(c == ':');
        let inside = reading.arn && self.colons < SEGMENTS - 1 && !matches!(next, None | Some(':' | '*'));
        match c {
            '*' if reading.wild && inside => {
                self.narrow = true;
                self.atoms.push(Atom::Many(Charset::ANY.without(':'), None));
            }
            '*' if reading.wild => {
                if !matches!(self.atoms.last(), Some(Atom::Many(Charset::ANY, None))) {
                    self.atoms.push(Atom::Many(Charset::ANY, None));
                }
            }
            '?' if reading.wild => self.atoms.push(Atom::One(Charset::ANY, None)),
            c if reading.folded => c.to_lowercase().for_each(|c| self.push_known(c)),
            c => self.push_known(c),
        }
    }

    fn push_known(&mut self, c: char) {
        if self.known == self.atoms.len() {
            self.start.push(c);
            self.known += 1;
        }
        self.atoms.push(Atom::Char(c));
    }

    fn push_symbol(&mut self, symbol: &super::text::Symbol, reading: Reading) {
        self.narrow = true;
        let shape = symbol.shape;
        let charset = if reading.folded { shape.charset.both_cases() } else { shape.charset };
        let least = shape.least.min(MOST_SINGLE);
        let is_unique = symbol.is_unique;
        let origin = |index| Some(Rc::new(Place { symbol: Rc::clone(&symbol.name), index, is_unique }));
        self.atoms.extend((0..least).map(|index| Atom::One(charset, origin(index))));
        if shape.most != Some(least) {
            self.atoms.push(Atom::Many(charset, origin(least)));
        }
    }

    /// Whether the pattern that this is matches a text.
    pub fn matches(&self, subject: &Self) -> Certainty {
        if let [Atom::Many(Charset::ANY, None)] = self.atoms.as_slice() {
            return Certainty::Yes;
        }
        let shared = self.start.len().min(subject.start.len());
        if self.start.as_bytes()[..shared] != subject.start.as_bytes()[..shared] {
            return Certainty::No;
        }
        if !self.narrow && !subject.narrow {
            return greedy(&self.atoms, &subject.atoms).into();
        }
        let Some((pattern, subject)) = without_ends(&self.atoms, &subject.atoms) else { return Certainty::No };
        if product(pattern, subject, &always) {
            Certainty::Yes
        } else if product(pattern, subject, &perhaps) {
            Certainty::Unknown
        } else {
            Certainty::No
        }
    }
}

/// Both without equal characters at their ends; none if they differ there.
fn without_ends<'p, 's>(mut pattern: &'p [Atom], mut subject: &'s [Atom]) -> Option<(&'p [Atom], &'s [Atom])> {
    while let ([Atom::Char(a), rest @ ..], [Atom::Char(b), other @ ..]) = (pattern, subject) {
        if a != b {
            return None;
        }
        (pattern, subject) = (rest, other);
    }
    while let ([rest @ .., Atom::Char(a)], [other @ .., Atom::Char(b)]) = (pattern, subject) {
        if a != b {
            return None;
        }
        (pattern, subject) = (rest, other);
    }
    Some((pattern, subject))
}

/// Matching where nothing is unknown: a `*` gives back only what the next one has not passed.
fn greedy(pattern: &[Atom], subject: &[Atom]) -> bool {
    let (mut p, mut s, mut star) = (0, 0, None);
    while s < subject.len() {
        match pattern.get(p) {
            Some(Atom::Many(..)) => {
                star = Some((p, s));
                p += 1;
            }
            Some(Atom::One(..)) => (p, s) = (p + 1, s + 1),
            Some(Atom::Char(a)) if matches!(&subject[s], Atom::Char(b) if a == b) => (p, s) = (p + 1, s + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, s) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|atom| matches!(atom, Atom::Many(..)))
}

/// How a pair of atoms can be passed.
struct Steps {
    skip_pattern: bool,
    skip_subject: bool,
    /// The next place in the pattern and in the subject.
    both: Option<(usize, usize)>,
}

/// The steps that are right whatever the symbols stand for.
fn always(pattern: Option<&Atom>, subject: Option<&Atom>) -> Steps {
    let wild = matches!(pattern, Some(Atom::Many(_, None)));
    let both = match (pattern, subject) {
        (Some(Atom::Char(a)), Some(Atom::Char(b))) => (a == b).then_some((1, 1)),
        (Some(Atom::One(_, None)), Some(Atom::Char(_) | Atom::One(..))) => Some((1, 1)),
        (Some(Atom::One(_, Some(a))), Some(Atom::One(_, Some(b)))) => (a == b).then_some((1, 1)),
        (Some(Atom::Many(_, Some(a))), Some(Atom::Many(_, Some(b)))) => (a == b).then_some((1, 1)),
        (Some(Atom::Many(set, None)), Some(Atom::Char(c))) => set.contains(*c).then_some((0, 1)),
        (Some(Atom::Many(set, None)), Some(Atom::One(of, _) | Atom::Many(of, _))) => set.covers(*of).then_some((0, 1)),
        _ => None,
    };
    Steps { skip_pattern: wild, skip_subject: false, both }
}

/// The steps that are right for some value of each symbol; that one symbol has one value is left out of account.
fn perhaps(pattern: Option<&Atom>, subject: Option<&Atom>) -> Steps {
    let many = |atom: Option<&Atom>| matches!(atom, Some(Atom::Many(..)));
    let advance = |atom: &Atom| usize::from(!matches!(atom, Atom::Many(..)));
    let both = pattern.zip(subject).filter(|(a, b)| can_meet(a, b)).map(|(a, b)| (advance(a), advance(b)));
    Steps { skip_pattern: many(pattern), skip_subject: many(subject), both: both.filter(|step| *step != (0, 0)) }
}

fn can_meet(one: &Atom, other: &Atom) -> bool {
    match (one, other) {
        (Atom::Char(a), Atom::Char(b)) => a == b,
        (Atom::Char(c), Atom::One(set, _) | Atom::Many(set, _))
        | (Atom::One(set, _) | Atom::Many(set, _), Atom::Char(c)) => set.contains(*c),
        (Atom::One(a, one) | Atom::Many(a, one), Atom::One(b, other) | Atom::Many(b, other)) => {
            a.meets(*b) && !are_distinct(one, other)
        }
    }
}

/// Whether two symbols begin here that are never the same: ids, which nothing follows that could be a part of them.
fn are_distinct(one: &Origin, other: &Origin) -> bool {
    one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| {
        one.is_unique && other.is_unique && one.index == 0 && other.index == 0 && one.symbol != other.symbol
    })
}

/// Whether both can be passed together, by the steps that `steps` allows.
fn product(pattern: &[Atom], subject: &[Atom], steps: &dyn Fn(Option<&Atom>, Option<&Atom>) -> Steps) -> bool {
    let width = subject.len() + 1;
    let mut seen = vec![false; (pattern.len() + 1) * width];
    let mut open = vec![(0, 0)];
    while let Some((p, s)) = open.pop() {
        if std::mem::replace(&mut seen[p * width + s], true) {
            continue;
        }
        if p == pattern.len() && s == subject.len() {
            return true;
        }
        let step = steps(pattern.get(p), subject.get(s));
        if step.skip_pattern {
            open.push((p + 1, s));
        }
        if step.skip_subject {
            open.push((p, s + 1));
        }
        if let Some((more_p, more_s)) = step.both {
            open.push((p + more_p, s + more_s));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Shape;

    /// `<name:N>` is a symbol of `N` small letters or digits, `<name>` one of which nothing is known.
    fn text(written: &str) -> Text {
        let mut made = Text::default();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, after) = after.split_once('>').expect("a symbol ends");
            let shape = name.split_once(':').map(|(_, count)| count.parse().expect("a number"));
            let shape = shape.map_or(Shape::ANY, |count| Shape::exactly(Charset::LOWER, count));
            made = made.then(before).then_symbol(name, shape);
            rest = after;
        }
        made.then(rest)
    }

    #[track_caller]
    fn check(pattern: &str, subject: &str, expect: Certainty) {
        let pattern_of = |reading| Compiled::new(&text(pattern), reading);
        let found = pattern_of(Reading::PATTERN).matches(&Compiled::new(&text(subject), Reading::PLAIN));
        assert_eq!(found, expect, "{pattern} of {subject}");
    }

    #[test]
    fn known_texts_match_or_do_not() {
        use Certainty::{No, Yes};
        for (pattern, subject, expect) in [
            ("*", "", Yes),
            ("a*", "abc", Yes),
            ("a*c", "abcbc", Yes),
            ("a?c", "abc", Yes),
            ("a?c", "ac", No),
            ("a*b*c", "aXbYbZc", Yes),
            ("a*b", "abc", No),
            ("", "", Yes),
            ("", "a", No),
            ("A", "a", No),
        ] {
            check(pattern, subject, expect);
        }
    }

    #[test]
    fn symbols_match_themselves_and_what_covers_them() {
        use Certainty::{No, Unknown, Yes};
        for (pattern, subject, expect) in [
            ("x-<a>", "x-<a>", Yes),
            ("x-*", "x-<a>", Yes),
            ("x-<a>", "x-<b>", Unknown),
            ("y-<a>", "x-<a>", No),
            ("x-??????", "x-<s:6>", Yes),
            ("x-?????", "x-<s:6>", No),
            ("x-*", "x-<s:6>", Yes),
            ("x-AbCdEf", "x-<s:6>", No),
            ("x-abcdef", "x-<s:6>", Unknown),
            ("x", "x-<s:6>", No),
            ("db-*", "prx-<s:6>", No),
            ("<a>/user", "<a>/user", Yes),
            ("<a>/other", "<a>/user", No),
            ("<a>/u*", "<b:4>/user", Unknown),
        ] {
            check(pattern, subject, expect);
        }
    }
}
