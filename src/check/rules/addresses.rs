//! Whether the subnets of a template have addresses for what it places in them.

use super::known::{Known, functions, numbers, targets, tell, texts};
use super::targets::pairs;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::network::Cidr;
use crate::resolve::{Element, Formula};
use crate::template::{Function, Intrinsic, Value};

pub(super) const RULES: &[Rule] = &[SMALL_FOR_PROXY, SMALL_SUBNET];

const SUBNET: &str = "AWS::EC2::Subnet";

/// A proxy in two subnets of these blocks, before an instance of this class.
macro_rules! roomy {
    ($a:literal, $b:literal, $class:literal) => {
        concat!(
            "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, AvailabilityZone: !Select [0, !GetAZs ''], CidrBlock: ",
            $a,
            " } }\n  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, AvailabilityZone: !Select [1, !GetAZs ''], CidrBlock: ",
            $b,
            " } }\n  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            "DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [!Ref A, !Ref B] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBInstanceIdentifiers: [!Ref Database] } }\n",
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ",
            "ManageMasterUserPassword: true, DBInstanceClass: ",
            $class,
            " } }\n"
        )
    };
}

const SMALL_FOR_PROXY: Rule = Rule {
    code: Code::new("W3946", "proxy-in-small-subnets"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html",
    explanation: "A proxy takes addresses of its subnets by the size of its databases: AWS recommends 10 free ones up to `xlarge`, 15 for \
                  `2xlarge`, 25 for `4xlarge` and so on to 110 for `24xlarge`, as many again for each further instance of a cluster, \
                  and 3 for each further endpoint; no proxy takes more than 215. With fewer it is not created, or cannot grow, so that \
                  clients wait or are refused. Of a subnet's addresses 5 are AWS's own, and what the template itself places there \
                  is taken.",
    bad: &[roomy!("10.0.0.0/27", "10.0.0.32/27", "db.r6g.24xlarge")],
    good: &[
        roomy!("10.0.0.0/26", "10.0.0.64/26", "db.r6g.24xlarge"),
        roomy!("10.0.0.0/28", "10.0.0.16/28", "db.t4g.medium"),
    ],
    find: small_for_proxy,
};

const SMALL_SUBNET: Rule = Rule {
    code: Code::new("W3947", "more-interfaces-than-addresses"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    explanation: "Each function in a subnet has a network interface there, which it shares with the functions of the same security \
                  groups; an interface endpoint, a NAT gateway and an instance have one each. Where the template places more of them in \
                  a subnet than it has addresses, of which 5 are AWS's own, some are not created: \
                  `SubnetIPAddressLimitReachedException`.",
    bad: &[concat!(
        "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/28 } }\n",
        "  Fn: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, VpcConfig: { SubnetIds: [!Ref A], SecurityGroupIds: [sg-00000001] } } }\n",
        "  I1: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n  I2: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
        "  I3: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n  I4: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
        "  I5: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n  I6: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
        "  I7: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n  I8: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
        "  I9: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n  I10: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
        "  I11: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref A } }\n",
    )],
    good: &[concat!(
        "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/28 } }\n",
        "  Fn: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, VpcConfig: { SubnetIds: [!Ref A], SecurityGroupIds: [sg-00000001] } } }\n",
        "  Other: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, VpcConfig: { SubnetIds: [!Ref A], SecurityGroupIds: [sg-00000001] } } }\n",
    )],
    find: small_subnet,
};

/// How many addresses of a subnet AWS keeps for itself.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
const RESERVED: u64 = 5;

/// How many addresses a subnet has for others, at most, and where that is known.
fn room(context: &Context<'_>, subnet: &str) -> Option<(u64, Formula)> {
    let blocks = texts(context, subnet, "CidrBlock").into_iter().filter_map(|known| {
        let block: Cidr = known.value.parse().ok().filter(|block: &Cidr| !block.is_v6())?;
        Some((32 - u32::from(block.prefix()).min(32), known.when))
    });
    let cases = context.resolved.property(subnet, "CidrBlock").into_iter().filter(|case| case.value.text().is_none());
    let parts = cases.filter_map(|case| Some((bits(case.source)?, case.when)));
    let sizes = blocks.chain(parts).map(|(bits, when)| (1_u64 << bits, when));
    let all = sizes.reduce(|(most, any), (size, when)| (most.max(size), context.resolved.or(any, when)));
    all.map(|(size, when)| (size.saturating_sub(RESERVED), when))
}

/// How many bits of its own a block has that `Fn::Cidr` makes, whatever the range is that it is a part of.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>
fn bits(value: &Value) -> Option<u32> {
    let Value::Intrinsic(Intrinsic::Call(Function::Select, chosen)) = value else { return None };
    let [_, Value::Intrinsic(Intrinsic::Call(Function::Cidr, parts))] = chosen.as_list()? else { return None };
    let [_, _, bits] = parts.as_list()? else { return None };
    let bits = match bits {
        Value::Number(number) => number.as_u64()?.try_into().ok()?,
        other => other.as_str()?.trim().parse().ok()?,
    };
    (bits <= 16).then_some(bits)
}

/// What takes one address of each subnet that it names.
const PLACED: &[(&str, &str)] = &[
    ("AWS::EC2::Instance", "SubnetId"),
    ("AWS::EC2::NatGateway", "SubnetId"),
    ("AWS::EC2::NetworkInterface", "SubnetId"),
    ("AWS::EC2::VPCEndpoint", "SubnetIds"),
];

/// How many interfaces the template itself has in a subnet wherever `under` holds, but for those of proxies and databases.
fn placed(context: &Context<'_>, subnet: &str, under: Formula) -> u64 {
    let resolved = context.resolved;
    let is_here = |id: &str, path: &str| {
        targets(context, id, path, &[SUBNET]).iter().any(|to| to.id == subnet && resolved.implies(under, to.when))
    };
    let single =
        PLACED.iter().flat_map(|(kind, path)| context.resources(kind).filter(move |(id, _)| is_here(id, path)));
    single.count() as u64 + sets(context, subnet, under).len() as u64
}

/// The sets of security groups of which functions in a subnet have interfaces wherever `under` holds.
fn sets<'a>(context: &Context<'a>, subnet: &str, under: Formula) -> Vec<Vec<Element<'a>>> {
    let resolved = context.resolved;
    let mut sets: Vec<Vec<Element<'a>>> = Vec::new();
    for (id, _) in functions(context) {
        let subnets = targets(context, id, "VpcConfig/SubnetIds", &[SUBNET]);
        if !subnets.iter().any(|to| to.id == subnet && resolved.implies(under, to.when)) {
            continue;
        }
        let groups = resolved.elements(id, "VpcConfig/SecurityGroupIds");
        // Groups that may be the same, as far as is known, are.
        let within = |ones: &[Element<'a>], others: &[Element<'a>]| {
            let has =
                |one: &Element<'a>| others.iter().any(|other| resolved.same(&one.value, &other.value) != Some(false));
            ones.iter().all(has)
        };
        let may_be = |set: &Vec<Element<'a>>| within(set, &groups) && within(&groups, set);
        if !sets.iter().any(may_be) {
            sets.push(groups);
        }
    }
    sets
}

fn small_subnet(context: &Context<'_>, report: &mut Report) {
    for (id, _) in context.resources(SUBNET) {
        let Some((room, when)) = room(context, id) else { continue };
        let count = placed(context, id, when);
        let message = format!("the template places {count} network interfaces in `{id}`, which has room for {room}");
        let when = if count > room { when } else { Formula::FALSE };
        if let Some(found) = tell(context, report, (id, "/Properties/CidrBlock", None), when, message) {
            found.help = Some("give it a larger block, or place some of them in another subnet".into());
        }
    }
}

/// The addresses that AWS recommends to keep free for a proxy, by how many times `xlarge` its database is.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html>
const BY_SIZE: &[(u64, u64)] = &[(0, 10), (2, 15), (4, 25), (8, 45), (12, 60), (16, 75), (24, 110)];

/// Likewise, by the most capacity units of a serverless cluster.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-network-prereqs.html>
const BY_UNITS: &[(u64, u64)] =
    &[(0, 10), (32, 15), (64, 25), (96, 30), (128, 40), (160, 50), (192, 55), (224, 65), (256, 75)];

/// As many for each further endpoint, and no more than so many in all.
const FOR_ENDPOINT: u64 = 3;
const MOST: u64 = 215;

/// The row of what is no larger than the size: between two, the smaller counts.
fn row(table: &[(u64, u64)], size: u64) -> u64 {
    table.iter().rev().find(|(least, _)| *least <= size).map_or(0, |(_, need)| *need)
}

/// What an instance class asks for; none for sizes that are not in the table.
fn of_class(class: &str) -> Option<u64> {
    let size = class.strip_prefix("db.")?.split('.').nth(1)?;
    match size.strip_suffix("xlarge") {
        Some("") => Some(row(BY_SIZE, 1)),
        Some(times) => Some(row(BY_SIZE, times.parse().ok()?)),
        None => matches!(size, "micro" | "small" | "medium" | "large").then(|| row(BY_SIZE, 0)),
    }
}

/// What each instance behind a proxy asks for, in the worlds in which its class is known.
fn needs<'a>(context: &Context<'a>, database: &'a str) -> Vec<Vec<Known<'a, u64>>> {
    let classes = |id: &str| -> Vec<Known<'a, u64>> {
        let known = texts(context, id, "DBInstanceClass").into_iter();
        let known = known.flat_map(|Known { value, when, source }| match value.as_str() {
            "db.serverless" => units(context, database),
            class => of_class(class).map(|need| Known { value: need, when, source }).into_iter().collect(),
        });
        known.collect()
    };
    let is_member = |(id, _): &(&str, _)| {
        targets(context, id, "DBClusterIdentifier", &["AWS::RDS::DBCluster"]).iter().any(|to| to.id == database)
    };
    let members: Vec<&str> = context.resources("AWS::RDS::DBInstance").filter(is_member).map(|(id, _)| id).collect();
    match members.is_empty() {
        true => vec![classes(database)],
        false => members.into_iter().map(classes).collect(),
    }
}

fn units<'a>(context: &Context<'a>, cluster: &str) -> Vec<Known<'a, u64>> {
    let most = numbers(context, cluster, "ServerlessV2ScalingConfiguration/MaxCapacity").into_iter();
    let most = most.filter_map(|Known { value, when, source }| {
        Some(Known { value: row(BY_UNITS, u64::try_from(value).ok()?), when, source })
    });
    most.collect()
}

fn small_for_proxy(context: &Context<'_>, report: &mut Report) {
    let resolved = context.resolved;
    for pair in pairs(context) {
        let Some((room, under)) = room_of_proxy(context, pair.proxy, pair.when) else { continue };
        let endpoints = context.resources("AWS::RDS::DBProxyEndpoint").filter(|(id, _)| {
            let of = targets(context, id, "DBProxyName", &["AWS::RDS::DBProxy"]);
            of.iter().any(|to| to.id == pair.proxy && resolved.implies(under, to.when))
        });
        let endpoints = FOR_ENDPOINT * endpoints.count() as u64;
        let needs = needs(context, pair.database.id);
        // An instance that is not there everywhere, or whose class is not known everywhere, may need nothing.
        let least = |cases: &Vec<Known<'_, u64>>| {
            let any = cases.iter().fold(Formula::FALSE, |any, case| resolved.or(any, case.when));
            let least = cases.iter().map(|case| case.value).min().unwrap_or(0);
            if resolved.implies(under, any) { least } else { 0 }
        };
        let base: u64 = needs.iter().map(least).sum();
        let all =
            needs.iter().flat_map(|cases| cases.iter().map(move |case| (base - least(cases) + case.value, case.when)));
        let Some((need, when)) = all.max_by_key(|(need, _)| *need) else { continue };
        let need = (need + endpoints).min(MOST);
        let when = if need > room { resolved.and(under, when) } else { Formula::FALSE };
        let message = format!(
            "`{}` may take {need} addresses before `{}`, and its subnets have room for {room}",
            pair.proxy, pair.database.id
        );
        let at = (pair.proxy, "/Properties/VpcSubnetIds", None);
        if let Some(found) = tell(context, report, at, when, message) {
            found.help = Some("give it larger subnets, or more of them".into());
        }
    }
}

/// How many addresses the subnets of a proxy have together besides what is placed there; none if not all of them are known.
fn room_of_proxy(context: &Context<'_>, proxy: &str, under: Formula) -> Option<(u64, Formula)> {
    let resolved = context.resolved;
    let named = resolved.elements(proxy, "VpcSubnetIds");
    let subnets = targets(context, proxy, "VpcSubnetIds", &[SUBNET]);
    if subnets.is_empty() || subnets.len() != named.len() {
        return None;
    }
    let (mut sum, mut under) = (0, under);
    let mut seen: Vec<&str> = Vec::new();
    for subnet in subnets {
        if seen.contains(&subnet.id) {
            continue;
        }
        seen.push(subnet.id);
        let (room, when) = room(context, subnet.id)?;
        under = resolved.and(under, when);
        sum += room.saturating_sub(placed(context, subnet.id, under));
    }
    Some((sum, under))
}
