//! Functions in templates: what is found is placed, and what is hidden stays so.

use formwork::check::check;
use formwork::template::parse::parse;

/// Each finding that is no advice: its code, its path and its message.
#[track_caller]
fn find(text: &str, expect: &[&str]) {
    let (template, places, unreadable) = parse(text, "t.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}");
    let found: Vec<String> = check(&template, &places, Some("us-east-1"))
        .into_iter()
        .filter(|found| found.severity != formwork::diagnostic::Severity::Info)
        .map(|found| format!("{} {}: {}", found.code.id, found.path.unwrap_or_default(), found.message))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_default_is_told_where_it_is_declared_and_a_hidden_one_is_not_shown() {
    let logs = |declaration: &str| {
        format!(
            "Parameters: {{ Class: {{ Type: String, {declaration} }} }}\nResources: {{ Logs: {{ Type: AWS::Logs::LogGroup, \
             Properties: {{ LogGroupClass: !Ref Class }} }} }}"
        )
    };
    find(&logs("AllowedValues: [STANDARD, DELIVERY]"), &[]);
    let (template, places, _) = parse(&logs("Default: hunter2, NoEcho: true"), "t.yaml");
    let found = check(&template, &places, Some("us-east-1"));
    let told = found.iter().find(|found| found.code.id == "W1030").unwrap();
    assert_eq!(told.path.as_deref(), Some("/Parameters/Class/Default"));
    assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
}

#[test]
fn a_value_that_its_world_excludes_is_not_told() {
    let group = |condition: &str| {
        format!(
            "Parameters: {{ Vpc: {{ Type: String, Default: '' }}, Other: {{ Type: String }} }}\nConditions: {{ Given: {condition} }}\n\
             Resources: {{ Subnet: {{ Type: AWS::EC2::Subnet, Condition: Given, Properties: {{ VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 }} }} }}\n\
             Outputs: {{ Other: {{ Value: !Ref Other }} }}"
        )
    };
    find(&group("!Not [!Equals [!Ref Vpc, '']]"), &[]);
    find(
        &group("!Not [!Equals [!Ref Other, '']]"),
        &[
            "W1030 /Resources/Subnet/Properties/VpcId: the default of `Vpc`: `` is not an id of a VPC, as `vpc-0123456789abcdef0` is",
        ],
    );
}

#[test]
fn branches_are_looked_into_as_what_they_stand_for() {
    find(
        "Parameters: { Names: { Type: CommaDelimitedList }, Stage: { Type: String } }\nConditions: { Prod: !Equals [!Ref Stage, prod] }\n\
         Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !If [Prod, !Ref Names, !Join ['', [!If [Prod, a, !Ref Names]]]] } } }",
        &[
            "E1020 /Resources/Queue/Properties/QueueName/Fn::If/1: `!Ref Names` gives a list, and text is wanted here",
            "E1020 /Resources/Queue/Properties/QueueName/Fn::If/2/Fn::Join/1/0/Fn::If/2: `!Ref Names` gives a list, and \
             `Fn::Join` takes text here",
            "W1028 /Resources/Queue/Properties/QueueName/Fn::If/2/Fn::Join/1/0/Fn::If/1: this branch is never taken: `Prod` is \
             always false here",
        ],
    );
}

#[test]
fn what_a_macro_may_bring_is_left_alone() {
    find(
        "Transform: Company::Macro\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Length [a], QueueName: !Join ['', { Company::List: x }] } } }",
        &[],
    );
}

#[test]
fn a_condition_on_the_region_decides_no_branch() {
    find(
        "Conditions: { East: !Equals [!Ref AWS::Region, us-east-1] }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !If [East, 1, 2] } } }",
        &[],
    );
}
