//! Network ACLs let packets to the far end out of one subnet and into the other.

use super::{Hop, Look};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence, Split};
use crate::prove::fix::Patch;
use crate::prove::flow::End;
use crate::prove::model::{Acl, EPHEMERAL, Far, Judged, Passage, Placed, Port};
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop.
pub const HOP: Hop = Hop {
    name: "network-acl",
    code: Code::new("N3207", "closed-network-acl"),
    explanation: "A network ACL of one's own denies whatever no entry allows, in both directions. Traffic within a subnet does not \
                  pass it.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if !look.model.resolved.is_possible(inside) {
        return;
    }
    let (from, to, ports) = (look.flow.from.clone(), look.flow.to.clone(), look.flow.ports.clone());
    for port in &ports {
        let under = look.model.resolved.and(inside, port.when);
        if look.model.resolved.is_possible(under) {
            edges(look, under, &from, &to, Passage::To(port));
        }
    }
}

/// Whether packets pass the edges of the subnets of both ends: out of those of `from`, into those of `to`.
pub(super) fn edges<'a>(
    look: &mut Look<'_, 'a>,
    under: Formula,
    from: &End<'a>,
    to: &End<'a>,
    passage: Passage<'_, 'a>,
) {
    let (model, v6) = (look.model, look.flow.v6);
    let mut given: Vec<String> = Vec::new();
    let mut fresh: Vec<Evidence> = Vec::new();
    let mut told: Vec<(String, bool, Answer)> = Vec::new();
    let nowhere = Vec::new();
    for (ends, far, egress) in [(from, to, true), (to, from, false)] {
        let far_subnets = if far.subnets.is_empty() { &nowhere } else { &far.subnets };
        if ends.subnets.is_empty() {
            push_new(&mut given, format!("those of {}", ends.told()));
        }
        for subnet in &ends.subnets {
            let fars: Vec<Option<&Placed<'a>>> = match far_subnets.is_empty() {
                true => vec![None],
                false => far_subnets
                    .iter()
                    .filter(|far| far.term != subnet.term || subnet.term.is_many())
                    .map(Some)
                    .collect(),
            };
            for (when, acl) in model.acls_of(&subnet.term) {
                let under = [subnet.when, when].into_iter().fold(under, |all, one| model.resolved.and(all, one));
                let judged = fars.iter().fold(Judged::ALWAYS, |all, far| {
                    let passes =
                        model.acl_passes(&acl, egress, far.map_or(Far::Anywhere(v6), |far| Far::At(far, v6)), passage);
                    let used = far.map_or(Formula::TRUE, |far| far.when);
                    all.and(passes.or(Judged::fact(model.resolved.not(used)), model.resolved), model.resolved)
                });
                if !model.resolved.is_possible(under) || fars.is_empty() {
                    continue;
                }
                if matches!(acl, Acl::Given) {
                    push_new(&mut given, format!("that of {}", subnet.term));
                    continue;
                }
                let edge = Edge { subnet, acl: &acl, egress, far };
                if matches!(acl, Acl::New) {
                    evidence(&edge).into_iter().for_each(|piece| push_new(&mut fresh, piece));
                    continue;
                }
                tell(look, &edge, Split::of(model, judged, under), passage, &mut told);
            }
        }
    }
    let what = what(passage, v6);
    if !given.is_empty() {
        look.say(Answer::Assumed, under, format!("the network ACLs let {what} through: {}", given.join(", ")));
    }
    if !fresh.is_empty() {
        let subnets: Vec<_> = fresh.iter().map(|piece| format!("`{}`", piece.resource)).collect();
        let message =
            format!("the network ACL of a new VPC lets {what} through, as everything: {}", subnets.join(", "));
        look.say(Answer::Holds, under, message).because(fresh);
    } else if given.is_empty() && told.is_empty() {
        look.say(
            Answer::Holds,
            under,
            format!("{} and {} are in one subnet, in which no network ACL counts", from.told(), to.told()),
        );
    }
}

fn push_new<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// One edge of a subnet.
struct Edge<'e, 'a> {
    subnet: &'e Placed<'a>,
    acl: &'e Acl<'a>,
    egress: bool,
    far: &'e End<'a>,
}

fn what(passage: Passage<'_, '_>, v6: bool) -> String {
    let by = if v6 { " by IPv6" } else { "" };
    match passage {
        Passage::To(port) => format!("{}{by}", port.told()),
        Passage::Answers => format!("answers to tcp {}-{}{by}", EPHEMERAL.0, EPHEMERAL.1),
    }
}

fn tell<'a>(
    look: &mut Look<'_, 'a>,
    edge: &Edge<'_, 'a>,
    split: Split,
    passage: Passage<'_, 'a>,
    told: &mut Vec<(String, bool, Answer)>,
) {
    let acl = match edge.acl {
        Acl::Own(id) => format!("`{id}`"),
        Acl::Known(id) => format!("`{id}`"),
        Acl::New | Acl::Given => format!("the default network ACL of {}", edge.subnet.term),
    };
    let (what, way) = (what(passage, look.flow.v6), if edge.egress { "out of" } else { "into" });
    let answers = [
        (Answer::Holds, split.holds),
        (Answer::Assumed, split.assumed),
        (Answer::Unknown, split.foreign),
        (Answer::Unknown, split.unknown),
        (Answer::Broken, split.broken),
    ];
    for (at, (answer, when)) in answers.into_iter().enumerate() {
        let Some(when) = when else { continue };
        let key = (acl.clone(), edge.egress, answer);
        if told.contains(&key) {
            continue;
        }
        told.push(key);
        let message = match (answer, passage) {
            (Answer::Holds, _) => format!("{acl} lets {what} {way} {}", edge.subnet.term),
            (Answer::Assumed, Passage::Answers) => format!(
                "{acl} lets answers {way} {} on the ports that clients use, not on all of {what}",
                edge.subnet.term
            ),
            (Answer::Assumed, _) => format!("{acl} lets {what} {way} {}", edge.subnet.term),
            (Answer::Unknown, _) => format!("whether {acl} lets {what} {way} {} is not known", edge.subnet.term),
            (Answer::Broken, _) => format!("{acl} lets no {what} {way} {}", edge.subnet.term),
        };
        let evidence = evidence(edge);
        let mends = answer == Answer::Broken || at == 3;
        let fix = mends.then(|| fix(look, edge, passage)).flatten();
        let step = look.say(answer, when, message);
        if answer == Answer::Holds {
            step.because(evidence);
        }
        if let Acl::Own(id) = edge.acl {
            step.at(id, pointer(["Resources", id]));
        }
        if at == 2 {
            step.silent();
        }
        if answer == Answer::Broken {
            let side = if edge.egress { "an outbound" } else { "an inbound" };
            step.aws("SUBNET_ACL_RESTRICTION");
            step.help(format!(
                "add {side} entry to {acl} that allows {what} {} {}",
                if edge.egress { "to" } else { "from" },
                edge.far.told()
            ));
        }
        step.fix(fix);
    }
}

fn evidence(edge: &Edge<'_, '_>) -> Option<Evidence> {
    let subnet = edge.subnet.term.own()?;
    let (resource, kind) = match edge.acl {
        Acl::Own(id) => (*id, "AWS::EC2::NetworkAcl"),
        _ => (subnet, "AWS::EC2::Subnet"),
    };
    let says = match edge.acl {
        Acl::Own(id) => format!("`{subnet}` has the network ACL `{id}`"),
        _ => format!("`{subnet}` has the network ACL of a new VPC, which lets everything through"),
    };
    let claim = Claim::Is { kind: kind.to_owned() };
    Some(Evidence { resource: resource.to_owned(), path: pointer(["Resources", resource]), says, claim })
}

/// An entry that lets the packets through, before all others.
fn fix<'a>(look: &Look<'_, 'a>, edge: &Edge<'_, 'a>, passage: Passage<'_, 'a>) -> Option<Patch> {
    let Acl::Own(acl) = edge.acl else { return None };
    let answers = Port::known(EPHEMERAL.0, Formula::TRUE);
    let (from, to) = match passage {
        Passage::To(port) => (port.number?, port.number?),
        Passage::Answers => (answers.number?, EPHEMERAL.1),
    };
    Patch::entry(look.model, acl, edge.egress, &edge.far.subnets, (from, to), look.flow.v6)
}
