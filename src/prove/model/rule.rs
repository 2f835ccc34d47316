//! Rules of security groups, as they stand in a template.

use super::{HashMap, Judged, Model, Ports, Term};
use crate::resolve::{Case, Element, Formula, Resolution};
use crate::template::Value;

/// Which way traffic goes through a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To its members.
    Ingress,
    /// From its members.
    Egress,
}

impl Direction {
    /// The property of a group that holds such rules.
    pub fn property(self) -> &'static str {
        match self {
            Self::Ingress => "SecurityGroupIngress",
            Self::Egress => "SecurityGroupEgress",
        }
    }

    /// The type of such a rule that stands alone.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Ingress => "AWS::EC2::SecurityGroupIngress",
            Self::Egress => "AWS::EC2::SecurityGroupEgress",
        }
    }
}

/// The far end of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Peer<'a> {
    /// The members of a group.
    Group(Term<'a>),
    /// The members of a group, by its name.
    Named(Resolution<'a>),
    /// Addresses.
    Range(Resolution<'a>),
    /// The addresses of a prefix list.
    Prefixes(Term<'a>),
    /// Nothing is known of it.
    Unknown,
}

/// The protocols of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocols {
    Every,
    Tcp,
    Other,
    Unknown,
}

/// One rule of a group.
#[derive(Clone, Debug)]
pub struct GroupRule<'a> {
    /// In which worlds it is there.
    pub when: Formula,
    /// Of which group.
    pub group: Term<'a>,
    /// Which way.
    pub direction: Direction,
    /// The resource that has it; none if it was read from what exists.
    pub holder: Option<&'a str>,
    /// Where it stands there: none for a resource that is the rule.
    pub source: Option<&'a Value>,
    /// Whose traffic.
    pub peer: Peer<'a>,
    pub(super) protocols: Protocols,
    /// Which ports.
    pub ports: Ports<'a>,
}

/// Every rule, by its group.
#[derive(Debug, Default)]
pub(super) struct Rules<'a> {
    pub(super) all: Vec<GroupRule<'a>>,
    pub(super) of: HashMap<(&'a str, Direction), Vec<usize>>,
    /// Those of groups that the template does not create.
    pub(super) others: Vec<usize>,
}

impl<'a> Model<'a> {
    /// The rules of a group, and whether they are of it.
    pub fn rules_of(&self, group: &Term<'a>, direction: Direction) -> Vec<(&GroupRule<'a>, Judged)> {
        let rules = self.rules.get_or_init(|| self.read_rules());
        if let Some(id) = group.own() {
            let own = rules.of.get(&(id, direction)).into_iter().flatten();
            return own.map(|at| (&rules.all[*at], Judged::ALWAYS)).collect();
        }
        let others = rules.others.iter().map(|at| &rules.all[*at]).filter(|rule| rule.direction == direction);
        let same = |rule: &GroupRule<'a>| match rule.group.same(group, self.resolved) {
            Some(true) => Some(Judged::ALWAYS),
            Some(false) => None,
            None if group.has(&rule.group, self.resolved) => Some(Judged::ALWAYS),
            None => Some(Judged::open(Formula::TRUE)),
        };
        others.filter_map(|rule| Some((rule, same(rule)?))).collect()
    }

    /// The rules of groups that exist already.
    pub fn rules_of_given(&self, direction: Direction) -> Vec<&GroupRule<'a>> {
        let rules = self.rules.get_or_init(|| self.read_rules());
        rules.others.iter().map(|at| &rules.all[*at]).filter(|rule| rule.direction == direction).collect()
    }

    pub(super) fn read_rules(&self) -> Rules<'a> {
        let mut all = Vec::new();
        for id in self.of_kind("AWS::EC2::SecurityGroup") {
            for direction in [Direction::Ingress, Direction::Egress] {
                for element in self.resolved.elements(id, direction.property()) {
                    let rule = Stated { group: Term::Own(id), direction, holder: id, source: Some(element.source) };
                    self.read_rule(&rule, &element, &mut all);
                }
            }
        }
        for direction in [Direction::Ingress, Direction::Egress] {
            for id in self.of_kind(direction.kind()) {
                self.read_separate(id, direction, &mut all);
            }
        }
        self.facts.each_rule(&mut |rule| all.push(rule));
        let mut rules = Rules::default();
        for (at, rule) in all.iter().enumerate() {
            match rule.group {
                Term::Own(id) => rules.of.entry((id, rule.direction)).or_default().push(at),
                _ => rules.others.push(at),
            }
        }
        rules.all = all;
        rules
    }

    fn read_separate(&self, id: &'a str, direction: Direction, all: &mut Vec<GroupRule<'a>>) {
        let groups = self.terms(id, "GroupId").into_iter().chain(self.terms(id, "GroupName"));
        for group in groups {
            let rule = Stated { group: group.term, direction, holder: id, source: None };
            let read = |name: &str| self.resolved.property(id, name);
            self.combine(&rule, group.when, &read, all);
        }
    }

    fn read_rule(&self, rule: &Stated<'a>, element: &Element<'a>, all: &mut Vec<GroupRule<'a>>) {
        if element.value.map().is_none() {
            all.push(rule.unknown(element.when));
            return;
        }
        let read = |name: &str| self.resolved.look(element.source, &[name], element.when);
        self.combine(rule, element.when, &read, all);
    }

    /// A rule in each way in which its parts can be together.
    fn combine(
        &self,
        stated: &Stated<'a>,
        when: Formula,
        read: &dyn Fn(&str) -> Vec<Case<'a>>,
        all: &mut Vec<GroupRule<'a>>,
    ) {
        let peers = self.read_peers(stated.direction, read);
        let [protocols, from, to] = ["IpProtocol", "FromPort", "ToPort"].map(read);
        for protocol in &protocols {
            for from in &from {
                for to in &to {
                    let under = [protocol.when, from.when, to.when];
                    let under = under.into_iter().fold(when, |all, one| self.resolved.and(all, one));
                    if !self.resolved.is_possible(under) {
                        continue;
                    }
                    let ports = self.read_ports(&from.value, &to.value);
                    for (there, peer) in &peers {
                        let when = self.resolved.and(under, *there);
                        if self.resolved.is_possible(when) {
                            all.push(stated.rule(when, peer.clone(), protocols_of(&protocol.value), ports.clone()));
                        }
                    }
                }
            }
        }
    }

    fn read_ports(&self, from: &Resolution<'a>, to: &Resolution<'a>) -> Ports<'a> {
        if from.is_absent() && to.is_absent() {
            return Ports::Unknown;
        }
        Ports::between(self.settled_port(from.clone()), self.settled_port(to.clone()))
    }

    fn read_peers(&self, direction: Direction, read: &dyn Fn(&str) -> Vec<Case<'a>>) -> Vec<(Formula, Peer<'a>)> {
        let side = match direction {
            Direction::Ingress => ["SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId"],
            Direction::Egress => ["DestinationSecurityGroupId", "", "DestinationPrefixListId"],
        };
        let mut peers = Vec::new();
        for name in ["CidrIp", "CidrIpv6"].into_iter().chain(side).filter(|name| !name.is_empty()) {
            for case in read(name).into_iter().filter(|case| !case.value.is_absent()) {
                let term = || Term::of(self.resolved, &case.value);
                let peer = match name {
                    "CidrIp" | "CidrIpv6" => Peer::Range(case.value),
                    _ if name.ends_with("GroupId") => Peer::Group(term()),
                    _ if name.ends_with("GroupName") => Peer::Named(case.value),
                    _ => Peer::Prefixes(term()),
                };
                peers.push((case.when, peer));
            }
        }
        peers
    }
}

fn protocols_of(value: &Resolution<'_>) -> Protocols {
    match value.spelled().as_deref() {
        Some("-1" | "all") => Protocols::Every,
        Some("tcp" | "6" | "TCP") => Protocols::Tcp,
        Some(_) => Protocols::Other,
        None => Protocols::Unknown,
    }
}

/// Where a rule was stated.
struct Stated<'a> {
    group: Term<'a>,
    direction: Direction,
    holder: &'a str,
    source: Option<&'a Value>,
}

impl<'a> Stated<'a> {
    fn rule(&self, when: Formula, peer: Peer<'a>, protocols: Protocols, ports: Ports<'a>) -> GroupRule<'a> {
        let (group, holder) = (self.group.clone(), Some(self.holder));
        GroupRule { when, group, direction: self.direction, holder, source: self.source, peer, protocols, ports }
    }

    fn unknown(&self, when: Formula) -> GroupRule<'a> {
        self.rule(when, Peer::Unknown, Protocols::Unknown, Ports::Unknown)
    }
}

impl<'a> GroupRule<'a> {
    /// A rule of an existing group.
    pub fn existing(
        group: Term<'a>,
        direction: Direction,
        protocol: &str,
        ports: Option<(u16, u16)>,
        peer: Peer<'a>,
    ) -> Self {
        let protocols = protocols_of(&Resolution::Text(protocol.into()));
        let number = |port: u16| Resolution::Number(u64::from(port).into());
        let ports = ports.map_or(Ports::Every, |(from, to)| Ports::between(number(from), number(to)));
        Self { when: Formula::TRUE, group, direction, holder: None, source: None, peer, protocols, ports }
    }

    /// Whether it is of every protocol.
    pub fn is_of_every_protocol(&self) -> bool {
        self.protocols == Protocols::Every
    }

    /// Whether it may be of TCP.
    pub fn may_be_tcp(&self) -> bool {
        self.protocols != Protocols::Other
    }
}

impl<'a> Model<'a> {
    /// A rule in words: `` tcp 5432 from `LambdaSg` ``.
    pub fn told(&self, rule: &GroupRule<'a>) -> String {
        let what = match (&rule.protocols, &rule.ports) {
            (Protocols::Every, _) => "all traffic".to_owned(),
            (protocols, ports) => {
                let protocol = if *protocols == Protocols::Tcp { "tcp" } else { "some protocol" };
                match ports {
                    Ports::Every => protocol.to_owned(),
                    Ports::Unknown => format!("{protocol} on unknown ports"),
                    Ports::Numbers(from, to) if from == to => format!("{protocol} {from}"),
                    Ports::Numbers(from, to) => format!("{protocol} {from}-{to}"),
                    Ports::Between(from, to) if from == to => format!("{protocol} {}", super::named(from)),
                    Ports::Between(from, to) => format!("{protocol} {}-{}", super::named(from), super::named(to)),
                }
            }
        };
        let peer = match &rule.peer {
            Peer::Group(group) | Peer::Prefixes(group) => group.to_string(),
            Peer::Named(name) | Peer::Range(name) => super::named(name),
            Peer::Unknown => "something unknown".to_owned(),
        };
        let way = if rule.direction == Direction::Ingress { "from" } else { "to" };
        format!("{what} {way} {peer}")
    }
}
