//! What makes "a function reaches a database through a proxy" fail, written in several ways: each is found at the right
//! resource, and what only looks like it stays silent.

mod rows;

use std::collections::BTreeSet;

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::template::parse::parse;

/// A template in which nothing is wrong: rows change it.
const SOUND: &str = include_str!("failures/sound.yaml");

/// Pieces of the sound template, and what stands there instead.
type Change = &'static [(&'static str, &'static str)];

/// One way to fail.
struct Row {
    /// What fails, in our own words.
    name: &'static str,
    /// The code of the rule that finds it.
    code: &'static str,
    /// The resource that is named.
    resource: &'static str,
    /// Ways to write it.
    broken: &'static [Change],
    /// Ways to write what is right.
    sound: &'static [Change],
}

fn changed(change: Change) -> String {
    change.iter().fold(SOUND.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in the sound template");
        text.replace(from, to)
    })
}

/// The resources at which a code is found.
fn found(text: &str, code: &str) -> BTreeSet<String> {
    let (template, places, unreadable) = parse(text, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}\n{text}");
    let findings = check(&template, &places, Some("us-east-1")).into_iter();
    let findings = findings.filter(|finding| finding.code.id == code);
    findings.map(|finding| finding.resource.unwrap_or_default()).collect()
}

#[test]
fn nothing_is_wrong_with_the_sound_template() {
    let (template, places, unreadable) = parse(SOUND, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}");
    let codes: BTreeSet<_> = rows::all().map(|row| row.code).collect();
    let findings = check(&template, &places, Some("us-east-1")).into_iter();
    let wrong: Vec<_> = findings.filter(|it| it.severity != Severity::Info || codes.contains(it.code.id)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_failure_is_found_however_it_is_written() {
    let mut missed = Vec::new();
    for row in rows::all() {
        assert!(row.broken.len() >= 2, "{}: one way to write it shows nothing of the others", row.name);
        for change in row.broken {
            let found = found(&changed(change), row.code);
            if found != BTreeSet::from([row.resource.to_owned()]) {
                missed.push(format!("{} ({}): {change:?} gives {found:?}", row.name, row.code));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_only_looks_like_a_failure_is_silent() {
    let mut told = Vec::new();
    for row in rows::all() {
        for change in row.sound {
            let found = found(&changed(change), row.code);
            if !found.is_empty() {
                told.push(format!("{} ({}): {change:?} gives {found:?}", row.name, row.code));
            }
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}
