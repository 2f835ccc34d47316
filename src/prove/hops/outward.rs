//! The way out of a VPC to the API of a service: what routes, groups and network ACLs let through.

use super::{Look, admission};
use crate::prove::answer::{Answer, Split};
use crate::prove::family::calls_by;
use crate::prove::model::{Acl, Direction, Far, Model, Passage, Placed, Term, Way};
use crate::resolve::Formula;
use crate::template::pointer;

/// Where packets of some subnets go, all of them alike.
struct Group<'a> {
    subnets: Vec<Term<'a>>,
    when: Formula,
    told: Told,
    /// The resource that says so.
    at: Option<&'a str>,
}

/// What is told of subnets; the names of them come before.
#[derive(PartialEq)]
struct Told {
    answer: Answer,
    /// Of one subnet, and of several.
    says: [String; 2],
    code: Option<&'static str>,
    warns: bool,
}

impl Told {
    fn new(answer: Answer, one: impl Into<String>, many: impl Into<String>) -> Self {
        Self { answer, says: [one.into(), many.into()], code: None, warns: false }
    }

    /// What warns, by the name that AWS Reachability Analyzer has for it.
    fn broken(code: &'static str, one: impl Into<String>, many: impl Into<String>) -> Self {
        Self { code: Some(code), warns: true, ..Self::new(Answer::Broken, one, many) }
    }

    fn of(&self, subnets: &[Term<'_>]) -> String {
        let [one, many] = &self.says;
        let says = if subnets.len() == 1 { one } else { many };
        let comma = if says.starts_with("which") { "," } else { "" };
        format!("{}{comma} {says}", listed(subnets))
    }
}

/// Out of the VPC: from each subnet of the caller, those alike told together.
pub(super) fn look(look: &mut Look<'_, '_>, service: &str) {
    let inside = look.flow.inside(look.model);
    if !look.model.resolved.is_possible(inside) {
        return;
    }
    let from = look.flow.from.clone();
    if from.subnets.is_empty() {
        let message = format!("the subnets of {} lead to the {service} API", from.told());
        look.say(Answer::Assumed, inside, message);
        return;
    }
    let (mut all_given, mut all_public) = (true, true);
    let mut groups: Vec<Group<'_>> = Vec::new();
    for subnet in &from.subnets {
        for (when, way, route) in look.model.outward(&subnet.term) {
            let when = [subnet.when, when].into_iter().fold(inside, |all, one| look.model.resolved.and(all, one));
            if look.model.resolved.is_possible(when) {
                all_given &= way == Way::Unknown;
                all_public &= matches!(way, Way::Nat(_) | Way::Internet);
                let told = told(look, service, &subnet.term, &way);
                let at = route.or_else(|| subnet.term.own());
                let alike = groups.iter_mut().find(|group| group.told == told && group.when == when);
                match alike {
                    Some(group) => group.subnets.push(subnet.term.clone()),
                    None => groups.push(Group { subnets: vec![subnet.term.clone()], when, told, at }),
                }
            }
        }
    }
    let by_endpoint = groups.iter().fold(Formula::FALSE, |any, group| match tell(look, service, group) {
        true => look.model.resolved.or(any, group.when),
        false => any,
    });
    // Of an endpoint that only has to be mended it is not asked whether groups let out to the internet.
    let inside = look.model.without(inside, by_endpoint);
    // A way that is not looked into may lead to an endpoint, which has a private address.
    let is_touched = from.vpcs.iter().any(|vpc| look.model.toucher(&vpc.term).is_some());
    let beyond = if all_public && !is_touched { from.vpcs.as_slice() } else { &[] };
    open_to_the_world(look, service, inside, all_given, beyond);
}

/// Tells of subnets; true if an endpoint would serve them, were it not for something of its own.
fn tell(look: &mut Look<'_, '_>, service: &str, group: &Group<'_>) -> bool {
    let is_broken = group.told.answer == Answer::Broken;
    let unused = if is_broken { unused_endpoint(look, service) } else { None };
    let mut message = group.told.of(&group.subnets);
    if let Some(unused) = &unused {
        message = format!("{message}; {}", unused.says);
    }
    let from = look.flow.from.told();
    let step = look.say(group.told.answer, group.when, message);
    (step.warns, step.aws_code) = (group.told.warns, group.told.code);
    if is_broken {
        let by_gateway = matches!(service, "s3" | "dynamodb");
        let endpoint = if by_gateway { "a gateway endpoint" } else { "an interface endpoint" };
        let way = if by_gateway { "in the route table" } else { "with private DNS" };
        step.help(format!("add {endpoint} of {service} {way}, or a route to a NAT gateway"));
    } else if step.warns {
        step.help(format!(
            "give {from} the variable `AWS_USE_DUALSTACK_ENDPOINT: \"true\"`, or add an interface endpoint of {service} with \
             private DNS, or a route to a NAT gateway"
        ));
    }
    let is_unused = unused.is_some();
    match (unused, group.at) {
        (Some(unused), _) => {
            step.at(unused.id, unused.path).help(unused.help);
        }
        (None, Some(id)) => {
            step.at(id, pointer(["Resources", id]));
        }
        (None, None) => {}
    }
    is_unused
}

/// An endpoint of the service that would be the way, were it not for something of its own.
struct Unused<'a> {
    id: &'a str,
    path: String,
    says: String,
    help: String,
}

fn unused_endpoint<'a>(look: &Look<'_, 'a>, service: &str) -> Option<Unused<'a>> {
    let model = look.model;
    let here = |id: &&'a str| {
        let vpcs = model.terms(id, "VpcId");
        let same = |vpc: &Placed<'a>| vpcs.iter().any(|own| own.term.same(&vpc.term, model.resolved) == Some(true));
        model.serves(id, service) && look.flow.from.vpcs.iter().any(same)
    };
    model.of_kind("AWS::EC2::VPCEndpoint").filter(here).find_map(|id| {
        let place = |property: &str| pointer(["Resources", id, "Properties", property]);
        if model.interface(id).is_none() {
            let is_named = model.resource(id).is_some_and(|it| it.properties.get("VpcEndpointType").is_some());
            let has_tables = !model.terms(id, "RouteTableIds").is_empty();
            return (!is_named && !has_tables).then(|| Unused {
                id,
                path: pointer(["Resources", id, "Properties"]),
                says: format!("`{id}` names no `VpcEndpointType`, so that it is a gateway and has no interfaces"),
                help: format!("set `VpcEndpointType: Interface` on `{id}`"),
            });
        }
        let is_off =
            model.resolved.property(id, "PrivateDnsEnabled").iter().any(|case| case.value.flag() == Some(false));
        is_off.then(|| Unused {
            id,
            path: place("PrivateDnsEnabled"),
            says: format!("the private DNS of `{id}` is off, so that the name of the API does not lead to it"),
            help: format!("set `PrivateDnsEnabled: true` on `{id}`"),
        })
    })
}

fn told<'a>(look: &Look<'_, 'a>, service: &str, name: &Term<'a>, way: &Way<'a>) -> Told {
    let model = look.model;
    let is_touched = model.may_be_served()
        || model.toucher(name).is_some()
        || model.vpcs_of_subnet(name).iter().any(|vpc| model.toucher(&vpc.term).is_some());
    let leads = |answer, rest: String| Told::new(answer, format!("leads {rest}"), format!("lead {rest}"));
    match way {
        _ if model.has_gateway(name, service) => {
            let gateway = format!("a gateway endpoint of {service}");
            Told::new(Answer::Holds, format!("has {gateway}"), format!("have {gateway}"))
        }
        Way::Nat(nat) => through_nat(model, service, nat),
        Way::Unknown => {
            let rest = format!("to the {service} API: by a NAT gateway or an endpoint");
            let one = format!("which exists already, leads {rest}");
            Told { says: [one, format!("which exist already, lead {rest}")], ..leads(Answer::Assumed, String::new()) }
        }
        Way::Beyond(what) => leads(Answer::Unknown, format!("to {what}, which is not looked into")),
        Way::Peering(_) => leads(Answer::Unknown, "to a peered VPC, which is not looked into".to_owned()),
        _ if is_touched => {
            let says = format!("may have a way to the {service} API by something that is not looked into");
            Told::new(Answer::Unknown, says.clone(), says)
        }
        _ if by_v6(look, name).is_some() => out_by_v6(look, service, name),
        Way::Internet => {
            let from = look.flow.from.told();
            let rest = format!("to an internet gateway, and the interfaces of {from} have no public address");
            Told::broken("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", format!("leads {rest}"), format!("lead {rest}"))
        }
        Way::Nowhere | Way::EgressOnly => {
            let rest = format!("no way to the {service} API: no endpoint, no route out of the VPC");
            Told::broken("NO_ROUTE_TO_DESTINATION", format!("has {rest}"), format!("have {rest}"))
        }
    }
}

/// The route of IPv6 by which a function that uses IPv6 leaves, where there is none of IPv4.
fn by_v6<'a>(look: &Look<'_, 'a>, subnet: &Term<'a>) -> Option<&'a str> {
    let calls = calls_by(look.model, &look.flow.from);
    look.model.outward_by_v6(subnet).filter(|_| look.model.resolved.is_certainly_possible(calls.v6))
}

/// The usual name of an API has IPv4 addresses only. Code that asks for it, or a variable, calls the one of both families.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>
fn out_by_v6<'a>(look: &Look<'_, 'a>, service: &str, subnet: &Term<'a>) -> Told {
    let route = by_v6(look, subnet).unwrap_or_default();
    if asks_for_both(look) {
        let rest = format!("out by IPv6 with `{route}`, and the {service} API has an endpoint of both families");
        return Told::new(Answer::Assumed, format!("leads {rest}"), format!("lead {rest}"));
    }
    let rest = format!("out by IPv6 only, with `{route}`: the usual name of the {service} API has IPv4 only");
    Told { warns: true, ..Told::new(Answer::Unknown, format!("leads {rest}"), format!("lead {rest}")) }
}

fn asks_for_both(look: &Look<'_, '_>) -> bool {
    let Some(id) = look.flow.from.id() else { return false };
    let cases = look.model.resolved.property(id, "Environment/Variables/AWS_USE_DUALSTACK_ENDPOINT");
    cases.iter().any(|case| case.value.flag() == Some(true))
}

fn through_nat<'a>(model: &Model<'a>, service: &str, nat: &Term<'a>) -> Told {
    let good = format!("to the {service} API by {nat}");
    let told = |answer, rest: &str| Told::new(answer, format!("leads {rest}"), format!("lead {rest}"));
    let closed = |code, rest: String| Told::broken(code, format!("leads {rest}"), format!("lead {rest}"));
    let Some(id) = nat.own() else { return told(Answer::Assumed, &good) };
    if model.resolved.property(id, "ConnectivityType").iter().any(|case| case.value.text() == Some("private")) {
        return closed("NO_ROUTE_TO_DESTINATION", format!("to {nat}, which is a private NAT gateway"));
    }
    let mut closed_home = None;
    for home in model.terms(id, "SubnetId") {
        for (when, way, _) in model.outward(&home.term) {
            if matches!(way, Way::Nowhere | Way::Nat(_)) && model.resolved.is_certainly_possible(when) {
                closed_home = Some(home.term.clone());
            }
        }
    }
    match closed_home {
        Some(home) if model.toucher(&home).is_none() => closed(
            "NGW_REQUIRES_SOURCE_IN_VPC",
            format!("to {nat}, whose own subnet {home} has no route to an internet gateway"),
        ),
        Some(_) => told(Answer::Unknown, &good),
        None => told(Answer::Holds, &good),
    }
}

/// Names with commas and an `and` between them.
fn listed(terms: &[Term<'_>]) -> String {
    let mut names: Vec<String> = terms.iter().map(ToString::to_string).collect();
    names.dedup();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// The groups of the caller and the ACLs of its subnets let HTTPS out.
fn open_to_the_world<'a>(look: &mut Look<'_, 'a>, service: &str, inside: Formula, given: bool, beyond: &[Placed<'a>]) {
    let (model, from) = (look.model, look.flow.from.clone());
    if !model.resolved.is_possible(inside) {
        return;
    }
    let v6 = asks_for_both(look) && from.subnets.iter().all(|subnet| by_v6(look, &subnet.term).is_some());
    let side = crate::prove::model::Side { groups: &[], subnet: None, v6, given: true, beyond };
    let port = crate::prove::model::Port::known(443, Formula::TRUE);
    let mut reasons = Vec::new();
    let judged = model.passes(&from.groups, Direction::Egress, &port, &side, &mut reasons);
    let groups = admission::names(&from.groups);
    let split = Split::of(model, judged, inside);
    if let Some(when) = split.holds {
        look.say(Answer::Holds, when, format!("{groups} lets tcp 443 out to the {service} API"));
    }
    for when in [split.assumed, split.foreign].into_iter().flatten() {
        let what = if given { "an endpoint" } else { "the addresses" };
        look.say(Answer::Assumed, when, format!("{groups} lets tcp 443 out to {what} of {service}"));
    }
    if let Some(when) = split.unknown {
        look.say(Answer::Unknown, when, format!("whether {groups} lets tcp 443 out to the {service} API is not known"));
    }
    if let Some(when) = split.broken {
        let message = match from.groups.is_empty() {
            true => format!("{} has subnets and no security group", from.told()),
            false => format!("no rule on {groups} lets tcp 443 out to the {service} API"),
        };
        let step = look.say(Answer::Broken, when, message).aws("ENI_SG_RULES_MISMATCH");
        match from.groups.is_empty() {
            true => step.help(format!("give {} a security group", from.told())),
            false => {
                step.help(format!("add an egress rule to {groups}: tcp 443 to the endpoint's group or to 0.0.0.0/0"))
            }
        };
        if let Some(id) = from.groups.iter().find_map(|group| group.term.own()) {
            step.at(id, pointer(["Resources", id, "Properties"]));
        } else if let Some((id, path)) = from.subnets_at() {
            step.at(id, path);
        }
    }
    acls(look, inside, if v6 { Far::Anywhere(true) } else { Far::Beyond(beyond) });
}

/// The ACLs of the caller's subnets let HTTPS out and its answers in; subnets of one ACL are told together.
fn acls<'a>(look: &mut Look<'_, 'a>, inside: Formula, far: Far<'_, 'a>) {
    let (model, from) = (look.model, look.flow.from.clone());
    let port = crate::prove::model::Port::known(443, Formula::TRUE);
    let mut closed: Vec<(Acl<'a>, bool, Formula, Vec<Term<'a>>)> = Vec::new();
    for subnet in &from.subnets {
        for (when, acl) in model.acls_of(&subnet.term) {
            let under = [subnet.when, when].into_iter().fold(inside, |all, one| model.resolved.and(all, one));
            for (egress, passage) in [(true, Passage::To(&port)), (false, Passage::Answers)] {
                let judged = model.acl_passes(&acl, egress, far, passage);
                let Some(when) = Split::of(model, judged, under).broken else { continue };
                let alike = closed.iter_mut().find(|one| (&one.0, one.1, one.2) == (&acl, egress, when));
                match alike {
                    Some((.., subnets)) => subnets.push(subnet.term.clone()),
                    None => closed.push((acl.clone(), egress, when, vec![subnet.term.clone()])),
                }
            }
        }
    }
    for (acl, egress, when, subnets) in closed {
        let (what, names) = (if egress { "tcp 443 out of" } else { "answers into" }, listed(&subnets));
        let (of, at) = match acl {
            Acl::Own(id) => (format!("`{id}`"), Some(id)),
            _ => (format!("the network ACL of {names}"), subnets.iter().find_map(Term::own)),
        };
        let step = look.say(Answer::Broken, when, format!("{of} lets no {what} {names}")).aws("SUBNET_ACL_RESTRICTION");
        step.help("allow it by an entry");
        if let Some(id) = at {
            step.at(id, pointer(["Resources", id]));
        }
    }
}
