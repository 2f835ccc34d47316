//! Typed CloudFormation in Rust.

pub mod diagnostic;
pub mod template;

pub mod network;

pub mod iam;

pub mod goal;

pub mod registry;

pub mod generate;

pub mod stack;

pub mod aws;

pub mod constructs;

pub mod settings;

pub mod blueprints;

pub mod check;

pub mod emit;

pub mod cli;

pub mod prelude;

use std::process::ExitCode;

/// The command line over the stacks of a program: `synth` and its companions, as in the `formwork` command.
///
/// ```no_run
/// use formwork::prelude::*;
///
/// fn main() -> std::process::ExitCode {
///     let environment = Environment::new("prod", "111122223333", Region::EuWest1);
///     let mut stack = Stack::new("logs", &environment);
///     stack.add("Audit", LogGroup::new(365).retain());
///
///     let mut app = App::new();
///     app.add(stack);
///     formwork::main(&app)
/// }
/// ```
pub fn main(app: &stack::App) -> ExitCode {
    cli::run(&cli::Stacks::Program(app))
}
