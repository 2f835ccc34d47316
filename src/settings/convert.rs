//! The tree as it was written, to values as the schema wants them read.

use serde_json::{Map, Value};

use super::compose::{Content, Node};
use super::schema;
use crate::diagnostic::Span;
use crate::template::Places;

/// The values, and the place of each key and value by its pointer.
pub(super) fn convert(node: &Node) -> (Value, Places) {
    let mut places = Places::default();
    places.insert("", node.span.clone());
    let value = value(node, schema::root(), "", &mut places);
    (value, places)
}

fn value(node: &Node, schema: &'static Value, pointer: &str, places: &mut Places) -> Value {
    places.insert(format!("{pointer}#"), node.span.clone());
    match &node.content {
        Content::Scalar { text, plain: true } => plain(text, schema),
        Content::Scalar { text, plain: false } => Value::String(text.clone()),
        Content::List(nodes) => {
            let nodes = nodes.iter().enumerate().map(|(index, node)| (index.to_string(), &node.span, node));
            Value::Array(nodes.map(|entry| inner(entry, schema, pointer, places).1).collect())
        }
        Content::Map(entries) => {
            let entries = entries.iter().map(|((key, span), node)| (key.clone(), span, node));
            Value::Object(entries.map(|entry| inner(entry, schema, pointer, places)).collect::<Map<_, _>>())
        }
    }
}

fn inner(
    (key, span, node): (String, &Span, &Node),
    schema: &'static Value,
    pointer: &str,
    places: &mut Places,
) -> (String, Value) {
    let pointer = format!("{pointer}{}", crate::template::pointer([&key]));
    places.insert(pointer.clone(), span.clone());
    let value = value(node, schema::step(schema, &key), &pointer, places);
    (key, value)
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

    use super::super::compose::compose;
    use super::convert;

    #[track_caller]
    fn check(text: &str, pointer: &str, expect: serde_json::Value) {
        let (node, _) = compose("formwork.yaml", text).expect("YAML");
        assert_eq!(convert(&node).0.pointer(pointer), Some(&expect));
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
        let (node, _) = compose("formwork.yaml", "stack: x\ndefaults:\n  tags:\n    a/b: c\n").expect("YAML");
        let (_, places) = convert(&node);
        let place = |pointer| places.get(pointer).map(ToString::to_string);
        assert_eq!(place("/defaults/tags/a~1b").as_deref(), Some("formwork.yaml:4:5"));
        assert_eq!(place("/defaults/tags/a~1b#").as_deref(), Some("formwork.yaml:4:10"));
    }
}
