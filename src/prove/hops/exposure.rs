//! Nobody else can call: the hop of goals that say so. It looks at everybody, not along one flow.

use super::Hop;
use crate::diagnostic::Code;
use crate::prove::exposure;

/// The hop.
pub const HOP: Hop = Hop {
    name: exposure::NAME,
    code: Code::new("N3212", "open-to-others"),
    explanation: "A goal says that nobody but the named ones can open a connection. What initiates connections in the template, and \
                  whomever the rules of the listener's groups admit beside, is looked at; endpoints and databases answer, and a \
                  proxy calls its targets only.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    told_by: &[],
    look: |look| {
        let (model, flow) = (look.model, look.flow);
        look.steps.extend(exposure::isolated(model, &flow.to, &flow.ports, &[], flow.under));
    },
};
