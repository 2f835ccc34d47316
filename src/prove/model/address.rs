//! Addresses of subnets against ranges in rules.

use std::borrow::Cow;

use super::{Judged, Model, Placed, Term};
use crate::network::Cidr;
use crate::resolve::{Formula, Resolution};
use crate::template::Function;

/// Ranges in which no network interface has its address: rules of them match nothing, which is what they are for.
///
/// Source: <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
const NOWHERE: &[&str] = &["127.0.0.0/8", "255.255.255.255/32", "::1/128", "169.254.0.0/16", "224.0.0.0/4"];

/// The private ranges.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
const PRIVATE: &[&str] = &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

impl<'a> Model<'a> {
    /// Where a range covers every address of a subnet. `v6`: of its IPv6 addresses.
    ///
    /// Rules repeat ranges, and every rule is asked of every subnet: what was answered is kept.
    pub fn covers(&self, range: &Resolution<'a>, subnet: &Placed<'a>, v6: bool) -> Judged {
        let (Resolution::Text(text), Term::Own(id)) = (range, &subnet.term) else {
            return self.covers_anew(range, subnet, v6);
        };
        let key = (text.clone(), *id, v6);
        if let Some(known) = self.covered.borrow().get(&key) {
            return *known;
        }
        let judged = self.covers_anew(range, subnet, v6);
        self.covered.borrow_mut().insert(key, judged);
        judged
    }

    fn covers_anew(&self, range: &Resolution<'a>, subnet: &Placed<'a>, v6: bool) -> Judged {
        if !v6 && self.is_block_of_vpc(range, &subnet.term) {
            return Judged::ALWAYS;
        }
        let mut all = Judged::NEVER;
        for (when, range_term, range) in self.readings(range) {
            let judged = match range {
                Some(range) if range.is_v6() != v6 => Judged::NEVER,
                Some(range) if range.prefix() == 0 => Judged::ALWAYS,
                Some(range) if is_nowhere(&range) => Judged::NEVER,
                _ if self.is_of_another_subnet(&range_term, subnet) => Judged::NEVER,
                _ => {
                    let judged = self.covers_subnet(&range_term, range, subnet, v6);
                    if self.is_meant_for(&range_term, range, subnet) {
                        Judged { benign: judged.open, foreign: judged.open, ..judged }
                    } else {
                        judged
                    }
                }
            };
            all = all.or(judged.within(when, self.resolved), self.resolved);
        }
        all
    }

    /// Whether a range is given together with a network that exists already, or holds all addresses that such a network
    /// usually has: then it is there for that network.
    fn is_meant_for(&self, term: &Resolution<'a>, range: Option<Cidr>, subnet: &Placed<'a>) -> bool {
        let is_given = subnet.term.id().is_none_or(|id| self.facts.subnet(id).is_none())
            && self.vpcs_of_subnet(&subnet.term).iter().all(|vpc| vpc.term.own().is_none());
        let is_named = term.text().is_none() && term.reference().is_none() && !term.is_absent();
        let is_private = || PRIVATE.iter().any(|text| text.parse().ok() == range);
        is_given && (is_named || is_private())
    }

    /// Whether a range is the one block of the VPC of a subnet, whatever that is: the block of a subnet lies in it.
    fn is_block_of_vpc(&self, range: &Resolution<'a>, subnet: &Term<'a>) -> bool {
        let Some((vpc, Some("CidrBlock"))) = range.reference() else { return false };
        let own = Term::Own(vpc);
        let vpcs = self.vpcs_of_subnet(subnet);
        let of_vpc = |more: &str| {
            self.terms(more, "VpcId").iter().any(|placed| placed.term.same(&own, self.resolved) != Some(false))
        };
        !vpcs.is_empty()
            && vpcs.iter().all(|placed| placed.term == own)
            && self.kind(vpc) == "AWS::EC2::VPC"
            && !self.of_kind("AWS::EC2::VPCCidrBlock").any(of_vpc)
    }

    /// Whether a range is the block of another subnet of the same VPC: blocks of one VPC share no address.
    fn is_of_another_subnet(&self, range: &Resolution<'a>, subnet: &Placed<'a>) -> bool {
        let Some(own) = subnet.term.own().filter(|_| !range.is_absent()) else { return false };
        let is_own = |v6| self.blocks_of_subnet(&subnet.term, v6).iter().any(|(_, block)| block == range);
        if is_own(false) || is_own(true) {
            return false;
        }
        let vpcs = self.vpcs_of_subnet(&subnet.term);
        let is_beside = |other: &str| {
            let beside = self.terms(other, "VpcId");
            beside.iter().any(|one| vpcs.iter().any(|vpc| vpc.term.same(&one.term, self.resolved) == Some(true)))
                && self.resolved.implies(self.resolved.exists(own), self.resolved.exists(other))
        };
        let mut others = self.of_kind("AWS::EC2::Subnet").filter(|other| *other != own);
        others.any(|other| {
            let is_its =
                |v6| matches!(self.blocks_of_subnet(&Term::Own(other), v6).as_slice(), [(_, block)] if block == range);
            (is_its(false) || is_its(true)) && is_beside(other)
        })
    }

    fn covers_subnet(&self, term: &Resolution<'a>, range: Option<Cidr>, subnet: &Placed<'a>, v6: bool) -> Judged {
        // Each subnet's IPv6 block is one of its VPC's.
        if v6 && self.is_v6_of_vpc(term, &subnet.term) {
            return Judged::ALWAYS;
        }
        let mut blocks = self.blocks_of_subnet(&subnet.term, v6);
        if blocks.is_empty() {
            blocks.push((Formula::TRUE, Resolution::Absent));
        }
        let vpc = if v6 { Vec::new() } else { self.ranges_of_subnets_vpc(&subnet.term) };
        let inside = |whole: &Resolution<'a>| self.covers_block(term, range, whole);
        let by_vpc = match vpc.as_slice() {
            [] => Judged::open(Formula::TRUE),
            ranges => ranges.iter().fold(Judged::ALWAYS, |all, range| {
                let cases = range.iter().map(|(when, block)| inside(block).within(*when, self.resolved));
                all.and(cases.fold(Judged::NEVER, |any, case| any.or(case, self.resolved)), self.resolved)
            }),
        };
        let mut all = Judged::NEVER;
        for (when, block) in blocks {
            // What a rule names, and of which nothing is known, is meant to be the subnets that are given.
            let by_block = if block.is_absent() { Judged::benign(Formula::TRUE) } else { inside(&block) };
            // What covers the VPC covers each of its subnets; what misses it misses them.
            let judged = if vpc.len() == 1 { by_block.within(by_vpc.open, self.resolved) } else { by_block };
            let judged = Judged {
                fact: self.resolved.or(judged.fact, by_vpc.fact),
                benign: self.resolved.or(judged.benign, by_vpc.fact),
                foreign: self.resolved.or(judged.foreign, by_vpc.fact),
                open: self.resolved.or(judged.open, by_vpc.fact),
            };
            all = all.or(judged.within(when, self.resolved), self.resolved);
        }
        all
    }

    /// Whether a value is the one IPv6 block of the VPC of a subnet: `!Select [0, !GetAtt Vpc.Ipv6CidrBlocks]`.
    fn is_v6_of_vpc(&self, value: &Resolution<'a>, subnet: &Term<'a>) -> bool {
        let Some((vpc, Some("Ipv6CidrBlocks"))) = value.symbol().and_then(first_of) else { return false };
        let vpcs = self.vpcs_of_subnet(subnet);
        let of = |block: &&str| self.terms(block, "VpcId").iter().any(|placed| placed.term == Term::Own(vpc));
        let blocks = self
            .of_kind("AWS::EC2::VPCCidrBlock")
            .filter(|block| of(block))
            .filter(|block| self.resolved.property(block, "CidrBlock").iter().all(|case| case.value.is_absent()));
        vpcs.iter().all(|placed| placed.term == Term::Own(vpc)) && !vpcs.is_empty() && blocks.count() == 1
    }

    /// Where a range holds a whole block; possible where they share addresses.
    fn covers_block(&self, term: &Resolution<'a>, range: Option<Cidr>, block: &Resolution<'a>) -> Judged {
        if term == block && !term.is_absent() {
            return Judged::ALWAYS;
        }
        let Some(range) = range else { return Judged::open(Formula::TRUE) };
        let mut all = Judged::NEVER;
        for (when, _, block) in self.readings(block) {
            let judged = match block {
                Some(block) if range.contains(&block) => Judged::fact(when),
                Some(block) if !range.overlaps(&block) => Judged::NEVER,
                _ => Judged::open(when),
            };
            all = all.or(judged, self.resolved);
        }
        all
    }

    /// Where a range holds a whole block, for sure and perhaps.
    pub fn holds_whole(&self, range: &Resolution<'a>, block: &Resolution<'a>) -> Judged {
        if range == block {
            return Judged::ALWAYS;
        }
        let Some(range) = range.text().and_then(loose) else { return Judged::open(Formula::TRUE) };
        let mut all = Judged::NEVER;
        for (when, _, block) in self.readings(block) {
            let judged = match block {
                Some(block) if range.contains(&block) => Judged::fact(when),
                Some(_) => Judged::NEVER,
                None => Judged::open(when),
            };
            all = all.or(judged, self.resolved);
        }
        all
    }

    /// Whether a range is for sure one of addresses of these VPCs, which the template creates.
    pub fn is_within(&self, range: &Resolution<'a>, vpcs: &[Placed<'a>]) -> bool {
        let range = self.settled_range(range);
        let read = range.text().and_then(loose);
        let blocks = vpcs.iter().filter(|vpc| vpc.term.own().is_some()).flat_map(|vpc| self.blocks_of_vpc(&vpc.term));
        blocks.into_iter().any(|block| {
            let whole = block.text().and_then(loose);
            block == range || read.zip(whole).is_some_and(|(range, whole)| whole.contains(&range))
        })
    }

    /// What a range can be: read, at the default of its parameter, and otherwise unknown.
    pub(super) fn readings(&self, value: &Resolution<'a>) -> Vec<(Formula, Resolution<'a>, Option<Cidr>)> {
        if let Some((resource, Some("CidrBlock"))) = value.reference() {
            let cases = self.resolved.property(resource, "CidrBlock");
            // A block that is looked up by the stage, and so another one in each.
            if cases.len() > 1 && cases.iter().all(|case| case.value.text().is_some()) {
                let read = |case: crate::resolve::Case<'a>| {
                    let range = case.value.text().and_then(loose);
                    (case.when, case.value, range)
                };
                return cases.into_iter().map(read).collect();
            }
        }
        let value = self.settled_range(value);
        if let Some(text) = value.text() {
            return vec![(Formula::TRUE, value.clone(), loose(text))];
        }
        let default = value.parameter().and_then(|(_, parameter)| super::spelled(parameter.default.as_ref()?));
        let Some(range) = default.as_deref().and_then(loose) else { return vec![(Formula::TRUE, value, None)] };
        let text = Resolution::Text(Cow::Owned(default.unwrap_or_default()));
        let is_default = self.resolved.equal(&value, &text);
        vec![(is_default, value.clone(), Some(range)), (self.resolved.not(is_default), value, None)]
    }

    /// `CidrBlock` of a VPC or a subnet of the template is what that was given.
    fn settled_range(&self, value: &Resolution<'a>) -> Resolution<'a> {
        let Some((resource, Some("CidrBlock"))) = value.reference() else { return value.clone() };
        match self.resolved.property(resource, "CidrBlock").as_slice() {
            [only] if !only.value.is_absent() => only.value.clone(),
            _ => value.clone(),
        }
    }

    /// The blocks of a subnet, each with its worlds; none if nothing is known of them. `v6`: its IPv6 blocks.
    pub(super) fn blocks_of_subnet(&self, subnet: &Term<'a>, v6: bool) -> Vec<(Formula, Resolution<'a>)> {
        if let Some(known) = subnet.id().and_then(|id| self.facts.subnet(id)) {
            let block = if v6 { known.block_v6.as_ref() } else { Some(&known.block) };
            return block
                .map(|block| (Formula::TRUE, Resolution::Text(Cow::Owned(block.clone()))))
                .into_iter()
                .collect();
        }
        let Some(id) = subnet.own() else { return Vec::new() };
        let property = if v6 { "Ipv6CidrBlock" } else { "CidrBlock" };
        let added = if v6 { self.ranges_added_to(id) } else { Vec::new() };
        let cases = [id].into_iter().chain(added).flat_map(|holder| self.resolved.property(holder, property));
        let cases = cases.filter(|case| !case.value.is_absent());
        cases.map(|case| (case.when, self.settled_range(&case.value))).collect()
    }

    /// Every IPv4 block of the VPC of a subnet; none if they are not all known.
    pub(super) fn blocks_of_subnets_vpc(&self, subnet: &Term<'a>) -> Vec<Resolution<'a>> {
        let vpcs = self.vpcs_of_subnet(subnet);
        let [Placed { term, .. }] = vpcs.as_slice() else { return Vec::new() };
        self.blocks_of_vpc(term)
    }

    /// Likewise, range by range, of which each may be another block in other worlds.
    fn ranges_of_subnets_vpc(&self, subnet: &Term<'a>) -> Vec<Vec<(Formula, Resolution<'a>)>> {
        let vpcs = self.vpcs_of_subnet(subnet);
        let own = match vpcs.as_slice() {
            [Placed { term, .. }] => term.own(),
            _ => None,
        };
        let cases = own.map(|id| self.resolved.property(id, "CidrBlock")).unwrap_or_default();
        let blocks = self.blocks_of_subnets_vpc(subnet);
        // Only the first range of a VPC is looked at case by case: ranges that are added may be of one world alone.
        if cases.len() < 2 || cases.len() != blocks.len() {
            return blocks.into_iter().map(|block| vec![(Formula::TRUE, block)]).collect();
        }
        vec![cases.into_iter().map(|case| (case.when, case.value)).collect()]
    }

    /// Every IPv4 block of a VPC; none if they are not all known.
    pub fn blocks_of_vpc(&self, vpc: &Term<'a>) -> Vec<Resolution<'a>> {
        if let Some(blocks) = vpc.id().and_then(|id| self.facts.vpc(id)) {
            return blocks.blocks.iter().map(|block| Resolution::Text(Cow::Owned(block.clone()))).collect();
        }
        let Some(id) = vpc.own() else { return Vec::new() };
        let own = self.resolved.property(id, "CidrBlock");
        let more = self.of_kind("AWS::EC2::VPCCidrBlock").filter(|more| {
            self.terms(more, "VpcId").iter().any(|placed| placed.term.same(vpc, self.resolved) != Some(false))
        });
        let more = more.flat_map(|more| self.resolved.property(more, "CidrBlock"));
        own.into_iter().chain(more).map(|case| case.value).filter(|value| !value.is_absent()).collect()
    }
}

fn is_nowhere(range: &Cidr) -> bool {
    NOWHERE.iter().filter_map(|text| text.parse::<Cidr>().ok()).any(|nowhere| nowhere.contains(range))
}

/// A range as EC2 reads it: bits after the prefix are cleared.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html>
pub fn loose(text: &str) -> Option<Cidr> {
    let (address, prefix) = text.trim().split_once('/')?;
    Cidr::new(address.parse().ok()?, prefix.parse().ok()?)
}

/// What the first of a list is of, where it is picked by `Fn::Select`: a resource and its attribute.
fn first_of<'a>(symbol: &crate::resolve::Symbol<'a>) -> Option<(&'a str, Option<&'a str>)> {
    let crate::resolve::Symbol::Call(call) = symbol else { return None };
    match call.arguments.as_slice() {
        [index, list] if call.function == Function::Select && index.integer() == Some(0) => list.reference(),
        _ => None,
    }
}
