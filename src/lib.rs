//! Typed CloudFormation in Rust.

pub mod cli;
pub mod diagnostic;
pub mod template;

pub mod registry;
pub mod settings;
