//! The rules, for people and programs: one at a time, as a list, as a page.

use serde_json::{Value, json};

use crate::check::Rule;
use crate::check::rules::ALL;

fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = ALL.iter().copied().flatten().collect();
    rules.sort_by_key(|rule| (rule.code.id.trim_start_matches(char::is_alphabetic), rule.code.id));
    rules
}

/// One rule: what it is about, its source, and its examples.
pub fn text(rule: &Rule) -> String {
    let Rule { code, severity, source, explanation, bad, good, .. } = rule;
    let examples = |title: &str, examples: &[&str]| -> String {
        examples.iter().map(|example| format!("\n{title}:\n\n{}", indented(example))).collect()
    };
    let (bad, good) = (examples("bad", bad), examples("good", good));
    format!("{severity}[{code}] {}\n\n{explanation}\n\nsource: {source}\n{bad}{good}", code.name)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// A line a rule: code, severity, name.
pub fn list() -> String {
    let rules = all();
    let widest = rules.iter().map(|rule| rule.code.name.len()).max().unwrap_or_default();
    let line = |rule: &&Rule| {
        let first = rule.explanation.split_inclusive(". ").next().unwrap_or_default().trim_end();
        format!("{} {:<7} {:<widest$}  {first}\n", rule.code, rule.severity.to_string(), rule.code.name)
    };
    rules.iter().map(line).collect()
}

/// Every rule as JSON.
pub fn json() -> String {
    let rule = |rule: &Rule| {
        json!({
            "code": rule.code.id, "name": rule.code.name, "severity": rule.severity, "source": rule.source,
            "explanation": rule.explanation, "bad": rule.bad, "good": rule.good,
        })
    };
    let page = json!({ "version": 1, "rules": all().into_iter().map(rule).collect::<Vec<Value>>() });
    let text = serde_json::to_string_pretty(&page).unwrap_or_else(|_| unreachable!("rules are plain data"));
    text + "\n"
}

/// Every rule as a page in Markdown, with its examples.
pub fn page() -> String {
    let rules = all();
    let rows: String = rules.iter().map(|rule| row(rule)).collect();
    let sections: String = rules.iter().map(|rule| section(rule)).collect();
    format!(
        "# Rules\n\nWritten by `formwork rules --format markdown`. `formwork explain CODE` prints one.\n\n\
         | code | | name |\n|---|---|---|\n{rows}{sections}"
    )
}

fn row(rule: &Rule) -> String {
    let (code, name) = (rule.code.id, rule.code.name);
    format!("| [{code}](#{}-{name}) | {} | {name} |\n", code.to_lowercase(), rule.severity)
}

fn section(rule: &Rule) -> String {
    let blocks = |title: &str, examples: &[&str]| -> String {
        let block = |example: &&str| format!("\n{title}:\n\n```yaml\n{}\n```\n", example.trim_end());
        examples.iter().map(block).collect()
    };
    let Rule { code, severity, source, explanation, bad, good, .. } = rule;
    let (bad, good) = (blocks("Bad", bad), blocks("Good", good));
    format!("\n## {code} {}\n\n{severity} · [source]({source})\n\n{explanation}\n{bad}{good}", code.name)
}
