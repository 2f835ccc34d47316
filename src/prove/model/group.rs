//! Security groups: whose traffic they let in and out.

use std::collections::HashMap;

use super::{Judged, Model, Placed, Port, Ports, Side, Term};
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
enum Protocols {
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
    protocols: Protocols,
    /// Which ports.
    pub ports: Ports<'a>,
}

/// Every rule, by its group.
#[derive(Debug, Default)]
pub(super) struct Rules<'a> {
    all: Vec<GroupRule<'a>>,
    of: HashMap<(&'a str, Direction), Vec<usize>>,
    /// Those of groups that the template does not create.
    others: Vec<usize>,
}

/// Why a group lets something through.
#[derive(Clone, Debug)]
pub enum Grounds<'a> {
    /// By a rule.
    Rule(&'a str, Option<&'a Value>, String),
    /// As every new group lets out everything.
    DefaultEgress(Term<'a>),
    /// A new group lets out everything, and it is not certain that a separate rule leaves that so.
    EgressBeside(Term<'a>),
    /// As the default group of a VPC admits its own members.
    DefaultSelf(Term<'a>),
    /// As an existing group lets out everything unless somebody narrowed it.
    GivenEgress(Term<'a>),
    /// An existing group may have rules that nobody sees here.
    GivenIngress(Term<'a>),
    /// Something that is not modelled may have added rules.
    Foreign(Term<'a>, &'a str),
    /// By a rule of an existing group.
    Fact(String),
}

/// One reason for which traffic passes, in the worlds of its judgement.
#[derive(Clone, Debug)]
pub struct Reason<'a> {
    /// Where, and how surely.
    pub judged: Judged,
    /// Why.
    pub grounds: Grounds<'a>,
}

impl<'a> Model<'a> {
    /// Whether some of the groups let traffic through, and why.
    pub fn passes(
        &self,
        groups: &[Placed<'a>],
        direction: Direction,
        port: &Port<'a>,
        peer: &Side<'_, 'a>,
        reasons: &mut Vec<Reason<'a>>,
    ) -> Judged {
        let mut all = Judged::NEVER;
        for group in groups {
            let from = reasons.len();
            let mut judged = self.group_passes(&group.term, direction, port, peer, reasons);
            judged = judged.within(group.when, self.resolved);
            for reason in &mut reasons[from..] {
                reason.judged = reason.judged.within(group.when, self.resolved);
            }
            all = all.or(judged, self.resolved);
        }
        all
    }

    fn group_passes(
        &self,
        group: &Term<'a>,
        direction: Direction,
        port: &Port<'a>,
        peer: &Side<'_, 'a>,
        reasons: &mut Vec<Reason<'a>>,
    ) -> Judged {
        let mut all = Judged::NEVER;
        let mut add = |judged: Judged, grounds: &dyn Fn() -> Grounds<'a>| {
            if judged.open != Formula::FALSE {
                all = all.or(judged, self.resolved);
                reasons.push(Reason { judged, grounds: grounds() });
            }
        };
        for (rule, is_of_group) in self.rules_of(group, direction) {
            let judged = self.rule_passes(rule, port, peer).and(is_of_group, self.resolved);
            add(judged, &|| match rule.holder {
                Some(holder) => Grounds::Rule(holder, rule.source, self.told(rule)),
                None => Grounds::Fact(self.told(rule)),
            });
        }
        for (judged, grounds) in self.built_in(group, direction, peer) {
            add(judged, &|| grounds.clone());
        }
        all
    }

    /// What a group lets through without a rule of the template.
    fn built_in(&self, group: &Term<'a>, direction: Direction, peer: &Side<'_, 'a>) -> Vec<(Judged, Grounds<'a>)> {
        let mut found = Vec::new();
        match (group, direction) {
            (Term::Own(id), Direction::Egress) => found.extend(self.default_egress(id, group)),
            (Term::Given(_), _) if self.group_facts(group).is_some() => {}
            (Term::Given(_), Direction::Egress) => {
                found.push((Judged::benign(Formula::TRUE), Grounds::GivenEgress(group.clone())));
            }
            (Term::Given(_), Direction::Ingress) => {
                found.push((Judged::open(Formula::TRUE), Grounds::GivenIngress(group.clone())));
            }
            (Term::DefaultGroup(vpc), Direction::Egress) if vpc.own().is_some() => {
                found.push((Judged::ALWAYS, Grounds::DefaultEgress(group.clone())));
            }
            (Term::DefaultGroup(_), Direction::Egress) => {
                found.push((Judged::benign(Formula::TRUE), Grounds::GivenEgress(group.clone())));
            }
            (Term::DefaultGroup(vpc), Direction::Ingress) => {
                let own = self.is_member(group, peer.groups);
                let own = if vpc.own().is_some() { own } else { Judged { fact: Formula::FALSE, ..own } };
                found.push((own, Grounds::DefaultSelf(group.clone())));
                if vpc.own().is_none() {
                    found.push((Judged::open(Formula::TRUE), Grounds::GivenIngress(group.clone())));
                }
            }
            _ => {}
        }
        if let Some(toucher) = self.toucher(group) {
            found.push((Judged::foreign(Formula::TRUE), Grounds::Foreign(group.clone(), toucher)));
        }
        found
    }

    /// A group that names no egress lets out everything. Public texts disagree on whether a separate rule leaves that so:
    /// no proof rests on it.
    fn default_egress(&self, id: &str, group: &Term<'a>) -> Option<(Judged, Grounds<'a>)> {
        let mut none = Formula::FALSE;
        for case in self.resolved.property(id, "SecurityGroupEgress") {
            let is_empty = case.value.elements().is_some_and(<[Element<'_>]>::is_empty);
            if case.value.is_absent() || is_empty {
                none = self.resolved.or(none, case.when);
            }
        }
        let rules = self.rules.get_or_init(|| self.read_rules());
        let beside = rules.of.get(&(id, Direction::Egress)).into_iter().flatten();
        let beside = beside.map(|at| &rules.all[*at]).filter(|rule| rule.holder != Some(id));
        let beside = beside.fold(Formula::FALSE, |any, rule| self.resolved.or(any, rule.when));
        let sure = self.without(none, beside);
        if beside == Formula::FALSE || sure == none {
            return self
                .resolved
                .is_possible(none)
                .then(|| (Judged::fact(none), Grounds::DefaultEgress(group.clone())));
        }
        Some((Judged::between(sure, none), Grounds::EgressBeside(group.clone())))
    }

    /// Whether a rule lets traffic through.
    pub fn rule_passes(&self, rule: &GroupRule<'a>, port: &Port<'a>, peer: &Side<'_, 'a>) -> Judged {
        let protocol = match rule.protocols {
            Protocols::Other => return Judged::NEVER,
            Protocols::Every => return self.reaches_peer(&rule.peer, peer).within(rule.when, self.resolved),
            Protocols::Tcp => Judged::ALWAYS,
            Protocols::Unknown => Judged::open(Formula::TRUE),
        };
        let port = self.holds_port(&rule.ports, port);
        if port == Judged::NEVER {
            return Judged::NEVER;
        }
        let peer = self.reaches_peer(&rule.peer, peer);
        peer.and(port, self.resolved).and(protocol, self.resolved).within(rule.when, self.resolved)
    }

    fn reaches_peer(&self, peer: &Peer<'a>, side: &Side<'_, 'a>) -> Judged {
        match peer {
            // What exists is no member of a group that is yet to be created; of an existing one, or among its addresses, it
            // is for a reason.
            Peer::Group(group) if side.given => match group {
                Term::Own(_) => Judged::NEVER,
                _ => Judged::benign(Formula::TRUE),
            },
            Peer::Range(range) if side.given => {
                let judged = self.is_everything(range, side.v6);
                if judged.fact == judged.open { judged } else { Judged::benign(judged.open) }
            }
            Peer::Prefixes(_) | Peer::Named(_) if side.given => Judged::benign(Formula::TRUE),
            Peer::Group(group) => self.is_member(group, side.groups),
            Peer::Named(name) => self.is_member_by_name(name, side.groups),
            Peer::Range(range) => match side.subnet {
                Some(subnet) => self.covers(range, subnet, side.v6),
                None => self.is_everything(range, side.v6),
            },
            Peer::Prefixes(list) => self.prefixes_cover(list, side),
            Peer::Unknown => Judged::open(Formula::TRUE),
        }
    }

    /// Whether a range holds every address there is.
    fn is_everything(&self, range: &Resolution<'a>, v6: bool) -> Judged {
        match range.text().and_then(super::loose) {
            Some(range) if range.is_v6() == v6 && range.prefix() == 0 => Judged::ALWAYS,
            Some(range) if range.is_v6() != v6 || range.address().is_loopback() => Judged::NEVER,
            Some(range) if range.prefix() == 32 && !v6 && range.address().to_string() == "255.255.255.255" => {
                Judged::NEVER
            }
            _ => Judged::open(Formula::TRUE),
        }
    }

    fn is_member(&self, group: &Term<'a>, groups: &[Placed<'a>]) -> Judged {
        let mut all = Judged::NEVER;
        for member in groups {
            let judged = match group.same(&member.term, self.resolved) {
                Some(true) => Judged::fact(member.when),
                Some(false) => continue,
                None => Judged::open(member.when),
            };
            all = all.or(judged, self.resolved);
        }
        all
    }

    fn is_member_by_name(&self, name: &Resolution<'a>, groups: &[Placed<'a>]) -> Judged {
        let term = Term::of(self.resolved, name);
        if term.own().is_some_and(|id| self.kind(id) == "AWS::EC2::SecurityGroup") {
            return self.is_member(&term, groups);
        }
        let any = self.any_of(groups);
        Judged::open(any)
    }

    fn prefixes_cover(&self, list: &Term<'a>, side: &Side<'_, 'a>) -> Judged {
        let Some(id) = list.own() else { return Judged::open(Formula::TRUE) };
        let mut all = Judged::NEVER;
        for entry in self.resolved.elements(id, "Entries") {
            let Some(map) = entry.value.map() else { return Judged::open(Formula::TRUE) };
            let Some(range) = map.get("Cidr") else { continue };
            for case in self.resolved.value(range, entry.when) {
                let judged = match side.subnet {
                    Some(subnet) => self.covers(&case.value, subnet, side.v6),
                    None => self.is_everything(&case.value, side.v6),
                };
                all = all.or(judged.within(case.when, self.resolved), self.resolved);
            }
        }
        all
    }

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
            None => Some(Judged::open(Formula::TRUE)),
        };
        others.filter_map(|rule| Some((rule, same(rule)?))).collect()
    }

    /// The rules of groups that exist already.
    pub fn rules_of_given(&self, direction: Direction) -> Vec<&GroupRule<'a>> {
        let rules = self.rules.get_or_init(|| self.read_rules());
        rules.others.iter().map(|at| &rules.all[*at]).filter(|rule| rule.direction == direction).collect()
    }

    fn read_rules(&self) -> Rules<'a> {
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
        Ports::Between(self.settled_port(from.clone()), self.settled_port(to.clone()))
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
        let ports = ports.map_or(Ports::Every, |(from, to)| Ports::Between(number(from), number(to)));
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
