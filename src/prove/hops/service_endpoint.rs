//! The API of a service is reached: by an interface endpoint, or by a way out of the VPC.

use super::{Hop, Look, admission};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Split};
use crate::prove::model::{Acl, Direction, Far, Judged, Kind, Model, Passage, Placed, Term, Way};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "service-endpoint",
    code: Code::new("N3210", "api-out-of-reach"),
    explanation: "A function in a VPC has private addresses only. It reaches the API of a service by an interface endpoint with \
                  private DNS, or by a NAT gateway: a route to an internet gateway does not serve it. Its own logs, and the login \
                  tokens of databases, need neither.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let Some(service) = look.flow.service.clone() else { return };
    match look.flow.to.kind() {
        Some(Kind::Endpoint) => private_dns(look, &service),
        _ if look.flow.to.given && look.flow.to.name == service => outward(look, &service),
        _ => {}
    }
}

/// The name of the service leads to the endpoint only if its VPC has names for interfaces too.
fn private_dns(look: &mut Look<'_, '_>, service: &str) {
    let under = look.flow.inside(look.model);
    let Some(endpoint) = look.flow.to.id() else { return };
    for vpc in look.flow.to.vpcs.clone() {
        let judged = has_hostnames(look.model, &vpc);
        let split = Split::of(look.model, judged, look.model.resolved.and(under, vpc.when));
        let name = format!("the name of the {service} API leads to `{endpoint}`");
        let path = pointer(["Resources", endpoint, "Properties"]);
        if let Some(when) = split.holds {
            look.say(Answer::Holds, when, name.clone()).at(endpoint, path.clone());
        }
        if let Some(when) = split.assumed {
            look.say(Answer::Assumed, when, format!("{name}: {} has DNS host names on", vpc.term))
                .at(endpoint, path.clone());
        }
        if let Some(when) = split.unknown {
            let message = format!("whether {} has DNS host names on, which `{endpoint}` needs, is not known", vpc.term);
            look.say(Answer::Unknown, when, message).at(endpoint, path.clone());
        }
        if let Some(when) = split.broken {
            let message = format!("{} has DNS host names off, which the private DNS of `{endpoint}` needs", vpc.term);
            let step = look.say(Answer::Broken, when, message).at(endpoint, path.clone());
            step.help(format!("set `EnableDnsHostnames: true` on {}", vpc.term));
            if let Some(id) = vpc.term.own() {
                step.fix(Some(crate::prove::fix::Patch::set(id, "EnableDnsHostnames", true.into())));
                step.at(id, pointer(["Resources", id, "Properties", "EnableDnsHostnames"]));
            }
        }
    }
}

/// Both settings are needed; of a VPC that the template creates the second one is off unless said otherwise.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html>
fn has_hostnames<'a>(model: &Model<'a>, vpc: &Placed<'a>) -> Judged {
    let Some(id) = vpc.term.own() else {
        let known = vpc.term.id().and_then(|id| model.facts.vpc(id)).and_then(|vpc| vpc.dns_hostnames);
        return known.map_or(Judged::benign(Formula::TRUE), |on| if on { Judged::ALWAYS } else { Judged::NEVER });
    };
    let mut all = Judged::NEVER;
    for case in model.resolved.property(id, "EnableDnsHostnames") {
        let judged = match case.value.flag() {
            Some(true) => Judged::fact(case.when),
            None if !case.value.is_absent() => Judged::open(case.when),
            _ => Judged::NEVER,
        };
        all = all.or(judged, model.resolved);
    }
    all
}

/// Out of the VPC: from each subnet of the caller.
fn outward(look: &mut Look<'_, '_>, service: &str) {
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
    for subnet in &from.subnets {
        for (when, way, route) in look.model.outward(&subnet.term) {
            let when = [subnet.when, when].into_iter().fold(inside, |all, one| look.model.resolved.and(all, one));
            if look.model.resolved.is_possible(when) {
                all_given &= way == Way::Unknown;
                all_public &= matches!(way, Way::Nat(_) | Way::Internet);
                one_way(look, service, subnet, when, &way, route);
            }
        }
    }
    // A way that is not looked into may lead to an endpoint, which has a private address.
    let is_touched = from.vpcs.iter().any(|vpc| look.model.toucher(&vpc.term).is_some());
    let beyond = if all_public && !is_touched { from.vpcs.as_slice() } else { &[] };
    open_to_the_world(look, service, inside, all_given, beyond);
}

fn one_way<'a>(
    look: &mut Look<'_, 'a>,
    service: &str,
    subnet: &Placed<'a>,
    when: Formula,
    way: &Way<'a>,
    route: Option<&'a str>,
) {
    let name = &subnet.term;
    let is_touched = look.model.may_be_served()
        || look.model.toucher(name).is_some()
        || look.model.vpcs_of_subnet(name).iter().any(|vpc| look.model.toucher(&vpc.term).is_some());
    let is_gateway = look.model.has_gateway(name, service);
    let at = route.or_else(|| name.own());
    let help = format!("add an interface endpoint of {service} with private DNS, or a route to a NAT gateway");
    let (answer, message, code, warns) = match way {
        _ if is_gateway => (Answer::Holds, format!("{name} has a gateway endpoint of {service}"), None, false),
        Way::Nat(nat) => through_nat(look.model, service, name, nat),
        Way::Unknown => (
            Answer::Assumed,
            format!("{name}, which exists already, leads to the {service} API: by a NAT gateway or an endpoint"),
            None,
            false,
        ),
        Way::Beyond(what) => {
            (Answer::Unknown, format!("{name} leads to {what}, which is not looked into"), None, false)
        }
        Way::Peering(_) => {
            (Answer::Unknown, format!("{name} leads to a peered VPC, which is not looked into"), None, false)
        }
        _ if is_touched => (
            Answer::Unknown,
            format!("something that is not looked into may give {name} a way to the {service} API"),
            None,
            false,
        ),
        Way::Internet => (
            Answer::Broken,
            format!(
                "{name} leads to an internet gateway, and the interfaces of {} have no public address",
                look.flow.from.told()
            ),
            Some("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
            true,
        ),
        Way::Nowhere => (
            Answer::Broken,
            format!("{name} has no way to the {service} API: no endpoint, no route out of the VPC"),
            Some("NO_ROUTE_TO_DESTINATION"),
            true,
        ),
    };
    let step = look.say(answer, when, message);
    step.warns = warns;
    step.aws_code = code;
    if answer == Answer::Broken {
        step.help(help);
    }
    if let Some(id) = at {
        step.at(id, pointer(["Resources", id]));
    }
}

type Told = (Answer, String, Option<&'static str>, bool);

fn through_nat<'a>(model: &Model<'a>, service: &str, subnet: &Term<'a>, nat: &Term<'a>) -> Told {
    let good = format!("{subnet} leads to the {service} API by {nat}");
    let Some(id) = nat.own() else { return (Answer::Assumed, good, None, false) };
    if model.resolved.property(id, "ConnectivityType").iter().any(|case| case.value.text() == Some("private")) {
        let message = format!("{subnet} leads to {nat}, which is a private NAT gateway");
        return (Answer::Broken, message, Some("NO_ROUTE_TO_DESTINATION"), true);
    }
    let mut closed = None;
    for home in model.terms(id, "SubnetId") {
        for (when, way, _) in model.outward(&home.term) {
            if matches!(way, Way::Nowhere | Way::Nat(_)) && model.resolved.is_certainly_possible(when) {
                closed = Some(home.term.clone());
            }
        }
    }
    match closed {
        Some(home) if model.toucher(&home).is_none() => {
            let message =
                format!("{subnet} leads to {nat}, whose own subnet {home} has no route to an internet gateway");
            (Answer::Broken, message, Some("NGW_REQUIRES_SOURCE_IN_VPC"), true)
        }
        Some(_) => (Answer::Unknown, good, None, false),
        None => (Answer::Holds, good, None, false),
    }
}

/// The groups of the caller and the ACLs of its subnets let HTTPS out.
fn open_to_the_world<'a>(look: &mut Look<'_, 'a>, service: &str, inside: Formula, given: bool, beyond: &[Placed<'a>]) {
    let (model, from) = (look.model, look.flow.from.clone());
    let side = crate::prove::model::Side { groups: &[], subnet: None, v6: false, given: true, beyond };
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
        let message = format!("no rule on {groups} lets tcp 443 out to the {service} API");
        let step = look.say(Answer::Broken, when, message).aws("ENI_SG_RULES_MISMATCH");
        step.help(format!("add an egress rule to {groups}: tcp 443 to the endpoint's group or to 0.0.0.0/0"));
        if let Some(id) = from.groups.iter().find_map(|group| group.term.own()) {
            step.at(id, pointer(["Resources", id, "Properties"]));
        }
    }
    acls(look, inside, beyond);
}

fn acls<'a>(look: &mut Look<'_, 'a>, inside: Formula, beyond: &[Placed<'a>]) {
    let (model, from) = (look.model, look.flow.from.clone());
    let port = crate::prove::model::Port::known(443, Formula::TRUE);
    for subnet in &from.subnets {
        for (when, acl) in model.acls_of(&subnet.term) {
            let under = [subnet.when, when].into_iter().fold(inside, |all, one| model.resolved.and(all, one));
            for (egress, passage) in [(true, Passage::To(&port)), (false, Passage::Answers)] {
                let judged = model.acl_passes(&acl, egress, Far::Beyond(beyond), passage);
                let Some(when) = Split::of(model, judged, under).broken else { continue };
                let what = if egress { "tcp 443 out of" } else { "answers into" };
                let (of, at) = match acl {
                    Acl::Own(id) => (format!("`{id}`"), Some(id)),
                    _ => (format!("the network ACL of {}", subnet.term), subnet.term.own()),
                };
                let message = format!("{of} lets no {what} {}", subnet.term);
                let step = look.say(Answer::Broken, when, message).aws("SUBNET_ACL_RESTRICTION");
                step.help("allow it by an entry");
                if let Some(id) = at {
                    step.at(id, pointer(["Resources", id]));
                }
            }
        }
    }
}
