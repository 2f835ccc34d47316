//! From a registry schema to one for `jsonschema`, draft 7, that allows intrinsic functions.
//!
//! A function is an object, so keywords for texts, numbers and lists let it pass; `type`, `enum` and `const` are ours and
//! do. A schema with a keyword for objects or with alternatives stands behind `if`: it holds for what is no function.
//! Inside an `if` of the registry's own, a function satisfies nothing: what is not known must not trigger a `then`.

use serde_json::{Map, Value, json};

use super::keywords::{FUNCTION, LITERAL};

/// Keywords that are kept as they are.
const PLAIN: [&str; 26] = [
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
    "$ref",
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
    let mut rewritten = keywords(schema, false);
    rewritten.insert("definitions".to_owned(), definitions(schema));
    rewritten.into()
}

/// What the schema of a type defines for its parts.
pub fn definitions(schema: &Value) -> Value {
    map(&schema["definitions"], |definition| position(definition, false)).into()
}

/// The schema for one part, without definitions.
pub fn rewrite_part(schema: &Value) -> Value {
    keywords(schema, false).into()
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
    let mut out = Map::new();
    let Some(members) = schema.as_object() else {
        return out;
    };
    for (keyword, value) in members {
        let (keyword, value) = match keyword.as_str() {
            "properties" | "patternProperties" => {
                (keyword.as_str(), map(value, |schema| position(schema, strict)).into())
            }
            "items" | "additionalProperties" | "contains" | "propertyNames" if value.is_object() => {
                (keyword.as_str(), position(value, strict))
            }
            "additionalProperties" => (keyword.as_str(), value.clone()),
            "oneOf" if !value.as_array().is_some_and(|branches| branches.iter().all(is_presence)) => {
                ("anyOf", branches(value, strict))
            }
            "anyOf" | "oneOf" | "allOf" => (keyword.as_str(), branches(value, strict)),
            "if" => ("if", keywords(value, true).into()),
            "then" | "else" if value.is_boolean() => (keyword.as_str(), value.clone()),
            "not" | "then" | "else" => (keyword.as_str(), keywords(value, strict).into()),
            "dependencies" => {
                dependencies(&mut out, value, strict);
                continue;
            }
            "prefixItems" => (
                "allOf",
                json!([{ "items": value.as_array().into_iter().flatten().map(|schema| position(schema, strict)).collect::<Value>() }]),
            ),
            plain if PLAIN.contains(&plain) => (plain, value.clone()),
            _ => continue,
        };
        insert(&mut out, keyword, value);
    }
    out
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
