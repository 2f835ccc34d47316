//! Sentences for the documentation of generated code: every one derived from a fact.

use std::fmt::Write;

use serde_json::Value;

use super::kind::Kind;
use super::known;
use super::survey::{Change, Property, Shape};

/// The address of a type's page in the template reference.
pub fn page(type_name: &str) -> String {
    format!("{REFERENCE}aws-resource-{}.html", slug(type_name))
}

/// The address of a property type's page.
pub fn property_page(type_name: &str, shape: &str) -> String {
    format!("{REFERENCE}aws-properties-{}-{}.html", slug(type_name), shape.to_lowercase())
}

const REFERENCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/";

/// `rds-dbproxy`.
fn slug(type_name: &str) -> String {
    type_name.split("::").skip(1).map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// What a setter's documentation says: what the property takes; then what else is known of it.
pub fn property(type_name: &str, shape: &Shape<'_>, name: &str, property: &Property<'_>) -> [String; 2] {
    let path = shape.name.as_ref().map_or(name.to_owned(), |owner| format!("{owner}.{name}"));
    let unit = known::unit(type_name, &path).map(|unit| format!(", in {unit}")).unwrap_or_default();
    let takes = format!("`{name}`: {}{unit}.", phrase(&property.kind, property.schema));
    [takes, sentences(property).join(" ")]
}

fn sentences(property: &Property<'_>) -> Vec<String> {
    let schema = property.schema;
    let mut said = Vec::new();
    said.extend(schema["pattern"].as_str().map(|pattern| format!("Matches {}.", code(pattern))));
    said.extend(schema["items"]["pattern"].as_str().map(|pattern| format!("Each matches {}.", code(pattern))));
    said.extend(schema.get("default").map(|default| format!("The default is {}.", code(&literal(default)))));
    let is_set = schema["uniqueItems"] == true;
    said.extend(is_set.then(|| "None may stand twice.".to_owned()));
    said.extend(property.write_only.then(|| "It cannot be read back.".to_owned()));
    said.extend(property.deprecated.then(|| "AWS advises against it.".to_owned()));
    said.push(change(property).to_owned());
    said
}

fn change(property: &Property<'_>) -> &'static str {
    let mut changes = property.changes.iter();
    match (changes.next(), changes.next()) {
        (Some(Change::Replaces), None) => "A change replaces the resource.",
        (Some(Change::MayReplace), None) => "A change may replace the resource.",
        (Some(Change::Keeps) | None, None) => "A change does not replace the resource.",
        _ => "Whether a change replaces the resource depends on where this stands in it.",
    }
}

/// What a value of this kind and schema is, as part of a sentence.
pub fn phrase(kind: &Kind, schema: &Value) -> String {
    if let Some(choices) = choices(schema) {
        return choices;
    }
    match kind {
        Kind::List(element) => {
            let elements = size(schema, "minItems", "maxItems", "element");
            format!("a list{elements}, each {}", phrase(element, &schema["items"]))
        }
        Kind::Dictionary(value) => format!("a map, each value {}", phrase(value, &Value::Null)),
        Kind::Shape(name) => format!("[`{name}`]"),
        Kind::Json => "JSON".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer => format!("a whole number{}", range(schema)),
        Kind::Seconds => format!("a time in seconds{}", range(schema)),
        Kind::Number => format!("a number{}", range(schema)),
        text => format!("{}{}", self::text(text, schema), size(schema, "minLength", "maxLength", "character")),
    }
}

fn text(kind: &Kind, schema: &Value) -> String {
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    let formats: Vec<_> =
        [schema].into_iter().chain(alternatives).filter_map(|schema| format(&schema["format"])).collect();
    match kind {
        _ if !formats.is_empty() => formats.join(" or "),
        Kind::Arn => "an ARN".to_owned(),
        Kind::VpcId => "the id of a VPC".to_owned(),
        Kind::SubnetId => "the id of a subnet".to_owned(),
        Kind::SecurityGroupId => "the id of a security group".to_owned(),
        Kind::Sensitive => "a secret's text".to_owned(),
        _ => "text".to_owned(),
    }
}

/// `AWS::IAM::Role.Arn` in words.
fn format(format: &Value) -> Option<String> {
    match format.as_str()? {
        "ipv4-network" => Some("an IPv4 network".to_owned()),
        "ipv6-network" => Some("an IPv6 network".to_owned()),
        "date-time" => Some("a date and time".to_owned()),
        "uri" => Some("a URI".to_owned()),
        name => name.split_once('.').map(|(owner, property)| format!("the `{property}` of an `{owner}`")),
    }
}

fn choices(schema: &Value) -> Option<String> {
    let any_case = schema["enumCaseInsensitive"].as_array();
    let choices = schema["enum"].as_array().or(any_case)?;
    let listed: Vec<_> = choices.iter().map(|choice| code(&literal(choice))).collect();
    let case = if any_case.is_some() { ", in upper or lower case" } else { "" };
    match listed.as_slice() {
        [one] => Some(format!("{one}{case}")),
        [first @ .., last] => Some(format!("{} or {last}{case}", first.join(", "))),
        [] => None,
    }
}

/// ` of 1 to 63 characters`.
fn size(schema: &Value, least: &str, most: &str, noun: &str) -> String {
    let plural = |n: u64| if n == 1 { "" } else { "s" };
    match (schema[least].as_u64().filter(|least| *least > 0), schema[most].as_u64()) {
        (Some(least), Some(most)) if least == most => format!(" of {most} {noun}{}", plural(most)),
        (Some(least), Some(most)) => format!(" of {least} to {most} {noun}s"),
        (Some(least), None) => format!(" of at least {least} {noun}{}", plural(least)),
        (None, Some(most)) => format!(" of at most {most} {noun}{}", plural(most)),
        (None, None) => String::new(),
    }
}

/// `, from 1 to 300`.
fn range(schema: &Value) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!(", from {least} to {most}"),
        (Some(least), None) => format!(", at least {least}"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}

/// What the properties of a shape must have in common.
pub fn together(schema: &Value) -> Option<String> {
    let of = |keyword: &str, said: &str| {
        let names: Vec<_> = schema[keyword].as_array()?.iter().filter_map(Value::as_str).map(code).collect();
        Some(format!("{said} of {} must be set.", names.join(", ")))
    };
    let said: Vec<_> =
        [of("requiredXor", "Exactly one"), of("requiredOr", "At least one")].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// That AWS takes a type out of service.
pub fn lifecycle(facts: &crate::registry::TypeFacts) -> Option<String> {
    let lifecycle = facts.lifecycle.as_ref()?;
    let date = lifecycle.date.as_ref().map(|date| format!(", {date}")).unwrap_or_default();
    Some(format!("AWS takes this type out of service: {}{date}.", lifecycle.status))
}

fn literal(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// As code, whatever is in it; on one line, and without control characters.
fn code(text: &str) -> String {
    let line = text.lines().map(str::trim_end).collect::<Vec<_>>().join(" ");
    let visible: String = line.chars().map(visible).collect();
    match visible.as_str() {
        "" => "empty text".to_owned(),
        text if text.contains('`') => format!("`` {text} ``"),
        text => format!("`{text}`"),
    }
}

fn visible(letter: char) -> String {
    let is_hidden = letter.is_control() || ('\u{200b}'..='\u{206f}').contains(&letter) || letter == '\u{feff}';
    if is_hidden { letter.escape_unicode().to_string() } else { letter.to_string() }
}

/// Breaks lines at `width`; the second and following begin with `hang`.
pub fn wrap(text: &str, width: usize, hang: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, hang.to_owned()));
        } else if !line.is_empty() {
            line.push(' ');
        }
        let _ = write!(line, "{word}");
    }
    lines.push(line);
    lines
}
