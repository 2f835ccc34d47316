//! The command line: one file a command. Only this part of Formwork reads and writes files.

pub mod codes;
mod generate;
pub mod out;
mod schema;
mod speak;
mod synth;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

pub use generate::GenerateArgs;
pub use schema::SchemaArgs;
pub use synth::SynthArgs;

use crate::diagnostic::Diagnostic;
use crate::settings::Settings;
use crate::template::Template;

/// Typed CloudFormation: stacks that become validated templates, with a proof that they will work.
#[derive(Debug, Parser)]
#[command(name = "formwork", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write templates and what deploying them needs
    Synth(SynthArgs),
    /// Print the schema of an input
    Schema(SchemaArgs),
    /// Make what is committed but generated
    #[command(hide = true)]
    Generate(GenerateArgs),
}

/// How findings are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// As a compiler does, with excerpts.
    #[default]
    Full,
    /// As JSON, on standard output.
    Json,
}

/// Where the stacks come from.
pub enum Stacks<'a> {
    /// From a settings file, which the command line reads and narrows to the environments that are asked for.
    Settings(&'a dyn Fn(&Settings) -> Synthesis),
    /// From a program.
    Program(&'a dyn Fn() -> Synthesis),
}

/// Stacks, and what there is to say of them.
pub type Synthesis = (Vec<Synthesized>, Vec<Diagnostic>);

/// One stack of one environment, ready to be written.
#[derive(Clone, Debug)]
pub struct Synthesized {
    /// The environment's name.
    pub environment: String,
    /// The account's twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The stack's name.
    pub stack: String,
    /// The template.
    pub template: Template,
    /// The sidecar's text.
    pub sidecar: String,
    /// Further files by name, such as those that a deployment wants.
    pub files: BTreeMap<String, String>,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing that counts.
    Fine = 0,
    /// An error in what was looked at, a denied class, a difference.
    Found = 1,
    /// It could not run.
    Failed = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the command that the arguments of this process name.
pub fn run(stacks: &Stacks<'_>) -> ExitCode {
    let exit = match &Cli::parse().command {
        Command::Synth(args) => synth::run(args, stacks),
        Command::Schema(args) => schema::run(args),
        Command::Generate(args) => generate::run(args),
    };
    exit.into()
}
