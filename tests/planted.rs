//! Faults planted in sound templates of three hands are told where they are, and sound rewritings of them are silent.
//!
//! The cases are texts: `tests/planted/faults/*.diff` and `tests/planted/sound/*.diff`, as `edits` reads them.

mod edits;

use std::fs;
use std::path::{Path, PathBuf};

use formwork::check;
use formwork::diagnostic::{Diagnostic, Severity};
use formwork::goal::Goals;
use formwork::prove::{Facts, Proof, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;

use edits::Case;

const BASES: [&str; 3] = ["separate.yaml", "shared.json", "aurora.yaml"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planted")
}

fn base(name: &str) -> String {
    fs::read_to_string(folder().join("bases").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is told of a template at warning level and up, and what is proved of its network.
fn told(text: &str, name: &str) -> (Vec<String>, Vec<String>) {
    let (template, places, mut findings) = parse(text, name);
    let by_rules = check::check(&template, &places, None);
    let judged = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none());
    findings.extend(judged.told_with(by_rules));
    let mut lines: Vec<_> = findings.iter().filter(|found| found.severity != Severity::Info).map(line).collect();
    lines.sort();
    lines.dedup();
    let flows = judged.proofs.iter().filter(|proof| proof.goal.kind() == "reaches");
    (lines, flows.map(verdict).collect())
}

/// `error N3204 ProxySg: Fn cannot reach Proxy on tcp 5432`; a rule's finding without its words.
fn line(found: &Diagnostic) -> String {
    let severity = if found.severity == Severity::Error { "error" } else { "warning" };
    let code = found.code.id;
    let resource = found.resource.as_deref().unwrap_or("-");
    let title = found.message.replace('`', "");
    let title = if code.starts_with("N32") { format!(": {title}") } else { String::new() };
    format!("{severity} {code} {resource}{title}")
}

fn verdict(proof: &Proof) -> String {
    format!("{} {}", proof.verdict.name(), proof.goal)
}

/// Runs all cases of a folder and tells all that are not as they say.
fn check_all(what: &str, fault: impl Fn(&Case, &[String], &[String]) -> Option<String>) -> usize {
    let folder = folder().join(what);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let only = std::env::var("PLANTED").unwrap_or_default();
    let (mut count, mut wrong) = (0, Vec::new());
    for file in files {
        for case in edits::read(&fs::read_to_string(&file).unwrap()) {
            count += 1;
            if !case.name.contains(&only) {
                continue;
            }
            let text = case.apply(&base(&case.base));
            let (lines, verdicts) = told(&text, &case.base);
            wrong.extend(fault(&case, &lines, &verdicts).map(|why| format!("=== {} {}\n{why}", case.name, case.base)));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases\n{}", wrong.len(), wrong.join("\n"));
    count
}

#[test]
fn the_bases_are_silent_and_all_their_goals_are_proved() {
    for name in BASES {
        let (lines, verdicts) = told(&base(name), name);
        assert_eq!(lines, Vec::<String>::new(), "{name}");
        assert!(verdicts.len() >= 3 && verdicts.iter().all(|verdict| verdict.starts_with("proved")), "{verdicts:?}");
    }
}

#[test]
fn a_planted_fault_is_told_where_it_is_and_nothing_else_is() {
    let count = check_all("faults", |case, lines, _| {
        let mut wanted = case.told.clone();
        wanted.sort();
        assert!(!wanted.is_empty(), "{} expects nothing", case.name);
        (wanted != lines).then(|| format!("wanted\n  {}\ntold\n  {}", wanted.join("\n  "), lines.join("\n  ")))
    });
    assert!(count >= 100, "{count} faults");
}

#[test]
fn a_sound_rewriting_is_silent_and_stays_proved() {
    let count = check_all("sound", |case, lines, verdicts| {
        let (_, before) = told(&base(&case.base), &case.base);
        let wanted = if case.told.is_empty() { before } else { case.told.clone() };
        let right = lines.is_empty() && sorted(&wanted) == sorted(verdicts);
        (!right).then(|| {
            format!(
                "told\n  {}\nproofs\n  {}\nwanted\n  {}",
                lines.join("\n  "),
                verdicts.join("\n  "),
                wanted.join("\n  ")
            )
        })
    });
    assert!(count >= 40, "{count} rewritings");
}

fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort();
    lines
}
