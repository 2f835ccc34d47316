//! Whether rules together cover every address of subnets, and every number that a port can be.

use serde_json::{Map, Value as Json};

use super::{block, family, mentions, number, resource, spelled, text};
use crate::prove::answer::{Claim, Step};

/// Addresses of one family, and ports, that a rule lets through.
struct Area {
    v6: bool,
    addresses: (u128, u128),
    ports: (i64, i64),
}

/// Why the rules of a step do not let all of its traffic through, if they do not. Rules that name whom they mean need no
/// company; what cannot be read is not held against them.
pub(super) fn fault(json: &Json, step: &Step, listener: &str) -> Option<String> {
    let (mut areas, mut subnets, mut known, mut six) = (Vec::new(), Vec::new(), None, false);
    for evidence in &step.evidence {
        let Claim::Rule { port, peers, subnets: of, v6, .. } = &evidence.claim else { return None };
        let rule = json.pointer(&evidence.path)?.as_object()?;
        let ports = ports(json, rule)?;
        let range = ["CidrIp", "CidrIpv6"].iter().find_map(|name| rule.get(*name));
        match range {
            Some(range) => {
                let (v6, addresses) = block(&text(json, range)?)?;
                areas.push(Area { v6, addresses, ports });
            }
            None if names(rule, peers) => {
                areas.extend([false, true].map(|v6| Area { v6, addresses: (0, u128::MAX), ports }));
            }
            None => return None,
        }
        subnets.clone_from(of);
        (known, six) = (*port, *v6);
    }
    if areas.is_empty() {
        return None;
    }
    let domain = match known {
        Some(port) => vec![(i64::from(port), i64::from(port))],
        None => domain(json, listener)?,
    };
    let open = |subnet: &String| {
        let mut spans = spans(json, subnet);
        spans.retain(|(v6, _)| *v6 == six);
        let is_held = |(v6, span): &(bool, (u128, u128))| domain.iter().all(|ports| holds(&areas, *v6, *span, *ports));
        !spans.is_empty() && !spans.iter().any(is_held)
    };
    subnets
        .iter()
        .find(|subnet| open(subnet))
        .map(|subnet| format!("the rules do not cover all of `{subnet}` together"))
}

fn names(rule: &Map<String, Json>, peers: &[String]) -> bool {
    let sides = ["SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName"];
    sides.iter().filter_map(|name| rule.get(*name)).any(|value| peers.iter().any(|peer| mentions(value, peer)))
}

fn ports(json: &Json, rule: &Map<String, Json>) -> Option<(i64, i64)> {
    if matches!(rule.get("IpProtocol").and_then(spelled).as_deref(), Some("-1" | "all")) {
        return Some((i64::MIN, i64::MAX));
    }
    let literal = |name: &str| rule.get(name).filter(|value| spelled(value).is_some());
    Some((number(json, literal("FromPort")?)?, number(json, literal("ToPort")?)?))
}

/// What the port of a listener can be, where it is a parameter.
fn domain(json: &Json, listener: &str) -> Option<Vec<(i64, i64)>> {
    let name = resource(json, listener)?.get("Properties")?.get("Port")?.get("Ref")?.as_str()?;
    let parameter = json.get("Parameters")?.get(name)?;
    if let Some(allowed) = parameter.get("AllowedValues").and_then(Json::as_array) {
        return allowed.iter().map(|value| number(json, value).map(|port| (port, port))).collect();
    }
    let end = |name: &str, default| parameter.get(name).and_then(|value| number(json, value)).unwrap_or(default);
    Some(vec![(end("MinValue", 0).max(0), end("MaxValue", 65_535).min(65_535))])
}

/// Ways to read where a subnet is, any of which may be covered: its blocks, and the block of its VPC.
fn spans(json: &Json, subnet: &str) -> Vec<(bool, (u128, u128))> {
    let Some(properties) = resource(json, subnet).and_then(|it| it.get("Properties")) else { return Vec::new() };
    let vpc = properties.get("VpcId").and_then(|vpc| vpc.get("Ref")).and_then(Json::as_str);
    let vpc = vpc.and_then(|vpc| resource(json, vpc)).and_then(|it| it.get("Properties"));
    let values = [properties.get("CidrBlock"), vpc.and_then(|it| it.get("CidrBlock"))].into_iter().flatten();
    values.chain(family::blocks(json, subnet)).filter_map(|value| block(&text(json, value)?)).collect()
}

/// Whether each address with each port is in one of the areas: the first that is in none would be next to some area.
fn holds(areas: &[Area], v6: bool, span: (u128, u128), ports: (i64, i64)) -> bool {
    let mine = || areas.iter().filter(|area| area.v6 == v6);
    let addresses = mine().filter_map(|area| area.addresses.1.checked_add(1)).chain([span.0]);
    let addresses: Vec<u128> = addresses.filter(|address| span.0 <= *address && *address <= span.1).collect();
    let starts = mine().map(|area| area.ports.1.saturating_add(1)).chain([ports.0]);
    let starts: Vec<i64> = starts.filter(|port| ports.0 <= *port && *port <= ports.1).collect();
    let is_in = |address: u128, port: i64| {
        mine().any(|area| {
            area.addresses.0 <= address && address <= area.addresses.1 && area.ports.0 <= port && port <= area.ports.1
        })
    };
    addresses.iter().all(|address| starts.iter().all(|port| is_in(*address, *port)))
}
