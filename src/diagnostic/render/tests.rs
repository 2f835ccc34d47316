use insta::assert_snapshot;

use super::{full, json};
use crate::diagnostic::{Code, Diagnostic, Severity, Span};

const UNKNOWN: Code = Code::new("E3002", "unknown-property");
const TEMPLATE: &str = "\
Resources:
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      EngineFamilly: POSTGRESQL
      MasterUserPassword: hunter2!
      RoleArn: !GetAtt Role.Arn
";

fn span(line: usize, column: usize, length: usize) -> Span {
    Span::new("app.yaml", line, column, length)
}

fn shown(diagnostics: &[Diagnostic]) -> String {
    let text = full(diagnostics, &|file| (file == "app.yaml").then(|| TEMPLATE.to_owned()));
    anstream::adapter::strip_str(&text).to_string()
}

fn unknown() -> Diagnostic {
    Diagnostic::error(UNKNOWN, "`Proxy` has no property `EngineFamilly`")
        .resource("Proxy")
        .path("/Resources/Proxy/Properties/EngineFamilly")
        .span(span(5, 7, 0))
        .label("unknown")
        .help("did you mean `EngineFamily`?")
}

#[test]
fn a_finding_shows_its_place_and_its_cure() {
    assert_snapshot!(shown(&[unknown().and_at(span(3, 11, 0), "of this type").note("the schema says so")]), @r"
    error[E3002]: `Proxy` has no property `EngineFamilly`
     --> app.yaml:5:7
      |
    3 |     Type: AWS::RDS::DBProxy
      |           --- of this type
    4 |     Properties:
    5 |       EngineFamilly: POSTGRESQL
      |       ^^^^^^^^^^^^^ unknown
      |
      = note: the schema says so
      = help: did you mean `EngineFamily`?

    1 error
    ");
}

#[test]
fn without_the_text_the_place_and_what_was_said_of_it_remain() {
    let source = Span::new("src/stacks.rs", 54, 10, 0);
    let finding = Diagnostic::warning(UNKNOWN, "`Handler` cannot reach `Proxy`").source(source).label("so it must");
    assert_snapshot!(shown(&[finding.and_at(Span::new("src/other.rs", 3, 1, 0), "the group is made here")]), @r"
    warning[E3002]: `Handler` cannot reach `Proxy`
    --> src/stacks.rs:54:10
     = note: so it must
     = note: src/other.rs:3:1: the group is made here

    1 warning
    ");
}

#[test]
fn a_finding_without_a_place_is_a_message() {
    assert_snapshot!(shown(&[Diagnostic::info(UNKNOWN, "nothing to see").help("go on")]), @r"
    info[E3002]: nothing to see
     |
     = help: go on

    1 info
    ");
}

#[test]
fn findings_are_told_in_the_order_of_the_text_and_counted() {
    let first = Diagnostic::error(UNKNOWN, "second").span(span(4, 1, 1));
    let second = Diagnostic::new(UNKNOWN, Severity::Error, "first").span(span(2, 3, 0));
    let text = shown(&[first, second, Diagnostic::warning(UNKNOWN, "nowhere")]);
    let order: Vec<_> = ["nowhere", "first", "second"].iter().map(|word| text.find(word)).collect();
    assert!(order.is_sorted(), "{text}");
    assert!(text.ends_with("2 errors, 1 warning\n"), "{text}");
}

#[test]
fn a_password_is_never_shown() {
    let finding = Diagnostic::error(UNKNOWN, "a password in clear").span(span(6, 7, 0));
    let around = unknown().and_at(span(7, 7, 0), "the role");
    assert_snapshot!(shown(std::slice::from_ref(&finding)), @r"
    error[E3002]: a password in clear
     --> app.yaml:6:7
      |
    6 |       MasterUserPassword: ********
      |       ^^^^^^^^^^^^^^^^^^

    1 error
    ");
    assert!(!shown(&[around]).contains("hunter2"));
    assert_snapshot!(shown(&[finding.secret()]), @r"
    error[E3002]: a password in clear
    --> app.yaml:6:7

    1 error
    ");
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let text = full(&[Diagnostic::error(UNKNOWN, "a\u{1b}[2Jb").help("c\u{1b}[2Jd").note("e\u{1b}[2Jf")], &|_| None);
    assert!(!text.contains("\u{1b}[2J"), "{text:?}");
}

#[test]
fn json_has_every_field_and_null_for_what_does_not_apply() {
    let finding = Diagnostic::error(UNKNOWN, "`Proxy` has no property `X`").span(span(5, 7, 13));
    assert_snapshot!(json(&["app.yaml".to_owned()], &[finding], vec![]), @r#"
    {
      "version": 1,
      "templates": [
        "app.yaml"
      ],
      "findings": [
        {
          "code": "E3002",
          "name": "unknown-property",
          "severity": "error",
          "message": "`Proxy` has no property `X`",
          "help": null,
          "resource": null,
          "path": null,
          "template": "app.yaml",
          "line": 5,
          "column": 7,
          "source": null
        }
      ],
      "goals": []
    }
    "#);
}
