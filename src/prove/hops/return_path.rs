//! Answers find back: network ACLs know no connections, and a peering's routes go one way.

use super::{Hop, Look, network_acl, route};
use crate::diagnostic::Code;
use crate::prove::model::Passage;

/// The hop.
pub const HOP: Hop = Hop {
    name: "return-path",
    code: Code::new("N3208", "answers-that-do-not-return"),
    explanation: "Security groups remember connections, network ACLs do not: answers go to the port that the client opened the \
                  connection from, one of 1024 to 65535, and have to be let through too. Between peered VPCs they need a route back.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if !look.model.resolved.is_possible(inside) {
        return;
    }
    let (from, to) = (look.flow.from.clone(), look.flow.to.clone());
    network_acl::edges(look, inside, &to, &from, Passage::Answers);
    let apart = from
        .vpcs
        .iter()
        .any(|one| to.vpcs.iter().any(|other| one.term.same(&other.term, look.model.resolved) == Some(false)));
    if apart {
        route::one_way(look, inside, &to, &from);
    }
}
