//! What holds for the properties of every type.

use formwork::registry::{ViolationKind, facts};
use serde_json::{Value, json};

use super::instance::all;

/// The pointers of all values in `value`, itself left out.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.replace('~', "~0").replace('/', "~1"), member)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, element)| (index.to_string(), element)).collect()
        }
        _ => Vec::new(),
    };
    for (segment, member) in members {
        let pointer = format!("{at}/{segment}");
        pointers(member, &pointer, found);
        found.push(pointer);
    }
}

/// Every type, and each of its smallest properties with one value changed.
fn changed(change: impl Fn(&Value) -> Value, mut look: impl FnMut(&str, &str, &Value)) {
    for (name, made) in all() {
        let Ok((right, _)) = made else { continue };
        let mut places = Vec::new();
        pointers(right, "", &mut places);
        for place in places {
            let mut properties = right.clone();
            let value = properties.pointer_mut(&place).unwrap();
            *value = change(value);
            look(name, &place, &properties);
        }
    }
}

#[test]
fn a_function_may_stand_for_any_value() {
    let mut count = 0;
    changed(
        |_| json!({ "Fn::GetAtt": ["Other", "Value"] }),
        |name, place, properties| {
            count += 1;
            let violations = facts(name).unwrap().validator().validate(properties);
            assert!(violations.is_empty(), "{name} {place}: {violations:?}");
        },
    );
    assert!(count > 4000, "{count}");
}

#[test]
fn a_condition_between_equals_changes_nothing() {
    changed(
        |value| json!({ "Fn::If": ["Condition", value, value] }),
        |name, place, properties| {
            let violations = facts(name).unwrap().validator().validate(properties);
            assert!(violations.is_empty(), "{name} {place}: {violations:?}");
        },
    );
}

#[test]
fn what_is_wrong_in_a_branch_is_wrong_there_alone() {
    let mut count = 0;
    changed(
        |value| json!({ "Fn::If": ["Condition", value, { "Nonsense": value }] }),
        |name, place, properties| {
            let violations = facts(name).unwrap().validator().validate(properties);
            let branch = format!("{place}/Fn::If/");
            count += violations.iter().filter(|violation| violation.path.starts_with(&format!("{branch}2"))).count();
            assert!(
                !violations.iter().any(|violation| violation.path.starts_with(&format!("{branch}1"))),
                "{name} {place}"
            );
            let is_condition = |kind: ViolationKind| !matches!(kind, ViolationKind::ReadOnly);
            assert!(violations.iter().all(|violation| is_condition(violation.kind)), "{name} {place}: {violations:?}");
        },
    );
    assert!(count > 4000, "{count}");
}
