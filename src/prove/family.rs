//! By which address family a flow goes: the one that both ends have, or of both the one that is open.

use super::answer::Answer;
use super::flow::{End, Flow};
use super::hops::Hop;
use super::model::{Families, Model};
use crate::resolve::Formula;

/// A flow in the worlds of each family; none where it is by IPv4 in all of them.
///
/// Where both ends have both families, a client that is refused or left waiting by one goes on to the other: one family
/// that is open will do. Where they have none in common, the far end's is looked at, and the hop `attachment` tells what
/// the near end lacks.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8305>
pub fn by_family<'a>(model: &Model<'a>, flow: &Flow<'a>, route: &[&'static Hop]) -> Option<Vec<Flow<'a>>> {
    let (from, to) = (calls_by(model, &flow.from), listens_by(model, &flow.to));
    if from.v4 == Formula::TRUE && to == Families::V4 {
        return None;
    }
    let (and, or) = (|a, b| model.resolved.and(a, b), |a, b| model.resolved.or(a, b));
    let (v4, v6) = (and(from.v4, to.v4), and(from.v6, to.v6));
    let choice = and(flow.under, and(v4, v6));
    let only = |under, v6| Flow { under, v6, ..flow.clone() };
    let open_v6 = if model.resolved.is_possible(choice) {
        let closed_v4 = closed(model, &only(choice, false), route);
        let closed_v4 = and(choice, closed_v4);
        match model.resolved.is_possible(closed_v4) {
            true => model.without(closed_v4, closed(model, &only(closed_v4, true), route)),
            false => Formula::FALSE,
        }
    } else {
        Formula::FALSE
    };
    // Without a family in common the far end's own counts.
    let apart = model.without(model.resolved.not(v4), v6);
    let lonely_v6 = and(apart, model.without(to.v6, to.v4));
    let by_v6 = or(or(model.without(v6, v4), lonely_v6), open_v6);
    let flows = [only(model.without(flow.under, by_v6), false), only(and(flow.under, by_v6), true)];
    Some(flows.into_iter().filter(|flow| model.resolved.is_possible(flow.under)).collect())
}

/// By which families an end opens connections; who it is that has a group is not known, and may have both.
pub fn calls_by<'a>(model: &Model<'a>, end: &End<'a>) -> Families {
    match &end.interface {
        Some(interface) => model.calls_by(interface),
        None if end.given => Families::V4,
        None => Families::BOTH,
    }
}

/// By which families an end is reached.
pub fn listens_by<'a>(model: &Model<'a>, end: &End<'a>) -> Families {
    end.interface.as_ref().map_or(Families::V4, |interface| model.listens_by(interface))
}

/// Where a flow is closed, or not known to be open.
fn closed<'a>(model: &Model<'a>, flow: &Flow<'a>, route: &[&'static Hop]) -> Formula {
    let steps = route.iter().flat_map(|hop| hop.answer(model, flow));
    let bad = steps.filter(|step| matches!(step.answer, Answer::Broken | Answer::Unknown));
    bad.fold(Formula::FALSE, |any, step| model.resolved.or(any, step.when))
}
