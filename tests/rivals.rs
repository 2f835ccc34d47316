//! What a careful hand-written template of the architecture has, and what templates of other tools get wrong: a test a
//! row, over the template of the settings in which nothing exists yet.

mod flaws;
mod virtues;

use std::sync::LazyLock;

use formwork::template::Template;
use formwork::{blueprints, settings};

use crate::stack::property;

/// The template of `prod` in `examples/new.formwork.yaml`.
static MADE: LazyLock<Template> = LazyLock::new(|| {
    let (settings, found) = settings::read("new.formwork.yaml", include_str!("../examples/new.formwork.yaml"));
    let stacks = blueprints::stacks(&settings.unwrap_or_else(|| panic!("{found:#?}")));
    stacks[1].lower().template
});

/// A property of a resource, as YAML.
#[track_caller]
fn made(id: &str, name: &str) -> String {
    property(&MADE, id, name)
}

/// The logical ids of the resources of a type.
fn of_type(kind: &str) -> Vec<&'static str> {
    let found = MADE.resources.iter().filter(|(_, resource)| resource.kind == kind);
    found.map(|(id, _)| id.as_str()).collect()
}

/// The policies of a role, as YAML.
#[track_caller]
fn policies(role: &str) -> String {
    property(&MADE, role, "Policies")
}
