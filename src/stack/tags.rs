//! Tags, in the shape that each resource type wants them.

use crate::registry;
use crate::template::{Map, Resource, Value};

/// Adds tags to a resource whose type has them. A tag that it has already under the same key stays as it is.
pub(super) fn add(resource: &mut Resource, tags: &[(String, Value)]) {
    let Some(facts) = registry::facts(&resource.kind).filter(|facts| facts.tagging.taggable) else { return };
    let Some([property]) = facts.tagging.property.as_ref().map(registry::PropertyPath::segments) else { return };
    if tags.is_empty() {
        return;
    }
    let in_a_list = facts.property([property.as_str()]).is_none_or(|schema| schema["type"] != "object");
    let slot = resource.properties.entry(property.clone()).or_insert_with(|| empty(in_a_list));
    for (key, value) in tags {
        match slot {
            Value::List(list) if !list.iter().any(|tag| has_key(tag, key)) => list.push(pair(key, value)),
            Value::Map(map) if !map.contains_key(key) => {
                map.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    resource.properties.sort_keys();
}

fn empty(in_a_list: bool) -> Value {
    if in_a_list { Value::List(Vec::new()) } else { Value::Map(Map::default()) }
}

fn pair(key: &str, value: &Value) -> Value {
    Value::map([("Key", Value::from(key)), ("Value", value.clone())])
}

fn has_key(tag: &Value, key: &str) -> bool {
    tag.as_map().and_then(|map| map.get("Key")).and_then(Value::as_str) == Some(key)
}
