//! `formwork check`: is every value allowed, in any template.

mod choose;
pub(super) mod inputs;
mod judge;
pub(super) mod read;

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Stacks, Synthesis, codes, speak, stacks, synth};
use crate::check;
use crate::diagnostic::render::{self, About};
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::proofs;
use crate::prove::Proof;
use choose::Choice;
use judge::Judged;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Templates, folders with templates in them, patterns such as `out/**/*.yaml`, or `-` for standard input. Without
    /// any: the stacks of the settings file, or of the program
    #[arg(value_name = "TEMPLATE")]
    pub templates: Vec<PathBuf>,
    /// Where they are deployed; without it, what fails in some region only is not found
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The day on which they are deployed, such as `2027-01-31`; today unless said
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<time::Date>,
    #[command(flatten)]
    choice: Choice,
    /// How to tell findings
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// How findings on templates are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CheckFormat {
    /// As a compiler does, with excerpts.
    #[default]
    Full,
    /// A line a finding.
    Concise,
    /// As JSON.
    Json,
    /// As SARIF 2.1.0, for code scanning services and editors.
    Sarif,
    /// As workflow commands, which GitHub shows beside the lines.
    Github,
    /// As GitLab's code quality report.
    Gitlab,
    /// As JUnit XML.
    Junit,
    /// As a table in Markdown.
    Markdown,
}

fn day(text: &str) -> Result<time::Date, String> {
    crate::goal::date(text).ok_or_else(|| "a day is written like 2027-01-31".to_owned())
}

pub(super) fn run(args: &CheckArgs, stacks: &Stacks<'_>) -> Exit {
    let today = args.as_of.unwrap_or_else(|| time::OffsetDateTime::now_utc().date());
    let mut unfit = args.choice.unfit();
    let judged = if args.templates.is_empty() {
        own(stacks, &mut unfit)
    } else {
        let (inputs, missing) = inputs::gather(&args.templates);
        unfit.extend(missing);
        judge::all(inputs, args.region.as_deref(), today)
    };
    report(args, judged, unfit)
}

/// The stacks of the program or of the settings file: those that `synth` would write.
fn own(stacks: &Stacks<'_>, unfit: &mut Vec<Diagnostic>) -> Vec<Judged> {
    let synthesis = match stacks {
        Stacks::Program(app) => Some(stacks::of_program(app)),
        Stacks::Settings => of_settings(unfit),
    };
    let Some(synthesis) = synthesis else { return Vec::new() };
    let stacks = synthesis.stacks.into_iter().map(|stack| Judged {
        resources: stack.template.resources.len(),
        assumed: crate::prove::assumptions(&stack.proofs, &stack.places),
        proofs: stack.proofs,
        ..Judged::new(format!("{}/{}", stack.environment, stack.stack))
    });
    // The findings say where they are; they need no stack of their own.
    let findings = synthesis.findings;
    let found = Judged { findings, ..Judged::nameless() };
    stacks.chain([found]).collect()
}

fn of_settings(unfit: &mut Vec<Diagnostic>) -> Option<Synthesis> {
    let (settings, said) = synth::own_settings(unfit, "check")?;
    let mut synthesis = stacks::of_settings(&settings);
    synthesis.findings.extend(said);
    Some(synthesis)
}

fn report(args: &CheckArgs, judged: Vec<Judged>, unfit: Vec<Diagnostic>) -> Exit {
    let mut names = Vec::new();
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    let mut resources = 0;
    let mut goals = Vec::new();
    let mut proved = Vec::new();
    for one in judged {
        goals.extend(proofs::entries(&one.name, &one.proofs));
        proved.extend(one.proofs);
        findings.extend(one.assumed.into_iter().filter(|_| args.choice.denies_assumptions()));
        findings.extend(one.findings.into_iter().filter(|finding| args.choice.tells(finding)));
        resources += one.resources;
        texts.extend(one.text.map(|text| (one.name.clone(), text)));
        names.extend((!one.name.is_empty()).then_some(one.name));
    }
    let counts = findings.iter().any(|finding| args.choice.denies(finding));
    findings.extend(unfit.iter().cloned());
    let source = |file: &str| {
        let held = texts.iter().find(|(name, _)| name == file).map(|(_, text)| text.clone());
        held.or_else(|| read::excerpted(file))
    };
    let said = match args.format {
        CheckFormat::Full => {
            let told = render::full(&findings, &source) + &summary(names.len(), resources, &findings, &proved);
            speak::told(&told)
        }
        CheckFormat::Concise => speak::data(&render::concise(&findings)),
        CheckFormat::Json => speak::data(&render::json(&names, &findings, goals)),
        CheckFormat::Sarif => speak::data(&render::sarif(&findings, &about)),
        CheckFormat::Github => speak::data(&render::github(&findings)),
        CheckFormat::Gitlab => speak::data(&render::gitlab(&findings)),
        CheckFormat::Junit => speak::data(&render::junit(&names, &findings)),
        CheckFormat::Markdown => speak::data(&render::markdown(&findings)),
    };
    let unread = findings.iter().any(|finding| finding.code == codes::UNREADABLE);
    match said {
        Exit::Fine if unread || !unfit.is_empty() => Exit::Failed,
        Exit::Fine if counts => Exit::Found,
        said => said,
    }
}

fn about(code: Code) -> Option<About> {
    let Some(rule) = check::rules::find(code.id) else { return super::prove::about(code) };
    Some(About { explanation: rule.explanation, source: rule.source })
}

fn summary(templates: usize, resources: usize, findings: &[Diagnostic], proved: &[Proof]) -> String {
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let end = if findings.is_empty() { ": nothing found" } else { "" };
    let goals = if proved.is_empty() { String::new() } else { format!(", {}", proofs::counted(proved)) };
    format!("checked {}, {}{goals}{end}\n", plural(templates, "template"), plural(resources, "resource"))
}
