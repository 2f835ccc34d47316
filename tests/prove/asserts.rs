//! Assertions for the tests of one's own stacks, and who reaches what.

use formwork::prelude::*;
use formwork::prove::{Answer, Facts, Verdict, who_can, who_reaches};
use formwork::resolve::{Environment as Known, Resolved};
use formwork::template::parse::parse;
use formwork::{assert_can, assert_cannot, assert_isolated, assert_reaches, testing};

use super::bases::SEPARATE;
use super::changed;

fn stack(wired: bool) -> Stack {
    let environment = Environment::new("prod", "111122223333", Region::EuWest1);
    let mut stack = Stack::new("billing", &environment);
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3", "subnet-0b72d2c3"]));
    let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2"));
    let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, database_sg));
    let secret = Secret::existing(
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing-AbCdEf",
        EncryptedBy::AwsManagedKey,
    );
    let secret = stack.import("Secret", secret.user(user("billing")));
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
    let code = Code::inline("def handler(event, context): ...");
    let function = Function::new(Runtime::Python313, code).in_vpc(private, lambda_sg).env("DB_HOST", proxy.endpoint());
    let handler = stack.add("Handler", function);
    if wired {
        stack.allow(handler, proxy);
    }
    stack.allow(proxy, database);
    stack.grant(handler, proxy.connect());
    stack
}

#[test]
fn a_stack_that_is_wired_passes() {
    let stack = stack(true);
    assert_reaches!(stack, "Handler", "Proxy");
    assert_reaches!(stack, "LambdaSg", "ProxySg", tcp 5432);
    assert_isolated!(stack, "Proxy", except: ["Handler"]);
}

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing-AbCdEf";

#[test]
fn what_a_stack_may_do_is_asserted() {
    let stack = stack(true);
    assert_can!(stack, "Proxy", "secretsmanager:GetSecretValue", on SECRET);
    assert_can!(stack, "ProxyRole", "secretsmanager:GetSecretValue", on SECRET);
    assert_cannot!(stack, "Handler", "secretsmanager:GetSecretValue", on SECRET);
    let told = testing::can(&stack, "Handler", "secretsmanager:GetSecretValue", SECRET).unwrap_err();
    assert!(told.contains("no policy of `HandlerRole` allows `secretsmanager:GetSecretValue`"), "{told}");
    let told = testing::cannot(&stack, "Proxy", "secretsmanager:GetSecretValue", SECRET).unwrap_err();
    assert!(told.contains("`ProxyRole` may do `secretsmanager:GetSecretValue`"), "{told}");
}

#[test]
fn who_can_do_what_is_told_of_each_role() {
    let lowered = stack(true).lower();
    let known = Known::unknown().in_region("eu-west-1").in_account("111122223333");
    let resolved = Resolved::new(&lowered.template, &known);
    let proofs = who_can(&resolved, "secretsmanager:GetSecretValue", SECRET, Facts::none());
    let found: Vec<_> = proofs.iter().map(|proof| (proof.goal.to_string(), proof.verdict)).collect();
    let goal = |role: &str| format!("{role} can secretsmanager:GetSecretValue on {SECRET}");
    assert_eq!(found, [(goal("HandlerRole"), Verdict::Refuted), (goal("ProxyRole"), Verdict::Proved)]);
}

#[test]
fn a_stack_that_is_not_says_what_is_missing() {
    let stack = stack(false);
    let told = testing::reaches(&stack, "Handler", "Proxy", None).unwrap_err();
    for part in [
        "refuted   Handler reaches Proxy on tcp 5432",
        "broken  security-group-egress   no rule on `LambdaSg` lets tcp 5432 out to `ProxySg`",
        "broken  security-group-ingress  no rule on `ProxySg` admits `LambdaSg` on tcp 5432",
        "asserts.rs:",
        "Type: AWS::EC2::SecurityGroupIngress",
    ] {
        assert!(told.contains(part), "`{part}` is told:\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "no colours in the text of a failure");
}

#[test]
fn an_own_stack_is_mended_by_a_verb() {
    let lowered = stack(false).lower();
    let known = Known::unknown();
    let found =
        formwork::prove::judge(&lowered.template, &lowered.places, &known, &lowered.goals, Facts::none()).findings;
    let found: Vec<_> = found.into_iter().filter(|one| one.code.id.starts_with('N')).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|one| one.help.as_deref() == Some("add `stack.allow(handler, proxy);`")), "{found:#?}");
    assert!(
        found.iter().all(|one| one.source.as_ref().is_some_and(|span| span.file.ends_with("asserts.rs"))),
        "{found:#?}"
    );
}

#[track_caller]
fn callers(text: &str, what: &str) -> Vec<String> {
    let (template, ..) = parse(text, "app.yaml");
    let known = Known::unknown();
    let resolved = Resolved::new(&template, &known);
    let proof = who_reaches(&resolved, what, Facts::none()).expect("it listens");
    let can = proof.steps.iter().filter(|step| step.answer != Answer::Holds);
    can.map(|step| format!("{}: {}", step.answer, step.message)).collect()
}

#[test]
fn the_exposure_of_a_database_is_told() {
    assert_eq!(callers(SEPARATE, "Database"), ["broken: `Proxy` can call `Database` on tcp 6543"]);
    let text = changed(
        SEPARATE,
        &[(
            "  DoorFromLambda:",
            "  Direct: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref DatabaseSg, IpProtocol: tcp, FromPort: 6000, ToPort: 7000, CidrIp: 192.168.0.0/16 } }\n  DoorFromLambda:",
        )],
    );
    let expect = [
        "broken: `Proxy` can call `Database` on tcp 6543",
        "broken: addresses of 192.168.0.0/16 can call `Database` on tcp 6543",
    ];
    assert_eq!(callers(&text, "Database"), expect);
    let text = changed(
        SEPARATE,
        &[(
            "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId: !Ref ProxySg",
            "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId: sg-0123456789abcdef0",
        )],
    );
    assert_eq!(
        callers(&text, "Database"),
        ["unknown: members of `sg-0123456789abcdef0`, which exists already may be able to call `Database` on tcp 6543"]
    );
}

#[test]
fn endpoints_and_databases_call_nobody() {
    let text = changed(
        SEPARATE,
        &[(
            "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref LambdaSg",
            "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref DatabaseSg",
        )],
    );
    assert_eq!(callers(&text, "Door"), Vec::<String>::new());
}
