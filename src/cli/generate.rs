//! `formwork generate`: what is committed and generated.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Exit, speak};

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to generate.
    #[command(subcommand)]
    pub what: Generate,
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// The facts of every resource type
    Facts {
        /// The wheel of cfn-lint that has the schemas
        #[arg(long)]
        wheel: PathBuf,
    },
    /// The L1 types
    Types,
}

pub(super) fn run(args: &GenerateArgs) -> Exit {
    let what = match &args.what {
        Generate::Facts { wheel } => format!("facts from `{}`", wheel.display()),
        Generate::Types => "types".to_owned(),
    };
    speak::talk(&format!("error: this build cannot generate {what}\n"));
    Exit::Failed
}
