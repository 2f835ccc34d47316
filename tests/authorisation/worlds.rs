//! Worlds: what depends on conditions, on what exists outside, on what is not known.

use formwork::prove::{Answer, Verdict};
use formwork::resolve::Environment;

use super::planted::with;
use super::{INLINE, judged, sound};

fn verdict(text: &str, goal: &str) -> (Verdict, String) {
    let found = judged(text, &Environment::unknown());
    let (_, found) = found.into_iter().find(|(known, _)| known == goal).expect("the goal");
    let told: Vec<String> =
        found.hops.iter().filter(|hop| hop.verdict != Answer::Holds).map(|hop| hop.message.clone()).collect();
    (found.verdict, told.join("\n"))
}

const CONNECTS: &str = "Handler can log in to Proxy with an IAM token";

fn staged(text: &str) -> String {
    format!(
        "Parameters: {{ Stage: {{ Type: String, AllowedValues: [dev, prod] }}, Arn: {{ Type: String }} }}\nConditions: {{ IsProd: !Equals [!Ref Stage, prod] }}\n{text}"
    )
}

#[test]
fn a_grant_of_one_world_only_is_undecided() {
    let text = staged(&with(INLINE, "Action: rds-db:connect", "Action: !If [IsProd, rds-db:connect, rds:connect]"));
    let (verdict, told) = verdict(&text, CONNECTS);
    assert_eq!(verdict, Verdict::Depends);
    assert!(told.contains("where `IsProd` is false"), "{told}");
}

#[test]
fn a_statement_of_one_world_only_is_undecided() {
    let text = staged(&with(
        INLINE,
        "              - Sid: Connect\n                Effect: Allow",
        "              - Sid: Connect\n                Effect: !If [IsProd, Allow, Deny]",
    ));
    let (verdict, told) = verdict(&text, CONNECTS);
    assert_eq!(verdict, Verdict::Depends, "{told}");
}

#[test]
fn what_differs_and_is_allowed_both_ways_is_proved() {
    sound(&staged(&with(INLINE, "Action: rds-db:connect", "Action: !If [IsProd, rds-db:connect, 'rds-db:*']")));
    sound(&staged(&with(
        INLINE,
        "        - PolicyName: network\n",
        "        - !If [IsProd, { PolicyName: more, PolicyDocument: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }, !Ref 'AWS::NoValue']\n        - PolicyName: network\n",
    )));
    sound(&staged(&with(INLINE, "DB_USER: app", "DB_USER: !If [IsProd, app, app]")));
}

#[test]
fn what_fails_both_ways_is_refuted() {
    let text = staged(&with(INLINE, "Action: rds-db:connect", "Action: !If [IsProd, 'rds:*', rds:connect]"));
    assert_eq!(verdict(&text, CONNECTS).0, Verdict::Refuted);
}

#[test]
fn a_policy_from_outside_is_assumed() {
    let text = staged(&with(INLINE, "Action: rds-db:connect", "Action: rds:connect"));
    let text = with(
        &text,
        "  HandlerRole:\n    Type: AWS::IAM::Role\n    Properties:\n",
        "  HandlerRole:\n    Type: AWS::IAM::Role\n    Properties:\n      ManagedPolicyArns: [!Ref Arn]\n",
    );
    let (verdict, told) = verdict(&text, CONNECTS);
    assert_eq!(verdict, Verdict::Proved, "{told}");
    assert!(told.contains("exists outside the template"), "{told}");
}

#[test]
fn a_role_from_outside_is_assumed() {
    sound(&with(INLINE, "Role: !GetAtt HandlerRole.Arn", "Role: arn:aws:iam::111122223333:role/given"));
}

#[test]
fn a_literal_region_is_undecided_until_the_region_is_known() {
    let text = with(INLINE, "arn:${AWS::Partition}:rds-db:${AWS::Region}:", "arn:${AWS::Partition}:rds-db:eu-west-1:");
    assert_eq!(verdict(&text, CONNECTS).0, Verdict::Depends);
    let placed = |region| {
        judged(&text, &Environment::unknown().in_region(region))
            .into_iter()
            .find(|(goal, _)| goal == CONNECTS)
            .expect("the goal")
            .1
            .verdict
    };
    assert_eq!(placed("eu-west-1"), Verdict::Proved);
    assert_eq!(placed("eu-west-2"), Verdict::Refuted);
}

#[test]
fn a_literal_partition_is_an_assumption() {
    let text = with(INLINE, "arn:${AWS::Partition}:rds-db", "arn:aws:rds-db");
    let found = judged(&text, &Environment::unknown());
    let (_, found) = found.into_iter().find(|(goal, _)| goal == CONNECTS).expect("the goal");
    assert_eq!(found.verdict, Verdict::Proved);
    assert!(found.assumptions.iter().any(|taken| taken.contains("partition `aws`")), "{:?}", found.assumptions);
    let china = judged(&text, &Environment::unknown().in_region("cn-north-1"));
    assert!(china.iter().any(|(goal, found)| goal == CONNECTS && found.verdict == Verdict::Refuted));
}

#[test]
fn a_grant_of_decryption_in_another_region_is_told() {
    const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf";
    let text = with(INLINE, "SecretArn: !Ref Secret", &format!("SecretArn: {SECRET}"));
    let text = with(&text, "Resource: !Ref Secret", &format!("Resource: {SECRET}"));
    let of_region = |region: &str| {
        with(
            &text,
            "!Sub \"secretsmanager.${AWS::Region}.amazonaws.com\"",
            &format!("secretsmanager.{region}.amazonaws.com"),
        )
    };
    sound(&of_region("eu-west-1"));
    let goal = format!("Proxy can read {SECRET}");
    let (verdict, told) = verdict(&of_region("ap-southeast-2"), &goal);
    assert_eq!(verdict, Verdict::Depends, "{told}");
    assert!(told.contains("ap-southeast-2"), "{told}");
}
