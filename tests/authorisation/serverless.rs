//! Functions of the Serverless Application Model: the role that it makes of `Policies`, or the one that they name.

use formwork::prove::authorisation::Judgement;
use formwork::prove::{Answer, Verdict};
use formwork::resolve::Environment;

use super::judged;

/// A function behind a proxy, which reads a secret of its own.
const TEMPLATE: &str = r#"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { VpcConfig: { SubnetIds: [subnet-a], SecurityGroupIds: [sg-1] }, Environment: { Variables: { DB_USER: app } } }
Resources:
  Key: { Type: AWS::KMS::Key, Properties: {} }
  Secret: { Type: AWS::SecretsManager::Secret, Properties: { KmsKeyId: !Ref Key, GenerateSecretString: { SecretStringTemplate: '{"username":"app"}', GenerateStringKey: password } } }
  ProxyRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: "sts:AssumeRole" } }
      Policies: [{ PolicyName: read, PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref Secret }, { Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt Key.Arn }] } }]
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: app, EngineFamily: POSTGRESQL, RoleArn: !GetAtt ProxyRole.Arn, VpcSubnetIds: [subnet-a, subnet-b], Auth: [{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: !Ref Secret }] } }
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint, SECRET: !Ref Secret } }
      Policies:
        - AWSSecretsManagerGetSecretValuePolicy: { SecretArn: !Ref Secret }
        - KMSDecryptPolicy: { KeyId: !Ref Key }
        - Statement:
            - Effect: Allow
              Action: rds-db:connect
              Resource: !Sub ["arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app", { Id: !Select [6, !Split [":", !GetAtt Proxy.DBProxyArn]] }]
"#;

fn of_handler(text: &str) -> Vec<(String, Judgement)> {
    let mut all = judged(text, &Environment::unknown());
    all.retain(|(goal, _)| goal.contains("Handler"));
    all
}

#[track_caller]
fn check(from: &str, to: &str, verdict: Verdict, told: &str) {
    let text = TEMPLATE.replace(from, to);
    assert!(from.is_empty() || text != TEMPLATE, "`{from}` is there");
    let all = of_handler(&text);
    let found = all.iter().any(|(_, found)| {
        let hops = found.hops.iter().filter(|hop| hop.verdict >= Answer::Unknown);
        found.verdict == verdict && hops.map(|hop| &hop.message).any(|message| message.contains(told))
    });
    assert!(found, "{verdict:?}, `{told}`: {all:#?}");
}

#[test]
fn interfaces_the_secret_and_the_login_are_proved_of_what_stands_in_policies() {
    let all = of_handler(TEMPLATE);
    let goals: Vec<&str> = all.iter().map(|(goal, _)| goal.as_str()).collect();
    let wanted = [
        "Handler can have network interfaces",
        "Handler can read Secret",
        "Handler can log in to Proxy with an IAM token",
    ];
    assert_eq!(goals, wanted);
    for (goal, found) in &all {
        assert_eq!(found.verdict, Verdict::Proved, "{goal}: {found:#?}");
    }
}

#[test]
fn a_policy_template_of_another_secret_or_key() {
    check(
        "GetSecretValuePolicy: { SecretArn: !Ref Secret }",
        "GetSecretValuePolicy: { SecretArn: !Ref Key }",
        Verdict::Refuted,
        "no policy of `Handler` allows `secretsmanager:GetSecretValue`",
    );
    check("KMSDecryptPolicy", "KMSEncryptPolicy", Verdict::Refuted, "no policy of `Handler` allows `kms:Decrypt`");
    check("rds-db:connect\n", "rds:connect\n", Verdict::Refuted, "no policy of `Handler` allows `rds-db:connect`");
}

#[test]
fn a_policy_template_that_is_not_known_is_told() {
    let told = "`SecretReaderPolicy` is no policy template that is known";
    check("AWSSecretsManagerGetSecretValuePolicy", "SecretReaderPolicy", Verdict::Depends, told);
    let told = "has no `SecretArn` that is known";
    check("{ SecretArn: !Ref Secret }", "{ Secret: !Ref Secret }", Verdict::Depends, told);
}

#[test]
fn policies_by_name_by_arn_and_from_beside() {
    let login = TEMPLATE.split("        - Statement:").nth(1).expect("a statement").to_owned();
    let beside = format!(
        "\n  Login:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: login\n      Roles: [!Ref HandlerRole]\n      PolicyDocument:\n        Statement:{login}"
    );
    let text = TEMPLATE.replace(&format!("        - Statement:{login}"), &beside).replace(
        "        - KMSDecryptPolicy: { KeyId: !Ref Key }\n",
        "        - SecretsManagerReadWrite\n        - arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser\n        - KMSDecryptPolicy: { KeyId: !Ref Key }\n",
    );
    assert_eq!(text.matches("SecretsManagerReadWrite").count(), 1);
    let text = text.replace("        - AWSSecretsManagerGetSecretValuePolicy: { SecretArn: !Ref Secret }\n", "");
    let all = of_handler(&text);
    assert!(all.len() >= 3);
    for (goal, found) in all {
        assert_eq!(found.verdict, Verdict::Proved, "{goal}: {found:#?}");
    }
}

#[test]
fn a_role_of_its_own_counts_and_policies_do_not() {
    check(
        "      Environment: { Variables: { DB_HOST",
        "      Role: !GetAtt ProxyRole.Arn\n      Environment: { Variables: { DB_HOST",
        Verdict::Refuted,
        "no policy of `ProxyRole` allows `ec2:CreateNetworkInterface`",
    );
}

#[test]
fn a_trust_of_its_own() {
    let trust = "{ Statement: { Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: 'sts:AssumeRole' } }";
    check(
        "Globals:\n  Function: {",
        &format!("Globals:\n  Function: {{ AssumeRolePolicyDocument: {trust},"),
        Verdict::Refuted,
        "does not trust `lambda.amazonaws.com`",
    );
}

#[test]
fn an_endpoint_of_which_the_policy_names_the_role_that_is_made() {
    let key = |role: &str| {
        format!(
            "{{ KeyPolicy: {{ Statement: [{{ Effect: Allow, Principal: {{ AWS: !GetAtt {role}.Arn }}, Action: 'kms:*', Resource: '*' }}, {{ Effect: Allow, Principal: {{ AWS: !GetAtt ProxyRole.Arn }}, Action: 'kms:*', Resource: '*' }}] }} }}"
        )
    };
    let with = |role: &str| {
        TEMPLATE.replace("AWS::KMS::Key, Properties: {}", &format!("AWS::KMS::Key, Properties: {}", key(role)))
    };
    let verdict = |text: &str| {
        let all = of_handler(text);
        all.into_iter().find(|(goal, _)| goal == "Handler can read Secret").map(|(_, found)| found.verdict)
    };
    assert_eq!(verdict(&with("HandlerRole")), Some(Verdict::Proved));
    assert_eq!(verdict(&with("ProxyRole")), Some(Verdict::Refuted));
}

#[test]
fn a_condition_in_policies_is_told_as_the_world_that_breaks() {
    let text = TEMPLATE
        .replace("Resources:\n  Key", "Parameters:\n  Stage: { Type: String }\nConditions:\n  IsProd: !Equals [!Ref Stage, prod]\nResources:\n  Key")
        .replace(
            "        - AWSSecretsManagerGetSecretValuePolicy: { SecretArn: !Ref Secret }",
            "        - !If [IsProd, { AWSSecretsManagerGetSecretValuePolicy: { SecretArn: !Ref Secret } }, !Ref AWS::NoValue]",
        );
    let all = of_handler(&text);
    let (_, found) = all.iter().find(|(goal, _)| goal == "Handler can read Secret").expect("the goal");
    assert_eq!(found.verdict, Verdict::Depends, "{found:#?}");
    assert!(found.hops.iter().any(|hop| hop.message.contains("IsProd")), "{found:#?}");
}
