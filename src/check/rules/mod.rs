//! The rules, one file a subject.

mod addresses;
mod branches;
mod calls;
mod clients;
mod conditional;
mod conditions;
mod connects;
mod cycles;
mod databases;
mod domains;
mod dynamic;
mod endpoints;
mod existence;
mod exposed;
mod facts;
mod fates;
mod formats;
mod forms;
mod formulas;
mod functions;
mod gateways;
pub(super) mod given;
mod hardcoded;
mod hidden;
mod identifiers;
mod idle;
mod implied;
mod known;
mod lifecycle;
mod limits;
mod logins;
mod mapping_shapes;
mod mappings;
mod masters;
mod metadata;
mod modules;
mod names;
mod nested;
mod networks;
mod outputs;
mod packages;
mod pairs;
mod parameters;
mod passwords;
mod permissions;
mod pipelines;
mod policies;
mod pools;
mod proxies;
mod reading;
mod references;
mod retention;
mod schedules;
mod schema;
mod secrets;
mod sections;
mod services;
mod shared;
mod sites;
mod substitutions;
mod tables;
mod targets;
mod types;
mod unneeded;
mod unused;

use super::rule::Rule;

pub(super) use conditional::Condition;

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
    fates::RULES,
    modules::RULES,
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
    identifiers::RULES,
    nested::RULES,
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
    outputs::RULES,
    metadata::RULES,
    unneeded::RULES,
    unused::RULES,
    hidden::RULES,
    limits::RULES,
    proxies::RULES,
    targets::RULES,
    pools::RULES,
    sites::RULES,
    databases::RULES,
    masters::RULES,
    secrets::RULES,
    passwords::RULES,
    retention::RULES,
    endpoints::RULES,
    services::RULES,
    functions::RULES,
    clients::RULES,
    logins::RULES,
    networks::RULES,
    addresses::RULES,
    gateways::RULES,
    permissions::RULES,
    exposed::RULES,
    connects::RULES,
    idle::RULES,
    policies::RULES,
];
