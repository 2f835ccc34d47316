//! Many templates on all cores, each read and judged for itself.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use time::Date;

use super::inputs::Input;
use super::read::{self, Read};
use crate::check;
use crate::diagnostic::Diagnostic;
use crate::prove::{self, Facts, Proof};
use crate::resolve::{Environment, Resolved, expand};

/// How the names of sidecars end.
pub(super) const SIDECAR: &str = ".formwork.yaml";

/// What was found in one template.
pub(super) struct Judged {
    pub(super) name: String,
    /// The text, where it cannot be read again.
    pub(super) text: Option<String>,
    pub(super) resources: usize,
    pub(super) findings: Vec<Diagnostic>,
    /// What was proved of it.
    pub(super) proofs: Vec<Proof>,
    /// What of that is taken for given, as findings for those who want none of it.
    pub(super) assumed: Vec<Diagnostic>,
}

impl Judged {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: None,
            resources: 0,
            findings: Vec::new(),
            proofs: Vec::new(),
            assumed: Vec::new(),
        }
    }

    /// Findings of no template in particular.
    pub(super) fn nameless() -> Self {
        Self::new("")
    }
}

/// Judges all, in their order. What was found in a folder and is no template is left out.
pub(super) fn all(inputs: Vec<Input>, region: Option<&str>, today: Date) -> Vec<Judged> {
    let next = AtomicUsize::new(0);
    let judged = Mutex::new(Vec::with_capacity(inputs.len()));
    let work = || {
        while let Some((index, input)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, inputs.get(n)?)))
        {
            let one = judge(input, region, today);
            // A poisoned list is a list of what the others found.
            judged.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((index, one));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(inputs.len());
    if cores > 1 {
        thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    } else {
        work();
    }
    let mut judged = judged.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    judged.sort_by_key(|(index, _)| *index);
    judged.into_iter().filter_map(|(_, one)| one).collect()
}

fn judge(input: &Input, region: Option<&str>, today: Date) -> Option<Judged> {
    let read = match read::read(input)? {
        Ok(read) => read,
        Err(finding) => return Some(Judged { findings: vec![finding], ..Judged::new(input.name()) }),
    };
    let environment = Environment::unknown().on(today);
    let environment = match region {
        Some(region) => environment.in_region(region),
        None => environment,
    };
    let environment = read::with_children(environment, &read.template, &input.origin);
    let Read { name, text, template, places, stated, mut findings } = read;
    let expanded = expand(&template, &environment);
    let resolved = Resolved::new(&expanded.template, &environment);
    let by_rules = check::check_resolved(&template, &places, &expanded, &resolved);
    let judged = prove::judge_resolved(&expanded, &resolved, &places, &stated.goals, Facts::none());
    findings.extend(judged.told_with(by_rules));
    let assumed = prove::assumptions(&judged.proofs, &places);
    findings = check::leave_out(findings, &stated.ignored);
    findings = check::suppress(findings, &stated.goals.suppressed, &places, Some(today));
    findings.extend(stated.findings);
    let text = (!input.origin.is_file()).then_some(text);
    Some(Judged { text, resources: template.resources.len(), findings, proofs: judged.proofs, assumed, name })
}
