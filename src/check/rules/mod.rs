//! The rules, one file a subject.

mod branches;
mod calls;
mod conditions;
mod cycles;
mod databases;
mod dynamic;
mod endpoints;
mod existence;
mod facts;
mod formats;
mod functions;
mod gateways;
pub(super) mod given;
mod implied;
mod limits;
mod mappings;
mod names;
mod networks;
mod permissions;
mod proxies;
mod references;
mod schema;
mod secrets;
mod substitutions;
mod targets;
mod types;

use super::rule::Rule;

/// The rule of a code, such as `E3002`, or of a name, such as `unknown-property`.
pub fn find(chosen: &str) -> Option<&'static Rule> {
    let is = |rule: &&Rule| rule.code.id.eq_ignore_ascii_case(chosen) || rule.code.name == chosen;
    ALL.iter().copied().flatten().find(is)
}

/// Every rule, in the order in which it looks.
pub const ALL: &[&[Rule]] = &[
    types::RULES,
    schema::RULES,
    references::RULES,
    calls::RULES,
    substitutions::RULES,
    dynamic::RULES,
    branches::RULES,
    formats::RULES,
    given::RULES,
    conditions::RULES,
    existence::RULES,
    mappings::RULES,
    cycles::RULES,
    implied::RULES,
    names::RULES,
    limits::RULES,
    proxies::RULES,
    targets::RULES,
    databases::RULES,
    secrets::RULES,
    endpoints::RULES,
    functions::RULES,
    networks::RULES,
    gateways::RULES,
    permissions::RULES,
];
