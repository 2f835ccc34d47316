//! Network ACLs: ordered rules at the edge of a subnet, which know nothing of connections.

use super::{Judged, Model, Placed, Port, Ports, Term};
use crate::resolve::{Formula, Resolution};

/// The ports on which clients await answers.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html>
pub const EPHEMERAL: (u16, u16) = (1024, 65_535);
/// The part of them that current Linux kernels use.
const LINUX: (u16, u16) = (32_768, 60_999);
/// A hundredth of them: what lets no more through, such as the port of the service, lets no connection live.
const FEW: u16 = (EPHEMERAL.1 - EPHEMERAL.0) / 100;

/// One end of a flow, as rules see it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s, 'a> {
    /// Its security groups.
    pub groups: &'s [Placed<'a>],
    /// Its subnet; none: it is anywhere.
    pub subnet: Option<&'s Placed<'a>>,
    /// Whether its addresses are IPv6.
    pub v6: bool,
    /// Whether it exists already and its groups and addresses are not known.
    pub given: bool,
    /// VPCs that it has no address of: it is in the internet.
    pub beyond: &'s [Placed<'a>],
}

/// The far end of packets, as the entries of an ACL see it.
#[derive(Clone, Copy, Debug)]
pub enum Far<'f, 'a> {
    /// A subnet; whether its IPv6 addresses are meant.
    At(&'f Placed<'a>, bool),
    /// Some of the addresses of a subnet; whether they are IPv6.
    Piece(super::union::Span, bool),
    /// Anywhere; whether by IPv6.
    Anywhere(bool),
    /// In the internet, by IPv4: in none of these VPCs.
    Beyond(&'f [Placed<'a>]),
}

/// What passes the edge of a subnet.
#[derive(Clone, Copy, Debug)]
pub enum Passage<'p, 'a> {
    /// Packets to a port.
    To(&'p Port<'a>),
    /// Packets to the ports on which clients await answers.
    Answers,
}

/// One entry of a network ACL.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Where it is there.
    pub when: Formula,
    /// Its place in the order; none if that is not known.
    pub number: Option<i64>,
    /// Whether it allows; none if that is not known.
    pub allows: Option<bool>,
    /// Whether it is of packets that leave the subnet; none if that is not known.
    pub egress: Option<bool>,
    /// Whether it is of TCP; none if that is not known.
    pub tcp: Option<bool>,
    /// Which far ends.
    pub range: Resolution<'a>,
    /// Which ports.
    pub ports: Ports<'a>,
}

/// What decides at the edge of a subnet.
#[derive(Clone, Debug, PartialEq)]
pub enum Acl<'a> {
    /// An ACL of the template.
    Own(&'a str),
    /// An ACL that is known as a fact.
    Known(&'a str),
    /// The ACL that a new VPC has, which lets everything through.
    New,
    /// An ACL that is not known: it lets everything through unless somebody changed it.
    Given,
}

impl<'a> Model<'a> {
    /// The ACLs of a subnet, each with its worlds.
    pub fn acls_of(&self, subnet: &Term<'a>) -> Vec<(Formula, Acl<'a>)> {
        let mut found = Vec::new();
        let mut decided = Formula::FALSE;
        for id in self.of_kind("AWS::EC2::SubnetNetworkAclAssociation") {
            let subnets = self.terms(id, "SubnetId");
            let here = subnets.iter().filter(|placed| placed.term.same(subnet, self.resolved) == Some(true));
            let when = here.fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when));
            for acl in self.terms(id, "NetworkAclId") {
                let when = self.resolved.and(when, acl.when);
                if self.resolved.is_possible(when) {
                    decided = self.resolved.or(decided, when);
                    found.push((when, acl.term.own().map_or(Acl::Given, Acl::Own)));
                }
            }
        }
        let exists = subnet.own().map_or(Formula::TRUE, |id| self.resolved.exists(id));
        let rest = self.without(exists, decided);
        if self.resolved.is_possible(rest) {
            let is_new = self.vpcs_of_subnet(subnet).iter().any(|vpc| vpc.term.own().is_some());
            let known = subnet.id().and_then(|id| self.facts.acl_of(id));
            let acl = known.map_or(if is_new { Acl::New } else { Acl::Given }, Acl::Known);
            found.push((rest, acl));
        }
        found
    }

    /// Whether an ACL lets packets through.
    pub fn acl_passes(&self, acl: &Acl<'a>, egress: bool, far: Far<'_, 'a>, passage: Passage<'_, 'a>) -> Judged {
        match acl {
            Acl::New => Judged::ALWAYS,
            Acl::Given => Judged::benign(Formula::TRUE),
            Acl::Known(id) => self.entries_pass(self.facts.entries(id), egress, far, passage),
            Acl::Own(id) => {
                let judged = self.entries_pass(self.entries_of(id), egress, far, passage);
                match self.toucher(&Term::Own(id)) {
                    Some(_) => judged.or(Judged::foreign(Formula::TRUE), self.resolved),
                    None => judged,
                }
            }
        }
    }

    /// The entries of an ACL of the template that let some of the packets through: no entry before takes all that each does.
    pub fn deciding(&self, acl: &str, egress: bool, far: Far<'_, 'a>, passage: Passage<'_, 'a>) -> Vec<&'a str> {
        let ids: Vec<&'a str> = self.of_kind("AWS::EC2::NetworkAclEntry").collect();
        let mut entries: Vec<(&'a str, Entry<'a>)> = Vec::new();
        for id in ids {
            let when = self.when_of_acl(id, acl);
            let mut read = Vec::new();
            if self.resolved.is_possible(when) {
                self.read_entry(id, when, &mut read);
            }
            entries.extend(read.into_iter().map(|entry| (id, entry)));
        }
        entries.retain(|(_, entry)| entry.egress != Some(!egress) && entry.tcp != Some(false));
        entries.sort_by_key(|(_, entry)| entry.number);
        let all: Vec<Entry<'a>> = entries.iter().map(|(_, entry)| entry.clone()).collect();
        let ports = match passage {
            Passage::To(port) => vec![port.clone()],
            Passage::Answers => pieces(&all).into_iter().map(|(from, _)| Port::known(from, Formula::TRUE)).collect(),
        };
        let mut found = Vec::new();
        for port in &ports {
            let mut left = Formula::TRUE;
            for (id, entry) in &entries {
                let matches = self.entry_matches(entry, far, port);
                let takes = self.resolved.is_possible(self.resolved.and(left, matches.open));
                if takes && entry.allows == Some(true) && !found.contains(id) {
                    found.push(id);
                }
                left = self.without(left, matches.fact);
            }
        }
        found
    }

    /// The worlds in which an entry is one of an ACL.
    fn when_of_acl(&self, entry: &str, acl: &str) -> Formula {
        let acls = self.terms(entry, "NetworkAclId");
        let here = acls.iter().filter(|placed| placed.term.own() == Some(acl));
        here.fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when))
    }

    fn entries_pass(
        &self,
        mut entries: Vec<Entry<'a>>,
        egress: bool,
        far: Far<'_, 'a>,
        passage: Passage<'_, 'a>,
    ) -> Judged {
        entries.retain(|entry| entry.egress != Some(!egress) && entry.tcp != Some(false));
        let vague =
            entries.iter().any(|entry| entry.number.is_none() || entry.allows.is_none() || entry.egress.is_none());
        if vague {
            return Judged::open(Formula::TRUE);
        }
        entries.sort_by_key(|entry| entry.number);
        let passes = |far: Far<'_, 'a>| match passage {
            Passage::To(port) => self.first_match(&entries, far, port),
            Passage::Answers => self.answers(&entries, far),
        };
        let judged = passes(far);
        match far {
            Far::At(subnet, v6) if judged.fact != judged.open => {
                let by_pieces = self.by_pieces(&entries, subnet, v6, &passes);
                judged.or(Judged::fact(by_pieces), self.resolved)
            }
            _ => judged,
        }
    }

    /// Answers go to any of the ports that clients use: they all must be let through, for sure; the ones that current
    /// kernels use will do unless somebody changed them.
    fn answers(&self, entries: &[Entry<'a>], far: Far<'_, 'a>) -> Judged {
        let (mut whole, mut linux, mut any) = (Judged::ALWAYS, Judged::ALWAYS, Judged::NEVER);
        for (from, to) in pieces(entries) {
            let port = Port::known(from, Formula::TRUE);
            let passes = self.first_match(entries, far, &port);
            whole = whole.and(passes, self.resolved);
            if to - from >= FEW {
                any = any.or(passes, self.resolved);
            }
            if from <= LINUX.1 && to >= LINUX.0 {
                linux = linux.and(passes, self.resolved);
            }
        }
        Judged {
            fact: whole.fact,
            benign: self.resolved.or(whole.benign, linux.benign),
            foreign: self.resolved.or(whole.foreign, linux.foreign),
            open: any.open,
        }
    }

    fn first_match(&self, entries: &[Entry<'a>], far: Far<'_, 'a>, port: &Port<'a>) -> Judged {
        // Where no entry before matched for sure, and where none may have.
        let (mut certain, mut maybe) = (Formula::TRUE, Formula::TRUE);
        let mut all = Judged::NEVER;
        for entry in entries {
            let matches = self.entry_matches(entry, far, port);
            if entry.allows == Some(true) {
                let sure = self.resolved.and(certain, matches.fact);
                let may = self.resolved.and(maybe, matches.open);
                all = all.or(Judged::between(sure, may), self.resolved);
            }
            certain = self.without(certain, matches.open);
            maybe = self.without(maybe, matches.fact);
        }
        all
    }

    fn entry_matches(&self, entry: &Entry<'a>, far: Far<'_, 'a>, port: &Port<'a>) -> Judged {
        let ports = self.holds_port(&entry.ports, port);
        if ports == Judged::NEVER {
            return Judged::NEVER;
        }
        let range = match far {
            Far::At(subnet, v6) => self.covers(&entry.range, subnet, v6),
            Far::Piece(piece, v6) => self.holds_piece(&entry.range, piece, v6),
            Far::Beyond(vpcs) if self.is_within(&entry.range, vpcs) => Judged::NEVER,
            Far::Anywhere(_) | Far::Beyond(_) => match entry.range.text().and_then(super::loose) {
                Some(range) if range.is_v6() != matches!(far, Far::Anywhere(true)) => Judged::NEVER,
                Some(range) if range.prefix() == 0 => Judged::ALWAYS,
                _ => Judged::open(Formula::TRUE),
            },
        };
        let tcp = if entry.tcp.is_some() { Judged::ALWAYS } else { Judged::open(Formula::TRUE) };
        range.and(ports, self.resolved).and(tcp, self.resolved).within(entry.when, self.resolved)
    }

    fn entries_of(&self, acl: &str) -> Vec<Entry<'a>> {
        let mut entries = Vec::new();
        for id in self.of_kind("AWS::EC2::NetworkAclEntry") {
            let when = self.when_of_acl(id, acl);
            if self.resolved.is_possible(when) {
                self.read_entry(id, when, &mut entries);
            }
        }
        entries
    }

    fn read_entry(&self, id: &str, when: Formula, entries: &mut Vec<Entry<'a>>) {
        let read = |path: &str| self.resolved.property(id, path);
        let (actions, egress) = (read("RuleAction"), read("Egress"));
        let ranges: Vec<_> = ["CidrBlock", "Ipv6CidrBlock"].into_iter().flat_map(read).collect();
        let one = |path: &str| read(path).into_iter().next().map(|case| case.value);
        let number = one("RuleNumber").and_then(|value| value.integer());
        let tcp = match one("Protocol").and_then(|value| value.spelled().map(std::borrow::Cow::into_owned)).as_deref() {
            Some("-1" | "6" | "tcp") => Some(true),
            Some(_) => Some(false),
            None => None,
        };
        let every = one("Protocol").and_then(|value| value.integer()) == Some(-1);
        let (from, to) = (one("PortRange/From"), one("PortRange/To"));
        let ports = match (from, to) {
            _ if every => Ports::Every,
            (Some(from), Some(to)) if !from.is_absent() && !to.is_absent() => {
                Ports::between(self.settled_port(from), self.settled_port(to))
            }
            _ => Ports::Every,
        };
        for action in &actions {
            for range in ranges.iter().filter(|range| !range.value.is_absent()) {
                for way in &egress {
                    let under = [action.when, range.when, way.when];
                    let when = under.into_iter().fold(when, |all, one| self.resolved.and(all, one));
                    let allows = action.value.text().map(|action| action.eq_ignore_ascii_case("allow"));
                    let egress = if way.value.is_absent() { Some(false) } else { way.value.flag() };
                    let (range, ports) = (range.value.clone(), ports.clone());
                    entries.push(Entry { when, number, allows, egress, tcp, range, ports });
                }
            }
        }
    }
}

/// The ports on which clients await answers, cut where the entries' ranges begin and end.
fn pieces(entries: &[Entry<'_>]) -> Vec<(u16, u16)> {
    let mut cuts = vec![EPHEMERAL.0, LINUX.0, LINUX.1 + 1];
    for entry in entries {
        if let Ports::Numbers(from, to) = &entry.ports {
            cuts.extend(u16::try_from(*from).ok());
            cuts.extend(u16::try_from(to.saturating_add(1)).ok());
        }
    }
    cuts.retain(|cut| *cut >= EPHEMERAL.0);
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().skip(1).map(|cut| cut - 1).chain([EPHEMERAL.1]);
    cuts.iter().copied().zip(ends).collect()
}

impl Model<'_> {
    /// The number of the first entry of an ACL of the template.
    pub fn lowest_number(&self, acl: &str) -> Option<i64> {
        self.entries_of(acl).iter().filter_map(|entry| entry.number).min()
    }
}
