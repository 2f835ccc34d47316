//! Subnets, their blocks and zones, and what must be in one VPC.

use super::known::{Known, named, targets, tell, texts};
use crate::check::context::{Context, MOST_COMPARED};
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::network::Cidr;
use crate::resolve::{Case, Element, Formula, Resolution};

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
        let subnets: Vec<_> = context
            .resources(SUBNET)
            .take(MOST_COMPARED)
            .map(|(id, _)| (id, block(context, id), vpcs(context, id)))
            .collect();
        for (n, one) in subnets.iter().enumerate() {
            let other = subnets[..n].iter().find_map(|other| Some((other.0, overlap(context, one, other)?)));
            if let Some((other, when)) = other {
                let message = format!("the block of `{}` overlaps that of `{other}`", one.0);
                let at = (one.0, "/Properties/CidrBlock", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("give it addresses of the VPC that no other subnet has".into());
                }
            }
        }
    },
};

/// A subnet with its blocks and its VPCs.
type Subnet<'a> = (&'a str, Vec<Case<'a>>, Vec<(Vpc<'a>, Formula)>);

fn block<'a>(context: &Context<'a>, id: &str) -> Vec<Case<'a>> {
    context.resolved.property(id, "CidrBlock").into_iter().filter(|case| !case.value.is_absent()).collect()
}

/// Where two subnets of one VPC have addresses in common.
fn overlap<'a>(context: &Context<'a>, one: &Subnet<'a>, other: &Subnet<'a>) -> Option<Formula> {
    let resolved = context.resolved;
    for (vpc, here) in &one.2 {
        for (_, there) in other.2.iter().filter(|(other, _)| same_vpc(context, vpc, other) == Some(true)) {
            let both = resolved.and(*here, *there);
            for a in &one.1 {
                for b in &other.1 {
                    let ranges = range(&a.value).zip(range(&b.value));
                    let common =
                        ranges.is_some_and(|(a, b)| a.overlaps(&b)) || resolved.same(&a.value, &b.value) == Some(true);
                    let when = resolved.and(both, resolved.and(a.when, b.when));
                    if common && resolved.is_certainly_possible(when) {
                        return Some(when);
                    }
                }
            }
        }
    }
    None
}

fn range(value: &Resolution<'_>) -> Option<Cidr> {
    value.text()?.parse().ok()
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
        for (id, _) in context.resources(SUBNET) {
            for vpc in targets(context, id, "VpcId", &["AWS::EC2::VPC"]) {
                let mut more = context.resources("AWS::EC2::VPCCidrBlock");
                let has_more =
                    more.any(|(more, _)| vpcs(context, more).iter().any(|(of, _)| *of == Vpc::Created(vpc.id)));
                for (whole, block) in pairs_of_ranges(context, vpc.id, id).into_iter().filter(|_| !has_more) {
                    if whole.value.contains(&block.value) {
                        continue;
                    }
                    let message =
                        format!("the block {} of `{id}` is not part of `{}`, {}", block.value, vpc.id, whole.value);
                    let when = context.resolved.and(vpc.when, context.resolved.and(whole.when, block.when));
                    let at = (id, "/Properties/CidrBlock", Some(block.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        let help = "take a block of the VPC, or add its range by an `AWS::EC2::VPCCidrBlock`";
                        found.help = Some(help.into());
                    }
                }
            }
        }
    },
};

/// Each range of a VPC with each of a subnet.
fn pairs_of_ranges<'a>(context: &Context<'a>, vpc: &str, subnet: &str) -> Vec<(Known<'a, Cidr>, Known<'a, Cidr>)> {
    let ranges = |id: &str| -> Vec<Known<'a, Cidr>> {
        let texts = texts(context, id, "CidrBlock").into_iter();
        texts
            .filter_map(|Known { value, when, source }| Some(Known { value: value.parse().ok()?, when, source }))
            .collect()
    };
    let blocks = ranges(subnet);
    ranges(vpc).into_iter().flat_map(|whole| blocks.iter().map(move |block| (whole.clone(), block.clone()))).collect()
}

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
            for (id, _) in context.resources(kind) {
                let subnets = context.resolved.elements(id, property);
                let when = one_zone(context, id, &subnets);
                let message = format!("the subnets of `{id}` are in one Availability Zone");
                let at = format!("/Properties/{property}");
                if subnets.len() >= least
                    && let Some(found) = tell(context, report, (id, &at, None), when, message)
                {
                    found.help = Some(
                        "name subnets in two zones at least: `!Select [0, !GetAZs '']` and `!Select [1, !GetAZs '']`"
                            .into(),
                    );
                }
            }
        }
    },
};

/// Where subnets are there, and all of them in one zone for sure.
fn one_zone<'a>(context: &Context<'a>, id: &str, subnets: &[Element<'a>]) -> Formula {
    let resolved = context.resolved;
    let (mut any, mut several) = (Formula::FALSE, Formula::FALSE);
    for (n, one) in subnets.iter().enumerate() {
        any = resolved.or(any, one.when);
        let is_one = one.value.text().is_some() || !named(context, one, &[SUBNET]).is_empty();
        if !is_one {
            several = resolved.or(several, one.when);
        }
        for other in &subnets[..n] {
            several = resolved.or(several, apart(context, one, other));
        }
    }
    resolved.and(resolved.exists(id), resolved.and(any, resolved.not(several)))
}

/// Where two subnets may be in different zones.
fn apart<'a>(context: &Context<'a>, one: &Element<'a>, other: &Element<'a>) -> Formula {
    let resolved = context.resolved;
    let both = resolved.and(one.when, other.when);
    if resolved.same(&one.value, &other.value) == Some(true) {
        return Formula::FALSE;
    }
    let ([one], [other]) = (&named(context, one, &[SUBNET])[..], &named(context, other, &[SUBNET])[..]) else {
        return both;
    };
    let mut apart = Formula::FALSE;
    for a in zones(context, one.id) {
        for b in zones(context, other.id) {
            let is_same = !a.value.is_absent() && resolved.same(&a.value, &b.value) == Some(true);
            if !is_same {
                apart = resolved.or(apart, resolved.and(both, resolved.and(a.when, b.when)));
            }
        }
    }
    apart
}

/// The zones that a subnet can be in.
pub(super) fn zones<'a>(context: &Context<'a>, subnet: &str) -> Vec<Case<'a>> {
    let resolved = context.resolved;
    let property = ["AvailabilityZone", "AvailabilityZoneId"].into_iter().find(|property| {
        context.template.resources.get(subnet).is_some_and(|it| it.properties.contains_key(*property))
    });
    resolved.property(subnet, property.unwrap_or("AvailabilityZone"))
}

/// Where types have their subnets and their security groups.
const PLACES: &[(&str, &str, &str)] = &[
    ("AWS::Lambda::Function", "VpcConfig/SubnetIds", "VpcConfig/SecurityGroupIds"),
    ("AWS::RDS::DBProxy", "VpcSubnetIds", "VpcSecurityGroupIds"),
    ("AWS::RDS::DBProxyEndpoint", "VpcSubnetIds", "VpcSecurityGroupIds"),
    ("AWS::EC2::VPCEndpoint", "SubnetIds", "SecurityGroupIds"),
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
            for (id, _) in context.resources(kind) {
                let subnets = vpcs_of_subnets(context, id, subnets);
                for group in targets(context, id, groups, &["AWS::EC2::SecurityGroup"]) {
                    if serves_other_vpcs(context, group.id) {
                        continue;
                    }
                    let path = format!("/Properties/{groups}");
                    let Some(when) = strangers(context, &subnets, &vpcs(context, group.id), group.when) else {
                        continue;
                    };
                    let name = group.id;
                    let message =
                        format!("`{id}` has its subnets in one VPC, and the security group `{name}` is of another");
                    if let Some(found) = tell(context, report, (id, &path, None), when, message) {
                        found.help = Some("give it a security group of the VPC that its subnets are in".into());
                        break;
                    }
                }
            }
        }
    },
};

/// Whether the template associates a group with further VPCs.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html>
fn serves_other_vpcs(context: &Context<'_>, group: &str) -> bool {
    let mut associations = context.resources("AWS::EC2::SecurityGroupVpcAssociation");
    associations
        .any(|(id, _)| targets(context, id, "GroupId", &["AWS::EC2::SecurityGroup"]).iter().any(|it| it.id == group))
}

/// The VPCs of the subnets that a property names, and where.
pub(super) fn vpcs_of_subnets<'a>(context: &Context<'a>, id: &str, path: &str) -> Vec<(Vpc<'a>, Formula)> {
    let resolved = context.resolved;
    let subnets = targets(context, id, path, &[SUBNET]).into_iter();
    let vpcs = subnets.flat_map(|subnet| {
        vpcs(context, subnet.id).into_iter().map(move |(vpc, when)| (vpc, resolved.and(subnet.when, when)))
    });
    vpcs.collect()
}

/// Where two VPCs are there and differ.
pub(super) fn strangers<'a>(
    context: &Context<'a>,
    ones: &[(Vpc<'a>, Formula)],
    others: &[(Vpc<'a>, Formula)],
    under: Formula,
) -> Option<Formula> {
    let resolved = context.resolved;
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
    pairs.filter(|(one, other)| same_vpc(context, &one.0, &other.0) == Some(false)).find_map(|(one, other)| {
        let when = resolved.and(under, resolved.and(one.1, other.1));
        resolved.is_certainly_possible(when).then_some(when)
    })
}

/// A VPC, as a resource names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Vpc<'a> {
    /// One that the template creates.
    Created(&'a str),
    /// One that exists, by its id.
    Given(String),
    /// Another, by a parameter or an import value.
    Open(Resolution<'a>),
}

/// The VPCs that a resource can be in, and where.
pub(super) fn vpcs<'a>(context: &Context<'a>, id: &str) -> Vec<(Vpc<'a>, Formula)> {
    let cases = context.resolved.property(id, "VpcId").into_iter();
    let vpc = |value: Resolution<'a>| match (value.reference(), value.text()) {
        (Some((name, _)), _) if context.template.resources.get(name).is_some_and(|it| it.kind == "AWS::EC2::VPC") => {
            Vpc::Created(name)
        }
        (_, Some(text)) => Vpc::Given(text.to_owned()),
        _ => Vpc::Open(value),
    };
    cases.filter(|case| !case.value.is_absent()).map(|case| (vpc(case.value), case.when)).collect()
}

/// Whether two VPCs are the same, as far as that is known. One that the template creates is none that exists already.
pub(super) fn same_vpc<'a>(context: &Context<'a>, one: &Vpc<'a>, other: &Vpc<'a>) -> Option<bool> {
    match (one, other) {
        (Vpc::Created(one), Vpc::Created(other)) => Some(one == other),
        (Vpc::Given(one), Vpc::Given(other)) => Some(one == other),
        (Vpc::Created(_), Vpc::Given(_)) | (Vpc::Given(_), Vpc::Created(_)) => Some(false),
        (Vpc::Open(one), Vpc::Open(other)) => context.resolved.same(one, other),
        _ => None,
    }
}
