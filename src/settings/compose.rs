//! YAML text to a tree in which every key and value knows its place.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};

use super::codes;
use crate::diagnostic::{Diagnostic, Span};

/// A value as it was written.
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) content: Content,
}

/// What a value is made of.
pub(super) enum Content {
    /// Text, and whether it stood there without quotes.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// Keys with their places, and their values.
    Map(Vec<Entry>),
}

/// A key with its place, and its value.
pub(super) type Entry = ((String, Span), Node);

/// Nesting deeper than any settings go.
const DEPTH: usize = 32;

/// The tree of `text`, or the finding that keeps it from being one. Repeated keys are findings beside it.
pub(super) fn compose(file: &str, text: &str) -> Result<(Node, Vec<Diagnostic>), Diagnostic> {
    let mut composer = Composer { file, parser: Parser::new_from_str(text), findings: Vec::new() };
    let mut root = None;
    loop {
        match composer.event()? {
            (Event::StreamStart | Event::DocumentEnd | Event::Nothing, _) => {}
            (Event::DocumentStart(_), place) if root.is_some() => {
                return Err(unused(place, "a second document begins here", "settings are one document to a file"));
            }
            (Event::DocumentStart(_), _) => {
                let (event, place) = composer.event()?;
                root = Some(composer.node(event, place, 0)?);
            }
            (_, place) => return root.map(|root| (root, composer.findings)).ok_or_else(|| empty(place)),
        }
    }
}

fn empty(place: Span) -> Diagnostic {
    Diagnostic::error(codes::MISSING, "the settings are empty")
        .span(place)
        .help("begin with `blueprint: lambda-rds-proxy`; `formwork schema --settings` describes every key")
}

fn unused(place: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(codes::UNUSED_YAML, message).span(place).help(help)
}

struct Composer<'a> {
    file: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    findings: Vec<Diagnostic>,
}

impl<'a> Composer<'a> {
    fn event(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.place(&span))),
            Some(Err(error)) => Err(self.not_yaml(&error)),
            None => Ok((Event::StreamEnd, Span::new(self.file, 1, 1, 0))),
        }
    }

    fn place(&self, span: &saphyr_parser::Span) -> Span {
        let same_line = span.start.line() == span.end.line();
        let length = if same_line { span.end.col().saturating_sub(span.start.col()) } else { 0 };
        Span::new(self.file, span.start.line(), span.start.col() + 1, length)
    }

    fn not_yaml(&self, error: &ScanError) -> Diagnostic {
        let place = Span::new(self.file, error.marker().line(), error.marker().col() + 1, 0);
        Diagnostic::error(codes::NOT_YAML, format!("the settings are not YAML: {}", error.info()))
            .span(place)
            .help("look at the indentation and the quotes here and in the line before")
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Diagnostic> {
        if depth > DEPTH {
            return Err(unused(span, "this is nested deeper than any setting is", "look at the indentation"));
        }
        let content = match event {
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return Err(unused(span, "settings have no tags", "write the value itself, without `!`"));
            }
            Event::Scalar(text, style, _, None) => {
                Content::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => Content::List(self.list(depth)?),
            Event::MappingStart(..) => Content::Map(self.map(depth)?),
            _ => return Err(unused(span, "settings have no aliases", "put what is shared under `defaults`")),
        };
        Ok(Node { span, content })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Diagnostic> {
        let mut nodes = Vec::new();
        loop {
            match self.event()? {
                (Event::SequenceEnd, _) => return Ok(nodes),
                (event, span) => nodes.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Entry>, Diagnostic> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.event()?;
            let key = match event {
                Event::MappingEnd => return Ok(entries),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(unused(span, "a key is a word, and this is none", "look at the brackets and colons")),
            };
            let (event, place) = self.event()?;
            let value = self.node(event, place, depth + 1)?;
            match entries.iter().find(|((known, _), _)| *known == key) {
                Some(((_, first), _)) => self.findings.push(duplicate(&key, span, first)),
                None => entries.push(((key, span), value)),
            }
        }
    }
}

fn duplicate(key: &str, second: Span, first: &Span) -> Diagnostic {
    Diagnostic::error(codes::DUPLICATE_KEY, format!("`{key}` stands twice in this map"))
        .span(second)
        .label("a second time here")
        .and_at(first.clone(), "first here")
        .help("keep one of the two, or put both contents under one key")
}
