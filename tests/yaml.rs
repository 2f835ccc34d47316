//! Text to template and back.

mod another_reader;

use formwork::emit::{json, yaml};
use formwork::template::parse::{parse, parse_value};
use formwork::template::{Function, Map, Output, Parameter, Resource, Template, Value};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// What the text comes back as, once it has been a template.
#[track_caller]
fn check(input: &str, expect: &str) {
    let (template, _, findings) = parse(input, "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(yaml::template(&template), expect);
}

/// The findings, a line each.
#[track_caller]
fn finds(input: &str, expect: &[&str]) {
    let (_, _, findings) = parse(input, "t.yaml");
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = finding.span.as_ref().map(|span| format!("{}:{}", span.line, span.column)).unwrap_or_default();
            format!("{place} {} {}", finding.code, finding.message)
        })
        .collect();
    assert_eq!(found, expect);
}

pub(crate) const TRAPS: &[&str] = &[
    "",
    " ",
    "on",
    "Yes",
    "n",
    "NULL",
    "~",
    "=",
    "<<",
    "012",
    "0o17",
    "0x1F",
    "0b1",
    "1e3",
    "1_000",
    "12:30:45",
    "1.10",
    "2012-10-17",
    "2001-12-14 21:59:43.10 -5",
    ".inf",
    "-.INF",
    ".nan",
    "-",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "@a",
    "`a`",
    "%a",
    "!a",
    "&a",
    "*a",
    "{a}",
    "[a]",
    "a, b",
    "'",
    "\"",
    "\\",
    "|",
    ">",
    "---",
    "...",
    "--- a",
    "\t",
    "a\tb",
    "\ta\nb",
    " a\n b\n",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "\n",
    "\n\na",
    "a \nb",
    "a\r\nb",
    "\u{85}",
    "\u{2028}",
    "\u{feff}a",
    "\u{0}",
    "\u{7f}",
    "\u{a0}",
    "🦀 crab",
    "👩‍🚀",
    "${A}",
    "${!A}",
    "${A.B}",
    "a${b",
    "{{resolve:ssm:/x}}",
    "a.b",
    "null",
    "Ref",
    "Fn::Sub",
    "Fn::GetAtt",
    "def f():\n    return 1\n",
    "# a\n  b\nc",
    "+1",
    ".",
    "..",
    "10.0.0.0/16",
];

fn text() -> impl Strategy<Value = String> {
    let hostile = r#"[ \t\n\r:#\-?,\[\]{}&*!|>'"%@`=~<.0-9a-f_eE+$\\\u{85}\u{2028}é🦀]{0,12}"#;
    prop_oneof![
        4 => proptest::sample::select(TRAPS).prop_map(str::to_owned),
        4 => hostile.prop_map(|text| text),
        2 => any::<String>(),
        1 => (1018_usize..1028).prop_map(|length| "x y".repeat(length).chars().take(length).collect()),
        4 => "[A-Z][a-zA-Z]{0,8}".prop_map(|text| text),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(|number| Value::Number(number.into())),
        1 => any::<f64>().prop_filter_map("finite", |number| serde_json::Number::from_f64(number).map(Value::Number)),
        8 => text().prop_map(Value::from),
    ]
}

/// Any function but `Condition`, whose long form is one only inside a formula.
fn function() -> impl Strategy<Value = Function> {
    let functions: Vec<_> = Function::ALL.iter().copied().filter(|function| *function != Function::Condition).collect();
    proptest::sample::select(functions)
}

/// Any value in the one form that a reader gives it.
fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(6, 48, 5, |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 0..5).prop_map(Value::List),
            2 => vec((text(), inner.clone()), 0..5).prop_map(|entries| Value::from_map(entries.into_iter().collect())),
            3 => (function(), inner.clone()).prop_map(|(function, argument)| Value::function(function, argument)),
            2 => (function(), vec(inner, 0..4)).prop_map(|(function, values)| Value::function(function, Value::List(values))),
            1 => text().prop_map(|text| Value::function(Function::Sub, Value::from(text))),
            1 => (text(), text()).prop_map(|(name, attribute)| Value::attribute_of(name, attribute)),
        ]
    })
}

/// A condition, with uses of others.
fn formula() -> impl Strategy<Value = Value> {
    (text(), scalar().prop_filter("there", |value| *value != Value::Null)).prop_map(|(name, value)| {
        let condition = Value::call(Function::Condition, Value::from(name));
        let equals = Value::call_list(Function::Equals, [value.clone(), value]);
        Value::call_list(Function::And, [condition, Value::call_list(Function::Not, [equals])])
    })
}

fn given() -> impl Strategy<Value = Value> {
    value().prop_filter("there", |value| *value != Value::Null)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[A-Z][A-Za-z0-9]{0,5}", 1 => text().prop_filter("no macro", |name| !name.starts_with("Fn::"))]
}

fn map() -> impl Strategy<Value = Map> {
    vec((name(), value()), 0..4).prop_map(|entries| entries.into_iter().filter(|(key, _)| key != "Ref").collect())
}

prop_compose! {
    fn resource()(
        kind in text(),
        condition in option::of(text()),
        depends_on in vec(text(), 0..3),
        policies in [option::of(given()), option::of(given()), option::of(given()), option::of(given())],
        metadata in map(),
        properties in map(),
    ) -> Resource {
        let [creation_policy, update_policy, deletion_policy, update_replace_policy] = policies;
        Resource {
            kind, condition, depends_on, creation_policy, update_policy, deletion_policy, update_replace_policy,
            metadata, properties, other: Map::default(),
        }
    }
}

prop_compose! {
    fn parameter()(kind in text(), description in option::of(text()), default in option::of(given()),
        allowed_values in vec(value(), 0..3)) -> Parameter {
        Parameter { kind, description, default, allowed_values, ..Parameter::default() }
    }
}

prop_compose! {
    fn output()(value in given(), description in option::of(text()), condition in option::of(text()),
        export in option::of(given())) -> Output {
        Output { value, description, condition, export }
    }
}

prop_compose! {
    fn template()(
        format_version in option::of(text()),
        description in option::of(text()),
        transform in vec(text().prop_map(Value::from), 0..3),
        metadata in map(),
        parameters in vec((name(), parameter()), 0..3),
        mappings in vec((name(), map()), 0..2),
        conditions in vec((name(), formula()), 0..3),
        resources in vec((name(), resource()), 0..3),
        outputs in vec((name(), output()), 0..3),
    ) -> Template {
        Template {
            format_version, description, transform, metadata,
            parameters: parameters.into_iter().collect(),
            mappings: mappings.into_iter().collect(),
            conditions: conditions.into_iter().collect(),
            resources: resources.into_iter().collect(),
            outputs: outputs.into_iter().collect(),
            ..Template::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn what_is_written_reads_back_equal(value in value()) {
        let text = yaml::value(&value);
        let (read, _, findings) = parse_value(&text, "t.yaml");
        prop_assert_eq!(read.as_ref(), Some(&value), "{}\n{:?}", text, findings);
    }

    #[test]
    fn templates_read_back_equal_from_yaml_and_json(template in template()) {
        let text = yaml::template(&template);
        prop_assert_eq!(&parse(&text, "t.yaml").0, &template, "{}", text);
        let text = json::json(&template);
        prop_assert_eq!(&parse(&text, "t.json").0, &template, "{}", text);
    }

    #[test]
    fn places_are_the_same_written_and_read(template in template()) {
        let (text, written) = yaml::template_with_places(&template, "t.yaml");
        prop_assert_eq!(&text, &yaml::template(&template));
        let (_, read, _) = parse(&text, "t.yaml");
        for id in template.resources.keys() {
            let pointer = formwork::template::pointer(["Resources", id.as_str(), "Type"]);
            let place = |places: &formwork::template::Places| {
                places.get(&pointer).map(|span| (span.line, span.column))
            };
            prop_assert!(place(&written).is_some());
            if pointer.len() <= 1024 {
                prop_assert_eq!(place(&written), place(&read));
            }
        }
    }

    #[test]
    fn any_text_can_be_read(text in r#"[ \t\n:#\-?,\[\]{}&*!|>'"%@ab<1]{0,60}"#) {
        let _ = parse(&text, "t.yaml");
    }
}

#[test]
fn traps_read_back_in_every_position() {
    for trap in TRAPS {
        let value = Value::list([
            Value::from(*trap),
            Value::list([Value::from(*trap)]),
            Value::Map(Map::from_iter([((*trap).to_owned(), Value::from(*trap)), ("b".to_owned(), Value::Null)])),
            Value::call_list(Function::Join, [Value::from(*trap), Value::list([Value::from(*trap)])]),
            Value::call(Function::Base64, Value::from(*trap)),
        ]);
        let text = yaml::value(&value);
        assert_eq!(parse_value(&text, "t.yaml").0.as_ref(), Some(&value), "{text}");
    }
}

#[test]
fn reads_like_written_by_hand() {
    check(include_str!("yaml/by_hand.json"), include_str!("yaml/by_hand.yaml"));
    check(include_str!("yaml/by_hand.yaml"), include_str!("yaml/by_hand.yaml"));
}

#[test]
fn every_fault_of_a_text_is_told_in_one_run() {
    finds(
        "A:\n\tB: 1\nC:\n  - d\n \tE: 2\n",
        &[
            "2:2 E0000 the template is no YAML: tabs disallowed within this context (block indentation)",
            "5:2 E0000 the template is no YAML: tabs disallowed within this context (block indentation)",
        ],
    );
    let context = "E0000 the template is no YAML: mapping values are not allowed in this context";
    finds("A: b: c\nD:\n  E: f: g\n  H: 1\n", &[&format!("1:5 {context}"), &format!("3:7 {context}")]);
    let key = "E0000 the template is no YAML: while parsing a block mapping, did not find expected key";
    finds(
        "A:\n  U: !Base64 !Sub x\n  V: !Base64 !Ref y\n  W: !Foo z\n",
        &[&format!("2:14 {key}"), &format!("3:14 {key}"), "4:6 E0011 `!Foo` is no function of CloudFormation"],
    );
    finds(
        "A:\n  B: 1\n C: 2\nD: 1\nD: 2\n",
        &[&format!("3:2 {key}"), "5:1 E0010 `D` is given twice, and the last one counts"],
    );
    finds("A:\n  Z: 1\n  B\n    C: d\nE: f\n", &["3:3 E0000 the template is no YAML: simple key expect ':'"]);
}

#[test]
fn what_is_mended_to_read_on_is_never_the_template() {
    let (template, _, findings) = parse("Resources:\n  A: { Type: T }\n  B: c: d\n", "t.yaml");
    assert!(template.resources.is_empty());
    assert_eq!(findings.len(), 1, "and nothing follows from there being no template: {findings:#?}");
}

#[test]
fn quoted_text_may_stand_as_far_left_as_yaml_1_1_lets_it() {
    let text = "Description: \"one\ntwo\"\nResources:\n  A:\n    Type: 'T\n :x'\n";
    let (template, _, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(template.description.as_deref(), Some("one two"));
    assert_eq!(template.resources["A"].kind, "T :x");
}

#[test]
fn keys_of_mappings_are_text() {
    finds(
        "Resources: {}\nMappings:\n  M:\n    111122223333: { a: 1 }\n    \"444455556666\": { true: 1 }\n",
        &[
            "4:5 E7001 the key `111122223333` is a number, and must be text",
            "5:23 E7001 the key `true` is a truth value, and must be text",
        ],
    );
}

#[test]
fn unreadable_text_is_one_finding() {
    finds("a: [", &["2:1 E0000 the template is no YAML: while parsing a node, did not find expected node content"]);
    finds("{\"a\": 1,\n \"b\" 2}", &["2:6 E0000 the template is no JSON: expected `:`"]);
    finds("", &["1:1 E1001 the text is empty"]);
    finds("- a", &["1:1 E1001 the template is no map of sections"]);
}

#[test]
fn unreadable_text_is_known_by_the_resource_around_it() {
    let (_, _, findings) = parse("Resources:\n  A:\n    Properties:\n      B: [x\n", "t.yaml");
    let known: Vec<_> = findings.iter().map(|found| (found.resource.as_deref(), found.path.as_deref())).collect();
    assert_eq!(known, [(Some("A"), Some("/Resources/A/Properties/B"))]);
}

#[test]
fn common_slips_are_explained() {
    let help = |text: &str| parse(text, "t.yaml").2.into_iter().find_map(|finding| finding.help).unwrap_or_default();
    assert_eq!(help("a: !Base64 !Sub x\n"), "a tag may not follow a tag: write `Fn::Base64: !Sub …`");
    assert_eq!(help("a:\n\t- b\n"), "indent with spaces");
    assert_eq!(help("a: *.example.com\n"), "quote text that starts with `*`");
}

const RESOURCES: &str = "Resources: {A: {Type: T}}\n";

#[test]
fn keys_and_values_that_are_no_text() {
    let text = format!("{RESOURCES}Metadata:\n  a: yes\n  a: 010\n  b:\n  [c]: 1\n  on: x\n");
    finds(
        &text,
        &[
            "3:6 W1110 `yes` is read as `true`",
            "4:3 E0010 `a` is given twice, and the last one counts",
            "4:6 W1110 `010` is read as `8`",
            "5:4 E0013 `b` is null, which CloudFormation refuses",
            "6:3 E0012 a key is no text",
            "7:3 W1110 `on` is read as `true`",
        ],
    );
}

/// As PyYAML reads them, and so whatever is made like it.
#[test]
fn oddities_that_people_write() {
    let check = |text: &str, expect: Value| {
        let (value, _, findings) = parse_value(text, "t.yaml");
        assert!(findings.is_empty(), "{findings:#?}");
        assert_eq!(value, Some(Value::map([("a", expect)])));
    };
    check("a: |\n  x\n  y", Value::from("x\ny"));
    check("a: |\n  x\n", Value::from("x\n"));
    check("a: |+\n  é", Value::from("é"));
    check("! a: !Ref B", Value::reference_to("B"));
    check("a: !!str 012", Value::from("012"));
    check("a: !GetAtt [B, C]", Value::attribute_of("B", "C"));
    check("a: !Sub [x]", Value::call(Function::Sub, Value::list([Value::from("x")])));
    check("\u{feff}a: b\r\n", Value::from("b"));
}

#[test]
fn tags_that_are_no_function() {
    finds(
        &format!("{RESOURCES}Metadata: {{a: !getatt A.B, b: !!binary xx}}\n"),
        &[
            "2:15 E0011 `!getatt` is no function of CloudFormation",
            "2:31 E0011 `!!binary` is no function of CloudFormation",
        ],
    );
}

#[test]
fn aliases_are_resolved_and_pointed_out() {
    let text = "Metadata: {x: &x {k: v}}\nResources:\n  A:\n    Type: T\n    Properties:\n      <<: *x\n      y: *x\n";
    let (template, _, findings) = parse(text, "t.yaml");
    assert_eq!(template.resources["A"].properties["k"], Value::from("v"));
    assert_eq!(template.resources["A"].properties["y"], Value::map([("k", Value::from("v"))]));
    assert_eq!(findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["W1100", "W1101", "W1101"]);
}

#[test]
fn bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 9].join(", ")));
    }
    let deep = "- ".repeat(5000);
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 5000].join(", "));
    let nested = format!("{}{}{}", "[".repeat(90), "&a [".repeat(9), "x, ".repeat(60_000));
    for text in [bomb, deep, "[".repeat(200), long, nested] {
        let (_, _, findings) = parse(&text, "t.yaml");
        let last = findings.last().map(|finding| finding.code.id);
        assert!(matches!(last, Some("E0014" | "E0000")), "{last:?}");
    }
}

/// A mistake in each of very many resources, and a very long key around very many values: neither may take long.
#[test]
fn large_input_is_read_in_linear_time() {
    let resources: String = (0..50_000).map(|n| format!("  R{n}: {{}}\n")).collect();
    let key = format!("{{\"{}\": [{}1]}}", "k".repeat(1 << 20), "1, ".repeat(100_000));
    let started = std::time::Instant::now();
    assert_eq!(parse(&format!("Resources:\n{resources}"), "t.yaml").2.len(), 50_000);
    assert!(parse_value(&key, "t.json").0.is_some());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn sections_of_a_wrong_shape() {
    finds("Resources: []\n", &["1:1 E1001 `Resources` is a list, and must be a map"]);
    finds("Description: x\n", &["1:1 E1001 the template has no `Resources`"]);
    finds(
        "Resources:\n  A: 1\n  B: {}\n  C:\n    Type: [x]\n    DependsOn: {}\n",
        &[
            "2:3 E3001 `A` is a number, and must be a map",
            "3:3 E3001 `B` has no `Type`",
            "5:5 E3001 `Type` is a list, and must be text",
            "6:5 E3005 `DependsOn` has a map, and must be a logical id or a list of them",
        ],
    );
    finds(
        &format!("{RESOURCES}Outputs:\n  O: {{Valeu: 1}}\nParameters:\n  P: {{}}\nMappings: {{M: 1}}\n"),
        &[
            "3:3 E6002 `O` has no `Value`",
            "3:7 E6001 `Valeu` is no key of `O`",
            "5:3 E2001 `P` has no `Type`",
            "6:12 E7001 `M` is a number, and must be a map",
        ],
    );
}

#[test]
fn places_count_characters() {
    let (_, places, _) = parse("Resources:\n  é: {Type: x, B: !Sub y}\n", "t.yaml");
    let place = |pointer: &str| places.get(pointer).map(|span| (span.line, span.column, span.length));
    assert_eq!(place("/Resources/é"), Some((2, 3, 1)));
    assert_eq!(place("/Resources/é/B#"), Some((2, 19, 6)));
    let (_, places, _) = parse("{\"Resources\":\n\t{\"é\": {\"Type\": \"\\ud83e\\udd80\"}}}", "t.json");
    assert_eq!(places.get("/Resources/é/Type#").map(|span| (span.line, span.column)), Some((2, 17)));
}
