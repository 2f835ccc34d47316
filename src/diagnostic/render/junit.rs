//! Findings as JUnit XML, which every CI service shows: a suite a template, a case a finding.
//!
//! Source: <https://github.com/testmoapp/junitxml>

use super::{flat, sorted};
use crate::diagnostic::{Diagnostic, Severity};

/// A suite for each of the `templates`, and one for what stands in none. Errors and warnings are failures; advice is
/// told and does not fail.
pub fn junit(templates: &[String], diagnostics: &[Diagnostic]) -> String {
    let found = sorted(diagnostics);
    let file = |diagnostic: &Diagnostic| diagnostic.place().map(|span| span.file.clone()).unwrap_or_default();
    let mut files: Vec<String> = templates.to_vec();
    for diagnostic in &found {
        let file = file(diagnostic);
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let suites: String = files
        .iter()
        .map(|name| suite(name, &found.iter().copied().filter(|found| file(found) == *name).collect::<Vec<_>>()))
        .collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"formwork\">\n{suites}</testsuites>\n")
}

fn suite(name: &str, found: &[&Diagnostic]) -> String {
    let name = attribute(name);
    if found.is_empty() {
        let case = format!("    <testcase name=\"no findings\" classname=\"{name}\"/>\n");
        return format!("  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\">\n{case}  </testsuite>\n");
    }
    let failures = found.iter().filter(|found| found.severity != Severity::Info).count();
    let cases: String = found.iter().map(|found| case(&name, found)).collect();
    let count = found.len();
    format!("  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{failures}\">\n{cases}  </testsuite>\n")
}

fn case(suite: &str, diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, severity, message, .. } = diagnostic;
    let place = diagnostic.place().map(ToString::to_string).unwrap_or_default();
    let help = diagnostic.help.as_deref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let element = if *severity == Severity::Info { "system-out" } else { "failure" };
    let told = match severity {
        Severity::Info => String::new(),
        _ => format!(" type=\"{severity}\" message=\"{}\"", attribute(message)),
    };
    let name = attribute(&format!("{code} {} at {place}", code.name));
    let text = escaped(&format!("{place}: {message}{help}"));
    format!(
        "    <testcase name=\"{name}\" classname=\"{suite}\">\n      <{element}{told}>{text}</{element}>\n    </testcase>\n"
    )
}

fn attribute(text: &str) -> String {
    escaped(&flat(text))
}

/// Text as XML 1.0 can hold it: without the characters that it cannot even refer to.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}
