//! Text to a tree: what was written and where, before any of it means something.
//!
//! Templates and settings are both read from it. Each says in its own words and codes what is wrong.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span as Range, Tag};

use super::json;
use crate::diagnostic::Span;
use crate::template::pointer;

/// A text is read in memory, so it has a bound; CloudFormation's own is 1 MB.
pub const MOST_BYTES: usize = 16 << 20;
/// With aliases resolved; the bound that cfn-lint has too. Long text counts as several values.
pub(crate) const MOST_VALUES: usize = 250_000;
/// Text of this length counts as one value more.
pub(super) const BYTES_A_VALUE: usize = 64;
/// More than any template that CloudFormation takes: what walks a template may recurse.
pub(crate) const DEEPEST: usize = 100;

/// A document, and how many values it has.
pub(crate) struct Tree<'a> {
    pub(crate) root: Node<'a>,
    pub(super) values: usize,
    /// Where a second document begins, which is not read.
    pub(crate) second: Option<Range>,
}

/// A value as it was written.
pub(crate) struct Node<'a> {
    pub(crate) range: Range,
    pub(crate) tag: Option<Cow<'a, Tag>>,
    /// The number of its anchor; 0: it has none.
    pub(super) anchor: usize,
    pub(crate) content: Content<'a>,
}

/// What a value is made of.
pub(crate) enum Content<'a> {
    /// The value of the anchor with this number.
    Alias(usize),
    /// Text, and whether it stood there without quotes.
    Scalar { text: Cow<'a, str>, plain: bool },
    /// A list.
    List(Vec<Node<'a>>),
    /// Keys and values.
    Map(Vec<(Node<'a>, Node<'a>)>),
}

/// What keeps a text from being a tree.
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) range: Range,
    /// The way to it, innermost step first.
    steps: Vec<String>,
}

pub(crate) enum FaultKind {
    NoYaml(String),
    NoJson(String),
    Empty,
    TooManyBytes,
    TooManyValues,
    TooDeep,
}

/// The place of a range.
pub(crate) fn span(file: &str, range: Range) -> Span {
    let (line, column, length) = extent(range);
    Span::new(file, line, column, length)
}

/// Line, column and length of a range. One of several lines has no length.
pub(super) fn extent(range: Range) -> (usize, usize, usize) {
    let same_line = range.start.line() == range.end.line();
    let length = if same_line { range.end.col().saturating_sub(range.start.col()) } else { 0 };
    (range.start.line(), range.start.col() + 1, length)
}

/// Reads one document of YAML or JSON.
pub(crate) fn tree(text: &str) -> Result<Tree<'_>, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MOST_BYTES {
        return Err(Fault::new(FaultKind::TooManyBytes, at(1, 0)));
    }
    let Some(fault) = json::fault(text) else {
        return Builder::new(json::Reader::new(text).map(Ok), None).document();
    };
    let unended = (!text.ends_with('\n')).then(|| text.chars().count());
    let tree = Builder::new(Parser::new_from_str(text), unended).document();
    tree.map_err(|found| prefer_fault_of_json(text, &fault, found))
}

/// Who wrote braces meant JSON: then it says better what is wrong.
fn prefer_fault_of_json(text: &str, fault: &serde_json::Error, found: Fault) -> Fault {
    if !matches!(found.kind, FaultKind::NoYaml(_)) || !text.trim_start().starts_with('{') {
        return found;
    }
    let (line, column) = json::place(text, fault);
    Fault { kind: FaultKind::NoJson(json::message(fault)), range: at(line, column - 1), steps: found.steps }
}

fn at(line: usize, column: usize) -> Range {
    Range::empty(Marker::new(0, line, column))
}

impl Fault {
    fn new(kind: FaultKind, range: Range) -> Self {
        Self { kind, range, steps: Vec::new() }
    }

    fn within(mut self, step: impl Into<String>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// The pointer to it.
    pub(super) fn pointer(&self) -> String {
        pointer(self.steps.iter().rev())
    }
}

impl From<ScanError> for Fault {
    fn from(error: ScanError) -> Self {
        Self::new(FaultKind::NoYaml(error.info().to_owned()), Range::empty(*error.marker()))
    }
}

struct Builder<S> {
    events: S,
    depth: usize,
    values: usize,
    /// The number of characters, if the last line has no end.
    unended: Option<usize>,
}

impl<'a, S> Builder<S>
where
    S: Iterator<Item = Result<(Event<'a>, Range), ScanError>>,
{
    fn new(events: S, unended: Option<usize>) -> Self {
        Self { events, depth: 0, values: 0, unended }
    }

    fn document(mut self) -> Result<Tree<'a>, Fault> {
        let (event, range) = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, range) => return Err(Fault::new(FaultKind::Empty, range)),
                found => break found,
            }
        };
        let root = self.node(event, range)?;
        let second = self.second()?;
        Ok(Tree { root, values: self.values, second })
    }

    fn second(&mut self) -> Result<Option<Range>, Fault> {
        for next in self.events.by_ref() {
            if let (Event::DocumentStart(_), range) = next? {
                return Ok(Some(range));
            }
        }
        Ok(None)
    }

    fn next(&mut self) -> Result<(Event<'a>, Range), Fault> {
        match self.events.next() {
            Some(next) => Ok(next?),
            None => unreachable!("the events of a document end with its last value"),
        }
    }

    fn node(&mut self, event: Event<'a>, range: Range) -> Result<Node<'a>, Fault> {
        self.count(&event, range)?;
        self.depth += 1;
        let (anchor, tag, content) = match event {
            Event::Alias(anchor) => (0, None, Content::Alias(anchor)),
            Event::Scalar(text, style, anchor, tag) => (anchor, tag, self.scalar(text, style, range)),
            Event::SequenceStart(anchor, tag) => (anchor, tag, Content::List(self.list()?)),
            Event::MappingStart(anchor, tag) => (anchor, tag, Content::Map(self.map()?)),
            _ => unreachable!("a value begins with none but these events"),
        };
        self.depth -= 1;
        Ok(Node { range, tag, anchor, content })
    }

    /// Counts a value that is about to be there, and refuses too many of them.
    fn count(&mut self, event: &Event<'a>, range: Range) -> Result<(), Fault> {
        let text = if let Event::Scalar(text, ..) = event { text.len() } else { 0 };
        self.values += 1 + text / BYTES_A_VALUE;
        match () {
            () if self.values > MOST_VALUES => Err(Fault::new(FaultKind::TooManyValues, range)),
            () if self.depth >= DEEPEST => Err(Fault::new(FaultKind::TooDeep, range)),
            () => Ok(()),
        }
    }

    /// The parser ends the last line of a block scalar even where the text ends before.
    fn scalar(&self, text: Cow<'a, str>, style: ScalarStyle, range: Range) -> Content<'a> {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let at_end = self.unended.is_some_and(|end| range.end.index() >= end);
        let text = match text.strip_suffix('\n').filter(|_| block && at_end) {
            Some(text) => Cow::Owned(text.to_owned()),
            None => text,
        };
        Content::Scalar { text, plain: style == ScalarStyle::Plain }
    }

    fn list(&mut self) -> Result<Vec<Node<'a>>, Fault> {
        let mut nodes = Vec::new();
        loop {
            let (event, range) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(nodes);
            }
            let node = self.node(event, range).map_err(|fault| fault.within(nodes.len().to_string()))?;
            nodes.push(node);
        }
    }

    fn map(&mut self) -> Result<Vec<(Node<'a>, Node<'a>)>, Fault> {
        let mut entries = Vec::new();
        loop {
            let (event, range) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let key = self.key(event, range)?;
            let (event, range) = self.next()?;
            let value = self.node(event, range).map_err(|fault| fault.within(key.text().unwrap_or_default()))?;
            entries.push((key, value));
        }
    }

    /// Most keys are text, and count no more than it is long.
    fn key(&mut self, event: Event<'a>, range: Range) -> Result<Node<'a>, Fault> {
        let key = self.node(event, range)?;
        self.values -= usize::from(key.text().is_some());
        Ok(key)
    }
}

impl Node<'_> {
    /// The text, if this is some.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }
}
