//! Standard output for data, standard error for talk.

use std::fs;
use std::io::{self, ErrorKind, Write};

use serde_json::Value;

use super::{Exit, Format};
use crate::diagnostic::{Diagnostic, render};

/// Writes data.
pub(super) fn data(text: &str) -> Exit {
    write(io::stdout().lock(), text)
}

/// Writes findings for people as data, coloured if the terminal and the user want it.
pub(super) fn told(text: &str) -> Exit {
    write(anstream::stdout().lock(), text)
}

/// A reader that has gone away had enough, which is no failure.
fn write(mut stdout: impl Write, text: &str) -> Exit {
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            talk(&format!("error: cannot write to standard output: {error}\n"));
            Exit::Failed
        }
        _ => Exit::Fine,
    }
}

/// Writes talk, coloured if the terminal and the user want it. There is nobody to tell if that fails.
pub(super) fn talk(text: &str) {
    drop(anstream::stderr().lock().write_all(text.as_bytes()));
}

/// Tells findings: in full as talk, as JSON as data, with the goals of the stacks.
pub(super) fn findings(format: Format, templates: &[String], findings: &[Diagnostic], goals: Vec<Value>) -> Exit {
    match format {
        Format::Json => data(&render::json(templates, findings, goals)),
        Format::Full => {
            talk(&render::full(findings, &|file| fs::read_to_string(file).ok()));
            Exit::Fine
        }
    }
}
