//! Whether rules are of the address family by which the far end is reached.

use serde_json::Value as Json;

use super::{mentions, resource, resources, spelled};
use crate::prove::answer::{Claim, Step};

/// Why the family of the rules of a step cannot be that of the flow, if it cannot. What a function or a parameter decides
/// is not held against it.
pub(super) fn fault(json: &Json, step: &Step, from: &str, to: &str) -> Option<String> {
    let families = step.evidence.iter().filter_map(|piece| match &piece.claim {
        Claim::Rule { v6, .. } => Some(*v6),
        _ => None,
    });
    families.into_iter().find_map(|v6| {
        let family = if v6 { "IPv6" } else { "IPv4" };
        let has = |families: Option<(bool, bool)>| families.is_none_or(|(four, six)| if v6 { six } else { four });
        if !has(listens(json, to)) {
            return Some(format!("`{to}` is not reached by {family}"));
        }
        (!has(calls(json, from))).then(|| format!("`{from}` does not call by {family}"))
    })
}

/// Why a subnet has no range of IPv6, if it has none.
pub(super) fn without(json: &Json, subnet: &str) -> Option<String> {
    let properties = resource(json, subnet)?.get("Properties")?;
    let has = ["Ipv6CidrBlock", "Ipv6IpamPoolId"].iter().any(|name| properties.get(*name).is_some());
    let is_added = || resources(json).values().any(|other| adds(other, subnet));
    (!has && !is_added()).then(|| format!("`{subnet}` has no range of IPv6"))
}

/// The ranges of IPv6 that a subnet has, of its own or added to it.
pub(super) fn blocks<'j>(json: &'j Json, subnet: &str) -> Vec<&'j Json> {
    let of = |whole: &'j Json| whole.get("Properties")?.get("Ipv6CidrBlock");
    let all = json.get("Resources").and_then(Json::as_object).into_iter().flat_map(|all| all.values());
    let added = all.filter(|other| adds(other, subnet)).filter_map(of);
    resource(json, subnet).and_then(of).into_iter().chain(added).collect()
}

/// Whether a resource adds a range of IPv6 to a subnet.
fn adds(whole: &Json, subnet: &str) -> bool {
    whole.get("Type").and_then(Json::as_str) == Some("AWS::EC2::SubnetCidrBlock")
        && whole.get("Properties").and_then(|it| it.get("SubnetId")).is_some_and(|named| mentions(named, subnet))
}

/// Whether something is reached by IPv4, and by IPv6, where that is written out.
fn listens(json: &Json, id: &str) -> Option<(bool, bool)> {
    let whole = resource(json, id)?;
    let properties = whole.get("Properties")?;
    let home = properties.get("DBClusterIdentifier").and_then(|cluster| cluster.get("Ref")).and_then(Json::as_str);
    let properties = home.and_then(|home| resource(json, home)).map_or(Some(properties), |it| it.get("Properties"))?;
    let name = match whole.get("Type")?.as_str()? {
        "AWS::RDS::DBProxy" | "AWS::RDS::DBProxyEndpoint" => "EndpointNetworkType",
        "AWS::EC2::VPCEndpoint" => "IpAddressType",
        "AWS::EC2::SecurityGroup" => return None,
        _ => "NetworkType",
    };
    let Some(value) = properties.get(name) else { return Some((true, false)) };
    let value = spelled(value)?.to_ascii_lowercase();
    Some((value != "ipv6", matches!(value.as_str(), "ipv6" | "dual" | "dualstack" | "dual_stack")))
}

/// Whether something calls by IPv4, and by IPv6, where that is written out.
fn calls(json: &Json, id: &str) -> Option<(bool, bool)> {
    let whole = resource(json, id)?;
    let properties = whole.get("Properties")?;
    match whole.get("Type")?.as_str()? {
        "AWS::RDS::DBProxy" => match properties.get("TargetConnectionNetworkType") {
            None => Some((true, false)),
            Some(value) => spelled(value).map(|value| (value != "IPV6", value == "IPV6")),
        },
        "AWS::Lambda::Function" => match properties.get("VpcConfig").map(|it| it.get("Ipv6AllowedForDualStack")) {
            Some(None) => Some((true, false)),
            Some(Some(value)) => spelled(value).map(|value| (true, value == "true")),
            None => None,
        },
        _ => None,
    }
}
