//! Faults of keys, endpoints, boundaries and denials: what is granted in one place is withheld in another.

use formwork::prove::Verdict;
use formwork::resolve::Environment;

use super::planted::{CONNECTS, ENIS, POOL_READS, PROXY_READS, broken, with};
use super::{APART, INLINE, WHOLE, judged};

#[test]
fn cmk_no_decrypt() {
    broken(&with(INLINE, "Action: kms:Decrypt", "Action: kms:Encrypt"), PROXY_READS, "identity-policy", "ProxyRole");
    broken(
        &with(APART, r#"NotResource: "arn:aws:s3:::*" }"#, r#"NotResource: "arn:*:kms:*:*:key/*" }"#),
        POOL_READS,
        "identity-policy",
        "PoolSecrets",
    );
    broken(
        &with(APART, r#"Action: ["kms:Decrypt", "kms:DescribeKey"]"#, r#"Action: ["kms:DescribeKey"]"#),
        "ReaderFunction can read Credentials",
        "identity-policy",
        "ReaderRole",
    );
    broken(
        &with(
            INLINE,
            "Action: kms:Decrypt\n                Resource: !GetAtt Key.Arn",
            "Action: kms:Decrypt\n                Resource: !Ref Key",
        ),
        PROXY_READS,
        "identity-policy",
        "ProxyRole",
    );
}

#[test]
fn viaservice_of_another_service() {
    broken(
        &with(INLINE, "secretsmanager.${AWS::Region}.amazonaws.com", "rds.${AWS::Region}.amazonaws.com"),
        PROXY_READS,
        "identity-policy",
        "ProxyRole",
    );
    broken(
        &with(APART, "secretsmanager.*.amazonaws.com", "ssm.*.amazonaws.com"),
        "ReaderFunction can read Credentials",
        "identity-policy",
        "Shared",
    );
}

#[test]
fn viaservice_of_another_region() {
    let text = with(
        INLINE,
        "!Sub \"secretsmanager.${AWS::Region}.amazonaws.com\"",
        "secretsmanager.ap-southeast-2.amazonaws.com",
    );
    let found = |environment: &Environment| {
        judged(&text, environment).into_iter().find(|(goal, _)| goal == PROXY_READS).expect("the goal").1
    };
    assert_eq!(found(&Environment::unknown().in_region("eu-west-1")).verdict, Verdict::Refuted);
    assert_eq!(found(&Environment::unknown().in_region("ap-southeast-2")).verdict, Verdict::Proved);
    assert_eq!(found(&Environment::unknown()).verdict, Verdict::Depends);
    let text = with(APART, "secretsmanager.*.amazonaws.com", "secretsmanager.us-*.amazonaws.com");
    let found = judged(&text, &Environment::unknown().in_region("eu-west-1").with_parameter("Name", "billing"));
    assert!(
        found
            .iter()
            .any(|(goal, found)| goal == "ReaderFunction can read Credentials" && found.verdict == Verdict::Refuted)
    );
}

#[test]
fn key_policy_no_delegation() {
    broken(&with(INLINE, ":root\" }", ":role/admin\" }"), PROXY_READS, "key-policy", "Key");
    broken(&with(INLINE, "Action: kms:*\n", "Action: kms:PutKeyPolicy\n"), PROXY_READS, "key-policy", "Key");
    let text =
        with(APART, r#"Principal: { AWS: !Ref "AWS::AccountId" }"#, r#"Principal: { Service: logs.amazonaws.com }"#);
    let found = judged(&text, &Environment::unknown().with_parameter("Name", "billing"));
    let refuted: Vec<_> =
        found.iter().filter(|(_, found)| found.verdict == Verdict::Refuted).map(|(goal, _)| goal.as_str()).collect();
    assert_eq!(refuted, ["ReaderFunction can read Credentials", POOL_READS]);
}

#[test]
fn vpce_policy_too_tight() {
    let door = r#"Action: "secretsmanager:GetSecretValue", Resource: !Ref Credentials }"#;
    let goal = "ReaderFunction can read Credentials";
    broken(
        &with(APART, door, r#"Action: "secretsmanager:DescribeSecret", Resource: "*" }"#),
        goal,
        "endpoint-policy",
        "Door",
    );
    broken(&with(APART, door, r#"Action: "*", Resource: !GetAtt Cmk.Arn }"#), goal, "endpoint-policy", "Door");
    broken(
        &with(
            APART,
            door,
            "Action: \"*\", Resource: \"*\" }\n          - { Effect: Deny, Principal: \"*\", Action: \"secretsmanager:*\", Resource: !Ref Credentials }",
        ),
        goal,
        "endpoint-policy",
        "Door",
    );
}

#[test]
fn a_denial_wins() {
    let denial = |action: &str| {
        with(
            INLINE,
            "              - Sid: Connect\n",
            &format!(
                "              - {{ Effect: Deny, Action: '{action}', Resource: '*' }}\n              - Sid: Connect\n"
            ),
        )
    };
    broken(&denial("rds-db:*"), CONNECTS, "identity-policy", "HandlerRole");
    broken(&denial("ec2:Create*"), ENIS, "identity-policy", "HandlerRole");
}

#[test]
fn a_boundary_limits() {
    let bounded = |text: &str, role: &str, statement: &str| {
        let text = with(
            text,
            &format!("  {role}:\n    Type: AWS::IAM::Role\n    Properties:\n"),
            &format!("  {role}:\n    Type: AWS::IAM::Role\n    Properties:\n      PermissionsBoundary: !Ref Limit\n"),
        );
        format!(
            "{text}  Limit: {{ Type: AWS::IAM::ManagedPolicy, Properties: {{ PolicyDocument: {{ Version: \"2012-10-17\", Statement: [{statement}] }} }} }}\n"
        )
    };
    broken(
        &bounded(INLINE, "HandlerRole", r#"{ Effect: Allow, Action: ["ec2:*", "logs:*"], Resource: "*" }"#),
        CONNECTS,
        "permissions-boundary",
        "HandlerRole",
    );
    broken(
        &bounded(APART, "PoolRole", r#"{ Effect: Allow, Action: ["secretsmanager:*"], Resource: "*" }"#),
        POOL_READS,
        "permissions-boundary",
        "PoolRole",
    );
    broken(
        &bounded(
            INLINE,
            "ProxyRole",
            r#"{ Effect: Allow, Action: "*", Resource: "*" }, { Effect: Deny, Action: "kms:*", Resource: "*" }"#,
        ),
        PROXY_READS,
        "permissions-boundary",
        "Limit",
    );
}

#[test]
fn a_policy_of_the_secret_denies() {
    let policy = |text: &str, secret: &str, statement: &str| {
        format!(
            "{text}  SecretPolicy: {{ Type: AWS::SecretsManager::ResourcePolicy, Properties: {{ SecretId: !Ref {secret}, ResourcePolicy: {{ Version: \"2012-10-17\", Statement: [{statement}] }} }} }}\n"
        )
    };
    broken(
        &policy(INLINE, "Secret", r#"{ Effect: Deny, Principal: "*", Action: "secretsmanager:*", Resource: "*" }"#),
        PROXY_READS,
        "resource-policy",
        "SecretPolicy",
    );
    broken(
        &policy(
            APART,
            "Attached",
            r#"{ Effect: Deny, NotPrincipal: { AWS: !GetAtt ReaderRole.Arn }, Action: "secretsmanager:Get*", Resource: "*" }"#,
        ),
        POOL_READS,
        "resource-policy",
        "SecretPolicy",
    );
    broken(
        &policy(
            INLINE,
            "Secret",
            r#"{ Effect: Deny, Principal: { AWS: !GetAtt ProxyRole.Arn }, Action: "secretsmanager:GetSecretValue", Resource: !Ref Secret }"#,
        ),
        PROXY_READS,
        "resource-policy",
        "SecretPolicy",
    );
}

#[test]
fn rotation_is_not_permitted() {
    let goal = "Turner can rotate Login";
    broken(
        &with(WHOLE, "Principal: secretsmanager.amazonaws.com", "Principal: events.amazonaws.com"),
        goal,
        "resource-policy",
        "Turner",
    );
    broken(&with(WHOLE, ", \"secretsmanager:PutSecretValue\"", ""), goal, "identity-policy", "TurnerRole");
    broken(&with(WHOLE, "FunctionName: !Ref Turner", "FunctionName: !Ref Handler"), goal, "resource-policy", "Turner");
}

#[test]
fn a_direct_login_needs_the_databases_own_id_and_flag() {
    let direct = |id: &str, flag: bool| {
        let text = with(INLINE, "!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", id);
        let text = with(&text, "DB_HOST: !GetAtt Proxy.Endpoint", "DB_HOST: !GetAtt Database.Endpoint.Address");
        format!(
            "{text}  Database: {{ Type: AWS::RDS::DBInstance, Properties: {{ Engine: postgres, EnableIAMDatabaseAuthentication: {flag} }} }}\n"
        )
    };
    let goal = "Handler can log in to Database with an IAM token";
    super::sound(&direct("!GetAtt Database.DbiResourceId", true));
    broken(&direct("!GetAtt Database.DbiResourceId", false), goal, "authentication", "Database");
    broken(&direct("!Ref Database", true), goal, "identity-policy", "HandlerRole");
    broken(
        &direct("!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", true),
        goal,
        "identity-policy",
        "HandlerRole",
    );
}
