//! One thing wrong at a time, in properties that are right: it is found, where it is and as what it is.

use std::collections::BTreeMap;

use formwork::registry::{TypeFacts, ViolationKind, facts};
use serde_json::{Value, json};

use super::instance::{Maker, all, type_of};

/// A change to a property: what it becomes (nothing: it goes), and as what that should be found.
type Mutation = (Option<Value>, ViolationKind);

#[test]
fn every_single_fault_is_found() {
    let mut counts: BTreeMap<ViolationKind, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for (name, made) in all().iter().step_by(6).take(300) {
        let facts = facts(name).unwrap();
        let Ok((right, _)) = made else {
            continue;
        };
        for (path, value, kind) in faults(facts) {
            *counts.entry(kind).or_default() += 1;
            if !is_found(facts, right, &path, value.as_ref(), kind) {
                missed.push(format!("{name} {path} {value:?} {kind:?}"));
            }
        }
    }
    println!("{counts:?}");
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    use ViolationKind::{
        ArrayLength, NotInEnum, NumberRange, Pattern, ReadOnly, Required, StringLength, UnknownProperty, WrongType,
    };
    for kind in
        [ArrayLength, NotInEnum, NumberRange, Pattern, ReadOnly, Required, StringLength, UnknownProperty, WrongType]
    {
        assert!(counts.get(&kind).is_some_and(|count| *count > 40), "{kind:?}: {counts:?}");
    }
}

fn is_found(facts: &TypeFacts, right: &Value, name: &str, value: Option<&Value>, kind: ViolationKind) -> bool {
    let mut wrong = right.clone();
    let members = wrong.as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value.clone())),
        None => drop(members.shift_remove(name)),
    }
    let place = if value.is_some() { format!("/{name}") } else { String::new() };
    facts.validator().validate(&wrong).iter().any(|violation| violation.path == place && violation.kind == kind)
}

/// What can be wrong with the properties at the top.
fn faults(facts: &TypeFacts) -> Vec<(String, Option<Value>, ViolationKind)> {
    let read_only: Vec<String> =
        facts.read_only.iter().filter(|path| !facts.create_only.contains(path)).map(ToString::to_string).collect();
    let missing = facts.required().map(|name| (name.to_owned(), None, ViolationKind::Required));
    let unknown = [("Xyzzy".to_owned(), Some(json!(1)), ViolationKind::UnknownProperty)];
    let set = read_only
        .iter()
        .filter(|name| !name.contains('/'))
        .map(|name| (name.clone(), Some(json!("x")), ViolationKind::ReadOnly));
    let settable = facts
        .properties()
        .filter(|name| !read_only.iter().any(|other| other == name || other.starts_with(&format!("{name}/"))));
    let values = settable.flat_map(|name| {
        let schema = facts.property([name]).unwrap();
        mutations(facts, schema).into_iter().map(move |(value, kind)| (name.to_owned(), value, kind))
    });
    missing.chain(unknown).chain(set).chain(values).collect()
}

fn mutations(facts: &TypeFacts, schema: &Value) -> Vec<Mutation> {
    if ["anyOf", "oneOf", "allOf", "not"].iter().any(|keyword| schema.get(keyword).is_some())
        || schema["type"].is_array()
    {
        return Vec::new();
    }
    let mut mutations = vec![];
    mutations.extend(wrong_type(schema).map(|value| (Some(value), ViolationKind::WrongType)));
    if schema.get("enum").is_some() {
        mutations.push((Some(json!("No such value")), ViolationKind::NotInEnum));
    }
    mutations.extend(refused(schema).map(|text| (Some(text.into()), ViolationKind::Pattern)));
    mutations.extend(schema["maximum"].as_f64().map(|limit| (Some(json!(limit + 1.0)), ViolationKind::NumberRange)));
    mutations.extend(schema["minimum"].as_f64().map(|limit| (Some(json!(limit - 1.0)), ViolationKind::NumberRange)));
    if let Some(limit) = schema["maxLength"]
        .as_u64()
        .filter(|limit| *limit < 10_000 && type_of(schema) == "string" && schema.get("pattern").is_none())
    {
        mutations.push((Some("x".repeat(limit as usize + 1).into()), ViolationKind::StringLength));
    }
    if let Some(limit) = schema["maxItems"].as_u64().filter(|limit| type_of(schema) == "array" && *limit < 1000) {
        let element = Maker::new(facts, 0).make(&schema["items"], 0, 4);
        mutations.push((Some(vec![element; limit as usize + 1].into()), ViolationKind::ArrayLength));
    }
    mutations
}

fn wrong_type(schema: &Value) -> Option<Value> {
    match schema["type"].as_str()? {
        "string" | "object" => Some(json!(["x"])),
        "array" => Some(json!("x")),
        "integer" | "number" => Some(json!("x")),
        "boolean" => Some(json!("maybe")),
        _ => None,
    }
}

/// A text that the pattern refuses, of the lengths that are allowed.
fn refused(schema: &Value) -> Option<&'static str> {
    let pattern = json!({ "pattern": schema["pattern"].as_str()? });
    let validator = jsonschema::draft7::new(&pattern).unwrap();
    ["", "!", "\u{7f}", "a b", "é"].into_iter().find(|text| !validator.is_valid(&json!(text)))
}
