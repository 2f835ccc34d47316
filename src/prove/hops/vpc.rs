//! Both ends are in one VPC, or in two that are linked.

use super::{Hop, Look};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::model::{Judged, Placed, Term};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "vpc",
    code: Code::new("N3202", "ends-in-unlinked-vpcs"),
    explanation: "Private addresses are reached within their VPC, and from others over a peering or a transit gateway. For a proxy \
                  an `AWS::RDS::DBProxyEndpoint` in the other VPC is a way without either.",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html",
    told_by: &["E3936"],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if !look.model.resolved.is_possible(inside) {
        return;
    }
    let (from, to) = (look.flow.from.told(), look.flow.to.told());
    let unknown = look.flow.from.vpcs.is_empty() || look.flow.to.vpcs.is_empty();
    if unknown && !share_subnets(look) {
        look.say(Answer::Assumed, inside, format!("{from} and {to} are in one VPC, or their VPCs are linked"));
        return;
    }
    if unknown {
        look.say(Answer::Holds, inside, format!("{from} and {to} are in the same subnets"));
        return;
    }
    let split = Split::of(look.model, is_one(look), inside);
    if let Some(when) = split.holds {
        let evidence = evidence(look);
        look.say(Answer::Holds, when, format!("{from} and {to} are in {}", told(&look.flow.from.vpcs)))
            .because(evidence);
    }
    if let Some(when) = split.assumed {
        look.say(Answer::Assumed, when, format!("{from} and {to} are in one VPC, or their VPCs are linked"));
    }
    if let Some(when) = split.foreign {
        let message =
            format!("what links {} and {} is not looked into", told(&look.flow.from.vpcs), told(&look.flow.to.vpcs));
        look.say(Answer::Unknown, when, message).silent();
    }
    if let Some(when) = split.unknown {
        let message = format!("{} and {} may be different VPCs", told(&look.flow.from.vpcs), told(&look.flow.to.vpcs));
        look.say(Answer::Unknown, when, message).help("use one parameter for the VPC of both");
    }
    if let Some(when) = split.broken {
        broken(look, when);
    }
}

fn broken(look: &mut Look<'_, '_>, when: Formula) {
    let (from, to) = (look.flow.from.told(), look.flow.to.told());
    let message = format!(
        "{from} is in {}, {to} is in {}, and nothing links them",
        told(&look.flow.from.vpcs),
        told(&look.flow.to.vpcs)
    );
    let at = look.flow.from.subnets_at().or_else(|| look.flow.to.subnets_at());
    let step = look.say(Answer::Broken, when, message).aws("DISCONNECTED_VPCS");
    step.help(format!("put {from} into the VPC of {to}, or peer the two VPCs"));
    if let Some((id, path)) = at {
        step.at(id, path);
    }
}

fn share_subnets(look: &Look<'_, '_>) -> bool {
    let (ones, others) = (&look.flow.from.subnets, &look.flow.to.subnets);
    let same = |one: &Placed<'_>| others.iter().any(|other| one.term == other.term);
    !ones.is_empty() && ones.iter().all(same)
}

fn is_one(look: &Look<'_, '_>) -> Judged {
    let model = look.model;
    let mut all = Judged::NEVER;
    for one in &look.flow.from.vpcs {
        for other in &look.flow.to.vpcs {
            let when = model.resolved.and(one.when, other.when);
            let judged = match one.term.same(&other.term, model.resolved) {
                Some(true) => Judged::fact(when),
                None => Judged::open(when),
                Some(false) => linked(look, &one.term, &other.term).within(when, model.resolved),
            };
            all = all.or(judged, model.resolved);
        }
    }
    // Where one of them is not known they may well be one.
    let known = model.resolved.and(model.any_of(&look.flow.from.vpcs), model.any_of(&look.flow.to.vpcs));
    all.or(Judged::benign(model.resolved.not(known)), model.resolved)
}

fn linked<'a>(look: &Look<'_, 'a>, one: &Term<'a>, other: &Term<'a>) -> Judged {
    let peerings = look.model.peerings(one, other);
    let sure = peerings.iter().fold(Formula::FALSE, |any, (when, _)| look.model.resolved.or(any, *when));
    let is_touched = look.model.toucher(one).is_some() || look.model.toucher(other).is_some();
    let both_exist = one.own().is_none() && other.own().is_none();
    if sure != Formula::FALSE {
        return Judged::fact(sure);
    }
    match look.model.may_be_linked().is_some() || is_touched || both_exist {
        true => Judged::foreign(Formula::TRUE),
        false => Judged::NEVER,
    }
}

fn told(vpcs: &[Placed<'_>]) -> String {
    let names: Vec<_> = vpcs.iter().map(|vpc| vpc.term.to_string()).collect();
    names.join(" or ")
}

/// That each subnet of the template is in the VPC.
fn evidence(look: &Look<'_, '_>) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for end in [&look.flow.from, &look.flow.to] {
        let members = end.subnets.iter().chain(if end.subnets.is_empty() { end.groups.iter() } else { [].iter() });
        for id in members.filter_map(|placed| placed.term.own()) {
            for vpc in look.model.terms(id, "VpcId") {
                let what = vpc.term.own().map(str::to_owned).unwrap_or_else(|| vpc.term.to_string().replace('`', ""));
                let piece = Evidence {
                    resource: id.to_owned(),
                    path: pointer(["Resources", id, "Properties", "VpcId"]),
                    says: format!("`{id}` is in {}", vpc.term),
                    claim: Claim::Names { what },
                };
                if !found.contains(&piece) {
                    found.push(piece);
                }
            }
        }
    }
    found
}
