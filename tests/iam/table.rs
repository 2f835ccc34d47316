//! The table: policies, asks, answers. The lab puts the same cases before another evaluator.

use formwork::iam::Certainty;
use formwork::iam::evaluation::evaluate;
use serde_json::{Value as Json, json};

use super::case;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

/// A case in the shape that both evaluators take, and what is expected of it.
pub struct Row {
    pub said: String,
    pub case: Json,
    pub answer: String,
}

pub fn rows() -> Vec<Row> {
    let groups: Vec<Json> = serde_yaml::from_str(include_str!("table.yaml")).expect("the table is YAML");
    groups
        .iter()
        .flat_map(|group| {
            let asks = group["asks"].as_array().expect("asks");
            asks.iter().map(|ask| row(group, ask.as_str().expect("an ask")))
        })
        .collect()
}

fn row(group: &Json, ask: &str) -> Row {
    let (question, answer) = ask.rsplit_once(": ").expect("an answer");
    let (question, context) = match question.split_once(" with ") {
        Some((question, context)) => (question, serde_yaml::from_str(context).expect("a context")),
        None => (question, json!({})),
    };
    let (question, principal) = match question.split_once(" as ") {
        Some((question, principal)) => (question, principal.to_owned()),
        None => (question, format!("arn:aws:sts::{OWN}:assumed-role/app/i-1")),
    };
    let (action, resource) = question.split_once(" on ").expect("a resource");
    let document =
        |key: &str| group.get(key).map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }));
    let named = |key: &str| document(key).map(|policy| json!([{ "name": key, "policy": policy }]));
    let level =
        |key: &str| named(key).map_or(json!([]), |policies| json!([{ "orgIdentifier": "o-1", "policies": policies }]));
    let (resource, account) = arn(resource);
    let mut case = json!({
        "request": {
            "principal": principal,
            "action": action,
            "resource": { "resource": resource, "accountId": account },
            "contextVariables": context,
        },
        "identityPolicies": named("identity").unwrap_or(json!([])),
        "serviceControlPolicies": level("scp"),
        "resourceControlPolicies": level("rcp"),
    });
    for (key, value) in [
        ("resourcePolicy", document("resource")),
        ("sessionPolicy", document("session")),
        ("permissionBoundaryPolicies", named("boundary")),
        ("vpcEndpointPolicies", named("endpoint")),
    ] {
        if let Some(value) = value {
            case[key] = value;
        }
    }
    let said = format!("{}: {ask}", group["say"].as_str().expect("what it says"));
    Row { said, case, answer: answer.to_owned() }
}

/// What a short name stands for, and its account.
fn arn(short: &str) -> (String, &'static str) {
    let (short, account) = match short.strip_prefix('^') {
        Some(short) => (short, OTHER),
        None => (short, OWN),
    };
    let arn = |service: &str, region: &str, rest: String| format!("arn:aws:{service}:{region}:{account}:{rest}");
    let named = match short.split_once('/') {
        Some(("secret", name)) => arn("secretsmanager", "eu-west-1", format!("secret:{name}")),
        Some(("key", name)) => arn("kms", "eu-west-1", format!("key/{name}")),
        Some(("db", name)) => arn("rds-db", "eu-west-1", format!("dbuser:{name}")),
        Some(("role", name)) => arn("iam", "", format!("role/{name}")),
        _ => short.to_owned(),
    };
    (named, account)
}

/// What is answered, as the table has it.
pub fn answered(case: &Json) -> &'static str {
    let (request, policies) = case::read(case);
    let verdict = evaluate(&request, &policies);
    match (verdict.allowed, verdict.denied) {
        (Certainty::Yes, _) => "yes",
        (Certainty::No, Certainty::Yes) => "deny",
        (Certainty::No, _) => "no",
        (Certainty::Unknown, _) => "unknown",
    }
}

#[test]
fn policies_answer_as_documented() {
    let rows = rows();
    assert!(rows.len() >= 150, "{} rows", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| answered(&row.case) != row.answer)
        .map(|row| format!("{} but: {}", row.said, answered(&row.case)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
