//! Text to values as the schema wants them read, each key and value with its place.

use serde_json::{Map, Value};

use super::{codes, schema};
use crate::diagnostic::{Diagnostic, Span};
use crate::template::parse::{Content, Fault, FaultKind, Node, span, tree};
use crate::template::{Places, pointer};

/// The values, the place of each by its pointer, and a finding for each key that stands twice; or the finding that keeps
/// the text from being settings.
pub(super) fn convert(file: &str, text: &str) -> Result<(Value, Places, Vec<Diagnostic>), Diagnostic> {
    let tree = tree(text).map_err(|fault| unreadable(file, &fault))?;
    if let Some(second) = tree.second {
        let place = span(file, second);
        return Err(unused(place, "a second document begins here", "settings are one document to a file"));
    }
    let mut converter = Converter { file, places: Places::default(), findings: Vec::new() };
    converter.places.insert("", span(file, tree.root.range));
    let value = converter.value(tree.root, schema::root(), "")?;
    Ok((value, converter.places, converter.findings))
}

fn unreadable(file: &str, fault: &Fault) -> Diagnostic {
    let place = span(file, fault.range);
    match &fault.kind {
        FaultKind::NoYaml(reason) | FaultKind::NoJson(reason) => {
            Diagnostic::error(codes::NOT_YAML, format!("the settings are not YAML: {reason}"))
                .span(place)
                .help("look at the indentation and the quotes here and in the line before")
        }
        FaultKind::Empty => Diagnostic::error(codes::MISSING, "the settings are empty")
            .span(place)
            .help("begin with `blueprint: lambda-rds-proxy`; `formwork schema --settings` describes every key"),
        FaultKind::TooDeep => unused(place, "this is nested deeper than any setting is", "look at the indentation"),
        FaultKind::TooManyBytes | FaultKind::TooManyValues => {
            unused(place, "this is more than any settings are", "look whether this is the file that was meant")
        }
    }
}

fn unused(place: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(codes::UNUSED_YAML, message).span(place).help(help)
}

struct Converter<'a> {
    file: &'a str,
    places: Places,
    findings: Vec<Diagnostic>,
}

impl Converter<'_> {
    fn value(&mut self, node: Node<'_>, schema: &'static Value, at: &str) -> Result<Value, Diagnostic> {
        let place = span(self.file, node.range);
        self.places.insert(format!("{at}#"), place.clone());
        match node.content {
            Content::Alias(_) => Err(unused(place, "settings have no aliases", "put what is shared under `defaults`")),
            _ if node.tag.is_some() => {
                Err(unused(place, "settings have no tags", "write the value itself, without `!`"))
            }
            Content::Scalar { text, plain: true } => Ok(plain(&text, schema)),
            Content::Scalar { text, plain: false } => Ok(Value::String(text.into_owned())),
            Content::List(nodes) => self.list(nodes, schema, at),
            Content::Map(entries) => self.map(entries, schema, at),
        }
    }

    fn list(&mut self, nodes: Vec<Node<'_>>, schema: &'static Value, at: &str) -> Result<Value, Diagnostic> {
        let entries = nodes.into_iter().enumerate();
        entries.map(|(n, node)| self.inner(&n.to_string(), span(self.file, node.range), node, schema, at)).collect()
    }

    fn map(
        &mut self,
        entries: Vec<(Node<'_>, Node<'_>)>,
        schema: &'static Value,
        at: &str,
    ) -> Result<Value, Diagnostic> {
        let mut map = Map::default();
        for (key, node) in entries {
            let place = span(self.file, key.range);
            let Some(key) = key.text() else {
                return Err(unused(place, "a key is a word, and this is none", "look at the brackets and colons"));
            };
            if map.contains_key(key) {
                self.duplicate(key, place, at);
            } else {
                let value = self.inner(key, place, node, schema, at)?;
                map.insert(key.to_owned(), value);
            }
        }
        Ok(Value::Object(map))
    }

    fn inner(
        &mut self,
        step: &str,
        place: Span,
        node: Node<'_>,
        schema: &'static Value,
        at: &str,
    ) -> Result<Value, Diagnostic> {
        let at = format!("{at}{}", pointer([step]));
        self.places.insert(at.clone(), place);
        self.value(node, schema::step(schema, step), &at)
    }

    fn duplicate(&mut self, key: &str, second: Span, at: &str) {
        let finding = Diagnostic::error(codes::DUPLICATE_KEY, format!("`{key}` stands twice in this map"))
            .span(second)
            .label("a second time here");
        let finding = match self.places.get(&format!("{at}{}", pointer([key]))) {
            Some(first) => finding.and_at(first, "first here"),
            None => finding,
        };
        self.findings.push(finding.help("keep one of the two, or put both contents under one key"));
    }
}

/// A scalar without quotes. Where the setting is text, its letters are the value: of an account `012345678901`, a tag
/// `1.10` or a tag `on` nothing is lost. Elsewhere it is what YAML says; a number with a fraction or with leading
/// zeros is wanted nowhere, and stays text that will be refused.
fn plain(text: &str, schema: &Value) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        _ if schema::takes(schema, "string") => Value::String(text.to_owned()),
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::String(text.to_owned())),
    }
}

fn number(text: &str) -> Option<Value> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then(|| number.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::convert;

    #[track_caller]
    fn check(text: &str, pointer: &str, expect: serde_json::Value) {
        let (value, _, _) = convert("formwork.yaml", text).expect("YAML");
        assert_eq!(value.pointer(pointer), Some(&expect));
    }

    #[test]
    fn an_account_loses_no_digit() {
        check("defaults: { account: 012345678901 }", "/defaults/account", json!("012345678901"));
        check("defaults: { account: 111122223333 }", "/defaults/account", json!("111122223333"));
    }

    #[test]
    fn text_is_what_was_written() {
        check(
            "defaults: { tags: { version: 1.10, on: off } }",
            "/defaults/tags",
            json!({"version": "1.10", "on": "off"}),
        );
    }

    #[test]
    fn numbers_are_whole_and_plain() {
        check("defaults: { function: { memory: 256 } }", "/defaults/function/memory", json!(256));
        check("defaults: { function: { memory: 0256 } }", "/defaults/function/memory", json!("0256"));
        check("defaults: { function: { memory: 256.0 } }", "/defaults/function/memory", json!("256.0"));
    }

    #[test]
    fn keys_and_values_have_their_places() {
        let text = "stack: x\ndefaults:\n  tags:\n    a/b: c\n";
        let (_, places, _) = convert("formwork.yaml", text).expect("YAML");
        let place = |pointer| places.get(pointer).map(|place| place.to_string());
        assert_eq!(place("/defaults/tags/a~1b").as_deref(), Some("formwork.yaml:4:5"));
        assert_eq!(place("/defaults/tags/a~1b#").as_deref(), Some("formwork.yaml:4:10"));
    }
}
