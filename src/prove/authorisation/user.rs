//! Database users: whom a function, a secret and a grant name.

use super::derive;
use super::role::Attached;
use super::secret::Secret;
use super::world::World;
use crate::iam::{Certainty, Effect, Text};
use crate::prove::Evidence;

/// The user that a function is told to log in as; none if it is not told, or of several.
pub fn named_by(world: &World<'_, '_>, function: &str) -> Option<Text> {
    let mut users: Vec<Text> = Vec::new();
    for (_, user) in variables(world, function) {
        if !users.contains(&user) {
            users.push(user);
        }
    }
    if users.len() == 1 { users.pop() } else { None }
}

/// The environment variables of a function that name a database user, with whom they name.
pub fn variables<'a>(world: &World<'_, 'a>, function: &str) -> Vec<(&'a str, Text)> {
    let mut found = Vec::new();
    for (name, case) in derive::variables(world.resolved, function) {
        if !names_user(name) || !world.is_here(case.when) {
            continue;
        }
        let user = match case.value.text() {
            Some(text) => Some(Text::from(text)),
            None => world.text(&case.value),
        };
        found.extend(user.map(|user| (name, user)));
    }
    found
}

/// Whether a variable is called like one that has a database user.
fn names_user(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    let stem = ["USERNAME", "USER_NAME", "USER"].iter().find_map(|end| name.strip_suffix(end));
    let of_database = ["DB", "DATABASE", "PG", "POSTGRES", "MYSQL", "MARIADB", "RDS", "SQL", "PROXY"];
    stem.is_some_and(|stem| {
        let stem = stem.trim_end_matches('_');
        stem.is_empty() || of_database.iter().any(|word| stem.split('_').any(|part| part == *word))
    })
}

/// What says that a function logs in as a user that a proxy has credentials of.
pub fn evidence(world: &World<'_, '_>, function: &str, proxy: &str) -> Vec<Evidence> {
    let told = variables(world, function);
    let mut found = Vec::new();
    for (variable, user) in &told {
        found.extend(super::evidence::user(world, function, &format!("Environment/Variables/{variable}"), user));
    }
    for entry in super::secret::entries(world, proxy) {
        let Some((known, evidence)) = entry.secret.user_told(world) else { continue };
        if told.iter().any(|(_, user)| super::role::same(&known, user) == Certainty::Yes) {
            found.extend(std::iter::once(entry.evidence).chain(evidence));
        }
    }
    found
}

/// The users that a proxy has credentials of; none if it has those of a secret of which the template does not say.
pub fn known_to(world: &World<'_, '_>, proxy: &str) -> Option<Vec<Text>> {
    let mut users = Vec::new();
    for (entry, _) in world.elements(proxy, "Auth") {
        let secret = entry.map()?.get("SecretArn").and_then(|value| world.one(value))?;
        let secret = Secret::named(world, &secret.0)?;
        users.push(secret.user(world)?);
    }
    (!users.is_empty()).then_some(users)
}

/// The users that the grants of a role to connect name, in order.
pub fn granted(attached: &Attached) -> Vec<Text> {
    let mut users = Vec::new();
    let statements = attached.identity.iter().flat_map(|policy| &policy.statements);
    for statement in statements.filter(|statement| statement.effect == Effect::Allow && !statement.actions.not) {
        let patterns = statement.resources.iter().flat_map(|resources| &resources.patterns);
        for pattern in patterns {
            let Some(user) = pattern.text().split_known('/').and_then(|mut parts| parts.pop()) else { continue };
            let told = user.to_string();
            let names_one =
                pattern.text().to_string().contains(":dbuser:") && !told.is_empty() && !told.contains(['*', '?']);
            if names_one && !users.contains(&user) {
                users.push(user);
            }
        }
    }
    users
}
