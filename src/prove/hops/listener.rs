//! Something listens on the port that is called.

use super::{Hop, Look};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::model::{Judged, Kind, Ports};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "listener",
    code: Code::new("N3209", "nothing-listens"),
    explanation: "Every proxy listens on the port of its engine family (3306, 5432 or 1433), whatever the port of its database is, \
                  and passes connections on to its targets: without a target group it has none.",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let under = look.flow.under;
    let to = look.flow.to.told();
    if look.flow.ports.is_empty() {
        look.say(Answer::Unknown, under, format!("on which port {to} listens is not known")).silent();
    } else {
        let port = look.flow.told_port();
        let evidence = listens(look);
        let given = look.flow.to.given;
        let message = if given {
            format!("{to} listens on {port}, the port of its engine")
        } else {
            format!("{to} listens on {port}")
        };
        look.say(if given { Answer::Assumed } else { Answer::Holds }, under, message).because(evidence);
    }
    client_port(look);
    targets(look);
}

fn listens(look: &Look<'_, '_>) -> Option<Evidence> {
    let id = look.flow.to.id().filter(|_| look.flow.to.interface.is_some())?;
    let kind = look.model.kind(id).to_owned();
    let (path, says) = (pointer(["Resources", id]), format!("`{id}` listens on {}", look.flow.told_port()));
    Some(Evidence { resource: id.to_owned(), path, says, claim: Claim::Is { kind } })
}

/// Whether the client calls the port on which the far end listens.
fn client_port(look: &mut Look<'_, '_>) {
    let (model, flow) = (look.model, look.flow);
    for client in &flow.client_ports {
        for port in &flow.ports {
            let under = [client.when, port.when].into_iter().fold(flow.under, |all, one| model.resolved.and(all, one));
            let one = Ports::between(client.value.clone(), client.value.clone());
            let judged = if client.value == port.value { Judged::ALWAYS } else { model.holds_port(&one, port) };
            let split = Split::of(model, judged, under);
            let Some(id) = flow.from.id() else { continue };
            let path =
                client.source.map_or_else(|| pointer(["Resources", id]), |source| model.resolved.place(id, source));
            if let Some(when) = split.broken {
                let message = format!(
                    "{} connects on tcp {}, and {} listens on {}",
                    flow.from.told(),
                    client.name(),
                    flow.to.told(),
                    port.told()
                );
                let help = format!("give {} the port {}", flow.from.told(), port.name());
                look.say(Answer::Broken, when, message).help(help).at(id, path);
            } else if let Some(when) = split.unknown {
                let message = format!(
                    "whether {} connects on the port of {}, {}, depends on `{}`",
                    flow.from.told(),
                    flow.to.told(),
                    port.told(),
                    client.name()
                );
                look.say(Answer::Unknown, when, message).at(id, path);
            }
        }
    }
}

/// Whether a proxy that is called has somebody to pass connections on to.
fn targets(look: &mut Look<'_, '_>) {
    let (model, flow) = (look.model, look.flow);
    let proxy = match (flow.to.kind(), flow.to.id()) {
        (Some(Kind::Proxy), Some(id)) => id,
        (Some(Kind::ProxyEndpoint), Some(id)) => {
            let named = model.terms(id, "DBProxyName");
            match named.iter().find_map(|proxy| model.own_proxy(&proxy.term)) {
                Some(proxy) => proxy,
                None => return,
            }
        }
        _ => return,
    };
    let mut all = Judged::NEVER;
    for group in model.of_kind("AWS::RDS::DBProxyTargetGroup") {
        for named in model.terms(group, "DBProxyName") {
            let judged = match model.own_proxy(&named.term) {
                Some(own) if own == proxy => Judged::fact(named.when),
                Some(_) => continue,
                None if model.is_other_proxy(proxy, &named.term) => continue,
                None => Judged::open(named.when),
            };
            all = all.or(judged, model.resolved);
        }
    }
    if model.toucher(&crate::prove::model::Term::Own(proxy)).is_some() {
        all = all.or(Judged::foreign(Formula::TRUE), model.resolved);
    }
    let split = Split::of(model, all, flow.under);
    if let Some(when) = split.broken {
        let message = format!("`{proxy}` has no target group, so that it has no database to pass connections on to");
        let help = format!("add an `AWS::RDS::DBProxyTargetGroup` of `{proxy}` that names the database");
        look.say(Answer::Broken, when, message).help(help).at(proxy, pointer(["Resources", proxy]));
    }
    if let Some(when) = split.unknown {
        look.say(Answer::Unknown, when, format!("whether `{proxy}` has a target group is not known")).silent();
    }
}
