//! Secrets, rotation, databases that last, and grants.

use super::{ARN, AUTH, FAMILY, MADE_UP, POOL};
use crate::failures::Row;

pub const ROWS: &[Row] = &[
    Row {
        name: "a function that ends before the proxy gives up",
        code: "I3940",
        resource: "Handler",
        broken: &[
            &[("Timeout: 30\n", "Timeout: !If [IsProd, 60, !Ref AWS::NoValue]\n")],
            &[(POOL, "{ ConnectionBorrowTimeout: !Ref Share }")],
            &[(POOL, "!Ref AWS::NoValue")],
        ],
        sound: &[&[
            (POOL, "{ ConnectionBorrowTimeout: !If [IsProd, 40, 10] }"),
            ("Timeout: 30\n", "Timeout: !If [IsDev, 20, 50]\n"),
        ]],
    },
    Row {
        name: "a secret without the user or the password",
        code: "E3961",
        resource: "Secret",
        broken: &[
            &[(MADE_UP, "GenerateSecretString: { PasswordLength: 30 }")],
            &[
                (
                    MADE_UP,
                    "GenerateSecretString: { SecretStringTemplate: !Sub '{\"user\": \"${Stage}\"}', GenerateStringKey: password }",
                ),
                ("SecretArn: !Ref Secret", "SecretArn: !Ref Attachment"),
            ],
            &[(MADE_UP, "SecretString: !Sub '{\"username\": \"${Stage}\"}'")],
        ],
        sound: &[
            &[(
                MADE_UP,
                "GenerateSecretString: { SecretStringTemplate: !Sub '{\"username\": \"${Stage}\"}', GenerateStringKey: password }",
            )],
            &[(MADE_UP, "SecretString: !Ref Other")],
        ],
    },
    Row {
        name: "a master password with characters that RDS refuses",
        code: "E3962",
        resource: "Master",
        broken: &[
            &[("        ExcludeCharacters: '/@\" '\n", "")],
            &[
                ("ExcludeCharacters: '/@\" '", "ExcludeCharacters: !If [IsProd, '/@\"', '/@']"),
                (
                    "!Sub '{{resolve:secretsmanager:${Master}:SecretString:password}}'",
                    "!Join ['', ['{{resolve:secretsmanager:', !Ref Master, ':SecretString:password}}']]",
                ),
            ],
        ],
        sound: &[&[("ExcludeCharacters: '/@\" '", "ExcludePunctuation: true")]],
    },
    Row {
        name: "a master password that is too long",
        code: "E3969",
        resource: "Master",
        broken: &[
            &[("ExcludeCharacters: '/@\" '", "ExcludeCharacters: '/@\" '\n        PasswordLength: 200")],
            &[
                (
                    "ExcludeCharacters: '/@\" '",
                    "ExcludeCharacters: '/@\" '\n        PasswordLength: !If [IsProd, 64, 32]",
                ),
                ("Engine: postgres\n", "Engine: mysql\n"),
            ],
        ],
        sound: &[&[
            ("ExcludeCharacters: '/@\" '", "ExcludeCharacters: '/@\" '\n        PasswordLength: !If [IsProd, 64, 32]"),
            ("Engine: postgres\n", "Engine: !If [IsDev, mysql, postgres]\n"),
        ]],
    },
    Row {
        name: "two attachments of one secret",
        code: "E3963",
        resource: "Attachment2",
        broken: &[
            &[(
                "  Rotation:\n",
                "  Attachment2:\n    Type: AWS::SecretsManager::SecretTargetAttachment\n    Properties: { SecretId: !Sub '${Secret}', TargetId: x, TargetType: AWS::RDS::DBInstance }\n  Rotation:\n",
            )],
            &[(
                "  Rotation:\n",
                "  Attachment2:\n    Type: AWS::SecretsManager::SecretTargetAttachment\n    Properties: { SecretId: app-user, TargetId: x, TargetType: AWS::RDS::DBInstance }\n  Rotation:\n",
            )],
        ],
        sound: &[&[(
            "  Rotation:\n",
            "  Attachment2:\n    Type: AWS::SecretsManager::SecretTargetAttachment\n    Properties: { SecretId: !Ref Master, TargetId: x, TargetType: AWS::RDS::DBInstance }\n  Rotation:\n",
        )]],
    },
    Row {
        name: "rotation of a secret that does not say where its database is",
        code: "W3964",
        resource: "Rotation",
        broken: &[
            &[
                (
                    "RotationLambdaARN: !GetAtt Rotate.Arn",
                    "HostedRotationLambda: { RotationType: PostgreSQLSingleUser }",
                ),
                ("SecretId: !Ref Attachment", "SecretId: !Ref Master"),
            ],
            &[
                (
                    "RotationLambdaARN: !GetAtt Rotate.Arn",
                    "HostedRotationLambda: { RotationType: PostgreSQLSingleUser }",
                ),
                ("SecretTargetAttachment\n", "SecretTargetAttachment\n    Condition: IsProd\n"),
                ("SecretId: !Ref Attachment", "SecretId: !Ref Secret"),
            ],
        ],
        sound: &[&[
            ("RotationLambdaARN: !GetAtt Rotate.Arn", "HostedRotationLambda: { RotationType: PostgreSQLSingleUser }"),
            ("SecretId: !Ref Attachment", "SecretId: app-user"),
        ]],
    },
    Row {
        name: "users that alternate behind a proxy",
        code: "E3966",
        resource: "Rotation",
        broken: &[
            &[("RotationLambdaARN: !GetAtt Rotate.Arn", "HostedRotationLambda: { RotationType: PostgreSQLMultiUser }")],
            &[
                (
                    "RotationLambdaARN: !GetAtt Rotate.Arn",
                    "HostedRotationLambda: { RotationType: !If [IsProd, PostgreSQLMultiUser, PostgreSQLSingleUser] }",
                ),
                ("SecretId: !Ref Attachment", "SecretId: app-user"),
            ],
        ],
        sound: &[&[
            ("RotationLambdaARN: !GetAtt Rotate.Arn", "HostedRotationLambda: { RotationType: PostgreSQLMultiUser }"),
            ("SecretId: !Ref Attachment", "SecretId: !Ref Master"),
        ]],
    },
    Row {
        name: "rotation through the proxy",
        code: "W3968",
        resource: "Attachment",
        broken: &[
            &[("TargetType: AWS::RDS::DBInstance", "TargetType: AWS::RDS::DBProxy")],
            &[
                (
                    "TargetType: AWS::RDS::DBInstance",
                    "TargetType: !If [IsProd, AWS::RDS::DBProxy, AWS::RDS::DBInstance]",
                ),
                ("SecretId: !Ref Attachment", "SecretId: !Ref Secret"),
            ],
        ],
        sound: &[&[
            ("TargetType: AWS::RDS::DBInstance", "TargetType: AWS::RDS::DBProxy"),
            ("SecretId: !Ref Attachment", "SecretId: !Ref Master"),
        ]],
    },
    Row {
        name: "the master user behind the proxy",
        code: "I3978",
        resource: "Proxy",
        broken: &[
            &[("SecretArn: !Ref Secret", "SecretArn: !Ref Master")],
            &[("SecretArn: !Ref Secret", "SecretArn: !If [IsProd, !Ref Secret, !Sub '${Master}']")],
        ],
        sound: &[&[("SecretArn: !Ref Secret", "SecretArn: !GetAtt Secret.Id")]],
    },
    Row {
        name: "a name of the master user that the engine keeps",
        code: "E3971",
        resource: "Database",
        broken: &[
            &[("MasterUsername: owner", "MasterUsername: admin")],
            &[("MasterUsername: owner", "MasterUsername: !If [IsProd, rdsadmin, owner]")],
        ],
        sound: &[&[
            ("MasterUsername: owner", "MasterUsername: !If [IsProd, admin, owner]"),
            ("Engine: postgres\n", "Engine: !If [IsDev, postgres, mysql]\n"),
        ]],
    },
    Row {
        name: "two master passwords",
        code: "E3972",
        resource: "Database",
        broken: &[
            &[("MasterUsername: owner", "ManageMasterUserPassword: 'true'\n      MasterUsername: owner")],
            &[(
                "MasterUsername: owner",
                "ManageMasterUserPassword: !If [IsProd, true, false]\n      MasterUsername: owner",
            )],
        ],
        sound: &[&[("MasterUsername: owner", "ManageMasterUserPassword: false\n      MasterUsername: owner")]],
    },
    Row {
        name: "a database name for SQL Server",
        code: "E3973",
        resource: "Database",
        broken: &[
            &[("Engine: postgres\n", "Engine: sqlserver-ex\n      DBName: app\n")],
            &[("Engine: postgres\n", "Engine: !If [IsProd, sqlserver-ex, postgres]\n      DBName: app\n")],
        ],
        sound: &[&[(
            "Engine: postgres\n",
            "Engine: !If [IsProd, sqlserver-ex, postgres]\n      DBName: !If [IsDev, app, !Ref AWS::NoValue]\n",
        )]],
    },
    Row {
        name: "data that outlive their key",
        code: "W3974",
        resource: "Database",
        broken: &[
            &[("    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n", "")],
            &[
                ("    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n", ""),
                ("KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: !If [IsProd, !Sub '${Key}', !Ref AWS::NoValue]"),
            ],
        ],
        sound: &[&[("KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: !Ref Key")]],
    },
    Row {
        name: "a database that stays, on a subnet group that goes",
        code: "W3976",
        resource: "Database",
        broken: &[
            &[(
                "DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot",
                "DeletionPolicy: Retain\n    UpdateReplacePolicy: Snapshot",
            )],
            &[
                (
                    "DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot",
                    "DeletionPolicy: RetainExceptOnCreate\n    UpdateReplacePolicy: Snapshot",
                ),
                ("DBSubnetGroupName: !Ref Group", "DBSubnetGroupName: !If [IsProd, !Sub '${Group}', default]"),
            ],
        ],
        sound: &[&[
            (
                "DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot",
                "DeletionPolicy: Retain\n    UpdateReplacePolicy: Snapshot",
            ),
            ("DBSubnetGroupName: !Ref Group", "DBSubnetGroupName: default"),
            ("[!GetAtt DatabaseSg.GroupId]", "[sg-00000001]"),
        ]],
    },
    Row {
        name: "a grant to connect by the name of the proxy",
        code: "P1003",
        resource: "Role",
        broken: &[
            &[(ARN, "!Sub 'arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Proxy}/app'\n")],
            &[(
                ARN,
                "!Sub ['arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Name}/app', { Name: !Ref Proxy }]\n",
            )],
        ],
        sound: &[&[(
            ARN,
            "!Sub ['arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Name}/app', { Name: !Ref Other }]\n",
        )]],
    },
    Row {
        name: "a grant to connect by an ARN of RDS",
        code: "P1004",
        resource: "Role",
        broken: &[
            &[(ARN, "!GetAtt Proxy.DBProxyArn\n")],
            &[(ARN, "[!If [IsProd, !Sub '${Database.DBInstanceArn}', '*']]\n")],
        ],
        sound: &[&[(ARN, "'*'\n")]],
    },
    Row {
        name: "a grant of an action that does not exist",
        code: "P1005",
        resource: "Role",
        broken: &[&[("rds-db:connect", "rds:connect")], &[("rds-db:connect", "['rds-db:connect', 'RDS:Connect']")]],
        sound: &[&[("rds-db:connect", "['rds-db:connect', 'rds:DescribeDBProxies']")]],
    },
    Row {
        name: "a grant to connect that nobody can use",
        code: "P1001",
        resource: "Role",
        broken: &[
            &[("IAMAuth: REQUIRED", "IAMAuth: DISABLED")],
            &[(
                AUTH,
                "!If [IsProd, [{ AuthScheme: SECRETS, SecretArn: !Ref Secret }], [{ IAMAuth: DISABLED, SecretArn: !Ref Secret }]]",
            )],
        ],
        sound: &[&[("IAMAuth: REQUIRED", "IAMAuth: !If [IsProd, REQUIRED, DISABLED]")]],
    },
    Row {
        name: "a grant to connect with the id of a proxy as a literal",
        code: "P1006",
        resource: "Role",
        broken: &[
            &[(ARN, "arn:aws:rds-db:us-east-1:111122223333:dbuser:prx-0123456789abcdef0/app\n")],
            &[(ARN, "[!Sub 'arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:prx-0123456789abcdef0/*']\n")],
        ],
        sound: &[&[(ARN, "!Sub 'arn:aws:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Other}/app'\n")]],
    },
    Row {
        name: "a key that is used through another region",
        code: "P1007",
        resource: "Role",
        broken: &[
            &[(
                ARN,
                "'*'\n                Condition: { StringEquals: { 'kms:ViaService': secretsmanager.eu-west-1.amazonaws.com } }\n",
            )],
            &[(
                ARN,
                "'*'\n                Condition: { StringLike: { 'kms:ViaService': [!Sub 'secretsmanager.eu-west-1.${AWS::URLSuffix}'] } }\n",
            )],
        ],
        sound: &[
            &[(
                ARN,
                "'*'\n                Condition: { StringEquals: { 'kms:ViaService': !Sub 'secretsmanager.${AWS::Region}.amazonaws.com' } }\n",
            )],
            &[(
                ARN,
                "'*'\n                Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } }\n",
            )],
        ],
    },
    Row {
        name: "debug logging of the proxy",
        code: "I3911",
        resource: "Proxy",
        broken: &[
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      DebugLogging: 'true'\n")],
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      DebugLogging: !If [IsProd, false, true]\n")],
        ],
        sound: &[&[(FAMILY, "EngineFamily: POSTGRESQL\n      DebugLogging: !If [IsProd, false, !Ref AWS::NoValue]\n")]],
    },
    Row {
        name: "clients with passwords in the clear",
        code: "I3916",
        resource: "Proxy",
        broken: &[
            &[("RequireTLS: true\n", "RequireTLS: false\n"), ("IAMAuth: REQUIRED", "IAMAuth: DISABLED")],
            &[
                ("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, !Ref AWS::NoValue]\n"),
                ("IAMAuth: REQUIRED", "IAMAuth: !If [IsDev, DISABLED, REQUIRED]"),
            ],
        ],
        sound: &[&[
            ("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, false]\n"),
            ("IAMAuth: REQUIRED", "IAMAuth: !If [IsProd, DISABLED, REQUIRED]"),
        ]],
    },
    Row {
        name: "an endpoint of the RDS API that nobody calls",
        code: "N1001",
        resource: "Api",
        broken: &[
            &[(".secretsmanager", ".rds")],
            &[(
                "!Sub com.amazonaws.${AWS::Region}.secretsmanager",
                "!Join ['.', [com.amazonaws, !Ref AWS::Region, rds]]",
            )],
        ],
        sound: &[&[(".secretsmanager", ".rds"), ("rds-db:connect", "['rds-db:connect', 'rds:DescribeDBProxies']")]],
    },
];
