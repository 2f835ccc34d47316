//! Many templates on all cores, each read and judged for itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use time::Date;

use super::inputs::{Input, Origin};
use crate::check::{self, Stated};
use crate::cli::codes;
use crate::diagnostic::Diagnostic;
use crate::resolve::{Environment, nested_location};
use crate::template::Template;
use crate::template::parse::{self, MOST_BYTES};

/// How the names of sidecars end.
pub(super) const SIDECAR: &str = ".formwork.yaml";

/// What was found in one template.
pub(super) struct Judged {
    pub(super) name: String,
    /// The text, where it cannot be read again.
    pub(super) text: Option<String>,
    pub(super) resources: usize,
    pub(super) findings: Vec<Diagnostic>,
}

impl Judged {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), text: None, resources: 0, findings: Vec::new() }
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
    let name = input.name();
    let text = match text(&input.origin) {
        Ok(text) => text,
        Err(finding) => return Some(Judged { findings: vec![finding], ..Judged::new(name) }),
    };
    if !input.named && !looks_like_template(&text) {
        return None;
    }
    let mut judged = template(&text, &name, &input.origin, region, today);
    judged.text = (!input.origin.is_file()).then_some(text);
    Some(judged)
}

/// The text of a template for excerpts; none of what was more than anyone reads.
pub(super) fn excerpted(file: &str) -> Option<String> {
    let origin = Origin::File(PathBuf::from(file));
    let text = if origin.is_file() { text(&origin).ok()? } else { return None };
    (text.len() <= MOST_BYTES).then_some(text)
}

/// Whether a text found in a folder is worth reading as a template: every template has the word in it.
fn looks_like_template(text: &str) -> bool {
    text.contains("Resources") && (text.contains("AWSTemplateFormatVersion") || text.contains("Type"))
}

fn template(text: &str, name: &str, origin: &Origin, region: Option<&str>, today: Date) -> Judged {
    let (template, mut places, mut findings) = parse::parse(text, name);
    let mut stated = Stated::of(&template, &mut places);
    stated.findings.iter_mut().for_each(|finding| places.locate(finding));
    if let Origin::File(path) = origin {
        sidecar(path, &mut stated, &mut places);
    }
    let environment = Environment::unknown().on(today);
    let environment = match region {
        Some(region) => environment.in_region(region),
        None => environment,
    };
    let environment = match origin {
        Origin::File(path) => with_children(environment, &template, path),
        Origin::StandardInput => environment,
    };
    findings.extend(check::check_in(&template, &places, &environment));
    findings = check::leave_out(findings, &stated.ignored);
    findings = check::suppress(findings, &stated.goals.suppressed, &places, Some(today));
    findings.extend(stated.findings);
    Judged { resources: template.resources.len(), findings, ..Judged::new(name) }
}

/// Reads the templates of nested stacks that lie where the outer one says; one that cannot be read is not known.
fn with_children(mut environment: Environment, template: &Template, path: &Path) -> Environment {
    for location in template.resources.values().filter_map(nested_location) {
        let child = path.parent().map(|folder| folder.join(location));
        if let (None, Some(child)) = (environment.child(location), child)
            && let Ok(text) = text(&Origin::File(child))
        {
            let (child, ..) = parse::parse(&text, location);
            environment = environment.with_child(location, child);
        }
    }
    environment
}

/// Reads what lies beside a template: `app.formwork.yaml` beside `app.template.yaml` or `app.yaml`.
fn sidecar(template: &Path, stated: &mut Stated, places: &mut crate::template::Places) {
    let Some(path) = sidecar_of(template) else { return };
    let Ok(text) = text(&Origin::File(path.clone())) else { return };
    let (value, own, findings) = parse::parse_value(&text, &path.display().to_string());
    stated.findings.extend(findings);
    if let Some(value) = value {
        stated.add_sidecar(&value, &own, places);
    }
}

fn sidecar_of(template: &Path) -> Option<PathBuf> {
    let stem = template.file_stem()?.to_str()?;
    let stack = stem.strip_suffix(".template").unwrap_or(stem);
    Some(template.with_file_name(format!("{stack}{SIDECAR}")))
}

/// The text of a template, unless it cannot be had or is more than anyone reads.
fn text(origin: &Origin) -> Result<String, Diagnostic> {
    let mut bytes = Vec::new();
    let read = match origin {
        Origin::StandardInput => limited(io::stdin().lock(), &mut bytes),
        Origin::File(path) => File::open(path).and_then(|file| limited(file, &mut bytes)),
    };
    let name = match origin {
        Origin::StandardInput => "standard input".to_owned(),
        Origin::File(path) => format!("`{}`", path.display()),
    };
    let unreadable = |error: &dyn std::fmt::Display, help: &str| {
        Diagnostic::error(codes::UNREADABLE, format!("cannot read {name}: {error}")).help(help)
    };
    read.map_err(|error| unreadable(&error, "name a file, a folder, a pattern, or `-` for standard input"))?;
    if let Err(error) = std::str::from_utf8(&bytes)
        && error.error_len().is_none()
        && bytes.len() > MOST_BYTES
    {
        // Where the reading ended, a character did not.
        bytes.truncate(error.valid_up_to());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        unreadable(&format!("line {line} is not UTF-8"), "save it as UTF-8")
    })
}

/// Reads one character more than what is read at most, so that too much is seen to be that without being held.
fn limited(source: impl Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    source.take(MOST_BYTES as u64 + 4).read_to_end(bytes)
}
