//! What an environment says, completed: by `defaults`, by the schema's defaults, by what stays open.

use serde_json::{Value, json};

use super::{schema, shapes};
use crate::template::{Places, pointer};

/// Completes `inside` with what only `beside` has; each part that is taken over brings its places along.
pub(super) fn merge(inside: &mut Value, at: &str, beside: &Value, from: &str, places: &mut Places) {
    let (Value::Object(map), Value::Object(others)) = (inside, beside) else { return };
    for (key, other) in others {
        let step = pointer([key]);
        let (at, from) = (format!("{at}{step}"), format!("{from}{step}"));
        match map.get_mut(key) {
            Some(value) => merge(value, &at, other, &from, places),
            None => {
                map.insert(key.clone(), other.clone());
                take_places(other, &at, &from, places);
            }
        }
    }
}

fn take_places(value: &Value, at: &str, from: &str, places: &mut Places) {
    for mark in ["", "#"] {
        if let Some(span) = places.get(&format!("{from}{mark}")) {
            places.insert(format!("{at}{mark}"), span);
        }
    }
    let steps: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(values) => values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (key, value) in steps {
        let step = pointer([key]);
        take_places(value, &format!("{at}{step}"), &format!("{from}{step}"), places);
    }
}

/// Adds what the schema says of settings that nobody wrote.
pub(super) fn default(value: &mut Value, schema: &'static Value) {
    if let Value::Array(values) = value {
        return values.iter_mut().for_each(|value| default(value, schema::step(schema, "0")));
    }
    let Value::Object(map) = value else { return };
    for key in schema::keys(schema) {
        let inner = schema::step(schema, key);
        if let (false, Some(given)) = (map.contains_key(key), inner.get("default")) {
            map.insert(key.to_owned(), given.clone());
        }
        if let Some(value) = map.get_mut(key) {
            default(value, inner);
        }
    }
}

/// Makes of the setting at `path` a parameter whose default is the value that stood there. Says whether it could: a
/// section that an environment does not have, such as a secret, is not there to be opened.
pub(super) fn open(value: &mut Value, path: &str) -> bool {
    if shapes::is_elsewhere(value, path) {
        return false;
    }
    let (sections, name) = path.rsplit_once('.').unwrap_or(("", path));
    let section = value.pointer_mut(&pointer(sections.split('.').filter(|key| !key.is_empty())));
    let Some(Value::Object(map)) = section else { return false };
    let default = map.get(name).cloned().unwrap_or_default();
    map.insert(name.to_owned(), json!({ "parameter": parameter_name(path), "default": default }));
    true
}

/// The parameter's name, `FunctionMemory` of `function.memory`, `DatabaseClass` of `database.new.class`.
///
/// Validators take a parameter with `Secret` in its name for a secret that everyone can read. What stays open here is
/// only where the secret is: `CredentialsArn` of `secret.arn`.
pub(super) fn parameter_name(path: &str) -> String {
    let path = path.replacen("secret.", "credentials.", 1).replacen(".new.", ".", 1);
    let words = path.split(['.', '-']).map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        first.to_uppercase() + rest
    });
    words.collect()
}
