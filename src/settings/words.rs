//! The words of findings: what a setting is called, what stands there, what is wanted.

use serde_json::Value;

use super::schema;
use crate::template::steps;

/// The setting's name, `network.vpc` of `/environments/uat/network/vpc`: without the environment and places in lists.
pub(super) fn setting(pointer: &str) -> String {
    let steps: Vec<_> = steps(pointer).collect();
    let inside = match steps.first().map(String::as_str) {
        Some("environments") if steps.len() > 2 => &steps[2..],
        Some("defaults") if steps.len() > 1 => &steps[1..],
        _ => &steps[..],
    };
    let names: Vec<_> = inside.iter().filter(|step| step.parse::<usize>().is_err()).map(String::as_str).collect();
    match (environment(pointer), names.is_empty()) {
        (Some(environment), _) if steps.len() == 2 => format!("environment `{environment}`"),
        (_, true) => "the settings".to_owned(),
        (_, false) => format!("`{}`", names.join(".")),
    }
}

/// The environment that a pointer leads into.
pub(super) fn environment(pointer: &str) -> Option<String> {
    let mut steps = steps(pointer);
    (steps.next()? == "environments").then(|| steps.next())?
}

/// The schema at a pointer.
pub(super) fn schema_at(pointer: &str) -> &'static Value {
    let steps: Vec<_> = steps(pointer).collect();
    schema::at(schema::root(), steps.iter().map(String::as_str))
}

/// The value in short, as it was written.
pub(super) fn short(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// What kind of value stands there.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => short(value),
        Value::String(_) => format!("the text {}", short(value)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a map".to_owned(),
    }
}

/// What kind of value the schema wants.
pub(super) fn wanted(schema: &Value) -> &'static str {
    let kinds = [
        ("string", "text"),
        ("integer", "a whole number"),
        ("boolean", "`true` or `false`"),
        ("array", "a list"),
        ("object", "a map of keys"),
    ];
    kinds.iter().find(|(name, _)| schema::takes(schema, name)).map_or("something else", |(_, words)| words)
}

/// An example for the setting at `pointer`, such as `memory: 256`.
pub(super) fn example(pointer: &str) -> Option<String> {
    let schema = schema_at(pointer);
    let first = |key: &str| schema[key].as_array().and_then(|values| values.first());
    let value = first("examples").or_else(|| schema.get("default")).or_else(|| first("enum"))?;
    let text = flow(value).filter(|text| text != "{  }")?;
    match steps(pointer).next_back() {
        Some(key) if key.parse::<usize>().is_err() => Some(format!("for example `{key}: {text}`")),
        _ => Some(format!("for example `{text}`")),
    }
}

/// The value on one line, as YAML has it; none if it has several.
fn flow(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.contains('\n')).then(|| text.clone()),
        Value::Array(values) => {
            let values: Option<Vec<_>> = values.iter().map(flow).collect();
            Some(format!("[{}]", values?.join(", ")))
        }
        Value::Object(map) => {
            let entries: Option<Vec<_>> =
                map.iter().map(|(key, value)| Some(format!("{key}: {}", flow(value)?))).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
        other => Some(other.to_string()),
    }
}

/// What the settings cannot say, by the keys that people try, and where it can be said.
pub(super) fn beyond(key: &str) -> Option<&'static str> {
    match key {
        "functions" | "users" | "secrets" => Some(
            "the settings make one function with one database user; a program makes more: \
             `examples/two_users.rs`, `ProxyAuth::iam(first).and(second)`",
        ),
        "reader" | "reader-endpoint" | "read-only" | "read-only-endpoint" => Some(
            "`database.new.readers` says how many instances read; a read-only endpoint of the proxy is made by a \
             program: `examples/aurora_reader.rs`, `ProxyEndpoint::new(…).read_only()`",
        ),
        _ => None,
    }
}
