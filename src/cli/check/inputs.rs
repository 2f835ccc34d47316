//! What is to be checked: files, folders, patterns, standard input.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::codes;
use crate::diagnostic::Diagnostic;

/// One template to read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) struct Input {
    pub(in crate::cli) origin: Origin,
    /// Whether it was named as a template. What was found in a folder may be anything.
    pub(in crate::cli) named: bool,
}

/// What is read: a file, or what stands on standard input.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cli) enum Origin {
    File(PathBuf),
    StandardInput,
}

impl Origin {
    /// Whether it can be read again: what comes through a pipe cannot.
    pub(super) fn is_file(&self) -> bool {
        match self {
            Self::File(path) => path.is_file(),
            Self::StandardInput => false,
        }
    }
}

impl Input {
    /// The name that it bears in findings.
    pub(in crate::cli) fn name(&self) -> String {
        match &self.origin {
            Origin::File(path) => path.display().to_string(),
            Origin::StandardInput => "<stdin>".to_owned(),
        }
    }
}

/// How the names of templates end.
const ENDINGS: &[&str] = &["yaml", "yml", "json", "template"];

/// The templates that are meant, in order, each once; and what names nothing.
pub(in crate::cli) fn gather(paths: &[PathBuf]) -> (Vec<Input>, Vec<Diagnostic>) {
    let mut inputs = Vec::new();
    let mut missing = Vec::new();
    for path in paths {
        let before = inputs.len();
        match path.to_str() {
            Some("-") => inputs.push(Input { origin: Origin::StandardInput, named: true }),
            _ if path.is_dir() => {
                folder(path, &mut inputs, &mut missing);
                if inputs.len() == before {
                    missing.push(nothing(&format!("the folder `{}` holds no template", path.display())));
                }
            }
            Some(text) if !path.exists() && is_pattern(text) => pattern(text, &mut inputs, &mut missing),
            _ => inputs.push(Input { origin: Origin::File(path.clone()), named: true }),
        }
    }
    let mut seen = std::collections::HashSet::new();
    inputs.retain(|input| seen.insert(input.name()));
    (inputs, missing)
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

fn nothing(message: &str) -> Diagnostic {
    let endings = ENDINGS.iter().map(|ending| format!("`.{ending}`")).collect::<Vec<_>>().join(", ");
    Diagnostic::error(codes::UNREADABLE, message).help(format!("names of templates end in {endings}"))
}

fn pattern(text: &str, inputs: &mut Vec<Input>, missing: &mut Vec<Diagnostic>) {
    let found = match glob::glob(text) {
        Ok(found) => found,
        Err(error) => {
            let message = format!("`{text}` is no pattern: {error}");
            missing.push(Diagnostic::error(codes::UNREADABLE, message).help("write it like `out/**/*.yaml`"));
            return;
        }
    };
    let before = inputs.len();
    for path in found.filter_map(Result::ok).filter(|path| path.is_file() && may_be_template(path)) {
        inputs.push(Input { origin: Origin::File(path), named: false });
    }
    if inputs.len() == before {
        missing.push(nothing(&format!("`{text}` matches no template")));
    }
}

/// What lies in a folder, by name. Hidden folders and what package managers put there are no templates of anyone's.
fn folder(path: &Path, inputs: &mut Vec<Input>, missing: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("cannot read the folder `{}`: {error}", path.display());
            missing.push(Diagnostic::error(codes::UNREADABLE, message).help("is it yours to read?"));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name == "node_modules" {
            continue;
        }
        // A link to a folder could lead round in a circle.
        if path.is_dir() && !path.is_symlink() {
            folder(&path, inputs, missing);
        } else if path.is_file() && may_be_template(&path) {
            inputs.push(Input { origin: Origin::File(path), named: false });
        }
    }
}

fn may_be_template(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.contains(&ending) && !path.to_string_lossy().ends_with(super::judge::SIDECAR)
}
