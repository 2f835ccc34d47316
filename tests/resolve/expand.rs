//! Loops that are run, and what other macros make.

use formwork::check;
use formwork::resolve::{Environment, expand};
use formwork::template::parse::parse;
use formwork::template::{Template, Value};
use serde_json::Value as Json;

const EXTENSIONS: &str = "Transform: AWS::LanguageExtensions\n";

fn expanded(text: &str, environment: &Environment) -> Template {
    let (template, _, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    let expanded = expand(&template, environment);
    assert!(expanded.diagnostics.is_empty(), "{:#?}", expanded.diagnostics);
    expanded.template.into_owned()
}

/// A section of the template with its loops run is that of `expect`, in JSON in the long form.
#[track_caller]
fn check_section(text: &str, section: &str, expect: &str) {
    let made = expanded(&format!("{EXTENSIONS}{text}"), &Environment::unknown()).to_json();
    let (expect, ..) = parse(&format!("{expect}\n"), "expect.yaml");
    assert_eq!(made[section], expect.to_json()[section], "{:#}", made[section]);
}

/// What checking finds: code, line, resource.
fn found(text: &str) -> Vec<(&'static str, usize, Option<String>)> {
    let (template, places, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    let found = check::check(&template, &places, Some("us-east-1"));
    found.into_iter().map(|found| (found.code.id, found.span.map_or(0, |span| span.line), found.resource)).collect()
}

#[track_caller]
fn check(text: &str, expect: &[(&str, usize, Option<&str>)]) {
    let found = found(text);
    let found: Vec<_> = found.iter().map(|(code, line, resource)| (*code, *line, resource.as_deref())).collect();
    assert_eq!(found, expect, "{text}");
}

#[test]
fn resources_are_copied_for_each() {
    // The first example of the documentation.
    check_section(
        "Resources:\n  Fn::ForEach::Topics:\n    - TopicName\n    - [Success, Failure]\n    - SnsTopic${TopicName}:\n        Type: AWS::SNS::Topic\n        Properties: { TopicName: !Join ['.', [!Ref TopicName, fifo]], FifoTopic: true }",
        "Resources",
        "Resources:\n  SnsTopicSuccess: { Type: AWS::SNS::Topic, Properties: { TopicName: !Join ['.', [Success, fifo]], FifoTopic: true } }\n  SnsTopicFailure: { Type: AWS::SNS::Topic, Properties: { TopicName: !Join ['.', [Failure, fifo]], FifoTopic: true } }",
    );
}

#[test]
fn loops_stand_in_loops_and_in_properties() {
    check_section(
        "Resources:\n  Fn::ForEach::A:\n    - X\n    - [P, Q]\n    - Fn::ForEach::B:\n        - Y\n        - ['1', '2']\n        - Queue${X}${Y}:\n            Type: AWS::SQS::Queue\n            Properties: { QueueName: !Sub '${X}-${Y}-${AWS::Region}' }\n",
        "Resources",
        "Resources:\n  QueueP1: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'P-1-${AWS::Region}' } }\n  QueueP2: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'P-2-${AWS::Region}' } }\n  QueueQ1: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'Q-1-${AWS::Region}' } }\n  QueueQ2: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'Q-2-${AWS::Region}' } }",
    );
    check_section(
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Fn::ForEach::P:\n        - Name\n        - [DelaySeconds, VisibilityTimeout]\n        - ${Name}: 5\n",
        "Resources",
        "Resources:\n  Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: 5, VisibilityTimeout: 5 } }",
    );
}

#[test]
fn conditions_and_outputs_are_copied_too() {
    let text = "Parameters: { Stage: { Type: String } }\nConditions:\n  Fn::ForEach::C: [S, [dev, prod], { 'Is${S}': !Equals [!Ref Stage, !Ref S] }]\nResources:\n  Fn::ForEach::Q: [S, [dev, prod], { 'Queue${S}': { Type: AWS::SQS::Queue, Condition: 'Is${S}' } }]\nOutputs:\n  Fn::ForEach::O: [S, [dev, prod], { 'Url${S}': { Condition: 'Is${S}', Value: !GetAtt 'Queue${S}.QueueUrl' } }]\n";
    let made = expanded(&format!("{EXTENSIONS}{text}"), &Environment::unknown());
    assert_eq!(
        made.conditions["Isprod"],
        Value::call_list(formwork::template::Function::Equals, [Value::reference_to("Stage"), Value::from("prod")])
    );
    assert_eq!(made.resources["Queueprod"].condition.as_deref(), Some("Isprod"));
    assert_eq!(made.outputs["Urldev"].value, Value::attribute_of("Queuedev", "QueueUrl"));
    check(&format!("{EXTENSIONS}{text}"), &[]);
}

#[test]
fn a_collection_may_be_a_parameter_or_a_mapping() {
    let text = format!(
        "{EXTENSIONS}Parameters: {{ Names: {{ Type: CommaDelimitedList, Default: '10.0.0.0/8, b' }} }}\nResources:\n  Fn::ForEach::Q: [N, !Ref Names, {{ 'Queue&{{N}}': {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: '${{N}}' }} }} }}]\n"
    );
    let made = expanded(&text, &Environment::unknown());
    let names: Vec<_> = made
        .resources
        .iter()
        .map(|(id, queue)| (id.as_str(), queue.properties["QueueName"].as_str().unwrap()))
        .collect();
    assert_eq!(names, [("Queue100008", "10.0.0.0/8"), ("Queueb", "b")]);
    let given = expanded(&text, &Environment::unknown().with_parameter("Names", "c"));
    assert_eq!(given.resources.keys().collect::<Vec<_>>(), ["Queuec"]);
    check_section(
        "Mappings: { M: { x: { Names: [a, b] } } }\nResources:\n  Fn::ForEach::Q: [N, !FindInMap [M, x, Names], { 'Queue${N}': { Type: AWS::SQS::Queue } }]\n",
        "Resources",
        "Resources: { Queuea: { Type: AWS::SQS::Queue }, Queueb: { Type: AWS::SQS::Queue } }",
    );
}

#[test]
fn a_finding_stands_where_the_loop_has_it_and_once() {
    check(
        &format!(
            "{EXTENSIONS}Resources:\n  Fn::ForEach::Q:\n    - N\n    - [a, b]\n    - Queue${{N}}:\n        Type: AWS::SQS::Queue\n        Properties:\n          QueueNam: x\n"
        ),
        &[("E3002", 9, Some("Queuea"))],
    );
}

#[test]
fn what_is_not_known_is_said_once() {
    let text = |transform: &str| {
        format!(
            "{transform}Parameters: {{ Names: {{ Type: CommaDelimitedList }} }}\nResources:\n  Fn::ForEach::Q: [N, !Ref Names, {{ 'Queue${{N}}': {{ Type: AWS::SQS::Queue }} }}]\nOutputs: {{ Url: {{ Value: !GetAtt Queuea.QueueUrl }} }}\n"
        )
    };
    check(&text(EXTENSIONS), &[("I1034", 4, None)]);
    check(&text(""), &[("E1033", 3, None)]);
    let macros = "Transform: [AWS::LanguageExtensions, Mine]\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Condition: C, Value: !GetAtt Other.Arn } }\n";
    check(macros, &[("I1035", 1, None)]);
}

#[test]
fn loops_that_are_wrong_are_found() {
    check(
        &format!("{EXTENSIONS}Resources:\n  Queue: {{ Type: AWS::SQS::Queue }}\n  Fn::ForEach::Q: [N, [a]]\n"),
        &[("E1032", 4, None)],
    );
    check(
        &format!(
            "{EXTENSIONS}Resources:\n  Queuea: {{ Type: AWS::SQS::Queue }}\n  Fn::ForEach::Q: [N, [a], {{ 'Queue${{N}}': {{ Type: AWS::SQS::Queue }} }}]\n"
        ),
        &[("E1032", 4, Some("Queuea"))],
    );
    check(
        &format!(
            "{EXTENSIONS}Resources:\n  Fn::ForEach::Q: [N, [a-b], {{ 'Queue${{N}}': {{ Type: AWS::SQS::Queue }} }}]\n"
        ),
        &[("E3001", 3, Some("Queuea-b"))],
    );
    check(
        "Transform: AWS::LanguageExtensions\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queu } }\n",
        &[("E1020", 3, None)],
    );
}

#[test]
fn what_the_serverless_model_makes_is_known_by_name() {
    let text = |to: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      AutoPublishAlias: live\n      PackageType: Image\n      Events: {{ Hourly: {{ Type: Schedule }} }}\n  Api: {{ Type: AWS::Serverless::Api, Properties: {{ StageName: prod }} }}\n  Layer: {{ Type: AWS::Serverless::LayerVersion }}\nOutputs: {{ It: {{ Value: !Ref {to} }} }}\n"
        )
    };
    for known in [
        "Fn",
        "FnRole",
        "FnAliaslive",
        "Fn.Version",
        "FnHourlyPermission",
        "FnHourly",
        "ApiprodStage",
        "ServerlessRestApi",
        "Layer0a1b2c3d4e",
    ] {
        check(&text(known), &[]);
    }
    for unknown in ["FnRoel", "Fnord", "ApiProd", "LayerX"] {
        check(&text(unknown), &[("E1020", 11, None)]);
    }
}

#[test]
fn a_template_without_loops_is_not_copied() {
    let (template, ..) = parse("Resources: { Queue: { Type: AWS::SQS::Queue } }", "t.yaml");
    let expanded = expand(&template, &Environment::unknown());
    assert!(matches!(expanded.template, std::borrow::Cow::Borrowed(_)));
    assert_eq!(expanded.template.to_json()["Resources"]["Queue"]["Type"], Json::from("AWS::SQS::Queue"));
}
