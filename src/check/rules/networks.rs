//! Subnets, their blocks and zones, and what must be in one VPC.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::network::Cidr;
use crate::template::{Intrinsic, Reference, Resource, Value};

pub(super) const RULES: &[Rule] = &[OVERLAP, OUTSIDE, ONE_ZONE, OTHER_VPC];

const SUBNET: &str = "AWS::EC2::Subnet";

const OVERLAP: Rule = Rule {
    code: Code::new("E3060", "subnets-that-overlap"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html",
    explanation: "The blocks of a VPC's subnets do not overlap.",
    bad: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: !GetAtt Vpc.VpcId, CidrBlock: 10.0.8.0/24 } }",
        "Parameters: { Range: { Type: String } }\nResources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: !Ref Range } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!Ref Range, 16, 8]] } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!Ref Range, 16, 8]] } }",
    ],
    good: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.16.0/20 } }",
        "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20 } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000002, CidrBlock: 10.0.0.0/20 } }",
    ],
    find: |context, report| {
        let subnets: Vec<_> = context.resources(SUBNET).collect();
        for (n, (id, subnet)) in subnets.iter().enumerate() {
            let other = subnets[..n].iter().find(|(_, other)| overlap(subnet, other));
            if let Some((other, _)) = other {
                let message = format!("the block of `{id}` overlaps that of `{other}`");
                let found = report.resource(id, "/Properties/CidrBlock", message);
                found.help = Some("give it addresses of the VPC that no other subnet has".into());
            }
        }
    },
};

/// Whether two subnets of one VPC, which can exist at the same time, have addresses in common.
fn overlap(one: &Resource, other: &Resource) -> bool {
    let [a, b] = [one, other].map(|subnet| subnet.properties.get("CidrBlock"));
    let (Some(a), Some(b)) = (a, b) else { return false };
    let [vpc, other_vpc] = [one, other].map(vpc_of);
    let alternatives = one.condition != other.condition && one.condition.is_some() && other.condition.is_some();
    let common = a == b || range(a).zip(range(b)).is_some_and(|(a, b)| a.overlaps(&b));
    common && vpc.is_some() && vpc == other_vpc && !alternatives
}

fn range(value: &Value) -> Option<Cidr> {
    value.as_str()?.parse().ok()
}

const OUTSIDE: Rule = Rule {
    code: Code::new("E3932", "subnet-outside-its-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
    explanation: "The block of a subnet is part of a range of its VPC: of the one that the VPC is created with, or of one that an \
                  `AWS::EC2::VPCCidrBlock` adds.",
    bad: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/20 } }",
    ],
    good: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }",
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16 } }\n  A: { Type: AWS::EC2::Subnet, DependsOn: More, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/20 } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        for (id, subnet) in context.resources(SUBNET) {
            let Some(vpc @ Vpc::Of(name)) = vpc_of(subnet) else { continue };
            let more = context.resources("AWS::EC2::VPCCidrBlock").any(|(_, more)| vpc_of(more) == Some(vpc));
            let whole = context.template.resources.get(name).and_then(|vpc| range(vpc.properties.get("CidrBlock")?));
            let block = subnet.properties.get("CidrBlock").and_then(range);
            if let (Some(whole), Some(block), false) = (whole, block, more)
                && !whole.contains(&block)
            {
                let message = format!("the block {block} of `{id}` is not part of `{name}`, {whole}");
                let found = report.resource(id, "/Properties/CidrBlock", message);
                found.help = Some("take a block of the VPC, or add its range by an `AWS::EC2::VPCCidrBlock`".into());
            }
        }
    },
};

const ONE_ZONE: Rule = Rule {
    code: Code::new("E3933", "database-subnets-in-one-zone"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    explanation: "The subnets of a database, and those of a proxy, are in two Availability Zones at least.",
    bad: &[
        "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20, AvailabilityZone: !Select [0, !GetAZs ''] } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.16.0/20, AvailabilityZone: !Select [0, !GetAZs ''] } }\n  G: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: g, SubnetIds: [!Ref A, !Ref B] } }",
        "Resources: { G: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: g, SubnetIds: [subnet-00000000] } } }",
    ],
    good: &[
        "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20, AvailabilityZone: !Select [0, !GetAZs ''] } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.16.0/20, AvailabilityZone: !Select [1, !GetAZs ''] } }\n  G: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: g, SubnetIds: [!Ref A, !Ref B] } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        // The facts of a proxy ask for two subnets already; a subnet group may have one.
        let kinds = [("AWS::RDS::DBSubnetGroup", "SubnetIds", 1), ("AWS::RDS::DBProxy", "VpcSubnetIds", 2)];
        for (kind, property, least) in kinds {
            for (id, resource) in context.resources(kind) {
                let subnets = resource.properties.get(property).and_then(Value::as_list).unwrap_or_default();
                if subnets.len() >= least && is_one_zone(context, subnets) {
                    let found = report.resource(
                        id,
                        &format!("/Properties/{property}"),
                        format!("the subnets of `{id}` are in one Availability Zone"),
                    );
                    found.help = Some("name subnets in two zones at least: `.zones(2)` of the tier".into());
                }
            }
        }
    },
};

/// Whether subnets are in one zone for sure.
fn is_one_zone(context: &Context<'_>, subnets: &[Value]) -> bool {
    let zone = |subnet: &Value| {
        let subnet = context.template.resources.get(name(subnet)?).filter(|subnet| subnet.kind == SUBNET)?;
        ["AvailabilityZone", "AvailabilityZoneId"].into_iter().find_map(|zone| subnet.properties.get(zone))
    };
    match subnets {
        [Value::String(_)] => true,
        [one] => zone(one).is_some(),
        [one, rest @ ..] => zone(one).is_some_and(|first| rest.iter().all(|other| zone(other) == Some(first))),
        [] => false,
    }
}

/// Where types have their subnets and their security groups.
const PLACES: &[(&str, &[&str], &[&str])] = &[
    ("AWS::Lambda::Function", &["VpcConfig", "SubnetIds"], &["VpcConfig", "SecurityGroupIds"]),
    ("AWS::RDS::DBProxy", &["VpcSubnetIds"], &["VpcSecurityGroupIds"]),
    ("AWS::RDS::DBProxyEndpoint", &["VpcSubnetIds"], &["VpcSecurityGroupIds"]),
    ("AWS::EC2::VPCEndpoint", &["SubnetIds"], &["SecurityGroupIds"]),
];

const OTHER_VPC: Rule = Rule {
    code: Code::new("E3934", "security-group-of-another-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
    explanation: "A security group serves the VPC that it is created for: what has it, has its subnets there too.",
    bad: &[
        "Resources:\n  S: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: s, VpcId: vpc-00000002 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20 } }\n  E: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [!Ref A], SecurityGroupIds: [!GetAtt S.GroupId] } }",
    ],
    good: &[
        "Resources:\n  S: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: s, VpcId: vpc-00000001 } }\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20 } }\n  E: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [!Ref A], SecurityGroupIds: [!GetAtt S.GroupId] } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        for (kind, subnets, groups) in PLACES {
            for (id, resource) in context.resources(kind) {
                let vpc = listed(resource, subnets).iter().find_map(|subnet| known_vpc(context, subnet));
                let stranger = |group: &&Value| known_vpc(context, group).is_some_and(|other| vpc != Some(other));
                let found = listed(resource, groups).iter().find(stranger).filter(|_| vpc.is_some()).and_then(name);
                if let Some(group) = found {
                    let path = format!("/Properties/{}", groups.join("/"));
                    let message =
                        format!("`{id}` has its subnets in one VPC, and the security group `{group}` is of another");
                    report.resource(id, &path, message).help =
                        Some("give it a security group of the VPC that its subnets are in".into());
                }
            }
        }
    },
};

/// What a list has at a path below the properties; nothing where it is no literal list.
fn listed<'a>(resource: &'a Resource, path: &[&str]) -> &'a [Value] {
    let found = match path {
        [first, second] => resource.properties.get(*first).and_then(Value::as_map).and_then(|map| map.get(*second)),
        [first] => resource.properties.get(*first),
        _ => None,
    };
    found.and_then(Value::as_list).unwrap_or_default()
}

/// The VPC of a subnet or a security group of the template, where it is another than any other known one.
fn known_vpc<'a>(context: &Context<'a>, value: &Value) -> Option<Vpc<'a>> {
    let vpc = vpc_of(context.template.resources.get(name(value)?)?)?;
    match vpc {
        Vpc::Of(name) => context.template.resources.contains_key(name).then_some(vpc),
        Vpc::Given(_) => Some(vpc),
    }
}

/// A VPC, as a resource names it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Vpc<'a> {
    /// By a reference to a resource or a parameter.
    Of(&'a str),
    /// By its id.
    Given(&'a str),
}

fn vpc_of(resource: &Resource) -> Option<Vpc<'_>> {
    let value = resource.properties.get("VpcId")?;
    name(value).map(Vpc::Of).or(value.as_str().map(Vpc::Given))
}

/// The name that a reference is to.
fn name(value: &Value) -> Option<&str> {
    match value {
        Value::Intrinsic(Intrinsic::Reference(reference @ (Reference::Ref(_) | Reference::GetAtt(..)))) => {
            Some(reference.name())
        }
        _ => None,
    }
}
