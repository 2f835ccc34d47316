//! Both ends have addresses of one family: a part of the hop `attachment`.

use super::Look;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::family::{calls_by, listens_by};
use crate::prove::fix::Patch;
use crate::prove::flow::End;
use crate::prove::model::{Interface, Judged, Kind};
use crate::resolve::Formula;
use crate::template::{Value, pointer};

/// Tells what an end lacks of the family by which the flow goes.
pub(super) fn look(look: &mut Look<'_, '_>, inside: Formula) {
    callers(look, inside);
    subnets(look, inside);
}

/// What is seen in the template of IPv6 addresses at both ends.
pub(super) fn evidence(look: &Look<'_, '_>) -> Vec<Evidence> {
    let (model, mut found) = (look.model, Vec::new());
    if !look.flow.v6 {
        return found;
    }
    let calls = look.flow.from.interface.as_ref().filter(|one| model.calls_by(one).v6 != Formula::FALSE);
    let listens = look.flow.to.interface.as_ref().filter(|one| model.listens_by(one).v6 != Formula::FALSE);
    let of_caller = calls.and_then(|one| match one.kind {
        Kind::Proxy => model.written(one.id, "TargetConnectionNetworkType"),
        _ => model.says_v6(one),
    });
    let of_listener = listens.and_then(|one| model.says_v6(one));
    for (id, property, value) in [of_caller, of_listener].into_iter().flatten() {
        let path = pointer(["Resources", id, "Properties"].into_iter().chain(property.split('/')));
        let says = format!("`{id}` has `{}: {value}`", property.rsplit('/').next().unwrap_or(property));
        found.push(Evidence { resource: id.to_owned(), path, says, claim: Claim::Equals { value } });
    }
    let subnets = look.flow.from.subnets.iter().chain(&look.flow.to.subnets);
    let subnets = subnets.filter(|subnet| model.has_family(subnet, true).fact != Formula::FALSE);
    for id in subnets.filter_map(|one| one.term.own_subnet(model)) {
        let claim = Claim::HasIpv6;
        let says = format!("`{id}` has a range of IPv6");
        let piece = Evidence { resource: id.to_owned(), path: pointer(["Resources", id]), says, claim };
        if !found.contains(&piece) {
            found.push(piece);
        }
    }
    found
}

/// Whoever opens connections by another family than that by which the far end is reached.
fn callers(look: &mut Look<'_, '_>, inside: Formula) {
    let (model, flow) = (look.model, look.flow);
    let (from, to) = (calls_by(model, &flow.from), listens_by(model, &flow.to));
    let (calls, listens) = if flow.v6 { (from.v6, to.v6) } else { (from.v4, to.v4) };
    let lacks = [
        (&flow.from, model.without(inside, calls), true),
        (&flow.to, model.without(model.resolved.and(inside, calls), listens), false),
    ];
    for (end, when, is_caller) in lacks {
        if !model.resolved.is_possible(when) {
            continue;
        }
        let Some(interface) = &end.interface else { continue };
        match (interface.kind, is_caller) {
            (Kind::Proxy, true) => other_target(look, interface, when),
            (_, true) => closed_caller(look, interface, when),
            (_, false) => {}
        }
    }
}

/// A function, or what rotates a secret, that does not use IPv6.
fn closed_caller(look: &mut Look<'_, '_>, interface: &Interface<'_>, when: Formula) {
    let (from, to) = (look.flow.from.told(), look.flow.to.told());
    let id = interface.id;
    let message = format!("{to} is reached by IPv6 only, which {from} does not use");
    let is_function = interface.kind == Kind::Function;
    let path = if is_function { "VpcConfig" } else { "HostedRotationLambda" };
    let place = pointer(["Resources", id, "Properties", path]);
    let fix = is_function
        .then(|| {
            let allowed = pointer(["Resources", id, "Properties", "VpcConfig", "Ipv6AllowedForDualStack"]);
            Patch::put(look.model.resolved.template(), &allowed, Value::Bool(true))
        })
        .flatten();
    let step = look.say(Answer::Broken, when, message).at(id, place).fix(fix);
    match is_function {
        true => step.help(format!("set `Ipv6AllowedForDualStack: true` on {from}, in subnets with ranges of IPv6")),
        false => step.help(format!("let {to} have IPv4 addresses too")),
    };
}

/// A proxy that has another family towards its targets than they have.
fn other_target(look: &mut Look<'_, '_>, proxy: &Interface<'_>, when: Formula) {
    let (from, to) = (look.flow.from.told(), look.flow.to.told());
    // A proxy that calls by IPv6 lacks IPv4, and the other way round.
    let (calls, has) = if look.flow.v6 { ("IPv4", "IPv6") } else { ("IPv6", "IPv4") };
    let message = format!("{from} calls its targets by {calls} only, and {to} has {has} addresses only");
    let target = look.flow.to.id().unwrap_or(proxy.id);
    let step = look.say(Answer::Broken, when, message).at(target, pointer(["Resources", target, "Properties"]));
    step.help(match calls {
        "IPv6" => {
            format!("set `NetworkType: DUAL` on {to}, in subnets with ranges of IPv6, or let {from} call by IPv4")
        }
        _ => format!("set `TargetConnectionNetworkType: IPV6` on {from}"),
    });
    step.beside(proxy.id);
}

/// Subnets without a range of the family.
fn subnets(look: &mut Look<'_, '_>, inside: Formula) {
    let (from, to) = (look.flow.from.clone(), look.flow.to.clone());
    for end in [&from, &to] {
        let (mut given, mut missing) = (Vec::new(), Vec::new());
        for subnet in &end.subnets {
            let judged = look.model.has_family(subnet, look.flow.v6);
            let judged = judged.or(Judged::fact(look.model.resolved.not(subnet.when)), look.model.resolved);
            let split = Split::of(look.model, judged, inside);
            given.extend(split.assumed.map(|when| (when, subnet.term.to_string())));
            missing.extend(split.broken.map(|when| (when, subnet.term.to_string())));
            for when in [split.foreign, split.unknown].into_iter().flatten() {
                let family = family(look.flow.v6);
                look.say(
                    Answer::Unknown,
                    when,
                    format!("whether {} has a range of {family} is not known", subnet.term),
                )
                .silent();
            }
        }
        if let Some((when, names)) = told(look, given) {
            look.say(Answer::Assumed, when, format!("the subnets of {} have ranges of IPv6: {names}", end.told()));
        }
        if let Some((when, names)) = told(look, missing) {
            closed_subnets(look, end, when, &names);
        }
    }
}

fn closed_subnets(look: &mut Look<'_, '_>, end: &End<'_>, when: Formula, names: &str) {
    let family = family(look.flow.v6);
    let message = format!(
        "{} is reached by {family} only, and subnets of {} have no range of that: {names}",
        look.flow.to.told(),
        end.told()
    );
    let at = end.subnets_at();
    let step = look.say(Answer::Broken, when, message);
    step.help(match family {
        "IPv6" => "give the VPC a range of IPv6 by an `AWS::EC2::VPCCidrBlock`, and each subnet an `Ipv6CidrBlock`",
        _ => "use subnets with an IPv4 range",
    });
    if let Some((id, path)) = at {
        step.at(id, path);
    }
}

/// The worlds of all, and their names with commas between.
fn told(look: &Look<'_, '_>, found: Vec<(Formula, String)>) -> Option<(Formula, String)> {
    let when = found.iter().fold(Formula::FALSE, |any, (when, _)| look.model.resolved.or(any, *when));
    let names: Vec<_> = found.into_iter().map(|(_, name)| name).collect();
    (!names.is_empty()).then(|| (when, names.join(", ")))
}

/// A family by its name.
fn family(v6: bool) -> &'static str {
    if v6 { "IPv6" } else { "IPv4" }
}
