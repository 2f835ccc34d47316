//! Goals that were stated, by the names of resources.

use std::rc::Rc;

use super::{Ask, Question, api, port_of};
use crate::goal::Goal;
use crate::network::{PortRange, Protocol};
use crate::prove::flow::{End, Flow};
use crate::prove::model::{Model, Port, Term};
use crate::prove::routes;
use crate::resolve::{Formula, Resolution};

/// What a stated goal asks.
pub fn question<'a>(model: &Model<'a>, goal: &Goal) -> Question<'a> {
    let (under, ask) = match goal {
        Goal::Reaches { from, to, port } => reaches(model, from, to, *port),
        Goal::Isolated { what, except } => isolated(model, what, except),
        Goal::Can { .. } | Goal::Deploys { .. } => (Formula::TRUE, Ask::Permission),
    };
    let mut goal = goal.clone();
    if let (Goal::Reaches { port: port @ None, .. }, Ask::Flows(flows)) = (&mut goal, &ask) {
        *port = flows.first().and_then(|(flow, _)| port_of(&flow.ports));
    }
    Question { goal, origin: None, under, ask, doubt: None }
}

fn end<'a>(model: &Model<'a>, name: &str) -> Option<(End<'a>, Formula)> {
    if let Some(interface) = model.interface(name) {
        let exists = interface.exists;
        return Some((End::of(model, interface), exists));
    }
    let Some((id, resource)) = model.resolved.template().resources.get_key_value(name) else {
        // What was imported is named as it is there.
        return model.facts.listener(name).map(|_| (existing(model, name), Formula::TRUE));
    };
    let is_group = resource.kind == "AWS::EC2::SecurityGroup";
    is_group.then(|| (End::of_group(model, id), model.resolved.exists(id)))
}

/// A database or proxy that facts are known of.
fn existing<'a>(model: &Model<'a>, name: &str) -> End<'a> {
    End::of_existing(model, &Term::Given(Resolution::Text(name.to_owned().into())))
}

/// The ports on which an end listens, as the template or the facts have them.
fn listening<'a>(model: &Model<'a>, end: &End<'a>) -> Vec<Port<'a>> {
    if let Some(id) = end.id() {
        return model.listening(id);
    }
    let known = model.facts.listener(&end.name).and_then(|known| known.port);
    known.map(|port| Port::known(port, Formula::TRUE)).into_iter().collect()
}

fn reaches<'a>(model: &Model<'a>, from: &str, to: &str, port: Option<(Protocol, PortRange)>) -> (Formula, Ask<'a>) {
    let Some((near, near_exists)) = end(model, from) else { return (Formula::TRUE, Ask::Absent(from.to_owned())) };
    let Some((far, far_exists)) = end(model, to) else {
        let is_service = to.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.');
        return match (&near.interface, is_service) {
            (Some(interface), true) => {
                let question = api::question(model, &Rc::clone(interface), to, near_exists, None, false);
                (near_exists, question.ask)
            }
            _ => (Formula::TRUE, Ask::Absent(to.to_owned())),
        };
    };
    let under = model.resolved.and(near_exists, far_exists);
    let ports = match port {
        Some((_, range)) => vec![Port::known(range.from, Formula::TRUE)],
        None => listening(model, &far),
    };
    let flow = Flow { from: near, to: far, under, ports, client_ports: Vec::new(), service: None, v6: false };
    (under, Ask::Flows(vec![(flow, routes::TO_LISTENER)]))
}

fn isolated<'a>(model: &Model<'a>, what: &str, except: &[String]) -> (Formula, Ask<'a>) {
    match end(model, what) {
        Some((end, exists)) => {
            let ports = listening(model, &end);
            (exists, Ask::Isolated(end, ports, except.to_vec()))
        }
        None => (Formula::TRUE, Ask::Absent(what.to_owned())),
    }
}
