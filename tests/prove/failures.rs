//! What breaks the way from a function to its database, planted in each template, and found at the right hop.

use std::collections::BTreeSet;

use super::bases::{GIVEN, INLINE, SEPARATE};
use super::{broken, changed, judged};

/// A failure, as it is written in one of the templates.
struct Planted {
    /// The template.
    text: &'static str,
    /// What is changed.
    change: &'static [(&'static str, &'static str)],
    /// Where it breaks: `hop at resource`.
    at: &'static [&'static str],
}

const fn planted(
    text: &'static str,
    change: &'static [(&'static str, &'static str)],
    at: &'static [&'static str],
) -> Planted {
    Planted { text, change, at }
}

/// One way to fail: its name, and how it looks in several templates.
type Row = (&'static str, &'static [Planted]);

const EGRESS_SEPARATE: &str = "LambdaToProxy: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref LambdaSg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432";
const LAMBDA_INLINE: &str = "Properties: { GroupDescription: functions, VpcId: { Ref: Vpc } }";

const ROWS: &[Row] = &[
    (
        "the function's group lets nothing out to the proxy",
        &[
            planted(
                SEPARATE,
                &[(
                    EGRESS_SEPARATE,
                    "LambdaToProxy: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref LambdaSg, IpProtocol: tcp, FromPort: 3306, ToPort: 3306",
                )],
                &["security-group-egress at LambdaSg"],
            ),
            planted(
                INLINE,
                &[(
                    LAMBDA_INLINE,
                    "Properties: { GroupDescription: functions, VpcId: { Ref: Vpc }, SecurityGroupEgress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }] }",
                )],
                &["security-group-egress at LambdaSg"],
            ),
            planted(
                GIVEN,
                &[(", { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0 }", "")],
                &["security-group-egress at LambdaSg"],
            ),
        ],
    ),
    (
        "the proxy's group admits nobody",
        &[
            planted(
                SEPARATE,
                &[(
                    "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
                    "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref DoorSg",
                )],
                &["security-group-ingress at ProxySg"],
            ),
            planted(
                INLINE,
                &[("SourceSecurityGroupId: { \"Fn::GetAtt\": [LambdaSg, GroupId] }", "CidrIp: 10.2.0.0/16")],
                &["security-group-ingress at DataSg"],
            ),
            planted(
                GIVEN,
                &[(
                    "SourceSecurityGroupId: !GetAtt LambdaSg.GroupId",
                    "SourceSecurityGroupId: !GetAtt DatabaseSg.GroupId",
                )],
                &["security-group-ingress at ProxySg"],
            ),
        ],
    ),
    (
        "the database's group admits no proxy",
        &[
            planted(
                SEPARATE,
                &[(
                    "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId: !Ref ProxySg",
                    "FromPort: 6543, ToPort: 6543, SourceSecurityGroupId: !Ref LambdaSg",
                )],
                &["security-group-ingress at DatabaseSg"],
            ),
            planted(
                INLINE,
                &[(
                    "SourceSecurityGroupId: { \"Fn::GetAtt\": [DataSg, GroupId] }",
                    "SourceSecurityGroupId: { \"Fn::GetAtt\": [LambdaSg, GroupId] }",
                )],
                &["security-group-ingress at DataSg"],
            ),
            planted(
                GIVEN,
                &[(
                    "SourceSecurityGroupId: !GetAtt ProxySg.GroupId",
                    "SourceSecurityGroupId: !GetAtt LambdaSg.GroupId",
                )],
                &["security-group-ingress at DatabaseSg"],
            ),
        ],
    ),
    (
        "the proxy's group lets nothing out to the database",
        &[
            planted(
                SEPARATE,
                &[("DestinationSecurityGroupId: !Ref DatabaseSg", "DestinationSecurityGroupId: !Ref LambdaSg")],
                &["security-group-egress at ProxySg"],
            ),
            planted(
                INLINE,
                &[(
                    "      GroupDescription: proxy and database\n",
                    "      GroupDescription: proxy and database\n      SecurityGroupEgress: [{ IpProtocol: icmp, FromPort: 252, ToPort: 86, CidrIp: 255.255.255.255/32 }]\n",
                )],
                &["security-group-egress at DataSg"],
            ),
            planted(
                GIVEN,
                &[(
                    "{ GroupDescription: proxy, VpcId: !Ref VpcId }",
                    "{ GroupDescription: proxy, VpcId: !Ref VpcId, SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: 127.0.0.1/32 }] }",
                )],
                &["security-group-egress at ProxySg"],
            ),
        ],
    ),
    (
        "rules on the port of the database where the proxy listens on its own",
        &[
            planted(
                SEPARATE,
                &[
                    (
                        EGRESS_SEPARATE,
                        "LambdaToProxy: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref LambdaSg, IpProtocol: tcp, FromPort: 6543, ToPort: 6543",
                    ),
                    (
                        "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
                        "FromPort: !GetAtt Database.Endpoint.Port, ToPort: !GetAtt Database.Endpoint.Port, SourceSecurityGroupId: !Ref LambdaSg",
                    ),
                ],
                &["security-group-egress at LambdaSg", "security-group-ingress at ProxySg"],
            ),
            planted(
                INLINE,
                &[("EngineFamily: MYSQL", "EngineFamily: POSTGRESQL")],
                &["listener at Handler", "security-group-ingress at DataSg"],
            ),
        ],
    ),
    (
        "the client calls the port of the database",
        &[
            planted(
                SEPARATE,
                &[("DB_PORT: \"5432\"", "DB_PORT: !GetAtt Database.Endpoint.Port")],
                &["listener at Handler"],
            ),
            planted(SEPARATE, &[("DB_PORT: \"5432\"", "DB_PORT: 6543")], &["listener at Handler"]),
            planted(
                GIVEN,
                &[("DB_HOST: !GetAtt Proxy.Endpoint", "DB_HOST: !GetAtt Proxy.Endpoint, DB_PORT: 5433")],
                &["listener at Handler"],
            ),
        ],
    ),
    (
        "the function is in no VPC",
        &[
            planted(
                SEPARATE,
                &[("VpcConfig: { SubnetIds: [!Ref AppA, !Ref AppB], SecurityGroupIds: [!Ref LambdaSg] }, ", "")],
                &["attachment at Handler"],
            ),
            planted(INLINE, &[("      VpcConfig:", "      Description: \"\" #")], &["attachment at Handler"]),
            planted(
                GIVEN,
                &[(
                    "VpcConfig: { SubnetIds: !Ref PrivateSubnets, SecurityGroupIds: [!GetAtt LambdaSg.GroupId] }, ",
                    "",
                )],
                &["attachment at Handler"],
            ),
        ],
    ),
    (
        "the function is in another VPC",
        &[planted(
            SEPARATE,
            &[
                (
                    "  AppA: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc",
                    "  Other: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  AppA: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Other",
                ),
                (
                    "  AppB: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc",
                    "  AppB: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Other",
                ),
                ("GroupDescription: functions, VpcId: !Ref Vpc", "GroupDescription: functions, VpcId: !Ref Other"),
                (
                    "SubnetIds: [!Ref AppA, !Ref AppB], SecurityGroupIds: [!Ref DoorSg]",
                    "SubnetIds: [!Ref DataA, !Ref DataB], SecurityGroupIds: [!Ref DoorSg]",
                ),
            ],
            &["vpc at Handler", "service-endpoint at AppA", "service-endpoint at LambdaSg"],
        )],
    ),
    (
        "no target group",
        &[
            planted(
                SEPARATE,
                &[(
                    "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy",
                    "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: other",
                )],
                &["listener at Proxy"],
            ),
            planted(INLINE, &[("DBProxyName: { Ref: Proxy }", "DBProxyName: another")], &["listener at Proxy"]),
            planted(
                GIVEN,
                &[(
                    "Properties: { DBProxyName: !Ref Proxy, TargetGroupName",
                    "Properties: { DBProxyName: another, TargetGroupName",
                )],
                &["listener at Proxy"],
            ),
        ],
    ),
    (
        "names are not resolved in the VPC",
        &[
            planted(SEPARATE, &[("EnableDnsSupport: true", "EnableDnsSupport: false")], &["dns at Vpc"]),
            planted(
                INLINE,
                &[("EnableDnsHostnames: true", "EnableDnsHostnames: true, EnableDnsSupport: \"false\"")],
                &["dns at Vpc"],
            ),
        ],
    ),
    (
        "private DNS in a VPC without host names",
        &[
            planted(SEPARATE, &[(", EnableDnsHostnames: true", "")], &["service-endpoint at Vpc"]),
            planted(
                SEPARATE,
                &[("EnableDnsHostnames: true", "EnableDnsHostnames: false")],
                &["service-endpoint at Vpc"],
            ),
        ],
    ),
    (
        "a network ACL that has no entry for the port",
        &[
            planted(
                SEPARATE,
                &[
                    (
                        "CidrBlock: 10.0.0.0/16, PortRange: { From: 5432, To: 5432 }",
                        "CidrBlock: 10.0.0.0/16, PortRange: { From: 22, To: 22 }",
                    ),
                    (
                        "Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 1024, To: 65535 }",
                        "Egress: false, CidrBlock: 10.0.0.0/16, PortRange: { From: 7000, To: 65535 }",
                    ),
                ],
                &["network-acl at Acl"],
            ),
            planted(
                SEPARATE,
                &[(
                    "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: false, CidrBlock",
                    "RuleNumber: 100, Protocol: 6, RuleAction: deny, Egress: false, CidrBlock",
                )],
                &["network-acl at Acl"],
            ),
        ],
    ),
    (
        "a network ACL that lets no answers out",
        &[
            planted(
                SEPARATE,
                &[(
                    "Egress: true, CidrBlock: 10.0.0.0/16, PortRange: { From: 1024, To: 65535 }",
                    "Egress: true, CidrBlock: 10.0.0.0/16, PortRange: { From: 5432, To: 6543 }",
                )],
                &[],
            ),
            planted(
                SEPARATE,
                &[(
                    "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: true",
                    "RuleNumber: 100, Protocol: 17, RuleAction: allow, Egress: true",
                )],
                &["network-acl at Acl", "return-path at Acl"],
            ),
            planted(
                SEPARATE,
                &[(
                    "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: true, CidrBlock: 10.0.0.0/16",
                    "RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: true, CidrBlock: 10.9.0.0/16",
                )],
                &["network-acl at Acl", "return-path at Acl"],
            ),
        ],
    ),
    (
        "the endpoint's group admits nobody",
        &[
            planted(
                SEPARATE,
                &[(
                    "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref LambdaSg",
                    "FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref LambdaSg",
                )],
                &["security-group-ingress at DoorSg"],
            ),
            planted(
                SEPARATE,
                &[(
                    "FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref LambdaSg",
                    "FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/24",
                )],
                &["security-group-ingress at DoorSg"],
            ),
        ],
    ),
    (
        "no endpoint and no way out",
        &[
            planted(
                SEPARATE,
                &[("PrivateDnsEnabled: true", "PrivateDnsEnabled: false")],
                &["service-endpoint at Door"],
            ),
            planted(
                INLINE,
                &[(
                    "DestinationCidrBlock: 0.0.0.0/0, NatGatewayId",
                    "DestinationCidrBlock: 192.168.0.0/16, NatGatewayId",
                )],
                &["service-endpoint at PrivateA", "service-endpoint at PrivateB"],
            ),
            planted(
                GIVEN,
                &[("{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }, ", "")],
                &["service-endpoint at LambdaSg"],
            ),
        ],
    ),
    (
        "a function in a public subnet",
        &[planted(
            INLINE,
            &[(
                "DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: { Ref: Nat }",
                "DestinationCidrBlock: 0.0.0.0/0, GatewayId: { Ref: Gateway }",
            )],
            &["service-endpoint at PrivateOut"],
        )],
    ),
    (
        "a NAT gateway in a subnet that leads nowhere",
        &[planted(
            INLINE,
            &[(
                "RouteTableId: { Ref: PublicTable }, DestinationCidrBlock: 0.0.0.0/0",
                "RouteTableId: { Ref: PublicTable }, DestinationCidrBlock: 10.200.0.0/16",
            )],
            &["service-endpoint at PrivateOut"],
        )],
    ),
    (
        "a route past the local one",
        &[planted(
            INLINE,
            &[(
                "DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: { Ref: Nat } } }\n  PrivateAUses",
                "DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: { Ref: Nat } } }\n  Detour: { Type: AWS::EC2::Route, Properties: { RouteTableId: { Ref: PrivateTable }, DestinationCidrBlock: 10.1.2.0/24, NatGatewayId: { Ref: Nat } } }\n  PrivateAUses",
            )],
            &["route at Detour"],
        )],
    ),
    (
        "a security group of another VPC",
        &[
            planted(
                SEPARATE,
                &[(
                    "GroupDescription: functions, VpcId: !Ref Vpc",
                    "GroupDescription: functions, VpcId: vpc-0123456789abcdef0",
                )],
                &["attachment at Handler"],
            ),
            planted(
                SEPARATE,
                &[(
                    "GroupDescription: database, VpcId: !Ref Vpc",
                    "GroupDescription: database, VpcId: vpc-0123456789abcdef0",
                )],
                &["attachment at Database"],
            ),
        ],
    ),
];

#[test]
fn each_failure_is_found_at_its_hop_in_each_template() {
    let mut wrong = Vec::new();
    for (name, ways) in ROWS {
        for way in *ways {
            let text = changed(way.text, way.change);
            let judgement = judged(&text);
            let expect: BTreeSet<String> = way.at.iter().map(|at| (*at).to_owned()).collect();
            let found = broken(&judgement);
            if found != expect {
                wrong.push(format!("{name}: {:?}\n  expected {expect:?}\n  found    {found:?}", way.change));
            }
            if !expect.is_empty()
                && !judgement.findings.iter().any(|one| one.code.id.starts_with("N32") && one.span.is_some())
            {
                wrong.push(format!("{name}: no finding with a place"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The hops that break in a planted failure.
pub fn hops_of(name: &str) -> BTreeSet<&'static str> {
    let rows = ROWS.iter().filter(|(row, _)| *row == name);
    let at = rows.flat_map(|(_, ways)| *ways).flat_map(|way| way.at);
    at.filter_map(|at| at.split(" at ").next()).collect()
}
