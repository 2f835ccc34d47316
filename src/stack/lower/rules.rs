//! Traffic becomes security group rules, as resources of their own: rules inside two groups that name each other would
//! be a cycle.

use std::panic::Location;

use super::super::bag::Bag;
use super::super::condition::{Condition, Formula};
use super::super::handle::AnyHandle;
use super::super::link::Term;
use super::super::traffic::{End, Flow, port_term};
use super::context::{Draft, Lowering};
use crate::goal::{Assumption, Goal, Taken};
use crate::network::Cidr;

/// A rule resource, and the groups that it lets traffic between.
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) from: Option<AnyHandle>,
    pub(super) to: Option<AnyHandle>,
}

/// Adds the two rules of every flow: egress of the near end, ingress of the far end.
pub(super) fn add(lowering: &mut Lowering<'_>) {
    for flow in &lowering.stack.flows {
        let known = |group: &AnyHandle| lowering.stack.entry(*group).is_some();
        let from_known = !matches!(&flow.from, End::Group(group) if !known(group));
        if from_known && known(&flow.to.group) {
            add_ingress(lowering, flow);
            add_egress(lowering, flow);
        } else {
            lowering.report(super::super::stack::foreign(&lowering.stack.name).source(flow.location.into()));
        }
    }
}

fn add_ingress(lowering: &mut Lowering<'_>, flow: &Flow) {
    if !takes_rules(lowering, flow.to.group) {
        return;
    }
    let (near, far) = (end_name(lowering, &flow.from), lowering.stack.name_of(flow.to.group));
    let id = format!("{far}From{}{}", end_id(lowering, &flow.from), flow.to.port.id());
    let description = format!("from {near}");
    let mut bag = rule_bag("AWS::EC2::SecurityGroupIngress", flow, flow.to.group, &description);
    match &flow.from {
        End::Group(group) => put(&mut bag, "SourceSecurityGroupId", group.term("GroupId"), flow.location),
        End::Range(range) => put(&mut bag, cidr_property(range), Term::from(range.to_string()), flow.location),
    }
    draft(lowering, id, bag, flow);
}

fn add_egress(lowering: &mut Lowering<'_>, flow: &Flow) {
    let End::Group(near) = flow.from else { return };
    if !takes_rules(lowering, near) {
        return;
    }
    let far = lowering.stack.name_of(flow.to.group);
    let id = format!("{}To{far}{}", lowering.stack.name_of(near), flow.to.port.id());
    let mut bag = rule_bag("AWS::EC2::SecurityGroupEgress", flow, near, &format!("to {far}"));
    put(&mut bag, "DestinationSecurityGroupId", flow.to.group.term("GroupId"), flow.location);
    draft(lowering, id, bag, flow);
}

/// Whether rules of this stack may be attached to a group: not to one that is managed elsewhere.
fn takes_rules(lowering: &Lowering<'_>, group: AnyHandle) -> bool {
    lowering.stack.entry(group).is_some_and(|entry| entry.noun.takes_rules())
}

fn rule_bag(kind: &'static str, flow: &Flow, group: AnyHandle, description: &str) -> Bag {
    let mut bag = Bag::new(kind);
    put(&mut bag, "GroupId", group.term("GroupId"), flow.location);
    put(&mut bag, "IpProtocol", Term::from(flow.to.port.protocol.name()), flow.location);
    put(&mut bag, "FromPort", port_term(&flow.to.port.from), flow.location);
    put(&mut bag, "ToPort", port_term(&flow.to.port.to), flow.location);
    put(&mut bag, "Description", Term::from(description), flow.location);
    bag
}

fn put(bag: &mut Bag, property: &str, term: Term, location: &'static Location<'static>) {
    bag.fields.put(property, term, location);
}

fn draft(lowering: &mut Lowering<'_>, id: String, mut bag: Bag, flow: &Flow) {
    bag.said.condition = condition(lowering, flow);
    let from = match flow.from {
        End::Group(group) => Some(group),
        End::Range(_) => None,
    };
    lowering.rules.push(Rule { id: id.clone(), from, to: Some(flow.to.group) });
    lowering.draft(id, Draft { bag, owner: None, location: flow.location });
}

/// A rule exists where both of its groups do.
fn condition(lowering: &Lowering<'_>, flow: &Flow) -> Option<Condition> {
    let near = match flow.from {
        End::Group(group) => lowering.stack.condition_of(group),
        End::Range(_) => None,
    };
    match (near, lowering.stack.condition_of(flow.to.group)) {
        (Some(a), Some(b)) if a != b => Some(Condition::new(&both(a, b))),
        (a, b) => a.or(b).cloned(),
    }
}

fn both(a: &Condition, b: &Condition) -> String {
    format!("{}And{}", a.name(), b.name())
}

/// The conditions that [`condition`] makes up, with their formulas.
pub(super) fn made_up_conditions(lowering: &Lowering<'_>) -> Vec<(String, Formula)> {
    let pairs = lowering.stack.flows.iter().filter_map(|flow| match flow.from {
        End::Group(group) => Some((lowering.stack.condition_of(group)?, lowering.stack.condition_of(flow.to.group)?)),
        End::Range(_) => None,
    });
    let made_up = pairs.filter(|(a, b)| a != b);
    made_up.map(|(a, b)| (both(a, b), a.holds().and(b.holds()))).collect()
}

/// What is taken on trust of groups that get no rules here: the traffic that was allowed.
pub(super) fn managed_elsewhere(lowering: &Lowering<'_>) -> Vec<Assumption> {
    let elsewhere = |group: &AnyHandle| lowering.stack.entry(*group).is_some_and(|entry| !entry.noun.takes_rules());
    let on_trust = lowering
        .stack
        .flows
        .iter()
        .filter(|flow| matches!(&flow.from, End::Group(near) if elsewhere(near)) || elsewhere(&flow.to.group));
    let assume = |flow: &Flow| Assumption {
        what: Taken::Goal(Goal::Reaches {
            from: end_name(lowering, &flow.from),
            to: lowering.stack.name_of(flow.to.group).to_owned(),
            port: flow.to.port.literal(),
        }),
        reason: "the rules of a security group are managed elsewhere".into(),
    };
    on_trust.map(assume).collect()
}

fn end_name(lowering: &Lowering<'_>, end: &End) -> String {
    match end {
        End::Group(group) => lowering.stack.name_of(*group).to_owned(),
        End::Range(range) => range.to_string(),
    }
}

fn end_id(lowering: &Lowering<'_>, end: &End) -> String {
    let name = end_name(lowering, end);
    name.replace('.', "x").replace(':', "c").replace('/', "s")
}

fn cidr_property(range: &Cidr) -> &'static str {
    if range.is_v6() { "CidrIpv6" } else { "CidrIp" }
}
