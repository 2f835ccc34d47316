//! The API of a service is reached: by an interface endpoint, or by a way out of the VPC.

use super::{Hop, Look, outward};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Split};
use crate::prove::model::{Judged, Kind, Model, Placed};
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
    told_by: &["E3921", "E3922", "E3923"],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let Some(service) = look.flow.service.clone() else { return };
    match look.flow.to.kind() {
        Some(Kind::Endpoint) => private_dns(look, &service),
        _ if look.flow.to.given && look.flow.to.name == service => outward::look(look, &service),
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
            step.beside(endpoint);
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
