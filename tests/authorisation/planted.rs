//! Each fault, planted into templates that are sound without it.

use formwork::prove::{Answer, Verdict};
use formwork::resolve::Environment;

use super::{APART, INLINE, WHOLE, judged};

/// Replaces a part of a template, which must be there.
#[track_caller]
pub fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no {from}");
    text.replace(from, to)
}

/// A template with this fault has just this goal refuted, by this hop at this resource.
#[track_caller]
pub fn broken(text: &str, goal: &str, hop: &str, resource: &str) {
    let placed =
        Environment::unknown().in_region("eu-west-1").in_account("111122223333").with_parameter("Name", "billing");
    for environment in [&Environment::unknown(), &placed] {
        let found = judged(text, environment);
        let refuted: Vec<&str> = found
            .iter()
            .filter(|(_, found)| found.verdict == Verdict::Refuted)
            .map(|(goal, _)| goal.as_str())
            .collect();
        assert_eq!(refuted, [goal], "{found:#?}");
        let (_, judgement) = found.iter().find(|(found, _)| found == goal).expect("the goal");
        let hops: Vec<_> = judgement.hops.iter().filter(|hop| hop.verdict == Answer::Broken).collect();
        assert!(hops.iter().all(|found| found.hop == hop), "{hops:#?}");
        let first = hops.first().expect("a broken hop");
        assert_eq!(first.resource.as_deref(), Some(resource), "{hops:#?}");
        assert!(first.path.is_some() && first.help.is_some(), "{first:?}");
        assert!(first.message.starts_with(|c: char| c.is_lowercase() || c == '`') && !first.message.ends_with('.'));
    }
}

pub const PROXY_READS: &str = "Proxy can read Secret";
pub const POOL_READS: &str = "Pool can read Attached";
pub const CONNECTS: &str = "Handler can log in to Proxy with an IAM token";
const READER_CONNECTS: &str = "ReaderFunction can log in to Pool with an IAM token";
pub const ENIS: &str = "Handler can have network interfaces";
const FUNCTION_TRUST: &str = "the role of Handler trusts lambda.amazonaws.com";

#[test]
fn proxy_role_wrong_trust() {
    broken(
        &with(INLINE, "Service: rds.amazonaws.com", "Service: ec2.amazonaws.com"),
        "the role of Proxy trusts rds.amazonaws.com",
        "trust-policy",
        "ProxyRole",
    );
    broken(
        &with(APART, r#"Service: !Sub "rds.${AWS::URLSuffix}""#, "AWS: !Ref AWS::AccountId"),
        "the role of Pool trusts rds.amazonaws.com",
        "trust-policy",
        "PoolRole",
    );
    broken(
        &with(WHOLE, "Service: monitoring.rds.amazonaws.com", "Service: rds.amazonaws.com"),
        "the role of Database trusts monitoring.rds.amazonaws.com",
        "trust-policy",
        "Watch",
    );
}

#[test]
fn trust_of_another_account_or_source() {
    let condition = |key: &str, operator: &str, value: &str| {
        with(
            INLINE,
            "Principal: { Service: rds.amazonaws.com }",
            &format!(
                "Condition: {{ {operator}: {{ {key}: \"{value}\" }} }}, Principal: {{ Service: rds.amazonaws.com }}"
            ),
        )
    };
    broken(
        &condition("aws:SourceArn", "ArnLike", "arn:aws:rds:*:*:cluster:*"),
        "the role of Proxy trusts rds.amazonaws.com",
        "trust-policy",
        "ProxyRole",
    );
    broken(
        &with(
            APART,
            r#"Condition: { StringEquals: { "aws:SourceAccount": !Ref "AWS::AccountId" } }"#,
            r#"Condition: { StringEquals: { "aws:SourceAccount": "no-account" } }"#,
        ),
        "the role of Pool trusts rds.amazonaws.com",
        "trust-policy",
        "PoolRole",
    );
}

#[test]
fn lambda_role_wrong_trust() {
    broken(
        &with(INLINE, "Service: lambda.amazonaws.com", "Service: edgelambda.amazonaws.com"),
        FUNCTION_TRUST,
        "trust-policy",
        "HandlerRole",
    );
    broken(
        &with(APART, "[edgelambda.amazonaws.com, lambda.amazonaws.com]", "[edgelambda.amazonaws.com]"),
        "the role of ReaderFunction trusts lambda.amazonaws.com",
        "trust-policy",
        "ReaderRole",
    );
    broken(
        &with(APART, r#"Action: ["sts:AssumeRole"]"#, r#"Action: ["sts:TagSession"]"#),
        "the role of ReaderFunction trusts lambda.amazonaws.com",
        "trust-policy",
        "ReaderRole",
    );
}

#[test]
fn proxy_role_no_getsecretvalue() {
    broken(
        &with(INLINE, "Action: secretsmanager:GetSecretValue", "Action: secretsmanager:DescribeSecret"),
        PROXY_READS,
        "identity-policy",
        "ProxyRole",
    );
    broken(
        &with(APART, r#"NotAction: ["iam:*", "organizations:*"]"#, r#"NotAction: ["iam:*", "secretsmanager:*"]"#),
        POOL_READS,
        "identity-policy",
        "PoolRole",
    );
    broken(&with(APART, "RoleName: !Ref PoolRole", "RoleName: another"), POOL_READS, "identity-policy", "PoolRole");
}

#[test]
fn proxy_role_secret_arn_suffix() {
    broken(
        &with(
            INLINE,
            "Action: secretsmanager:GetSecretValue\n                Resource: !Ref Secret",
            "Action: secretsmanager:GetSecretValue\n                Resource: !Sub arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:billing/app",
        ),
        PROXY_READS,
        "identity-policy",
        "ProxyRole",
    );
    broken(
        &with(
            INLINE,
            "Action: secretsmanager:GetSecretValue\n                Resource: !Ref Secret",
            "Action: secretsmanager:GetSecretValue\n                Resource: !Join [':', [arn, !Ref AWS::Partition, secretsmanager, !Ref AWS::Region, !Ref AWS::AccountId, secret, billing/app-?????]]",
        ),
        PROXY_READS,
        "identity-policy",
        "ProxyRole",
    );
}

#[test]
fn lambda_no_rds_db_connect() {
    broken(
        &with(INLINE, "Action: rds-db:connect", "Action: rds:DescribeDBProxies"),
        CONNECTS,
        "identity-policy",
        "HandlerRole",
    );
    broken(
        &with(APART, "Roles: [!Ref ReaderRole]", "Roles: [!Ref PoolRole]"),
        READER_CONNECTS,
        "identity-policy",
        "ReaderRole",
    );
    broken(
        &with(APART, r#"Action: ["rds-db:*"]"#, r#"Action: ["rds:*"]"#),
        READER_CONNECTS,
        "identity-policy",
        "ReaderRole",
    );
}

#[test]
fn connect_arn_of_the_database() {
    let to_database = |id: &str| {
        let text = with(INLINE, "!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", id);
        format!(
            "{text}  Database: {{ Type: AWS::RDS::DBInstance, Properties: {{ Engine: postgres }} }}\n  Cluster: {{ Type: AWS::RDS::DBCluster, Properties: {{ Engine: aurora-postgresql }} }}\n"
        )
    };
    broken(&to_database("!GetAtt Database.DbiResourceId"), CONNECTS, "identity-policy", "HandlerRole");
    broken(&to_database("!GetAtt Cluster.DBClusterResourceId"), CONNECTS, "identity-policy", "HandlerRole");
    broken(&to_database("db-ABCDEFGHIJKL"), CONNECTS, "identity-policy", "HandlerRole");
    broken(
        &with(WHOLE, "!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", "!GetAtt Database.DbiResourceId"),
        CONNECTS,
        "identity-policy",
        "HandlerRole",
    );
}

#[test]
fn connect_arn_uses_proxy_name() {
    broken(
        &with(INLINE, "!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", "!Ref Proxy"),
        CONNECTS,
        "identity-policy",
        "HandlerRole",
    );
    broken(
        &with(APART, "!Select [6, !Split [\":\", !GetAtt Pool.DBProxyArn]]", "!Ref Pool"),
        READER_CONNECTS,
        "identity-policy",
        "ReaderGrants",
    );
}

#[test]
fn connect_arn_is_rds_arn() {
    broken(
        &with(
            INLINE,
            "Resource: !Sub\n                  - arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app\n                  - Id: !Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]",
            "Resource: !GetAtt Proxy.DBProxyArn",
        ),
        CONNECTS,
        "identity-policy",
        "HandlerRole",
    );
    broken(&with(APART, ":rds-db:\"", ":rds:\""), READER_CONNECTS, "identity-policy", "ReaderGrants");
}

#[test]
fn connect_action_typo() {
    broken(&with(INLINE, "Action: rds-db:connect", "Action: rds:connect"), CONNECTS, "identity-policy", "HandlerRole");
    broken(
        &with(WHOLE, "Action: \"rds-db:connect\"\n", "Action: \"rds-db:Connects\"\n"),
        CONNECTS,
        "identity-policy",
        "HandlerRole",
    );
}

#[test]
fn connect_user_mismatch() {
    broken(&with(INLINE, "${Id}/app", "${Id}/other"), CONNECTS, "identity-policy", "HandlerRole");
    broken(&with(APART, "\"/reporting\"", "\"/report\""), READER_CONNECTS, "identity-policy", "ReaderGrants");
    broken(&with(INLINE, r#"{"username": "app"}"#, r#"{"username": "other"}"#), CONNECTS, "authentication", "Proxy");
    broken(
        &with(APART, r#"{"username": "reporting""#, r#"{"username": "reports""#),
        READER_CONNECTS,
        "authentication",
        "Pool",
    );
}

#[test]
fn end_to_end_without_the_proxys_own_grant() {
    let goal = "Proxy can log in to its database with an IAM token";
    broken(
        &with(WHOLE, "Action: \"rds-db:connect\", Resource", "Action: \"rds:connect\", Resource"),
        goal,
        "identity-policy",
        "ProxyRole",
    );
    broken(&with(WHOLE, "${Database.DbiResourceId}/app", "${Database}/app"), goal, "identity-policy", "ProxyRole");
    broken(
        &with(WHOLE, "${Database.DbiResourceId}/app", "${Database.DbiResourceId}/other"),
        goal,
        "identity-policy",
        "ProxyRole",
    );
    broken(&with(WHOLE, "${Database.DbiResourceId}/app", "${Proxy}/app"), goal, "identity-policy", "ProxyRole");
}

#[test]
fn end_to_end_with_tokens_off() {
    let goal = "Proxy can log in to its database with an IAM token";
    broken(&with(WHOLE, "EnableIAMDatabaseAuthentication: true, ", ""), goal, "authentication", "Database");
    broken(
        &with(WHOLE, "EnableIAMDatabaseAuthentication: true, ", "EnableIAMDatabaseAuthentication: false, "),
        goal,
        "authentication",
        "Database",
    );
}

#[test]
fn lambda_no_eni_perms() {
    broken(&with(INLINE, "ec2:CreateNetworkInterface, ", ""), ENIS, "identity-policy", "HandlerRole");
    broken(
        &with(WHOLE, "AWSLambdaVPCAccessExecutionRole", "AWSLambdaBasicExecutionRole"),
        ENIS,
        "identity-policy",
        "HandlerRole",
    );
    broken(
        &with(APART, "AWSLambdaVPCAccessExecutionRole", "AWSLambdaBasicExecutionRole"),
        "ReaderFunction can have network interfaces",
        "identity-policy",
        "ReaderRole",
    );
    broken(&with(INLINE, ", ec2:DeleteNetworkInterface", ""), ENIS, "identity-policy", "HandlerRole");
}

#[test]
fn lambda_eni_describe_scoped() {
    let scoped = |resource: &str| {
        with(
            INLINE,
            "ec2:DeleteNetworkInterface]\n                Resource: \"*\"",
            &format!("ec2:DeleteNetworkInterface]\n                Resource: {resource}"),
        )
    };
    broken(
        &scoped("!Sub arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*"),
        ENIS,
        "identity-policy",
        "HandlerRole",
    );
    broken(
        &scoped(
            "[!Sub 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*', !Sub 'arn:${AWS::Partition}:ec2:*:*:*']",
        ),
        ENIS,
        "identity-policy",
        "HandlerRole",
    );
}
