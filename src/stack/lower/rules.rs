//! Traffic becomes security group rules, as resources of their own: rules inside two groups that name each other would
//! be a cycle.

use std::panic::Location;

use super::super::bag::Bag;
use super::super::codes;
use super::super::condition::{Condition, Formula};
use super::super::handle::AnyHandle;
use super::super::link::Term;
use super::super::traffic::{End, Flow, port_term};
use super::context::{Draft, Lowering};
use crate::diagnostic::Diagnostic;
use crate::goal::{Assumption, Goal, Taken};
use crate::network::Cidr;

/// A rule resource, and the groups that it lets traffic between.
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) from: Option<AnyHandle>,
    pub(super) to: Option<AnyHandle>,
    /// The logical id that it had while its groups had other names.
    pub(super) formerly: Option<String>,
}

/// Adds the rules of every flow: egress of the near end, ingress of the far end, where those are groups.
pub(super) fn add(lowering: &mut Lowering<'_>) {
    for flow in &lowering.stack.flows {
        let ends = [&flow.from, &flow.to.end];
        let stranger = ends.into_iter().filter_map(End::handle).find(|handle| lowering.stack.entry(*handle).is_none());
        if let Some(stranger) = stranger {
            let fault = lowering.stranger(stranger);
            lowering.unresolved(fault, flow.location);
        } else if ends.into_iter().all(|end| end.group().is_none()) {
            lowering.report(groupless(lowering, flow));
        } else {
            add_ingress(lowering, flow);
            add_egress(lowering, flow);
        }
    }
}

/// Neither end has a security group that a rule could be added to.
fn groupless(lowering: &Lowering<'_>, flow: &Flow) -> Diagnostic {
    let [from, to] = [&flow.from, &flow.to.end].map(|end| end_name(lowering, end));
    Diagnostic::error(
        codes::NO_GROUP,
        format!("neither `{from}` nor `{to}` has a security group, so no rule can be added"),
    )
    .source(flow.location.into())
    .help("one end has to be a function, a proxy, a database, an endpoint or a security group")
}

fn add_ingress(lowering: &mut Lowering<'_>, flow: &Flow) {
    let Some(far) = flow.to.end.group().filter(|far| takes_rules(lowering, *far)) else { return };
    let near = end_name(lowering, &flow.from);
    let id = |near: &str, far: &str| format!("{far}From{near}{}", flow.to.port.id());
    let mut bag = rule_bag("AWS::EC2::SecurityGroupIngress", flow, far, &format!("from {near}"));
    let (property, term) = match &flow.from {
        End::Group(group) => ("SourceSecurityGroupId", group.term("GroupId")),
        End::Range(range) => (cidr_property(range), Term::from(range.to_string())),
        End::PrefixList(list) => ("SourcePrefixListId", list.term("PrefixListId")),
    };
    put(&mut bag, property, term, flow.location);
    draft(lowering, id, bag, flow);
}

fn add_egress(lowering: &mut Lowering<'_>, flow: &Flow) {
    let Some(near) = flow.from.group().filter(|near| takes_rules(lowering, *near)) else { return };
    let far = end_name(lowering, &flow.to.end);
    let id = |near: &str, far: &str| format!("{near}To{far}{}", flow.to.port.id());
    let mut bag = rule_bag("AWS::EC2::SecurityGroupEgress", flow, near, &format!("to {far}"));
    let (property, term) = match &flow.to.end {
        End::Group(group) => ("DestinationSecurityGroupId", group.term("GroupId")),
        End::Range(range) => (cidr_property(range), Term::from(range.to_string())),
        End::PrefixList(list) => ("DestinationPrefixListId", list.term("PrefixListId")),
    };
    put(&mut bag, property, term, flow.location);
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

fn draft(lowering: &mut Lowering<'_>, id: impl Fn(&str, &str) -> String, mut bag: Bag, flow: &Flow) {
    let ends = [&flow.from, &flow.to.end];
    let former = ends.map(|end| former_id(lowering, end));
    let [near, far] = ends.map(|end| end_id(lowering, end));
    let formerly = former.iter().any(Option::is_some).then(|| {
        let [former_near, former_far] = &former;
        id(former_near.as_ref().unwrap_or(&near), former_far.as_ref().unwrap_or(&far))
    });
    let id = id(&near, &far);
    bag.said.condition = condition(lowering, flow);
    lowering.rules.push(Rule { id: id.clone(), from: flow.from.group(), to: flow.to.end.group(), formerly });
    lowering.draft(id, Draft { bag, owner: None, location: flow.location });
}

/// The conditions under which the groups of a flow exist.
fn conditions<'a>(lowering: &Lowering<'a>, flow: &Flow) -> [Option<&'a Condition>; 2] {
    [&flow.from, &flow.to.end].map(|end| lowering.stack.condition_of(end.group()?))
}

/// A rule exists where both of its groups do.
fn condition(lowering: &Lowering<'_>, flow: &Flow) -> Option<Condition> {
    match conditions(lowering, flow) {
        [Some(a), Some(b)] if a != b => Some(Condition::new(&both(a, b))),
        [a, b] => a.or(b).cloned(),
    }
}

fn both(a: &Condition, b: &Condition) -> String {
    format!("{}And{}", a.name(), b.name())
}

/// The conditions that [`condition`] makes up, with their formulas.
pub(super) fn made_up_conditions(lowering: &Lowering<'_>) -> Vec<(String, Formula)> {
    let pairs = lowering.stack.flows.iter().filter_map(|flow| match conditions(lowering, flow) {
        [Some(a), Some(b)] if a != b => Some((a, b)),
        _ => None,
    });
    pairs.map(|(a, b)| (both(a, b), a.holds().and(b.holds()))).collect()
}

/// What is taken on trust of groups that get no rules here: the traffic that was allowed.
pub(super) fn managed_elsewhere(lowering: &Lowering<'_>) -> Vec<Assumption> {
    let elsewhere = |group: AnyHandle| lowering.stack.entry(group).is_some_and(|entry| !entry.noun.takes_rules());
    let on_trust = lowering
        .stack
        .flows
        .iter()
        .filter(|flow| [&flow.from, &flow.to.end].into_iter().filter_map(End::group).any(elsewhere));
    let assume = |flow: &Flow| Assumption {
        what: Taken::Goal(Goal::Reaches {
            from: end_name(lowering, &flow.from),
            to: end_name(lowering, &flow.to.end),
            port: flow.to.port.literal(),
        }),
        reason: "the rules of a security group are managed elsewhere".into(),
    };
    on_trust.map(assume).collect()
}

fn end_name(lowering: &Lowering<'_>, end: &End) -> String {
    match end {
        End::Group(handle) | End::PrefixList(handle) => lowering.stack.name_of(*handle).to_owned(),
        End::Range(range) => range.to_string(),
    }
}

fn end_id(lowering: &Lowering<'_>, end: &End) -> String {
    let name = end_name(lowering, end);
    name.replace('.', "x").replace(':', "c").replace('/', "s")
}

/// What a construct was called before.
fn former_id(lowering: &Lowering<'_>, end: &End) -> Option<String> {
    lowering.stack.own_entry(end.handle()?)?.bag.said.formerly.clone()
}

fn cidr_property(range: &Cidr) -> &'static str {
    if range.is_v6() { "CidrIpv6" } else { "CidrIp" }
}
