//! The smallest properties that a schema asks for, made from the schema; and that they are allowed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use formwork::registry::{self, Form, TypeFacts, facts};
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Texts that many patterns want; tried before one is made from the pattern.
const TEXTS: [&str; 15] = [
    "a",
    "abc",
    "1",
    "12",
    "123456789012",
    "arn:aws:iam::123456789012:role/x",
    "arn:aws:s3:::bucket",
    "us-east-1",
    "https://a.example.com/x",
    "arn:aws:lambda:us-east-1:123456789012:function:x",
    "a.example.com",
    "10.0.0.0/16",
    "a@example.com",
    "2030-01-01T00:00:00Z",
    "12345678-1234-1234-1234-123456789012",
];

/// Makes instances of one type's schemas.
pub struct Maker<'a> {
    facts: &'a TypeFacts,
    /// Which alternative is taken where there are several.
    choice: usize,
    /// How many texts no candidate was found for: a reference stands there.
    pub unmade: Cell<usize>,
}

impl<'a> Maker<'a> {
    pub fn new(facts: &'a TypeFacts, choice: usize) -> Maker<'a> {
        Maker { facts, choice, unmade: Cell::new(0) }
    }

    /// An instance of `schema`, different for each `salt`.
    pub fn make(&self, schema: &Value, salt: usize, depth: usize) -> Value {
        let schema = self.merged(schema);
        if depth > 12 {
            return json!({ "Ref": "Deep" });
        }
        let values = ["enum", "enumCaseInsensitive"].iter().find_map(|keyword| schema[keyword].as_array());
        if let Some(value) =
            schema.get("const").or_else(|| values.and_then(|values| values.get(salt).or(values.first())))
        {
            return value.clone();
        }
        match type_of(&schema) {
            "object" => self.object(&schema, salt, depth),
            "array" => self.array(&schema, depth),
            "integer" | "number" => number(&schema, salt),
            "boolean" => true.into(),
            _ => self.text(&schema, salt),
        }
    }

    /// The schema with references followed and the chosen alternatives laid over it.
    pub fn merged(&self, schema: &Value) -> Value {
        let mut merged = self.facts.resolve(schema).clone();
        if schema.get("$ref").is_some() {
            lay_over(&mut merged, schema);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(branches) = merged.as_object_mut().and_then(|merged| merged.shift_remove(keyword)) else {
                continue;
            };
            let branches = branches.as_array().cloned().unwrap_or_default();
            let chosen = if keyword == "allOf" {
                branches
            } else {
                branches.get(self.choice % branches.len().max(1)).cloned().into_iter().collect()
            };
            chosen.iter().for_each(|branch| lay_over(&mut merged, &self.merged(branch)));
        }
        merged
    }

    fn object(&self, schema: &Value, salt: usize, depth: usize) -> Value {
        let mut object = Map::new();
        for name in self.names(schema) {
            let property =
                schema["properties"].get(&name).or_else(|| schema["patternProperties"].as_object()?.values().next());
            object.insert(name, self.make(property.unwrap_or(&json!({ "type": "string" })), salt, depth + 1));
        }
        let least = schema["minProperties"].as_u64().unwrap_or(0) as usize;
        if let Some((pattern, property)) =
            schema["patternProperties"].as_object().and_then(|patterns| patterns.iter().next())
        {
            let keys = texts(&json!({ "pattern": pattern })).into_iter().take(least.saturating_sub(object.len()));
            keys.for_each(|key| drop(object.insert(key, self.make(property, 0, depth + 1))));
        }
        if object.len() < least {
            object.insert("Key".to_owned(), "Value".into());
        }
        object.into()
    }

    /// The properties to set: required, needed by those, and one of each group.
    fn names(&self, schema: &Value) -> BTreeSet<String> {
        let list = |value: &Value| {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut names: BTreeSet<String> = list(&schema["required"]).into_iter().collect();
        for group in ["requiredXor", "requiredOr"].map(|keyword| list(&schema[keyword])) {
            if !group.iter().any(|name| names.contains(name)) {
                names.extend(group.get(self.choice % group.len().max(1)).cloned());
            }
        }
        let all = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        let least = schema["minProperties"].as_u64().unwrap_or(0) as usize;
        let missing = least.saturating_sub(names.len());
        names.extend(all.filter(|name| !names.contains(name)).skip(self.choice).take(missing).collect::<Vec<_>>());
        for _ in 0..3 {
            let needed: Vec<String> = names
                .iter()
                .flat_map(|name| {
                    list(&schema["dependentRequired"][name]).into_iter().chain(list(&schema["dependencies"][name]))
                })
                .collect();
            names.extend(needed);
        }
        names
    }

    fn array(&self, schema: &Value, depth: usize) -> Value {
        let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
        let item = |index: usize| schema["prefixItems"].get(index).unwrap_or(&schema["items"]);
        let elements: Vec<Value> = (0..least).map(|index| self.make(item(index), index, depth + 1)).collect();
        let is_repeated = elements.iter().enumerate().any(|(index, element)| elements[..index].contains(element));
        if is_repeated && (schema["uniqueItems"] == true || schema.get("uniqueKeys").is_some()) {
            self.unmade.set(self.unmade.get() + least);
            return (0..least).map(|index| json!({ "Ref": format!("Element{index}") })).collect();
        }
        elements.into()
    }

    fn text(&self, schema: &Value, salt: usize) -> Value {
        match schema["format"].as_str() {
            Some("ipv4-network") => return "10.0.0.0/16".into(),
            Some("ipv6-network") => return "2001:db8::/56".into(),
            _ => {}
        }
        let texts = match schema["format"].as_str().and_then(Form::named) {
            Some(form) => identifiers(form, schema, salt),
            None => texts(schema),
        };
        match texts.get(salt).or(texts.first()) {
            Some(text) => text.as_str().into(),
            None => {
                self.unmade.set(self.unmade.get() + 1);
                json!({ "Ref": "Text" })
            }
        }
    }
}

/// Identifiers of a form that the schema allows, at the place of `salt` one of their own.
fn identifiers(form: Form, schema: &Value, salt: usize) -> Vec<String> {
    const UUID: &str = "154ed61c-114f-4fd5-9434-e2761190506d";
    let arn = |rest: &str| format!("arn:aws:{}", rest.replace("{}", &format!("us-east-1:11112222333{}", salt % 10)));
    let plain = match form {
        Form::IdOfSecurityGroup => format!("sg-{salt:08x}"),
        Form::IdOfVpc => format!("vpc-{salt:08x}"),
        Form::IdOfImage => format!("ami-{salt:08x}"),
        Form::IdOfSubnet => format!("subnet-{salt:08x}"),
        Form::ArnOfRole => format!("arn:aws:iam::111122223333:role/r{salt}"),
        Form::ArnOfKey => arn(&format!("kms:{{}}:key/{UUID}")),
        Form::ArnOfTopic => arn("sns:{}:topic"),
        Form::ArnOfCertificate => arn(&format!("acm:{{}}:certificate/{UUID}")),
        Form::ArnOfFunction => arn("lambda:{}:function:f"),
        Form::IdOfKey => UUID.to_owned(),
        Form::NameOfAlias => format!("alias/a{salt}"),
        Form::NameOfBucket | Form::NameOfLogGroup | Form::NameOfSecurityGroup => format!("name{salt}"),
    };
    let facts = json!({ "pattern": schema.get("pattern").unwrap_or(&json!("")), "minLength": schema.get("minLength").unwrap_or(&json!(0)), "maxLength": schema.get("maxLength").unwrap_or(&json!(100_000)) });
    let validator = jsonschema::draft7::new(&facts).unwrap();
    let fits = |text: &String| form.fits(text) && validator.is_valid(&json!(text));
    if fits(&plain) { vec![plain] } else { texts(schema).into_iter().filter(fits).collect() }
}

pub fn type_of(schema: &Value) -> &str {
    let stated = schema["type"].as_str().or(schema["type"][0].as_str());
    let meant = if schema.get("properties").is_some() {
        "object"
    } else if schema.get("items").is_some() {
        "array"
    } else {
        "string"
    };
    stated.unwrap_or(meant)
}

fn lay_over(base: &mut Value, over: &Value) {
    let (Some(base), Some(over)) = (base.as_object_mut(), over.as_object()) else {
        return;
    };
    for (keyword, value) in over {
        match (base.get_mut(keyword), value) {
            (Some(Value::Array(present)), Value::Array(more)) if keyword == "required" => {
                present.extend(more.iter().cloned())
            }
            (Some(present @ Value::Object(_)), Value::Object(_)) if keyword != "not" => lay_over(present, value),
            (Some(_), _) if keyword == "pattern" => {}
            _ => drop(base.insert(keyword.clone(), value.clone())),
        }
    }
}

fn number(schema: &Value, salt: usize) -> Value {
    let least = schema["minimum"].as_i64().or(schema["exclusiveMinimum"].as_i64().map(|limit| limit + 1));
    let most = schema["maximum"].as_i64().or(schema["exclusiveMaximum"].as_i64().map(|limit| limit - 1));
    let number = least.unwrap_or(most.unwrap_or(1).min(1)) + salt as i64;
    let step = schema["multipleOf"].as_i64().unwrap_or(1).max(1);
    ((number + step - 1) / step * step).into()
}

/// Texts that a schema allows, by its pattern and lengths, as an engine of its own sees them.
pub fn texts(schema: &Value) -> Vec<String> {
    let facts = json!({ "pattern": schema.get("pattern").unwrap_or(&json!("")), "minLength": schema.get("minLength").unwrap_or(&json!(0)), "maxLength": schema.get("maxLength").unwrap_or(&json!(100_000)) });
    let validator = jsonschema::draft7::new(&facts).unwrap();
    let least = schema["minLength"].as_u64().unwrap_or(0) as usize;
    let long = (0..8).map(|index| format!("{}{index}", "a".repeat(least.saturating_sub(1))));
    let simple: Vec<String> = TEXTS
        .iter()
        .map(|text| (*text).to_owned())
        .chain(long)
        .filter(|text| validator.is_valid(&json!(text)))
        .collect();
    match schema["pattern"].as_str().filter(|_| simple.is_empty()) {
        Some(pattern) => made(pattern).into_iter().filter(|text| validator.is_valid(&json!(text))).take(4).collect(),
        None => simple,
    }
}

/// Texts made from a pattern; without regard to its assertions.
fn made(pattern: &str) -> Vec<String> {
    let ascii = pattern
        .replace(r"\d", "[0-9]")
        .replace("[[0-9]", "[0-9")
        .replace(r"\/", "/")
        .replace(r"\w", "[A-Za-z0-9_]")
        .replace("[[A-Za-z0-9_]", "[A-Za-z0-9_");
    let variants = [pattern.to_owned(), ascii, without_assertions(pattern)];
    let mut runner = TestRunner::deterministic();
    let strategies =
        variants.iter().filter_map(|variant| string_regex(variant.trim_start_matches('^').trim_end_matches('$')).ok());
    strategies
        .flat_map(|strategy| {
            (0..12).filter_map(|_| Some(strategy.new_tree(&mut runner).ok()?.current())).collect::<Vec<_>>()
        })
        .collect()
}

fn without_assertions(pattern: &str) -> String {
    let mut rest = pattern.to_owned();
    while let Some(start) = ["(?!", "(?=", "(?<!", "(?<="].iter().find_map(|open| rest.find(open)) {
        let mut depth = 0;
        let is_end = |(_, letter): &(usize, char)| {
            depth += i32::from(*letter == '(') - i32::from(*letter == ')');
            depth == 0
        };
        let end = rest[start..].char_indices().find(is_end).map_or(rest.len(), |(end, _)| start + end + 1);
        rest.replace_range(start..end, "");
    }
    rest
}

/// An instance with the number of values that stand as a reference, or why there is none.
type Made = Result<(Value, usize), String>;

/// Every type with properties that are allowed and how many texts in them could not be made; or with what was wrong with
/// the first that were tried.
pub fn all() -> &'static [(&'static str, Made)] {
    static ALL: LazyLock<Vec<(&str, Made)>> =
        LazyLock::new(|| registry::type_names().map(|name| (name, instance(facts(name).unwrap()))).collect());
    &ALL
}

/// The first alternatives are tried in turn.
fn instance(facts: &TypeFacts) -> Result<(Value, usize), String> {
    let mut first = None;
    for choice in 0..8 {
        let maker = Maker::new(facts, choice);
        let properties = maker.make(&facts.schema, 0, 0);
        let violations = facts.validator().validate(&properties);
        if violations.is_empty() {
            return Ok((properties, maker.unmade.get()));
        }
        first.get_or_insert(format!("{} {properties}\n  {violations:?}", facts.name));
    }
    Err(first.unwrap_or_default())
}

#[test]
fn what_a_schema_asks_for_is_allowed() {
    let mut unmade = 0;
    let mut wrong = Vec::new();
    for (_, made) in all() {
        match made {
            Ok((_, count)) => unmade += count,
            Err(error) => wrong.push(error.as_str()),
        }
    }
    assert!(wrong.is_empty(), "{} types:\n{}", wrong.len(), wrong.join("\n"));
    println!("{unmade} values stand as references, for want of a text that their pattern matches");
    assert!(unmade <= 20, "{unmade} values could not be made");
}
