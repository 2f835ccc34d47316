//! Laws on random policies and requests.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::table::answered;

const ACTIONS: &[&str] =
    &["secretsmanager:GetSecretValue", "kms:Decrypt", "rds-db:connect", "ec2:CreateNetworkInterface"];
const PATTERNS: &[&str] =
    &["*", "secretsmanager:*", "SECRETSMANAGER:get*", "kms:Decrypt", "rds-db:connect", "rds-db:conn?ct", "ec2:*"];
const RESOURCES: &[&str] = &[
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf",
    "arn:aws:secretsmanager:eu-west-1:444455556666:secret:app-AbCdEf",
    "arn:aws:kms:eu-west-1:111122223333:key/k1",
    "arn:aws:rds-db:eu-west-1:111122223333:dbuser:prx-0a1/app",
];
const GLOBS: &[&str] = &[
    "*",
    "arn:aws:secretsmanager:*:*:secret:app-??????",
    "arn:aws:secretsmanager:eu-west-1:111122223333:*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:rds-db:eu-west-1:111122223333:dbuser:prx-0a1/*",
    "arn:aws:rds-db:*:*:dbuser:*/app",
    "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-X/app",
];
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringEquals",
    "Null",
    "StringEqualsIgnoreCase",
    "StringNotLike",
    "ForAnyValue:StringLike",
];

fn condition() -> impl Strategy<Value = Option<Json>> {
    let key = select(&["aws:PrincipalTag/team", "kms:ViaService", "aws:SourceVpce"][..]);
    let values = prop::collection::vec(select(&["blue", "red", "b*", "true", "false"][..]), 1..3);
    prop::option::of(
        (select(OPERATORS), key, values).prop_map(|(operator, key, values)| json!({ operator: { key: values } })),
    )
}

fn principal() -> impl Strategy<Value = Json> {
    select(
        &[
            "*",
            "111122223333",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:role/app",
            "arn:aws:sts::111122223333:assumed-role/app/i-1",
            "arn:aws:iam::111122223333:role/other",
            "444455556666",
        ][..],
    )
    .prop_map(|name| json!({ "AWS": name }))
}

fn statement(of_resource: bool) -> impl Strategy<Value = Json> {
    let list = |from: &'static [&'static str]| prop::collection::vec(select(from), 1..3);
    let effect = prop::bool::weighted(0.8);
    (
        effect,
        list(PATTERNS),
        prop::bool::weighted(0.15),
        list(GLOBS),
        prop::bool::weighted(0.1),
        condition(),
        principal(),
    )
        .prop_map(move |(allow, actions, not_action, resources, not_resource, condition, principal)| {
            let mut made = json!({ "Effect": if allow { "Allow" } else { "Deny" } });
            made[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            made[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            if let Some(condition) = condition {
                made["Condition"] = condition;
            }
            if of_resource {
                made["Principal"] = principal;
            }
            made
        })
}

fn document(of_resource: bool) -> impl Strategy<Value = Json> {
    prop::collection::vec(statement(of_resource), 1..4)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// A request of this domain with policies of every kind.
pub fn any_case() -> impl Strategy<Value = Json> {
    let named = || document(false).prop_map(|policy| json!([{ "name": "p", "policy": policy }]));
    let level = |of| prop::option::weighted(0.2, document(of));
    let tags = prop::option::of(select(&["blue", "red", "bl"][..]));
    let via = prop::option::of(select(&["blue", "secretsmanager.eu-west-1.amazonaws.com"][..]));
    let who = select(&["arn:aws:sts::111122223333:assumed-role/app/i-1", "arn:aws:iam::111122223333:user/eve"][..]);
    let rest = (
        prop::option::weighted(0.3, document(true)),
        prop::option::weighted(0.2, named()),
        prop::option::weighted(0.1, document(false)),
        prop::option::weighted(0.1, document(true)),
        level(false),
        level(true),
    );
    (select(ACTIONS), select(RESOURCES), named(), tags, via, who, rest).prop_map(|(action, resource, identity, tag, via, who, rest)| {
        let (of_resource, boundary, session, endpoint, scp, rcp) = rest;
        let account = resource.split(':').nth(4).expect("an account");
        let mut context = json!({});
        if let Some(tag) = tag { context["aws:PrincipalTag/team"] = json!(tag); }
        if let Some(via) = via { context["kms:ViaService"] = json!(via); }
        let levels = |policy: Option<Json>| policy.map_or(json!([]), |policy| json!([{ "orgIdentifier": "o", "policies": [{ "name": "p", "policy": policy }] }]));
        // What is attached everywhere denies only.
        let rcp = rcp.map(|mut policy| {
            for statement in policy["Statement"].as_array_mut().expect("statements") { statement["Effect"] = json!("Deny"); statement["Principal"] = json!("*"); }
            policy
        });
        let mut case = json!({
            "request": { "principal": who, "action": action, "resource": { "resource": resource, "accountId": account }, "contextVariables": context },
            "identityPolicies": identity,
            "serviceControlPolicies": levels(scp),
            "resourceControlPolicies": levels(rcp),
        });
        for (key, value) in [("resourcePolicy", of_resource), ("permissionBoundaryPolicies", boundary), ("sessionPolicy", session.filter(|_| who.contains(":assumed-role/")))] {
            if let Some(value) = value { case[key] = value; }
        }
        if let Some(policy) = endpoint { case["vpcEndpointPolicies"] = json!([{ "name": "e", "policy": policy }]); }
        case
    })
}

fn statements(case: &mut Json) -> &mut Vec<Json> {
    case["identityPolicies"][0]["policy"]["Statement"].as_array_mut().expect("statements")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_statements_is_irrelevant(case in any_case()) {
        let mut turned = case.clone();
        statements(&mut turned).reverse();
        prop_assert_eq!(answered(&case), answered(&turned));
    }

    #[test]
    fn a_denial_never_allows(case in any_case(), mut more in statement(false)) {
        more["Effect"] = json!("Deny");
        let mut denied = case.clone();
        statements(&mut denied).push(more);
        prop_assert!(answered(&case) == "yes" || answered(&denied) != "yes");
    }

    #[test]
    fn an_allowance_never_takes(case in any_case(), mut more in statement(false)) {
        more["Effect"] = json!("Allow");
        let mut allowed = case.clone();
        statements(&mut allowed).push(more);
        prop_assert!(answered(&case) != "yes" || answered(&allowed) == "yes");
    }

    #[test]
    fn a_wildcard_never_shrinks(case in any_case(), at in 0..20usize) {
        let mut wider = case.clone();
        for statement in statements(&mut wider).iter_mut().filter(|one| one["Effect"] == "Allow" && one.get("Resource").is_some()) {
            for pattern in statement["Resource"].as_array_mut().expect("resources") {
                let text = pattern.as_str().expect("text").to_owned();
                let at = at.min(text.len());
                *pattern = json!(format!("{}*", &text[..at]));
            }
        }
        prop_assert!(answered(&case) != "yes" || answered(&wider) == "yes");
    }

    #[test]
    fn nothing_is_allowed_by_nothing(case in any_case()) {
        let mut empty = case.clone();
        statements(&mut empty).clear();
        empty.as_object_mut().expect("a case").remove("resourcePolicy");
        prop_assert_ne!(answered(&empty), "yes");
    }
}
