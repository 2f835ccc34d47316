//! The `formwork` command: stacks from a settings file.

use std::process::ExitCode;

use formwork::cli::{self, Stacks};

fn main() -> ExitCode {
    cli::run(&Stacks::Settings)
}
