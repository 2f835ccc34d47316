//! Which statements decide, and which nearly do.

use super::context::Presence;
use super::pattern::Pattern;
use super::policy::{Policy, Statement};
use super::principal::{Principals, Through};
use super::request::Request;
use super::statement::{Asked, Match, Missed};
use super::verdict::{Level, Policies, Verdict};
use crate::iam::{Certainty, Effect, Text};

/// A statement that decides, or may.
#[derive(Clone, Debug)]
pub struct Telling<'p> {
    /// Its policy.
    pub policy: &'p Policy,
    /// Its index there.
    pub index: usize,
    /// It.
    pub statement: &'p Statement,
    /// Whether it is about the request, and what of it is not known.
    pub found: Match,
}

/// A statement for the action that is not about the request, and why.
#[derive(Clone, Debug)]
pub struct NearMiss<'p> {
    /// The statement.
    pub told: Telling<'p>,
    /// What it says and what was asked, in a few words.
    pub why: String,
}

impl Telling<'_> {
    /// The keys of the context of which too little is known, if those are all that is not known: they are no part of what
    /// the policies say.
    pub fn open_keys(&self, request: &Request) -> Option<Vec<String>> {
        let asked = if self.statement.principals.is_some() { Asked::Anyhow } else { Asked::Nobody };
        let mut bare = self.statement.clone();
        let conditions = std::mem::take(&mut bare.conditions);
        if bare.about(request, asked).certainty != Certainty::Yes {
            return None;
        }
        let mut keys = Vec::new();
        for condition in conditions.iter().filter(|condition| condition.holds(&request.context) == Certainty::Unknown) {
            match request.context.get(&condition.key) {
                Presence::Open | Presence::Perhaps(_) => keys.push(condition.key.clone()),
                Presence::Absent | Presence::Is(_) => return None,
            }
        }
        (!keys.is_empty()).then_some(keys)
    }

    /// By what each element of the statement but `Condition` is about a request: what in it is, or nothing for an element
    /// that is about everything but what stands in it.
    pub fn coverage(&self, request: &Request) -> Vec<(&'static str, Option<Text>)> {
        let Statement { actions, resources, principals, .. } = self.statement;
        let by = |patterns: &[Pattern], subject| {
            let found = patterns.iter().find(|one| one.matches(subject, &request.context) == Certainty::Yes);
            found.map(|pattern| pattern.text().clone())
        };
        let mut found = vec![match actions.not {
            true => ("NotAction", None),
            false => ("Action", by(&actions.patterns, &request.compiled_action)),
        }];
        found.extend(resources.as_ref().map(|resources| match resources.not {
            true => ("NotResource", None),
            false => ("Resource", by(&resources.patterns, &request.compiled_resource)),
        }));
        found.extend(principals.as_ref().map(|principals| match principals.not {
            true => ("NotPrincipal", None),
            false => ("Principal", principals.name_of(&request.requester).cloned()),
        }));
        found
    }

    /// Whether the statement names the requester itself, or anyone, rather than leave it to the account.
    pub fn is_direct(&self, request: &Request) -> bool {
        let ways = [Through::Itself, Through::Role, Through::Anyone];
        let named = |principals: &Principals| ways.map(|way| principals.name(&request.requester, way));
        self.statement.principals.as_ref().is_some_and(|principals| named(principals).contains(&Certainty::Yes))
    }
}

impl Verdict {
    /// The statements of one kind of policies with this effect that are about the request, or may be: the certain ones
    /// first.
    pub fn explain<'p>(
        &self,
        request: &Request,
        policies: &'p Policies,
        level: Level,
        effect: Effect,
    ) -> Vec<Telling<'p>> {
        let mut told = each(request, policies, level, effect);
        told.retain(|told| told.found.certainty != Certainty::No);
        told.sort_by_key(|told| told.found.certainty != Certainty::Yes);
        told
    }

    /// The statements of one kind of policies that deny, but not this request.
    pub fn spared<'p>(&self, request: &Request, policies: &'p Policies, level: Level) -> Vec<Telling<'p>> {
        let mut told = each(request, policies, level, Effect::Deny);
        told.retain(|told| told.found.certainty == Certainty::No);
        told
    }

    /// The statements that would allow the action, if it were on another resource, by someone else, or under another
    /// condition.
    pub fn near_misses<'p>(&self, request: &Request, policies: &'p Policies, level: Level) -> Vec<NearMiss<'p>> {
        let told = each(request, policies, level, Effect::Allow).into_iter();
        let missed = told.filter(|told| told.found.certainty == Certainty::No);
        missed
            .filter_map(|told| Some(NearMiss { why: why(told.statement, told.found.missed?, request)?, told }))
            .collect()
    }
}

fn each<'p>(request: &Request, policies: &'p Policies, level: Level, effect: Effect) -> Vec<Telling<'p>> {
    let asked = match level {
        Level::Resource | Level::ResourceControl | Level::Endpoint => Asked::Anyhow,
        _ => Asked::Nobody,
    };
    let mut told = Vec::new();
    for policy in of_level(policies, level) {
        for (index, statement) in policy.statements.iter().enumerate().filter(|(_, one)| one.effect == effect) {
            told.push(Telling { policy, index, statement, found: statement.about(request, asked) });
        }
    }
    told
}

fn of_level(policies: &Policies, level: Level) -> Vec<&Policy> {
    match level {
        Level::Identity => policies.identity.iter().collect(),
        Level::Resource => policies.resource.iter().collect(),
        Level::Boundary => policies.boundary.iter().flatten().collect(),
        Level::Session => policies.session.iter().flatten().collect(),
        Level::ServiceControl => policies.service_control.iter().flatten().collect(),
        Level::ResourceControl => policies.resource_control.iter().flatten().collect(),
        Level::Endpoint => policies.endpoint.iter().flatten().collect(),
    }
}

fn why(statement: &Statement, missed: Missed, request: &Request) -> Option<String> {
    match missed {
        Missed::Action | Missed::Open => None,
        Missed::Principal => {
            let names: Vec<String> = statement
                .principals
                .iter()
                .flat_map(|found| &found.names)
                .map(|(_, name)| format!("`{name}`"))
                .collect();
            Some(format!("is for {}", names.join(", ")))
        }
        Missed::Resource => {
            let resources = statement.resources.as_ref()?;
            let names: Vec<String> = resources.patterns.iter().map(|found| format!("`{}`", found.text())).collect();
            let only = if resources.not { "on everything but" } else { "on" };
            Some(format!("is {only} {}, which {} `{}`", names.join(", "), does(resources.not), request.resource))
        }
        Missed::Condition(index) => {
            let condition = statement.conditions.get(index)?;
            let values: Vec<String> = condition.values.iter().map(|value| format!("`{value}`")).collect();
            Some(format!("holds only where `{}` `{}` {}", condition.key, condition.operator, values.join(" or ")))
        }
    }
}

fn does(not: bool) -> &'static str {
    if not { "covers" } else { "does not cover" }
}
