//! The same said otherwise: everything stays proved and silent.

use formwork::prove::Verdict;

use super::bases::{GIVEN, INLINE, SEPARATE};
use super::{changed, judged};

type Rewriting = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const FROM_LAMBDA: &str = "ProxyFromLambda: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg } }";
const ACL_IN: &str = "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 5432, To: 5432 }";

const REWRITINGS: &[Rewriting] = &[
    (
        "all protocols",
        SEPARATE,
        &[(
            FROM_LAMBDA,
            "ProxyFromLambda: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref ProxySg, IpProtocol: -1, SourceSecurityGroupId: !Ref LambdaSg } }",
        )],
    ),
    (
        "all protocols as text",
        SEPARATE,
        &[(
            FROM_LAMBDA,
            "ProxyFromLambda: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref ProxySg, IpProtocol: '-1', SourceSecurityGroupId: !Ref LambdaSg } }",
        )],
    ),
    (
        "the protocol by its number",
        SEPARATE,
        &[(
            "GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432",
            "GroupId: !Ref ProxySg, IpProtocol: 6, FromPort: 5432",
        )],
    ),
    (
        "ports as text",
        SEPARATE,
        &[(
            "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
            "FromPort: '5432', ToPort: '5432', SourceSecurityGroupId: !Ref LambdaSg",
        )],
    ),
    (
        "a wide range of ports",
        SEPARATE,
        &[(
            "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
            "FromPort: 0, ToPort: 65535, SourceSecurityGroupId: !Ref LambdaSg",
        )],
    ),
    (
        "the attribute of the group",
        SEPARATE,
        &[("SourceSecurityGroupId: !Ref LambdaSg", "SourceSecurityGroupId: !GetAtt LambdaSg.GroupId")],
    ),
    (
        "the group by a substitution",
        SEPARATE,
        &[("SourceSecurityGroupId: !Ref LambdaSg", "SourceSecurityGroupId: !Sub '${LambdaSg}'")],
    ),
    (
        "the group by a joined text",
        SEPARATE,
        &[("SourceSecurityGroupId: !Ref LambdaSg", "SourceSecurityGroupId: !Join ['', [!Ref LambdaSg]]")],
    ),
    (
        "the addresses of the VPC",
        SEPARATE,
        &[("ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg", "ToPort: 5432, CidrIp: 10.0.0.0/16")],
    ),
    (
        "the attribute of the VPC's addresses",
        SEPARATE,
        &[("ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg", "ToPort: 5432, CidrIp: !GetAtt Vpc.CidrBlock")],
    ),
    (
        "a wider block",
        SEPARATE,
        &[("ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg", "ToPort: 5432, CidrIp: 10.0.0.0/8")],
    ),
    (
        "every address",
        SEPARATE,
        &[("ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg", "ToPort: 5432, CidrIp: 0.0.0.0/0")],
    ),
    (
        "a rule for each subnet",
        SEPARATE,
        &[(
            "ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg } }",
            "ToPort: 5432, CidrIp: 10.0.0.0/24 } }\n  More: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.1.0/24 } }",
        )],
    ),
    (
        "a rule inside the group",
        SEPARATE,
        &[
            (FROM_LAMBDA, "Unused: { Type: AWS::SNS::Topic }"),
            (
                "GroupDescription: proxy, VpcId: !Ref Vpc,",
                "GroupDescription: proxy, VpcId: !Ref Vpc, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg }],",
            ),
        ],
    ),
    (
        "a rule that is no list",
        SEPARATE,
        &[
            (FROM_LAMBDA, "Unused: { Type: AWS::SNS::Topic }"),
            (
                "GroupDescription: proxy, VpcId: !Ref Vpc,",
                "GroupDescription: proxy, VpcId: !Ref Vpc, SecurityGroupIngress: { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg },",
            ),
        ],
    ),
    (
        "egress that is left out",
        SEPARATE,
        &[(", SecurityGroupEgress: [{ IpProtocol: \"-1\", CidrIp: 127.0.0.1/32 }] } }\n  ProxySg", " } }\n  ProxySg")],
    ),
    (
        "egress to everywhere",
        SEPARATE,
        &[("{ IpProtocol: \"-1\", CidrIp: 127.0.0.1/32 }", "{ IpProtocol: \"-1\", CidrIp: 0.0.0.0/0 }")],
    ),
    (
        "a further group on the function",
        SEPARATE,
        &[("SecurityGroupIds: [!Ref LambdaSg]", "SecurityGroupIds: [!Ref LambdaSg, sg-0123456789abcdef0]")],
    ),
    (
        "the port of the database by default",
        SEPARATE,
        &[
            ("Port: \"6543\", ", ""),
            (
                "FromPort: 6543, ToPort: 6543, DestinationSecurityGroupId",
                "FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId",
            ),
            (
                "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId",
                "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId",
            ),
            ("Protocol: 6, RuleAction: allow, Egress: true", "Protocol: -1, RuleAction: allow, Egress: true"),
        ],
    ),
    (
        "the port by the attribute",
        SEPARATE,
        &[(
            "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId",
            "FromPort: !GetAtt Database.Endpoint.Port, ToPort: !GetAtt Database.Endpoint.Port, SourceSecurityGroupId",
        )],
    ),
    ("no port variable", SEPARATE, &[("DB_PORT: \"5432\", ", "")]),
    ("a port variable that is a number", SEPARATE, &[("DB_PORT: \"5432\"", "DB_PORT: 5432")]),
    (
        "network ACLs for everything",
        SEPARATE,
        &[(ACL_IN, "RuleNumber: 100, Protocol: -1, RuleAction: allow, Egress: false, CidrBlock: 0.0.0.0/0")],
    ),
    (
        "entries in another order",
        SEPARATE,
        &[(
            ACL_IN,
            "RuleNumber: 900, Protocol: 6, RuleAction: allow, Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 5432, To: 5432 }",
        )],
    ),
    (
        "a network ACL that denies something else first",
        SEPARATE,
        &[(
            "  AclIn:",
            "  AclDeny: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !Ref Acl, RuleNumber: 10, Protocol: 6, RuleAction: deny, Egress: false, CidrBlock: 0.0.0.0/0, PortRange: { From: 22, To: 22 } } }\n  AclIn:",
        )],
    ),
    (
        "answers to what kernels use",
        SEPARATE,
        &[(
            "Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 1024, To: 65535 }",
            "Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 6000, To: 65535 }",
        )],
    ),
    (
        "no network ACL",
        SEPARATE,
        &[
            ("  AclOfDataA: {", "  Unused: { Type: AWS::SNS::Topic }\n  AclOfNothing: {"),
            ("SubnetId: !Ref DataA, NetworkAclId", "SubnetId: subnet-0123456789abcdef0, NetworkAclId"),
        ],
    ),
    (
        "the name of the service as a literal",
        SEPARATE,
        &[("!Sub \"com.amazonaws.${AWS::Region}.secretsmanager\"", "com.amazonaws.eu-west-1.secretsmanager")],
    ),
    (
        "the name of the service by a join",
        SEPARATE,
        &[(
            "!Sub \"com.amazonaws.${AWS::Region}.secretsmanager\"",
            "!Join ['.', [com.amazonaws, !Ref AWS::Region, secretsmanager]]",
        )],
    ),
    ("no secret", SEPARATE, &[(", SECRET: !Ref Secret", "")]),
    (
        "the host in a URL",
        SEPARATE,
        &[("DB_HOST: !GetAtt Proxy.Endpoint", "DB_URL: !Sub 'postgres://${Proxy.Endpoint}/app'")],
    ),
    ("DNS support by default", SEPARATE, &[("EnableDnsSupport: true, ", "")]),
    (
        "DNS settings as text",
        SEPARATE,
        &[("EnableDnsSupport: true, EnableDnsHostnames: true", "EnableDnsSupport: 'true', EnableDnsHostnames: 'true'")],
    ),
    (
        "subnets cut from the VPC",
        SEPARATE,
        &[("CidrBlock: 10.0.0.0/24", "CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 16, 8]]")],
    ),
    (
        "the function in one subnet",
        INLINE,
        &[("{ \"Fn::If\": [IsProd, { Ref: PrivateB }, { Ref: \"AWS::NoValue\" }] }", "{ Ref: PrivateB }")],
    ),
    (
        "a rule in one world only, beside one for all",
        INLINE,
        &[(
            "  DataFromSelf:",
            "  Also: { Type: AWS::EC2::SecurityGroupIngress, Condition: IsProd, Properties: { GroupId: { \"Fn::GetAtt\": [DataSg, GroupId] }, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 10.0.0.0/8 } }\n  DataFromSelf:",
        )],
    ),
    (
        "a rule in each of two worlds",
        INLINE,
        &[(
            "SourceSecurityGroupId: { \"Fn::GetAtt\": [LambdaSg, GroupId] } }",
            "SourceSecurityGroupId: { \"Fn::If\": [IsProd, { \"Fn::GetAtt\": [LambdaSg, GroupId] }, { Ref: LambdaSg }] } }",
        )],
    ),
    (
        "the range by its parameter",
        INLINE,
        &[("SourceSecurityGroupId: { \"Fn::GetAtt\": [LambdaSg, GroupId] } }", "CidrIp: { Ref: Range } }")],
    ),
    (
        "an endpoint rather than a NAT gateway",
        INLINE,
        &[(
            "  Secret:",
            "  Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: { Ref: Vpc }, VpcEndpointType: Interface, ServiceName: { \"Fn::Sub\": \"com.amazonaws.${AWS::Region}.secretsmanager\" }, PrivateDnsEnabled: true, SubnetIds: [{ Ref: PrivateA }], SecurityGroupIds: [{ Ref: ApiSg }] } }\n  ApiSg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: api, VpcId: { Ref: Vpc }, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.1.0.0/16 }] } }\n  Secret:",
        )],
    ),
    (
        "a default network ACL and a given NAT gateway",
        INLINE,
        &[("NatGatewayId: { Ref: Nat }", "NatGatewayId: nat-0123456789abcdef0")],
    ),
    (
        "a transit gateway",
        INLINE,
        &[("NatGatewayId: { Ref: Nat }", "NatGatewayId: { Ref: Nat }, TransitGatewayId: { Ref: \"AWS::NoValue\" }")],
    ),
    (
        "the port of the cluster by its parameter",
        GIVEN,
        &[(
            "FromPort: !GetAtt Cluster.Endpoint.Port, ToPort: !GetAtt Cluster.Endpoint.Port",
            "FromPort: !Ref Port, ToPort: !Ref Port",
        )],
    ),
    ("the cluster by its writer", GIVEN, &[("READER: !GetAtt Door.Endpoint", "DIRECT: !GetAtt Proxy.Endpoint")]),
    (
        "addresses of the given subnets",
        GIVEN,
        &[("ToPort: 5432, SourceSecurityGroupId: !GetAtt LambdaSg.GroupId", "ToPort: 5432, CidrIp: 10.20.0.0/16")],
    ),
    (
        "the VPC by a literal",
        GIVEN,
        &[("GroupDescription: functions, VpcId: !Ref VpcId", "GroupDescription: functions, VpcId: !Sub '${VpcId}'")],
    ),
    (
        "separate egress",
        GIVEN,
        &[(
            "SecurityGroupEgress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }, { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0 }]",
            "SecurityGroupEgress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }, { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !GetAtt ProxySg.GroupId }]",
        )],
    ),
];

#[test]
fn a_rewriting_that_changes_nothing_stays_silent() {
    assert!(REWRITINGS.len() >= 40, "{}", REWRITINGS.len());
    let mut wrong = Vec::new();
    for (name, text, change) in REWRITINGS {
        let judgement = judged(&changed(text, change));
        for finding in &judgement.findings {
            wrong.push(format!("{name}: {}\n   {:?}", finding.message, finding.notes));
        }
        for proof in judgement.proofs.iter().filter(|proof| proof.verdict != Verdict::Proved) {
            wrong.push(format!("{name}: {} is {}", proof.goal, proof.verdict.name()));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
