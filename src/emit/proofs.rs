//! Proofs, for people and for programs.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::permissions::ASSUMED;
use super::yaml;
use crate::diagnostic::render;
use crate::goal::Goal;
use crate::prove::authorisation::HopFacts;
use crate::prove::{Answer, Patch, Proof, Step, Verdict};
use crate::template::Places;

/// The entries of `goals` in machine-readable output: one for each proof. `template` is the file that they are about.
pub fn entries(template: &str, proofs: &[Proof]) -> Vec<Json> {
    proofs.iter().map(|proof| entry(template, proof)).collect()
}

fn entry(template: &str, proof: &Proof) -> Json {
    let origin = proof.origin.as_ref();
    json!({
        "goal": proof.goal.to_string(),
        "kind": proof.goal.kind(),
        "verdict": proof.verdict.name(),
        "template": template,
        "because": origin.map(|why| json!({ "resource": why.resource, "path": why.path, "says": why.says })),
        "hops": proof.steps.iter().map(hop).collect::<Vec<_>>(),
        "assumptions": proof.assumptions,
    })
}

fn hop(step: &Step) -> Json {
    json!({
        "hop": step.hop,
        "verdict": step.answer.name(),
        "resource": step.resource,
        "path": step.path,
        "message": format!("{}{}", step.message, step.place),
        "help": step.help,
        "aws_code": step.aws_code,
        "evidence": step.evidence,
        "fix": step.fix.as_ref().map(|fix| fix.to_value().to_json()),
    })
}

/// The proofs of one template as a tree: each goal with its hops, what broke with its cure.
pub fn tree(name: &str, proofs: &[Proof], places: &Places) -> String {
    let mut text = format!("{name}: {}\n", counted(proofs));
    for proof in proofs {
        text.push('\n');
        goal(proof, &Page { name, places }, &mut text);
    }
    if allows(proofs) {
        text.push_str(&format!("\n{DIM}taken for given of permissions: {ASSUMED}{RESET}\n"));
    }
    if proofs.len() > 1 {
        text.push_str(&format!("\n{name}: {}\n", summary(proofs)));
    }
    text
}

/// Whether a permission is proved: what is set outside of policies, for a whole account or a session, may still deny it, and
/// is no assumption of one goal more than of another.
fn allows(proofs: &[Proof]) -> bool {
    proofs.iter().any(|proof| proof.verdict == Verdict::Proved && matches!(proof.goal, Goal::Can { .. }))
}

/// A hop: what it is about and its source.
pub fn explained(hop: &HopFacts) -> String {
    let HopFacts { name, code, explanation, source, .. } = hop;
    format!("hop {name} [{code}] {}\n\n{explanation}\n\nsource: {source}\n", code.name)
}

/// Everybody who can call a listener, and who may be able to.
pub fn callers(name: &str, what: &str, proof: &Proof, places: &Places) -> String {
    let page = Page { name, places };
    let mut text = format!("{name}: who reaches `{what}`\n\n");
    for step in &proof.steps {
        let (colour, word) = match step.answer {
            Answer::Broken => (YELLOW, "can"),
            Answer::Unknown => (DIM, "may"),
            Answer::Holds | Answer::Assumed => (GREEN, "nobody"),
        };
        let word = painted(colour, word, 8);
        text.push_str(&format!("  {word}{}{}\n", step.message, step.place));
        if let Some(path) = step.path.as_ref().filter(|_| step.answer != Answer::Holds) {
            text.push_str(&format!("{:10}{DIM}{}{RESET}\n", "", page.place(path)));
        }
    }
    text
}

/// How many goals there are of each verdict: `3 goals: 2 proved, 1 refuted`.
pub fn counted(proofs: &[Proof]) -> String {
    let count = |verdict| proofs.iter().filter(|proof| proof.verdict == verdict).count();
    let verdicts = [Verdict::Proved, Verdict::Depends, Verdict::Refuted];
    let parts = verdicts.map(|verdict| (count(verdict), verdict.name()));
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    match proofs.len() {
        0 => "no goals follow from it and none are stated".to_owned(),
        1 => format!("1 goal: {}", parts.join(", ")),
        many => format!("{many} goals: {}", parts.join(", ")),
    }
}

/// All proofs of a stack in one line: how many goals are proved, under how many assumptions, and which are not.
pub fn summary(proofs: &[Proof]) -> String {
    let (proved, open): (Vec<_>, Vec<_>) = proofs.iter().partition(|proof| proof.verdict == Verdict::Proved);
    let assumptions: BTreeSet<_> = proved.iter().flat_map(|proof| &proof.assumptions).collect();
    let under = match assumptions.len() {
        0 => String::new(),
        1 => ", under 1 assumption".to_owned(),
        many => format!(", under {many} assumptions"),
    };
    let open: Vec<_> = open.iter().map(|proof| format!("{}: {}", proof.verdict.name(), proof.goal)).collect();
    match (proofs.len(), open.as_slice()) {
        (0, _) => counted(proofs),
        (1, []) => format!("its goal is proved{under}"),
        (all, []) => format!("all {all} goals are proved{under}"),
        (all, open) => format!("{} of {all} goals proved{under}; {}", proved.len(), open.join("; ")),
    }
}

/// What proofs are told of: the name of the template, and where its parts stand.
struct Page<'p> {
    name: &'p str,
    places: &'p Places,
}

impl Page<'_> {
    /// Where a pointer leads; lines alone, where they are of the template itself.
    fn place(&self, path: &str) -> String {
        match self.places.nearest(path) {
            Some(span) if span.file == self.name => format!("{}:{}", span.line, span.column),
            Some(span) => span.to_string(),
            None => path.to_owned(),
        }
    }
}

fn goal(proof: &Proof, page: &Page<'_>, text: &mut String) {
    let colour = match proof.verdict {
        Verdict::Proved => GREEN,
        Verdict::Depends => YELLOW,
        Verdict::Refuted => RED,
    };
    text.push_str(&format!("{}  {BOLD}{}{RESET}\n", painted(colour, proof.verdict.name(), 8), proof.goal));
    if let Some(why) = &proof.origin {
        let place = page.place(&why.path);
        text.push_str(&format!("          {DIM}{place} {}{RESET}\n", why.says));
    }
    for step in &proof.steps {
        self::step(step, page, text);
    }
}

fn step(step: &Step, page: &Page<'_>, text: &mut String) {
    let colour = match step.answer {
        Answer::Holds => GREEN,
        Answer::Assumed => DIM,
        Answer::Unknown => YELLOW,
        Answer::Broken => RED,
    };
    let code = step.aws_code.map(|code| format!(" {DIM}{code}{RESET}")).unwrap_or_default();
    let answer = painted(colour, step.answer.name(), 8);
    text.push_str(&format!("  {answer}{:<24}{}{}{code}\n", step.hop, step.message, step.place));
    let at = evidence_at(step, page);
    if !at.is_empty() {
        text.push_str(&format!("{:34}{DIM}{at}{RESET}\n", ""));
    }
    if step.answer == Answer::Holds || step.answer == Answer::Assumed {
        // How to know it.
        for help in step.help.iter().filter(|_| step.answer == Answer::Assumed) {
            text.push_str(&format!("{:34}{DIM}help: {help}{RESET}\n", ""));
        }
        return;
    }
    if let Some(path) = &step.path {
        text.push_str(&format!("{:34}{DIM}{}{RESET}\n", "", page.place(path)));
    }
    if let Some(help) = &step.help {
        text.push_str(&format!("{:34}help: {help}\n", ""));
    }
    if let Some(fix) = &step.fix {
        text.push_str(&format!("{:34}this mends it (it was tried):\n", ""));
        for (pointer, _) in &fix.parts {
            text.push_str(&format!("{:36}{DIM}at {pointer}{RESET}\n", ""));
        }
        for line in mending(fix).lines() {
            text.push_str(&format!("{:36}{line}\n", ""));
        }
    }
}

/// A change as people want to see it: what is new of it.
fn mending(fix: &Patch) -> String {
    match fix.parts.as_slice() {
        [] => yaml::value(&fix.to_value()),
        parts => parts.iter().map(|(_, value)| yaml::value(value)).collect(),
    }
}

/// The places of what a step rests on: `12:3 tcp 5432 from …; 40:3 …`.
fn evidence_at(step: &Step, page: &Page<'_>) -> String {
    let told = step.evidence.iter().map(|evidence| format!("{} {}", page.place(&evidence.path), evidence.says));
    told.collect::<Vec<_>>().join("; ")
}

const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const RED: &str = "\u{1b}[31m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

fn painted(colour: &str, word: &str, width: usize) -> String {
    format!("{colour}{word:<width$}{RESET}")
}

/// The proofs of several templates as a table in Markdown, what broke below it.
pub fn markdown(proofs: &[(String, &[Proof])]) -> String {
    let mut text = String::from("| template | goal | verdict |\n|---|---|---|\n");
    for (name, proofs) in proofs {
        for proof in *proofs {
            let cells = [name.as_str(), &proof.goal.to_string(), proof.verdict.name()].map(cell);
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    if proofs.iter().any(|(_, proofs)| allows(proofs)) {
        text.push_str(&format!("\nTaken for given of permissions: {ASSUMED}.\n"));
    }
    for (_, proofs) in proofs {
        for proof in proofs.iter().filter(|proof| proof.verdict != Verdict::Proved) {
            text.push_str(&format!("\n**{}**: {}\n\n", proof.goal, proof.verdict.name()));
            for step in proof.steps.iter().filter(|step| matches!(step.answer, Answer::Broken | Answer::Unknown)) {
                let help = step.help.as_ref().map(|help| format!(" — {help}")).unwrap_or_default();
                text.push_str(&format!(
                    "- {} {}: {}{}{help}\n",
                    step.hop,
                    step.answer.name(),
                    step.message,
                    step.place
                ));
                if let Some(fix) = &step.fix {
                    let at: String = fix.parts.iter().map(|(pointer, _)| format!(" at `{pointer}`")).collect();
                    text.push_str(&format!("\n  This mends it (it was tried){at}:\n\n  ```yaml\n"));
                    mending(fix).lines().for_each(|line| text.push_str(&format!("  {line}\n")));
                    text.push_str("  ```\n");
                }
            }
        }
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// The proofs of several templates as JSON, with the findings: the contract of machine-readable output.
pub fn json(templates: &[String], findings: &[crate::diagnostic::Diagnostic], goals: Vec<Json>) -> String {
    render::json(templates, findings, goals)
}
