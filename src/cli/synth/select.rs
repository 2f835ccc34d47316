//! The environments and stacks that are asked for.

use std::collections::BTreeSet;

use super::SynthArgs;
use crate::cli::{Synthesized, codes};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// The stacks that are asked for; an unknown name is a finding.
pub(super) fn select(args: &SynthArgs, synthesized: Vec<Synthesized>) -> Result<Vec<Synthesized>, Diagnostic> {
    environments(args, synthesized.iter().map(|stack| stack.environment.as_str()))?;
    let stacks = synthesized.iter().map(|stack| stack.stack.as_str());
    known(&args.stack, stacks, codes::UNKNOWN_STACK, "stack")?;
    let asked = |names: &[String], name: &String| names.is_empty() || names.contains(name);
    let chosen = |stack: &Synthesized| asked(&args.environment, &stack.environment) && asked(&args.stack, &stack.stack);
    Ok(synthesized.into_iter().filter(chosen).collect())
}

/// Refuses an environment that is asked for and not there.
pub(super) fn environments<'a>(args: &SynthArgs, names: impl Iterator<Item = &'a str>) -> Result<(), Diagnostic> {
    known(&args.environment, names, codes::UNKNOWN_ENVIRONMENT, "environment")
}

fn known<'a>(asked: &[String], names: impl Iterator<Item = &'a str>, code: Code, what: &str) -> Result<(), Diagnostic> {
    let names: BTreeSet<&str> = names.collect();
    match asked.iter().find(|name| !names.contains(name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let message = format!("`--{what} {name}`: there is no {what} `{name}`");
            let help = did_you_mean(name, names, &format!("the {what}s are"));
            Err(Diagnostic::error(code, message).help(help))
        }
    }
}
