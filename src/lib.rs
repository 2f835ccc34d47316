//! Typed CloudFormation in Rust.

pub mod diagnostic;
pub mod emit;
pub mod template;

pub mod registry;
