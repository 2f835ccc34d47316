//! Findings for programs. The shape is a contract, versioned by its first field.

use serde::Serialize;
use serde_json::Value;

use super::{json_text, sorted};
use crate::diagnostic::{Diagnostic, Severity};

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    templates: &'a [String],
    findings: Vec<Finding<'a>>,
    goals: Vec<Value>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    message: &'a str,
    help: Option<&'a str>,
    resource: Option<&'a str>,
    path: Option<&'a str>,
    template: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    source: Option<String>,
}

/// The findings on the `templates`, and the goals of their stacks with their verdicts, as JSON.
pub fn json(templates: &[String], diagnostics: &[Diagnostic], goals: Vec<Value>) -> String {
    let findings = sorted(diagnostics).into_iter().map(finding).collect();
    let report = Report { version: 1, templates, findings, goals };
    json_text(&report)
}

fn finding(diagnostic: &Diagnostic) -> Finding<'_> {
    let span = diagnostic.span.as_ref();
    Finding {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        resource: diagnostic.resource.as_deref(),
        path: diagnostic.path.as_deref(),
        template: span.map(|span| span.file.as_str()),
        line: span.map(|span| span.line),
        column: span.map(|span| span.column),
        source: diagnostic.source.as_ref().map(ToString::to_string),
    }
}
