//! `formwork explain` and `formwork rules`: what the rules are, without a browser.

use clap::{Args, ValueEnum};

use super::{Exit, codes, speak};
use crate::check::rules;
use crate::diagnostic::{Diagnostic, render, suggest};
use crate::emit;
use crate::prove;

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
        let between = if index > 0 { "\n" } else { "" };
        let hop = prove::explanations().find(|hop| hop.code.id.eq_ignore_ascii_case(code) || hop.code.name == code);
        let said = match (rules::find(code), hop) {
            (Some(rule), _) => speak::data(&format!("{between}{}", emit::rules::text(rule))),
            (None, Some(hop)) => speak::data(&format!("{between}{}", emit::proofs::explained(&hop))),
            (None, None) => {
                speak::talk(&render::full(&[unknown(code)], &|_| None));
                Exit::Failed
            }
        };
        exit = if said == Exit::Fine { exit } else { said };
    }
    exit
}

fn unknown(code: &str) -> Diagnostic {
    let rules = rules::ALL.iter().copied().flatten().map(|rule| rule.code);
    let known = rules.chain(prove::explanations().map(|hop| hop.code));
    let names = known.flat_map(|code| [code.id, code.name]);
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
