//! Packets find their way to the far end's subnet.

use super::{Hop, Look};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::flow::End;
use crate::prove::model::{Judged, Model, Way};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "route",
    code: Code::new("N3206", "no-route"),
    explanation: "Within a VPC every route table has a route to all of it, which only a more specific one takes precedence over. \
                  Between peered VPCs each side's table needs a route of its own.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if look.model.resolved.is_possible(inside) {
        let (from, to) = (look.flow.from.clone(), look.flow.to.clone());
        one_way(look, inside, &from, &to);
    }
}

/// Whether packets find from one end to the other.
pub(super) fn one_way<'a>(look: &mut Look<'_, 'a>, inside: Formula, from: &End<'a>, to: &End<'a>) {
    let model = look.model;
    let apart = apart(model, from, to);
    let local = model.without(inside, apart);
    if model.resolved.is_possible(local) {
        let known = from.subnets.iter().filter_map(|subnet| subnet.term.own()).collect::<Vec<_>>();
        let evidence: Vec<_> = known
            .iter()
            .map(|id| Evidence {
                resource: (*id).to_owned(),
                path: pointer(["Resources", id]),
                says: format!("`{id}` has the route to the whole VPC that every table has"),
                claim: Claim::Is { kind: model.kind(id).to_owned() },
            })
            .collect();
        let all_own = !known.is_empty() && known.len() == from.subnets.len();
        let answer = if all_own { Answer::Holds } else { Answer::Assumed };
        let message = match all_own {
            true => format!("the VPC routes locally from {} to {}", from.told(), to.told()),
            false => format!(
                "the route tables of the subnets of {} have the local route and none that is more specific",
                from.told()
            ),
        };
        look.say(answer, local, message).because(evidence);
        detours(look, local, from, to);
    }
    if model.resolved.is_possible(model.resolved.and(inside, apart)) {
        peered(look, model.resolved.and(inside, apart), from, to);
    }
}

/// Where both ends are in different VPCs for sure.
fn apart<'a>(model: &Model<'a>, from: &End<'a>, to: &End<'a>) -> Formula {
    let mut apart = Formula::FALSE;
    for (one, other) in from.vpcs.iter().flat_map(|one| to.vpcs.iter().map(move |other| (one, other))) {
        if one.term.same(&other.term, model.resolved) == Some(false) {
            apart = model.resolved.or(apart, model.resolved.and(one.when, other.when));
        }
    }
    apart
}

fn detours<'a>(look: &mut Look<'_, 'a>, under: Formula, from: &End<'a>, to: &End<'a>) {
    let model = look.model;
    for source in &from.subnets {
        for target in to.subnets.iter().filter(|target| target.term != source.term) {
            for (when, way, route) in model.detours(&source.term, target, look.flow.v6) {
                let when =
                    [source.when, target.when, when].into_iter().fold(under, |all, one| model.resolved.and(all, one));
                let Some(id) = route.filter(|_| model.resolved.is_certainly_possible(when)) else { continue };
                let by = if model.resource(id).is_some() { "" } else { "a route of " };
                let message = format!(
                    "{by}`{id}` takes packets from {} for {} elsewhere, past the local route",
                    source.term, target.term
                );
                let passes_on = matches!(way, Way::Beyond(_) | Way::Unknown);
                let answer = if passes_on { Answer::Unknown } else { Answer::Broken };
                let step = look.say(answer, when, message).aws("MORE_SPECIFIC_ROUTE");
                step.help("remove the route, or narrow its destination");
                if model.resource(id).is_some() {
                    step.at(id, pointer(["Resources", id, "Properties"]));
                }
                if passes_on {
                    step.silent();
                }
                return;
            }
        }
    }
}

/// Whether the tables of one end's subnets have a route by a peering to every subnet of the other.
fn peered<'a>(look: &mut Look<'_, 'a>, under: Formula, from: &End<'a>, to: &End<'a>) {
    let model = look.model;
    let pairs = from.vpcs.iter().flat_map(|one| to.vpcs.iter().map(move |other| (one, other)));
    let peerings: Vec<_> = pairs.flat_map(|(one, other)| model.peerings(&one.term, &other.term)).collect();
    if peerings.is_empty() {
        look.say(
            Answer::Unknown,
            under,
            format!("what routes from {} to {} is not looked into", from.told(), to.told()),
        )
        .silent();
        return;
    }
    let mut all = Judged::ALWAYS;
    for source in &from.subnets {
        for target in &to.subnets {
            let used = model.resolved.and(source.when, target.when);
            let routed = model.routed_by(&source.term, target, &peerings, look.flow.v6);
            all = all.and(routed.or(Judged::fact(model.resolved.not(used)), model.resolved), model.resolved);
        }
    }
    if from.subnets.is_empty() || to.subnets.is_empty() {
        all = Judged::foreign(Formula::TRUE);
    }
    let split = Split::of(model, all, under);
    let peering = peerings[0].1;
    if let Some(when) = split.holds {
        look.say(Answer::Holds, when, format!("a route by `{peering}` leads from {} to {}", from.told(), to.told()));
    }
    for when in [split.assumed, split.foreign, split.unknown].into_iter().flatten() {
        look.say(
            Answer::Unknown,
            when,
            format!("whether a route by `{peering}` leads from {} to {} is not known", from.told(), to.told()),
        )
        .silent();
    }
    if let Some(when) = split.broken {
        let subnet = from.subnets.iter().find_map(|subnet| subnet.term.own()).unwrap_or(peering);
        let message =
            format!("the route tables of {} have no route by `{peering}` to the subnets of {}", from.told(), to.told());
        let step = look.say(Answer::Broken, when, message).aws("NO_ROUTE_TO_DESTINATION");
        step.help(format!("add an `AWS::EC2::Route` by `{peering}` to each route table of {}", from.told()));
        step.at(subnet, pointer(["Resources", subnet]));
    }
}
