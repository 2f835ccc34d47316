//! The rules, one file a subject.

mod conditions;
mod cycles;
mod databases;
mod endpoints;
mod existence;
mod facts;
mod formulas;
mod functions;
mod gateways;
mod limits;
mod mapping_shapes;
mod mappings;
mod metadata;
mod modules;
mod names;
mod networks;
mod outputs;
mod parameters;
mod passwords;
mod permissions;
mod policies;
mod proxies;
mod reading;
mod references;
mod schema;
mod secrets;
mod sections;
mod targets;
mod types;
mod unused;

use super::rule::Rule;

/// The rule of a code, such as `E3002`, or of a name, such as `unknown-property`.
pub fn find(chosen: &str) -> Option<&'static Rule> {
    let is = |rule: &&Rule| rule.code.id.eq_ignore_ascii_case(chosen) || rule.code.name == chosen;
    ALL.iter().copied().flatten().find(is)
}

/// Every rule, in the order in which it looks.
pub const ALL: &[&[Rule]] = &[
    reading::RULES,
    sections::RULES,
    parameters::RULES,
    mapping_shapes::RULES,
    formulas::RULES,
    types::RULES,
    policies::RULES,
    modules::RULES,
    schema::RULES,
    references::RULES,
    conditions::RULES,
    existence::RULES,
    mappings::RULES,
    cycles::RULES,
    names::RULES,
    outputs::RULES,
    metadata::RULES,
    unused::RULES,
    passwords::RULES,
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
