//! The rules, one file a subject.

mod clients;
mod conditional;
mod conditions;
mod connects;
mod cycles;
mod databases;
mod domains;
mod endpoints;
mod existence;
mod facts;
mod forms;
mod functions;
mod gateways;
mod hardcoded;
mod known;
mod lifecycle;
mod limits;
mod mappings;
mod names;
mod networks;
mod packages;
mod pairs;
mod passwords;
mod permissions;
mod pipelines;
mod policies;
mod pools;
mod proxies;
mod references;
mod retention;
mod schedules;
mod schema;
mod secrets;
mod services;
mod shared;
mod sites;
mod tables;
mod targets;
mod types;

use super::rule::Rule;

pub(super) use conditional::Condition;

/// The rule of a code, such as `E3002`, or of a name, such as `unknown-property`.
pub fn find(chosen: &str) -> Option<&'static Rule> {
    let is = |rule: &&Rule| rule.code.id.eq_ignore_ascii_case(chosen) || rule.code.name == chosen;
    ALL.iter().copied().flatten().find(is)
}

/// Every rule, in the order in which it looks.
pub const ALL: &[&[Rule]] = &[
    types::RULES,
    schema::RULES,
    forms::RULES,
    conditional::compute::RULES,
    conditional::network::RULES,
    conditional::storage::RULES,
    conditional::databases::RULES,
    lifecycle::RULES,
    packages::RULES,
    hardcoded::RULES,
    schedules::RULES,
    pairs::RULES,
    pairs::MORE,
    domains::RULES,
    tables::RULES,
    pipelines::RULES,
    shared::RULES,
    references::RULES,
    conditions::RULES,
    existence::RULES,
    mappings::RULES,
    cycles::RULES,
    names::RULES,
    limits::RULES,
    proxies::RULES,
    targets::RULES,
    pools::RULES,
    sites::RULES,
    databases::RULES,
    secrets::RULES,
    passwords::RULES,
    retention::RULES,
    endpoints::RULES,
    services::RULES,
    functions::RULES,
    clients::RULES,
    networks::RULES,
    gateways::RULES,
    permissions::RULES,
    connects::RULES,
    policies::RULES,
];
