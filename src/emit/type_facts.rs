//! What is known of a resource type, readable in a terminal.

use serde_json::Value;

use crate::registry::{ReplacementStrategy, TypeFacts};

/// A type: what `Ref` and `Fn::GetAtt` give, its properties with their ranges, and which of them replace it.
pub fn text(facts: &TypeFacts) -> String {
    let mut text = format!("{}\n", facts.name);
    if let Some(lifecycle) = &facts.lifecycle {
        let date = lifecycle.date.as_deref().map(|date| format!(" since {date}")).unwrap_or_default();
        text.push_str(&format!("  in {}{date}\n", lifecycle.status));
    }
    if facts.replacement_strategy == ReplacementStrategy::DeleteThenCreate {
        text.push_str("  a replacement deletes the old one first\n");
    }
    text.push_str(&format!("  Ref gives {}\n", reference(facts)));
    text.push_str("\nproperties (* must be set)\n");
    text.push_str(&properties(facts, &facts.schema, &[]));
    text.push_str(&attributes(facts));
    text
}

/// One property, by its path as names, with all that it holds.
pub fn property(facts: &TypeFacts, path: &[&str]) -> Option<String> {
    let schema = facts.property(path.iter().copied())?;
    let name = path.join("/");
    let mut text = format!("{} /{name}\n  {}\n", facts.name, shape(facts, schema));
    if let Some(documented) = effect(facts, path) {
        text.push_str(&format!("  {documented}\n"));
    }
    let (inner, below) = element(facts, schema, path);
    if inner["properties"].is_object() {
        let below: Vec<&str> = below.iter().map(String::as_str).collect();
        text.push_str("\nproperties (* must be set)\n");
        text.push_str(&properties(facts, inner, &below));
    }
    if let Some(values) = inner["enum"].as_array().filter(|values| values.len() > SHOWN) {
        text.push_str("\nvalues\n");
        values.iter().for_each(|value| text.push_str(&format!("  {}\n", scalar(value))));
    }
    Some(text)
}

/// With more values than this, an enumeration is only counted.
const SHOWN: usize = 8;

/// What a list, or a list of lists, holds in the end.
fn element<'a>(facts: &'a TypeFacts, schema: &'a Value, path: &[&str]) -> (&'a Value, Vec<String>) {
    let mut below: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
    let mut schema = facts.resolve(schema);
    while schema["items"].is_object() {
        schema = facts.resolve(&schema["items"]);
        below.push("*".into());
    }
    (schema, below)
}

fn properties(facts: &TypeFacts, schema: &Value, path: &[&str]) -> String {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let members = schema["properties"].as_object().into_iter().flatten();
    let rows: Vec<_> = members
        .filter(|(name, _)| !is_read_only(facts, path, name))
        .map(|(name, member)| {
            let mark = if required.contains(&name.as_str()) { "*" } else { "" };
            let below: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            (format!("{name}{mark}"), shape(facts, member), effect(facts, &below).unwrap_or_default())
        })
        .collect();
    let widest = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let row = |(name, shape, effect): &(String, String, String)| {
        let effect = if effect.is_empty() { String::new() } else { format!(" · {effect}") };
        format!("  {name:<widest$}  {shape}{effect}\n")
    };
    rows.iter().map(row).collect()
}

fn is_read_only(facts: &TypeFacts, path: &[&str], name: &str) -> bool {
    facts.read_only.iter().any(|own| {
        let own: Vec<&str> = own.segments().iter().map(String::as_str).collect();
        own.len() == path.len() + 1 && own[..path.len()] == *path && own.last() == Some(&name)
    })
}

/// What a change of a property, or its setting, does besides.
fn effect(facts: &TypeFacts, path: &[&str]) -> Option<String> {
    let among = |list: &[crate::registry::PropertyPath]| list.iter().any(|own| own.segments() == path);
    let effects = [
        (among(&facts.create_only), "a change replaces the resource"),
        (among(&facts.conditional_create_only), "a change may replace the resource"),
        (among(&facts.write_only), "cannot be read back"),
        (among(&facts.deprecated), "deprecated"),
    ];
    let effects: Vec<&str> = effects.into_iter().filter(|(holds, _)| *holds).map(|(_, effect)| effect).collect();
    (!effects.is_empty()).then(|| effects.join(", "))
}

/// The type of a value and its range, in words.
fn shape(facts: &TypeFacts, schema: &Value) -> String {
    let schema = facts.resolve(schema);
    let number = |keyword: &str| schema[keyword].as_u64();
    let mut words = vec![kind(facts, schema)];
    match (number("minLength"), number("maxLength")) {
        (None | Some(0), None) => {}
        (low, high) => words.push(format!("{} long", range(low.unwrap_or(0), high))),
    }
    match (number("minItems"), number("maxItems")) {
        (None | Some(0), None) => {}
        (low, high) => words.push(format!("{} elements", range(low.unwrap_or(0), high))),
    }
    if let (false, false) = (schema["minimum"].is_null(), schema["maximum"].is_null()) {
        words.push(format!("{} to {}", schema["minimum"], schema["maximum"]));
    } else if !schema["minimum"].is_null() {
        words.push(format!("at least {}", schema["minimum"]));
    } else if !schema["maximum"].is_null() {
        words.push(format!("at most {}", schema["maximum"]));
    }
    match schema["enum"].as_array() {
        Some(values) if values.len() <= SHOWN => {
            words.push(format!("one of {}", values.iter().map(scalar).collect::<Vec<_>>().join(", ")));
        }
        Some(values) => words.push(format!("one of {} values", values.len())),
        None => {}
    }
    words.extend(schema["format"].as_str().map(|format| format!("format {format}")));
    words.extend(schema["pattern"].as_str().map(|pattern| format!("/{pattern}/")));
    words.join(", ")
}

fn range(low: u64, high: Option<u64>) -> String {
    match high {
        Some(high) if high == low => format!("{low}"),
        Some(high) => format!("{low} to {high}"),
        None => format!("at least {low}"),
    }
}

fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn kind(facts: &TypeFacts, schema: &Value) -> String {
    let one = |kind: &str| match kind {
        "string" => "text".to_owned(),
        "array" => match facts.resolve(&schema["items"]) {
            items if items.is_object() => format!("list of {}", kind_of_element(facts, items)),
            _ => "list".to_owned(),
        },
        "object" if schema["properties"].is_object() => {
            format!("map of {} properties", schema["properties"].as_object().map_or(0, serde_json::Map::len))
        }
        "object" => "map".to_owned(),
        other => other.to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(" or "),
        _ if schema["properties"].is_object() => one("object"),
        _ => "any".to_owned(),
    }
}

fn kind_of_element(facts: &TypeFacts, items: &Value) -> String {
    match kind(facts, items).as_str() {
        "text" => "texts".to_owned(),
        map if map.starts_with("map") => "maps".to_owned(),
        other => other.to_owned(),
    }
}

/// What `Ref` gives, in words.
fn reference(facts: &TypeFacts) -> String {
    let given = facts.ref_format();
    let format = given.format.map(|format| format!(", {format}")).unwrap_or_default();
    match given.property {
        Some(property) => format!("{}{format}", property.segments().join(".")),
        None => {
            let names = facts.primary_identifier.iter().map(|path| path.segments().join("."));
            names.collect::<Vec<_>>().join(" and ")
        }
    }
}

fn attributes(facts: &TypeFacts) -> String {
    let attributes = facts.attributes();
    let rows: Vec<_> = attributes
        .named
        .iter()
        .map(|attribute| {
            let format = attribute.format().map(|format| format!(", {format}")).unwrap_or_default();
            (&attribute.name, format!("{}{format}", attribute.type_name()))
        })
        .collect();
    let open = match (attributes.outputs, attributes.any) {
        (_, true) => "  any name: what its function answers\n",
        (true, _) => "  Outputs.NAME: an output of the stack\n",
        _ => "",
    };
    if rows.is_empty() && open.is_empty() {
        return String::new();
    }
    let widest = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let rows: String = rows.iter().map(|(name, kind)| format!("  {name:<widest$}  {kind}\n")).collect();
    format!("\nattributes (Fn::GetAtt)\n{rows}{open}")
}
