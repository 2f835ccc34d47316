//! Where proxies, databases and endpoints stand: VPCs, address families, security groups.

use super::known::{absent, empty, is, targets, tell};
use super::networks::{Vpc, strangers, vpcs_of_subnets};
use super::targets::{Pair, pairs};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[OTHER_VPC, DEDICATED, WITHOUT_IPV6, DEFAULT_GROUP];

const PROXY: &str = "AWS::RDS::DBProxy";
const ENDPOINT: &str = "AWS::RDS::DBProxyEndpoint";
const SUBNET: &str = "AWS::EC2::Subnet";

/// A proxy in two subnets of these VPCs' and an instance in two of those.
macro_rules! sites {
    ($vpcs:literal, $proxy:literal, $database:literal) => {
        concat!(
            "Resources:\n",
            $vpcs,
            "  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: ",
            $proxy,
            ", CidrBlock: 10.0.0.0/20, AvailabilityZone: !Select [0, !GetAZs ''] } }\n",
            "  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: ",
            $proxy,
            ", CidrBlock: 10.0.16.0/20, AvailabilityZone: !Select [1, !GetAZs ''] } }\n",
            "  C: { Type: AWS::EC2::Subnet, Properties: { VpcId: ",
            $database,
            ", CidrBlock: 10.0.32.0/20, AvailabilityZone: !Select [0, !GetAZs ''] } }\n",
            "  D: { Type: AWS::EC2::Subnet, Properties: { VpcId: ",
            $database,
            ", CidrBlock: 10.0.48.0/20, AvailabilityZone: !Select [1, !GetAZs ''] } }\n",
            "  Group: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: g, SubnetIds: [!Ref C, !Ref D] } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [!Ref A, !Ref B] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBInstanceIdentifiers: [!Ref Database] } }\n",
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, ",
            "DBSubnetGroupName: !Ref Group, MasterUsername: app, ManageMasterUserPassword: true } }\n",
        )
    };
}

const OTHER_VPC: Rule = Rule {
    code: Code::new("E3936", "proxy-in-another-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    explanation: "A proxy is in the VPC of its database. Clients in another VPC reach it by a `DBProxyEndpoint` there.",
    bad: &[sites!("", "vpc-00000001", "vpc-00000002")],
    good: &[sites!("", "vpc-00000001", "vpc-00000001")],
    find: |context, report| {
        for Pair { proxy, database, when, .. } in pairs(context) {
            let own = vpcs_of_subnets(context, proxy, "VpcSubnetIds");
            for group in targets(context, database.id, "DBSubnetGroupName", &["AWS::RDS::DBSubnetGroup"]) {
                let its = vpcs_of_subnets(context, group.id, "SubnetIds");
                let under = context.resolved.and(when, group.when);
                let Some(when) = strangers(context, &own, &its, under) else { continue };
                let message = format!("`{proxy}` is in another VPC than `{}`", database.id);
                if let Some(found) = tell(context, report, (proxy, "/Properties/VpcSubnetIds", None), when, message) {
                    found.help = Some("give it subnets of the database's VPC".into());
                }
            }
        }
    },
};

const DEDICATED: Rule = Rule {
    code: Code::new("E3937", "proxy-in-dedicated-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    explanation: "RDS Proxy does not work in a VPC whose `InstanceTenancy` is `dedicated`.",
    bad: &[sites!(
        "  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, InstanceTenancy: dedicated } }\n",
        "!Ref Vpc",
        "!Ref Vpc"
    )],
    good: &[sites!("  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n", "!Ref Vpc", "!Ref Vpc")],
    find: |context, report| {
        for (id, _) in context.resources(PROXY) {
            let dedicated = |vpc: &str| is(context, vpc, "InstanceTenancy", &|tenancy| tenancy == "dedicated");
            for (vpc, there) in vpcs_of_subnets(context, id, "VpcSubnetIds") {
                let Vpc::Created(vpc) = vpc else { continue };
                let message = format!("`{id}` is in `{vpc}`, whose tenancy is dedicated");
                let when = context.resolved.and(there, dedicated(vpc));
                if let Some(found) = tell(context, report, (id, "/Properties/VpcSubnetIds", None), when, message) {
                    found.help =
                        Some("let the VPC's `InstanceTenancy` be `default`, and that of instances dedicated".into());
                    break;
                }
            }
        }
    },
};

/// A proxy of a network type in two subnets with these properties.
macro_rules! family {
    ($subnets:literal) => {
        concat!(
            "Resources:\n",
            "  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20, AvailabilityZone: !Select [0, !GetAZs '']",
            $subnets,
            " } }\n",
            "  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.16.0/20, AvailabilityZone: !Select [1, !GetAZs ''], Ipv6CidrBlock: '2001:db8:0:1::/64' } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
            "EndpointNetworkType: DUAL, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [!Ref A, !Ref B] } }\n",
        )
    };
}

const WITHOUT_IPV6: Rule = Rule {
    code: Code::new("E3938", "endpoint-without-its-address-family"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
    explanation: "With `EndpointNetworkType` `IPV6` or `DUAL` the VPC and every subnet of the proxy have an IPv6 range.",
    bad: &[family!("")],
    good: &[family!(", Ipv6CidrBlock: '2001:db8:0:2::/64'")],
    find: |context, report| {
        for (id, _) in context.resources(PROXY).chain(context.resources(ENDPOINT)) {
            let wants = is(context, id, "EndpointNetworkType", &|kind| matches!(kind, "IPV6" | "DUAL"));
            if wants == Formula::FALSE {
                continue;
            }
            for subnet in targets(context, id, "VpcSubnetIds", &[SUBNET]) {
                let message = format!("`{id}` has IPv6 addresses, and its subnet `{}` has none", subnet.id);
                let without = context.resolved.and(subnet.when, without_ipv6(context, subnet.id));
                let when = context.resolved.and(wants, without);
                if let Some(found) = tell(context, report, (id, "/Properties/VpcSubnetIds", None), when, message) {
                    found.help = Some("give the subnet an `Ipv6CidrBlock`, or the endpoint the type `IPV4`".into());
                    break;
                }
            }
        }
    },
};

/// Where a subnet has no IPv6 range.
fn without_ipv6(context: &Context<'_>, subnet: &str) -> Formula {
    let resolved = context.resolved;
    let own = ["Ipv6CidrBlock", "Ipv6IpamPoolId"].map(|property| absent(context, subnet, property));
    let mut without = resolved.and(own[0], own[1]);
    for (id, _) in context.resources("AWS::EC2::SubnetCidrBlock") {
        for added in targets(context, id, "SubnetId", &[SUBNET]).into_iter().filter(|added| added.id == subnet) {
            without = resolved.and(without, resolved.not(added.when));
        }
    }
    without
}

const DEFAULT_GROUP: Rule = Rule {
    code: Code::new("I3939", "default-security-group"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
    explanation: "Without a security group of its own a proxy, an interface endpoint or a database has the default one of its VPC, \
                  which admits its own members only: whoever has another group does not get in.",
    bad: &[
        family!(", Ipv6CidrBlock: '2001:db8:0:2::/64'"),
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [subnet-00000001] } } }",
    ],
    good: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.s3 } } }",
    ],
    find: |context, report| {
        for (kind, property) in [
            (PROXY, "VpcSecurityGroupIds"),
            (ENDPOINT, "VpcSecurityGroupIds"),
            ("AWS::EC2::VPCEndpoint", "SecurityGroupIds"),
            ("AWS::RDS::DBInstance", "VPCSecurityGroups"),
            ("AWS::RDS::DBCluster", "VpcSecurityGroupIds"),
        ] {
            for (id, _) in context.resources(kind) {
                let mut when = empty(context, id, property);
                if kind == "AWS::EC2::VPCEndpoint" {
                    let interface = is(context, id, "VpcEndpointType", &|kind| kind == "Interface");
                    when = context.resolved.and(when, interface);
                }
                if kind == "AWS::RDS::DBInstance" {
                    // An instance of a cluster has the groups of its cluster.
                    when = context.resolved.and(when, absent(context, id, "DBClusterIdentifier"));
                }
                let message = format!("`{id}` has the default security group of its VPC");
                if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
                    found.help = Some(format!("name its own under `{property}`"));
                }
            }
        }
    },
};
