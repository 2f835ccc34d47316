//! JSON as events of YAML, so that one composer serves both.
//!
//! JSON is nearly YAML, but not quite: it writes an emoji as two halves of a surrogate pair, and indents by tabs.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, ScalarStyle, Span};
use serde::de::IgnoredAny;

/// Why `text` is no JSON object or list; none if it is one.
pub(super) fn fault(text: &str) -> Option<serde_json::Error> {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) if text.trim_start().starts_with(['{', '[']) => None,
        Ok(_) => Some(serde::de::Error::custom("no object")),
        Err(fault) => Some(fault),
    }
}

/// Line, and column in characters.
pub(super) fn place(text: &str, fault: &serde_json::Error) -> (usize, usize) {
    let line = text.lines().nth(fault.line().saturating_sub(1)).unwrap_or_default();
    let before = line.bytes().take(fault.column().saturating_sub(1)).filter(|byte| byte & 0xc0 != 0x80).count();
    (fault.line().max(1), before + 1)
}

/// What is wrong, without the place.
pub(super) fn message(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Reads valid JSON, and only that.
pub(super) struct Reader<'a> {
    text: &'a str,
    offset: usize,
    mark: Marker,
    open: usize,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Start,
    Inside,
    Done,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0, mark: Marker::new(0, 1, 0), open: 0, stage: Stage::Start }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let passed = &self.rest()[..bytes];
        self.offset += bytes;
        let characters = passed.chars().count();
        let (line, column) = match passed.rfind('\n') {
            Some(newline) => (passed.matches('\n').count(), passed[newline + 1..].chars().count()),
            None => (0, self.mark.col() + characters),
        };
        self.mark = Marker::new(self.mark.index() + characters, self.mark.line() + line, column);
        passed
    }

    fn skip_between(&mut self) {
        let rest = self.rest();
        let next = rest.trim_start_matches([' ', '\t', '\r', '\n', ',', ':']);
        self.advance(rest.len() - next.len());
    }

    fn scalar(&mut self) -> Event<'a> {
        if !self.rest().starts_with('"') {
            let rest = self.rest();
            let length = rest.find([' ', '\t', '\r', '\n', ',', ']', '}']).unwrap_or(rest.len());
            return Event::Scalar(Cow::Borrowed(self.advance(length)), ScalarStyle::Plain, 0, None);
        }
        let quoted = self.advance(string_length(self.rest()));
        let text = serde_json::from_str::<String>(quoted).unwrap_or_default();
        Event::Scalar(Cow::Owned(text), ScalarStyle::DoubleQuoted, 0, None)
    }

    fn bracket(&mut self, event: Event<'a>) -> Event<'a> {
        self.advance(1);
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => self.open += 1,
            _ => self.open -= 1,
        }
        event
    }

    fn event(&mut self) -> Event<'a> {
        match self.rest().as_bytes().first() {
            Some(b'{') => self.bracket(Event::MappingStart(0, None)),
            Some(b'[') => self.bracket(Event::SequenceStart(0, None)),
            Some(b'}') => self.bracket(Event::MappingEnd),
            Some(b']') => self.bracket(Event::SequenceEnd),
            _ => self.scalar(),
        }
    }
}

/// The length of the quoted text at the start, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

impl<'a> Iterator for Reader<'a> {
    type Item = (Event<'a>, Span);

    fn next(&mut self) -> Option<Self::Item> {
        match self.stage {
            Stage::Start => {
                self.stage = Stage::Inside;
                Some((Event::DocumentStart(false), Span::empty(self.mark)))
            }
            Stage::Inside => {
                self.skip_between();
                let start = self.mark;
                let event = self.event();
                if self.open == 0 {
                    self.stage = Stage::Done;
                }
                Some((event, Span::new(start, self.mark)))
            }
            Stage::Done => None,
        }
    }
}
