//! Both ends have interfaces, or addresses that can be called.

use super::{Hop, Look, family};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::flow::End;
use crate::prove::model::{Judged, Kind, Model, Term};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "attachment",
    code: Code::new("N3201", "caller-outside-the-network"),
    explanation: "A function that is in no VPC has no private address, and a proxy, an interface endpoint and a database that is \
                  not publicly accessible have no other: the function's `VpcConfig` names subnets and security groups. What is reached by IPv6 only takes a \
                  function with `Ipv6AllowedForDualStack` and subnets with ranges of IPv6 at both ends.",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    told_by: &["E3922", "E3934", "E3938", "E3941", "E3945", "E3960"],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let outside = look.model.resolved.and(look.flow.under, look.flow.from.outside);
    if look.model.resolved.is_possible(outside) {
        look_outside(look, outside);
    }
    let inside = look.flow.inside(look.model);
    if look.model.resolved.is_possible(inside) {
        let mut evidence = attached(look);
        evidence.extend(family::evidence(look));
        let (from, to) = (look.flow.from.told(), look.flow.to.told());
        let by = if look.flow.v6 { ", with IPv6 addresses" } else { "" };
        let message = if look.flow.from.interface.is_some() {
            format!("{from} and {to} have interfaces in a VPC{by}")
        } else {
            format!("members of {from} have interfaces in a VPC{by}")
        };
        look.say(Answer::Holds, inside, message).because(evidence);
        family::look(look, inside);
        without_group(look, inside);
        other_vpc(look, inside);
    }
}

fn look_outside(look: &mut Look<'_, '_>, outside: Formula) {
    let split = Split::of(look.model, is_public(look.model, &look.flow.to), outside);
    let (from, to) = (look.flow.from.told(), look.flow.to.told());
    let at = look.flow.from.id().map(|id| (id.to_owned(), pointer(["Resources", id, "Properties"])));
    for (answer, when) in
        [(Answer::Holds, split.holds), (Answer::Unknown, split.unknown), (Answer::Broken, split.broken)]
    {
        let Some(when) = when else { continue };
        let message = match answer {
            Answer::Holds => format!("{to} has a public address, and {from} is in no VPC"),
            Answer::Unknown => format!("{from} is in no VPC, and whether {to} has a public address is not known"),
            _ => format!("{from} is in no VPC, and {to} has private addresses only"),
        };
        let step = look.say(answer, when, message);
        if answer == Answer::Broken {
            step.help(format!("give {from} a `VpcConfig` with subnets and a security group of the VPC of {to}"));
        }
        if let Some((id, path)) = &at {
            step.at(id, path.clone());
        }
    }
}

/// Where the far end has a public address.
pub(super) fn is_public<'a>(model: &Model<'a>, to: &End<'a>) -> Judged {
    match (to.kind(), to.id()) {
        (Some(Kind::Database | Kind::Cluster), Some(id)) => {
            let mut all = Judged::NEVER;
            for case in model.resolved.property(id, "PubliclyAccessible") {
                let judged = match case.value.flag() {
                    Some(true) => Judged::fact(case.when),
                    Some(false) => Judged::NEVER,
                    None => Judged::open(case.when),
                };
                all = all.or(judged, model.resolved);
            }
            all
        }
        (Some(_), _) => Judged::NEVER,
        (None, _) => Judged::foreign(Formula::TRUE),
    }
}

fn attached(look: &Look<'_, '_>) -> Vec<Evidence> {
    let each = |end: &End<'_>| {
        let Some((id, path)) = end.subnets_at() else { return Vec::new() };
        if end.subnets.is_empty()
            || end.kind().is_some_and(|kind| matches!(kind, Kind::Database | Kind::Cluster | Kind::Store))
        {
            return Vec::new();
        }
        let named = end.subnets.iter().filter_map(|subnet| match &subnet.term {
            Term::Own(name) => Some((*name).to_owned()),
            term => term.id().map(str::to_owned),
        });
        named
            .map(|what| Evidence {
                resource: id.to_owned(),
                path: path.clone(),
                says: format!("`{id}` is in `{what}`"),
                claim: Claim::Names { what },
            })
            .collect()
    };
    [&look.flow.from, &look.flow.to].into_iter().flat_map(each).collect()
}

/// A function in subnets has a group; it has no default one.
fn without_group(look: &mut Look<'_, '_>, inside: Formula) {
    let from = look.flow.from.clone();
    if from.interface.is_none() || !from.groups.is_empty() || !look.model.resolved.is_certainly_possible(inside) {
        return;
    }
    let message = format!("{} has subnets and no security group", from.told());
    let step = look.say(Answer::Broken, inside, message);
    step.help(format!("give {} a security group", from.told()));
    if let Some((id, path)) = from.subnets_at() {
        step.at(id, path);
    }
}

/// A group serves one VPC only: what has it is in that.
fn other_vpc(look: &mut Look<'_, '_>, inside: Formula) {
    for end in [look.flow.from.clone(), look.flow.to.clone()] {
        if end.subnets.is_empty() {
            continue;
        }
        for group in end.groups.iter().filter(|group| !matches!(group.term, Term::DefaultGroup(_))) {
            if look.model.serves_other_vpcs(&group.term) {
                continue;
            }
            for vpc in look.model.vpcs_of_group(&group.term) {
                let stranger = end.vpcs.iter().find(|own| own.term.same(&vpc.term, look.model.resolved) == Some(false));
                let Some(own) = stranger else { continue };
                let when = [group.when, vpc.when, own.when]
                    .into_iter()
                    .fold(inside, |all, one| look.model.resolved.and(all, one));
                if look.model.resolved.is_certainly_possible(when) {
                    let message = format!(
                        "{} is in {}, and its security group {} is of {}",
                        end.told(),
                        own.term,
                        group.term,
                        vpc.term
                    );
                    let step = look.say(Answer::Broken, when, message);
                    step.help(format!("give {} a security group of {}", end.told(), own.term));
                    if let Some((id, path)) = end.groups_at() {
                        step.at(id, path);
                    }
                }
            }
        }
    }
}
