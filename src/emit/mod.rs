//! What Formwork writes.

pub mod deployment;
mod git_sync;
pub mod goals;
pub mod json;
pub mod manifest;
mod parameters;
mod pipeline;
pub mod project;
mod readme;
pub mod rules;
mod scalar;
mod shell;
mod stack_policy;
mod tags;
mod tool_files;
pub mod type_facts;
pub mod yaml;

pub use readme::readme;
pub use tool_files::{Kind, ToolFile, tool_files};
