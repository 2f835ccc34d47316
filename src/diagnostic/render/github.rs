//! Findings as workflow commands, which GitHub shows beside the lines of a pull request.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::sorted;
use crate::diagnostic::{Diagnostic, Severity};

/// `::error file=…,line=…,col=…,title=…::message`, a line each.
pub fn github(diagnostics: &[Diagnostic]) -> String {
    sorted(diagnostics).into_iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.place() {
        properties.push(format!("file={},line={},col={}", property(&span.file), span.line, span.column));
    }
    properties.push(format!("title={}", property(&format!("{} {}", diagnostic.code.id, diagnostic.code.name))));
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
    let message: String = [diagnostic.message.clone()].into_iter().chain(help).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&message))
}

/// What the message of a command must not hold as it is.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What a property must not hold besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
