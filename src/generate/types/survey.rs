//! What a resource type consists of: its own properties, and the property types below them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::kind::Kind;
use super::{known, names};
use crate::registry::TypeFacts;

/// What a change of a property does to the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It stays.
    Keeps,
    /// It is replaced in some cases.
    MayReplace,
    /// It is replaced.
    Replaces,
}

/// What the facts say of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Changes(Change),
    ReadOnly,
    WriteOnly,
    Deprecated,
}

/// A resource's properties, or a property type.
#[derive(Debug)]
pub struct Shape<'a> {
    /// Its Rust name.
    pub rust: String,
    /// Its name in the facts; none for the resource itself.
    pub name: Option<String>,
    /// Its schema.
    pub schema: &'a Value,
    /// What can be set.
    pub properties: IndexMap<&'a str, Property<'a>>,
}

/// A property that can be set.
#[derive(Debug)]
pub struct Property<'a> {
    /// Its schema, references followed.
    pub schema: &'a Value,
    /// Its Rust type.
    pub kind: Kind,
    /// Whether it must be set.
    pub required: bool,
    /// What its change does, at each place where its owner can stand.
    pub changes: BTreeSet<Change>,
    /// Whether it cannot be read back.
    pub write_only: bool,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

/// The facts that lie below the present path, each with what is left of its own.
type Below<'a> = Vec<(Fact, &'a [String])>;

/// A property type that a property holds, perhaps in lists and maps.
struct Inner<'a> {
    spot: Spot<'a>,
    /// How many lists and maps are around it.
    depth: usize,
}

/// A schema, where it stands, and what it is called there.
#[derive(Clone)]
struct Spot<'a> {
    pointer: String,
    name: String,
    schema: &'a Value,
}

/// The shapes of a resource type, the resource first, then by name.
pub fn shapes(facts: &TypeFacts) -> Vec<Shape<'_>> {
    let mut survey = Survey::new(facts);
    let spot = Spot { pointer: String::new(), name: String::new(), schema: &facts.schema };
    let change = if is_never_updated(facts) { Change::Replaces } else { Change::Keeps };
    survey.visit(&spot, change, &below(facts));
    let mut shapes: Vec<_> = survey.shapes.into_values().collect();
    shapes.sort_by(|a, b| (a.name.is_some(), &a.rust).cmp(&(b.name.is_some(), &b.rust)));
    shapes
}

/// The Rust type of an attribute, or of what `Ref` gives.
pub fn attribute_kind(facts: &TypeFacts, name: &str, schema: &Value) -> Kind {
    let spot = Spot { pointer: String::new(), name: String::new(), schema };
    Survey::new(facts).kind(spot, "", last(name), 0).0
}

/// A type that is made, read and deleted, but has no handler for updates.
fn is_never_updated(facts: &TypeFacts) -> bool {
    !facts.handlers.is_empty() && !facts.handlers.contains_key("update")
}

fn below(facts: &TypeFacts) -> Below<'_> {
    let lists = [
        (Fact::Changes(Change::Replaces), &facts.create_only),
        (Fact::Changes(Change::MayReplace), &facts.conditional_create_only),
        (Fact::ReadOnly, &facts.read_only),
        (Fact::WriteOnly, &facts.write_only),
        (Fact::Deprecated, &facts.deprecated),
    ];
    lists.into_iter().flat_map(|(fact, paths)| paths.iter().map(move |path| (fact, path.segments()))).collect()
}

struct Survey<'a> {
    facts: &'a TypeFacts,
    shapes: BTreeMap<String, Shape<'a>>,
    names: BTreeMap<String, String>,
    visited: BTreeSet<(String, Change, Below<'a>)>,
}

impl<'a> Survey<'a> {
    fn new(facts: &'a TypeFacts) -> Self {
        let resource = resource_name(facts.name);
        let of_handle = format!("{resource}Attributes");
        let mut names = BTreeMap::from([(String::new(), resource), ("attributes".to_owned(), of_handle)]);
        for name in facts.schema["definitions"].as_object().into_iter().flatten().map(|(name, _)| name) {
            let free = free_name(&names, names::camel(name), None);
            names.insert(format!("/definitions/{name}"), free);
        }
        Self { facts, shapes: BTreeMap::new(), names, visited: BTreeSet::new() }
    }

    /// Goes through the properties of a shape, once for each meaning that its place can have.
    fn visit(&mut self, spot: &Spot<'a>, change: Change, below: &Below<'a>) {
        if !self.visited.insert((spot.pointer.clone(), change, below.clone())) {
            return;
        }
        self.shapes.entry(spot.pointer.clone()).or_insert_with(|| Shape {
            rust: self.names[&spot.pointer].clone(),
            name: (!spot.pointer.is_empty()).then(|| spot.name.clone()),
            schema: spot.schema,
            properties: IndexMap::new(),
        });
        let mut members = members(self.facts, spot.schema);
        members.sort_by_key(|(name, _)| *name);
        for (name, schema) in members {
            self.property(spot, name, schema, change, step(below, name));
        }
    }

    fn property(&mut self, owner: &Spot<'a>, name: &'a str, schema: &'a Value, change: Change, mut below: Below<'a>) {
        let mut here = settle(&mut below);
        if here.contains(&Fact::ReadOnly) {
            return;
        }
        let spot = Spot { pointer: format!("{}/properties/{name}", owner.pointer), name: name.to_owned(), schema };
        let (kind, inner) = self.kind(spot, &owner.name, name, 0);
        for _ in 0..inner.as_ref().map_or(0, |inner| inner.depth) {
            below = into_elements(below);
            here.extend(settle(&mut below));
        }
        let stated = here.iter().filter_map(|fact| if let Fact::Changes(change) = fact { Some(*change) } else { None });
        let change = stated.fold(change, Change::max);
        self.note(owner, name, schema, kind, change, &here);
        if let Some(inner) = inner {
            self.visit(&inner.spot, change, &below);
        }
    }

    fn note(&mut self, owner: &Spot<'a>, name: &'a str, schema: &'a Value, kind: Kind, change: Change, here: &[Fact]) {
        let Some(shape) = self.shapes.get_mut(&owner.pointer) else { return };
        let required = shape.schema["required"].as_array().is_some_and(|names| names.iter().any(|other| other == name));
        let schema = self.facts.resolve(schema);
        let property = shape.properties.entry(name).or_insert_with(|| Property {
            schema,
            kind,
            required,
            changes: BTreeSet::new(),
            write_only: false,
            deprecated: false,
        });
        property.changes.insert(change);
        property.write_only |= here.contains(&Fact::WriteOnly);
        property.deprecated |= here.contains(&Fact::Deprecated);
    }

    /// The Rust type of a property of `owner`, and the property type in it.
    fn kind(&mut self, spot: Spot<'a>, owner: &str, name: &str, depth: usize) -> (Kind, Option<Inner<'a>>) {
        let path = if owner.is_empty() { name.to_owned() } else { format!("{owner}.{name}") };
        if let Some(kind) = known::kind(self.facts.name, &path) {
            return (kind, None);
        }
        let spot = self.follow(spot);
        match self.form(spot.schema) {
            _ if depth > 8 => (Kind::Json, None),
            Form::Shape => self.shape(spot, owner, depth),
            Form::Text if known::is_secret(self.facts.name, &path) => (Kind::Sensitive, None),
            Form::Text => (known::text(name, spot.schema), None),
            Form::Integer if known::is_seconds(self.facts.name, &path) => (Kind::Seconds, None),
            Form::Integer => (Kind::Integer, None),
            Form::Number => (Kind::Number, None),
            Form::Boolean => (Kind::Boolean, None),
            Form::List(items) => {
                let (kind, inner) = self.kind(spot.with(items, "items"), owner, singular(name), depth + 1);
                (Kind::List(Box::new(kind)), inner)
            }
            Form::Map(values) => {
                let (kind, inner) = self.kind(spot.with(values, "values"), owner, name, depth + 1);
                (Kind::Dictionary(Box::new(kind)), inner)
            }
            Form::Branch(branch) => self.kind(spot.with(branch, "branch"), owner, name, depth + 1),
            Form::Json => (Kind::Json, None),
        }
    }

    fn shape(&mut self, spot: Spot<'a>, owner: &str, depth: usize) -> (Kind, Option<Inner<'a>>) {
        if !self.names.contains_key(&spot.pointer) {
            let free = free_name(&self.names, names::camel(&spot.name), Some(owner));
            self.names.insert(spot.pointer.clone(), free);
        }
        (Kind::Shape(self.names[&spot.pointer].clone()), Some(Inner { spot, depth }))
    }

    /// The target of a reference; its name is that of the definition.
    fn follow(&self, spot: Spot<'a>) -> Spot<'a> {
        let Some(pointer) = spot.schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) else {
            return spot;
        };
        match self.facts.schema.pointer(pointer) {
            Some(schema) => self.follow(Spot { pointer: pointer.to_owned(), name: last(pointer).to_owned(), schema }),
            None => spot,
        }
    }

    /// What a schema, references followed, is in Rust.
    fn form(&self, schema: &'a Value) -> Form<'a> {
        let types = types(schema);
        let is = |name: &str| types.contains(&name);
        match () {
            () if schema["format"] == "json" || is("string") && types.len() == 2 && is("object") => Form::Json,
            () if is("string") => Form::Text,
            () if is("array") => schema.get("items").filter(|items| items.is_object()).map_or(Form::Json, Form::List),
            () if !members(self.facts, schema).is_empty() => Form::Shape,
            () if is("integer") => Form::Integer,
            () if is("number") => Form::Number,
            () if is("boolean") => Form::Boolean,
            () if is("object") => value_schema(schema).map_or(Form::Json, Form::Map),
            () => untyped(schema),
        }
    }
}

impl<'a> Spot<'a> {
    fn with(&self, schema: &'a Value, step: &str) -> Self {
        Self { pointer: format!("{}/{step}", self.pointer), name: self.name.clone(), schema }
    }
}

/// What a schema is in Rust.
enum Form<'a> {
    Shape,
    Text,
    Integer,
    Number,
    Boolean,
    List(&'a Value),
    Map(&'a Value),
    Branch(&'a Value),
    Json,
}

/// A schema that states no type.
fn untyped(schema: &Value) -> Form<'_> {
    let branches = || ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
    let typed = |branch: &&Value| branch.get("type").is_some() || branch.get("$ref").is_some();
    let is_text = ["pattern", "minLength", "maxLength", "format"].iter().any(|keyword| schema.get(keyword).is_some());
    match branches().find(typed) {
        Some(branch) => Form::Branch(branch),
        None if is_text || schema["enum"][0].is_string() => Form::Text,
        None => Form::Json,
    }
}

/// The schema of a map's values.
fn value_schema(schema: &Value) -> Option<&Value> {
    let by_pattern = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    by_pattern.or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object()))
}

/// The properties of an object, those of its alternatives too.
fn members<'a>(facts: &'a TypeFacts, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let mut found: IndexMap<&str, &Value> = IndexMap::new();
    collect(facts, schema, &mut found, 0);
    found.into_iter().collect()
}

fn collect<'a>(facts: &'a TypeFacts, schema: &'a Value, found: &mut IndexMap<&'a str, &'a Value>, depth: usize) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        found.entry(name).or_insert(member);
    }
    let branches = ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
    for branch in branches.filter(|_| depth < 4) {
        collect(facts, facts.resolve(branch), found, depth + 1);
    }
}

/// The types that a schema states, but for `null`.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect(),
        _ => Vec::new(),
    }
}

fn step<'a>(below: &Below<'a>, name: &str) -> Below<'a> {
    let mine = below.iter().filter(|(_, path)| path.first().is_some_and(|first| first == name));
    mine.map(|(fact, path)| (*fact, &path[1..])).collect()
}

/// Into a list or a map: the facts mostly, not always, have a `*` for it.
fn into_elements(below: Below<'_>) -> Below<'_> {
    let rest = |path: &'_ [String]| usize::from(path.first().is_some_and(|first| first == "*"));
    below.into_iter().map(|(fact, path)| (fact, &path[rest(path)..])).collect()
}

/// Takes out the facts that hold right here.
fn settle(below: &mut Below<'_>) -> Vec<Fact> {
    let here = below.iter().filter(|(_, path)| path.is_empty()).map(|(fact, _)| *fact).collect();
    below.retain(|(_, path)| !path.is_empty());
    here
}

/// A name that is not taken: as it is, with its owner's before it, or with `Property` behind it.
fn free_name(taken: &BTreeMap<String, String>, name: String, owner: Option<&str>) -> String {
    let owned = owner.map(|owner| format!("{}{name}", names::camel(owner)));
    let is_free = |name: &String| !CORE.contains(&name.as_str()) && taken.values().all(|other| other != name);
    let property = format!("{name}Property");
    [Some(name), owned].into_iter().flatten().find(is_free).unwrap_or(property)
}

/// Names that generated code uses for something else.
#[rustfmt::skip]
const CORE: [&str; 21] = [
    "Arn", "Bag", "Construct", "Default", "Dictionary", "Fields", "Handle", "IntoValue", "Json", "List", "PropertyType",
    "Seconds", "SecurityGroupId", "Self", "Sensitive", "String", "SubnetId", "Term", "Trace", "Value", "VpcId",
];

/// `SubnetIds` holds what `SubnetId` would.
fn singular(name: &str) -> &str {
    name.strip_suffix('s').unwrap_or(name)
}

fn last(name: &str) -> &str {
    name.rsplit(['/', '.']).next().unwrap_or(name)
}

/// `DbProxy` for `AWS::RDS::DBProxy`; `ListResource` where the core has a `List`.
pub fn resource_name(type_name: &str) -> String {
    match names::camel(last_of(type_name)) {
        name if CORE.contains(&name.as_str()) => format!("{name}Resource"),
        name => name,
    }
}

/// `DBProxy` of `AWS::RDS::DBProxy`.
pub fn last_of(type_name: &str) -> &str {
    type_name.rsplit("::").next().unwrap_or(type_name)
}
