//! Typed CloudFormation in Rust.

pub mod generate;
pub mod registry;
