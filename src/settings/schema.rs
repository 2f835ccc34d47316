//! The JSON Schema of the settings: the one description of every key, for editors and for the reader here.

use std::sync::LazyLock;

use serde_json::Value;

/// The schema's text, as `formwork schema --settings` prints it.
pub const SCHEMA: &str = include_str!("../../schemas/settings.schema.json");

static PARSED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SCHEMA).unwrap_or_else(|_| unreachable!("the settings' schema is JSON")));

/// The whole schema.
pub(super) fn root() -> &'static Value {
    &PARSED
}

/// The part of the schema that describes one environment.
pub(super) fn environment() -> &'static Value {
    &root()["definitions"]["environment"]
}

/// A schema that has the whole one's definitions, and is the one of them that `name` says.
pub(super) fn definition(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/definitions/{name}"), "definitions": root()["definitions"] })
}

/// The schema behind a reference, or itself.
fn target(schema: &'static Value) -> &'static Value {
    match schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => root().pointer(pointer).unwrap_or(&Value::Null),
        None => schema,
    }
}

/// The schema of a key or an index inside of what `schema` describes; null where there is none.
pub(super) fn step(schema: &'static Value, step: &str) -> &'static Value {
    let schema = target(schema);
    let property = schema.get("properties").and_then(|properties| properties.get(step));
    let inner = property.or_else(|| schema.get("additionalProperties").filter(|any| any.is_object()));
    let inner = inner.or_else(|| schema.get("items").filter(|_| step.parse::<usize>().is_ok()));
    inner.map_or(&Value::Null, target)
}

/// The schema at a path inside of what `schema` describes.
pub(super) fn at<'a>(schema: &'static Value, steps: impl IntoIterator<Item = &'a str>) -> &'static Value {
    steps.into_iter().fold(target(schema), step)
}

/// The keys that a map may have.
pub(super) fn keys(schema: &'static Value) -> Vec<&'static str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str)).collect()
}

/// Whether `schema` takes values of the type `name`.
pub(super) fn takes(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::String(kind) => kind == name,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == name),
        _ => false,
    }
}

/// What the schema says of one setting, for the parameter that a template makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the setting is.
    pub description: String,
    /// The smallest number it takes.
    pub minimum: Option<i64>,
    /// The greatest number it takes.
    pub maximum: Option<i64>,
    /// The regular expression that it matches.
    pub pattern: Option<String>,
    /// What the pattern means, in words.
    pub shape: Option<String>,
}

/// What the schema says of the setting at a path such as `function.memory`.
pub fn facts(path: &str) -> Facts {
    let schema = at(environment(), path.split('.'));
    let item = if takes(schema, "array") { step(schema, "0") } else { schema };
    let text = |key: &str| item[key].as_str().map(str::to_owned);
    Facts {
        description: schema["description"].as_str().unwrap_or_default().to_owned(),
        minimum: schema["minimum"].as_i64(),
        maximum: schema["maximum"].as_i64(),
        pattern: text("pattern"),
        shape: text("patternErrorMessage"),
    }
}

/// The paths of the settings that may stay open until deployment.
pub fn parameterisable() -> Vec<&'static str> {
    let names = at(root(), ["parameters", "0"])["enum"].as_array();
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(schema: &'static Value, path: &str, visit: &mut dyn FnMut(&str, &'static Value)) {
        for key in keys(schema) {
            let (path, inner) = (format!("{path}/{key}"), &schema["properties"][key]);
            visit(&path, inner);
            each(target(inner), &path, visit);
        }
    }

    #[test]
    fn the_schema_is_a_schema() {
        assert!(jsonschema::meta::is_valid(root()));
    }

    #[test]
    fn every_key_is_described_and_shown_by_default_choice_or_example() {
        for schema in [root(), environment()] {
            each(schema, "", &mut |path, setting| {
                assert!(setting["description"].is_string(), "{path} has no description");
                let shown = ["default", "enum", "examples", "properties", "$ref"];
                assert!(shown.iter().any(|key| setting.get(key).is_some()), "{path} has no example");
            });
        }
    }

    /// They are compiled when a text comes to them, so the schema builds with one that does not compile.
    #[test]
    fn every_pattern_compiles() {
        let text: Vec<&str> = SCHEMA.split("\"pattern\": ").skip(1).collect();
        assert!(text.len() > 10, "{} patterns", text.len());
        for rest in text {
            let pattern = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next();
            let schema = serde_json::json!({ "pattern": pattern.expect("a value").expect("a text") });
            assert!(jsonschema::options().with_draft(jsonschema::Draft::Draft7).build(&schema).is_ok(), "{schema}");
        }
    }

    #[test]
    fn every_map_of_the_schema_is_closed() {
        each(root(), "", &mut |path, setting| {
            let open = target(setting).get("properties").is_some() && target(setting)["additionalProperties"] != false;
            assert!(!open, "{path} takes any key");
        });
    }

    #[test]
    fn regions_and_runtimes_are_those_that_stacks_know() {
        use crate::constructs::lambda::Runtime;
        use crate::stack::Region;
        let listed = |path: &'static str| at(environment(), path.split('.'))["enum"].clone();
        let regions: Vec<_> = Region::ALL.iter().map(|region| region.code()).collect();
        let runtimes: Vec<_> = Runtime::ALL.iter().map(|runtime| runtime.id()).collect();
        assert_eq!(listed("region"), serde_json::json!(regions));
        assert_eq!(listed("function.runtime"), serde_json::json!(runtimes));
    }

    #[test]
    fn what_may_stay_open_is_a_setting() {
        for path in parameterisable() {
            assert!(!facts(path).description.is_empty(), "{path} is no setting");
        }
        assert_eq!(facts("function.memory").minimum, Some(128));
    }
}
