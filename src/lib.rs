//! Typed CloudFormation in Rust.

pub mod registry;
