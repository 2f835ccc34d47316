//! `check` over anyone's templates: what is read, what is told in which form, what counts.

use std::io::Write;
use std::process::Stdio;

use crate::cli::Place;

const WRONG: &str = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeOut: 30\n";
const RIGHT: &str = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n";

fn place() -> Place {
    let place = Place::new();
    place.write("app.yaml", WRONG);
    place
}

/// The exit code, and what is on standard output.
fn told(place: &Place, args: &str) -> (i32, String) {
    let output = place.run(args);
    (output.status.code().expect("an exit code"), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn a_finding_is_shown_with_its_place_and_fails() {
    place().check(
        "check app.yaml",
        "1
error[E3002]: `AWS::SQS::Queue` has no property `VisibilityTimeOut`
 --> app.yaml:5:7
  |
5 |       VisibilityTimeOut: 30
  |       ^^^^^^^^^^^^^^^^^
  |
  = note: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
  = help: did you mean `VisibilityTimeout`?

1 error
checked 1 template, 1 resource",
    );
}

#[test]
fn what_is_right_is_silent_but_for_a_count() {
    let place = place();
    place.write("app.yaml", RIGHT);
    place.check("check app.yaml --format concise", "0");
    place.check("check app.yaml", "0\nchecked 1 template, 1 resource: nothing found");
}

#[test]
fn lines_tell_place_severity_code_and_cure() {
    place().check(
        "check app.yaml --format concise",
        "1\napp.yaml:5:7: error[E3002]: `AWS::SQS::Queue` has no property `VisibilityTimeOut` (did you mean `VisibilityTimeout`?)",
    );
}

#[test]
fn github_shows_it_beside_the_line() {
    place().check(
        "check app.yaml --format github",
        "1\n::error file=app.yaml,line=5,col=7,title=E3002 unknown-property::`AWS::SQS::Queue` has no property `VisibilityTimeOut`\
         %0Ahelp: did you mean `VisibilityTimeout`?",
    );
}

#[test]
fn reports_for_programs_parse_and_hold_the_finding() {
    let place = place();
    let json = |format: &str| -> serde_json::Value {
        let (code, text) = told(&place, &format!("check app.yaml --format {format}"));
        assert_eq!(code, 1);
        serde_json::from_str(&text).expect(format)
    };
    let own = json("json");
    assert_eq!((&own["version"], &own["templates"][0]), (&1.into(), &"app.yaml".into()));
    assert_eq!((&own["findings"][0]["code"], &own["findings"][0]["line"]), (&"E3002".into(), &5.into()));
    let sarif = json("sarif");
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "E3002");
    assert!(run["tool"]["driver"]["rules"][0]["helpUri"].as_str().unwrap().starts_with("https://"));
    let location = &run["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&location["artifactLocation"]["uri"], &location["region"]["startLine"]),
        (&"app.yaml".into(), &5.into())
    );
    let gitlab = json("gitlab");
    assert_eq!((&gitlab[0]["check_name"], &gitlab[0]["location"]["lines"]["begin"]), (&"E3002".into(), &5.into()));
    assert_eq!(gitlab[0]["fingerprint"].as_str().unwrap().len(), 64);
}

#[test]
fn a_fingerprint_stays_when_lines_move() {
    let place = place();
    let fingerprint = |place: &Place| -> serde_json::Value {
        let (_, text) = told(place, "check app.yaml --format gitlab");
        serde_json::from_str::<serde_json::Value>(&text).unwrap()[0]["fingerprint"].clone()
    };
    let before = fingerprint(&place);
    place.write("app.yaml", &format!("# A comment more.\n{WRONG}"));
    assert_eq!(fingerprint(&place), before);
}

#[test]
fn junit_has_a_suite_a_template_and_escapes() {
    let place = place();
    place.write("a<b.yaml", "Resources: { Queue: { Type: 'AWS::SQS::<&\">' } }");
    let (code, text) = told(&place, "check app.yaml a<b.yaml --format junit");
    assert_eq!(code, 1);
    assert!(text.contains("<testsuite name=\"app.yaml\" tests=\"1\" failures=\"1\">"), "{text}");
    assert!(
        text.contains("<testsuite name=\"a&lt;b.yaml\"") && text.contains("AWS::SQS::&lt;&amp;&quot;&gt;"),
        "{text}"
    );
}

#[test]
fn markdown_is_a_table() {
    let (_, text) = told(&place(), "check app.yaml --format markdown");
    let row = "| error | E3002 | app.yaml:5:7 | `AWS::SQS::Queue` has no property `VisibilityTimeOut` | did you mean `VisibilityTimeout`? |";
    assert!(text.contains(row) && text.ends_with("\n1 error\n"), "{text}");
}

#[test]
fn folders_and_patterns_give_templates_only() {
    let place = place();
    place.write("stacks/right.yml", RIGHT);
    place.write("stacks/deep/wrong.json", "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queueue\"}}}");
    place.write("stacks/values.yaml", "replicas: 3\n");
    place.write("stacks/notes.txt", WRONG);
    place.write("stacks/.hidden/wrong.yaml", WRONG);
    place.write("stacks/node_modules/wrong.yaml", WRONG);
    let names = |args: &str| -> Vec<String> {
        let (_, text) = told(&place, &format!("check {args} --format json"));
        let report: serde_json::Value = serde_json::from_str(&text).expect("a report");
        report["templates"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("stacks"), ["stacks/deep/wrong.json", "stacks/right.yml"]);
    assert_eq!(names("stacks/**/*.json app.yaml app.yaml"), ["stacks/deep/wrong.json", "app.yaml"]);
}

#[test]
fn standard_input_is_a_template_and_excerpts_show_it() {
    let place = place();
    let mut child =
        place.command("check -").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(WRONG.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("--> <stdin>:5:7") && text.contains("5 |       VisibilityTimeOut: 30"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_cannot_be_read_ends_with_two_and_the_rest_is_judged() {
    let place = place();
    place.write("latin1.yaml", "");
    std::fs::write(place.path("latin1.yaml"), b"Resources:\n  Q: { Type: \xe9 }\n").unwrap();
    let (code, text) = told(&place, "check missing.yaml latin1.yaml app.yaml --format concise");
    assert_eq!(code, 2);
    assert!(text.contains("cannot read `missing.yaml`"), "{text}");
    assert!(text.contains("cannot read `latin1.yaml`: line 2 is not UTF-8"), "{text}");
    assert!(text.contains("app.yaml:5:7: error[E3002]"), "{text}");
    for nothing in ["check nowhere/*.yaml", "check .empty"] {
        std::fs::create_dir_all(place.path(".empty")).unwrap();
        assert_eq!(told(&place, nothing).0, 2, "{nothing}");
    }
}

#[test]
fn a_choice_of_codes_tells_less_and_denies_more() {
    let place = place();
    place
        .write("warn.yaml", "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { DelaySeconds: 010 }\n");
    assert_eq!(told(&place, "check app.yaml --ignore E3002").0, 0);
    assert_eq!(told(&place, "check app.yaml --ignore unknown-property").0, 0);
    assert_eq!(told(&place, "check app.yaml --select W,E1").0, 0);
    assert_eq!(told(&place, "check app.yaml --select E3").0, 1);
    assert_eq!(told(&place, "check warn.yaml").0, 0);
    assert_eq!(told(&place, "check warn.yaml --deny warnings").0, 1);
    assert_eq!(told(&place, "check warn.yaml --deny W1110").0, 1);
    assert_eq!(told(&place, "check app.yaml --ignore nonsense").0, 2);
}

#[test]
fn suppressions_stand_in_the_template_or_beside_it_and_end() {
    let place = Place::new();
    let suppressed = |more: &str| {
        format!("Metadata:\n  Formwork:\n    suppressions:\n      - {{ code: E3002, reason: so{more} }}\n{WRONG}")
    };
    place.write("app.yaml", &suppressed(""));
    assert_eq!(
        told(&place, "check app.yaml --deny info"),
        (0, "checked 1 template, 1 resource: nothing found\n".into())
    );
    place.write("app.yaml", &suppressed(", until: 2026-12-31"));
    assert_eq!(told(&place, "check app.yaml --as-of 2026-12-31").0, 0);
    let (code, text) = told(&place, "check app.yaml --as-of 2027-01-01 --format concise");
    assert_eq!(code, 1);
    let expired = "app.yaml:4:9: warning[D1003]: `E3002` is suppressed until 2026-12-31, which is over";
    assert!(text.contains(expired) && text.contains("error[E3002]"), "{text}");
    place.write("app.yaml", WRONG);
    place.write(
        "app.formwork.yaml",
        "suppressions:\n  - code: E3002\n    resource: Queue\n    reason: so\n  - { code: W9, reason: x }\n",
    );
    place.check(
        "check app.yaml --format concise",
        "0\napp.formwork.yaml:5:5: info[D1002]: `W9` is suppressed, and there is no such finding (remove the suppression)",
    );
    place.write("app.formwork.yaml", "supressions: []\n");
    let (code, text) = told(&place, "check app.yaml --format concise");
    assert!(code == 1 && text.contains("app.formwork.yaml:1:1: error[S0601]"), "{text}");
}

#[test]
fn what_cfn_lint_is_told_to_ignore_is_not_told() {
    let place = Place::new();
    place.write("app.yaml", &format!("Metadata: {{ cfn-lint: {{ config: {{ ignore_checks: [E3002] }} }} }}\n{WRONG}"));
    assert_eq!(told(&place, "check app.yaml").0, 0);
    place
        .write("app.yaml", &format!("{WRONG}    Metadata: {{ cfn-lint: {{ config: {{ ignore_checks: [E30] }} }} }}\n"));
    assert_eq!(told(&place, "check app.yaml").0, 0);
}

#[test]
fn a_nested_stack_is_given_what_its_template_takes_and_gives_what_it_has() {
    let place = place();
    place.write(
        "child/data.yaml",
        "Parameters: { Size: { Type: String }, Zone: { Type: String, Default: a } }\n\
        Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { Tags: [{ Key: !Ref Zone, Value: !Ref Size }] } } }\n\
        Outputs: { Url: { Value: !Ref Queue } }\n",
    );
    let outer = |given: &str, output: &str| {
        format!(
            "Parameters: {{ Stage: {{ Type: String }} }}\nConditions: {{ Prod: !Equals [!Ref Stage, prod] }}\n\
        Resources:\n  Data:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: child/data.yaml, Parameters: {given} }}\n\
        Outputs: {{ Url: {{ Condition: Prod, Value: !GetAtt Data.Outputs.{output} }} }}\n"
        )
    };
    place.write("sound.yaml", &outer("{ Size: small }", "Url"));
    let (code, said) = told(&place, "check sound.yaml --format concise");
    assert_eq!((code, said.contains(" error")), (0, false), "{said}");
    place.write("outer.yaml", &outer("!If [Prod, { Sise: large }, { Size: small }]", "Ulr"));
    let (code, said) = told(&place, "check outer.yaml --format concise");
    assert_eq!(code, 1, "{said}");
    for line in [
        "outer.yaml:6:74: error[E3043]: the template of `Data` has no parameter `Sise` where `Prod` is true and `Stage` is `prod` (did you mean `Size`?)",
        "error[E3043]: `Data` does not give the parameter `Size`, which has no default where `Prod` is true",
        "error[E1010]: the template of `Data` has no output `Ulr` (did you mean `Url`?)",
    ] {
        assert!(said.contains(line), "{line} in\n{said}");
    }
}

#[test]
fn what_is_wrong_in_a_loop_is_told_once() {
    let place = place();
    place.write(
        "loop.yaml",
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues:\n    - N\n    - [One, Two]\n    - Queue${N}:\n\
         \u{20}       Type: AWS::SQS::Queue\n        Properties: { QueueName: !Ref N, DelaySecond: 3 }\n",
    );
    let (code, said) = told(&place, "check loop.yaml --format concise");
    let line = "loop.yaml:8:42: error[E3002]: `AWS::SQS::Queue` has no property `DelaySecond` (did you mean `DelaySeconds`?)\n";
    assert_eq!((code, said.as_str()), (1, line));
}

#[test]
fn without_a_template_the_stacks_are_judged() {
    let place = Place::new();
    assert_eq!(told(&place, "check").0, 0);
    std::fs::remove_file(place.path("formwork.yaml")).unwrap();
    let output = place.run("check");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_rule_is_explained_with_its_examples() {
    let place = Place::new();
    let (code, text) = told(&place, "explain E3906");
    assert_eq!(code, 0);
    for part in
        ["error[E3906] idle-connections-above-pool\n", "\nsource: https://", "\nbad:\n\n    Resources:", "\ngood:\n"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
    place.check(
        "explain E39O6",
        "2\nerror[S0807]: there is no rule `E39O6`\n |\n = help: did you mean `E3906`?\n\n1 error",
    );
    assert!(told(&place, "rules").1.contains("E3906 error   idle-connections-above-pool"));
    let listed: serde_json::Value = serde_json::from_str(&told(&place, "rules --format json").1).unwrap();
    assert!(listed["rules"].as_array().unwrap().len() > 50);
}

#[test]
fn every_hop_is_explained() {
    let place = place();
    for (code, words) in
        [("N3204", "hop security-group-ingress"), ("p3205", "hop key-policy"), ("missing-permission", "P3202")]
    {
        let (exit, text) = told(&place, &format!("explain {code}"));
        assert!(exit == 0 && text.contains(words) && text.contains("source: https://"), "{text}");
    }
}

#[test]
fn the_page_of_rules_is_what_the_rules_say() {
    let page = std::fs::read_to_string("docs/rules.md").expect("docs/rules.md");
    assert!(page == formwork::emit::rules::page(), "cargo run -- rules --format markdown > docs/rules.md");
}

#[test]
fn a_type_is_shown_with_ranges_replacement_and_attributes() {
    let place = Place::new();
    let (code, text) = told(&place, "schema AWS::RDS::DBProxy");
    assert_eq!(code, 0);
    for line in [
        "  Ref gives DBProxyName",
        "  EngineFamily*                text, one of MYSQL, POSTGRESQL, SQLSERVER · a change replaces the resource",
        "  IdleClientTimeout            integer, 1 to 28800",
        "  VpcId       string, AWS::EC2::VPC.Id",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    let (_, text) = told(&place, "schema AWS::RDS::DBProxy Auth/*/IAMAuth");
    assert_eq!(text, "AWS::RDS::DBProxy /Auth/*/IAMAuth\n  text, one of DISABLED, REQUIRED, ENABLED\n");
    let schema: serde_json::Value =
        serde_json::from_str(&told(&place, "schema AWS::SQS::Queue --format json").1).unwrap();
    assert_eq!(schema["typeName"], "AWS::SQS::Queue");
    place.check(
        "schema AWS::RDS::DbProxy",
        "2\nerror[S0808]: there is no resource type `AWS::RDS::DbProxy`\n |\n = help: did you mean `AWS::RDS::DBProxy`?\n\n1 error",
    );
    assert_eq!(told(&place, "schema AWS::SQS::Queue Nope").0, 2);
    assert_eq!(told(&place, "schema").0, 2);
}
