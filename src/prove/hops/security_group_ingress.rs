//! The groups of the listener admit the caller.

use super::{Hop, Look, admission, attachment};
use crate::diagnostic::Code;
use crate::prove::answer::{Answer, Claim, Evidence};
use crate::prove::model::{Direction, Judged, Model, Side, Term};
use crate::resolve::Formula;

/// The hop.
pub const HOP: Hop = Hop {
    name: "security-group-ingress",
    code: Code::new("N3204", "closed-security-group-ingress"),
    explanation: "A security group admits nobody but whom its rules name, not even its own members: a rule of the listener's group \
                  has to cover the port on which it really listens, and the caller's group or addresses.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let (model, under) = (look.model, look.flow.under);
    if look.flow.to.given {
        given(look);
        return;
    }
    let inside = look.flow.inside(model);
    if model.resolved.is_possible(inside) {
        admission::look(look, Direction::Ingress, inside, false);
    }
    // Where the far end has no public address, that is what breaks.
    let outside = model.resolved.and(under, look.flow.from.outside);
    let outside = model.resolved.and(outside, attachment::is_public(model, &look.flow.to).open);
    if model.resolved.is_possible(outside) {
        admission::look(look, Direction::Ingress, outside, true);
    }
}

/// What exists already has groups that nobody sees here. A rule of the template that admits the caller to an existing
/// group was written for it; without one, no existing rule can name a group that is yet to be created.
fn given(look: &mut Look<'_, '_>) {
    let (flow, model) = (look.flow, look.model);
    let (from, to) = (flow.from.told(), flow.to.told());
    let mut admitted = Vec::new();
    for rule in model.rules_of_given(Direction::Ingress) {
        for port in &flow.ports {
            let (groups, subnet) = (&flow.from.groups, flow.from.subnets.first());
            let side = Side { groups, subnet, v6: false, given: false, beyond: &[] };
            let judged = model.rule_passes(rule, port, &side);
            if judged.open != Formula::FALSE {
                admitted.push((rule.holder, rule.group.to_string(), judged));
            }
        }
    }
    let any = admitted.iter().fold(Judged::NEVER, |all, (.., judged)| all.or(*judged, model.resolved));
    let is_new = flow.from.groups.iter().all(|group| matches!(group.term, Term::Own(_)));
    if let Some((holder, group, _)) = admitted.first() {
        let by = holder.map_or_else(|| "an existing rule".to_owned(), |id| format!("`{id}`"));
        let when = model.resolved.and(flow.under, any.open);
        let message = format!("{group}, to which {by} admits {from}, is a group of {to}");
        let evidence: Vec<_> = admitted.iter().filter_map(|(holder, ..)| is_there(model, *holder)).collect();
        look.say(Answer::Assumed, when, message).because(evidence);
    }
    let rest = model.without(flow.under, any.open);
    if model.resolved.is_possible(rest) {
        let message = format!("no rule here admits {from} to {to}, which exists already");
        if is_new {
            let help =
                format!("add an ingress rule to the security group of {to}, or say `assume` where another stack does");
            look.say(Answer::Unknown, rest, message).help(help);
        } else {
            look.say(
                Answer::Assumed,
                rest,
                format!("{to}, which exists already, admits {from} on {}", flow.told_port()),
            );
        }
    }
}

/// The rule that a resource of the template is.
fn is_there(model: &Model<'_>, holder: Option<&str>) -> Option<Evidence> {
    let id = holder?;
    let path = crate::template::pointer(["Resources", id]);
    let (says, kind) = (format!("`{id}` is a rule of it"), model.kind(id).to_owned());
    Some(Evidence { resource: id.to_owned(), path, says, claim: Claim::Is { kind } })
}
