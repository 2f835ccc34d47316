//! Faults planted in sound templates of five hands are told where they are, and sound rewritings of them are silent.
//!
//! The cases are texts: `tests/planted/faults/*.diff` and `tests/planted/sound/*.diff`, as `edits` reads them.

pub(crate) mod edits;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use formwork::check;
use formwork::diagnostic::{Diagnostic, Severity};
use formwork::goal::Goals;
use formwork::prove::{Facts, Proof, checker, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;

use edits::Case;

const BASES: [&str; 5] = ["separate.yaml", "shared.json", "aurora.yaml", "synthesised.json", "serverless.yaml"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planted")
}

fn base(name: &str) -> String {
    fs::read_to_string(folder().join("bases").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What is told of a template, and what is proved of its network.
fn told(text: &str, name: &str) -> (Vec<String>, Vec<String>) {
    let (template, places, mut findings) = parse(text, name);
    let by_rules = check::check(&template, &places, None);
    let judged = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none());
    findings.extend(judged.told_with(by_rules));
    let mut lines: Vec<_> = findings.iter().map(line).collect();
    lines.sort();
    lines.dedup();
    let flows = judged.proofs.iter().filter(|proof| proof.goal.kind() == "reaches");
    (lines, flows.map(verdict).collect())
}

/// Whether a line is of a finding at warning level and up: what is told as information is a matter of taste.
fn counts(line: &str) -> bool {
    !line.starts_with("info ")
}

/// `error N3204 ProxySg: Fn cannot reach Proxy on tcp 5432`; a rule's finding without its words.
fn line(found: &Diagnostic) -> String {
    let severity = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let code = found.code.id;
    let resource = found.resource.as_deref().unwrap_or("-");
    let title = found.message.replace('`', "");
    let title = if code.starts_with("N32") { format!(": {title}") } else { String::new() };
    format!("{severity} {code} {resource}{title}")
}

fn verdict(proof: &Proof) -> String {
    format!("{} {}", proof.verdict.name(), proof.goal)
}

/// All cases of a folder.
pub(crate) fn cases(what: &str) -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(folder().join(what)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| edits::read(&fs::read_to_string(file).unwrap())).collect()
}

/// Runs all cases of a folder and tells all that are not as they say.
fn check_all(what: &str, fault: impl Fn(&Case, &[String], &[String]) -> Option<String>) -> usize {
    let only = std::env::var("PLANTED").unwrap_or_default();
    let (cases, mut wrong) = (cases(what), Vec::new());
    for case in cases.iter().filter(|case| case.name.contains(&only)) {
        let (lines, verdicts) = told(&case.apply(&base(&case.base)), &case.base);
        wrong.extend(fault(case, &lines, &verdicts).map(|why| format!("=== {} {}\n{why}", case.name, case.base)));
    }
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    cases.len()
}

#[test]
fn the_bases_are_silent_and_all_their_goals_are_proved() {
    for name in BASES {
        let (lines, verdicts) = told(&base(name), name);
        assert!(!lines.iter().any(|line| counts(line)), "{name}: {lines:#?}");
        assert!(verdicts.len() >= 3 && verdicts.iter().all(|verdict| verdict.starts_with("proved")), "{verdicts:?}");
    }
}

#[test]
fn a_planted_fault_is_told_where_it_is_and_nothing_else_is() {
    let count = check_all("faults", |case, lines, _| {
        let (before, _) = told(&base(&case.base), &case.base);
        // Information that the base has, too, does not tell of the fault; beside what is wanted of it, there may be more.
        let kept = |line: &&String| counts(line) || case.told.contains(line);
        let found: Vec<_> = lines.iter().filter(|line| !before.contains(line)).filter(kept).cloned().collect();
        assert!(!case.told.is_empty(), "{} expects nothing", case.name);
        (sorted(&case.told) != found).then(|| {
            let fresh: Vec<_> = lines.iter().filter(|line| !before.contains(line)).cloned().collect();
            format!("wanted\n  {}\ntold\n  {}", sorted(&case.told).join("\n  "), fresh.join("\n  "))
        })
    });
    assert!(count >= 250, "{count} faults");
}

#[test]
fn the_checker_takes_every_proof_of_what_has_ipv6() {
    let text = fs::read_to_string(folder().join("sound/families.diff")).unwrap();
    let mut by_ipv6 = 0;
    for case in edits::read(&text) {
        let (template, places, _) = parse(&case.apply(&base(&case.base)), &case.base);
        let judged = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none());
        for proof in judged.proofs.iter().filter(|proof| proof.goal.kind() == "reaches") {
            assert_eq!(checker::faults(&template, proof), Vec::<String>::new(), "{}: {}", case.name, proof.goal);
            by_ipv6 += usize::from(proof.steps.iter().any(|step| step.message.ends_with("with IPv6 addresses")));
        }
    }
    assert!(by_ipv6 >= 10, "{by_ipv6} proofs by IPv6");
}

#[test]
fn every_fault_is_planted_in_two_hands_at_least() {
    let mut hands: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases("faults") {
        let fresh = hands.entry(case.name.clone()).or_default().insert(case.base.clone());
        assert!(fresh, "{} is planted twice in {}", case.name, case.base);
    }
    let lonely: Vec<_> = hands.iter().filter(|(_, bases)| bases.len() < 2).collect();
    assert!(lonely.is_empty(), "{lonely:#?}");
}

#[test]
fn a_sound_rewriting_is_silent_and_stays_proved() {
    let count = check_all("sound", |case, lines, verdicts| {
        let (_, before) = told(&base(&case.base), &case.base);
        let wanted = if case.told.is_empty() { before } else { case.told.clone() };
        let right = !lines.iter().any(|line| counts(line)) && sorted(&wanted) == sorted(verdicts);
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
