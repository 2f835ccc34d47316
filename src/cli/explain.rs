//! `formwork explain` and `formwork rules`: what the rules are, without a browser.

use clap::{Args, ValueEnum};

use super::{Exit, codes, speak};
use crate::check::rules;
use crate::diagnostic::{Diagnostic, render, suggest};
use crate::emit;

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code of a finding, such as `E3002`, or the name of its rule
    #[arg(value_name = "CODE", required = true)]
    pub codes: Vec<String>,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// How to list them
    #[arg(long, value_enum, default_value_t)]
    pub format: RulesFormat,
}

/// How the rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A line a rule.
    #[default]
    Concise,
    /// As JSON.
    Json,
    /// As a page in Markdown, with the examples.
    Markdown,
}

pub(super) fn explain(args: &ExplainArgs) -> Exit {
    let mut exit = Exit::Fine;
    for (index, code) in args.codes.iter().enumerate() {
        let said = match rules::find(code) {
            Some(rule) => speak::data(&format!("{}{}", if index > 0 { "\n" } else { "" }, emit::rules::text(rule))),
            None => {
                speak::talk(&render::full(&[unknown(code)], &|_| None));
                Exit::Failed
            }
        };
        exit = if said == Exit::Fine { exit } else { said };
    }
    exit
}

fn unknown(code: &str) -> Diagnostic {
    let known = || rules::ALL.iter().copied().flatten();
    let names = known().flat_map(|rule| [rule.code.id, rule.code.name]);
    let help = suggest(code, names).unwrap_or_else(|| "`formwork rules` lists them".to_owned());
    Diagnostic::error(codes::UNKNOWN_CODE, format!("there is no rule `{code}`")).help(help)
}

pub(super) fn rules(args: &RulesArgs) -> Exit {
    speak::data(&match args.format {
        RulesFormat::Concise => emit::rules::list(),
        RulesFormat::Json => emit::rules::json(),
        RulesFormat::Markdown => emit::rules::page(),
    })
}
