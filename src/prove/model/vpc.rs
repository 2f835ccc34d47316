//! In which VPC something is, and how VPCs hang together.

use std::borrow::Cow;

use super::{Interface, Model, Placed, Term};
use crate::resolve::{Formula, Resolution};

impl<'a> Model<'a> {
    /// The VPCs that a subnet is in; none if that is not known.
    pub fn vpcs_of_subnet(&self, subnet: &Term<'a>) -> Vec<Placed<'a>> {
        match subnet {
            Term::Own(id) => self.terms(id, "VpcId"),
            Term::Given(_) => {
                subnet.id().and_then(|id| self.facts.subnet(id)).map(|known| given(&known.vpc)).into_iter().collect()
            }
            Term::DefaultVpc | Term::DefaultGroup(_) => vec![derived(Term::DefaultVpc)],
        }
    }

    /// The VPCs that a group serves; none if that is not known.
    pub fn vpcs_of_group(&self, group: &Term<'a>) -> Vec<Placed<'a>> {
        match group {
            Term::Own(id) => {
                let mut named = self.terms(id, "VpcId");
                let rest = self.without(self.resolved.exists(id), self.any_of(&named));
                if self.resolved.is_possible(rest) {
                    named.push(Placed { when: rest, term: Term::DefaultVpc, source: None });
                }
                named
            }
            Term::DefaultGroup(vpc) => vec![derived((**vpc).clone())],
            Term::Given(_) => self.group_facts(group).map(|known| given(&known.vpc)).into_iter().collect(),
            Term::DefaultVpc => Vec::new(),
        }
    }

    /// Whether the template associates a group with further VPCs.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html>
    pub fn serves_other_vpcs(&self, group: &Term<'a>) -> bool {
        self.of_kind("AWS::EC2::SecurityGroupVpcAssociation").any(|id| {
            let groups = self.terms(id, "GroupId");
            groups.iter().any(|placed| placed.term.same(group, self.resolved) != Some(false))
        })
    }

    /// The VPCs that an interface is in, as its subnets say, and otherwise its groups, in the worlds of each.
    pub fn vpcs_of(&self, interface: &Interface<'a>) -> Vec<Placed<'a>> {
        let by_subnets = self.through(&interface.subnets, |term| self.vpcs_of_subnet(term));
        if !by_subnets.is_empty() {
            return by_subnets;
        }
        let groups: Vec<_> =
            interface.groups.iter().filter(|group| !matches!(group.term, Term::DefaultGroup(_))).cloned().collect();
        let by_groups = self.through(&groups, |term| self.vpcs_of_group(term));
        if by_groups.is_empty() { interface.vpc.clone() } else { by_groups }
    }

    /// What follows from several, each once.
    fn through(&self, from: &[Placed<'a>], follow: impl Fn(&Term<'a>) -> Vec<Placed<'a>>) -> Vec<Placed<'a>> {
        let mut found: Vec<Placed<'a>> = Vec::new();
        for placed in from {
            for next in follow(&placed.term) {
                let when = self.resolved.and(placed.when, next.when);
                match found.iter_mut().find(|known| known.term == next.term) {
                    Some(known) => known.when = self.resolved.or(known.when, when),
                    None if self.resolved.is_possible(when) => found.push(Placed { when, ..next }),
                    None => {}
                }
            }
        }
        found
    }

    /// Peerings of the template between two VPCs, in either direction.
    pub fn peerings(&self, one: &Term<'a>, other: &Term<'a>) -> Vec<(Formula, &'a str)> {
        let mut found = Vec::new();
        if let (Some(one), Some(other)) = (one.id(), other.id()) {
            found.extend(self.facts.peerings(one, other).map(|id| (Formula::TRUE, id)));
        }
        for id in self.of_kind("AWS::EC2::VPCPeeringConnection") {
            let (ours, theirs) = (self.terms(id, "VpcId"), self.terms(id, "PeerVpcId"));
            for (a, b) in ours.iter().flat_map(|a| theirs.iter().map(move |b| (a, b))) {
                let links = |x: &Term<'a>, y: &Term<'a>| {
                    a.term.same(x, self.resolved) == Some(true) && b.term.same(y, self.resolved) == Some(true)
                };
                if links(one, other) || links(other, one) {
                    found.push((self.resolved.and(a.when, b.when), id));
                }
            }
        }
        found
    }

    /// Whether something may link VPCs that is not looked into: a transit gateway, a VPN.
    pub fn may_be_linked(&self) -> Option<&'a str> {
        const LINKS: &[&str] = &[
            "AWS::EC2::TransitGatewayAttachment",
            "AWS::EC2::TransitGatewayVpcAttachment",
            "AWS::EC2::VPNGateway",
            "AWS::EC2::VPCPeeringConnection",
            "AWS::NetworkManager::VpcAttachment",
            "AWS::VpcLattice::ServiceNetworkVpcAssociation",
        ];
        LINKS.iter().find_map(|kind| self.of_kind(kind).next())
    }
}

fn derived<'a>(term: Term<'a>) -> Placed<'a> {
    Placed { when: Formula::TRUE, term, source: None }
}

fn given<'a>(id: &'a str) -> Placed<'a> {
    derived(Term::Given(Resolution::Text(Cow::Borrowed(id))))
}
