//! Findings as SARIF 2.1.0, which code scanning services read.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Map, Value, json};

use super::{Abouts, json_text, sorted};
use crate::diagnostic::{Code, Diagnostic, Severity, Span};

/// One run, with every rule that found something.
pub fn sarif(diagnostics: &[Diagnostic], about: &Abouts<'_>) -> String {
    let found = sorted(diagnostics);
    let mut codes: Vec<Code> = found.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort();
    codes.dedup();
    let results: Vec<Value> = found.iter().map(|diagnostic| result(diagnostic, &codes)).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code, about)).collect();
    json_text(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "formwork",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(code: Code, about: &Abouts<'_>) -> Value {
    let mut rule = Map::from_iter([("id".to_owned(), json!(code.id)), ("name".to_owned(), json!(code.name))]);
    if let Some(about) = about(code) {
        rule.insert("shortDescription".into(), json!({ "text": about.explanation }));
        rule.insert("helpUri".into(), json!(about.source));
    }
    Value::Object(rule)
}

fn result(diagnostic: &Diagnostic, codes: &[Code]) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let help = diagnostic.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "ruleIndex": codes.binary_search(&diagnostic.code).ok(),
        "level": level,
        "message": { "text": format!("{}{help}", diagnostic.message) },
        "locations": diagnostic.place().map(location).into_iter().collect::<Vec<_>>(),
    });
    if !diagnostic.labels.is_empty() {
        let related = diagnostic.labels.iter().map(|label| {
            let mut related = location(&label.span);
            related["message"] = json!({ "text": label.message });
            related
        });
        result["relatedLocations"] = related.collect();
    }
    result
}

fn location(span: &Span) -> Value {
    let mut region = json!({ "startLine": span.line, "startColumn": span.column });
    if span.length > 0 {
        region["endColumn"] = json!(span.column + span.length);
    }
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&span.file) }, "region": region } })
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:@!$&'()*+,;=".contains(&byte);
    let path = path.replace('\\', "/");
    path.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
