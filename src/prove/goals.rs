//! What has to be proved: what follows from a template without a word from its author, and what was stated.

mod api;
mod environment;
mod rotation;
mod stated;

use std::rc::Rc;

use super::flow::{End, Flow};
use super::hops::Hop;
use super::model::{Interface, Kind, Model, Port, Term};
use super::routes;
use crate::goal::{Goal, Goals};
use crate::network::{PortRange, Protocol};
use crate::resolve::Formula;
use crate::template::pointer;

/// Why something has to be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The resource that says so.
    pub resource: String,
    /// The pointer to where it does.
    pub path: String,
    /// What is to be seen there.
    pub says: String,
}

/// Something to be proved.
pub struct Question<'a> {
    /// What it is.
    pub goal: Goal,
    /// Why; none if somebody stated it beside the template.
    pub origin: Option<Origin>,
    /// The worlds that count.
    pub under: Formula,
    /// What to look at.
    pub ask: Ask<'a>,
    /// Why it may not have to hold: the permission may never be used.
    pub doubt: Option<String>,
}

/// What to look at.
pub enum Ask<'a> {
    /// Each flow, along its hops; together they are all the worlds that count.
    Flows(Vec<(Flow<'a>, &'static [&'static Hop])>),
    /// Nobody but these can call.
    Isolated(End<'a>, Vec<Port<'a>>, Vec<String>),
    /// What is named is not in the template.
    Absent(String),
    /// A permission, which the network says nothing of.
    Permission,
}

/// Everything to be proved of a template, what follows from it first.
pub fn questions<'a>(model: &Model<'a>, goals: &Goals) -> Vec<Question<'a>> {
    let mut found = derived(model);
    let of_network = |goal: &&Goal| !matches!(goal, Goal::Deploys { .. });
    for goal in goals.required.iter().filter(of_network) {
        if !found.iter().any(|question| covers(&question.goal, goal)) {
            found.push(stated::question(model, goal));
        }
    }
    found
}

/// Whether one goal says what another does.
fn covers(one: &Goal, other: &Goal) -> bool {
    match (one, other) {
        (Goal::Reaches { from: a, to: b, .. }, Goal::Reaches { from: c, to: d, port: None }) => a == c && b == d,
        _ => one == other,
    }
}

/// What follows from a template.
pub fn derived<'a>(model: &Model<'a>) -> Vec<Question<'a>> {
    let mut found = Vec::new();
    for interface in model.all_interfaces() {
        match interface.kind {
            Kind::Function => {
                environment::of_function(model, &interface, &mut found);
                api::of_function(model, &interface, &mut found);
                rotation::of_function(model, &interface, &mut found);
            }
            Kind::Rotation => rotation::of_hosted(model, &interface, &mut found),
            Kind::Proxy => targets_of(model, &interface, &mut found),
            _ => {}
        }
    }
    targets_of_existing(model, &mut found);
    found
}

/// What was stated, by itself.
pub fn stated<'a>(model: &Model<'a>, goal: &Goal) -> Question<'a> {
    stated::question(model, goal)
}

/// A proxy has to reach what it passes connections on to.
fn targets_of<'a>(model: &Model<'a>, proxy: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    for group in model.of_kind("AWS::RDS::DBProxyTargetGroup") {
        let named = model.terms(group, "DBProxyName");
        let mine = named.iter().filter(|named| model.own_proxy(&named.term) == Some(proxy.id));
        let mine = mine.fold(Formula::FALSE, |any, named| model.resolved.or(any, named.when));
        if !model.resolved.is_possible(mine) {
            continue;
        }
        for list in ["DBInstanceIdentifiers", "DBClusterIdentifiers"] {
            for target in model.terms(group, list) {
                let under = model.resolved.and(model.resolved.and(mine, target.when), proxy.exists);
                let origin = Origin {
                    resource: group.to_owned(),
                    path: model.place(group, target.source),
                    says: format!("so `{}` must reach it", proxy.id),
                };
                let from = (End::of(model, Rc::clone(proxy)), model.listening(proxy.id));
                target_of(model, from, &target.term, under, origin, found);
            }
        }
    }
}

/// A proxy that exists, of which facts are known, has to reach what it is told to pass connections on to.
fn targets_of_existing<'a>(model: &Model<'a>, found: &mut Vec<Question<'a>>) {
    for group in model.of_kind("AWS::RDS::DBProxyTargetGroup") {
        for named in model.terms(group, "DBProxyName").iter().filter(|named| model.own_proxy(&named.term).is_none()) {
            let Some(name) = named.term.id().filter(|name| model.facts.proxy(name).is_some()) else { continue };
            for target in
                ["DBInstanceIdentifiers", "DBClusterIdentifiers"].iter().flat_map(|list| model.terms(group, list))
            {
                let origin = Origin {
                    resource: group.to_owned(),
                    path: model.place(group, target.source),
                    says: format!("so `{name}` must reach it"),
                };
                let port = model.facts.proxy(name).and_then(|proxy| proxy.port);
                let ports = port.map(|port| Port::known(port, Formula::TRUE)).into_iter().collect();
                let proxy = (End::of_existing(model, &named.term), ports);
                target_of(model, proxy, &target.term, model.resolved.and(named.when, target.when), origin, found);
            }
        }
    }
}

fn target_of<'a>(
    model: &Model<'a>,
    (proxy, usual): (End<'a>, Vec<Port<'a>>),
    target: &Term<'a>,
    under: Formula,
    origin: Origin,
    found: &mut Vec<Question<'a>>,
) {
    let (to, ports) = match model.own_database(target).and_then(|id| model.interface(id)) {
        Some(database) => (End::of(model, Rc::clone(&database)), model.listening(database.id)),
        None => {
            let known = target.id().and_then(|id| model.facts.database(id)).and_then(|known| known.port);
            let ports = known.map_or(usual, |port| vec![Port::known(port, Formula::TRUE)]);
            (End::of_existing(model, target), ports)
        }
    };
    let flow = Flow { from: proxy, to, under, ports, client_ports: Vec::new(), service: None, v6: false };
    add(model, flow, Some(origin), found);
}

/// Adds a flow, or the worlds of it to one that is there already.
fn add<'a>(model: &Model<'a>, flow: Flow<'a>, origin: Option<Origin>, found: &mut Vec<Question<'a>>) {
    if !model.resolved.is_possible(flow.under) {
        return;
    }
    let goal = Goal::Reaches { from: flow.from.name.clone(), to: flow.to.name.clone(), port: port_of(&flow.ports) };
    if let Some(known) = found.iter_mut().find(|known| known.goal == goal) {
        known.under = model.resolved.or(known.under, flow.under);
        if let Ask::Flows(flows) = &mut known.ask {
            for (other, _) in flows {
                other.under = known.under;
                other.client_ports.extend(flow.client_ports.iter().cloned());
            }
        }
        return;
    }
    let under = flow.under;
    found.push(Question { goal, origin, under, ask: Ask::Flows(vec![(flow, routes::TO_LISTENER)]), doubt: None });
}

/// The port as goals have it, where it is one.
pub fn port_of(ports: &[Port<'_>]) -> Option<(Protocol, PortRange)> {
    match ports {
        [only] => only.number.map(|port| (Protocol::Tcp, PortRange::single(port))),
        _ => None,
    }
}

/// The place of a resource as a whole.
fn whole(id: &str) -> String {
    pointer(["Resources", id])
}
