//! Databases that more people reach than need to.

use super::known::{Known, numbers, on, targets, tell, texts, texts_in};
use super::targets::family_of;
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::network::Cidr;
use crate::resolve::Formula;
use crate::template::Value;

pub(super) const RULES: &[Rule] = &[OPEN, PUBLIC];

const DATABASES: [(&str, &str); 2] =
    [("AWS::RDS::DBInstance", "VPCSecurityGroups"), ("AWS::RDS::DBCluster", "VpcSecurityGroupIds")];

const GROUP: &str = "AWS::EC2::SecurityGroup";

/// A database whose group has one rule, which begins so, and with some more properties.
macro_rules! database {
    ($rule:literal, $more:literal) => {
        concat!(
            "Resources:\n",
            "  Sg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: g, VpcId: vpc-00000001, ",
            "SecurityGroupIngress: [{ IpProtocol: tcp, ",
            $rule,
            " }] } }\n",
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ",
            $more,
            "ManageMasterUserPassword: true, VPCSecurityGroups: [!Ref Sg] } }\n",
        )
    };
}

const OPEN: Rule = Rule {
    code: Code::new("N1003", "database-open-to-everyone"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.RDSSecurityGroups.html",
    explanation: "A rule of `0.0.0.0/0` or `::/0` admits whoever has a way to the database: everything in its VPC and in the networks \
                  that are linked with it, and the internet where the database is publicly accessible. A rule that names the \
                  callers' security group admits these only.",
    bad: &[
        database!("FromPort: 3306, ToPort: 3306, CidrIp: 0.0.0.0/0", ""),
        database!("FromPort: 3000, ToPort: 4000, CidrIpv6: '::/0'", ""),
    ],
    good: &[
        database!("FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000001", ""),
        database!("FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0", ""),
        database!("FromPort: 3306, ToPort: 3306, CidrIp: 0.0.0.0/0", "Port: '3307', "),
    ],
    find: |context, report| {
        for (kind, property) in DATABASES {
            for (id, _) in context.resources(kind) {
                for group in targets(context, id, property, &[GROUP]) {
                    for rule in ingress(context, group.id) {
                        let Some(open) = everyone(context, id, &rule) else { continue };
                        let message = format!("`{}` admits {} to `{id}`", rule.holder, open.value);
                        let at = (rule.holder, "/Properties", Some(open.source));
                        let when = context.resolved.and(group.when, open.when);
                        if let Some(found) = tell(context, report, at, when, message) {
                            found.help = Some("name the security group of the callers".into());
                        }
                    }
                }
            }
        }
    },
};

/// An ingress rule.
struct Ingress<'a> {
    /// The resource that has it.
    holder: &'a str,
    /// The rule, where it stands in the group; none where it is a resource of its own.
    rule: Option<&'a Value>,
    /// Where it is there.
    when: Formula,
}

impl<'a> Ingress<'a> {
    fn read(&self, context: &Context<'a>, property: &str) -> Vec<Known<'a, String>> {
        match self.rule {
            Some(rule) => texts_in(context, rule, &[property], self.when),
            None => texts(context, self.holder, property),
        }
    }
}

/// The ingress rules of a group, in it and beside it.
fn ingress<'a>(context: &Context<'a>, group: &'a str) -> Vec<Ingress<'a>> {
    let inline = context.resolved.elements(group, "SecurityGroupIngress").into_iter();
    let mut found: Vec<_> =
        inline.map(|rule| Ingress { holder: group, rule: Some(rule.source), when: rule.when }).collect();
    for (id, _) in context.resources("AWS::EC2::SecurityGroupIngress") {
        let of = targets(context, id, "GroupId", &[GROUP]).into_iter().filter(|of| of.id == group);
        found.extend(of.map(|of| Ingress { holder: id, rule: None, when: of.when }));
    }
    found
}

/// The range of a rule that is of every address, if it is of the port of a database.
fn everyone<'a>(context: &Context<'a>, database: &str, rule: &Ingress<'a>) -> Option<Known<'a, String>> {
    let read = |property: &str| rule.read(context, property);
    let is_tcp = read("IpProtocol").iter().any(|known| matches!(known.value.as_str(), "tcp" | "6" | "-1"));
    let number = |path: &str| read(path).iter().find_map(|known| known.value.trim().parse::<i64>().ok());
    let is_of_port = match (number("FromPort"), number("ToPort"), port(context, database)) {
        (Some(from), Some(to), Some(port)) if from >= 0 => (from..=to).contains(&port),
        _ => true,
    };
    let ranges = ["CidrIp", "CidrIpv6"].into_iter().flat_map(read);
    let mut open = ranges.filter(|known| known.value.parse().is_ok_and(|range: Cidr| range.prefix() == 0));
    let open = open.next().filter(|_| is_tcp && is_of_port)?;
    Some(Known { when: context.resolved.and(open.when, rule.when), ..open })
}

/// The port of a database, where it stands in the template or follows from its engine.
fn port(context: &Context<'_>, database: &str) -> Option<i64> {
    let said = numbers(context, database, "Port").first().map(|known| known.value);
    said.or_else(|| match family_of(&texts(context, database, "Engine").first()?.value)? {
        "MYSQL" => Some(3306),
        "POSTGRESQL" => Some(5432),
        _ => Some(1433),
    })
}

const PUBLIC: Rule = Rule {
    code: Code::new("N1004", "publicly-accessible-database"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    explanation: "With `PubliclyAccessible: true` the name of a database leads to an address of the internet for whoever asks from \
                  outside of its VPC: security groups alone then keep others out. Functions in the VPC do not need it.",
    bad: &[database!("FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000001", "PubliclyAccessible: true, ")],
    good: &[database!(
        "FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000001",
        "PubliclyAccessible: false, "
    )],
    find: |context, report| {
        for (id, _) in DATABASES.iter().flat_map(|(kind, _)| context.resources(kind)) {
            let when = on(context, id, "PubliclyAccessible");
            let source = texts(context, id, "PubliclyAccessible").first().map(|known| known.source);
            let message = format!("`{id}` has an address of the internet");
            let at = (id, "/Properties/PubliclyAccessible", source);
            if let Some(found) = tell(context, report, at, when, message) {
                found.help = Some("set `PubliclyAccessible: false`, and call it from within its VPC".into());
            }
        }
    },
};
