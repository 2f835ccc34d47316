//! The rules, one file a subject.

mod conditions;
mod cycles;
mod databases;
mod endpoints;
mod existence;
mod facts;
mod functions;
mod gateways;
mod limits;
mod mappings;
mod names;
mod networks;
mod permissions;
mod proxies;
mod references;
mod schema;
mod secrets;
mod targets;
mod types;

use super::rule::Rule;

/// Every rule, in the order in which it looks.
pub const ALL: &[&[Rule]] = &[
    types::RULES,
    schema::RULES,
    references::RULES,
    conditions::RULES,
    existence::RULES,
    mappings::RULES,
    cycles::RULES,
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
