//! Entries of network ACLs, evaluated anew in the order of their numbers.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::cover::{domain, spans};
use super::{Review, family, mentions, number, resource, resources, spelled, text};
use crate::prove::answer::{Answer, Claim, Step};
use crate::prove::proof::Proof;

/// The ports on which clients await answers.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html>
const ANSWERS: (u16, u16) = (1024, 65_535);

/// Where an entry is said to count.
pub(super) struct Place<'c> {
    /// The entry.
    pub id: &'c str,
    /// Its network ACL.
    pub acl: &'c str,
    /// The subnet that has it.
    pub subnet: &'c str,
    /// Whether packets leave the subnet.
    pub egress: bool,
    /// Whether they go by IPv6.
    pub v6: bool,
}

/// Why an entry does not count there, or allows nothing, if that is so.
pub(super) fn fault(json: &Json, place: &Place<'_>) -> Option<String> {
    let Place { id, acl, subnet, egress, v6 } = place;
    if !has_acl(json, subnet, acl) {
        return Some(format!("`{subnet}` has not the network ACL `{acl}`"));
    }
    let entry = resource(json, id).filter(|it| is_of(it, acl, *egress));
    if entry.is_none_or(|entry| property(entry, "RuleAction").and_then(Json::as_str) != Some("allow")) {
        return Some(format!("`{id}` allows nothing of `{acl}` that way"));
    }
    let protocol = entry.and_then(|it| property(it, "Protocol")).and_then(spelled);
    if protocol.is_some_and(|protocol| !is_tcp(&protocol)) {
        return Some(format!("`{id}` is not of TCP"));
    }
    v6.then(|| family::without(json, subnet)).flatten()
}

/// Looks at what the steps of a proof rest on at the edges of subnets: together, the entries named let everything through.
pub(super) fn review(json: &Json, proof: &Proof, ends: (&str, &str), port: Option<(u16, u16)>, review: &mut Review) {
    for (hop, known) in [("network-acl", port), ("return-path", Some(ANSWERS))] {
        let steps: Vec<&Step> = proof.steps.iter().filter(|step| step.hop == hop).collect();
        for edge in edges(&steps) {
            if known.is_some() && edge.ports.is_some() && edge.ports != known {
                review.faults.push(format!("the entries of `{}` are of other ports", edge.acl));
            }
            let away = if edge.egress == (hop == "network-acl") { ends.1 } else { ends.0 };
            let lost = subnets(json, away).into_iter().find(|far| far != edge.subnet && !edge.far.contains(far));
            if let Some(lost) = lost {
                review.faults.push(format!("the entries of `{}` are not said to be of `{lost}`", edge.acl));
            }
            edge.review(json, ends.1, review);
        }
        let is_told = |subnet: &str, acl: &str, egress: bool| {
            edges(&steps).iter().any(|edge| edge.subnet == subnet && edge.acl == acl && edge.egress == egress)
        };
        for step in steps.iter().filter(|step| step.answer == Answer::Holds) {
            let acl = step.resource.as_deref().filter(|id| kind(json, id) == "AWS::EC2::NetworkAcl");
            let names = step.evidence.iter().any(|evidence| matches!(evidence.claim, Claim::Entry { .. }));
            review.faults.extend(acl.filter(|_| !names).map(|acl| format!("no entry of `{acl}` is named")));
        }
        for (near, egress) in [(ends.0, hop == "network-acl"), (ends.1, hop != "network-acl")] {
            // What one end is in alone passes no edge.
            let far = subnets(json, if near == ends.0 { ends.1 } else { ends.0 });
            for subnet in subnets(json, near).into_iter().filter(|subnet| far.iter().any(|far| far != subnet)) {
                let own = acls(json, &subnet);
                let answered = steps.iter().any(|step| step.answer == Answer::Assumed);
                if !answered && own.len() == 1 && !is_told(&subnet, &own[0], egress) {
                    review.faults.push(format!("no entry lets packets through at the edge of `{subnet}`"));
                }
            }
        }
    }
}

/// What is claimed of the edge of a subnet.
#[derive(PartialEq)]
struct Edge<'p> {
    acl: &'p str,
    subnet: &'p str,
    egress: bool,
    ports: Option<(u16, u16)>,
    far: &'p [String],
    v6: bool,
    entries: BTreeSet<&'p str>,
}

fn edges<'p>(steps: &[&'p Step]) -> Vec<Edge<'p>> {
    let mut found: Vec<Edge<'p>> = Vec::new();
    for evidence in steps.iter().flat_map(|step| &step.evidence) {
        let Claim::Entry { acl, subnet, egress, ports, far, v6 } = &evidence.claim else { continue };
        let entries = BTreeSet::from([evidence.resource.as_str()]);
        let edge = Edge { acl, subnet, egress: *egress, ports: *ports, far, v6: *v6, entries };
        let same = |known: &&mut Edge<'_>| {
            (known.acl, known.subnet, known.egress, known.ports, known.far, known.v6)
                == (edge.acl, edge.subnet, edge.egress, edge.ports, edge.far, edge.v6)
        };
        match found.iter_mut().find(same) {
            Some(known) => known.entries.extend(edge.entries),
            None => found.push(edge),
        }
    }
    found
}

/// An entry, read.
struct Entry<'j> {
    id: &'j str,
    number: i64,
    allows: bool,
    v6: bool,
    addresses: (u128, u128),
    ports: (i64, i64),
}

impl Edge<'_> {
    fn review(&self, json: &Json, listener: &str, review: &mut Review) {
        let unread = |what: &str| format!("what {what} of the network ACL `{}` let through", self.acl);
        for far in self.far.iter().filter(|far| !far.starts_with("subnet-")) {
            if kind(json, far) != "AWS::EC2::Subnet" {
                review.faults.push(format!("`{far}` is no subnet"));
            }
        }
        let Some(entries) = read(json, self.acl, self.egress) else {
            return review.beyond.push(unread("entries with values that are not written out"));
        };
        let ports = match self.ports {
            Some((from, to)) => Some(vec![(i64::from(from), i64::from(to))]),
            None => domain(json, listener),
        };
        let Some(ports) = ports else { return review.beyond.push(unread("entries for a port that is not known")) };
        let whole = if self.v6 { (0, u128::MAX) } else { (0, u128::from(u32::MAX)) };
        if self.far.is_empty() {
            return review.faults.extend(self.fault(&entries, &[whole], &ports, "anywhere"));
        }
        for far in self.far {
            // An id of what exists outside may be anywhere.
            if resource(json, far).is_none() {
                continue;
            }
            let mut ways: Vec<(u128, u128)> =
                spans(json, far).into_iter().filter(|(v6, _)| *v6 == self.v6).map(|(_, span)| span).collect();
            if self.v6 {
                review.faults.extend(family::without(json, far));
            }
            match ways.is_empty() {
                true if self.fault(&entries, &[whole], &ports, far).is_some() => {
                    review.beyond.push(unread(&format!("entries for the addresses of `{far}`")));
                }
                true => {}
                false => {
                    ways.dedup();
                    review.faults.extend(self.fault(&entries, &ways, &ports, far));
                }
            }
        }
    }

    /// Why the entries named do not let everything through, in any way to read where the far end is, if they do not.
    fn fault(&self, entries: &[Entry<'_>], ways: &[(u128, u128)], ports: &[(i64, i64)], far: &str) -> Option<String> {
        let passes = |way: &(u128, u128)| ports.iter().all(|ports| self.passes(entries, *way, *ports));
        (!ways.iter().any(passes)).then(|| {
            format!("the entries named of `{}` do not let all through between `{}` and `{far}`", self.acl, self.subnet)
        })
    }

    /// Whether at each address and port the first entry that matches is one of those named, and allows. Where ranges begin or
    /// end, something else may decide: it is enough to look at what comes first from there on.
    fn passes(&self, entries: &[Entry<'_>], (first, last): (u128, u128), (from, to): (i64, i64)) -> bool {
        let mine = || entries.iter().filter(|entry| entry.v6 == self.v6);
        let starts = mine().flat_map(|entry| [Some(entry.addresses.0), entry.addresses.1.checked_add(1)]).flatten();
        let starts: BTreeSet<u128> = starts.chain([first]).filter(|at| (first..=last).contains(at)).collect();
        let doors = mine().flat_map(|entry| [entry.ports.0, entry.ports.1.saturating_add(1)]).chain([from]);
        let doors: BTreeSet<i64> = doors.filter(|port| (from..=to).contains(port)).collect();
        let decides = |address: u128, port: i64| {
            mine().find(|entry| {
                (entry.addresses.0..=entry.addresses.1).contains(&address)
                    && (entry.ports.0..=entry.ports.1).contains(&port)
            })
        };
        let is_open =
            |address, port| decides(address, port).is_some_and(|entry| entry.allows && self.entries.contains(entry.id));
        starts.iter().all(|address| doors.iter().all(|port| is_open(*address, *port)))
    }
}

/// The entries of an ACL for TCP that way, in their order; none if one of them is not written out, or there under a condition.
fn read<'j>(json: &'j Json, acl: &str, egress: bool) -> Option<Vec<Entry<'j>>> {
    let all = json.get("Resources")?.as_object()?;
    let mine = all.iter().filter(|(_, it)| is_of(it, acl, egress));
    let mut found = Vec::new();
    for (id, whole) in mine {
        if whole.get("Condition").is_some() {
            return None;
        }
        let protocol = property(whole, "Protocol").and_then(spelled)?;
        if !is_tcp(&protocol) {
            continue;
        }
        let allows = property(whole, "RuleAction")?.as_str()?.eq_ignore_ascii_case("allow");
        let end = |name: &str| whole.pointer(&format!("/Properties/PortRange/{name}"));
        let ports = match (end("From"), end("To")) {
            _ if protocol == "-1" => (0, 65_535),
            (None, None) => (0, 65_535),
            (from, to) => (spelled(from?)?.parse().ok()?, spelled(to?)?.parse().ok()?),
        };
        let range = property(whole, "CidrBlock").or(property(whole, "Ipv6CidrBlock"))?;
        let (v6, addresses) = super::block(&text(json, range)?)?;
        let number = number(json, property(whole, "RuleNumber")?)?;
        found.push(Entry { id, number, allows, v6, addresses, ports });
    }
    found.sort_by_key(|entry| entry.number);
    Some(found)
}

fn is_tcp(protocol: &str) -> bool {
    matches!(protocol, "-1" | "6" | "tcp")
}

fn property<'j>(whole: &'j Json, name: &str) -> Option<&'j Json> {
    whole.get("Properties")?.get(name)
}

fn kind<'j>(json: &'j Json, id: &str) -> &'j str {
    resource(json, id).and_then(|it| it.get("Type")).and_then(Json::as_str).unwrap_or_default()
}

/// Whether something is an entry of an ACL, for packets that way.
fn is_of(whole: &Json, acl: &str, egress: bool) -> bool {
    whole.get("Type").and_then(Json::as_str) == Some("AWS::EC2::NetworkAclEntry")
        && property(whole, "NetworkAclId").is_some_and(|named| mentions(named, acl))
        && property(whole, "Egress").and_then(spelled).as_deref().unwrap_or("false")
            == if egress { "true" } else { "false" }
}

/// The ACLs that associations give a subnet.
fn acls(json: &Json, subnet: &str) -> Vec<String> {
    let all = resources(json);
    let of = all.keys().filter(|id| kind(json, id) == "AWS::EC2::NetworkAcl" && has_acl(json, subnet, id));
    of.cloned().collect()
}

fn has_acl(json: &Json, subnet: &str, acl: &str) -> bool {
    resources(json).values().any(|other| {
        let names = |name: &str, what: &str| property(other, name).is_some_and(|named| mentions(named, what));
        other.get("Type").and_then(Json::as_str) == Some("AWS::EC2::SubnetNetworkAclAssociation")
            && names("SubnetId", subnet)
            && names("NetworkAclId", acl)
    })
}

/// The subnets of the template that something is in, as far as it refers to them under no condition.
fn subnets(json: &Json, id: &str) -> Vec<String> {
    let (mut found, mut open, mut seen) = (Vec::new(), vec![id.to_owned()], Vec::new());
    while let Some(one) = open.pop() {
        let Some(properties) = resource(json, &one).and_then(|it| it.get("Properties")) else { continue };
        for name in references(properties).into_iter().filter(|name| !seen.contains(name)).collect::<Vec<_>>() {
            let through = ["AWS::RDS::DBSubnetGroup", "AWS::RDS::DBCluster"];
            match kind(json, &name) {
                "AWS::EC2::Subnet" => found.push(name.clone()),
                kind if through.contains(&kind) && one == id || kind == "AWS::RDS::DBSubnetGroup" => {
                    open.push(name.clone())
                }
                _ => {}
            }
            seen.push(name);
        }
    }
    found
}

/// What is referred to by `Ref` outside `Fn::If`, but in texts: those are addresses of others.
fn references(value: &Json) -> Vec<String> {
    match value {
        Json::Array(values) => values.iter().flat_map(references).collect(),
        Json::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value) {
                ("Ref", Json::String(name)) => vec![name.clone()],
                ("Fn::If" | "Environment" | "Auth", _) => Vec::new(),
                (_, value) => references(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}
