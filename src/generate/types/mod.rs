//! From the facts of resource types to Rust types: one file a type, through one template.
//!
//! Reads and returns text; touches no file. The data is prepared here, the layout is the template's, and the result is
//! as `rustfmt` would have it.

mod error;
mod kind;
mod known;
mod model;
mod names;
mod prose;
mod survey;
mod vendored;

use std::collections::BTreeMap;

use handlebars::Handlebars;
use serde::Serialize;

pub use error::Error;
pub use model::VERBS;
pub use vendored::{VENDORED, vendored};

use crate::registry::{self, TypeFacts};

/// File contents by path, with `/` between folders.
pub type Files = BTreeMap<String, String>;

/// For whom types are generated.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The path of the crate that has the core: `crate`, or `formwork` in a user's crate.
    pub root: &'a str,
    /// The command that writes them, for the first line of each file.
    pub command: &'a str,
}

impl Target<'_> {
    /// This crate.
    pub const OURS: Target<'static> = Target { root: "crate", command: "formwork generate types" };
}

/// The files of `src/aws`, by path below it.
///
/// # Errors
/// If a setter would hide a verb, or two names are the same in Rust.
pub fn ours() -> Result<Files, Error> {
    source(vendored(), Target::OURS)
}

/// The files of a module with the given types: one a type, in a folder a service.
///
/// # Errors
/// If there is no such type, a setter would hide a verb, or two names are the same in Rust.
pub fn source(type_names: impl IntoIterator<Item = impl AsRef<str>>, target: Target<'_>) -> Result<Files, Error> {
    let templates = templates()?;
    let mut files = Files::new();
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    for name in type_names {
        let name = name.as_ref();
        let facts = registry::facts(name).ok_or_else(|| Error::Unknown { type_name: name.to_owned() })?;
        let member = Member::new(facts);
        let service = services.entry(service_name(facts)).or_insert_with(|| Service::new(facts, target));
        files.insert(
            format!("{}/{}.rs", service_name(facts), file(&member.module)),
            resource(&templates, facts, target)?,
        );
        service.members.insert(member.module.clone(), member);
    }
    for (name, service) in &services {
        files.insert(format!("{name}/mod.rs"), render(&templates, "service", service)?);
    }
    let all = Module::new(target, &services);
    files.insert("attributes.rs".to_owned(), render(&templates, "attributes", &all)?);
    files.insert("mod.rs".to_owned(), render(&templates, "module", &all)?);
    Ok(files)
}

/// The code of one type.
fn resource(templates: &Handlebars<'_>, facts: &TypeFacts, target: Target<'_>) -> Result<String, Error> {
    render(templates, "resource", &model::resource(facts, &target)?)
}

#[derive(Serialize)]
struct Module<'a> {
    command: &'a str,
    modules: Vec<&'a str>,
    services: Vec<&'a Service>,
}

#[derive(Serialize)]
struct Service {
    command: String,
    name: String,
    module: String,
    members: BTreeMap<String, Member>,
}

#[derive(Serialize)]
struct Member {
    module: String,
    rust: String,
}

impl<'a> Module<'a> {
    fn new(target: Target<'a>, services: &'a BTreeMap<String, Service>) -> Self {
        let mut modules: Vec<_> = services.keys().map(String::as_str).chain(["attributes"]).collect();
        modules.sort_unstable();
        Self { command: target.command, modules, services: services.values().collect() }
    }
}

impl Service {
    fn new(facts: &TypeFacts, target: Target<'_>) -> Self {
        let name = facts.name.rsplit_once("::").map_or(facts.name, |(service, _)| service).to_owned();
        Self { command: target.command.to_owned(), name, module: service_name(facts), members: BTreeMap::new() }
    }
}

impl Member {
    fn new(facts: &TypeFacts) -> Self {
        let module = names::snake(survey::last_of(facts.name));
        Self { module, rust: survey::resource_name(facts.name) }
    }
}

/// `secretsmanager`.
fn service_name(facts: &TypeFacts) -> String {
    names::service(facts.name.split("::").nth(1).unwrap_or(facts.name))
}

/// A module's file is named without what makes its name a raw identifier.
fn file(module: &str) -> &str {
    module.trim_start_matches("r#")
}

fn templates() -> Result<Handlebars<'static>, Error> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.register_escape_fn(handlebars::no_escape);
    for (name, text) in [
        ("resource", include_str!("../../../templates/l1/resource.rs.hbs")),
        ("service", include_str!("../../../templates/l1/service.rs.hbs")),
        ("attributes", include_str!("../../../templates/l1/attributes.rs.hbs")),
        ("module", include_str!("../../../templates/l1/module.rs.hbs")),
    ] {
        templates.register_template_string(name, text).map_err(|error| Error::Template(error.to_string()))?;
    }
    Ok(templates)
}

fn render(templates: &Handlebars<'_>, name: &str, data: &impl Serialize) -> Result<String, Error> {
    templates.render(name, data).map_err(|error| Error::Template(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The code of a made-up type with one property, or why there is none.
    fn made_up(property: &str) -> Result<String, Error> {
        let schema = json!({ "typeName": "Mine::Own::Type", "properties": { property: { "type": "string" } } });
        let facts = TypeFacts::new("Mine::Own::Type", schema);
        resource(&templates()?, &facts, Target::OURS)
    }

    #[test]
    fn a_setter_never_hides_a_verb() {
        for verb in VERBS {
            let property: String = verb.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            let type_name = "Mine::Own::Type".to_owned();
            let hides = Error::Hides { type_name, property: property.clone(), hidden: verb.to_owned() };
            assert_eq!(made_up(&property), Err(hides));
        }
        assert!(made_up("Tags").is_ok());
    }
}
