//! Which findings are told, and which count.

use clap::Args;

use crate::cli::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Which findings are told, and which count.
#[derive(Debug, Args)]
pub(super) struct Choice {
    /// Only findings whose code begins so: `E`, `W3`, `E3012`; may be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Not those whose code begins so, or whose name this is; may be repeated
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Count these as errors: `warnings`, `info`, or codes; may be repeated
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    deny: Vec<String>,
}

impl Choice {
    /// Whether a finding is told. What stands in the way of understanding the template always is.
    pub(super) fn tells(&self, finding: &Diagnostic) -> bool {
        let is = |chosen: &String| meant(chosen, finding);
        (self.select.is_empty() || self.select.iter().any(is)) && !self.ignore.iter().any(is)
    }

    /// Whether a finding makes the command fail.
    pub(super) fn denies(&self, finding: &Diagnostic) -> bool {
        finding.severity == Severity::Error || self.deny.iter().any(|class| belongs(class, finding))
    }

    /// What of the choice can mean nothing.
    pub(super) fn unfit(&self) -> Vec<Diagnostic> {
        let known = |chosen: &String| ["warnings", "info"].contains(&chosen.as_str());
        let all = self.select.iter().chain(&self.ignore).chain(self.deny.iter().filter(|class| !known(class)));
        let unfit = all.filter(|chosen| !is_code(chosen) && !is_name(chosen));
        unfit
            .map(|chosen| {
                let message = format!("`{chosen}` is no code, no beginning of one and no name of a rule");
                Diagnostic::error(codes::UNKNOWN_CODE, message).help("`formwork rules` lists them")
            })
            .collect()
    }
}

fn belongs(class: &str, finding: &Diagnostic) -> bool {
    match class {
        "warnings" => finding.severity <= Severity::Warning,
        "info" => true,
        code => meant(code, finding),
    }
}

fn meant(chosen: &str, finding: &Diagnostic) -> bool {
    finding.code.name == chosen || (is_code(chosen) && finding.code.id.starts_with(chosen))
}

/// Whether a text can begin a code: a letter of a family, and up to four digits.
fn is_code(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| "EWINPDS".contains(first))
        && text.len() <= 5
        && characters.all(|character| character.is_ascii_digit())
}

/// Whether a text is shaped as the name of a rule is.
fn is_name(text: &str) -> bool {
    text.contains('-')
        && text.chars().all(|character| character.is_ascii_lowercase() || "-0123456789".contains(character))
}
