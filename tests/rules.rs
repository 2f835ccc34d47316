//! Every rule is held to its own examples, read as any template is.

use std::collections::BTreeSet;

use formwork::check::rules::ALL;
use formwork::check::{Rule, check_in};
use formwork::diagnostic::Severity;
use formwork::resolve::Environment;
use formwork::template::parse::parse;

/// Rules whose examples would be as long as the quotas that they hold, see `quotas`, or take a second file: E3043.
const WITHOUT_EXAMPLE: &[&str] = &[
    "E0014", "E1002", "E1003", "E2010", "E2011", "E3010", "E3011", "E3043", "E6010", "E6011", "E7002", "E7010",
    "I2010", "I3010", "I6010", "I7010",
];

/// Rules whose examples another rule finds too, from another side: no template shows one without the other.
const COMPANIONS: &[(&str, &str)] = &[("E3045", "W3045"), ("E3678", "W2533"), ("W3698", "E3014")];

/// The day on which the examples are checked.
const DAY: time::Date = match time::Date::from_calendar_date(2026, time::Month::November, 24) {
    Ok(day) => day,
    Err(_) => panic!("a day of the calendar"),
};

fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().flatten()
}

/// The codes that are found in a template: every one of an error or a warning, and that of `rule`.
fn codes(rule: &Rule, text: &str) -> BTreeSet<&'static str> {
    let (template, places, mut found) = parse(text, "example.yaml");
    let environment = Environment::unknown().in_region("us-east-1").on(DAY);
    found.extend(check_in(&template, &places, &environment));
    assert!(found.iter().all(|finding| finding.span.is_some()), "{}: a finding has no place", rule.code);
    let counts = found.iter().filter(|found| found.severity != Severity::Info || found.code == rule.code);
    let companion = COMPANIONS.iter().find(|(code, _)| *code == rule.code.id).map(|(_, other)| *other);
    counts.map(|found| found.code.id).filter(|code| Some(*code) != companion).collect()
}

/// What the examples of all rules give, where it is not what they should: all of it at once.
fn misfits(
    examples: impl Fn(&Rule) -> &'static [&'static str],
    expect: impl Fn(&Rule) -> BTreeSet<&'static str>,
) -> String {
    let tried = rules().flat_map(|rule| examples(rule).iter().map(move |text| (rule, *text)));
    let wrong = tried.filter(|(rule, text)| codes(rule, text) != expect(rule));
    wrong.map(|(rule, text)| format!("{} gives {:?} in\n{text}\n", rule.code, codes(rule, text))).collect()
}

#[test]
fn each_bad_example_gives_exactly_the_code_of_its_rule() {
    assert_eq!(misfits(|rule| rule.bad, |rule| BTreeSet::from([rule.code.id])), "");
}

#[test]
fn no_good_example_gives_anything() {
    assert_eq!(misfits(|rule| rule.good, |_| BTreeSet::new()), "");
}

#[test]
fn nothing_is_found_by_a_day_that_is_not_known() {
    for rule in rules().filter(|rule| ["E2531", "E2533", "W2531"].contains(&rule.code.id)) {
        for text in rule.bad {
            let (template, places, _) = parse(text, "example.yaml");
            let found = check_in(&template, &places, &Environment::unknown());
            assert!(found.iter().all(|found| found.code.id != rule.code.id), "{} in\n{text}", rule.code);
        }
    }
}

#[test]
fn each_rule_has_examples_of_both_kinds_but_for_quotas() {
    let without = rules().filter(|rule| rule.bad.is_empty() || rule.good.is_empty());
    let without: BTreeSet<_> = without.map(|rule| rule.code.id).collect();
    assert_eq!(without, BTreeSet::from_iter(WITHOUT_EXAMPLE.iter().copied()));
}

/// Whether the rule of a code finds something in a template.
#[track_caller]
fn finds(code: &str, text: &str) -> bool {
    let rule = rules().find(|rule| rule.code.id == code).unwrap();
    codes(rule, text).contains(code)
}

const QUEUE: &str = "Resources: { Queue: { Type: AWS::SQS::Queue } }\n";

#[test]
fn quotas_are_the_published_ones() {
    let entries = |section: &str, entry: &str, count: usize| {
        let entries: String = (0..count).map(|n| format!("  E{n}: {entry}\n")).collect();
        let queue = if section == "Resources" { "" } else { QUEUE };
        format!("{queue}{section}:\n{entries}")
    };
    let quotas = [
        ("E3010", "I3010", "Resources", "{ Type: AWS::SQS::Queue }", 500),
        ("E2010", "I2010", "Parameters", "{ Type: String }", 200),
        ("E6010", "I6010", "Outputs", "{ Value: x }", 200),
        ("E7010", "I7010", "Mappings", "{ a: { b: c } }", 200),
    ];
    for (code, near, section, entry, most) in quotas {
        assert!(!finds(code, &entries(section, entry, most)), "{code}");
        assert!(finds(code, &entries(section, entry, most + 1)), "{code}");
        assert!(!finds(near, &entries(section, entry, most * 9 / 10)), "{near}");
        assert!(finds(near, &entries(section, entry, most)), "{near}");
        assert!(!finds(near, &entries(section, entry, most + 1)), "{near}: it is told as an error then");
    }
    let keys: String = (0..201).map(|n| format!("    K{n}: {{ b: c }}\n")).collect();
    assert!(finds("E7010", &format!("{QUEUE}Mappings:\n  M:\n{keys}")));
    let described = |bytes| format!("Description: {}\n{QUEUE}", "d".repeat(bytes));
    assert!(!finds("E1003", &described(1024)));
    assert!(finds("E1003", &described(1025)));
}

#[test]
fn names_and_values_have_the_published_lengths() {
    let check = |code: &str, most: usize, text: &dyn Fn(&str) -> String| {
        assert!(!finds(code, &text(&"a".repeat(most))), "{code}");
        assert!(finds(code, &text(&"a".repeat(most + 1))), "{code}");
    };
    check("E3011", 255, &|name| format!("Resources: {{ {name}: {{ Type: AWS::SQS::Queue }} }}"));
    check("E2011", 255, &|name| format!("{QUEUE}Parameters:\n  {name}: {{ Type: String }}\n"));
    check("E2011", 4096, &|value| format!("{QUEUE}Parameters: {{ P: {{ Type: String, Default: {value} }} }}\n"));
    check("E6011", 255, &|name| format!("{QUEUE}Outputs:\n  {name}: {{ Value: x }}\n"));
    check("E6011", 1024, &|text| format!("{QUEUE}Outputs: {{ O: {{ Value: x, Description: {text} }} }}\n"));
    check("E7002", 255, &|name| format!("{QUEUE}Mappings:\n  {name}: {{ a: {{ b: c }} }}\n"));
}

#[test]
fn codes_and_names_are_unique() {
    let mut codes: Vec<_> = rules().map(|rule| rule.code.id).collect();
    let mut names: Vec<_> = rules().map(|rule| rule.code.name).collect();
    for list in [&mut codes, &mut names] {
        list.sort_unstable();
        let all = list.len();
        list.dedup();
        assert_eq!(list.len(), all, "{list:?}");
    }
}

#[test]
fn each_rule_says_where_its_fact_is_published_and_what_it_is_about() {
    for rule in rules() {
        assert!(rule.source.starts_with("https://"), "{}: {}", rule.code, rule.source);
        assert!(rule.explanation.ends_with('.'), "{}: {}", rule.code, rule.explanation);
        let name = rule.code.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name} does not read after `allow`");
    }
}
