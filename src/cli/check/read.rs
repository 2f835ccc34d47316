//! A template as it is read: from a file or standard input, with what was stated inside it and beside it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::inputs::{Input, Origin};
use super::judge::SIDECAR;
use crate::check::Stated;
use crate::cli::codes;
use crate::diagnostic::Diagnostic;
use crate::resolve::{Environment, nested_location};
use crate::template::parse::{self, MOST_BYTES};
use crate::template::{Places, Template};

/// A template that was read.
pub(in crate::cli) struct Read {
    /// The name that it bears in findings.
    pub(in crate::cli) name: String,
    /// The text.
    pub(in crate::cli) text: String,
    /// What it says.
    pub(in crate::cli) template: Template,
    /// Where its parts stand.
    pub(in crate::cli) places: Places,
    /// What is stated inside it and beside it.
    pub(in crate::cli) stated: Stated,
    /// What of it could not be read.
    pub(in crate::cli) findings: Vec<Diagnostic>,
}

/// Reads a template; none if it was found in a folder and is none.
pub(in crate::cli) fn read(input: &Input) -> Option<Result<Read, Diagnostic>> {
    let name = input.name();
    let text = match text(&input.origin) {
        Ok(text) => text,
        Err(finding) => return Some(Err(finding)),
    };
    if !input.named && !looks_like_template(&text) {
        return None;
    }
    let (template, mut places, findings) = parse::parse(&text, &name);
    let mut stated = Stated::of(&template, &mut places);
    stated.findings.iter_mut().for_each(|finding| places.locate(finding));
    if let Origin::File(path) = &input.origin {
        sidecar(path, &mut stated, &mut places);
    }
    Some(Ok(Read { name, text, template, places, stated, findings }))
}

/// The text of a template for excerpts; none of what was more than anyone reads.
pub(in crate::cli) fn excerpted(file: &str) -> Option<String> {
    let origin = Origin::File(PathBuf::from(file));
    let text = if origin.is_file() { text(&origin).ok()? } else { return None };
    (text.len() <= MOST_BYTES).then_some(text)
}

/// Whether a text found in a folder is worth reading as a template: every template has the word in it.
fn looks_like_template(text: &str) -> bool {
    text.contains("Resources") && (text.contains("AWSTemplateFormatVersion") || text.contains("Type"))
}

/// Reads the templates of nested stacks that lie where the outer one says; one that cannot be read is not known.
pub(in crate::cli) fn with_children(mut environment: Environment, template: &Template, origin: &Origin) -> Environment {
    let Origin::File(path) = origin else { return environment };
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
fn sidecar(template: &Path, stated: &mut Stated, places: &mut Places) {
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
fn limited(source: impl io::Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    source.take(MOST_BYTES as u64 + 4).read_to_end(bytes)
}
