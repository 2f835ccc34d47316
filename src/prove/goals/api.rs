//! A function that is handed a secret, or granted an API, has to reach the API.

use std::rc::Rc;

use super::{Ask, Origin, Question, port_of, whole};
use crate::goal::Goal;
use crate::prove::flow::{End, Flow};
use crate::prove::hops::Hop;
use crate::prove::model::{Interface, Kind, Model, Placed, Port, Term};
use crate::prove::routes;
use crate::resolve::{Formula, Resolution};
use crate::template::{Map, Value};

/// An API that a function calls.
struct Call {
    service: String,
    when: Formula,
    origin: Origin,
    /// Whether the permission may be one that the code never uses.
    doubt: bool,
}

/// Adds the APIs that a function has to reach.
pub fn of_function<'a>(model: &Model<'a>, function: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    let mut calls: Vec<Call> = Vec::new();
    handed(model, function.id, &mut calls);
    granted(model, function.id, &mut calls);
    for call in calls {
        let under = model.resolved.and(call.when, function.exists);
        if !model.resolved.is_possible(under) || is_called_by_name(model, function, &call.service) {
            continue;
        }
        ask(question(model, function, &call.service, under, Some(call.origin), call.doubt), found);
    }
}

/// Adds a question, unless it is asked already as surely.
pub fn ask<'a>(question: Question<'a>, found: &mut Vec<Question<'a>>) {
    match found.iter_mut().find(|known| known.goal == question.goal) {
        Some(known) if question.doubt.is_some() || known.doubt.is_none() => {}
        Some(known) => *known = question,
        None => found.push(question),
    }
}

/// That a function reaches an API.
pub fn question<'a>(
    model: &Model<'a>,
    function: &Rc<Interface<'a>>,
    service: &str,
    under: Formula,
    origin: Option<Origin>,
    doubt: bool,
) -> Question<'a> {
    let from = End::of(model, Rc::clone(function));
    let goal = Goal::Reaches {
        from: function.id.to_owned(),
        to: service.to_owned(),
        port: port_of(&[Port::known(443, Formula::TRUE)]),
    };
    let mut flows: Vec<(Flow<'a>, &'static [&'static Hop])> = Vec::new();
    let mut left = under;
    for endpoint in model.of_kind("AWS::EC2::VPCEndpoint").filter(|id| model.serves(id, service)) {
        let Some(to) = model.interface(endpoint).filter(|to| to.kind == Kind::Endpoint) else { continue };
        let to = End::of(model, to);
        let when = model.resolved.and(left, is_found_by_name(model, endpoint, &from, &to));
        if model.resolved.is_possible(when) {
            let flow = Flow {
                from: from.clone(),
                to,
                under: when,
                ports: vec![Port::known(443, Formula::TRUE)],
                client_ports: Vec::new(),
                service: Some(service.to_owned()),
                v6: false,
            };
            flows.push((flow, routes::TO_ENDPOINT));
            left = model.without(left, when);
        }
    }
    if let Some(to) = existing_endpoint(model, &from, service).filter(|_| model.resolved.is_possible(left)) {
        let ports = vec![Port::known(443, Formula::TRUE)];
        let service = Some(service.to_owned());
        flows.push((
            Flow { from: from.clone(), to, under: left, ports, client_ports: Vec::new(), service, v6: false },
            routes::TO_ENDPOINT,
        ));
        left = Formula::FALSE;
    }
    if model.resolved.is_possible(left) {
        let to = End {
            name: service.to_owned(),
            interface: None,
            groups: Vec::new(),
            subnets: Vec::new(),
            vpcs: Vec::new(),
            outside: Formula::FALSE,
            given: true,
        };
        let ports = vec![Port::known(443, Formula::TRUE)];
        flows.push((
            Flow {
                from,
                to,
                under: left,
                ports,
                client_ports: Vec::new(),
                service: Some(service.to_owned()),
                v6: false,
            },
            routes::OUTWARD,
        ));
    }
    let doubt = doubt.then(|| format!("the code of `{}` may never call the {service} API", function.id));
    Question { goal, origin, under, ask: Ask::Flows(flows), doubt }
}

/// An endpoint of a VPC that exists, as the facts have it.
fn existing_endpoint<'a>(model: &Model<'a>, from: &End<'a>, service: &str) -> Option<End<'a>> {
    let vpc = from.vpcs.iter().find_map(|vpc| vpc.term.id().map(str::to_owned))?;
    let known =
        model.facts.endpoints(&vpc, service).find(|endpoint| endpoint.private_dns && !endpoint.subnets.is_empty())?;
    let placed = |id: &'a String| Placed {
        when: Formula::TRUE,
        term: Term::Given(Resolution::Text(std::borrow::Cow::Borrowed(id.as_str()))),
        source: None,
    };
    Some(End {
        name: known.id.clone(),
        interface: None,
        groups: known.groups.iter().map(placed).collect(),
        subnets: known.subnets.iter().map(placed).collect(),
        vpcs: vec![placed(&known.vpc)],
        outside: Formula::FALSE,
        given: false,
    })
}

/// Where the name of the API leads to an endpoint: they are in one VPC, and its private DNS is not off.
fn is_found_by_name<'a>(model: &Model<'a>, endpoint: &str, from: &End<'a>, to: &End<'a>) -> Formula {
    let mut off = Formula::FALSE;
    for case in model.resolved.property(endpoint, "PrivateDnsEnabled") {
        if case.value.flag() == Some(false) {
            off = model.resolved.or(off, case.when);
        }
    }
    let apart = from
        .vpcs
        .iter()
        .any(|one| to.vpcs.iter().any(|other| one.term.same(&other.term, model.resolved) == Some(false)));
    let exists = model.resolved.exists(endpoint);
    if apart {
        Formula::FALSE
    } else {
        model.resolved.and(model.without(exists, off), model.resolved.not(from.outside))
    }
}

/// Whether the function is given the own name of an endpoint of the API: then that is another goal.
fn is_called_by_name(model: &Model<'_>, function: &Interface<'_>, service: &str) -> bool {
    let mut found = false;
    model.resolved.each_reference(function.id, &mut |name, attribute, _, _| {
        found |= attribute == Some("DnsEntries") && model.serves(name, service);
    });
    found
}

/// Environment variables that are the ARN of a secret.
fn handed<'a>(model: &Model<'a>, function: &str, calls: &mut Vec<Call>) {
    for case in model.resolved.property(function, "Environment/Variables") {
        let Some(map) = case.value.map() else { continue };
        for (name, value) in map {
            for variable in model.resolved.value(value, case.when) {
                if is_secret(model, &variable.value) {
                    let origin = Origin {
                        resource: function.to_owned(),
                        path: model.place(function, Some(variable.source)),
                        says: format!("`{name}` is a secret, so `{function}` must reach the secretsmanager API"),
                    };
                    let service = "secretsmanager".to_owned();
                    calls.push(Call { service, when: variable.when, origin, doubt: false });
                }
            }
        }
    }
}

fn is_secret(model: &Model<'_>, value: &Resolution<'_>) -> bool {
    match value.reference() {
        Some((id, attribute)) => match model.kind(id) {
            "AWS::SecretsManager::Secret" | "AWS::SecretsManager::SecretTargetAttachment" => {
                attribute.is_none_or(|attribute| attribute == "Id")
            }
            _ => attribute == Some("MasterUserSecret.SecretArn"),
        },
        None => value.text().is_some_and(|text| text.starts_with("arn:") && text.contains(":secretsmanager:")),
    }
}

/// Whether an action is one that the function's own code would call, of a service that it reaches over its VPC.
///
/// Lambda itself writes logs and traces, makes network interfaces, and polls queues and streams.
fn service_of(action: &str) -> Option<&'static str> {
    let (service, call) = action.split_once(':')?;
    let starts = |names: &[&str]| names.iter().any(|name| call.starts_with(name));
    match service.to_ascii_lowercase().as_str() {
        "secretsmanager" if starts(&["GetSecretValue", "PutSecretValue", "*", "Get*"]) => Some("secretsmanager"),
        "ssm" if starts(&["GetParameter", "PutParameter"]) => Some("ssm"),
        "dynamodb"
            if starts(&[
                "GetItem",
                "PutItem",
                "UpdateItem",
                "DeleteItem",
                "Query",
                "Scan",
                "BatchGet",
                "BatchWrite",
            ]) =>
        {
            Some("dynamodb")
        }
        "s3" if starts(&["GetObject", "PutObject", "DeleteObject", "ListBucket"]) => Some("s3"),
        "states" if starts(&["StartExecution"]) => Some("states"),
        "rds" if starts(&["Describe"]) => Some("rds"),
        _ => None,
    }
}

/// What the policies of the function's role allow.
fn granted<'a>(model: &Model<'a>, function: &str, calls: &mut Vec<Call>) {
    let roles: Vec<_> = model.resolved.property(function, "Role");
    for role in roles {
        let Some((id, _)) = role.value.reference().filter(|(id, _)| model.kind(id) == "AWS::IAM::Role") else {
            continue;
        };
        for policy in model.resolved.elements(id, "Policies") {
            if let Some(document) = policy.value.map().and_then(|map| map.get("PolicyDocument")) {
                let when = model.resolved.and(role.when, policy.when);
                in_policy(model, function, id, document, when, calls);
            }
        }
        for kind in ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"] {
            for policy in model.of_kind(kind) {
                let roles = model
                    .resolved
                    .elements(policy, "Roles")
                    .into_iter()
                    .chain(model.resolved.elements(policy, "RoleName"));
                let of = roles.filter(|one| one.value.reference().is_some_and(|(of, _)| of == id));
                let of = of.fold(Formula::FALSE, |any, one| model.resolved.or(any, one.when));
                let document = model.resource(policy).and_then(|resource| resource.properties.get("PolicyDocument"));
                if let Some(document) = document.filter(|_| model.resolved.is_possible(of)) {
                    in_policy(model, function, policy, document, model.resolved.and(role.when, of), calls);
                }
            }
        }
    }
}

fn in_policy<'a>(
    model: &Model<'a>,
    function: &str,
    holder: &str,
    document: &'a Value,
    when: Formula,
    calls: &mut Vec<Call>,
) {
    for statement in model.resolved.elements_in(document, &["Statement"], when) {
        let Some(map) = statement.value.map().filter(|map| allows(map)) else { continue };
        let Some(actions) = map.get("Action") else { continue };
        for action in model.resolved.elements_in(actions, &[], statement.when) {
            let Some(service) = action.value.text().and_then(service_of) else { continue };
            let path = model.place(holder, Some(action.source));
            let path = if path == whole(holder) { model.place(holder, Some(actions)) } else { path };
            let says = format!("so `{function}` calls the {service} API");
            let origin = Origin { resource: holder.to_owned(), path, says };
            let doubt = service != "secretsmanager";
            let service = service.to_owned();
            calls.push(Call { service, when: action.when, origin, doubt });
        }
    }
}

fn allows(statement: &Map) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some("Allow")
}
