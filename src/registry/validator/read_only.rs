//! Properties that only AWS sets.

use serde_json::Value;

use super::{Subject, Violation, ViolationKind};
use crate::registry::property_path::PropertyPath;
use crate::registry::type_facts::TypeFacts;
use crate::template::below;

/// The read-only properties of a type; not one that the facts have among those that are set at creation too.
pub fn of(facts: &TypeFacts) -> Vec<PropertyPath> {
    let settable = |path: &&PropertyPath| facts.create_only.contains(path) || facts.write_only.contains(path);
    let is_required =
        |path: &&PropertyPath| matches!(path.segments(), [name] if facts.required().any(|required| required == name));
    facts.read_only.iter().filter(|path| !settable(path) && !is_required(path)).cloned().collect()
}

impl Subject {
    /// One violation for each that is set, none for what lies in another.
    pub fn read_only(&self, properties: &Value) -> Vec<Violation> {
        let mut places: Vec<String> = Vec::new();
        self.read_only.iter().for_each(|path| find(properties, path.segments(), String::new(), &mut places));
        places.sort();
        places.dedup_by(|place, outer| below(place, outer).is_some());
        places.into_iter().map(violation).collect()
    }
}

fn violation(path: String) -> Violation {
    let name = path.rsplit('/').next().unwrap_or_default();
    let message = format!("`{name}` is set by AWS, and cannot be set here");
    Violation {
        kind: ViolationKind::ReadOnly,
        message,
        help: Some(format!("remove `{name}`")),
        when: Default::default(),
        path,
    }
}

fn find(value: &Value, path: &[String], place: String, places: &mut Vec<String>) {
    let Some((name, rest)) = path.split_first() else {
        places.push(place);
        return;
    };
    match value {
        Value::Array(elements) if name == "*" => {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, element)| find(element, rest, format!("{place}/{index}"), places));
        }
        Value::Object(members) if name == "*" => {
            members.iter().for_each(|(key, member)| find(member, rest, format!("{place}/{key}"), places));
        }
        Value::Object(members) => {
            members.get(name).into_iter().for_each(|member| find(member, rest, format!("{place}/{name}"), places));
        }
        _ => {}
    }
}
