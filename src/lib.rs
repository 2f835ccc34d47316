//! Typed CloudFormation in Rust.

pub mod cli;
pub mod diagnostic;
pub mod emit;
pub mod template;

pub mod registry;
pub mod settings;
