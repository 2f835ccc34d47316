//! The groups of the caller let its packets out.

use super::{Hop, Look, admission};
use crate::diagnostic::Code;
use crate::prove::model::Direction;

/// The hop.
pub const HOP: Hop = Hop {
    name: "security-group-egress",
    code: Code::new("N3205", "closed-security-group-egress"),
    explanation: "A security group that names its egress lets out nothing else: a rule of the caller's group has to cover the port on \
                  which the far end really listens, and its group or its addresses.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    told_by: &[],
    look,
};

fn look(look: &mut Look<'_, '_>) {
    let inside = look.flow.inside(look.model);
    if look.model.resolved.is_possible(inside) {
        admission::look(look, Direction::Egress, inside, false);
    }
}
