//! Typed CloudFormation in Rust.

pub mod diagnostic;
pub mod template;

pub mod registry;
