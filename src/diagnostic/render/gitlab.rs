//! Findings as GitLab's code quality report, which it shows in a merge request.
//!
//! Source: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sorted;
use crate::diagnostic::{Diagnostic, Severity};

/// A list of findings, each with a fingerprint that stays when lines move.
pub fn gitlab(diagnostics: &[Diagnostic]) -> String {
    let mut seen = std::collections::HashMap::new();
    let findings = sorted(diagnostics).into_iter().filter_map(|diagnostic| {
        // What stands nowhere cannot be shown beside a line, and the report has no other place.
        let span = diagnostic.place()?;
        let identity = identity(diagnostic, &span.file);
        let times: &mut usize = seen.entry(identity.clone()).or_default();
        *times += 1;
        Some(finding(diagnostic, &span.file, span.line, &format!("{identity}\n{times}")))
    });
    super::json_text(&Value::from_iter(findings))
}

fn identity(diagnostic: &Diagnostic, file: &str) -> String {
    let path = diagnostic.path.as_deref().unwrap_or_default();
    format!("{}\n{file}\n{path}\n{}", diagnostic.code.id, diagnostic.message)
}

fn finding(diagnostic: &Diagnostic, file: &str, line: usize, identity: &str) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    };
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    let fingerprint: String = Sha256::digest(identity).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "description": format!("{}{help}", diagnostic.message),
        "check_name": diagnostic.code.id,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": file, "lines": { "begin": line } },
    })
}
