//! Events to values, with the place of each key and each value.

use std::collections::HashMap;

use saphyr_parser::{Event, ScalarStyle, ScanError, Span as Range, Tag};

use super::finding::{ALIAS, DUPLICATE_KEY, KEY_NOT_TEXT, MERGE_KEY, MISREAD, NULL_VALUE, TOO_LARGE};
use super::finding::{TEMPLATE_SHAPE, UNKNOWN_TAG, UNREADABLE};
use super::scalar;
use crate::diagnostic::{Diagnostic, Span};
use crate::template::{Function, Intrinsic, Map, Places, Value, pointer};

/// More than any template that CloudFormation takes: what walks a template may recurse.
const DEEPEST: usize = 100;
/// With aliases resolved; the bound that cfn-lint has too. Long text counts as several values.
const MOST_VALUES: usize = 250_000;
/// Text of this length counts as one value more.
const BYTES_A_VALUE: usize = 64;
/// What lies deeper has the place of the nearest thing around it: with endless keys, pointers would fill the memory.
const LONGEST_POINTER: usize = 1024;
const CORE: &str = "tag:yaml.org,2002:";

/// Reads one document. Its methods return none when nothing further can be read; the finding is recorded then.
pub(super) struct Composer<'a, S> {
    source: S,
    file: &'a str,
    /// The JSON pointer to what is being read.
    pointer: String,
    depth: usize,
    values: usize,
    anchors: HashMap<usize, Value>,
    /// The number of characters, if the last line has no end.
    unended: Option<usize>,
    places: Places,
    diagnostics: Vec<Diagnostic>,
}

/// How much a value is.
#[derive(Clone, Copy)]
struct Size {
    values: usize,
    depth: usize,
}

/// What a tag says of its value.
enum Meaning {
    Untagged,
    Text,
    Plain,
    Function(Function),
    Unknown(String),
}

struct Key {
    text: String,
    merges: bool,
}

impl<'a, S> Composer<'a, S>
where
    S: Iterator<Item = Result<(Event<'a>, Range), ScanError>>,
{
    /// `unended`: the number of characters, if the last line has no end.
    pub(super) fn new(source: S, file: &'a str, unended: Option<usize>) -> Self {
        Self {
            source,
            file,
            pointer: String::new(),
            depth: 0,
            values: 0,
            anchors: HashMap::new(),
            unended,
            places: Places::default(),
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn document(mut self) -> (Option<Value>, Places, Vec<Diagnostic>) {
        let value = self.first_document();
        (value, self.places, self.diagnostics)
    }

    fn first_document(&mut self) -> Option<Value> {
        let (event, range) = loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_), _) => {}
                (Event::StreamEnd, range) => return self.give_up(TEMPLATE_SHAPE, "the text is empty", range),
                found => break found,
            }
        };
        self.place("", range);
        let value = self.value(event, range)?;
        while let Some(next) = self.source.next() {
            match next {
                Ok((Event::DocumentStart(_), range)) => {
                    self.find(UNREADABLE, "a second document follows, and a template is one document", range);
                    break;
                }
                Ok(_) => {}
                Err(error) => return self.unreadable(&error),
            }
        }
        Some(value)
    }

    fn next(&mut self) -> Option<(Event<'a>, Range)> {
        match self.source.next()? {
            Ok(next) => Some(next),
            Err(error) => self.unreadable(&error),
        }
    }

    fn value(&mut self, event: Event<'a>, range: Range) -> Option<Value> {
        self.place("#", range);
        let text = if let Event::Scalar(text, ..) = &event { text.len() } else { 0 };
        self.count(Size { values: 1 + text / BYTES_A_VALUE, depth: 1 }, range)?;
        self.depth += 1;
        let (anchor, value) = match event {
            Event::Alias(anchor) => (0, self.alias(anchor, range)?),
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.without_added_end(&text, style, range);
                (anchor, self.scalar(text, style, tag.as_deref(), range))
            }
            Event::SequenceStart(anchor, tag) => (anchor, self.collection(tag.as_deref(), range, Self::list)?),
            Event::MappingStart(anchor, tag) => (anchor, self.collection(tag.as_deref(), range, Self::map)?),
            _ => unreachable!("a value begins with none but these events"),
        };
        self.depth -= 1;
        if anchor != 0 {
            self.count(Size::of(&value), range)?;
            self.anchors.insert(anchor, value.clone());
        }
        Some(value)
    }

    /// Counts values that are about to be there, and refuses too many of them.
    fn count(&mut self, size: Size, range: Range) -> Option<()> {
        self.values += size.values;
        if self.values > MOST_VALUES {
            return self.give_up(TOO_LARGE, format!("more than {MOST_VALUES} values, aliases resolved"), range);
        }
        if self.depth + size.depth > DEEPEST {
            return self.give_up(TOO_LARGE, format!("nested more than {DEEPEST} deep"), range);
        }
        Some(())
    }

    fn alias(&mut self, anchor: usize, range: Range) -> Option<Value> {
        let help = "let `aws cloudformation package` resolve it, or write the value out";
        self.warn(ALIAS, "an alias, which CloudFormation refuses", range, help);
        let Some(value) = self.anchors.get(&anchor) else {
            self.find(ALIAS, "an alias stands within its own anchor", range);
            return Some(Value::Null);
        };
        self.count(Size::of(value), range)?;
        self.anchors.get(&anchor).cloned()
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, range: Range) -> Value {
        match self.meaning(tag, range) {
            Meaning::Untagged if style == ScalarStyle::Plain => self.plain(text, range),
            Meaning::Untagged | Meaning::Text => Value::text(text),
            Meaning::Plain => scalar::plain(text),
            // Behind a function's tag, whatever stands there is text.
            Meaning::Function(function) => {
                self.within(function.long_name(), range, |_| Value::function(function, Value::text(text)))
            }
            Meaning::Unknown(name) => Value::map([(name, Value::text(text))]),
        }
    }

    /// The parser ends the last line of a block scalar even where the text ends before.
    fn without_added_end<'t>(&self, text: &'t str, style: ScalarStyle, range: Range) -> &'t str {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let at_end = self.unended.is_some_and(|end| range.end.index() >= end);
        if block && at_end { text.strip_suffix('\n').unwrap_or(text) } else { text }
    }

    fn plain(&mut self, text: &str, range: Range) -> Value {
        let value = scalar::plain(text);
        if value == Value::Null {
            let message = format!("{} is null, which CloudFormation refuses", self.name());
            let finding = Diagnostic::error(NULL_VALUE, message);
            self.diagnostics.push(self.here(finding, range).help("remove the key, or write `Ref: AWS::NoValue`"));
        }
        self.note_misreading(text, &value, range);
        value
    }

    fn note_misreading(&mut self, text: &str, value: &Value, range: Range) {
        if let Some(reading) = scalar::misread(text, value) {
            let message = format!("`{text}` is read as `{reading}`");
            self.warn(MISREAD, message, range, format!("write `\"{text}\"` for the text, `{reading}` for the value"));
        }
    }

    fn collection(&mut self, tag: Option<&Tag>, range: Range, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        match self.meaning(tag, range) {
            Meaning::Untagged | Meaning::Text | Meaning::Plain => read(self),
            Meaning::Function(function) => {
                let argument = self.within(function.long_name(), range, read)?;
                Some(Value::function(function, argument))
            }
            Meaning::Unknown(name) => {
                let argument = self.within(&name, range, read)?;
                Some(Value::map([(name, argument)]))
            }
        }
    }

    fn meaning(&mut self, tag: Option<&Tag>, range: Range) -> Meaning {
        let Some(tag) = tag else { return Meaning::Untagged };
        match (tag.handle.as_str(), tag.suffix.as_str()) {
            _ if is_text(tag) => Meaning::Text,
            (CORE, "bool" | "int" | "float" | "null" | "map" | "seq") => Meaning::Plain,
            ("!", name) if let Some(function) = Function::from_tag(name) => Meaning::Function(function),
            _ => self.unknown_tag(tag, range),
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, range: Range) -> Meaning {
        let written = if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
        let finding = Diagnostic::error(UNKNOWN_TAG, format!("`{written}` is no function of CloudFormation"));
        let mut finding = self.here(finding, range);
        let alike = |function: &&Function| function.tag().eq_ignore_ascii_case(&tag.suffix);
        if let Some(function) = Function::ALL.iter().find(alike) {
            finding = finding.help(format!("write `!{}`", function.tag()));
        }
        self.diagnostics.push(finding);
        Meaning::Unknown(format!("Fn::{}", tag.suffix))
    }

    fn list(&mut self) -> Option<Value> {
        let mut values = Vec::new();
        loop {
            let (event, range) = self.next()?;
            if event == Event::SequenceEnd {
                return Some(Value::List(values));
            }
            let step = values.len().to_string();
            values.push(self.within(&step, range, |composer| composer.value(event, range))?);
        }
    }

    fn map(&mut self) -> Option<Value> {
        let mut map = Map::new();
        let mut merged = Map::new();
        loop {
            let (event, range) = self.next()?;
            if event == Event::MappingEnd {
                merged.into_iter().for_each(|(key, value)| {
                    map.entry(key).or_insert(value);
                });
                return Some(Value::from_map(map));
            }
            match self.key(event, range)? {
                Some(key) if key.merges => self.merge(&mut merged, range)?,
                Some(key) => self.entry(&mut map, key.text, range)?,
                None => drop(self.entry_value("", range)?),
            }
        }
    }

    fn entry(&mut self, map: &mut Map, key: String, range: Range) -> Option<()> {
        if map.contains_key(&key) {
            let finding = Diagnostic::error(DUPLICATE_KEY, format!("`{key}` is given twice, and the last one counts"));
            let first = self.places.get(&format!("{}{}", self.pointer, pointer([&key]))).cloned();
            let finding = self.here(finding, range);
            self.diagnostics.push(match first {
                Some(first) => finding.and_at(first, "first here"),
                None => finding,
            });
        }
        let value = self.entry_value(&key, range)?;
        map.insert(key, value);
        Some(())
    }

    fn entry_value(&mut self, key: &str, range: Range) -> Option<Value> {
        let (event, value_range) = self.next()?;
        self.within(key, range, |composer| composer.value(event, value_range))
    }

    /// A key; none, with a finding, for one that is no text.
    #[expect(clippy::option_option, reason = "the outer one is the end of all reading")]
    fn key(&mut self, event: Event<'a>, range: Range) -> Option<Option<Key>> {
        match event {
            Event::Scalar(text, style, _, None) => Some(Some(self.text_key(&text, style, range))),
            // `! key` and `!!str key` say what a key is anyway.
            Event::Scalar(text, _, _, Some(tag)) if is_text(&tag) => {
                Some(Some(self.text_key(&text, ScalarStyle::DoubleQuoted, range)))
            }
            other => {
                self.find(KEY_NOT_TEXT, "a key is no text", range);
                self.within("", range, |composer| composer.value(other, range))?;
                Some(None)
            }
        }
    }

    fn text_key(&mut self, text: &str, style: ScalarStyle, range: Range) -> Key {
        self.values += text.len() / BYTES_A_VALUE;
        let plain = style == ScalarStyle::Plain;
        if plain && text != "<<" {
            let value = scalar::plain(text);
            self.note_misreading(text, &value, range);
            if value == Value::Null {
                self.find(KEY_NOT_TEXT, "a key is null", range);
            }
        }
        Key { text: text.to_owned(), merges: plain && text == "<<" }
    }

    fn merge(&mut self, merged: &mut Map, range: Range) -> Option<()> {
        let help = "let `aws cloudformation package` resolve it, or write the keys out";
        self.warn(MERGE_KEY, "a merge key, which CloudFormation refuses", range, help);
        let maps = match self.entry_value("<<", range)? {
            Value::List(values) => values,
            one => vec![one],
        };
        for map in maps {
            match map {
                Value::Map(map) => map.into_iter().for_each(|(key, value)| {
                    merged.entry(key).or_insert(value);
                }),
                _ => self.find(MERGE_KEY, "what is merged is no map", range),
            }
        }
        Some(())
    }

    fn within<T>(&mut self, step: &str, range: Range, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push_str(&pointer([step]));
        self.place("", range);
        let read = read(self);
        self.pointer.truncate(length);
        read
    }

    fn place(&mut self, suffix: &str, range: Range) {
        if self.pointer.len() > LONGEST_POINTER {
            return;
        }
        let span = self.span(range);
        self.places.insert(format!("{}{suffix}", self.pointer), span);
    }

    fn span(&self, range: Range) -> Span {
        let same_line = range.start.line() == range.end.line();
        let length = if same_line { range.end.col().saturating_sub(range.start.col()) } else { 0 };
        Span::new(self.file, range.start.line(), range.start.col() + 1, length)
    }

    /// What is being read, in words.
    fn name(&self) -> String {
        match self.pointer.rsplit('/').next() {
            Some(step) if !step.is_empty() && !step.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("`{}`", step.replace("~1", "/").replace("~0", "~"))
            }
            _ => "a value".to_owned(),
        }
    }

    fn here(&self, finding: Diagnostic, range: Range) -> Diagnostic {
        let finding = finding.span(self.span(range));
        if self.pointer.len() > LONGEST_POINTER {
            return finding;
        }
        let finding = finding.path(self.pointer.as_str());
        match super::structure::resource_of(&self.pointer) {
            Some(resource) => finding.resource(resource),
            None => finding,
        }
    }

    fn find(&mut self, code: crate::diagnostic::Code, message: impl Into<String>, range: Range) {
        let finding = self.here(Diagnostic::error(code, message), range);
        self.diagnostics.push(finding);
    }

    fn warn(
        &mut self,
        code: crate::diagnostic::Code,
        message: impl Into<String>,
        range: Range,
        help: impl Into<String>,
    ) {
        let finding = self.here(Diagnostic::warning(code, message), range).help(help);
        self.diagnostics.push(finding);
    }

    fn give_up<T>(&mut self, code: crate::diagnostic::Code, message: impl Into<String>, range: Range) -> Option<T> {
        self.find(code, message, range);
        None
    }

    fn unreadable<T>(&mut self, error: &ScanError) -> Option<T> {
        let finding = Diagnostic::error(UNREADABLE, format!("the template is no YAML: {}", error.info()));
        let mut finding = self.here(finding, Range::empty(*error.marker()));
        finding.help = cure(error.info()).map(str::to_owned);
        self.diagnostics.push(finding);
        None
    }
}

/// How to mend what people often write.
fn cure(fault: &str) -> Option<&'static str> {
    const CURES: &[(&str, &str)] = &[
        ("tabs", "indent with spaces"),
        ("indentation in quoted scalar", "indent every line of the text, or write it as a block behind `|`"),
        (
            "document start",
            "if a function is the argument of another one, write one of them long: `Fn::Base64: !Sub …`",
        ),
        ("unknown anchor", "quote text that starts with `*`"),
    ];
    CURES.iter().find(|(words, _)| fault.contains(words)).map(|(_, cure)| *cure)
}

fn is_text(tag: &Tag) -> bool {
    matches!((tag.handle.as_str(), tag.suffix.as_str()), ("!", "") | ("", "!") | (CORE, "str"))
}

impl Size {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::of_text(""),
            Value::String(text) => Self::of_text(text),
            Value::List(values) => Self::around(values.iter().map(Self::of)),
            Value::Map(map) => Self::around(map.iter().flat_map(Self::of_entry)),
            Value::Intrinsic(Intrinsic::Call(_, argument)) => Self::around([Self::of(argument)]),
            Value::Intrinsic(Intrinsic::Reference(reference)) => Self::of_text(reference.name()),
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                let variables = Self::around(sub.variables.iter().flat_map(Self::of_entry));
                Self::around([Self::of_text(&sub.text()), variables])
            }
        }
    }

    fn of_entry((key, value): (&String, &Value)) -> [Self; 2] {
        [Self::of_text(key), Self::of(value)]
    }

    fn of_text(text: &str) -> Self {
        Self { values: 1 + text.len() / BYTES_A_VALUE, depth: 1 }
    }

    fn around(inside: impl IntoIterator<Item = Self>) -> Self {
        let sum = |sum: Self, one: Self| Self { values: sum.values + one.values, depth: sum.depth.max(one.depth) };
        let inside = inside.into_iter().fold(Self { values: 1, depth: 0 }, sum);
        Self { depth: inside.depth + 1, ..inside }
    }
}
