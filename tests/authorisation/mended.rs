//! What is broken comes with a change that was tried.

use formwork::goal::{Goal, Goals};
use formwork::prove::authorisation::{derive, judge, proofs};
use formwork::prove::{Answer, Facts, Patch, Verdict};
use formwork::resolve::{Environment, Resolved};
use formwork::template::Value;
use formwork::template::parse::parse;

use super::planted::with;
use super::{APART, INLINE, WHOLE};

/// The changes that are offered for what is broken, one a line.
fn offered(text: &str, goals: &Goals) -> (Vec<Patch>, String) {
    let (template, _, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:?}");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let mut fixes = Vec::new();
    for proof in proofs(&resolved, goals, Facts::none()) {
        fixes.extend(proof.steps.iter().filter(|step| step.answer == Answer::Broken).map(|step| step.fix.clone()));
    }
    let told = |fix: &Option<Patch>| match fix {
        None => "nothing".to_owned(),
        Some(fix) if fix.parts.is_empty() => fix.to_value().to_json().to_string(),
        Some(fix) => {
            let parts = fix.parts.iter().map(|(pointer, value)| format!("{pointer} = {}", value.to_json()));
            parts.collect::<Vec<_>>().join(", ")
        }
    };
    let lines: Vec<_> = fixes.iter().map(told).collect();
    (fixes.into_iter().flatten().collect(), lines.join("\n"))
}

/// What is offered for a template, with which every goal is proved.
#[track_caller]
fn mended(text: &str, expect: &str) {
    let (fixes, told) = offered(text, &Goals::default());
    assert_eq!(told, expect);
    let (mut template, ..) = parse(text, "t.yaml");
    for fix in fixes {
        template = fix.apply(&template);
    }
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    for goal in derive(&resolved, Facts::none()) {
        let found = judge(&resolved, &goal, Facts::none());
        let doubts: Vec<_> =
            found.hops.iter().filter(|hop| hop.verdict >= Answer::Unknown).map(|hop| &hop.message).collect();
        assert_eq!(found.verdict, Verdict::Proved, "{goal}: {doubts:?}");
    }
}

#[test]
fn a_service_more_may_assume_the_role() {
    mended(
        &with(INLINE, "Service: rds.amazonaws.com", "Service: ec2.amazonaws.com"),
        r#"/Resources/ProxyRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service = ["ec2.amazonaws.com","rds.amazonaws.com"]"#,
    );
    mended(
        &with(APART, "[edgelambda.amazonaws.com, lambda.amazonaws.com]", "[edgelambda.amazonaws.com]"),
        r#"/Resources/ReaderRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service/- = "lambda.amazonaws.com""#,
    );
    mended(
        &with(APART, r#"Action: ["sts:AssumeRole"]"#, r#"Action: ["sts:TagSession"]"#),
        r#"/Resources/ReaderRole/Properties/AssumeRolePolicyDocument/Statement/0/Action/- = "sts:AssumeRole""#,
    );
}

#[test]
fn an_action_is_put_beside_others_or_in_place_of_its_namesake() {
    mended(
        &with(INLINE, "Action: secretsmanager:GetSecretValue", "Action: secretsmanager:DescribeSecret"),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/0/Action = ["secretsmanager:DescribeSecret","secretsmanager:GetSecretValue"]"#,
    );
    mended(
        &with(INLINE, "Action: rds-db:connect", "Action: rds:connect"),
        r#"/Resources/HandlerRole/Properties/Policies/1/PolicyDocument/Statement/0/Action = "rds-db:connect""#,
    );
    mended(
        &with(APART, r#"Action: ["kms:Decrypt", "kms:DescribeKey"]"#, r#"Action: ["kms:DescribeKey"]"#),
        r#"{"ReaderRole":{"Properties":{"Policies":[{"PolicyName":"Decrypt","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":{"Fn::GetAtt":["Cmk","Arn"]},"Condition":{"StringEquals":{"kms:ViaService":{"Fn::Sub":"secretsmanager.${AWS::Region}.amazonaws.com"}}}}]}}]}}}"#,
    );
}

#[test]
fn a_resource_is_put_right() {
    let resource = |of: &str| format!("Action: secretsmanager:GetSecretValue\n                Resource: {of}");
    mended(
        &with(
            INLINE,
            &resource("!Ref Secret"),
            &resource("!Sub arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:billing/app"),
        ),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource = {"Fn::Sub":"arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:billing/app-??????"}"#,
    );
    mended(
        &with(INLINE, &resource("!Ref Secret"), &resource("arn:aws:secretsmanager:*:*:secret:other-??????")),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource = {"Ref":"Secret"}"#,
    );
    mended(
        &with(INLINE, "Id: !Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", "Id: !Ref Proxy"),
        r#"/Resources/HandlerRole/Properties/Policies/1/PolicyDocument/Statement/0/Resource = {"Fn::Sub":["arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${ProxyId}/app",{"ProxyId":{"Fn::Select":[6,{"Fn::Split":[":",{"Fn::GetAtt":["Proxy","DBProxyArn"]}]}]}}]}"#,
    );
}

#[test]
fn a_resource_that_another_goal_needs_stays() {
    let second = "  Other: { Type: AWS::SecretsManager::Secret, Properties: { Name: other/app, GenerateSecretString: { SecretStringTemplate: '{\"username\": \"other\"}', GenerateStringKey: password } } }\nResources2";
    let text = with(INLINE, "Resources:\n", &format!("Resources:\n{}", second.trim_end_matches("Resources2")));
    let text = with(
        &text,
        "SecretArn: !Ref Secret }]",
        "SecretArn: !Ref Secret }, { AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: !Ref Other }]",
    );
    mended(
        &text,
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource = [{"Ref":"Secret"},{"Ref":"Other"}]"#,
    );
}

/// Two roles with one policy, of which the second needs what no goal tells.
const SHARED: &str = r#"
Resources:
  One: { Type: AWS::SecretsManager::Secret, Properties: { SecretString: x } }
  Other: { Type: AWS::SecretsManager::Secret, Properties: { SecretString: x } }
  Reader:
    Type: AWS::IAM::Role
    Properties: { AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: "sts:AssumeRole" } } }
  Stranger:
    Type: AWS::IAM::Role
    Properties: { AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: "sts:AssumeRole" } } }
  Reads:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: reads
      Roles: [!Ref Reader, !Ref Stranger]
      PolicyDocument: { Statement: { Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref One } }
  Fn:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.13, Handler: i.h, Role: !GetAtt Reader.Arn, Code: { ZipFile: x }, Environment: { Variables: { SECRET: !Ref Other } } }
"#;

#[test]
fn nothing_is_taken_away_from_another_role() {
    let path = "/Resources/Reads/Properties/PolicyDocument/Statement/Resource";
    mended(SHARED, &format!(r#"{path} = [{{"Ref":"One"}},{{"Ref":"Other"}}]"#));
    let alone = with(SHARED, "[!Ref Reader, !Ref Stranger]", "[!Ref Reader]");
    mended(&alone, &format!(r#"{path} = {{"Ref":"Other"}}"#));
}

#[test]
fn a_condition_is_held_against_what_the_request_has() {
    mended(
        &with(INLINE, "secretsmanager.${AWS::Region}.amazonaws.com", "rds.${AWS::Region}.amazonaws.com"),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/1/Condition/StringEquals/kms:ViaService = {"Fn::Sub":"secretsmanager.${AWS::Region}.amazonaws.com"}"#,
    );
    mended(
        &with(
            APART,
            r#"Condition: { StringEquals: { "aws:SourceAccount": !Ref "AWS::AccountId" } }"#,
            r#"Condition: { StringEquals: { "aws:SourceAccount": "no-account" } }"#,
        ),
        r#"/Resources/PoolRole/Properties/AssumeRolePolicyDocument/Statement/Condition/StringEquals/aws:SourceAccount = {"Ref":"AWS::AccountId"}"#,
    );
}

#[test]
fn a_statement_is_added_where_none_is_near() {
    mended(
        &with(INLINE, "Action: kms:Decrypt", "Action: kms:Encrypt"),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/1/Action = ["kms:Encrypt","kms:Decrypt"]"#,
    );
    mended(
        &with(INLINE, "Action: [ec2:CreateNetworkInterface, ", "Action: ["),
        r#"{"HandlerRole":{"Properties":{"ManagedPolicyArns":[{"Fn::Sub":"arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}]}}}"#,
    );
    mended(
        &with(INLINE, ":root\" }", ":role/admin\" }"),
        r#"/Resources/Key/Properties/KeyPolicy/Statement/- = {"Effect":"Allow","Principal":{"AWS":{"Fn::Sub":"arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},"Action":"kms:Decrypt","Resource":"*"}"#,
    );
    mended(
        &with(
            APART,
            r#"Action: "secretsmanager:GetSecretValue", Resource: !Ref Credentials }"#,
            r#"Action: "secretsmanager:DescribeSecret", Resource: "*" }"#,
        ),
        r#"/Resources/Door/Properties/PolicyDocument/Statement/- = {"Effect":"Allow","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":{"Ref":"Credentials"}}"#,
    );
}

#[test]
fn databases_and_functions_are_mended_too() {
    mended(
        &with(WHOLE, "EnableIAMDatabaseAuthentication: true, ", ""),
        r#"{"Database":{"Properties":{"EnableIAMDatabaseAuthentication":true}}}"#,
    );
    mended(
        &with(WHOLE, "Principal: secretsmanager.amazonaws.com, Action", "Principal: s3.amazonaws.com, Action"),
        r#"{"TurnerPermission2":{"Type":"AWS::Lambda::Permission","Properties":{"FunctionName":{"Fn::GetAtt":["Turner","Arn"]},"Principal":"secretsmanager.amazonaws.com","Action":"lambda:InvokeFunction"}}}"#,
    );
    mended(
        &with(WHOLE, "${Database.DbiResourceId}/app", "${Database}/app"),
        r#"/Resources/ProxyRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource = {"Fn::Sub":"arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Database.DbiResourceId}/app"}"#,
    );
}

#[test]
fn one_change_that_mends_all_is_offered_alone() {
    mended(
        &with(INLINE, "DB_USER: app", "DB_USER: other"),
        "nothing\n/Resources/Handler/Properties/Environment/Variables/DB_USER = \"app\"",
    );
}

#[test]
fn a_denial_is_not_taken_back() {
    let text = with(
        INLINE,
        "              - Sid: Connect\n",
        "              - { Effect: Deny, Action: 'rds-db:*', Resource: '*' }\n              - Sid: Connect\n",
    );
    assert_eq!(offered(&text, &Goals::default()).1, "nothing");
}

#[test]
fn what_is_stated_is_mended() {
    let can = Goal::Can {
        principal: "Handler".into(),
        actions: vec!["s3:GetObject".into()],
        resources: vec![Value::from("arn:aws:s3:::bucket/key")],
    };
    let (_, told) = offered(INLINE, &Goals { required: vec![can], ..Goals::default() });
    assert_eq!(
        told,
        r#"/Resources/HandlerRole/Properties/Policies/1/PolicyDocument/Statement/- = {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/key"}"#
    );
}

#[test]
fn no_change_leads_to_a_circle() {
    // The secret's name is that of the role: what names the secret comes after it.
    let text = with(INLINE, "Name: billing/app", "Name: !Ref ProxyRole");
    let text = with(
        &text,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Ref Secret",
        "Action: s3:GetObject\n                Resource: arn:aws:s3:::bucket/key",
    );
    let (_, told) = offered(&text, &Goals::default());
    assert_eq!(
        told,
        r#"{"ProxyRoleGetSecretValue":{"Type":"AWS::IAM::Policy","Properties":{"PolicyName":"GetSecretValue","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":{"Ref":"Secret"}}]},"Roles":[{"Ref":"ProxyRole"}]}}}"#
    );
}
