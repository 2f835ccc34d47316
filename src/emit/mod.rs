//! What Formwork writes.

pub mod deployment;
mod git_sync;
pub mod goals;
pub mod json;
pub mod manifest;
mod parameters;
pub mod permissions;
mod pipeline;
pub mod project;
pub mod proofs;
mod readme;
pub mod rules;
mod scalar;
mod shell;
mod stack_policy;
mod tags;
mod tool_files;
pub mod type_facts;
pub mod yaml;

use handlebars::Handlebars;

pub use readme::readme;
pub use tool_files::{Kind, ToolFile, tool_files};

/// Handlebars for texts that are no HTML; a name that the data lacks is an error.
fn templates() -> Handlebars<'static> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    templates.register_escape_fn(handlebars::no_escape);
    templates
}
