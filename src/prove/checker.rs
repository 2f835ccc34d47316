//! A second look at proofs: each piece of evidence is looked up in the template again, by code that shares nothing with
//! what found it.
//!
//! It reads the template as plain JSON. It cannot find a proof; it can tell that one does not stand.

mod condition;
mod cover;
mod family;
mod needed;
mod permission;
mod policy;
mod requests;
mod rule;
mod text;

use std::net::IpAddr;

use serde_json::{Map, Value as Json};

use super::answer::{Answer, Claim, Evidence, Step};
use super::proof::{Proof, Verdict};
use crate::goal::Goal;
use crate::resolve::Environment;
use crate::template::Template;

/// The hops that a proof has to hold, one way or another, for a listener to be reached.
const NEEDED: &[&str] = &[
    "vpc",
    "dns",
    "security-group-egress",
    "route",
    "network-acl",
    "security-group-ingress",
    "return-path",
    "listener",
];

/// What a second look at a proof finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// What does not stand of it; nothing if it does.
    pub faults: Vec<String>,
    /// What of it cannot be looked up in the template again: what a policy of AWS says, what a parameter is.
    pub beyond: Vec<String>,
}

/// What does not stand of a proof; nothing if it does. Only a proof of the verdict `proved` claims to stand.
pub fn faults(template: &Template, proof: &Proof) -> Vec<String> {
    review(template, &Environment::unknown(), proof).faults
}

/// A second look at a proof that was found for an environment.
pub fn review(template: &Template, environment: &Environment, proof: &Proof) -> Review {
    let json = template.to_json();
    if proof.verdict != Verdict::Proved {
        return Review { faults: vec![format!("{} is {}", proof.goal, proof.verdict.name())], beyond: Vec::new() };
    }
    let mut review = Review { faults: untold(proof), beyond: Vec::new() };
    if let Goal::Can { .. } = proof.goal {
        let partition = proof.assumptions.iter().any(|told| told.ends_with("in the partition `aws`")).then_some("aws");
        permission::review(&text::Texts::new(&json, environment, partition), proof, &mut review);
        review.beyond.sort();
        review.beyond.dedup();
        return review;
    }
    let evidence = proof.steps.iter().flat_map(|step| &step.evidence);
    review.faults.extend(evidence.filter_map(|evidence| fault(&json, evidence)));
    if let Goal::Reaches { from, to, .. } = &proof.goal {
        review.faults.extend(structure(&json, proof, from, to));
    }
    review
}

/// Steps that are no part of a proof, or of which what they take on trust is not listed.
fn untold(proof: &Proof) -> Vec<String> {
    let mut faults = Vec::new();
    for step in &proof.steps {
        if matches!(step.answer, Answer::Broken | Answer::Unknown) {
            faults.push(format!("the hop {} is {}", step.hop, step.answer.name()));
        }
        if step.answer == Answer::Assumed && !proof.assumptions.iter().any(|told| told.starts_with(&step.message)) {
            faults.push(format!("what the hop {} takes on trust is not listed", step.hop));
        }
    }
    faults
}

/// Every hop is there, and the rules are those of groups that the ends really have.
fn structure(json: &Json, proof: &Proof, from: &str, to: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_listener = resource(json, to).is_some();
    for hop in NEEDED.iter().filter(|_| is_listener) {
        if !proof.steps.iter().any(|step| step.hop == *hop) {
            faults.push(format!("the hop {hop} is missing"));
        }
    }
    for step in &proof.steps {
        let end = match step.hop {
            "security-group-egress" => from,
            "security-group-ingress" if is_listener => to,
            _ => continue,
        };
        faults.extend(rules_of(json, step, end));
        faults.extend(family::fault(json, step, from, to));
        faults.extend(cover::fault(json, step, to));
    }
    faults
}

fn rules_of(json: &Json, step: &Step, end: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if step.answer == Answer::Holds && step.evidence.is_empty() {
        return default_group(json, end)
            .then(Vec::new)
            .unwrap_or_else(|| vec![format!("the hop {} rests on nothing", step.hop)]);
    }
    for evidence in &step.evidence {
        let groups = match &evidence.claim {
            Claim::Rule { groups, .. } => groups.clone(),
            Claim::Without { .. } => vec![evidence.resource.clone()],
            _ => continue,
        };
        let holders = [Some(end.to_owned()), cluster_of(json, end)];
        // What all functions of the serverless application model have stands at one place.
        let is_serverless =
            resource(json, end).is_some_and(|it| it.get("Type") == Some(&"AWS::Serverless::Function".into()));
        let shared = json.pointer("/Globals/Function/VpcConfig").filter(|_| is_serverless);
        let is_member = |group: &String| {
            end == group
                || shared.is_some_and(|shared| mentions(shared, group))
                || holders.iter().flatten().any(|holder| {
                    resource(json, holder).and_then(|it| it.get("Properties")).is_some_and(|it| mentions(it, group))
                })
        };
        if !groups.iter().any(is_member) {
            faults.push(format!("`{end}` has none of the groups {}", groups.join(", ")));
        }
    }
    faults
}

/// Whether something names no group of its own, and so has the default one of its VPC.
fn default_group(json: &Json, id: &str) -> bool {
    let names = ["VpcSecurityGroupIds", "VPCSecurityGroups", "SecurityGroupIds"];
    resource(json, id)
        .and_then(|it| it.get("Properties"))
        .is_some_and(|it| names.iter().all(|name| it.get(name).is_none()))
}

fn cluster_of(json: &Json, id: &str) -> Option<String> {
    let cluster = resource(json, id)?.get("Properties")?.get("DBClusterIdentifier")?;
    cluster.get("Ref").and_then(Json::as_str).map(str::to_owned)
}

/// Why a piece of evidence does not stand, if it does not.
fn fault(json: &Json, evidence: &Evidence) -> Option<String> {
    let Evidence { resource: id, path, claim, .. } = evidence;
    let Some(whole) = resource(json, id) else { return Some(format!("there is no resource `{id}`")) };
    let below = path.strip_prefix(&format!("/Resources/{id}"));
    if !below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        return Some(format!("`{path}` is no place of `{id}`"));
    }
    let there = json.pointer(path);
    match claim {
        Claim::Is { kind } => {
            (whole.get("Type").and_then(Json::as_str) != Some(kind)).then(|| format!("`{id}` is no `{kind}`"))
        }
        Claim::HasIpv6 => family::without(json, id),
        Claim::Names { what } => {
            let named = there.is_some_and(|value| mentions(value, what));
            (!named).then(|| format!("`{path}` does not name `{what}`"))
        }
        Claim::After { what } => (!is_after(json, id, what)).then(|| format!("`{id}` does not wait for `{what}`")),
        Claim::Equals { value } => {
            let same = there.is_some_and(|there| spelled(there).as_deref() == Some(value));
            (!same).then(|| format!("`{path}` is not `{value}`"))
        }
        Claim::Without { property } => without(json, id, whole, property),
        Claim::Rule { egress, groups, port, peers, subnets, v6 } => {
            let rule = rule::Rule { egress: *egress, groups, port: *port, peers, subnets, v6: *v6 };
            rule.fault(json, id, whole, path, there)
        }
        Claim::Allows { .. } | Claim::Spares { .. } | Claim::Managed { .. } | Claim::User { .. } => {
            Some(format!("`{path}` is claimed of a permission, where none is asked"))
        }
    }
}

fn without(json: &Json, id: &str, whole: &Json, property: &str) -> Option<String> {
    let value = whole.pointer(&format!("/Properties/{property}"));
    if value.is_some_and(|value| !value.as_array().is_some_and(Vec::is_empty)) {
        return Some(format!("`{id}` has `{property}`"));
    }
    if property != "SecurityGroupEgress" {
        return None;
    }
    if whole.get("Type").and_then(Json::as_str) != Some("AWS::EC2::SecurityGroup") {
        return Some(format!("`{id}` is no security group"));
    }
    let separate = resources(json).into_iter().find(|(_, other)| {
        other.get("Type").and_then(Json::as_str) == Some("AWS::EC2::SecurityGroupEgress")
            && other.get("Properties").and_then(|it| it.get("GroupId")).is_some_and(|group| mentions(group, id))
    });
    separate.map(|(other, _)| format!("`{other}` is an egress rule of `{id}`"))
}

/// Whether something is created after something else: by a reference or `DependsOn`, of its own or of what it waits for.
fn is_after(json: &Json, id: &str, what: &str) -> bool {
    let all = resources(json);
    let (mut seen, mut open) = (vec![id.to_owned()], vec![id.to_owned()]);
    while let Some(one) = open.pop() {
        let Some(whole) = all.get(&one) else { continue };
        for other in all.keys().filter(|other| refers(whole, other)) {
            if other == what {
                return true;
            }
            if !seen.contains(other) {
                seen.push(other.clone());
                open.push(other.clone());
            }
        }
    }
    false
}

/// Whether a resource refers to another or names it in `DependsOn`.
fn refers(whole: &Json, other: &str) -> bool {
    let depends = |value: &Json| match value {
        Json::String(name) => name == other,
        Json::Array(names) => names.iter().any(|name| name.as_str() == Some(other)),
        _ => false,
    };
    whole.get("DependsOn").is_some_and(depends) || names(whole, other)
}

/// Whether `Ref`, `Fn::GetAtt` or `Fn::Sub` names another resource somewhere in a value.
fn names(value: &Json, other: &str) -> bool {
    let is_named = |(key, value): (&String, &Json)| match (key.as_str(), value) {
        ("Ref", Json::String(name)) => name == other,
        ("Fn::GetAtt", Json::String(name)) => name.split('.').next() == Some(other),
        ("Fn::GetAtt", Json::Array(parts)) => parts.first().and_then(Json::as_str) == Some(other),
        ("Fn::Sub", value) => mentions_in_text(value, other) || names(value, other),
        (_, value) => names(value, other),
    };
    match value {
        Json::Array(values) => values.iter().any(|value| names(value, other)),
        Json::Object(map) => map.iter().any(is_named),
        _ => false,
    }
}

fn mentions_in_text(value: &Json, other: &str) -> bool {
    let text = value.as_str().or_else(|| value.get(0)?.as_str()).unwrap_or_default();
    text.contains(&format!("${{{other}}}")) || text.contains(&format!("${{{other}."))
}

fn resources(json: &Json) -> Map<String, Json> {
    json.get("Resources").and_then(Json::as_object).cloned().unwrap_or_default()
}

fn resource<'j>(json: &'j Json, id: &str) -> Option<&'j Json> {
    json.get("Resources")?.get(id)
}

/// Whether a value names something: by `Ref`, `Fn::GetAtt`, `Fn::Sub`, or as text.
fn mentions(value: &Json, what: &str) -> bool {
    let base = what.split('.').next().unwrap_or(what);
    match value {
        Json::String(text) => {
            text == what
                || text.split(',').any(|part| part.trim() == what)
                || text.contains(&format!("${{{base}"))
                || text == base
        }
        Json::Array(values) => values.iter().any(|value| mentions(value, what)),
        Json::Object(map) => map.iter().any(|(key, value)| key != "Condition" && mentions(value, what)),
        _ => false,
    }
}

fn spelled(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A text, or the default of the parameter, or the block of the VPC, that stands for it.
fn text(json: &Json, value: &Json) -> Option<String> {
    if let Some(text) = spelled(value) {
        return Some(text);
    }
    if let Some(name) = value.get("Ref").and_then(Json::as_str) {
        return json.get("Parameters")?.get(name)?.get("Default").and_then(spelled);
    }
    let attribute = value.get("Fn::GetAtt")?.as_array()?;
    let [id, name] = attribute.as_slice() else { return None };
    let value = resource(json, id.as_str()?)?.get("Properties")?.get(name.as_str()?)?;
    text(json, value)
}

fn number(json: &Json, value: &Json) -> Option<i64> {
    text(json, value)?.trim().parse().ok()
}

/// Whether a block is one of IPv6, and its first and last address.
fn block(text: &str) -> Option<(bool, (u128, u128))> {
    let (address, prefix) = text.trim().split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix: u32 = prefix.parse().ok()?;
    let (bits, length) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let hosts = match length - (prefix <= length).then_some(prefix)? {
        128 => u128::MAX,
        free => (1 << free) - 1,
    };
    Some((address.is_ipv6(), (bits & !hosts, bits | hosts)))
}
