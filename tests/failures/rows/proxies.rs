//! Proxies and what stands behind them.

use super::{ARN, AUTH, FAMILY, POOL};
use crate::failures::Row;

pub const ROWS: &[Row] = &[
    Row {
        name: "the proxy has no way to log in",
        code: "E3901",
        resource: "Proxy",
        broken: &[
            &[(AUTH, "!If [IsProd, !Ref AWS::NoValue, []]")],
            &[(AUTH, "!If [IsProd, !Ref AWS::NoValue, [{ AuthScheme: SECRETS, SecretArn: !Ref Secret }]]")],
        ],
        sound: &[
            &[(AUTH, "[{ AuthScheme: SECRETS, SecretArn: !Sub '${Secret}' }]")],
            &[(
                AUTH,
                "!If [IsProd, !Ref AWS::NoValue, [{ AuthScheme: SECRETS, SecretArn: !Ref Secret }]]\n      DefaultAuthScheme: !If [IsDev, NONE, IAM_AUTH]",
            )],
        ],
    },
    Row {
        name: "tokens or passwords, outside SQL Server",
        code: "E3902",
        resource: "Proxy",
        broken: &[
            &[("IAMAuth: REQUIRED", "IAMAuth: ENABLED")],
            &[("IAMAuth: REQUIRED", "IAMAuth: !If [IsProd, ENABLED, REQUIRED]"), (FAMILY, "EngineFamily: !Ref Word\n")],
        ],
        sound: &[
            &[("IAMAuth: REQUIRED", "IAMAuth: !If [IsProd, REQUIRED, DISABLED]")],
            &[("IAMAuth: REQUIRED", "IAMAuth: ENABLED"), (FAMILY, "EngineFamily: SQLSERVER\n")],
        ],
    },
    Row {
        name: "a client's way to log in that is of another engine",
        code: "E3905",
        resource: "Proxy",
        broken: &[
            &[("IAMAuth: REQUIRED", "ClientPasswordAuthType: MYSQL_NATIVE_PASSWORD")],
            &[("IAMAuth: REQUIRED", "ClientPasswordAuthType: !If [IsProd, MYSQL_NATIVE_PASSWORD, POSTGRES_MD5]")],
        ],
        sound: &[
            &[("IAMAuth: REQUIRED", "ClientPasswordAuthType: POSTGRES_SCRAM_SHA_256")],
            &[
                ("IAMAuth: REQUIRED", "ClientPasswordAuthType: !If [IsProd, MYSQL_NATIVE_PASSWORD, POSTGRES_MD5]"),
                (FAMILY, "EngineFamily: !If [IsDev, POSTGRESQL, MYSQL]\n"),
            ],
        ],
    },
    Row {
        name: "tokens without TLS",
        code: "I3904",
        resource: "Proxy",
        broken: &[
            &[("RequireTLS: true\n", "RequireTLS: 'false'\n")],
            &[("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, !Ref AWS::NoValue]\n")],
        ],
        sound: &[&[("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, 'true']\n")]],
    },
    Row {
        name: "more idle connections than the pool has",
        code: "E3906",
        resource: "Targets",
        broken: &[
            &[(POOL, "{ MaxConnectionsPercent: !Ref Share, MaxIdleConnectionsPercent: '50' }")],
            &[(POOL, "!If [IsProd, { MaxIdleConnectionsPercent: 50 }, { MaxConnectionsPercent: 50 }]")],
        ],
        sound: &[
            &[(POOL, "{ MaxConnectionsPercent: !Ref Share, MaxIdleConnectionsPercent: 40 }")],
            &[(
                POOL,
                "{ MaxConnectionsPercent: !If [IsProd, 90, 10], MaxIdleConnectionsPercent: !If [IsDev, 10, 80] }",
            )],
        ],
    },
    Row {
        name: "no database in the target group, or several",
        code: "E3907",
        resource: "Targets",
        broken: &[
            &[(
                "DBInstanceIdentifiers: [!Ref Database]",
                "DBInstanceIdentifiers: [!If [IsProd, !Ref Database, !Ref AWS::NoValue]]",
            )],
            &[(
                "DBInstanceIdentifiers: [!Ref Database]",
                "DBInstanceIdentifiers: [!Ref Database]\n      DBClusterIdentifiers: !If [IsProd, [c], !Ref AWS::NoValue]",
            )],
        ],
        sound: &[&[(
            "DBInstanceIdentifiers: [!Ref Database]",
            "DBInstanceIdentifiers: !If [IsDev, [!Ref Database], !Ref AWS::NoValue]\n      DBClusterIdentifiers: !If [IsProd, [c], !Ref AWS::NoValue]",
        )]],
    },
    Row {
        name: "the name of the proxy in upper case",
        code: "I3908",
        resource: "Proxy",
        broken: &[
            &[("DBProxyName: orders-proxy", "DBProxyName: Orders")],
            &[("DBProxyName: orders-proxy", "DBProxyName: !If [IsProd, orders, ORDERS]")],
        ],
        sound: &[&[("DBProxyName: orders-proxy", "DBProxyName: !Sub 'orders-${AWS::Region}'")]],
    },
    Row {
        name: "no target group for the proxy",
        code: "I3909",
        resource: "Proxy",
        broken: &[
            &[("DBProxyName: !Ref Proxy", "DBProxyName: another")],
            &[("DBProxyTargetGroup\n", "DBProxyTargetGroup\n    Condition: IsProd\n")],
        ],
        sound: &[
            &[("DBProxyName: !Ref Proxy", "DBProxyName: orders-proxy")],
            &[("DBProxyName: !Ref Proxy", "DBProxyName: !Ref Other")],
        ],
    },
    Row {
        name: "the database named as text, so that nothing orders",
        code: "W3912",
        resource: "Targets",
        broken: &[
            &[("DBInstanceIdentifiers: [!Ref Database]", "DBInstanceIdentifiers: [orders]")],
            &[("DBProxyName: !Ref Proxy", "DBProxyName: !If [IsProd, orders-proxy, !Ref Proxy]")],
        ],
        sound: &[
            &[("DBInstanceIdentifiers: [!Ref Database]", "DBInstanceIdentifiers: [billing]")],
            &[
                ("DBProxyTargetGroup\n", "DBProxyTargetGroup\n    DependsOn: Database\n"),
                ("DBInstanceIdentifiers: [!Ref Database]", "DBInstanceIdentifiers: [orders]"),
            ],
        ],
    },
    Row {
        name: "two proxies that take more than the database has",
        code: "I3913",
        resource: "SecondTargets",
        broken: &[&[second!("50")], &[second!("!If [IsProd, 30, 70]")]],
        sound: &[&[second!("!Ref Share")], &[second!("!FindInMap [Facts, !Ref AWS::Region, zone]")]],
    },
    Row {
        name: "the engine is not of the proxy's family",
        code: "E3951",
        resource: "Proxy",
        broken: &[
            &[(FAMILY, "EngineFamily: MYSQL\n")],
            &[(FAMILY, "EngineFamily: !Ref Word\n")],
            &[(FAMILY, "EngineFamily: !FindInMap [Facts, !Ref AWS::Region, family]\n")],
            &[
                (FAMILY, "EngineFamily: !If [IsProd, POSTGRESQL, MYSQL]\n"),
                ("[!Ref Database]\n", "!If [IsDev, [orders], [x]]\n"),
            ],
        ],
        sound: &[
            &[
                (FAMILY, "EngineFamily: !If [IsProd, POSTGRESQL, MYSQL]\n"),
                ("Engine: postgres\n", "Engine: !If [IsDev, mariadb, postgres]\n"),
            ],
            &[(FAMILY, "EngineFamily: !Ref Other\n")],
        ],
    },
    Row {
        name: "tokens to a database that takes none",
        code: "E3952",
        resource: "Database",
        broken: &[
            &[
                ("Authentication: true", "Authentication: false"),
                (AUTH, "!Ref AWS::NoValue\n      DefaultAuthScheme: IAM_AUTH"),
            ],
            &[
                ("Authentication: true", "Authentication: !If [IsProd, true, !Ref AWS::NoValue]"),
                (AUTH, "!Ref AWS::NoValue\n      DefaultAuthScheme: !If [IsDev, IAM_AUTH, NONE]"),
            ],
        ],
        sound: &[&[
            ("Authentication: true", "Authentication: !If [IsProd, true, !Ref AWS::NoValue]"),
            (AUTH, "!Ref AWS::NoValue\n      DefaultAuthScheme: !If [IsProd, IAM_AUTH, NONE]"),
        ]],
    },
    Row {
        name: "a read replica behind the proxy",
        code: "E3953",
        resource: "Targets",
        broken: &[
            &[("MasterUsername: owner\n", "SourceDBInstanceIdentifier: primary\n")],
            &[
                ("MasterUsername: owner\n", "SourceDBInstanceIdentifier: !If [IsProd, primary, !Ref AWS::NoValue]\n"),
                ("[!Ref Database]\n", "[ORDERS]\n"),
            ],
        ],
        sound: &[&[("MasterUsername: owner\n", "SourceDBInstanceIdentifier: !Ref AWS::NoValue\n")]],
    },
    Row {
        name: "session pinning filters outside MySQL",
        code: "W3957",
        resource: "Targets",
        broken: &[
            &[(POOL, "{ SessionPinningFilters: [EXCLUDE_VARIABLE_SETS] }")],
            &[(POOL, "{ SessionPinningFilters: !If [IsProd, [EXCLUDE_VARIABLE_SETS], !Ref AWS::NoValue] }")],
        ],
        sound: &[&[
            (POOL, "{ SessionPinningFilters: !If [IsProd, [EXCLUDE_VARIABLE_SETS], []] }"),
            (FAMILY, "EngineFamily: !If [IsProd, MYSQL, POSTGRESQL]\n"),
        ]],
    },
    Row {
        name: "clients without TLS, whom the database refuses",
        code: "I3959",
        resource: "Proxy",
        broken: &[
            &[("RequireTLS: true\n", "RequireTLS: false\n"), ("application_name: app", "rds.force_ssl: 1")],
            &[
                ("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, false]\n"),
                ("application_name: app", "rds.force_ssl: !If [IsDev, '1', '0']"),
            ],
        ],
        sound: &[&[
            ("RequireTLS: true\n", "RequireTLS: !If [IsProd, true, false]\n"),
            ("application_name: app", "rds.force_ssl: !If [IsProd, '1', '0']"),
        ]],
    },
    Row {
        name: "by IPv6 to a database that has none",
        code: "E3960",
        resource: "Database",
        broken: &[
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      TargetConnectionNetworkType: IPV6\n")],
            &[
                (FAMILY, "EngineFamily: POSTGRESQL\n      TargetConnectionNetworkType: !If [IsProd, IPV6, IPV4]\n"),
                ("Engine: postgres\n", "Engine: postgres\n      NetworkType: !If [IsDev, DUAL, IPV4]\n"),
            ],
        ],
        sound: &[&[
            (FAMILY, "EngineFamily: POSTGRESQL\n      TargetConnectionNetworkType: !If [IsProd, IPV6, IPV4]\n"),
            ("Engine: postgres\n", "Engine: postgres\n      NetworkType: !If [IsProd, DUAL, !Ref AWS::NoValue]\n"),
        ]],
    },
    Row {
        name: "an endpoint for reading before a cluster without a reader",
        code: "E3955",
        resource: "Readers",
        broken: &[
            &[cluster!("    DependsOn: Writer\n", "READ_ONLY", "")],
            &[cluster!("    DependsOn: Writer\n", "!If [IsProd, READ_ONLY, READ_WRITE]", "")],
        ],
        sound: &[&[cluster!("    DependsOn: Writer\n", "!If [IsProd, READ_WRITE, !Ref AWS::NoValue]", "")]],
    },
    Row {
        name: "Aurora Serverless v1 behind a proxy",
        code: "E3956",
        resource: "EventTargets",
        broken: &[
            &[cluster!("    DependsOn: Writer\n", "READ_WRITE", ", EngineMode: serverless")],
            &[cluster!("    DependsOn: Writer\n", "READ_WRITE", ", EngineMode: !If [IsProd, provisioned, serverless]")],
        ],
        sound: &[&[cluster!(
            "    DependsOn: Writer\n",
            "READ_WRITE",
            ", EngineMode: !If [IsProd, provisioned, !Ref AWS::NoValue]"
        )]],
    },
    Row {
        name: "a cluster that would pause, behind a proxy that keeps it awake",
        code: "I3958",
        resource: "Cluster",
        broken: &[
            &[cluster!(
                "    DependsOn: Writer\n",
                "READ_WRITE",
                ", ServerlessV2ScalingConfiguration: { MinCapacity: '0', MaxCapacity: 4 }"
            )],
            &[cluster!(
                "    DependsOn: Writer\n",
                "READ_WRITE",
                ", ServerlessV2ScalingConfiguration: { MinCapacity: !If [IsProd, 2, 0], MaxCapacity: 4 }"
            )],
        ],
        sound: &[&[cluster!(
            "    DependsOn: Writer\n",
            "READ_WRITE",
            ", ServerlessV2ScalingConfiguration: { MinCapacity: !If [IsProd, 2, 0.5], MaxCapacity: 4 }"
        )]],
    },
    Row {
        name: "a grant to connect as anyone",
        code: "P1002",
        resource: "Role",
        broken: &[
            &[("dbuser:${Id}/app", "dbuser:${Id}/*")],
            &[(
                ARN,
                "!Join ['', ['arn:aws:rds-db:us-east-1:111122223333:dbuser:', !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]], '/*']]\n",
            )],
        ],
        sound: &[&[("dbuser:${Id}/app", "dbuser:${Id}/${Stage}")]],
    },
];
