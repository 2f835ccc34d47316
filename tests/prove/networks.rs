//! Laws on small networks made by chance: rules that allow only open, what a proof points at is what it rests on, names and
//! order mean nothing, and IPv6 is judged as IPv4 is.

use std::fmt::Write;

use formwork::prove::{Claim, Evidence, Proof, Verdict, checker};
use formwork::template::parse::parse;
use formwork::template::{Template, Value, steps};
use proptest::prelude::*;
use proptest::sample::select;

use super::{network_proofs, verdicts};

/// The far end of a rule or an entry.
#[derive(Clone, Copy, Debug)]
enum Far {
    Group(usize),
    /// A range: every address, all of the VPC, half of it, one subnet; and whether it is one of IPv6.
    Range(usize, bool),
}

#[derive(Clone, Debug)]
struct Rule {
    group: usize,
    egress: bool,
    ports: (u16, u16),
    far: Far,
}

#[derive(Clone, Debug)]
struct Entry {
    egress: bool,
    allows: bool,
    ports: (u16, u16),
    range: (usize, bool),
}

#[derive(Clone, Debug)]
struct Network {
    /// How the proxy is reached: `IPV4`, `IPV6`, `DUAL`.
    family: &'static str,
    rules: Vec<Rule>,
    /// The entries of the ACL of the function's subnets, if that has one of its own.
    acl: Option<Vec<Entry>>,
}

const GROUPS: [&str; 3] = ["FnSg", "ProxySg", "DbSg"];
const PORTS: [(u16, u16); 5] = [(5432, 5432), (5432, 5432), (1, 65_535), (5000, 6000), (443, 443)];
/// Ranges of both families that hold the same subnets: all, those of the VPC, the function's, the proxy's first.
const RANGES: [[&str; 2]; 4] = [
    ["0.0.0.0/0", "::/0"],
    ["10.0.0.0/16", "2001:db8:20::/56"],
    ["10.0.0.0/23", "2001:db8:20::/63"],
    ["10.0.2.0/24", "2001:db8:20:2::/64"],
];

impl Network {
    fn text(&self) -> String {
        let mut text = format!(
            "Resources:\n  Vpc: {{ Type: AWS::EC2::VPC, Properties: {{ CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true }} }}\n  \
             Six: {{ Type: AWS::EC2::VPCCidrBlock, Properties: {{ VpcId: !Ref Vpc, Ipv6Pool: ipv6pool-ec2-1, Ipv6CidrBlock: \"2001:db8:20::/56\" }} }}\n{}",
            ["A", "B", "C", "D"].iter().enumerate().map(|(at, name)| subnet(name, at)).collect::<String>()
        );
        for name in GROUPS {
            _ = writeln!(
                text,
                "  {name}: {{ Type: AWS::EC2::SecurityGroup, Properties: {{ GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupEgress: [{{ IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 127.0.0.1/32 }}] }} }}"
            );
        }
        self.rules.iter().enumerate().for_each(|(at, rule)| text.push_str(&rule.text(&format!("Rule{at}"))));
        if let Some(entries) = &self.acl {
            text.push_str("  Acl: { Type: AWS::EC2::NetworkAcl, Properties: { VpcId: !Ref Vpc } }\n");
            for name in ["A", "B"] {
                _ = writeln!(
                    text,
                    "  AclOf{name}: {{ Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{ SubnetId: !Ref {name}, NetworkAclId: !Ref Acl }} }}"
                );
            }
            entries.iter().enumerate().for_each(|(at, entry)| text.push_str(&entry.text(at)));
        }
        text + &REST.replace("FAMILY", self.family)
    }

    fn template(&self) -> Template {
        parse(&self.text(), "app.yaml").0
    }

    /// The same with the families changed over.
    fn mirrored(&self) -> Self {
        let mut other = self.clone();
        other.family = if self.family == "IPV4" { "IPV6" } else { "IPV4" };
        for rule in &mut other.rules {
            if let Far::Range(_, six) = &mut rule.far {
                *six = !*six;
            }
        }
        other.acl.iter_mut().flatten().for_each(|entry| entry.range.1 = !entry.range.1);
        other
    }

    fn of_family(&self, family: &'static str) -> Self {
        Self { family, ..self.clone() }
    }
}

fn subnet(name: &str, at: usize) -> String {
    format!(
        "  {name}: {{ Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {{ VpcId: !Ref Vpc, CidrBlock: 10.0.{at}.0/24, Ipv6CidrBlock: \"2001:db8:20:{at}::/64\", AvailabilityZone: !Select [{}, !GetAZs \"\"] }} }}\n",
        at % 2
    )
}

impl Rule {
    fn text(&self, id: &str) -> String {
        let (kind, side) =
            if self.egress { ("Egress", "DestinationSecurityGroupId") } else { ("Ingress", "SourceSecurityGroupId") };
        let far = match self.far {
            Far::Group(group) => format!("{side}: !Ref {}", GROUPS[group]),
            Far::Range(range, six) => {
                format!("{}: \"{}\"", if six { "CidrIpv6" } else { "CidrIp" }, RANGES[range][usize::from(six)])
            }
        };
        format!(
            "  {id}: {{ Type: AWS::EC2::SecurityGroup{kind}, Properties: {{ GroupId: !Ref {}, IpProtocol: tcp, FromPort: {}, ToPort: {}, {far} }} }}\n",
            GROUPS[self.group], self.ports.0, self.ports.1
        )
    }
}

impl Entry {
    fn text(&self, at: usize) -> String {
        let (range, six) = self.range;
        let name = if six { "Ipv6CidrBlock" } else { "CidrBlock" };
        format!(
            "  Entry{at}: {{ Type: AWS::EC2::NetworkAclEntry, Properties: {{ NetworkAclId: !Ref Acl, RuleNumber: {}, Egress: {}, Protocol: 6, RuleAction: {}, {name}: \"{}\", PortRange: {{ From: {}, To: {} }} }} }}\n",
            100 + at,
            self.egress,
            if self.allows { "allow" } else { "deny" },
            RANGES[range][usize::from(six)],
            self.ports.0,
            self.ports.1
        )
    }
}

const REST: &str = r#"  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: [lambda.amazonaws.com, rds.amazonaws.com] }, Action: sts:AssumeRole } } } }
  DbSubnets: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: d, SubnetIds: [!Ref C, !Ref D] } }
  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, DBSubnetGroupName: !Ref DbSubnets, VPCSecurityGroups: [!Ref DbSg] } }
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: POSTGRESQL, EndpointNetworkType: FAMILY, RoleArn: !GetAtt Role.Arn, VpcSubnetIds: [!Ref C, !Ref D], VpcSecurityGroupIds: [!Ref ProxySg] } }
  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, DBInstanceIdentifiers: [!Ref Db] } }
  Fn: { Type: AWS::Lambda::Function, Properties: { Role: !GetAtt Role.Arn, Code: { ZipFile: x }, VpcConfig: { Ipv6AllowedForDualStack: true, SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref FnSg] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } } } }
"#;

fn to_proxy(network: &Network) -> Verdict {
    verdicts(&network.template())["Fn reaches Proxy on tcp 5432"]
}

fn rule() -> impl Strategy<Value = Rule> {
    let far = prop_oneof![
        (0..3usize).prop_map(Far::Group),
        (0..4usize, any::<bool>()).prop_map(|(at, six)| Far::Range(at, six))
    ];
    (0..3usize, any::<bool>(), select(PORTS.to_vec()), far).prop_map(|(group, egress, ports, far)| Rule {
        group,
        egress,
        ports,
        far,
    })
}

/// The rules that open the way to the proxy and on to the database, each of which is mostly there.
fn needed() -> impl Strategy<Value = Vec<Rule>> {
    let ways = [(0, true, 1), (1, false, 0), (1, true, 2), (2, false, 1)];
    let each = ways.map(|(group, egress, far)| {
        let ranges = (0..4usize, any::<bool>()).prop_map(|(at, six)| Far::Range(at, six));
        let far = prop_oneof![3 => Just(Far::Group(far)), 2 => ranges];
        (prop::bool::weighted(0.85), far)
            .prop_map(move |(is_there, far)| is_there.then_some(Rule { group, egress, ports: (5432, 5432), far }))
    });
    each.to_vec().prop_map(|rules| rules.into_iter().flatten().collect())
}

fn entry() -> impl Strategy<Value = Entry> {
    let ports = select(vec![(5432, 5432), (1024, 65_535), (1, 65_535)]);
    (any::<bool>(), prop::bool::weighted(0.8), ports, (0..4usize, any::<bool>()))
        .prop_map(|(egress, allows, ports, range)| Entry { egress, allows, ports, range })
}

fn network() -> impl Strategy<Value = Network> {
    let acl = prop::option::weighted(0.4, prop::collection::vec(entry(), 0..8));
    (select(vec!["IPV4", "IPV6", "DUAL"]), needed(), prop::collection::vec(rule(), 0..3), acl).prop_map(
        |(family, mut rules, more, acl)| {
            rules.extend(more);
            Network { family, rules, acl }
        },
    )
}

/// The template without what a piece of evidence points at; none where that is that something is not there.
fn without(template: &Template, evidence: &Evidence) -> Option<Template> {
    let mut less = template.clone();
    let path: Vec<String> = steps(&evidence.path).collect();
    match &evidence.claim {
        Claim::Without { .. } => return None,
        Claim::HasIpv6 => {
            less.resources.get_mut(&evidence.resource)?.properties.shift_remove("Ipv6CidrBlock")?;
        }
        Claim::Names { .. } | Claim::Equals { .. } => {
            let (property, deeper) = path.get(3..)?.split_first()?;
            let properties = &mut less.resources.get_mut(&evidence.resource)?.properties;
            match (deeper, properties.get_mut(property)?) {
                ([inner], Value::Map(map)) => drop(map.shift_remove(inner)),
                _ => drop(properties.shift_remove(property)),
            }
        }
        _ => drop(less.resources.shift_remove(&evidence.resource)),
    }
    Some(less)
}

fn renamed(text: &str) -> String {
    let template = parse(text, "app.yaml").0;
    let mut ids: Vec<&String> = template.resources.keys().collect();
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    ids.into_iter().fold(text.to_owned(), |text, id| {
        let name = regex::Regex::new(&format!(r"(!Ref |!GetAtt |DependsOn: |\n  ){id}([ ,.:\]\}}\n])")).unwrap();
        name.replace_all(&text, format!("${{1}}Zz{id}Q${{2}}")).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_that_allows_closes_nothing(network in network(), rule in rule()) {
        let before = verdicts(&network.template());
        let after = verdicts(&parse(&(network.text() + &rule.text("Added")), "app.yaml").0);
        for (goal, verdict) in &before {
            prop_assert!(after[goal] <= *verdict, "{goal}: {verdict:?} becomes {:?}", after[goal]);
        }
    }

    #[test]
    fn what_a_proof_points_at_is_what_it_rests_on(network in network()) {
        let template = network.template();
        for proof in network_proofs(&template).into_iter().filter(|proof| proof.verdict == Verdict::Proved) {
            prop_assert_eq!(checker::faults(&template, &proof), Vec::<String>::new());
            for evidence in proof.steps.iter().flat_map(|step| &step.evidence) {
                let Some(less) = without(&template, evidence) else { continue };
                prop_assert!(!checker::faults(&less, &proof).is_empty(), "{}: {evidence:?}", proof.goal);
                let again = network_proofs(&less).into_iter().find(|other| other.goal == proof.goal);
                let stays = again.is_some_and(|again| again.steps.iter().any(|step| step.evidence.contains(evidence)));
                prop_assert!(!stays, "{}: {evidence:?}", proof.goal);
            }
        }
    }

    #[test]
    fn names_and_order_mean_nothing(network in network()) {
        let text = network.text();
        let plain: Vec<_> = network_proofs(&network.template()).iter().map(|proof| proof.verdict).collect();
        let mut other = parse(&renamed(&text), "app.yaml").0;
        prop_assert!(other.resources.keys().all(|id| id.starts_with("Zz")));
        let renamed: Vec<_> = network_proofs(&other).iter().map(|proof| proof.verdict).collect();
        prop_assert_eq!(&renamed, &plain);
        other.resources.reverse();
        let mut reversed: Vec<_> = network_proofs(&other).iter().map(|proof| proof.verdict).collect();
        reversed.reverse();
        prop_assert_eq!(&reversed, &plain);
    }

    #[test]
    fn a_family_is_judged_as_the_other(network in network(), family in select(vec!["IPV4", "IPV6"])) {
        let network = network.of_family(family);
        prop_assert_eq!(to_proxy(&network), to_proxy(&network.mirrored()));
    }

    #[test]
    fn a_rule_of_the_other_family_is_no_evidence(network in network(), family in select(vec!["IPV4", "IPV6"])) {
        let template = network.of_family(family).template();
        let is_proved = |proof: &Proof| proof.verdict == Verdict::Proved && proof.goal.to_string().starts_with("Fn ");
        for mut proof in network_proofs(&template).into_iter().filter(is_proved) {
            for evidence in proof.steps.iter_mut().flat_map(|step| &mut step.evidence) {
                if let Claim::Rule { v6, .. } = &mut evidence.claim {
                    *v6 = !*v6;
                }
            }
            prop_assert!(!checker::faults(&template, &proof).is_empty(), "{}", proof.goal);
        }
    }

    #[test]
    fn of_two_families_the_better_one_counts(network in network()) {
        let [four, six, both] = ["IPV4", "IPV6", "DUAL"].map(|family| to_proxy(&network.of_family(family)));
        prop_assert_eq!(both, four.min(six));
    }
}
