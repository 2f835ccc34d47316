//! What the template is given: names, Rust types and finished lines of documentation.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::kind::Kind;
use super::survey::{Property, Shape};
use super::{Error, Target, known, names, prose, survey};
use crate::registry::{Attribute, TypeFacts};

/// The widest line.
const WIDTH: usize = 120;

/// A resource type's file.
#[derive(Debug, Serialize)]
pub struct Resource {
    command: String,
    name: String,
    imports: Vec<String>,
    resource: Noun,
    attributes: Vec<Getter>,
    outputs: bool,
    shapes: Vec<Noun>,
}

/// A resource or a property type.
#[derive(Debug, Serialize)]
struct Noun {
    rust: String,
    name: String,
    docs: Vec<String>,
    new_docs: Vec<String>,
    /// The arguments, one a line where they do not fit on one.
    signature: Vec<String>,
    required: Vec<Setter>,
    /// Every property's, those of required ones too: a default of one's own can be changed.
    setters: Vec<Setter>,
}

#[derive(Clone, Debug, Serialize)]
struct Setter {
    aws: String,
    rust: String,
    kind: String,
    docs: Vec<String>,
    signature: Vec<String>,
    /// Whether a statement that sets it does not fit on one line.
    wide: bool,
}

#[derive(Debug, Serialize)]
struct Getter {
    aws: String,
    rust: String,
    kind: String,
    docs: Vec<String>,
}

/// The data of a type's file.
pub fn resource(facts: &TypeFacts, target: &Target<'_>) -> Result<Resource, Error> {
    let mut shapes = survey::shapes(facts);
    let attributes = getters(facts)?;
    let uses = uses(&shapes, &attributes);
    let own = shapes.remove(0);
    Ok(Resource {
        command: target.command.to_owned(),
        name: facts.name.to_owned(),
        imports: import(target.root, &uses),
        resource: noun(facts, &own, &VERBS)?,
        attributes: attributes.into_iter().map(|(getter, _)| getter).collect(),
        outputs: facts.attributes().outputs,
        shapes: shapes.iter().map(|shape| noun(facts, shape, &[])).collect::<Result<_, _>>()?,
    })
}

/// What every noun can be told, and what `stack` asks of it: a setter of such a name would hide it.
pub const VERBS: [&str; 14] = [
    "attribute",
    "bag",
    "depends_on",
    "formerly",
    "lower",
    "on_deletion",
    "override_property",
    "retain",
    "suppress",
    "suppress_until",
    "tag",
    "taken_on_trust",
    "takes_rules",
    "when",
];

/// What generated nouns have besides; `new` is a local variable too.
const OWN: [&str; 4] = ["clone", "into_term", "into_value", "new"];

/// What every handle has.
const OF_HANDLES: [&str; 5] = ["any", "attribute", "clone", "output", "reference"];

fn noun(facts: &TypeFacts, shape: &Shape<'_>, verbs: &[&str]) -> Result<Noun, Error> {
    let mut setters = Vec::new();
    for (name, property) in &shape.properties {
        setters.push((property.required, setter(facts, shape, name, property)));
    }
    distinct(facts, setters.iter().map(|(_, setter)| (&*setter.aws, &*setter.rust)), verbs.iter().chain(&OWN))?;
    let required: Vec<_> = setters.iter().filter(|(required, _)| *required).map(|(_, setter)| setter.clone()).collect();
    Ok(Noun {
        rust: shape.rust.clone(),
        name: shape.name.clone().unwrap_or_else(|| facts.name.to_owned()),
        docs: noun_docs(facts, shape),
        new_docs: new_docs(facts, shape),
        signature: signature("new", required.iter().map(|setter| (setter.rust.as_str(), setter.kind.as_str()))),
        required,
        setters: setters.into_iter().map(|(_, setter)| setter).collect(),
    })
}

/// Fails where two names are the same in Rust, or one hides another thing.
fn distinct<'a>(
    facts: &TypeFacts,
    names: impl Iterator<Item = (&'a str, &'a str)>,
    hidden: impl Iterator<Item = &'a &'a str> + Clone,
) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for (aws, rust) in names {
        let type_name = facts.name.to_owned();
        let property = aws.to_owned();
        if let Some(hidden) = hidden.clone().find(|verb| **verb == rust) {
            return Err(Error::Hides { type_name, property, hidden: (*hidden).to_owned() });
        }
        if !seen.insert(rust) {
            return Err(Error::Twice { type_name, property });
        }
    }
    Ok(())
}

fn setter(facts: &TypeFacts, shape: &Shape<'_>, name: &str, property: &Property<'_>) -> Setter {
    let rust = names::snake(name);
    let kind = property.kind.rust();
    let [takes, more] = prose::property(facts.name, shape, name, property);
    let signature = signature(&rust, [("self", ""), ("value", kind.as_str())].into_iter());
    let wide = "        new.set(\"\", .into_value());".len() + name.len() + rust.len() > WIDTH;
    Setter { aws: name.to_owned(), docs: paragraphs(4, &[takes, more]), signature, rust, kind, wide }
}

/// A function's head: on one line, or an argument a line, as rustfmt has it.
fn signature<'a>(name: &str, arguments: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let arguments: Vec<_> = arguments.map(|(name, kind)| argument(name, kind)).collect();
    let line = format!("pub fn {name}({}) -> Self {{", arguments.join(", "));
    if line.len() + 4 <= WIDTH {
        return vec![line];
    }
    let broken = arguments.iter().map(|argument| format!("    {argument},"));
    [format!("pub fn {name}(")].into_iter().chain(broken).chain([") -> Self {".to_owned()]).collect()
}

fn argument(name: &str, kind: &str) -> String {
    if kind.is_empty() { name.to_owned() } else { format!("{name}: impl IntoValue<{kind}>") }
}

fn noun_docs(facts: &TypeFacts, shape: &Shape<'_>) -> Vec<String> {
    let together = prose::together(shape.schema).unwrap_or_default();
    match &shape.name {
        None => {
            let lifecycle = prose::lifecycle(facts).unwrap_or_default();
            paragraphs(
                0,
                &[format!("`{}`.", facts.name), together, lifecycle, format!("<{}>", prose::page(facts.name))],
            )
        }
        Some(name) => {
            let page = format!("<{}>", prose::property_page(facts.name, name));
            paragraphs(0, &[format!("`{name}` of `{}`.", facts.name), together, page])
        }
    }
}

/// What `new` takes, an item each.
fn new_docs(facts: &TypeFacts, shape: &Shape<'_>) -> Vec<String> {
    let required: Vec<_> = shape.properties.iter().filter(|(_, property)| property.required).collect();
    if required.is_empty() {
        return vec![" Nothing is required.".to_owned()];
    }
    let mut docs = vec![" What is required:".to_owned(), String::new()];
    for (name, property) in required {
        let said = prose::property(facts.name, shape, name, property).join(" ");
        docs.extend(prose::wrap(&format!("- {said}"), WIDTH - 8, "  ").into_iter().map(|line| format!(" {line}")));
    }
    docs
}

/// Lines as they follow `///`, with an empty one between paragraphs.
fn paragraphs(indent: usize, paragraphs: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(prose::wrap(paragraph, WIDTH - 4 - indent, "").into_iter().map(|line| format!(" {line}")));
    }
    lines
}

/// What a handle gives: what `Ref` returns, then the attributes.
fn getters(facts: &TypeFacts) -> Result<Vec<(Getter, Kind)>, Error> {
    let attributes = facts.attributes();
    let mut getters: Vec<(Getter, Kind)> = Vec::new();
    for (getter, kind) in attributes.named.iter().filter_map(|attribute| getter(facts, attribute)) {
        match getters.iter().position(|(other, _)| other.rust == getter.rust) {
            None => getters.push((getter, kind)),
            // AWS has `CertificateAuthorityData` and `CertificateAuthority.Data` for the same.
            Some(place) if getters[place].0.aws.contains('.') => getters[place] = (getter, kind),
            Some(_) => {}
        }
    }
    distinct(facts, getters.iter().map(|(getter, _)| (&*getter.aws, &*getter.rust)), OF_HANDLES.iter())?;
    getters.insert(0, reference(facts));
    Ok(getters)
}

fn getter(facts: &TypeFacts, attribute: &Attribute<'_>) -> Option<(Getter, Kind)> {
    let kind = survey::attribute_kind(facts, &attribute.name, attribute.schema.unwrap_or(&Value::Null));
    let docs = format!("`{}`: {}.", attribute.name, prose::phrase(&kind, attribute.schema.unwrap_or(&Value::Null)));
    let rust = names::snake(&attribute.name);
    let aws = attribute.name.clone();
    kind.is_attribute().then(|| (Getter { aws, rust, kind: kind.rust(), docs: paragraphs(4, &[docs]) }, kind))
}

fn reference(facts: &TypeFacts) -> (Getter, Kind) {
    let format = facts.ref_format();
    let property = format.property.and_then(|property| property.segments().last());
    let derived = || {
        let kind = survey::attribute_kind(facts, property?, format.schema?);
        kind.is_attribute().then_some(kind)
    };
    let stated = known::reference(facts.name);
    let is_property = stated.is_none();
    let kind = stated.or_else(derived).unwrap_or(Kind::Text);
    let what = match property {
        Some(property) if is_property => format!("`{property}`"),
        _ => prose::phrase(&kind, &Value::Null),
    };
    let docs = paragraphs(4, &[format!("What `Ref` gives: {what}.")]);
    (Getter { aws: "Ref".to_owned(), rust: "reference".to_owned(), kind: kind.rust(), docs }, kind)
}

/// The names of the core that the file uses.
fn uses(shapes: &[Shape<'_>], getters: &[(Getter, Kind)]) -> BTreeSet<String> {
    let mut uses: BTreeSet<String> = ["Bag", "Construct", "Handle", "Value"].map(str::to_owned).into();
    if shapes.len() > 1 {
        uses.extend(["Fields", "PropertyType", "Term", "Trace"].map(str::to_owned));
    }
    let properties = shapes.iter().flat_map(|shape| shape.properties.values());
    if shapes.len() > 1 || properties.clone().next().is_some() {
        uses.insert("IntoValue".to_owned());
    }
    properties.for_each(|property| property.kind.uses(&mut uses));
    getters.iter().for_each(|(_, kind)| kind.uses(&mut uses));
    uses
}

/// The `use` of the core, as rustfmt breaks it.
fn import(root: &str, uses: &BTreeSet<String>) -> Vec<String> {
    let names = uses.iter().cloned().collect::<Vec<_>>().join(", ");
    let line = format!("use {root}::stack::{{{names}}};");
    // `rustfmt` keeps a column or two of a `use` free.
    if line.len() <= WIDTH - 2 {
        return vec![line];
    }
    let broken = prose::wrap(&format!("{names},"), WIDTH - 5, "").into_iter().map(|line| format!("    {line}"));
    [format!("use {root}::stack::{{")].into_iter().chain(broken).chain(["};".to_owned()]).collect()
}
