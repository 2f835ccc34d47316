//! What exists already and what is new: a section says the one or the other.

use serde_json::{Map, Value};

use super::codes;
use crate::diagnostic::Diagnostic;
use crate::template::{Places, pointer};

/// The key under which a section says what this stack creates.
const NEW: &str = "new";

/// The sections that have both shapes, with the keys that only what exists has.
const SECTIONS: &[(&str, &[&str])] = &[
    ("network", &["vpc", "private-subnets"]),
    ("database", &["identifier", "security-group", "manage-security-group", "resource-id"]),
    ("secret", &["arn"]),
];

/// What `defaults` say to an environment: of a section of which the environment itself says that it exists, nothing
/// that is of a new one, and the other way round. So `defaults` can describe what most environments have.
pub(super) fn fitting(defaults: &Value, environment: &Value) -> Value {
    let mut fitting = defaults.clone();
    for (section, given) in SECTIONS {
        let said = environment.get(section).and_then(Value::as_object);
        let Some(Value::Object(offered)) = fitting.get_mut(*section) else { continue };
        if said.is_some_and(is_new) {
            offered.retain(|key, _| !given.contains(&key.as_str()));
        } else if said.is_some_and(|said| given.iter().any(|key| said.contains_key(*key))) {
            offered.remove(NEW);
        }
    }
    fitting
}

/// A finding for each key that a section has of both shapes.
pub(super) fn check(environment: &Value, at: &str, places: &Places) -> Vec<Diagnostic> {
    let sections = SECTIONS.iter().filter_map(|(section, given)| {
        let said = environment.get(section)?.as_object().filter(|said| is_new(said))?;
        Some(given.iter().filter(|key| said.contains_key(**key)).map(|key| both(section, key, at, places)))
    });
    sections.flatten().collect()
}

fn both(section: &str, key: &str, at: &str, places: &Places) -> Diagnostic {
    let at_key = format!("{at}{}", pointer([section, key]));
    let message =
        format!("`{section}.{key}` is of one that exists, and `{section}.new` of one that this stack creates");
    let finding = Diagnostic::error(codes::EXCLUSIVE, message)
        .path(&at_key)
        .span(places.nearest(&at_key))
        .help(format!("delete `{key}`, or `new`"));
    match places.nearest(&format!("{at}{}", pointer([section, NEW]))) {
        Some(new) => finding.and_at(new, "the new one"),
        None => finding,
    }
}

/// Whether the setting at `path` is of the other shape than the one that the environment has.
pub(super) fn is_elsewhere(environment: &Value, path: &str) -> bool {
    let Some((section, key)) = path.split_once('.') else { return false };
    let said = environment.get(section).and_then(Value::as_object);
    let given = SECTIONS.iter().find(|(name, _)| *name == section).is_some_and(|(_, given)| given.contains(&key));
    given && said.is_some_and(is_new)
}

fn is_new(section: &Map<String, Value>) -> bool {
    section.contains_key(NEW)
}
