//! What is declared and what is used, parameters and their defaults, conditions, policies: places and exactness.

use formwork::check::check;
use formwork::template::parse::parse;

const QUEUE: &str = "Resources: { Queue: { Type: AWS::SQS::Queue } }\n";

/// Codes and places of what is found, but for advice.
#[track_caller]
fn finds(text: &str, expect: &[&str]) {
    let (template, places, mut found) = parse(text, "t.yaml");
    found.extend(check(&template, &places, None));
    found.retain(|finding| finding.severity != formwork::diagnostic::Severity::Info);
    let told = |finding: &formwork::diagnostic::Diagnostic| {
        format!("{} {}", finding.code, finding.path.as_deref().unwrap_or_default())
    };
    assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expect, "{text}\n{found:#?}");
}

#[test]
fn a_parameter_is_used_wherever_its_name_is_meant() {
    let used = |rest: &str| finds(&format!("{rest}\nParameters: {{ P: {{ Type: String }} }}\n"), &[]);
    used("Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'a-${P}' } } }");
    used("Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: !Ref P } } }");
    used("Conditions: { C: !Equals [!Ref P, x] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: C } }");
    used(&format!("{QUEUE}Rules: {{ R: {{ Assertions: [{{ Assert: !Contains [[a], !Ref P] }}] }} }}"));
    used(&format!("{QUEUE}Outputs: {{ O: {{ Value: a, Export: {{ Name: !Sub '${{P}}-o' }} }} }}"));
    used(&format!("{QUEUE}Metadata: {{ Note: !Ref P }}"));
    // A macro may use it by name, and so may what is included.
    used(&format!("{QUEUE}Transform: Mine"));
    used(
        "Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { 'Fn::Transform': { Name: AWS::Include, Parameters: { Location: a } } } } }",
    );
    used(&format!(
        "{QUEUE}Transform: AWS::Serverless-2016-10-31\nGlobals: {{ Function: {{ Environment: {{ Variables: {{ A: !Ref P }} }} }} }}"
    ));
}

#[test]
fn a_parameter_that_is_only_shown_or_escaped_is_not_used() {
    let unused =
        |rest: &str| finds(&format!("{rest}\nParameters: {{ P: {{ Type: String }} }}\n"), &["W2001 /Parameters/P"]);
    unused(QUEUE);
    unused(&format!(
        "{QUEUE}Metadata: {{ 'AWS::CloudFormation::Interface': {{ ParameterGroups: [{{ Parameters: [P] }}] }} }}"
    ));
    unused("Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: !Sub 'a ${!P} b ${AWS::Region}' } } }");
    unused(&format!("{QUEUE}Transform: AWS::LanguageExtensions"));
}

#[test]
fn rules_use_the_parameters_of_a_type_together() {
    let text = |function: &str| {
        format!(
            "{QUEUE}Parameters: {{ Vpc: {{ Type: 'AWS::EC2::VPC::Id' }}, Name: {{ Type: String }} }}\nRules: {{ R: {{ Assertions: [{{ Assert: !EachMemberIn [{function}, [a]] }}] }} }}\n"
        )
    };
    finds(&text("!ValueOfAll ['AWS::EC2::VPC::Id', Tags.Department]"), &["W2001 /Parameters/Name"]);
    finds(&text("!RefAll 'AWS::EC2::VPC::Id'"), &["W2001 /Parameters/Name"]);
}

#[test]
fn loops_use_what_they_go_over_and_what_their_copies_name() {
    finds(
        "Transform: AWS::LanguageExtensions
Parameters:
  Names: { Type: CommaDelimitedList, Default: 'A,B' }
  DelayA: { Type: Number }
  DelayB: { Type: Number }
  DelayC: { Type: Number }
Conditions: { IsA: !Equals [!Ref DelayA, 1], IsB: !Equals [!Ref DelayB, 1], IsC: !Equals [!Ref DelayC, 1] }
Resources:
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - 'Queue${Name}': { Type: AWS::SQS::Queue, Condition: 'Is${Name}', Properties: { DelaySeconds: !Ref 'Delay${Name}' } }
",
        &["W8001 /Conditions/IsC"],
    );
    // What goes over something unknown may use anything.
    finds(
        "Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList }, DelayA: { Type: Number } }
Resources:
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - 'Queue${Name}': { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref 'Delay${Name}' } }
",
        &[],
    );
}

#[test]
fn a_mapping_whose_name_is_computed_may_be_any() {
    let mappings = "Transform: AWS::LanguageExtensions\nMappings: { A: { a: { b: 1 } }, B: { a: { b: 1 } } }\n";
    let queue = |delay: &str| {
        format!(
            "{mappings}Resources: {{ Queue: {{ Type: AWS::SQS::Queue, Properties: {{ DelaySeconds: {delay} }} }} }}\n"
        )
    };
    finds(&queue("!FindInMap [A, a, b]"), &["W7001 /Mappings/B"]);
    finds(&queue("!FindInMap [!Select [0, [A, B]], a, b]"), &[]);
}

#[test]
fn all_properties_may_be_one_function() {
    finds(
        "Parameters: { P: { Type: String } }\nConditions: { C: !Equals [!Ref P, a] }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { 'Fn::If': [C, { DelaySeconds: 1 }, { DelaySeconds: 2 }] } } }\n",
        &[],
    );
}

#[test]
fn defaults_keep_what_their_parameter_declares() {
    let default = |declared: &str, expect: &[&str]| {
        finds(
            &format!(
                "Parameters: {{ P: {{ {declared} }} }}\nResources: {{ Queue: {{ Type: AWS::SQS::Queue, Metadata: {{ Note: !Ref P }} }} }}\n"
            ),
            expect,
        );
    };
    let refused = &["E2015 /Parameters/P/Default"][..];
    default("Type: String, Default: abc, MaxLength: 2", refused);
    default("Type: String, Default: ab, MaxLength: '2'", &[]);
    default("Type: Number, Default: ten", refused);
    default("Type: Number, Default: '10', MinValue: 11", refused);
    default("Type: CommaDelimitedList, Default: 'a, c', AllowedValues: [a, b]", refused);
    default("Type: CommaDelimitedList, Default: 'a, b', AllowedValues: [a, b]", &[]);
    default("Type: String, Default: 'true', AllowedValues: [true, false]", &[]);
    // The pattern holds for the whole value; what only Java reads is not judged.
    default("Type: String, Default: ab, AllowedPattern: '[a]'", refused);
    default("Type: String, Default: ab, AllowedPattern: '(?<!x)ab'", &[]);
    default("Type: String, Default: !Ref AWS::Region", &["E2001 /Parameters/P/Default"]);
}

#[test]
fn a_hidden_default_is_not_shown() {
    let text = "Parameters: { P: { Type: String, NoEcho: true, Default: hunter2, MaxLength: 3 } }\nResources: { S: { Type: AWS::SecretsManager::Secret, Properties: { SecretString: !Ref P } } }\n";
    let (template, places, _) = parse(text, "t.yaml");
    let found = check(&template, &places, None);
    let refused = found.iter().find(|finding| finding.code.id == "E2015").unwrap();
    assert!(!refused.message.contains("hunter2") && refused.secret, "{refused:#?}");
}

#[test]
fn what_is_null_is_told_once() {
    finds("Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { O: { Value: } }\n", &["E0013 /Outputs/O/Value"]);
    finds("Resources: { Queue: { Type: } }\n", &["E0013 /Resources/Queue/Type"]);
    finds(
        &format!("{QUEUE}Conditions:\n  C: !Not\n  - !Equals\n    - null\n    - a\n"),
        &["E0013 /Conditions/C/Fn::Not/0/Fn::Equals/0", "W8001 /Conditions/C"],
    );
}

#[test]
fn a_dependency_may_be_missing_where_what_depends_on_it_is_there() {
    let text = |condition: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String, AllowedValues: [a, b] }} }}\nConditions: {{ A: !Equals [!Ref P, a], B: !Equals [!Ref P, b] }}\nResources:\n  Queue: {{ Type: AWS::SQS::Queue, Condition: A }}\n  Topic: {{ Type: AWS::SNS::Topic, Condition: {condition}, DependsOn: Queue }}\n  Other: {{ Type: AWS::SNS::Topic, Condition: B }}\n"
        )
    };
    finds(&text("A"), &[]);
    finds(&text("B"), &["E3005 /Resources/Topic/DependsOn"]);
}

#[test]
fn policies_know_the_functions_of_the_language_extensions() {
    let text = |transform: &str, policy: &str| {
        format!(
            "{transform}\nParameters: {{ P: {{ Type: String }} }}\nConditions: {{ C: !Equals [!Ref P, a] }}\nResources: {{ Queue: {{ Type: AWS::SQS::Queue, DeletionPolicy: {policy}, UpdateReplacePolicy: Retain }}, Topic: {{ Type: AWS::SNS::Topic, Condition: C }} }}\n"
        )
    };
    finds(&text("", "!Ref P"), &["E3035 /Resources/Queue/DeletionPolicy"]);
    let extended = "Transform: AWS::LanguageExtensions";
    finds(&text(extended, "!Ref P"), &[]);
    finds(&text(extended, "!If [C, Retain, Delete]"), &[]);
    finds(&text(extended, "!If [C, Keep, Delete]"), &["E3035 /Resources/Queue/DeletionPolicy/Fn::If/1"]);
}

#[test]
fn parts_of_an_update_policy_may_be_chosen() {
    let policy = |processes: &str| {
        format!(
            "Parameters: {{ P: {{ Type: String }} }}\nConditions: {{ C: !Equals [!Ref P, a] }}\nResources: {{ Domain: {{ Type: AWS::OpenSearchService::Domain, UpdatePolicy: {{ EnableVersionUpgrade: {processes} }} }} }}\n"
        )
    };
    finds(&policy("!If [C, true, !Ref AWS::NoValue]"), &[]);
    finds(
        &policy("!If [C, yes please, 'false']"),
        &["E3016 /Resources/Domain/UpdatePolicy/EnableVersionUpgrade/Fn::If/1"],
    );
}
