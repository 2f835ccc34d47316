//! What the model asks of facts.

use std::borrow::Cow;

use super::{AclEntry, Endpoint, Facts, Far, Group, Listener, Outward, Subnet, Vpc};
use crate::prove::model::{Direction, Entry, GroupRule, Peer, Ports, Term, Way};
use crate::resolve::{Formula, Resolution};

impl Facts {
    /// A subnet.
    pub fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.subnets.get(id)
    }

    /// A VPC.
    pub fn vpc(&self, id: &str) -> Option<&Vpc> {
        self.vpcs.get(id)
    }

    /// A security group.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)
    }

    /// The subnets of a group of them, as RDS has it.
    pub fn subnets_of_group(&self, name: &str) -> Option<&[String]> {
        self.subnet_groups.get(name).map(Vec::as_slice)
    }

    /// A database instance or cluster, or a proxy, by its name.
    pub fn listener(&self, id: &str) -> Option<&Listener> {
        self.databases.get(id).or_else(|| self.proxies.get(id))
    }

    /// A database instance or cluster, by its identifier.
    pub fn database(&self, id: &str) -> Option<&Listener> {
        self.databases.get(id)
    }

    /// A proxy, by its name.
    pub fn proxy(&self, name: &str) -> Option<&Listener> {
        self.proxies.get(name)
    }

    /// The name of the database or proxy that a text has an address of.
    pub fn called_in(&self, text: &str) -> Option<&str> {
        let all = self.databases.iter().chain(&self.proxies);
        let mut named: Vec<_> = all
            .filter(|(_, known)| known.addresses.iter().any(|address| holds_name(text, address)))
            .map(|(name, _)| name.as_str())
            .collect();
        named.sort_unstable();
        named.first().copied()
    }

    /// Active peerings of two VPCs.
    pub fn peerings(&self, one: &str, other: &str) -> impl Iterator<Item = &str> {
        let links = move |peering: &&super::Peering| {
            let [a, b] = &peering.vpcs;
            (a == one && b == other) || (a == other && b == one)
        };
        self.peerings.iter().filter(links).map(|peering| peering.id.as_str())
    }

    /// The endpoints of a service in a VPC.
    pub fn endpoints(&self, vpc: &str, service: &str) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().filter(move |endpoint| endpoint.vpc == vpc && endpoint.service == service)
    }

    /// The id of the ACL of a subnet.
    pub fn acl_of(&self, subnet: &str) -> Option<&str> {
        let found = self.acls.iter().find(|(_, acl)| acl.subnets.iter().any(|known| known == subnet));
        found.map(|(id, _)| id.as_str())
    }

    /// The route table of a subnet: its own, or the main one of its VPC.
    fn table(&self, subnet: &str) -> Option<&super::Table> {
        let own = self.tables.iter().find(|table| table.subnets.iter().any(|known| known == subnet));
        let vpc = self.subnet(subnet).map(|subnet| subnet.vpc.as_str());
        own.or_else(|| self.tables.iter().find(|table| table.is_main && Some(table.vpc.as_str()) == vpc))
    }

    /// Where packets of a subnet go that are for the internet, by IPv4.
    pub fn outward<'a>(&self, subnet: &str) -> Option<Way<'a>> {
        let table = self.table(subnet)?;
        let route = table.routes.iter().find(|route| route.range == "0.0.0.0/0");
        Some(match route.map(|route| &route.outward) {
            Some(Outward::Peering(_)) => Way::Beyond("a peered VPC"),
            Some(outward) => way(outward),
            None => Way::Nowhere,
        })
    }

    /// The id of the route table of a subnet, and its routes but the local one.
    pub fn routes<'a>(&'a self, subnet: &str) -> Option<(&'a str, Vec<(&'a str, Way<'a>)>)> {
        let table = self.table(subnet)?;
        let routes = table.routes.iter().map(|route| (route.range.as_str(), way(&route.outward)));
        Some((table.id.as_str(), routes.collect()))
    }

    /// The entries of an ACL.
    pub fn entries<'a>(&'a self, acl: &str) -> Vec<Entry<'a>> {
        let entry = |entry: &'a AclEntry| Entry {
            when: Formula::TRUE,
            number: Some(entry.number),
            allows: Some(entry.allows),
            egress: Some(entry.egress),
            tcp: Some(entry.tcp),
            range: Resolution::Text(Cow::Borrowed(&entry.range)),
            ports: entry.ports.map_or(Ports::Every, |(from, to)| {
                let number = |port: u16| Resolution::Number(u64::from(port).into());
                Ports::between(number(from), number(to))
            }),
        };
        self.acls.get(acl).into_iter().flat_map(|acl| &acl.entries).map(entry).collect()
    }

    /// Calls `visit` on every rule of every group.
    pub fn each_rule<'a>(&'a self, visit: &mut dyn FnMut(GroupRule<'a>)) {
        let term = |id: &'a str| Term::Given(Resolution::Text(Cow::Borrowed(id)));
        let mut ids: Vec<_> = self.groups.iter().collect();
        ids.sort_by_key(|(id, _)| id.as_str());
        for (id, group) in ids {
            for rule in &group.rules {
                let direction = if rule.egress { Direction::Egress } else { Direction::Ingress };
                let peer = match &rule.peer {
                    Far::Group(id) => Peer::Group(term(id)),
                    Far::Range(range) => Peer::Range(Resolution::Text(Cow::Borrowed(range))),
                    Far::Prefixes(id) => Peer::Prefixes(term(id)),
                };
                visit(GroupRule::existing(term(id), direction, &rule.protocol, rule.ports, peer));
            }
        }
    }
}

fn way<'a>(outward: &Outward) -> Way<'a> {
    let given = |id: &String| Term::Given(Resolution::Text(Cow::Owned(id.clone())));
    match outward {
        Outward::Nat(id) => Way::Nat(given(id)),
        Outward::Internet => Way::Internet,
        Outward::Peering(id) => Way::Peering(given(id)),
        Outward::Beyond(what) => Way::Beyond(what),
    }
}

/// Whether a host name stands in a text as a whole.
fn holds_name(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '.';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        !name.is_empty() && !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
