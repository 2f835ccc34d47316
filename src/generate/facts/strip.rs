//! What is kept of a published schema: the facts, without prose, links, tooling and dead definitions.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::template::below;

/// Keywords that state no fact about a resource. The schema of a type's *configuration* is not its own.
const PROSE: [&str; 9] = [
    "$comment",
    "$schema",
    "description",
    "documentationUrl",
    "examples",
    "resourceLink",
    "sourceUrl",
    "title",
    "typeConfiguration",
];

/// Keywords whose value is a map from names to schemas, or to something else that no keyword stands in.
const MAPS: [&str; 4] = ["definitions", "dependencies", "patternProperties", "properties"];

/// Keywords whose value is data, not schemas.
const DATA: [&str; 4] = ["const", "default", "enum", "propertyTransform"];

/// The facts of a published schema.
pub fn facts(schema: &Value) -> Value {
    let mut facts = without_prose(schema);
    while let Some(dead) = dead_definition(&facts) {
        definitions_mut(&mut facts).map(|definitions| definitions.shift_remove(&dead));
    }
    if definitions_mut(&mut facts).is_some_and(|definitions| definitions.is_empty()) {
        facts.as_object_mut().map(|facts| facts.shift_remove("definitions"));
    }
    facts
}

fn without_prose(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(key, _)| !PROSE.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), member(key, value)))
                .collect(),
        ),
        Value::Array(elements) => elements.iter().map(without_prose).collect(),
        scalar => scalar.clone(),
    }
}

fn member(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(named) if MAPS.contains(&key) => {
            named.iter().map(|(name, schema)| (name.clone(), without_prose(schema))).collect::<Map<_, _>>().into()
        }
        Value::Object(handlers) if key == "handlers" => {
            handlers.iter().map(|(name, handler)| (name.clone(), handler_facts(handler))).collect::<Map<_, _>>().into()
        }
        _ if DATA.contains(&key) => value.clone(),
        _ => without_prose(value),
    }
}

/// Permissions and time-out; not the schema of the input to `list`.
fn handler_facts(handler: &Value) -> Value {
    let members = handler.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| *key != "handlerSchema")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map<_, _>>()
        .into()
}

fn definitions_mut(facts: &mut Value) -> Option<&mut Map<String, Value>> {
    facts.get_mut("definitions")?.as_object_mut()
}

/// A definition to which nothing refers but itself.
fn dead_definition(facts: &Value) -> Option<String> {
    let facts = facts.as_object()?;
    let definitions = facts.get("definitions")?.as_object()?;
    let mut live = BTreeSet::new();
    facts.iter().filter(|(key, _)| *key != "definitions").for_each(|(_, value)| references(value, &mut live));
    definitions.iter().for_each(|(name, definition)| {
        let mut used = BTreeSet::new();
        references(definition, &mut used);
        used.remove(format!("#/definitions/{name}").as_str());
        live.extend(used);
    });
    definitions.keys().find(|name| !live.iter().any(|reference| is_within(reference, name))).cloned()
}

fn is_within(reference: &str, definition: &str) -> bool {
    reference.strip_prefix("#/definitions/").and_then(|rest| below(rest, definition)).is_some()
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::facts;
    use serde_json::json;

    #[test]
    fn prose_goes_and_properties_of_that_name_stay() {
        let schema = json!({
            "typeName": "A::B::C", "description": "Prose.", "sourceUrl": "https://example.com",
            "properties": { "description": { "type": "string", "description": "Prose." } },
            "handlers": { "list": { "permissions": ["a:B"], "handlerSchema": {} } }
        });
        let kept = json!({
            "typeName": "A::B::C",
            "properties": { "description": { "type": "string" } },
            "handlers": { "list": { "permissions": ["a:B"] } }
        });
        assert_eq!(facts(&schema), kept);
    }

    #[test]
    fn dead_definitions_go_with_what_only_they_use() {
        let schema = json!({
            "definitions": { "Dead": { "items": { "$ref": "#/definitions/Deader" } }, "Deader": {}, "Live": { "$ref": "#/definitions/Live" } },
            "properties": { "A": { "$ref": "#/definitions/Live" } }
        });
        assert_eq!(facts(&schema)["definitions"], json!({ "Live": { "$ref": "#/definitions/Live" } }));
    }
}
