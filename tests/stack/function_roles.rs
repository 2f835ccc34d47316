//! What the role of a function allows, and what it keeps from the code.

use formwork::aws::attributes::*;
use formwork::aws::{sns, sqs};
use formwork::prelude::*;
use serde_json::{Value as Json, json};

use super::{codes, faults, function, given, stack};

/// The inline policies of the role, by name, with actions and resources.
fn policies(write: impl FnOnce(&mut Stack) -> Function) -> Vec<(String, Json, Json)> {
    let mut stack = stack();
    let noun = write(&mut stack);
    stack.add("Handler", noun);
    let template = stack.lower().template.to_json();
    let policies = template["Resources"]["HandlerRole"]["Properties"]["Policies"].as_array().unwrap().clone();
    let read = |policy: &Json| {
        let statement = &policy["PolicyDocument"]["Statement"][0];
        let name = policy["PolicyName"].as_str().unwrap().to_owned();
        (name, statement["Action"].clone(), statement["Resource"].clone())
    };
    policies.iter().map(read).collect()
}

#[test]
fn its_role_may_do_what_its_settings_ask_for() {
    let own = policies(|stack| {
        let own = given(stack);
        let queue = stack.add("Failed", sqs::Queue::new());
        function()
            .environment_key(own.key)
            .tracing(Tracing::Active)
            .dead_letter(DeadLetter::queue(queue.arn()))
            .in_vpc(own.private, own.database_sg)
    });
    let names: Vec<_> = own.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["logs", "network", "dead-letter", "tracing", "environment"]);
    assert_eq!(own[0].2, json!({ "Fn::GetAtt": ["HandlerLogs", "Arn"] }));
    assert_eq!(own[2].1, "sqs:SendMessage");
    assert_eq!(own[2].2, json!({ "Fn::GetAtt": ["Failed", "Arn"] }));
    assert_eq!(own[3].1, json!(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]));
    assert_eq!(own[4].1, "kms:Decrypt");

    let topic = policies(|stack| {
        let topic = stack.add("Failed", sns::Topic::new());
        function().dead_letter(DeadLetter::topic(topic.topic_arn()))
    });
    assert_eq!(topic[1].1, "sns:Publish");
}

#[test]
fn only_traces_that_may_be_sent_are_allowed() {
    let may = |write: fn(&mut Stack) -> Function| policies(write).iter().any(|(name, ..)| name == "tracing");
    assert!(!may(|_| function()));
    assert!(!may(|_| function().tracing(Tracing::PassThrough)));
    assert!(may(|stack| function().tracing(stack.parameter("Mode", Parameter::text()))));
}

#[test]
fn a_function_as_a_role_of_the_stack() {
    let mut stack = stack();
    let own = given(&mut stack);
    let role = stack.add("Workers", Role::assumed_by("lambda.amazonaws.com"));
    let noun = function().in_vpc(own.private, own.database_sg).tracing(Tracing::Active).role(role);
    let worker = stack.add("Worker", noun);
    stack.grant(role, worker.needs());
    let lowered = stack.lower();
    let template = lowered.template.to_json();
    assert_eq!(template["Resources"]["Worker"]["Properties"]["Role"], json!({ "Fn::GetAtt": ["Workers", "Arn"] }));
    assert!(template["Resources"].get("WorkerRole").is_none());
    let policy = template["Resources"]["Workers"]["Properties"]["Policies"][0]["PolicyDocument"].to_string();
    for wanted in ["logs:PutLogEvents", "ec2:CreateNetworkInterface", "xray:PutTraceSegments", "WorkerLogs"] {
        assert!(policy.contains(wanted), "{wanted} in {policy}");
    }
    assert_eq!(codes(&faults(&stack)), [""; 0]);
    assert!(lowered.goals.assumed.iter().all(|assumed| !assumed.to_string().contains("the role of")));
}

/// The actions that a role's policies deny.
#[track_caller]
fn denied(stack: &Stack, role: &str) -> Vec<String> {
    let template = stack.lower().template.to_json();
    let policies = template["Resources"][role]["Properties"]["Policies"].as_array().cloned().unwrap_or_default();
    let statements = policies.iter().flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap());
    let denials = statements.filter(|statement| statement["Effect"] == "Deny");
    let denials = denials.inspect(|denial| {
        assert_eq!(denial["Resource"], "*");
        assert_eq!(denial["Condition"], json!({ "Null": { "lambda:SourceFunctionArn": "false" } }));
    });
    let actions = denials.flat_map(|denial| match &denial["Action"] {
        Json::Array(actions) => actions.clone(),
        action => vec![action.clone()],
    });
    actions.map(|action| action.as_str().unwrap().trim_start_matches("ec2:").to_owned()).collect()
}

const KEPT: [&str; 6] = [
    "AssignPrivateIpAddresses",
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
    "UnassignPrivateIpAddresses",
];

#[test]
fn code_keeps_off_the_network_interfaces_of_its_function() {
    let mut stack = stack();
    let own = given(&mut stack);
    stack.add("Handler", function().in_vpc(own.private, own.database_sg));
    stack.add("Outside", function());
    assert_eq!(denied(&stack, "HandlerRole"), KEPT);
    assert_eq!(denied(&stack, "OutsideRole"), [""; 0]);
}

#[test]
fn what_code_is_granted_by_name_is_not_denied_to_it() {
    let check = |granted: &'static str, expect: &[&str]| {
        let mut stack = stack();
        let own = given(&mut stack);
        let handler = stack.add("Handler", function().in_vpc(own.private, own.database_sg));
        stack.grant(handler, Permission::on_everything([granted]));
        assert_eq!(denied(&stack, "HandlerRole"), expect, "{granted}");
    };
    check("ec2:DescribeVpcs", &KEPT);
    check("ec2:describesubnets", &[KEPT[0], KEPT[1], KEPT[2], KEPT[3], KEPT[5]]);
    check("ec2:Describe*", &[KEPT[0], KEPT[1], KEPT[2], KEPT[5]]);
    check("ec2:*", &[]);
    check("*", &[]);
}

#[test]
fn a_goal_asks_for_what_is_allowed_only() {
    let mut stack = stack();
    let own = given(&mut stack);
    let role = stack.add("Workers", Role::assumed_by("lambda.amazonaws.com"));
    let worker = stack.add("Worker", function().in_vpc(own.private, own.database_sg).role(role));
    stack.grant(role, worker.needs());
    stack.require(role.can(worker.needs()));
    assert_eq!(denied(&stack, "Workers"), KEPT);
    let asked: Vec<String> = stack.lower().goals.required.iter().map(ToString::to_string).collect();
    assert_eq!(asked[0].matches("ec2:CreateNetworkInterface").count(), 1, "{asked:?}");
}

#[test]
fn what_a_role_that_exists_allows_is_taken_on_trust() {
    let mut stack = stack();
    let role = stack.import("Workers", Role::existing("arn:aws:iam::111122223333:role/workers"));
    stack.add("Worker", function().role(role));
    let lowered = stack.lower();
    let template = lowered.template.to_json();
    assert_eq!(template["Resources"]["Worker"]["Properties"]["Role"], "arn:aws:iam::111122223333:role/workers");
    let assumed: Vec<_> = lowered.goals.assumed.iter().map(ToString::to_string).collect();
    assert_eq!(
        assumed,
        [
            "the role of Worker may do what the function needs: logs:CreateLogStream, logs:PutLogEvents: the role exists outside this stack"
        ]
    );
}
