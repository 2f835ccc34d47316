//! Networks, and who is in them.

use super::{FAMILY, HOST, OF_ENDPOINT, OF_GROUP, OF_PROXY, VPC_CONFIG, ZONE_B};
use crate::failures::Row;

pub const ROWS: &[Row] = &[
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
];
