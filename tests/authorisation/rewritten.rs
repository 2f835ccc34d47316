//! Other ways to write what is sound: none of them is doubted.

use super::planted::with;
use super::{APART, INLINE, WHOLE, sound};

const CONNECT: &str = "Resource: !Sub\n                  - arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app\n                  - Id: !Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]";
const READ: &str = "Action: secretsmanager:GetSecretValue\n                Resource: !Ref Secret";
const DECRYPT: &str = "Action: kms:Decrypt\n                Resource: !GetAtt Key.Arn";
const VIA: &str =
    "Condition: { StringEquals: { kms:ViaService: !Sub \"secretsmanager.${AWS::Region}.amazonaws.com\" } }";
const ID: &str = "!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]";
const ENI: &str = "Action: [ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DeleteNetworkInterface]\n                Resource: \"*\"";

/// In the template with its policies inline.
const OF_INLINE: &[(&str, &str, &str)] = &[
    ("actions in another case", "rds-db:connect", "RDS-DB:Connect"),
    ("a wildcard for the action", "Action: rds-db:connect", "Action: ['rds-db:*']"),
    ("a wildcard within the action", "secretsmanager:GetSecretValue", "secretsmanager:Get*Value"),
    ("every action", "Action: rds-db:connect", "Action: '*'"),
    ("every user", "${Id}/app", "${Id}/*"),
    ("every id", "dbuser:${Id}/app", "dbuser:*/app"),
    ("ids of proxies", "dbuser:${Id}/app", "dbuser:prx-*/app"),
    ("every resource", CONNECT, "Resource: '*'"),
    (
        "one more resource",
        CONNECT,
        "Resource: ['arn:aws:s3:::b', !Sub 'arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:*/*']",
    ),
    ("any region and account", CONNECT, "Resource: !Sub 'arn:${AWS::Partition}:rds-db:*:*:dbuser:*/app'"),
    ("a literal partition", "arn:${AWS::Partition}:rds-db", "arn:aws:rds-db"),
    ("everything but", "Action: rds-db:connect", "NotAction: ['iam:*', 'rds:*']"),
    ("on everything but", CONNECT, "NotResource: 'arn:aws:s3:::*'"),
    (
        "the secret by its id",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !GetAtt Secret.Id",
    ),
    (
        "the secret by its name",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:billing/app-??????'",
    ),
    (
        "the secret by its name's start",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:billing/*'",
    ),
    (
        "the secret joined",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Join ['', [!Ref Secret, '*']]",
    ),
    (
        "the secret through a sub",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub '${Secret}'",
    ),
    ("a secret without a name", "      Name: billing/app\n", ""),
    (
        "secrets tagged",
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: '*'\n                Condition: { StringEquals: { 'aws:ResourceTag/app': billing } }",
    ),
    ("no ViaService", VIA, "Condition: {}"),
    ("alike", VIA, "Condition: { StringLike: { kms:ViaService: 'secretsmanager.*.amazonaws.com' } }"),
    (
        "alike, in any case",
        VIA,
        "Condition: { StringEqualsIgnoreCase: { KMS:viaservice: !Sub 'SecretsManager.${AWS::Region}.amazonaws.com' } }",
    ),
    (
        "any of several services",
        VIA,
        "Condition: { StringEquals: { kms:ViaService: [!Sub 'rds.${AWS::Region}.amazonaws.com', !Sub 'secretsmanager.${AWS::Region}.${AWS::URLSuffix}'] } }",
    ),
    (
        "the secret as context",
        VIA,
        "Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': !Ref Secret, 'kms:CallerAccount': !Ref AWS::AccountId } }",
    ),
    (
        "the context's keys",
        VIA,
        "Condition: { 'ForAllValues:StringEquals': { kms:EncryptionContextKeys: [SecretARN, SecretVersionId] } }",
    ),
    ("over TLS", VIA, "Condition: { Bool: { 'aws:SecureTransport': 'true' } }"),
    (
        "for whom it is",
        VIA,
        "Condition: { ArnLike: { 'aws:PrincipalArn': !GetAtt ProxyRole.Arn }, StringEquals: { 'aws:PrincipalAccount': !Ref AWS::AccountId } }",
    ),
    ("for the organisation", VIA, "Condition: { StringEquals: { 'aws:PrincipalOrgID': o-12345 } }"),
    ("every key", DECRYPT, "Action: kms:Decrypt\n                Resource: '*'"),
    (
        "keys of the account",
        DECRYPT,
        "Action: kms:Decrypt\n                Resource: !Sub 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*'",
    ),
    (
        "the key by its id",
        DECRYPT,
        "Action: kms:Decrypt\n                Resource: !Sub 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Key}'",
    ),
    ("the managed key", "      KmsKeyId: !GetAtt Key.Arn\n", ""),
    ("the managed key by its alias", "KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: alias/aws/secretsmanager"),
    (
        "a key from outside",
        "KmsKeyId: !GetAtt Key.Arn\n",
        "KmsKeyId: arn:aws:kms:eu-west-1:111122223333:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11\n",
    ),
    (
        "the default key policy",
        "      KeyPolicy:\n        Version: \"2012-10-17\"\n        Statement:\n          - Sid: Root\n            Effect: Allow\n            Principal: { AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\" }\n            Action: kms:*\n            Resource: \"*\"\n",
        "      Enabled: true\n",
    ),
    (
        "the key policy by the account",
        "!Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\"",
        "!Ref AWS::AccountId",
    ),
    (
        "the key policy with a literal partition",
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:root",
        "arn:aws:iam::${AWS::AccountId}:root",
    ),
    (
        "the key policy for anyone through the service",
        "Principal: { AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\" }\n            Action: kms:*",
        "Principal: '*'\n            Condition: { StringEquals: { kms:CallerAccount: !Ref AWS::AccountId, kms:ViaService: !Sub 'secretsmanager.${AWS::Region}.amazonaws.com' } }\n            Action: [kms:Decrypt, kms:DescribeKey]",
    ),
    (
        "interfaces one by one",
        ENI,
        "Action: [ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface]\n                Resource: !Sub 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*'\n              - Effect: Allow\n                Action: 'ec2:Describe*'\n                Resource: '*'",
    ),
    ("interfaces in a wildcard", ENI, "Action: ['ec2:*NetworkInterface*']\n                Resource: '*'"),
    (
        "interfaces not for the code",
        ENI,
        "Action: [ec2:CreateNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DeleteNetworkInterface]\n                Resource: '*'\n              - Effect: Deny\n                Action: 'ec2:*'\n                Resource: '*'\n                Condition: { ArnEquals: { 'lambda:SourceFunctionArn': !Sub 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f' } }",
    ),
    (
        "trust by a list",
        "Principal: { Service: rds.amazonaws.com }",
        "Principal: { Service: [rds.amazonaws.com, lambda.amazonaws.com] }",
    ),
    (
        "trust of the account's own",
        "Principal: { Service: rds.amazonaws.com }, Action: sts:AssumeRole",
        "Principal: { Service: rds.amazonaws.com }, Action: sts:AssumeRole, Condition: { StringEquals: { 'aws:SourceAccount': !Ref AWS::AccountId }, ArnLike: { 'aws:SourceArn': !Sub 'arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db-proxy:*' } }",
    ),
    (
        "trust of more",
        "Action: sts:AssumeRole }\n      Policies:\n        - PolicyName: secrets",
        "Action: [sts:AssumeRole, sts:TagSession] }\n      Policies:\n        - PolicyName: secrets",
    ),
    ("the role by a sub", "RoleArn: !GetAtt ProxyRole.Arn", "RoleArn: !Sub '${ProxyRole.Arn}'"),
    (
        "the role by its name",
        "RoleArn: !GetAtt ProxyRole.Arn",
        "RoleArn: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProxyRole}'",
    ),
    ("the user not named", "DB_HOST: !GetAtt Proxy.Endpoint, DB_USER: app", "DB_HOST: !GetAtt Proxy.Endpoint"),
    ("the host within more", "!GetAtt Proxy.Endpoint", "!Sub 'postgres://${Proxy.Endpoint}:5432/billing'"),
    ("the id joined", ID, "!Join ['', [!Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]]]]"),
    (
        "a secret from outside",
        "SecretArn: !Ref Secret }]",
        "SecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing/app-AbCdEf' }]",
    ),
    (
        "a denial of something else",
        "              - Sid: Connect\n",
        "              - { Effect: Deny, Action: ['secretsmanager:*', 'rds:*'], Resource: '*' }\n              - Sid: Connect\n",
    ),
    (
        "a denial without TLS",
        "              - Sid: Connect\n",
        "              - { Effect: Deny, Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }\n              - Sid: Connect\n",
    ),
    (
        "a denial elsewhere",
        "              - Sid: Connect\n",
        "              - { Effect: Deny, NotAction: ['ec2:*', 'rds-db:*'], Resource: '*' }\n              - Sid: Connect\n",
    ),
    (
        "a single statement",
        "          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }",
        "          { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }",
    ),
];

/// In the one with policies attached from outside.
const OF_APART: &[(&str, &str, &str)] = &[
    (
        "an endpoint for all",
        "Action: \"secretsmanager:GetSecretValue\", Resource: !Ref Credentials }",
        "Action: \"*\", Resource: \"*\" }",
    ),
    (
        "an endpoint for the account",
        "Resource: !Ref Credentials }\n",
        "Resource: \"*\", Condition: { StringEquals: { \"aws:PrincipalAccount\": !Ref \"AWS::AccountId\" } } }\n",
    ),
    (
        "an endpoint for the role",
        "Principal: \"*\", Action: \"secretsmanager:GetSecretValue\"",
        "Principal: { AWS: !GetAtt ReaderRole.Arn }, Action: \"secretsmanager:GetSecretValue\"",
    ),
    (
        "an endpoint that is not used",
        "PrivateDnsEnabled: true\n      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - { Effect: Allow",
        "PrivateDnsEnabled: false\n      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - { Effect: Deny",
    ),
    (
        "an endpoint of another VPC",
        "      VpcId: !Ref Network\n      SubnetIds: [!Ref SubnetA]\n      PrivateDnsEnabled: true\n      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - { Effect: Allow",
        "      VpcId: !Ref Other\n      SubnetIds: [!Ref SubnetA]\n      PrivateDnsEnabled: true\n      PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - { Effect: Deny",
    ),
    ("another managed policy", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaENIManagementAccess"),
    ("the managed policy by its ARN", "!Ref Shared]", "!GetAtt Shared.PolicyArn]"),
    (
        "the administrator",
        "ManagedPolicyArns: [",
        "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess', ",
    ),
    ("several roles", "Roles: [!Ref ReaderRole]", "Roles: [!Ref PoolRole, !Ref ReaderRole]"),
    (
        "a generated secret",
        "SecretString: !Sub '{\"username\": \"reporting\", \"password\": \"{{resolve:ssm-secure:/p}}\"}'",
        "GenerateSecretString: { SecretStringTemplate: '{\"username\":\"reporting\",\"engine\":\"postgres\"}', GenerateStringKey: password }",
    ),
];

/// In the one with tokens all the way.
const OF_WHOLE: &[(&str, &str, &str)] = &[
    ("a target from outside", "DBInstanceIdentifiers: [!Ref Database]", "DBInstanceIdentifiers: [billing]"),
    ("every user of the database", "${Database.DbiResourceId}/app", "${Database.DbiResourceId}/*"),
    ("every database", "dbuser:${Database.DbiResourceId}/app", "dbuser:db-*/app"),
    ("invocation from the secret", "SourceAccount: !Ref \"AWS::AccountId\"", "SourceArn: !Ref Login"),
    ("the function by its ARN", "FunctionName: !Ref Turner", "FunctionName: !GetAtt Turner.Arn"),
    ("a flag as text", "EnableIAMDatabaseAuthentication: true", "EnableIAMDatabaseAuthentication: \"true\""),
    (
        "all of Secrets Manager",
        "Action: [\"secretsmanager:DescribeSecret\", \"secretsmanager:GetSecretValue\", \"secretsmanager:PutSecretValue\", \"secretsmanager:UpdateSecretVersionStage\"], Resource: !Ref Login",
        "Action: \"secretsmanager:*\", Resource: \"*\"",
    ),
    ("a managed policy for rotation", "- PolicyName: rotate", "- PolicyName: rotated"),
];

#[test]
fn other_ways_to_write_it_are_sound() {
    let all = [(INLINE, OF_INLINE), (APART, OF_APART), (WHOLE, OF_WHOLE)];
    assert!(all.iter().map(|(_, changes)| changes.len()).sum::<usize>() >= 40);
    let mut doubted = String::new();
    for (text, changes) in all {
        for (name, from, to) in changes {
            let mut text = with(text, from, to);
            // A grant names what is used.
            if name.ends_with("from outside") && text.contains("billing/app-AbCdEf") {
                text = with(
                    &text,
                    READ,
                    "Action: secretsmanager:GetSecretValue\n                Resource: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing/app-??????'",
                );
            }
            if name.ends_with("from outside") && text.contains("7c0e0f5e") {
                text = with(
                    &text,
                    DECRYPT,
                    "Action: kms:Decrypt\n                Resource: 'arn:aws:kms:eu-west-1:111122223333:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11'",
                );
            }
            if to.contains("!Ref Other") {
                text.push_str("  Other: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.1.0.0/16 } }\n");
            }
            for placed in [false, true] {
                let environment = formwork::resolve::Environment::unknown();
                let environment = if placed {
                    environment.in_region("eu-west-1").in_account("111122223333").with_parameter("Name", "billing")
                } else {
                    environment
                };
                let doubts = super::doubts(&text, &environment);
                if !doubts.is_empty() {
                    doubted.push_str(&format!("{name}:\n{doubts}"));
                }
            }
        }
    }
    assert!(doubted.is_empty(), "{doubted}");
}

/// What parameters give.
#[test]
fn what_parameters_give_is_taken_to_fit() {
    let parameters = "Parameters: { User: { Type: String }, SecretArn: { Type: String }, KeyArn: { Type: String }, Policies: { Type: CommaDelimitedList } }\n";
    let text = format!("{parameters}{INLINE}");
    let by_user = with(&with(&text, "${Id}/app", "${Id}/${User}"), "DB_USER: app", "DB_USER: !Ref User");
    sound(&by_user);
    sound(&with(&by_user, r#"'{"username": "app"}'"#, r#"!Sub '{"username": "${User}"}'"#));
    sound(&with(&text, "DB_USER: app", "DB_USER: !Ref User"));
    sound(&with(&text, "DB_USER: app", "DB_USER: '{{resolve:ssm:/user}}'"));
    let by_secret = with(&text, "SecretArn: !Ref Secret", "SecretArn: !Ref SecretArn");
    sound(&with(&by_secret, READ, "Action: secretsmanager:GetSecretValue\n                Resource: !Ref SecretArn"));
    sound(&with(
        &by_secret,
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*'",
    ));
    sound(&with(
        &by_secret,
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub '${SecretArn}*'",
    ));
    let by_key = with(&text, "KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: !Ref KeyArn");
    sound(&with(&by_key, DECRYPT, "Action: kms:Decrypt\n                Resource: !Ref KeyArn"));
    sound(&with(
        &by_key,
        DECRYPT,
        "Action: kms:Decrypt\n                Resource: !Sub 'arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/*'",
    ));
    sound(&with(
        &text,
        "      Policies:\n        - PolicyName: network\n",
        "      ManagedPolicyArns: !Ref Policies\n      Policies:\n        - PolicyName: network\n",
    ));
    sound(&with(&text, "RoleArn: !GetAtt ProxyRole.Arn", "RoleArn: !ImportValue proxy-role"));
    let imported = with(&text, "SecretArn: !Ref Secret", "SecretArn: !ImportValue secret");
    sound(&with(
        &imported,
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !ImportValue secret",
    ));
}

#[test]
fn a_secret_that_a_database_makes_is_read() {
    let text = format!(
        "{INLINE}  Database: {{ Type: AWS::RDS::DBInstance, Properties: {{ Engine: postgres, MasterUsername: app, ManageMasterUserPassword: true, MasterUserSecret: {{ KmsKeyId: !Ref Key }} }} }}\n"
    );
    let text = with(&text, "SecretArn: !Ref Secret", "SecretArn: !GetAtt Database.MasterUserSecret.SecretArn");
    sound(&with(
        &text,
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !GetAtt Database.MasterUserSecret.SecretArn",
    ));
    sound(&with(
        &text,
        READ,
        "Action: secretsmanager:GetSecretValue\n                Resource: !Sub 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:rds!db-*'",
    ));
}

#[test]
fn a_policy_of_the_secret_is_enough() {
    let text = with(INLINE, "Action: secretsmanager:GetSecretValue\n", "Action: secretsmanager:DescribeSecret\n");
    let policy = |principal: &str| {
        format!(
            "{text}  SecretPolicy:\n    Type: AWS::SecretsManager::ResourcePolicy\n    Properties:\n      SecretId: !Ref Secret\n      ResourcePolicy: {{ Version: \"2012-10-17\", Statement: [{{ Effect: Allow, Principal: {principal}, Action: \"secretsmanager:GetSecretValue\", Resource: \"*\" }}] }}\n"
        )
    };
    sound(&policy("{ AWS: !GetAtt ProxyRole.Arn }"));
    sound(&policy("{ AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${ProxyRole}' }"));
}

#[test]
fn a_key_policy_is_enough() {
    let text = with(INLINE, "Action: kms:Decrypt\n", "Action: kms:DescribeKey\n");
    sound(&with(
        &text,
        "Principal: { AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\" }",
        "Principal: { AWS: !GetAtt ProxyRole.Arn }",
    ));
}
