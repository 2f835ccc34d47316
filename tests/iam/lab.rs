//! Cases and answers for another evaluator: see `tests/labs/run`.

use std::fs;
use std::path::Path;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::{laws, table};

/// So many random cases are put before it.
const RANDOM: usize = 4000;

#[test]
#[ignore = "writes what the labs read"]
fn cases_and_answers() {
    let mut lines = String::new();
    let mut add = |said: &str, case: &Json| {
        let line = json!({ "said": said, "case": case, "answer": table::answered(case) });
        lines.push_str(&format!("{line}\n"));
    };
    table::rows().iter().for_each(|row| add(&row.said, &real(row.case.clone())));
    // The same on every machine.
    let mut runner = TestRunner::deterministic();
    for n in 0..RANDOM {
        let case = laws::any_case().new_tree(&mut runner).expect("a case").current();
        add(&format!("random {n}"), &case);
    }
    let folder = Path::new("target/labs/iam");
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("cases.jsonl"), lines).expect("a file");
}

/// The other evaluator knows the actions that there are, and the keys of each: a made-up action of the table becomes one
/// that has the keys, and its statement stays alone.
fn real(mut case: Json) -> Json {
    let action = case["request"]["action"].as_str().expect("an action").to_owned();
    if !action.starts_with("a:") {
        return case;
    }
    let statements = case["identityPolicies"][0]["policy"]["Statement"].as_array_mut().expect("statements");
    statements.retain(|statement| statement["Action"] == action.as_str());
    let text = statements[0].to_string();
    let (real, resource) = [
        ("kms:", "kms:Decrypt", KEY),
        ("secretsmanager:Recovery", "secretsmanager:DeleteSecret", SECRET),
        ("arn:aws:s3", "s3:GetObject", ""),
        ("aws:TagKeys", "secretsmanager:TagResource", SECRET),
        ("aws:RequestTag", "secretsmanager:TagResource", SECRET),
        ("lambda:", "secretsmanager:GetSecretValue", SECRET),
    ]
    .into_iter()
    .find_map(|(part, action, resource)| text.contains(part).then_some((action, resource)))
    .unwrap_or(("secretsmanager:GetSecretValue", SECRET));
    statements[0]["Action"] = json!(real);
    case["request"]["action"] = json!(real);
    if !resource.is_empty() {
        case["request"]["resource"]["resource"] = json!(resource);
    }
    if real.starts_with("kms:") {
        let root =
            json!({ "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "kms:*", "Resource": "*" });
        case["resourcePolicy"] = json!({ "Version": "2012-10-17", "Statement": [root] });
    }
    case
}

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11";
