//! Roles, policies, secrets and keys that exist are known once the AWS CLI has told them.

use formwork::goal::Goals;
use formwork::prove::{Answer, Facts, Judgement, Proof, Unfit, Verdict, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;
use serde_json::{Value, json};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const KEY_ID: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

const TEMPLATE: &str = "
Parameters:
  HandlerRole: { Type: String }
Resources:
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: app, EngineFamily: POSTGRESQL, RoleArn: 'arn:aws:iam::111122223333:role/service/orders-proxy', VpcSubnetIds: [subnet-a, subnet-b], Auth: [{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf' }] } }
  Handler: { Type: AWS::Lambda::Function, Properties: { Role: !Ref HandlerRole, VpcConfig: { SubnetIds: [subnet-a], SecurityGroupIds: [sg-1] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint, DB_USER: app } } } }
";

/// What the AWS CLI printed, by the names of the files.
type Printed = Vec<(String, Value)>;

fn statement(action: &Value, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }] })
}

fn trust(service: &str) -> Value {
    json!({ "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }] })
}

/// As in a URL.
fn encoded(document: &Value) -> Value {
    document.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().into()
}

/// An account in which everything is as it should be.
fn account() -> Printed {
    let role = |name: &str, path: &str, service: &str| json!({ "Role": { "RoleName": name, "Arn": format!("arn:aws:iam::111122223333:role{path}{name}"), "AssumeRolePolicyDocument": trust(service) } });
    let delegation = json!({ "Statement": { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" } });
    let managed = "arn:aws:iam::111122223333:policy/orders-login";
    let printed = [
        ("get-role.orders-proxy", role("orders-proxy", "/service/", "rds.amazonaws.com")),
        ("list-role-policies.orders-proxy", json!({ "PolicyNames": ["read", "decrypt"] })),
        (
            "read",
            json!({ "RoleName": "orders-proxy", "PolicyName": "read", "PolicyDocument": encoded(&statement(&json!("secretsmanager:GetSecretValue"), SECRET)) }),
        ),
        (
            "decrypt",
            json!({ "RoleName": "orders-proxy", "PolicyName": "decrypt", "PolicyDocument": statement(&json!("kms:Decrypt"), KEY) }),
        ),
        ("list-attached-role-policies.orders-proxy", json!({ "AttachedPolicies": [] })),
        ("get-role.orders-handler", role("orders-handler", "/", "lambda.amazonaws.com")),
        ("list-role-policies.orders-handler", json!({ "PolicyNames": [] })),
        (
            "list-attached-role-policies.orders-handler",
            json!({ "AttachedPolicies": [
                { "PolicyName": "AWSLambdaVPCAccessExecutionRole", "PolicyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole" },
                { "PolicyName": "orders-login", "PolicyArn": managed },
            ] }),
        ),
        ("login", json!({ "Policy": { "PolicyName": "orders-login", "Arn": managed, "DefaultVersionId": "v2" } })),
        (
            "get-policy-version.orders-login",
            json!({ "PolicyVersion": { "VersionId": "v2", "IsDefaultVersion": true,
                "Document": statement(&json!("rds-db:connect"), "arn:aws:rds-db:eu-west-1:111122223333:dbuser:*/app") } }),
        ),
        (
            "secret",
            json!({ "ARN": SECRET, "Name": "orders", "KmsKeyId": KEY, "RotationEnabled": true, "CreatedDate": 1.0 }),
        ),
        ("policy of the secret", json!({ "ARN": SECRET, "Name": "orders" })),
        (&format!("get-key-policy.{KEY_ID}"), json!({ "Policy": delegation.to_string(), "PolicyName": "default" })),
        (
            "key",
            json!({ "KeyMetadata": { "KeyId": KEY_ID, "Arn": KEY, "KeyManager": "CUSTOMER", "KeyState": "Enabled" } }),
        ),
    ];
    printed.into_iter().map(|(name, json)| (name.to_owned(), json)).collect()
}

fn judged(account: &Printed) -> Judgement {
    let (template, places, unreadable) = parse(TEMPLATE, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}");
    let mut facts = Facts::default();
    for (name, printed) in account {
        facts.read(name, printed).unwrap_or_else(|unfit| panic!("{name}: {unfit:?}"));
    }
    let environment = Environment::unknown()
        .in_region("eu-west-1")
        .with_parameter("HandlerRole", "arn:aws:iam::111122223333:role/orders-handler");
    judge(&template, &places, &environment, &Goals::default(), &facts)
}

fn permissions(judgement: &Judgement) -> Vec<&Proof> {
    judgement.proofs.iter().filter(|proof| proof.goal.kind() == "can").collect()
}

fn change(account: &mut Printed, file: &str, pointer: &str, value: Value) {
    let (_, printed) = account.iter_mut().find(|(name, _)| name == file).expect("there is such a file");
    *printed.pointer_mut(pointer).expect("there is such a part") = value;
}

/// What breaks once a part of the account is another.
#[track_caller]
fn breaks(file: &str, pointer: &str, value: Value, broken: &str) {
    let mut account = account();
    change(&mut account, file, pointer, value);
    let judgement = judged(&account);
    let steps = permissions(&judgement).into_iter().flat_map(Proof::broken);
    let told: Vec<_> = steps.map(|step| format!("{}: {}", step.hop, step.message)).collect();
    assert!(told.iter().any(|told| told.contains(broken)), "`{broken}` breaks: {told:#?}");
}

#[test]
fn with_facts_each_permission_is_proved_and_nothing_is_taken_of_roles_and_keys() {
    let judgement = judged(&account());
    let goals: Vec<String> = permissions(&judgement).iter().map(|proof| proof.goal.to_string()).collect();
    assert_eq!(goals.len(), 5, "two trusts, a secret, interfaces, a login: {goals:#?}");
    for proof in permissions(&judgement) {
        assert_eq!(proof.verdict, Verdict::Proved, "{}: {:#?}", proof.goal, proof.steps);
        let taken = proof.steps.iter().filter(|step| step.answer == Answer::Assumed);
        let taken: Vec<_> = taken.filter(|step| step.hop != "authentication").map(|step| &step.message).collect();
        assert!(taken.is_empty(), "{}: {taken:#?}", proof.goal);
    }
}

#[test]
fn a_role_that_trusts_somebody_else() {
    let other = trust("ec2.amazonaws.com");
    breaks("get-role.orders-proxy", "/Role/AssumeRolePolicyDocument", other, "does not trust `rds.amazonaws.com`");
}

#[test]
fn a_role_that_may_read_another_secret() {
    let other = statement(
        &json!("secretsmanager:GetSecretValue"),
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:bills-AbCdEf",
    );
    breaks(
        "read",
        "/PolicyDocument",
        encoded(&other),
        "no policy of `arn:aws:iam::111122223333:role/service/orders-proxy` allows",
    );
}

#[test]
fn a_managed_policy_of_another_action() {
    let other = statement(&json!("rds:connect"), "*");
    breaks("get-policy-version.orders-login", "/PolicyVersion/Document", other, "`rds-db:connect`");
}

#[test]
fn a_boundary_that_does_not_allow() {
    let mut account = account();
    let boundary =
        json!({ "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" });
    let role = account[0].1["Role"].as_object_mut().expect("a role");
    role.insert("PermissionsBoundary".into(), boundary);
    let judgement = judged(&account);
    let mut broken = permissions(&judgement).into_iter().flat_map(Proof::broken);
    assert!(broken.any(|step| step.hop == "permissions-boundary"), "{:#?}", judgement.proofs);
}

#[test]
fn a_secret_that_denies() {
    let denial = json!({ "Statement": { "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*" } });
    let mut account = account();
    account[11].1["ResourcePolicy"] = denial.to_string().into();
    let judgement = judged(&account);
    let mut broken = permissions(&judgement).into_iter().flat_map(Proof::broken);
    assert!(broken.any(|step| step.hop == "resource-policy"), "{:#?}", judgement.proofs);
}

#[test]
fn a_secret_that_waits_for_its_deletion() {
    let mut account = account();
    account[10].1["DeletedDate"] = json!(1.0);
    let judgement = judged(&account);
    let mut broken = permissions(&judgement).into_iter().flat_map(Proof::broken);
    assert!(broken.any(|step| step.message.contains("waits for its deletion")));
}

#[test]
fn a_key_that_leaves_it_to_somebody_else() {
    let other = json!({ "Statement": { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" }, "Action": "kms:*", "Resource": "*" } });
    let file = format!("get-key-policy.{KEY_ID}");
    breaks(&file, "/Policy", other.to_string().into(), &format!("the policy of `{KEY}`"));
    breaks("key", "/KeyMetadata/KeyState", json!("PendingDeletion"), "its state is `PendingDeletion`");
}

#[test]
fn a_secret_of_the_key_of_aws_needs_no_permission_for_it() {
    let mut account = account();
    account[10].1.as_object_mut().expect("a secret").remove("KmsKeyId");
    account.retain(|(name, _)| name != "decrypt");
    change(&mut account, "list-role-policies.orders-proxy", "/PolicyNames", json!(["read"]));
    let judgement = judged(&account);
    assert!(permissions(&judgement).iter().all(|proof| proof.verdict == Verdict::Proved), "{:#?}", judgement.proofs);
}

#[test]
fn what_is_missing_is_taken_for_given_and_the_command_that_tells_it_is_named() {
    let all = account();
    for (at, command) in [
        (0, "aws iam get-role --role-name orders-proxy > get-role.orders-proxy.json"),
        (1, "aws iam list-role-policies --role-name orders-proxy > list-role-policies.orders-proxy.json"),
        (
            2,
            "aws iam get-role-policy --role-name orders-proxy --policy-name read > get-role-policy.orders-proxy.read.json",
        ),
        (
            7,
            "aws iam list-attached-role-policies --role-name orders-handler > list-attached-role-policies.orders-handler.json",
        ),
        (
            8,
            "aws iam get-policy --policy-arn arn:aws:iam::111122223333:policy/orders-login > get-policy.orders-login.json",
        ),
        (10, "aws secretsmanager describe-secret --secret-id"),
        (12, "aws kms get-key-policy --key-id 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0 --policy-name default"),
    ] {
        let mut account = all.clone();
        let (name, _) = account.remove(at);
        // The version tells by itself that it is the one that counts.
        if at == 8 {
            account.retain(|(name, _)| name != "get-policy-version.orders-login");
        }
        let judgement = judged(&account);
        let proofs = permissions(&judgement);
        assert!(proofs.iter().all(|proof| proof.verdict == Verdict::Proved), "without {name}: {proofs:#?}");
        let helps: Vec<_> =
            proofs.iter().flat_map(|proof| &proof.steps).filter_map(|step| step.help.as_deref()).collect();
        assert!(helps.iter().any(|help| help.contains(command)), "without {name}: `{command}` in {helps:#?}");
    }
}

#[test]
fn everything_in_one_file_is_the_same() {
    let all = account();
    let of = |at: usize, key: &str| all[at].1[key].clone();
    let role = |at: usize, inline: Value, attached: Value| {
        let mut role = of(at, "Role");
        (role["RolePolicyList"], role["AttachedManagedPolicies"]) = (inline, attached);
        role
    };
    let details = json!({
        "RoleDetailList": [
            role(0, json!([all[2].1, all[3].1]), json!([])),
            role(5, json!([]), of(7, "AttachedPolicies")),
        ],
        "Policies": [{ "PolicyName": "orders-login", "Arn": all[8].1["Policy"]["Arn"], "PolicyVersionList": [all[9].1["PolicyVersion"]] }],
        "UserDetailList": [], "GroupDetailList": [],
    });
    let mut account: Printed = all[10..].to_vec();
    account.push(("details".to_owned(), details));
    let judgement = judged(&account);
    assert_eq!(permissions(&judgement).len(), 5);
    assert!(permissions(&judgement).iter().all(|proof| proof.verdict == Verdict::Proved), "{:#?}", judgement.proofs);
}

#[track_caller]
fn unfit(name: &str, printed: &Value, path: &str, message: &str) {
    let found: Unfit = Facts::default().read(name, printed).expect_err("it tells no facts");
    assert_eq!(found.path, path, "{found:?}");
    assert!(found.message.contains(message), "{found:?}");
}

#[test]
fn what_is_wrong_with_a_file_is_told_by_its_place() {
    let role =
        json!({ "RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": "%7Bno" });
    unfit("get-role.r", &json!({ "Role": role }), "/Role/AssumeRolePolicyDocument", "its text is not JSON");
    unfit("get-role.r", &json!({ "Role": {} }), "/Role", "it has no `Arn`");
    unfit("list-role-policies", &json!({ "PolicyNames": [] }), "", "does not say of which role it is");
    unfit("get-key-policy", &json!({ "Policy": "{}" }), "", "does not say of which key-id it is");
    unfit("get-key-policy.k", &json!({ "Policy": "{}" }), "/Policy", "it has no `Statement`");
    let cut = json!({ "AttachedPolicies": [], "NextToken": "more" });
    unfit("list-attached-role-policies.r", &cut, "", "cut off");
    let attached = json!({ "AttachedPolicies": [{ "PolicyName": "p" }] });
    unfit("list-attached-role-policies.r", &attached, "/AttachedPolicies/0", "it has no `PolicyArn`");
}

#[test]
fn the_value_of_a_secret_is_refused_and_not_told() {
    let value = json!({ "ARN": SECRET, "Name": "orders", "SecretString": "hunter2", "CreatedDate": 1.0 });
    let found = Facts::default().read("get-secret-value", &value).expect_err("it is not wanted");
    assert!(found.message.contains("the value of a secret"));
    assert!(!format!("{found:?}").contains("hunter2"));
}
