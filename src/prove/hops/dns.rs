//! The name of the far end is resolved.

use super::{Hop, Look};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::fix::Patch;
use crate::prove::model::{Judged, Kind, Model, Placed, Term};
use crate::resolve::Formula;
use crate::template::{Value, pointer};

/// The hop.
pub const HOP: Hop = Hop {
    name: "dns",
    code: Code::new("N3203", "vpc-without-dns"),
    explanation: "Databases, proxies and APIs are called by name, and a VPC whose `EnableDnsSupport` is false has no resolver that \
                  knows the names.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
    told_by: &["E3923"],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if !look.model.resolved.is_possible(inside) {
        return;
    }
    if look.flow.from.vpcs.is_empty() {
        look.say(Answer::Assumed, inside, format!("the VPC of {} resolves names", look.flow.from.told()));
        return;
    }
    for vpc in look.flow.from.vpcs.clone() {
        let split = Split::of(look.model, resolves(look.model, &vpc), look.model.resolved.and(inside, vpc.when));
        if let Some(when) = split.holds {
            let evidence = evidence(look.model, &vpc.term);
            look.say(Answer::Holds, when, format!("{} resolves names", vpc.term)).because(evidence);
        }
        if let Some(when) = split.assumed {
            look.say(Answer::Assumed, when, format!("{} resolves names", vpc.term));
        }
        if let Some(when) = split.unknown {
            let message = format!("whether {} resolves names is not known", vpc.term);
            look.say(Answer::Unknown, when, message);
        }
        if let Some(when) = split.broken {
            broken(look, when, &vpc.term);
        }
    }
}

fn broken(look: &mut Look<'_, '_>, when: Formula, vpc: &Term<'_>) {
    // An endpoint whose name is meant is not found either.
    let endpoint = look.flow.to.id().filter(|_| look.flow.to.kind() == Some(Kind::Endpoint));
    let step = look.say(
        Answer::Broken,
        when,
        format!("{vpc} has `EnableDnsSupport: false`, so that no name is resolved in it"),
    );
    step.help("set `EnableDnsSupport: true`");
    if let Some(endpoint) = endpoint {
        step.beside(endpoint);
    }
    if let Some(id) = vpc.own() {
        let path = pointer(["Resources", id, "Properties", "EnableDnsSupport"]);
        step.fix(Some(Patch::set(id, "EnableDnsSupport", Value::Bool(true))));
        step.at(id, path);
    }
}

/// Whether names are resolved in a VPC: they are unless that is switched off, or another resolver is named.
fn resolves<'a>(model: &Model<'a>, vpc: &Placed<'a>) -> Judged {
    let Some(id) = vpc.term.own() else {
        let known = vpc.term.id().and_then(|id| model.facts.vpc(id)).and_then(|vpc| vpc.dns_support);
        return known.map_or(Judged::benign(Formula::TRUE), |on| if on { Judged::ALWAYS } else { Judged::NEVER });
    };
    let mut all = Judged::NEVER;
    for case in model.resolved.property(id, "EnableDnsSupport") {
        let judged = match case.value.flag() {
            Some(false) => Judged::NEVER,
            None if !case.value.is_absent() => Judged::open(case.when),
            _ => Judged::fact(case.when),
        };
        all = all.or(judged, model.resolved);
    }
    let other = own_resolver(model, &vpc.term);
    let unchanged = model.resolved.not(other);
    Judged { fact: model.resolved.and(all.fact, unchanged), ..all }
}

/// Where the VPC is given resolvers of somebody's own, which are assumed to know the names.
fn own_resolver<'a>(model: &Model<'a>, vpc: &Term<'a>) -> Formula {
    let mut any = Formula::FALSE;
    for id in model.of_kind("AWS::EC2::VPCDHCPOptionsAssociation") {
        let here = model.terms(id, "VpcId").into_iter().filter(|placed| placed.term == *vpc);
        let when = here.fold(Formula::FALSE, |any, placed| model.resolved.or(any, placed.when));
        for options in model.terms(id, "DhcpOptionsId") {
            let servers =
                options.term.own().map(|id| model.resolved.elements(id, "DomainNameServers")).unwrap_or_default();
            if servers.iter().any(|server| server.value.text() != Some("AmazonProvidedDNS")) {
                any = model.resolved.or(any, when);
            }
        }
    }
    any
}

fn evidence(model: &Model<'_>, vpc: &Term<'_>) -> Option<Evidence> {
    let id = vpc.own()?;
    let value = model.resource(id)?.properties.get("EnableDnsSupport");
    let claim = match value {
        Some(value) => Claim::Equals { value: crate::prove::model::spelled(value)? },
        None => Claim::Without { property: "EnableDnsSupport".into() },
    };
    let path = pointer(["Resources", id, "Properties", "EnableDnsSupport"]);
    Some(Evidence { resource: id.to_owned(), path, says: format!("{vpc} has a resolver"), claim })
}
