//! Laws on random policies and requests.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::table::answered;

/// Actions, each with a resource that it is for.
const ASKED: &[(&str, &str)] = &[
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:444455556666:secret:app-AbCdEf"),
    ("secretsmanager:DescribeSecret", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/app-AbCdEf"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11"),
    ("rds-db:connect", "arn:aws:rds-db:eu-west-1:111122223333:dbuser:prx-0a1/app"),
    ("rds-db:connect", "arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-X/reader"),
    ("ec2:DeleteNetworkInterface", "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
];
const PATTERNS: &[&str] = &[
    "*",
    "secretsmanager:*",
    "SECRETSMANAGER:get*",
    "kms:Decrypt",
    "rds-db:connect",
    "rds-db:conn?ct",
    "ec2:*",
    "sts:Assume*",
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
/// Operators with a key that they fit and values for it.
const CONDITIONS: &[(&str, &str, &[&str])] = &[
    ("StringEquals", "aws:PrincipalTag/team", &["blue", "red", "b*"]),
    ("StringNotEquals", "aws:PrincipalTag/team", &["blue", "red"]),
    ("StringLike", "aws:principaltag/TEAM", &["b*", "?ed", "blue"]),
    ("StringNotLike", "aws:PrincipalTag/team", &["b*", "green"]),
    ("StringEqualsIfExists", "aws:PrincipalTag/team", &["blue", "red"]),
    ("StringNotEqualsIfExists", "aws:SourceVpce", &["vpce-1", "vpce-2"]),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", &["BLUE", "Red"]),
    ("StringNotEqualsIgnoreCase", "aws:PrincipalTag/team", &["BLUE", "Red"]),
    ("StringEquals", "aws:SourceVpce", &["vpce-1", "vpce-2"]),
    ("Null", "aws:PrincipalTag/team", &["true", "false"]),
    ("Null", "aws:SourceVpce", &["true", "false"]),
    ("Bool", "aws:SecureTransport", &["true", "false"]),
    ("BoolIfExists", "aws:SecureTransport", &["true", "false"]),
    ("NumericLessThan", "aws:MultiFactorAuthAge", &["60", "3600"]),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", &["60", "3600"]),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", &["60", "300"]),
    ("NumericEqualsIfExists", "aws:MultiFactorAuthAge", &["60", "300"]),
    ("DateLessThan", "aws:CurrentTime", &["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
    ("DateGreaterThanEquals", "aws:CurrentTime", &["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"]),
    ("DateNotEquals", "aws:CurrentTime", &["2026-06-01T12:00:00Z"]),
    ("IpAddress", "aws:SourceIp", &["203.0.113.0/24", "10.0.0.0/8"]),
    ("NotIpAddress", "aws:SourceIp", &["203.0.113.0/25", "2001:db8::/32"]),
    ("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/eve"]),
    ("ArnNotLike", "aws:PrincipalArn", &["arn:aws:iam::111122223333:role/a*"]),
    ("ArnEquals", "aws:PrincipalArn", &["arn:aws:iam::111122223333:role/app", "arn:aws:iam::*:user/*"]),
    ("ArnNotEquals", "aws:PrincipalArn", &["arn:aws:iam::111122223333:role/other"]),
    ("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", &["o-1/r-1/ou-1/", "o-1/r-1/ou-2/"]),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", &["o-1/r-1/*", "o-2/*"]),
    ("ForAnyValue:StringEquals", "aws:PrincipalOrgPaths", &["o-1/r-1/ou-2/", "o-2/"]),
    ("ForAllValues:StringNotEquals", "aws:PrincipalOrgPaths", &["o-1/r-1/ou-2/", "o-2/"]),
    ("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", &["o-1/r-1/ou-1*"]),
    ("StringEquals", "aws:PrincipalTag/team", &["${aws:PrincipalTag/app}", "${aws:PrincipalTag/app, 'red'}"]),
    ("StringLike", "aws:PrincipalTag/team", &["${aws:PrincipalTag/app}*", "b${*}"]),
];

fn condition() -> impl Strategy<Value = Option<Json>> {
    let one = (select(CONDITIONS), prop::bool::ANY).prop_map(|((operator, key, values), all)| {
        let values = if all { values } else { &values[..1] };
        json!({ operator: { key: values } })
    });
    prop::option::weighted(0.4, one)
}

/// The keys of a request, each there or not.
fn context() -> impl Strategy<Value = Json> {
    let one = |key: &'static str, values: &'static [&'static str]| {
        prop::option::of(select(values)).prop_map(move |value| value.map(|value| (key, json!(value))))
    };
    let paths: &[&[&str]] = &[&["o-1/r-1/ou-1/"], &["o-1/r-1/ou-1/", "o-1/r-1/ou-2/"], &["o-2/"]];
    let paths =
        prop::option::of(select(paths)).prop_map(|paths| paths.map(|paths| ("aws:PrincipalOrgPaths", json!(paths))));
    let keys = (
        one("aws:PrincipalTag/team", &["blue", "red", "Blue", "b*"]),
        one("aws:PrincipalTag/app", &["blue", "b"]),
        one("aws:SourceVpce", &["vpce-1", "vpce-3"]),
        one("aws:SecureTransport", &["true", "false"]),
        one("aws:MultiFactorAuthAge", &["60", "299", "3601"]),
        one("aws:CurrentTime", &["2026-06-01T12:00:00Z", "2025-06-01T12:00:00Z"]),
        one("aws:SourceIp", &["203.0.113.200", "10.1.2.3", "2001:db8::7"]),
        paths,
    );
    keys.prop_map(|keys| {
        let (a, b, c, d, e, f, g, h) = keys;
        [a, b, c, d, e, f, g, h].into_iter().flatten().map(|(key, value)| (key.to_owned(), value)).collect()
    })
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
    let sometimes = |share, of_resource| prop::option::weighted(share, document(of_resource));
    let who =
        select(&[SESSION, SESSION, "arn:aws:iam::111122223333:user/eve", "arn:aws:iam::111122223333:role/app"][..]);
    let asked = (select(ASKED), who, context());
    let policies = (
        document(false),
        (document(true), prop::bool::weighted(0.4)),
        sometimes(0.2, false),
        sometimes(0.1, false),
        sometimes(0.1, true),
        sometimes(0.2, false),
        sometimes(0.15, true),
    );
    (asked, policies).prop_map(|(((action, resource), who, mut context), policies)| {
        let (identity, (of_resource, has_policy), boundary, session, endpoint, service_control, resource_control) = policies;
        let account = resource.split(':').nth(4).expect("an account");
        context["aws:PrincipalArn"] = json!(who.replace(":sts:", ":iam:").replace(":assumed-role/app/i-1", ":role/app"));
        let named = |policy: Json| json!([{ "name": "p", "policy": policy }]);
        let levels = |policy: Option<Json>| match policy {
            Some(policy) => json!([{ "orgIdentifier": "o-1", "policies": named(policy) }]),
            None => json!([]),
        };
        let mut case = json!({
            "request": { "principal": who, "action": action, "resource": { "resource": resource, "accountId": account }, "contextVariables": context },
            "identityPolicies": named(identity),
            "serviceControlPolicies": levels(service_control),
            "resourceControlPolicies": levels(resource_control.map(denying)),
        });
        let is_trust = action == "sts:AssumeRole";
        for (key, value) in [
            // Every role has a trust policy.
            ("resourcePolicy", if is_trust { Some(trusting(of_resource)) } else { has_policy.then_some(of_resource) }),
            ("permissionBoundaryPolicies", boundary.map(named)),
            ("sessionPolicy", session.filter(|_| who == SESSION)),
            ("vpcEndpointPolicies", endpoint.map(anyone).map(named)),
        ] {
            if let Some(value) = value {
                case[key] = value;
            }
        }
        case
    })
}

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/i-1";

fn each_statement(mut policy: Json, change: impl Fn(&mut Json)) -> Json {
    policy["Statement"].as_array_mut().expect("statements").iter_mut().for_each(change);
    policy
}

/// A control policy of resources denies, whoever it is.
fn denying(policy: Json) -> Json {
    each_statement(policy, |statement| {
        let map = statement.as_object_mut().expect("a statement");
        let is_wide = map.get("Action").is_none_or(|actions| actions.to_string().contains("\"*\""));
        if is_wide {
            map.remove("NotAction");
            map.insert("Action".into(), json!(["secretsmanager:*", "kms:*"]));
        }
        map.insert("Effect".into(), json!("Deny"));
        map.insert("Principal".into(), json!("*"));
    })
}

/// An endpoint's policy is for anyone.
fn anyone(policy: Json) -> Json {
    each_statement(policy, |statement| statement["Principal"] = json!("*"))
}

/// A trust policy names no resource.
fn trusting(policy: Json) -> Json {
    each_statement(policy, |statement| {
        let map = statement.as_object_mut().expect("a statement");
        map.retain(|key, _| !matches!(key.as_str(), "Resource" | "NotResource" | "NotAction"));
        map.insert("Action".into(), json!("sts:AssumeRole"));
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
