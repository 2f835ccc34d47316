//! From a registry schema to one for `jsonschema`, draft 7, that allows intrinsic functions.
//!
//! A function is an object, so keywords for texts, numbers and lists let it pass; `type`, `enum` and `const` are ours and
//! do. A schema with a keyword for objects or with alternatives stands behind `if`: it holds for what is no function.
//! Inside an `if` of the registry's own, a function satisfies nothing: what is not known must not trigger a `then`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::keywords::{FUNCTION, LITERAL};

/// Keywords that are kept as they are.
const PLAIN: [&str; 25] = [
    "type",
    "enum",
    "const",
    "required",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "requiredXor",
    "requiredOr",
    "dependentExcluded",
    "dependentRequired",
    "enumCaseInsensitive",
    "format",
    "uniqueKeys",
    "maxUniqueItems",
];

/// Keywords that say something of an object, or of anything.
const OF_OBJECTS: [&str; 16] = [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "minProperties",
    "maxProperties",
    "dependencies",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "if",
    "requiredXor",
    "requiredOr",
    "dependentExcluded",
    "dependentRequired",
];

/// A schema for what lies at `at` below `Properties`, such as `Listeners/*`.
pub fn rewrite_at(at: &str, schema: &Value) -> Value {
    let wrap = |inner: Value, step: &str| match step {
        "*" => json!({ "items": inner }),
        name => json!({ "properties": { name: inner } }),
    };
    let nested = at.split('/').filter(|step| !step.is_empty()).rev().fold(schema.clone(), wrap);
    Value::from(keywords(&nested, false))
}

/// The schema for the whole of `Properties`.
pub fn rewrite(schema: &Value) -> Value {
    with_definitions(keywords(schema, false), schema)
}

/// Likewise, where no other properties than these are there: of the rest it holds only that they may be.
pub fn rewrite_for(schema: &Value, names: &BTreeSet<String>) -> Value {
    let mut out = Map::default();
    for (name, value) in schema.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_object()) {
            ("properties", Some(properties)) => {
                let part = |(name, schema): (&String, &Value)| {
                    let part = if names.contains(name) { position(schema, false) } else { Value::Bool(true) };
                    (name.clone(), part)
                };
                out.insert(name.clone(), properties.iter().map(part).collect());
            }
            (name, _) => keyword(&mut out, name, value, false),
        }
    }
    with_definitions(out, schema)
}

/// Adds what the schema of a type defines of what the rewritten part refers to.
pub fn with_definitions(mut part: Map<String, Value>, schema: &Value) -> Value {
    let mut open = Vec::new();
    part.values().for_each(|value| references(value, &mut open));
    let mut definitions = Map::default();
    while let Some(name) = open.pop() {
        let definition = match name.strip_prefix(PROPERTY) {
            Some(property) => schema["properties"].get(property),
            None => schema["definitions"].get(&name),
        };
        if let Some(definition) = definition.filter(|_| !definitions.contains_key(&name)) {
            let definition = position(definition, false);
            references(&definition, &mut open);
            definitions.insert(name, definition);
        }
    }
    if !definitions.is_empty() {
        part.insert("definitions".to_owned(), definitions.into());
    }
    part.into()
}

/// How the name of a definition begins that is that of a property, where a schema refers to one.
const PROPERTY: &str = "property.";

/// A reference, into the definitions wherever it leads.
fn reference(value: &Value) -> Value {
    match value.as_str().and_then(|pointer| pointer.strip_prefix("#/properties/")) {
        Some(name) => format!("#/definitions/{PROPERTY}{name}").into(),
        None => value.clone(),
    }
}

/// Adds the names of the definitions that a rewritten schema refers to.
fn references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            names.extend(reference.and_then(|name| name.strip_prefix("#/definitions/")).map(str::to_owned));
            members.values().for_each(|member| references(member, names));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, names)),
        _ => {}
    }
}

/// The schema for one part of a type's schema.
pub fn rewrite_part(part: &Value, schema: &Value) -> Value {
    with_definitions(keywords(part, false), schema)
}

/// The schema for a place where a function may stand.
fn position(schema: &Value, strict: bool) -> Value {
    if let Value::Bool(always) = schema {
        // Presence: a function is as present as anything.
        return (*always).into();
    }
    let mut rewritten = keywords(schema, strict);
    let is_guarded = OF_OBJECTS.iter().any(|keyword| rewritten.contains_key(*keyword));
    if strict {
        rewritten.insert(LITERAL.to_owned(), true.into());
    } else if is_guarded {
        return json!({ "if": { FUNCTION: true }, "then": true, "else": rewritten });
    }
    rewritten.into()
}

/// The keywords of a schema, one by one.
fn keywords(schema: &Value, strict: bool) -> Map<String, Value> {
    let mut out = Map::default();
    let Some(members) = schema.as_object() else {
        return out;
    };
    for (name, value) in members {
        keyword(&mut out, name, value, strict);
    }
    out
}

/// Adds what becomes of one keyword.
fn keyword(out: &mut Map<String, Value>, keyword: &str, value: &Value, strict: bool) {
    let (keyword, value) = match keyword {
        "properties" | "patternProperties" => (keyword, map(value, |schema| position(schema, strict)).into()),
        "items" | "additionalProperties" | "contains" | "propertyNames" if value.is_object() => {
            (keyword, position(value, strict))
        }
        "additionalProperties" => (keyword, value.clone()),
        "oneOf" if !value.as_array().is_some_and(|branches| branches.iter().all(is_presence)) => {
            ("anyOf", branches(value, strict))
        }
        "anyOf" | "oneOf" | "allOf" => (keyword, branches(value, strict)),
        "if" => ("if", keywords(value, true).into()),
        "then" | "else" if value.is_boolean() => (keyword, value.clone()),
        "not" | "then" | "else" => (keyword, keywords(value, strict).into()),
        "dependencies" => {
            return dependencies(out, value, strict);
        }
        "prefixItems" => (
            "allOf",
            json!([{ "items": value.as_array().into_iter().flatten().map(|schema| position(schema, strict)).collect::<Value>() }]),
        ),
        "$ref" => (keyword, reference(value)),
        plain if PLAIN.contains(&plain) => (plain, value.clone()),
        _ => return,
    };
    insert(out, keyword, value);
}

/// Adds a keyword; alternatives that would meet others go into `allOf`.
fn insert(out: &mut Map<String, Value>, keyword: &str, value: Value) {
    match out.get_mut(keyword) {
        Some(Value::Array(present)) if keyword == "allOf" => {
            present.extend(value.as_array().into_iter().flatten().cloned())
        }
        Some(_) => insert(out, "allOf", json!([{ keyword: value }])),
        None => {
            out.insert(keyword.to_owned(), value);
        }
    }
}

/// `dependencies` of draft 7, which mixes names and schemas: names are `dependentRequired`, a schema is an `if`.
fn dependencies(out: &mut Map<String, Value>, value: &Value, strict: bool) {
    for (name, dependency) in value.as_object().into_iter().flatten() {
        let rule = match dependency {
            Value::Array(_) => json!({ "dependentRequired": { name: dependency } }),
            schema => json!({ "if": { "required": [name] }, "then": keywords(schema, strict) }),
        };
        insert(out, "allOf", json!([rule]));
    }
}

fn branches(value: &Value, strict: bool) -> Value {
    value.as_array().into_iter().flatten().map(|branch| Value::from(keywords(branch, strict))).collect()
}

fn map(value: &Value, rewrite: impl Fn(&Value) -> Value) -> Map<String, Value> {
    value.as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), rewrite(schema))).collect()
}

/// Whether a schema asks only which properties are there: then a function changes nothing, and `oneOf` can be kept.
fn is_presence(schema: &Value) -> bool {
    let is_known = |(keyword, value): (&String, &Value)| match keyword.as_str() {
        "required" => true,
        "type" => value == "object",
        "not" => is_presence(value),
        "anyOf" | "oneOf" | "allOf" => value.as_array().is_some_and(|branches| branches.iter().all(is_presence)),
        _ => false,
    };
    schema.as_object().is_some_and(|members| members.contains_key("required") && members.iter().all(is_known))
}

#[cfg(test)]
mod tests {
    use super::{is_presence, rewrite};
    use serde_json::json;

    #[test]
    fn objects_are_guarded_and_scalars_are_not() {
        let schema = json!({ "properties": { "A": { "type": "string", "description": "x" }, "B": { "type": "object", "required": ["C"] } } });
        assert_eq!(
            rewrite(&schema)["properties"],
            json!({
                "A": { "type": "string" },
                "B": { "if": { "cfnFunction": true }, "then": true, "else": { "type": "object", "required": ["C"] } }
            })
        );
    }

    #[test]
    fn one_of_stays_where_only_presence_is_asked() {
        assert!(is_presence(&json!({ "required": ["A"] })));
        assert!(!is_presence(&json!({ "required": ["A"], "properties": { "A": { "const": 1 } } })));
        assert!(!is_presence(&json!({})));
    }
}
