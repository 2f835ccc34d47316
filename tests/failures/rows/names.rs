//! Rows on names and addresses: of endpoints, of proxies, of clients.

use super::{AUTH, HOST, OF_PROXY};
use crate::failures::Row;

/// A record that leads to the proxy, whose name and values are written so.
macro_rules! record {
    ($name:literal, $leads:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Record:\n    Type: AWS::Route53::RecordSet\n    Properties:\n      { HostedZoneId: Z0123456789ABC, Type: CNAME, TTL: '60', Name: ",
                $name,
                ", ResourceRecords: ",
                $leads,
                " }\n  Attachment:\n"
            ),
        )
    };
}

/// A second endpoint, of this service, with these further properties.
macro_rules! endpoint {
    ($service:literal, $more:literal) => {
        (
            "  Attachment:\n",
            concat!(
                "  Second:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n      { VpcId: !GetAtt Vpc.VpcId, VpcEndpointType: Interface, SubnetIds: [!Ref SubnetB], SecurityGroupIds: [!Ref LambdaSg], ServiceName: ",
                $service,
                $more,
                " }\n  Attachment:\n"
            ),
        )
    };
}

pub const ROWS: &[Row] = &[
    Row {
        name: "private DNS of two endpoints of one service",
        code: "E3064",
        resource: "Api",
        broken: &[
            &[endpoint!("!Sub 'com.amazonaws.${AWS::Region}.secretsmanager'", ", PrivateDnsEnabled: true")],
            &[endpoint!("com.amazonaws.us-east-1.secretsmanager", ", PrivateDnsEnabled: !If [IsProd, 'true', false]")],
        ],
        sound: &[
            &[endpoint!("!Sub 'com.amazonaws.${AWS::Region}.secretsmanager'", "")],
            &[endpoint!("!Sub 'com.amazonaws.${AWS::Region}.kms'", ", PrivateDnsEnabled: true")],
            &[
                endpoint!(
                    "!Sub 'com.amazonaws.${AWS::Region}.secretsmanager'",
                    ", PrivateDnsEnabled: !If [IsProd, true, false]"
                ),
                ("PrivateDnsEnabled: true\n", "PrivateDnsEnabled: !If [IsProd, false, true]\n"),
            ],
        ],
    },
    Row {
        name: "a token for a name of one's own",
        code: "W3948",
        resource: "Handler",
        broken: &[
            &[(HOST, "{ DB_HOST: db.example.internal }"), record!("DB.example.internal.", "[!GetAtt Proxy.Endpoint]")],
            &[
                (HOST, "{ DB_HOST: !If [IsProd, !Ref Record, localhost] }"),
                record!("db.example.internal", "[!Sub '${Proxy.Endpoint}']"),
            ],
        ],
        sound: &[
            &[record!("db.example.internal", "[!GetAtt Proxy.Endpoint]")],
            &[
                (HOST, "{ DB_HOST: db.example.internal }"),
                record!("db.example.internal", "[!GetAtt Database.Endpoint.Address]"),
            ],
            &[
                (HOST, "{ DB_HOST: db.example.internal }"),
                record!("other.example.internal", "[!GetAtt Proxy.Endpoint]"),
            ],
        ],
    },
    Row {
        name: "a proxy by another name than its certificate has",
        code: "I3949",
        resource: "Handler",
        broken: &[
            &[
                (HOST, "{ DB_HOST: db.example.internal }"),
                (AUTH, "[{ AuthScheme: SECRETS, SecretArn: !Ref Secret }]"),
                record!("db.example.internal", "[!GetAtt Proxy.Endpoint]"),
            ],
            &[
                (HOST, "{ DB_HOST: !Sub '${Record}' }"),
                (AUTH, "[{ AuthScheme: SECRETS, IAMAuth: !If [IsProd, REQUIRED, DISABLED], SecretArn: !Ref Secret }]"),
                record!("db.example.internal", "[!GetAtt Proxy.Endpoint]"),
            ],
        ],
        sound: &[&[
            (HOST, "{ DB_HOST: db.example.internal }"),
            record!("db.example.internal", "[!GetAtt Proxy.Endpoint]"),
        ]],
    },
    Row {
        name: "a client without TLS of a proxy that wants it",
        code: "W3950",
        resource: "Handler",
        broken: &[
            &[(HOST, "{ PGHOST: !GetAtt Proxy.Endpoint, PGSSLMODE: disable }")],
            &[(HOST, "{ URL: !Sub 'postgresql://app@${Proxy.Endpoint}/app?sslmode=disable' }")],
            &[(HOST, "{ URL: !Join ['', ['mysql://app@', !GetAtt Proxy.Endpoint, '/app?ssl-mode=DISABLED']] }")],
        ],
        sound: &[
            &[(HOST, "{ PGHOST: !GetAtt Proxy.Endpoint, PGSSLMODE: require }")],
            &[(HOST, "{ URL: !Sub 'postgresql://app@${Proxy.Endpoint}/app?sslmode=verify-full', PGSSLMODE: prefer }")],
            &[(HOST, "{ DB_HOST: !GetAtt Proxy.Endpoint, OTHER: 'postgresql://app@localhost/app?sslmode=disable' }")],
        ],
    },
    Row {
        name: "too few addresses for the proxy",
        code: "W3946",
        resource: "Proxy",
        broken: &[
            &[("10.0.0.0/20", "10.0.0.0/28"), ("10.0.16.0/20", "10.0.16.0/28"), ("db.t3.medium", "db.r6g.8xlarge")],
            &[
                ("10.0.0.0/20", "!Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 2, 5]]"),
                ("10.0.16.0/20", "!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 5]]"),
                ("db.t3.medium", "!If [IsProd, db.m6i.12xlarge, db.t3.medium]"),
            ],
        ],
        sound: &[
            &[("10.0.0.0/20", "10.0.0.0/28"), ("10.0.16.0/20", "10.0.16.0/28")],
            &[("10.0.0.0/20", "10.0.0.0/28"), ("db.t3.medium", "db.r6g.24xlarge")],
            &[
                ("10.0.0.0/20", "10.0.0.0/28"),
                ("10.0.16.0/20", "10.0.16.0/28"),
                ("db.t3.medium", "db.r6g.8xlarge"),
                (OF_PROXY, "[!Ref SubnetA, subnet-00000001]"),
            ],
        ],
    },
    Row {
        name: "a function that stays without what its interfaces need",
        code: "I3979",
        resource: "Rotate",
        broken: &[
            &[(
                ROTATE,
                "DeletionPolicy: Retain\n    Properties:\n      VpcConfig: { SubnetIds: [!Ref SubnetA], SecurityGroupIds: [sg-00000001] }\n      Runtime: python3.13\n      Handler: index.handler\n      Role: arn:aws:iam::111122223333:role/rotate",
            )],
            &[(
                ROTATE,
                "DeletionPolicy: RetainExceptOnCreate\n    Properties:\n      VpcConfig: !If [IsProd, { SubnetIds: [subnet-00000001], SecurityGroupIds: [!GetAtt LambdaSg.GroupId] }, !Ref AWS::NoValue]\n      Runtime: python3.13\n      Handler: index.handler\n      Role: arn:aws:iam::111122223333:role/rotate",
            )],
        ],
        sound: &[&[(
            ROTATE,
            "DeletionPolicy: Retain\n    Properties:\n      VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }\n      Runtime: python3.13\n      Handler: index.handler\n      Role: arn:aws:iam::111122223333:role/rotate",
        )]],
    },
];

const ROTATE: &str = "Properties:\n      Runtime: python3.13\n      Handler: index.handler\n      Role: arn:aws:iam::111122223333:role/rotate";
