//! What rules ask of properties.

use crate::template::{Intrinsic, Resource, Value};

/// The text of a property, where it is a literal.
pub(super) fn text<'a>(resource: &'a Resource, property: &str) -> Option<&'a str> {
    resource.properties.get(property).and_then(Value::as_str)
}

/// Whether a property is true, and known to be.
pub(super) fn is_true(resource: &Resource, property: &str) -> bool {
    let value = resource.properties.get(property);
    value.is_some_and(|value| matches!(value, Value::Bool(true)) || value.as_str() == Some("true"))
}

/// The name that a value refers to by `Ref` or `GetAtt`.
pub(super) fn reference(value: &Value) -> Option<&str> {
    match value {
        Value::Intrinsic(Intrinsic::Reference(reference)) => Some(reference.name()),
        _ => None,
    }
}

/// The name that a property refers to by `Ref` or `GetAtt`.
pub(super) fn refers<'a>(resource: &'a Resource, property: &str) -> Option<&'a str> {
    resource.properties.get(property).and_then(reference)
}

/// The elements of a list property, where it is a literal list.
pub(super) fn list<'a>(resource: &'a Resource, property: &str) -> &'a [Value] {
    resource.properties.get(property).and_then(Value::as_list).unwrap_or_default()
}
