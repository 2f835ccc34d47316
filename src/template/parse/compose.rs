//! A tree to values, with the place of each key and each value.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use saphyr_parser::{Span as Range, Tag};

use super::finding::{ALIAS, DUPLICATE_KEY, KEY_NOT_TEXT, MAPPING_SHAPE, MERGE_KEY, MISREAD, NULL_VALUE, TOO_LARGE};
use super::finding::{UNKNOWN_TAG, UNREADABLE};
use super::scalar;
use super::section::{last_step, located};
use super::tree::{BYTES_A_VALUE, Content, DEEPEST, MOST_VALUES, Node, Tree, extent, span};
use super::{too_deep, too_many_values};
use crate::diagnostic::{Code, Diagnostic};
use crate::template::places::{Part, Spot};
use crate::template::pointer::escape;
use crate::template::{Function, Intrinsic, Map, Places, Value, pointer, to_secret};

/// A finding that lies deeper has a place and no path: with endless keys, paths would fill the memory.
pub(super) const LONGEST_POINTER: usize = 1024;
const CORE: &str = "tag:yaml.org,2002:";

/// Reads one document. Its methods return none when nothing further can be read; the finding is recorded then.
pub(super) struct Composer<'a> {
    file: &'a str,
    /// Its number among the places.
    file_number: u32,
    /// The JSON pointer to what is being read.
    pointer: String,
    /// The part that it leads to.
    part: Part,
    depth: usize,
    values: usize,
    anchors: HashMap<usize, Value>,
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

impl<'a> Composer<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        let mut places = Places::default();
        Self {
            file,
            file_number: places.file(file),
            pointer: String::new(),
            part: Part::default(),
            depth: 0,
            values: 0,
            anchors: HashMap::new(),
            places,
            diagnostics: Vec::new(),
        }
    }

    pub(super) fn document(mut self, tree: Tree<'_>) -> (Option<Value>, Places, Vec<Diagnostic>) {
        self.values = tree.values;
        let place = self.spot(tree.root.range);
        self.places.insert_key(self.part, place);
        let value = self.value(tree.root);
        if let (Some(range), Some(_)) = (tree.second, &value) {
            self.find(UNREADABLE, "a second document follows, and a template is one document", range);
        }
        (value, self.places, self.diagnostics)
    }

    fn value(&mut self, node: Node<'_>) -> Option<Value> {
        let Node { range, tag, anchor, content } = node;
        let tag = tag.as_deref();
        let place = self.spot(range);
        self.places.insert_value(self.part, place);
        self.depth += 1;
        let value = match content {
            Content::Alias(anchor) => self.alias(anchor, range)?,
            Content::Scalar { text, plain } => self.scalar(text, plain, tag, range),
            Content::List(nodes) => self.collection(tag, range, |composer| composer.list(nodes))?,
            Content::Map(entries) => self.collection(tag, range, |composer| composer.map(entries))?,
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
            return self.give_up(TOO_LARGE, too_many_values(), range);
        }
        if self.depth + size.depth > DEEPEST {
            return self.give_up(TOO_LARGE, too_deep(), range);
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

    fn scalar(&mut self, text: Cow<'_, str>, plain: bool, tag: Option<&Tag>, range: Range) -> Value {
        match self.meaning(tag, range) {
            Meaning::Untagged if plain => self.plain(text, range),
            Meaning::Untagged | Meaning::Text => Value::text(text),
            Meaning::Plain => scalar::plain(&text),
            // Behind a function's tag, whatever stands there is text.
            Meaning::Function(function) => {
                self.within(function.long_name(), range, |_| Value::function(function, Value::text(text)))
            }
            Meaning::Unknown(name) => Value::map([(name, Value::text(text))]),
        }
    }

    fn plain(&mut self, text: Cow<'_, str>, range: Range) -> Value {
        let Some(value) = scalar::other_than_text(&text) else { return Value::text(text) };
        if value == Value::Null {
            let message = format!("{} is null, which CloudFormation refuses", self.name());
            let finding = Diagnostic::error(NULL_VALUE, message);
            self.diagnostics.push(self.here(finding, range).help("remove the key, or write `Ref: AWS::NoValue`"));
        }
        self.note_misreading(&text, &value, range);
        value
    }

    fn note_misreading(&mut self, text: &str, value: &Value, range: Range) {
        match scalar::misread(text, value) {
            None => {}
            Some(_) if self.is_secret() && !matches!(value, Value::Bool(_)) => {
                let message = format!("{} is read as another value than the one that is written", self.name());
                self.warn(MISREAD, message, range, "put it between quotes");
            }
            Some(reading) => {
                let message = format!("`{text}` is read as `{reading}`");
                let help = format!("write `\"{text}\"` for the text, `{reading}` for the value");
                self.warn(MISREAD, message, range, help);
            }
        }
    }

    fn collection(
        &mut self,
        tag: Option<&Tag>,
        range: Range,
        read: impl FnOnce(&mut Self) -> Option<Value>,
    ) -> Option<Value> {
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
        let written = match () {
            // A password may begin with `!`.
            () if self.is_secret() => "the tag".to_owned(),
            () if tag.is_yaml_core_schema() => format!("`!!{}`", tag.suffix),
            () => format!("`{tag}`"),
        };
        let finding = Diagnostic::error(UNKNOWN_TAG, format!("{written} is no function of CloudFormation"));
        let mut finding = self.here(finding, range);
        let alike = |function: &&Function| function.tag().eq_ignore_ascii_case(&tag.suffix);
        if let Some(function) = Function::ALL.iter().find(alike) {
            finding = finding.help(format!("write `!{}`", function.tag()));
        }
        self.diagnostics.push(finding);
        Meaning::Unknown(format!("Fn::{}", tag.suffix))
    }

    fn list(&mut self, nodes: Vec<Node<'_>>) -> Option<Value> {
        let entries = nodes.into_iter().enumerate();
        let values = entries.map(|(n, node)| self.within(&n.to_string(), node.range, |composer| composer.value(node)));
        values.collect::<Option<_>>().map(Value::List)
    }

    fn map(&mut self, entries: Vec<(Node<'_>, Node<'_>)>) -> Option<Value> {
        let mut map = Map::with_capacity_and_hasher(entries.len(), RandomState::default());
        let mut merged = Map::default();
        for (key, value) in entries {
            let range = key.range;
            match self.key(key)? {
                Some(key) if key.merges => self.merge(&mut merged, value, range)?,
                Some(key) => self.entry(&mut map, key.text, value, range)?,
                None => drop(self.within("", range, |composer| composer.value(value))?),
            }
        }
        merged.into_iter().for_each(|(key, value)| {
            map.entry(key).or_insert(value);
        });
        Some(Value::from_map(map))
    }

    fn entry(&mut self, map: &mut Map, key: String, value: Node<'_>, range: Range) -> Option<()> {
        if map.contains_key(&key) {
            let finding = Diagnostic::error(DUPLICATE_KEY, format!("`{key}` is given twice, and the last one counts"));
            let first = self.places.get(&format!("{}{}", self.pointer, pointer([&key])));
            let finding = self.here(finding, range);
            self.diagnostics.push(match first {
                Some(first) => finding.and_at(first, "first here"),
                None => finding,
            });
        }
        let value = self.within(&key, range, |composer| composer.value(value))?;
        map.insert(key, value);
        Some(())
    }

    /// A key; none, with a finding, for one that is no text.
    #[expect(clippy::option_option, reason = "the outer one is the end of all reading")]
    fn key(&mut self, node: Node<'_>) -> Option<Option<Key>> {
        // `! key` and `!!str key` say what a key is anyway.
        let says_text = node.tag.as_deref().map(is_text);
        match node.content {
            Content::Scalar { text, plain } if says_text != Some(false) => {
                Some(Some(self.text_key(text, plain && says_text.is_none(), node.range)))
            }
            _ => {
                self.find(KEY_NOT_TEXT, "a key is no text", node.range);
                self.within("", node.range, |composer| composer.value(node))?;
                Some(None)
            }
        }
    }

    fn text_key(&mut self, text: Cow<'_, str>, plain: bool, range: Range) -> Key {
        if plain && let Some(value) = scalar::other_than_text(&text) {
            self.note_misreading(&text, &value, range);
            if value == Value::Null {
                self.find(KEY_NOT_TEXT, "a key is null", range);
            } else if self.pointer.starts_with("/Mappings/") {
                self.key_of_mapping(&text, &value, range);
            }
        }
        Key { merges: plain && text == "<<", text: text.into_owned() }
    }

    /// CloudFormation says "map keys must be strings; received numeric".
    fn key_of_mapping(&mut self, text: &str, value: &Value, range: Range) {
        let message = format!("the key `{text}` is {}, and must be text", value.kind());
        let finding = self.here(Diagnostic::error(MAPPING_SHAPE, message), range).help(format!("write `\"{text}\"`"));
        self.diagnostics.push(finding);
    }

    fn merge(&mut self, merged: &mut Map, value: Node<'_>, range: Range) -> Option<()> {
        let help = "let `aws cloudformation package` resolve it, or write the keys out";
        self.warn(MERGE_KEY, "a merge key, which CloudFormation refuses", range, help);
        let maps = match self.within("<<", range, |composer| composer.value(value))? {
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
        let (length, outer) = (self.pointer.len(), self.part);
        self.pointer.push('/');
        self.pointer.push_str(&escape(step));
        self.part = self.places.part_of_escaped(outer, &self.pointer[length + 1..]);
        let place = self.spot(range);
        self.places.insert_key(self.part, place);
        let read = read(self);
        self.pointer.truncate(length);
        self.part = outer;
        read
    }

    fn spot(&self, range: Range) -> Spot {
        let (line, column, length) = extent(range);
        Spot::new(self.file_number, line, column, length)
    }

    /// What is being read, in words.
    fn name(&self) -> String {
        match last_step(&self.pointer).as_str() {
            step if step.bytes().all(|byte| byte.is_ascii_digit()) => "a value".to_owned(),
            step => format!("`{step}`"),
        }
    }

    /// Whether what is being read may be the text of a secret, or a part of it.
    fn is_secret(&self) -> bool {
        to_secret(&self.pointer).is_some()
    }

    fn here(&self, finding: Diagnostic, range: Range) -> Diagnostic {
        let finding = finding.span(span(self.file, range));
        if let Some(path) = to_secret(&self.pointer) {
            return located(finding.secret(), path.to_owned());
        }
        if self.pointer.len() > LONGEST_POINTER { finding } else { located(finding, self.pointer.clone()) }
    }

    fn find(&mut self, code: Code, message: impl Into<String>, range: Range) {
        let finding = self.here(Diagnostic::error(code, message), range);
        self.diagnostics.push(finding);
    }

    fn warn(&mut self, code: Code, message: impl Into<String>, range: Range, help: impl Into<String>) {
        let finding = self.here(Diagnostic::warning(code, message), range).help(help);
        self.diagnostics.push(finding);
    }

    fn give_up<T>(&mut self, code: Code, message: impl Into<String>, range: Range) -> Option<T> {
        self.find(code, message, range);
        None
    }
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
