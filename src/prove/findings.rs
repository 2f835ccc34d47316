//! What proofs have to say as findings.

use super::answer::{Answer, Step};
use super::proof::{Proof, Verdict};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::goal::{self, Goal};
use crate::template::Places;

/// A finding for each broken hop, and for each that is left to chance. What holds under benign assumptions is silent, but
/// for advice.
pub fn findings(proofs: &[Proof], places: &Places) -> Vec<Diagnostic> {
    proofs.iter().flat_map(|proof| of_proof(proof, places)).collect()
}

/// What one proof has to say, each fault once: a role without a single policy lacks many actions, and one cure gives them all.
fn of_proof(proof: &Proof, places: &Places) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for step in proof.broken().chain(proof.undecided()).chain(proof.advised()) {
        let one = finding(proof, step, places);
        // What is broken comes first.
        let same = found.iter_mut().find(|told| {
            one.help.is_some()
                && (told.code, &told.resource, &told.path, &told.help)
                    == (one.code, &one.resource, &one.path, &one.help)
                && (told.message == one.message || told.severity < one.severity)
        });
        match same {
            // What is not known adds nothing to what is broken at the same place.
            Some(told) if told.severity < one.severity => {}
            Some(told) => told.notes.extend(one.notes),
            None => found.push(one),
        }
    }
    found
}

/// What a proof takes for given.
pub const ASSUMED: Code = Code::new("N3221", "assumption");

/// A finding for each thing that proofs take for given, for those who want none of that; it stands where the goal comes
/// from.
pub fn assumptions(proofs: &[Proof], places: &Places) -> Vec<Diagnostic> {
    let told = |proof: &Proof, assumption: &String| {
        let mut found = Diagnostic::error(ASSUMED, format!("{} rests on an assumption: {assumption}", proof.goal));
        found.resource = proof.origin.as_ref().map(|why| why.resource.clone());
        found.path = proof.origin.as_ref().map(|why| why.path.clone());
        places.locate(&mut found);
        found
            .help("create it in the template, give facts of it to `formwork prove --facts`, or do not deny assumptions")
    };
    proofs.iter().flat_map(|proof| proof.assumptions.iter().map(move |one| told(proof, one))).collect()
}

/// How severe it is that a step is broken, or not known.
pub(super) fn severity(proof: &Proof, step: &Step) -> Severity {
    match step.answer {
        Answer::Broken if proof.verdict == Verdict::Refuted => Severity::Error,
        Answer::Assumed => Severity::Info,
        _ => Severity::Warning,
    }
}

fn finding(proof: &Proof, step: &Step, places: &Places) -> Diagnostic {
    let mut found = Diagnostic::new(step.code, severity(proof, step), title(proof, step));
    found.resource = step.resource.clone().or_else(|| proof.origin.as_ref().map(|why| why.resource.clone()));
    found.path = step.path.clone().or_else(|| proof.origin.as_ref().map(|why| why.path.clone()));
    let word = match step.answer {
        Answer::Broken => "broken",
        Answer::Assumed => "assumed",
        _ => "undecided",
    };
    let code = step.aws_code.map(|code| format!(" ({code})")).unwrap_or_default();
    let (at, of) = (proof.position(step.hop), proof.route.len());
    found = found.note(format!("{word} hop {at} of {of}, {}: {}{code}", step.hop, step.message));
    places.locate(&mut found);
    if let Some(why) = &proof.origin
        && let Some(span) = places.nearest(&why.path)
        && found.place() != Some(&span)
    {
        found = found.and_at(span, why.says.clone());
    }
    found.help = help(proof, step, &found);
    found
}

fn title(proof: &Proof, step: &Step) -> String {
    let (is_broken, place) = (step.answer == Answer::Broken, &step.place);
    match &proof.goal {
        Goal::Reaches { from, to, port } => {
            let on = port.map(|(protocol, ports)| format!(" on {} {ports}", protocol.name())).unwrap_or_default();
            let verb = if is_broken { "cannot reach" } else { "may not reach" };
            format!("`{from}` {verb} `{to}`{on}{place}")
        }
        Goal::Isolated { what, .. } => {
            let verb = if is_broken { "is not" } else { "may not be" };
            format!("`{what}` {verb} isolated{place}")
        }
        Goal::Can { principal, actions, resources } => {
            let verb = if is_broken { "may not do" } else { "may not be allowed" };
            format!("`{principal}` {verb} `{}`{}{place}", actions.join("`, `"), goal::on(resources, "`"))
        }
        Goal::Deploys { what } => {
            let verb = match step.answer {
                Answer::Broken => "cannot be created",
                Answer::Assumed => "does not wait for all that it needs",
                _ => "may be created too early",
            };
            format!("`{what}` {verb}{place}")
        }
    }
}

/// Whether a finding is of the way to a listener, as its title says.
pub(super) fn is_of_way_to(found: &Diagnostic, listener: &str) -> bool {
    found.message.contains(&format!(" reach `{listener}`"))
}

/// In Rust a verb mends it; in a template a resource does.
fn help(proof: &Proof, step: &Step, found: &Diagnostic) -> Option<String> {
    let is_rust = found.source.is_some() || found.span.as_ref().is_some_and(|span| span.file.ends_with(".rs"));
    let is_group = step.hop == "security-group-egress" || step.hop == "security-group-ingress";
    match &proof.goal {
        Goal::Reaches { from, to, .. } if is_rust && is_group => {
            Some(format!("add `stack.allow({}, {});`", snake(from), snake(to)))
        }
        _ => step.help.clone(),
    }
}

/// `ProxySg` as a variable: `proxy_sg`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for (at, character) in name.chars().enumerate() {
        if character.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.extend(character.to_lowercase());
    }
    text
}
