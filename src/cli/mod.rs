//! The command line: one file a command. Only this part of Formwork reads and writes files.

mod check;
pub mod codes;
mod explain;
mod generate;
mod init;
pub mod out;
mod prove;
mod schema;
mod speak;
mod stacks;
mod synth;

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

pub use check::CheckArgs;
pub use explain::{ExplainArgs, RulesArgs};
pub use generate::GenerateArgs;
pub use init::InitArgs;
pub use prove::ProveArgs;
pub use schema::SchemaArgs;
pub use synth::SynthArgs;

use crate::diagnostic::Diagnostic;
use crate::goal::Goals;
use crate::prove::Proof;
use crate::resolve::Environment;
use crate::stack::{App, ToolFiles};
use crate::template::{Places, Template};

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
    /// Judge templates, whoever wrote them
    Check(CheckArgs),
    /// Prove that what templates describe will connect, hop by hop
    Prove(ProveArgs),
    /// Say what a finding is about, with examples
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Begin a project
    Init(InitArgs),
    /// Print what a resource type or an input may say
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
    /// From a settings file, which the command line reads.
    Settings,
    /// From a program.
    Program(&'a App),
}

/// Stacks, and what there is to say of them.
#[derive(Debug, Default)]
struct Synthesis {
    stacks: Vec<Synthesized>,
    /// Where the folder of output was said to lie in the repository.
    out_in_repository: Option<String>,
    findings: Vec<Diagnostic>,
}

/// One stack of one environment, ready to be written.
#[derive(Clone, Debug)]
struct Synthesized {
    environment: String,
    account: String,
    region: String,
    stack: String,
    template: Template,
    goals: Goals,
    /// The stacks of the environment that are deployed before it.
    depends_on: Vec<String>,
    /// The values that parameters have in the environment.
    parameter_values: BTreeMap<String, String>,
    /// Tags of the stack itself.
    tags: BTreeMap<String, String>,
    /// The files for tools that are asked for.
    tool_files: BTreeSet<ToolFiles>,
    /// Where the parts of the template were written in Rust.
    places: Places,
    /// What was proved of it.
    proofs: Vec<Proof>,
}

impl Synthesized {
    /// What is known of its deployment.
    fn known(&self) -> Environment {
        let known = Environment::unknown().in_region(&self.region).in_account(&self.account);
        self.parameter_values.iter().fold(known, |known, (name, value)| known.with_parameter(name, value))
    }
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
        Command::Init(args) => init::run(args),
        Command::Check(args) => check::run(args, stacks),
        Command::Prove(args) => prove::run(args, stacks),
        Command::Explain(args) => explain::explain(args),
        Command::Rules(args) => explain::rules(args),
        Command::Schema(args) => schema::run(args),
        Command::Generate(args) => generate::run(args),
    };
    exit.into()
}
