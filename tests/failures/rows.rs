//! The table: what fails, which rule finds it, and in which ways it is written.

use super::Row;

/// A second proxy before the same database, which takes so many percent.
macro_rules! second {
    ($share:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Second:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      { DBProxyName: second, EngineFamily: POSTGRESQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB] }\n",
                "  SecondTargets:\n    Type: AWS::RDS::DBProxyTargetGroup\n    Properties:\n      { DBProxyName: !Ref Second, TargetGroupName: default, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: ",
                $share,
                " } }\n  Attachment:\n"
            ),
        )
    };
}

/// A cluster behind a proxy of its own: how its target group waits, what its endpoint is for, its other properties.
macro_rules! cluster {
    ($waits:literal, $role:literal, $more:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Cluster:\n    Type: AWS::RDS::DBCluster\n    DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Snapshot\n    Properties:\n      { DBClusterIdentifier: events, Engine: aurora-postgresql, EnableIAMDatabaseAuthentication: true, MasterUsername: owner, ManageMasterUserPassword: true, VpcSecurityGroupIds: [!Ref DatabaseSg]",
                $more,
                " }\n  Writer:\n    Type: AWS::RDS::DBInstance\n    Properties: { Engine: aurora-postgresql, DBInstanceClass: db.r8g.large, DBClusterIdentifier: !Ref Cluster }\n",
                "  Events:\n    Type: AWS::RDS::DBProxy\n    Properties:\n      { DBProxyName: events, EngineFamily: POSTGRESQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB], VpcSecurityGroupIds: [!Ref ProxySg] }\n",
                "  EventTargets:\n    Type: AWS::RDS::DBProxyTargetGroup\n",
                $waits,
                "    Properties: { DBProxyName: !Sub '${Events}', TargetGroupName: default, DBClusterIdentifiers: [!Ref Cluster] }\n",
                "  Readers:\n    Type: AWS::RDS::DBProxyEndpoint\n    Properties:\n      { DBProxyEndpointName: readers, DBProxyName: !Ref Events, VpcSubnetIds: [!Ref SubnetA, !Ref SubnetB], VpcSecurityGroupIds: [!Ref ProxySg], TargetRole: ",
                $role,
                " }\n  Attachment:\n"
            ),
        )
    };
}

const AUTH: &str = "[{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: !Ref Secret }]";
const MADE_UP: &str =
    "GenerateSecretString: { SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password }";
const HOST: &str = "{ DB_HOST: !GetAtt Proxy.Endpoint }";
const POOL: &str = "{ MaxConnectionsPercent: 60, MaxIdleConnectionsPercent: 30, ConnectionBorrowTimeout: 10 }";
const OF_PROXY: &str = "[!Ref SubnetA, !Ref SubnetB] # of the proxy";
const OF_GROUP: &str = "database\n      SubnetIds: [!Ref SubnetA, !Ref SubnetB]";
const OF_ENDPOINT: &str = "[!Ref SubnetA, !Ref SubnetB] # of the endpoint";
const VPC_CONFIG: &str = "{ SubnetIds: [!Ref SubnetA, !Ref SubnetB], SecurityGroupIds: [!Ref LambdaSg] }";
const ZONE_B: &str = "!Select [1, !GetAZs '']";
const FAMILY: &str = "EngineFamily: POSTGRESQL\n";
const ARN: &str = "!Sub\n                  - arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app\n                  - Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]]\n";

pub const ALL: &[Row] = &[
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
        name: "a target group before the instances of its cluster",
        code: "W3954",
        resource: "EventTargets",
        broken: &[
            &[cluster!("", "READ_WRITE", "")],
            &[cluster!("    DependsOn: Rotate\n", "READ_WRITE", ", EngineVersion: !If [IsProd, '17.5', '16.9']")],
        ],
        sound: &[&[cluster!("    DependsOn: [Writer]\n", "READ_WRITE", "")]],
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
    Row {
        name: "a proxy in another VPC than its database",
        code: "E3936",
        resource: "Proxy",
        broken: &[
            &[
                ("!Ref Vpc # of A", "!Ref OtherVpc"),
                ("10.0.0.0/20", "10.1.0.0/20"),
                (OF_PROXY, "[!Ref SubnetA]"),
                (OF_GROUP, "database\n      SubnetIds: [!Ref SubnetB]"),
            ],
            &[
                ("!Ref Vpc # of A", "!GetAtt OtherVpc.VpcId"),
                ("10.0.0.0/20", "10.1.0.0/20"),
                (OF_PROXY, "!If [IsProd, [!Ref SubnetA], [!Ref SubnetB]]"),
                (OF_GROUP, "database\n      SubnetIds: [!Ref SubnetB]"),
            ],
        ],
        sound: &[&[(OF_PROXY, "[!Ref SubnetA]"), (OF_GROUP, "database\n      SubnetIds: [!Ref SubnetB]")]],
    },
    Row {
        name: "a proxy in a VPC of dedicated tenancy",
        code: "E3937",
        resource: "Proxy",
        broken: &[
            &[("EnableDnsHostnames: true", "EnableDnsHostnames: true, InstanceTenancy: dedicated")],
            &[(
                "EnableDnsHostnames: true",
                "EnableDnsHostnames: true, InstanceTenancy: !If [IsProd, dedicated, default]",
            )],
        ],
        sound: &[&[("EnableDnsHostnames: true", "EnableDnsHostnames: true, InstanceTenancy: default")]],
    },
    Row {
        name: "IPv6 addresses in subnets without",
        code: "E3938",
        resource: "Proxy",
        broken: &[
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: DUAL\n")],
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: !If [IsProd, IPV6, IPV4]\n")],
        ],
        sound: &[
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: IPV4\n")],
            &[
                (FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: DUAL\n"),
                ("10.0.0.0/20", "10.0.0.0/20\n      Ipv6CidrBlock: 2001:db8:0:1::/64"),
                ("10.0.16.0/20", "10.0.16.0/20\n      Ipv6CidrBlock: 2001:db8:0:2::/64"),
            ],
        ],
    },
    Row {
        name: "a proxy without a security group of its own",
        code: "I3939",
        resource: "Proxy",
        broken: &[
            &[("VpcSecurityGroupIds: [!Ref ProxySg]", "DebugLogging: false")],
            &[("[!Ref ProxySg]", "[!If [IsProd, !Ref ProxySg, !Ref AWS::NoValue]]")],
        ],
        sound: &[&[("[!Ref ProxySg]", "!If [IsProd, [!Ref ProxySg], [!Ref LambdaSg]]")]],
    },
    Row {
        name: "a database without a security group of its own",
        code: "I3939",
        resource: "Database",
        broken: &[
            &[("VPCSecurityGroups: [!GetAtt DatabaseSg.GroupId]", "MultiAZ: false")],
            &[("[!GetAtt DatabaseSg.GroupId]", "!If [IsProd, [!GetAtt DatabaseSg.GroupId], !Ref AWS::NoValue]")],
        ],
        sound: &[&[("[!GetAtt DatabaseSg.GroupId]", "[!Ref Other]")]],
    },
    Row {
        name: "an endpoint without a security group of its own",
        code: "I3939",
        resource: "Api",
        broken: &[
            &[("      SecurityGroupIds: [!Ref LambdaSg] # of the endpoint\n", "")],
            &[("[!Ref LambdaSg] # of the endpoint", "!If [IsProd, !Ref AWS::NoValue, [!Ref LambdaSg]]")],
        ],
        sound: &[&[("[!Ref LambdaSg] # of the endpoint", "!If [IsProd, [!Ref ProxySg], [!Ref LambdaSg]]")]],
    },
    Row {
        name: "the subnets of the proxy in one zone",
        code: "E3933",
        resource: "Proxy",
        broken: &[
            &[
                (ZONE_B, "!Select ['0', !GetAZs { Ref: 'AWS::Region' }]"),
                (OF_GROUP, "database\n      SubnetIds: [!Ref Other, !Ref SubnetB]"),
            ],
            &[
                ("!Select [0, !GetAZs '']", "us-east-1a"),
                (ZONE_B, "!FindInMap [Facts, !Ref AWS::Region, zone]"),
                (OF_GROUP, "database\n      SubnetIds: [!Ref Other, !Ref SubnetB]"),
            ],
            &[(OF_PROXY, "!If [IsProd, [!Ref SubnetA, !Ref SubnetA], [!Ref SubnetA, !Ref SubnetB]]")],
        ],
        sound: &[
            &[(OF_PROXY, "!If [IsProd, [!Ref SubnetA, !Ref SubnetB], [!Ref SubnetB, !Ref SubnetA]]")],
            &[(ZONE_B, "!Ref Other")],
        ],
    },
    Row {
        name: "the subnets of the database in one zone",
        code: "E3933",
        resource: "Group",
        broken: &[
            &[(OF_GROUP, "database\n      SubnetIds: [!Ref SubnetA]")],
            &[(OF_GROUP, "database\n      SubnetIds: [!Ref SubnetA, !If [IsProd, !Ref SubnetB, !Ref AWS::NoValue]]")],
        ],
        sound: &[&[(OF_GROUP, "database\n      SubnetIds: !Split [',', !Ref Other]")]],
    },
    Row {
        name: "two subnets of an endpoint in one zone",
        code: "E3924",
        resource: "Api",
        broken: &[
            &[(ZONE_B, "!Select ['0', !GetAZs '']")],
            &[("!Select [0, !GetAZs '']", "us-east-1a"), (ZONE_B, "!If [IsProd, us-east-1a, us-east-1b]")],
        ],
        sound: &[&[(ZONE_B, "!Select ['0', !GetAZs '']"), (OF_ENDPOINT, "[!If [IsProd, !Ref SubnetA, !Ref SubnetB]]")]],
    },
    Row {
        name: "a security group of another VPC",
        code: "E3934",
        resource: "Handler",
        broken: &[
            &[
                ("functions, VpcId: !Ref Vpc", "functions, VpcId: !Ref OtherVpc"),
                ("[!Ref LambdaSg] # of the endpoint", "[!Ref ProxySg]"),
            ],
            &[
                (
                    "functions, VpcId: !Ref Vpc",
                    "functions, VpcId: !If [IsProd, !GetAtt OtherVpc.VpcId, !GetAtt Vpc.VpcId]",
                ),
                ("[!Ref LambdaSg] # of the endpoint", "[!Ref ProxySg]"),
            ],
        ],
        sound: &[&[("functions, VpcId: !Ref Vpc", "functions, VpcId: !If [IsProd, !GetAtt Vpc.VpcId, !Ref Vpc]")]],
    },
    Row {
        name: "subnets that overlap",
        code: "E3060",
        resource: "SubnetB",
        broken: &[&[("10.0.16.0/20", "10.0.8.0/24")], &[("10.0.16.0/20", "!If [IsProd, 10.0.0.0/20, 10.0.16.0/20]")]],
        sound: &[&[("10.0.16.0/20", "!If [IsProd, 10.0.32.0/20, 10.0.16.0/20]")]],
    },
    Row {
        name: "private DNS in a VPC without",
        code: "E3923",
        resource: "Api",
        broken: &[
            &[("EnableDnsHostnames: true", "EnableDnsHostnames: !If [IsProd, true, !Ref AWS::NoValue]")],
            &[
                ("EnableDnsHostnames: true", "EnableDnsHostnames: true, EnableDnsSupport: 'false'"),
                ("!Ref Vpc # of the endpoint", "!GetAtt Vpc.VpcId"),
            ],
        ],
        sound: &[
            &[
                ("EnableDnsHostnames: true", "EnableDnsHostnames: !If [IsProd, true, false]"),
                ("PrivateDnsEnabled: true", "PrivateDnsEnabled: !If [IsProd, true, false]"),
            ],
            &[("EnableDnsHostnames: true", "EnableDnsHostnames: 'true', EnableDnsSupport: true")],
        ],
    },
    Row {
        name: "an endpoint of no type that has subnets",
        code: "E3921",
        resource: "Api",
        broken: &[
            &[("VpcEndpointType: Interface\n", "VpcEndpointType: Gateway\n")],
            &[("VpcEndpointType: Interface\n", "VpcEndpointType: !If [IsProd, Interface, !Ref AWS::NoValue]\n")],
        ],
        sound: &[&[(
            "VpcEndpointType: Interface\n",
            "VpcEndpointType: !If [IsProd, Interface, GatewayLoadBalancer]\n",
        )]],
    },
    Row {
        name: "an endpoint of a service that has none",
        code: "E3925",
        resource: "Api",
        broken: &[
            &[("!Sub com.amazonaws.${AWS::Region}.secretsmanager", "com.amazonaws.us-east-1.rds-proxy")],
            &[(
                "!Sub com.amazonaws.${AWS::Region}.secretsmanager",
                "!Join ['.', [com, amazonaws, !Ref AWS::Region, rds-proxy]]",
            )],
        ],
        sound: &[&[(
            "!Sub com.amazonaws.${AWS::Region}.secretsmanager",
            "!Join ['.', [com, amazonaws, !Ref AWS::Region, rds-data]]",
        )]],
    },
    Row {
        name: "subnets without a security group",
        code: "E3922",
        resource: "Handler",
        broken: &[
            &[(VPC_CONFIG, "{ SubnetIds: [!Ref SubnetA, !Ref SubnetB] }")],
            &[(
                VPC_CONFIG,
                "{ SubnetIds: [!Ref SubnetA], SecurityGroupIds: !If [IsProd, [!Ref LambdaSg], !Ref AWS::NoValue] }",
            )],
        ],
        sound: &[&[(
            VPC_CONFIG,
            "!If [IsProd, { SubnetIds: [!Ref SubnetA], SecurityGroupIds: [!Ref LambdaSg] }, !Ref AWS::NoValue]",
        )]],
    },
    Row {
        name: "a client outside the VPC",
        code: "E3941",
        resource: "Handler",
        broken: &[
            &[(
                VPC_CONFIG,
                "!If [IsProd, { SubnetIds: [!Ref SubnetA], SecurityGroupIds: [!Ref LambdaSg] }, !Ref AWS::NoValue]",
            )],
            &[(VPC_CONFIG, "!Ref AWS::NoValue"), (HOST, "{ URL: !Sub 'postgres://${Proxy.Endpoint}/app' }")],
        ],
        sound: &[&[
            (
                VPC_CONFIG,
                "!If [IsProd, { SubnetIds: [!Ref SubnetA], SecurityGroupIds: [!Ref LambdaSg] }, !Ref AWS::NoValue]",
            ),
            (HOST, "!If [IsDev, {}, { DB_HOST: !GetAtt Proxy.Endpoint }]"),
        ]],
    },
    Row {
        name: "a client past the proxy",
        code: "I3942",
        resource: "Handler",
        broken: &[
            &[(HOST, "{ DB_HOST: !GetAtt Database.Endpoint.Address }")],
            &[(HOST, "{ DB_HOST: !If [IsProd, !GetAtt Proxy.Endpoint, !Sub '${Database.Endpoint.Address}'] }")],
        ],
        sound: &[&[(
            HOST,
            "{ DB_HOST: !If [IsProd, !GetAtt Proxy.Endpoint, localhost], DB_PORT: !GetAtt Database.Endpoint.Port }",
        )]],
    },
    Row {
        name: "the endpoint of a proxy as a literal",
        code: "I3943",
        resource: "Handler",
        broken: &[
            &[(HOST, "{ DB_HOST: orders-proxy.proxy-c1x2y3z4abcd.us-east-1.rds.amazonaws.com }")],
            &[(HOST, "{ DB_HOST: !Sub 'orders-proxy.proxy-c1x2y3z4abcd.${AWS::Region}.rds.amazonaws.com' }")],
        ],
        sound: &[&[(HOST, "{ DB_HOST: orders.c1x2y3z4abcd.us-east-1.rds.amazonaws.com }")]],
    },
    Row {
        name: "the text of a secret in the environment",
        code: "W3944",
        resource: "Handler",
        broken: &[
            &[(HOST, "{ PASSWORD: '{{resolve:secretsmanager:app-user:SecretString:password}}' }")],
            &[(
                HOST,
                "{ PASSWORD: !If [IsProd, x, !Join ['', ['{{resolve:secretsmanager:', !Ref Secret, ':SecretString:password}}']]] }",
            )],
            &[(HOST, "{ URL: !Sub 'postgres://app:{{resolve:secretsmanager:${Secret}:SecretString:password}}@host' }")],
        ],
        sound: &[&[(HOST, "{ SECRET: !Ref Secret, STAGE: '{{resolve:ssm:stage}}' }")]],
    },
    Row {
        name: "a client without IPv6 of a proxy that has only that",
        code: "E3945",
        resource: "Handler",
        broken: &[
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: IPV6\n")],
            &[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: !If [IsProd, IPV6, DUAL]\n")],
        ],
        sound: &[&[(FAMILY, "EngineFamily: POSTGRESQL\n      EndpointNetworkType: DUAL\n")]],
    },
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
        name: "rotation before it is permitted",
        code: "W3977",
        resource: "Rotation",
        broken: &[
            &[("    DependsOn: MayRotate\n", "")],
            &[("Principal: secretsmanager.amazonaws.com", "Principal: events.amazonaws.com")],
        ],
        sound: &[&[("FunctionName: !Ref Rotate", "FunctionName: !GetAtt Rotate.Arn")]],
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
