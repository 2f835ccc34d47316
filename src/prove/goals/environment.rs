//! A function that is given an address has to reach it.

use std::rc::Rc;

use super::{Origin, Question, add};
use crate::prove::flow::{End, Flow};
use crate::prove::model::{Interface, Kind, Model, Port, Term};
use crate::resolve::{Formula, Piece, Resolution, Symbol};
use crate::template::Value;

/// Adds what a function has to reach since some property of it holds an address.
pub fn of_function<'a>(model: &Model<'a>, function: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    let mut addresses: Vec<(&'a str, Formula, &'a Value)> = Vec::new();
    let Some(resource) = model.resource(function.id) else { return };
    // What tags tell is for people.
    let properties = resource.properties.iter().filter(|(name, _)| *name != "Tags").map(|(_, value)| value);
    let properties = properties.chain(model.resolved.global(&resource.kind, "Environment"));
    let mut visit = |name: &'a str, attribute: Option<&'a str>, when: Formula, value: &'a Value| {
        if is_address(model, name, attribute) {
            addresses.push((name, when, value));
        } else if model.kind(name) == "AWS::SSM::Parameter" && attribute == Some("Value") {
            model.resolved.each_reference(name, &mut |name, attribute, there, _| {
                if is_address(model, name, attribute) {
                    addresses.push((name, model.resolved.and(when, there), value));
                }
            });
        }
    };
    properties.for_each(|value| model.resolved.references_in(value, function.exists, &mut visit));
    by_literal_address(model, function, found);
    for (name, when, value) in addresses {
        let Some(to) = model.interface(name).filter(|to| to.id != function.id) else { continue };
        let under =
            [when, function.exists, to.exists].into_iter().fold(Formula::TRUE, |all, one| model.resolved.and(all, one));
        let path = model.place(function.id, Some(value));
        let mut client_ports = client_ports(model, function.id, &path);
        client_ports.extend(ports_behind(model, function.id, &path, name));
        let origin = Origin {
            resource: function.id.to_owned(),
            path,
            says: format!("so `{}` must reach `{name}`", function.id),
        };
        let ports = model.listening(name);
        let (from, to) = (End::of(model, Rc::clone(function)), End::of(model, to));
        add(model, Flow { from, to, under, ports, client_ports, service: None, v6: false }, Some(origin), found);
    }
}

/// Addresses that are written out are known from the facts.
fn by_literal_address<'a>(model: &Model<'a>, function: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    for case in model.resolved.property(function.id, "Environment/Variables") {
        for value in case.value.map().into_iter().flat_map(|map| map.values()) {
            for variable in model.resolved.value(value, case.when) {
                let Some(name) = variable.value.text().and_then(|text| model.facts.called_in(text)) else { continue };
                let to = End::of_existing(model, &Term::Given(Resolution::Text(name.to_owned().into())));
                let port = model.facts.listener(name).and_then(|known| known.port);
                let ports = port.map(|port| Port::known(port, Formula::TRUE)).into_iter().collect();
                let path = model.place(function.id, Some(variable.source));
                let client_ports = client_ports(model, function.id, &path);
                let says = format!("so `{}` must reach `{name}`", function.id);
                let origin = Origin { resource: function.id.to_owned(), path, says };
                let (from, under) =
                    (End::of(model, Rc::clone(function)), model.resolved.and(variable.when, function.exists));
                add(
                    model,
                    Flow { from, to, under, ports, client_ports, service: None, v6: false },
                    Some(origin),
                    found,
                );
            }
        }
    }
}

/// Whether an attribute is where a resource is called.
fn is_address(model: &Model<'_>, name: &str, attribute: Option<&str>) -> bool {
    let (Some(interface), Some(attribute)) = (model.interface(name), attribute) else { return false };
    match interface.kind {
        Kind::Proxy | Kind::ProxyEndpoint => attribute == "Endpoint",
        Kind::Database | Kind::Cluster => {
            attribute == "Endpoint" || attribute.ends_with("Endpoint.Address") || attribute.ends_with("Endpoint")
        }
        Kind::Store => {
            let is_endpoint = attribute.contains("Endpoint") || attribute.contains("EndPoint");
            is_endpoint && !attribute.ends_with("Port") && !attribute.ends_with("Ports")
        }
        Kind::Endpoint => attribute == "DnsEntries",
        Kind::Function | Kind::Rotation => false,
    }
}

/// How names of variables end that hold a host.
const HOSTS: &[&str] =
    &["HOST", "HOSTNAME", "ENDPOINT", "ADDRESS", "SERVER", "host", "hostname", "endpoint", "Host", "Endpoint"];

/// The variable that a place is in.
fn variable_at<'p>(function: &str, path: &'p str) -> Option<&'p str> {
    let before = format!("/Resources/{function}/Properties/Environment/Variables/");
    let rest = path.strip_prefix(&before).or_else(|| path.strip_prefix("/Globals/Function/Environment/Variables/"));
    rest.and_then(|rest| rest.split('/').next())
}

/// The port right behind an address in the same text: that of a URL, or of SQL Server's `host,port`.
fn ports_behind<'a>(model: &Model<'a>, function: &str, path: &str, name: &str) -> Vec<Port<'a>> {
    let Some(variable) = variable_at(function, path) else { return Vec::new() };
    let mut found = Vec::new();
    for case in model.resolved.property(function, &format!("Environment/Variables/{variable}")) {
        let Resolution::Mixed(pieces) = &case.value else { continue };
        for (at, piece) in pieces.iter().enumerate() {
            let Piece::Symbol(Symbol::Reference { resource, attribute }) = piece else { continue };
            if *resource != name || !is_address(model, resource, *attribute) {
                continue;
            }
            if let Some(port) = port_in(&pieces[at + 1..]) {
                found.push(Port::of(model.settled_port(port), case.when, Some(case.source)));
            }
        }
    }
    found
}

/// The port with which what follows an address begins.
fn port_in<'a>(rest: &[Piece<'a>]) -> Option<Resolution<'a>> {
    let Some(Piece::Text(text)) = rest.first() else { return None };
    let text = text.strip_prefix([':', ','])?;
    if text.is_empty() {
        return match rest.get(1)? {
            Piece::Symbol(symbol) => Some(Resolution::Symbol(symbol.clone())),
            Piece::Text(_) => None,
        };
    }
    let digits = text.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse::<u16>().ok().map(|port| Resolution::Number(port.into()))
}

/// The port in the variable that goes with that of a host: `DB_PORT` with `DB_HOST`.
fn client_ports<'a>(model: &Model<'a>, function: &str, path: &str) -> Vec<Port<'a>> {
    let Some(variable) = variable_at(function, path) else { return Vec::new() };
    let Some(host) = HOSTS.iter().filter(|host| variable.ends_with(**host)).max_by_key(|host| host.len()) else {
        return Vec::new();
    };
    let word = match host.chars().next() {
        Some(first) if first.is_lowercase() => "port",
        _ if host.chars().all(char::is_uppercase) => "PORT",
        _ => "Port",
    };
    let name = format!("{}{word}", &variable[..variable.len() - host.len()]);
    let cases = model.resolved.property(function, &format!("Environment/Variables/{name}"));
    let cases = cases.into_iter().filter(|case| {
        // A proxy has no port as an attribute, which is told as that.
        let of_proxy = case.value.reference().is_some_and(|(id, _)| model.kind(id) == "AWS::RDS::DBProxy");
        !case.value.is_absent() && case.value.unknown().is_none() && !of_proxy
    });
    cases.map(|case| Port::of(model.settled_port(case.value), case.when, Some(case.source))).collect()
}
