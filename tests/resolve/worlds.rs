//! Which conditions can hold together.

use formwork::resolve::{Environment, Formula, Resolved};
use formwork::template::Template;
use formwork::template::parse::parse;

fn template(text: &str) -> Template {
    let (template, _, findings) =
        parse(&format!("{text}\nResources: {{ Queue: {{ Type: AWS::SQS::Queue }} }}"), "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    template
}

/// Whether `A` can hold, and whether `B` can where `A` does; `certainly`, if that does not rest on an open question.
#[track_caller]
fn check(text: &str, both: &str) {
    let (template, environment) = (template(text), Environment::unknown());
    let resolved = Resolved::new(&template, &environment);
    let formula = resolved.and(resolved.condition("A"), resolved.condition("B"));
    let answer = match (resolved.is_possible(formula), resolved.is_certainly_possible(formula)) {
        (false, false) => "no",
        (true, false) => "perhaps",
        (true, true) => "yes",
        (false, true) => unreachable!("what is certain is possible"),
    };
    assert_eq!(answer, both, "{text}");
    assert_eq!(resolved.witness(formula).is_some(), both != "no");
}

#[test]
fn a_parameter_has_one_value() {
    let two = |declaration: &str, a: &str, b: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String{declaration} }}, Q: {{ Type: String }} }}\nConditions: {{ A: {a}, B: {b} }}"
        )
    };
    check(&two("", "!Equals [!Ref P, a]", "!Equals [!Ref P, b]"), "no");
    check(&two("", "!Equals [!Ref P, a]", "!Equals [a, !Ref P]"), "yes");
    check(&two("", "!Equals [!Ref P, a]", "!Equals [!Ref Q, b]"), "yes");
    check(&two("", "!Not [!Equals [!Ref P, a]]", "!Not [!Equals [!Ref P, b]]"), "yes");
    check(&two(", AllowedValues: [a, b]", "!Not [!Equals [!Ref P, a]]", "!Not [!Equals [!Ref P, b]]"), "no");
    check(&two(", AllowedValues: [a, b]", "!Equals [!Ref P, c]", "!Equals [a, a]"), "no");
    check(&two(", AllowedPattern: '[a-z]+'", "!Equals [!Ref P, '1']", "!Equals [a, a]"), "no");
    check(&two(", MinLength: 1", "!Equals [!Ref P, '']", "!Equals [a, a]"), "no");
    check(&two("", "!Equals [!Sub 'x-${P}', x-a]", "!Equals [!Ref P, b]"), "no");
    check(&two("", "!Equals [!Sub 'x-${P}', y-a]", "!Equals [a, a]"), "no");
}

#[test]
fn parameters_may_be_equal() {
    let of = |p: &str, q: &str, a: &str, b: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String{p} }}, Q: {{ Type: String{q} }} }}\nConditions: {{ A: !And [!Equals [!Ref P, !Ref Q], {a}], B: {b} }}"
        )
    };
    check(&of("", "", "!Equals [!Ref P, a]", "!Equals [!Ref Q, a]"), "yes");
    check(&of("", "", "!Equals [!Ref P, a]", "!Equals [!Ref Q, b]"), "no");
    check(&of("", "", "!Equals [!Ref P, a]", "!Not [!Equals [!Ref Q, a]]"), "no");
    check(&of(", AllowedValues: [a, b]", "", "!Equals [1, 1]", "!Equals [!Ref Q, c]"), "no");
    check(&of(", AllowedValues: [a, b]", ", AllowedValues: [c]", "!Equals [1, 1]", "!Equals [1, 1]"), "no");
}

#[test]
fn a_region_lies_in_its_partition() {
    let of = |a: &str, name: &str, b: &str| {
        format!("Conditions: {{ A: !Equals [!Ref 'AWS::Region', {a}], B: !Equals [!Ref '{name}', {b}] }}")
    };
    check(&of("us-east-1", "AWS::Partition", "aws"), "yes");
    check(&of("us-east-1", "AWS::Partition", "aws-cn"), "no");
    check(&of("cn-north-1", "AWS::URLSuffix", "amazonaws.com"), "no");
    check(&of("us-moon-1", "AWS::Partition", "aws-cn"), "yes");
}

#[test]
fn rules_exclude_worlds() {
    let of = |rule: &str, a: &str, b: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String }}, Q: {{ Type: String }} }}\nRules: {{ R: {rule} }}\nConditions: {{ A: {a}, B: {b} }}"
        )
    };
    let (a, b) = ("!Equals [!Ref P, prod]", "!Equals [!Ref Q, small]");
    let contains =
        "{ RuleCondition: !Equals [!Ref P, prod], Assertions: [{ Assert: !Contains [[medium, large], !Ref Q] }] }";
    check(&of(contains, a, b), "no");
    check(&of(contains, a, "!Equals [!Ref Q, large]"), "yes");
    check(&of(contains, "!Equals [!Ref P, dev]", b), "yes");
    let unread = "{ Assertions: [{ Assert: { 'Fn::EachMemberIn': [[!Ref Q], [a]] } }] }";
    check(&of(unread, a, b), "perhaps");
    check(&of(unread, a, "!Equals [1, 1]"), "yes");
}

#[test]
fn rules_that_nothing_satisfies_are_found() {
    let text = "Parameters: { P: { Type: String } }\nRules: { R: { Assertions: [{ Assert: !Equals [!Ref P, a] }, { Assert: !Equals [!Ref P, b] }] } }";
    let (template, environment) = (template(text), Environment::unknown());
    let found = Resolved::new(&template, &environment).diagnostics();
    assert_eq!(found.iter().map(|found| found.code.id).collect::<Vec<_>>(), ["E1703"]);
}

#[test]
fn what_is_not_known_is_no_evidence() {
    check("Conditions: { A: !Condition B, B: !Condition A }", "perhaps");
    check("Conditions: { A: !Not [!Condition Missing], B: !Condition Missing }", "no");
    check("Conditions: { A: !Condition Missing, B: !Equals [1, 1] }", "perhaps");
    let list = |a: &str, b: &str| {
        format!("Parameters: {{ L: {{ Type: CommaDelimitedList }} }}\nConditions: {{ A: {a}, B: {b} }}")
    };
    check(&list("!Equals [!Join ['', !Ref L], '']", "!Equals [1, 1]"), "yes");
    check(&list("!Equals [!Select [0, !Ref L], a]", "!Equals [!Select [0, !Ref L], b]"), "no");
    check(&list("!Equals [!Select [0, !Ref L], a]", "!Equals [!Join ['', !Ref L], '']"), "perhaps");
}

#[test]
fn circular_conditions_are_found_once() {
    let (template, environment) = (
        template("Conditions: { A: !Not [!Condition B], B: !Or [!Condition A, !Equals [1, 2]] }"),
        Environment::unknown(),
    );
    let found = Resolved::new(&template, &environment).diagnostics();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].code.id, found[0].path.as_deref()), ("E8010", Some("/Conditions/A")));
}

#[test]
fn a_witness_says_what_it_takes() {
    let text = "Parameters: { P: { Type: String, AllowedValues: [a, b, c] } }\nConditions: { A: !Equals [!Ref P, a], B: !Or [!Condition A, !Equals [!Ref P, b]] }";
    let (template, environment) = (template(text), Environment::unknown());
    let resolved = Resolved::new(&template, &environment);
    let only_b = resolved.and(resolved.condition("B"), resolved.not(resolved.condition("A")));
    let world = resolved.witness(only_b).unwrap();
    assert_eq!(world.parameter("P"), Some("b"));
    assert_eq!((resolved.given(&world, "A"), resolved.given(&world, "B")), (Some(false), Some(true)));
    assert_eq!(resolved.place_where(only_b), " where `A` is false and `B` is true and `P` is `b`");
    let neither = resolved.not(resolved.condition("B"));
    assert_eq!(resolved.witness(neither).unwrap().parameter("P"), Some("c"), "the last that is allowed");
    assert_eq!(resolved.place_where(Formula::TRUE), "");
}

#[test]
fn a_long_chain_of_conditions_is_no_fault() {
    let chain: String = (1..5000).map(|index| format!("  C{index}: !Not [!Condition C{}]\n", index - 1)).collect();
    let (template, environment) =
        (template(&format!("Conditions:\n{chain}  C0: !Equals [1, 1]")), Environment::unknown());
    let resolved = Resolved::new(&template, &environment);
    let last = resolved.condition("C4999");
    assert!(resolved.is_possible(last) && !resolved.is_certainly_possible(last) && !resolved.always(last));
}

/// Thirty conditions, each of which rests on those before it.
fn thirty() -> Template {
    let mut text = String::from("Parameters:\n");
    for index in 0..6 {
        text.push_str(&format!("  P{index}: {{ Type: String, AllowedValues: [a, b, c, d] }}\n"));
    }
    text.push_str("Conditions:\n");
    for index in 0..30 {
        let equals = format!("!Equals [!Ref P{}, {}]", index % 6, ["a", "b", "c"][index % 3]);
        let formula = match index {
            0 => equals,
            _ if index % 3 == 0 => {
                format!("!And [!Not [!Condition C{}], !Or [{equals}, !Condition C{}]]", index - 1, index / 2)
            }
            _ if index % 3 == 1 => format!("!Or [!Condition C{}, {equals}]", index - 1),
            _ => format!("!Not [!And [!Condition C{}, {equals}]]", index - 1),
        };
        text.push_str(&format!("  C{index}: {formula}\n"));
    }
    template(&text)
}

#[test]
fn thirty_conditions_need_few_decisions() {
    let (template, environment) = (thirty(), Environment::unknown());
    let resolved = Resolved::new(&template, &environment);
    let names: Vec<String> = (0..30).map(|index| format!("C{index}")).collect();
    let possible = names.iter().filter(|name| resolved.is_certainly_possible(resolved.condition(name))).count();
    assert!(possible > 20, "{possible}");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let worlds = resolved.assignments(&names, Formula::TRUE, 4096).unwrap();
    // No more than there are values of the parameters, and all distinct.
    assert!(worlds.len() > 8 && worlds.len() <= 4096, "{}", worlds.len());
    assert!(resolved.decisions() < 20_000, "{}", resolved.decisions());
}

#[test]
fn every_side_of_a_condition_is_covered_by_what_can_be() {
    let (template, environment) = (thirty(), Environment::unknown());
    let resolved = Resolved::new(&template, &environment);
    let names: Vec<String> = (0..30).map(|index| format!("C{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let covered = resolved.coverage(&names, Formula::TRUE);
    assert!(covered.len() <= 60);
    for (index, name) in names.iter().enumerate() {
        let holds = resolved.condition(name);
        for (value, side) in [(true, holds), (false, resolved.not(holds))] {
            assert_eq!(covered.iter().any(|values| values[index] == value), resolved.is_possible(side), "{name}");
        }
    }
    for values in covered {
        let together = names.iter().zip(values).fold(Formula::TRUE, |all, (name, value)| {
            let holds = resolved.condition(name);
            resolved.and(all, if value { holds } else { resolved.not(holds) })
        });
        assert!(resolved.is_possible(together));
    }
}
