//! Typed CloudFormation in Rust.

pub mod diagnostic;
pub mod template;

pub mod network;

pub mod iam;

pub mod goal;

pub mod registry;

pub mod generate;

pub mod stack;

pub mod constructs;

pub mod settings;

pub mod check;

pub mod emit;

pub mod cli;

pub mod prelude;
