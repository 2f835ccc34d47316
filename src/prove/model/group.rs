//! Security groups: whose traffic they let in and out.

use super::rule::{Direction, GroupRule, Peer, Protocols};
use super::{Judged, Model, Placed, Port, Side, Term};
use crate::resolve::{Element, Formula, Resolution};
use crate::template::Value;

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
        self.or_together(groups, direction, port, peer, all, reasons)
    }

    /// Where no rule covers the far end alone, several may together.
    fn or_together(
        &self,
        groups: &[Placed<'a>],
        direction: Direction,
        port: &Port<'a>,
        peer: &Side<'_, 'a>,
        judged: Judged,
        reasons: &mut Vec<Reason<'a>>,
    ) -> Judged {
        let is_partial = |reason: &Reason<'a>| {
            matches!(reason.grounds, Grounds::Rule(..) | Grounds::Fact(_)) && reason.judged.open != reason.judged.fact
        };
        if peer.given || judged.fact == judged.open || !reasons.iter().any(is_partial) {
            return judged;
        }
        let mut rules: Vec<(&GroupRule<'a>, Formula)> = Vec::new();
        for group in groups {
            let of = self.rules_of(&group.term, direction).into_iter();
            rules.extend(of.map(|(rule, is_of)| (rule, self.resolved.and(group.when, is_of.fact))));
        }
        let (when, used) = self.together(&rules, port, peer);
        let by_others = self.without(when, judged.fact);
        if !self.resolved.is_possible(by_others) {
            return judged;
        }
        for at in used {
            let rule = rules[at].0;
            reasons.push(Reason { judged: Judged::fact(by_others), grounds: self.grounds_of(rule) });
        }
        judged.or(Judged::fact(when), self.resolved)
    }

    fn grounds_of(&self, rule: &GroupRule<'a>) -> Grounds<'a> {
        match rule.holder {
            Some(holder) => Grounds::Rule(holder, rule.source, self.told(rule)),
            None => Grounds::Fact(self.told(rule)),
        }
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
            add(judged, &|| self.grounds_of(rule));
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
            (Term::DefaultGroup(_), _) if self.is_emptied(group) => {}
            (Term::Own(id), Direction::Egress) => {
                let default = self.default_egress(id, group).into_iter();
                found.extend(default.map(|(judged, grounds)| (by_default(judged, peer.v6), grounds)));
            }
            (Term::Given(_), _) if self.group_facts(group).is_some() => {}
            (Term::Given(_), Direction::Egress) => {
                found.push((Judged::benign(Formula::TRUE), Grounds::GivenEgress(group.clone())));
            }
            (Term::Given(_), Direction::Ingress) => {
                found.push((Judged::open(Formula::TRUE), Grounds::GivenIngress(group.clone())));
            }
            (Term::DefaultGroup(vpc), Direction::Egress) if vpc.own().is_some() => {
                found.push((by_default(Judged::ALWAYS, peer.v6), Grounds::DefaultEgress(group.clone())));
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

    pub(super) fn reaches_peer(&self, peer: &Peer<'a>, side: &Side<'_, 'a>) -> Judged {
        match peer {
            // What exists is no member of a group that is yet to be created; of an existing one, or among its addresses, it
            // is for a reason.
            Peer::Group(group) if side.given => match group {
                Term::Own(_) => Judged::NEVER,
                _ => Judged::benign(Formula::TRUE),
            },
            Peer::Range(range) if self.is_within(range, side.beyond) => Judged::NEVER,
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
                None if member.term.has(group, self.resolved) => Judged::fact(member.when),
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
}

/// A new group surely lets out everything by IPv4. By IPv6 it does so where its VPC has a range of that by then: the order
/// in which both come is not looked into, so that it is taken for given.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
fn by_default(judged: Judged, v6: bool) -> Judged {
    if v6 { Judged { fact: Formula::FALSE, ..judged } } else { judged }
}
