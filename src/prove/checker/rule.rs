//! Rules of security groups, held against what is claimed of them.

use serde_json::{Map, Value as Json};

use super::{block, family, mentions, number, resource, spelled, text};

/// What is claimed of a rule.
pub struct Rule<'c> {
    /// Whether it is of traffic that leaves.
    pub egress: bool,
    /// The groups of the near end.
    pub groups: &'c [String],
    /// The port, where it is known.
    pub port: Option<u16>,
    /// The groups of the far end.
    pub peers: &'c [String],
    /// The subnets of the far end.
    pub subnets: &'c [String],
    /// Whether the far end is reached by IPv6.
    pub v6: bool,
}

impl Rule<'_> {
    /// Why the rule at a path is not so, if it is not.
    pub fn fault(&self, json: &Json, id: &str, whole: &Json, path: &str, there: Option<&Json>) -> Option<String> {
        let Some(rule) = there.and_then(Json::as_object) else { return Some(format!("`{path}` is no rule")) };
        let kind = whole.get("Type").and_then(Json::as_str).unwrap_or_default();
        let (separate, property) = match self.egress {
            true => ("AWS::EC2::SecurityGroupEgress", "SecurityGroupEgress"),
            false => ("AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress"),
        };
        let is_of_group = match kind {
            "AWS::EC2::SecurityGroup" => {
                path.starts_with(&format!("/Resources/{id}/Properties/{property}"))
                    && self.groups.iter().any(|group| group == id)
            }
            kind if kind == separate => ["GroupId", "GroupName"]
                .iter()
                .filter_map(|name| rule.get(*name))
                .any(|named| self.groups.iter().any(|group| mentions(named, group))),
            _ => false,
        };
        if !is_of_group {
            return Some(format!("`{path}` is no such rule of {}", self.groups.join(", ")));
        }
        if !self.has_port(json, rule) {
            return Some(format!("the rule at `{path}` is not of the port"));
        }
        (!self.has_peer(json, rule)).then(|| format!("the rule at `{path}` is not of the far end"))
    }

    fn has_port(&self, json: &Json, rule: &Map<String, Json>) -> bool {
        match rule.get("IpProtocol").and_then(spelled).as_deref() {
            Some("-1" | "all") => return true,
            Some("tcp" | "6" | "TCP") => {}
            Some(_) => return false,
            // A function decides on it.
            None => return rule.contains_key("IpProtocol"),
        }
        let end = |name: &str| rule.get(name).and_then(|value| number(json, value));
        match (end("FromPort"), end("ToPort"), self.port) {
            (Some(from), Some(to), Some(port)) => (from..=to).contains(&i64::from(port)),
            // What a resource or a parameter says is the same on both sides.
            _ => rule.contains_key("FromPort") && rule.contains_key("ToPort"),
        }
    }

    fn has_peer(&self, json: &Json, rule: &Map<String, Json>) -> bool {
        let names = match self.egress {
            true => ["DestinationSecurityGroupId", "DestinationPrefixListId", "CidrIp", "CidrIpv6"],
            false => ["SourceSecurityGroupId", "SourcePrefixListId", "CidrIp", "CidrIpv6"],
        };
        names.iter().filter_map(|name| rule.get(*name).map(|value| (*name, value))).any(|(name, value)| match name {
            "CidrIp" | "CidrIpv6" => self.meets(json, value),
            "DestinationPrefixListId" | "SourcePrefixListId" => true,
            _ => self.peers.iter().any(|peer| mentions(value, peer)),
        })
    }

    /// Whether a range has addresses of some subnet, or of the VPC of it; whether it holds all of them, alone or together
    /// with others, is a question to all rules of the step.
    fn meets(&self, json: &Json, range: &Json) -> bool {
        let range = text(json, range);
        let Some((v6, (from, to))) = range.as_deref().and_then(block) else { return true };
        if v6 != self.v6 {
            return false;
        }
        if self.subnets.is_empty() {
            return from == 0;
        }
        let meets = |value: &Json| {
            text(json, value)
                .as_deref()
                .and_then(block)
                .is_none_or(|(six, (first, last))| six == v6 && from <= last && first <= to)
        };
        self.subnets.iter().any(|subnet| {
            let Some(properties) = resource(json, subnet).and_then(|it| it.get("Properties")) else { return from == 0 };
            let vpc = properties.get("VpcId").and_then(|vpc| vpc.get("Ref")).and_then(Json::as_str);
            let vpc = vpc.and_then(|vpc| resource(json, vpc)).and_then(|it| it.get("Properties")?.get("CidrBlock"));
            let own = if v6 { family::blocks(json, subnet) } else { properties.get("CidrBlock").into_iter().collect() };
            own.into_iter().chain(vpc.filter(|_| !v6)).any(meets)
        })
    }
}
