//! What all policies together say.

use super::policy::Policy;
use super::principal::Through;
use super::request::Request;
use super::statement::Asked;
use crate::iam::{Certainty, Effect, Text};

/// Every policy that has a say in a request. A list that is none is a limit that is not there.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Those of the role or user.
    pub identity: Vec<Policy>,
    /// Those of the resource, the policy of a key and the trust of a role among them.
    pub resource: Vec<Policy>,
    /// The permissions boundary.
    pub boundary: Option<Vec<Policy>>,
    /// The session policies.
    pub session: Option<Vec<Policy>>,
    /// The service control policies, level by level: each level has to allow.
    pub service_control: Vec<Vec<Policy>>,
    /// The resource control policies, level by level. What AWS attaches everywhere, which allows all, is among them
    /// without being listed.
    pub resource_control: Vec<Vec<Policy>>,
    /// The policy of the endpoint that the request goes through.
    pub endpoint: Option<Vec<Policy>>,
}

/// What the policies of one kind say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether they allow the request, as far as their kind can.
    pub allows: Certainty,
    /// Whether they deny it.
    pub denies: Certainty,
}

/// A kind of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Those of the role or user.
    Identity,
    /// Those of the resource.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
    /// The service control policies.
    ServiceControl,
    /// The resource control policies.
    ResourceControl,
    /// The endpoint's policy.
    Endpoint,
}

/// Whether a request is allowed, and what each kind of policies says of it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: Certainty,
    /// Whether a statement denies it.
    pub denied: Certainty,
    /// What each kind says that has a say.
    pub answers: Vec<(Level, Ruling)>,
    /// Whether the policy of the resource allows it without an identity policy.
    pub by_resource: Certainty,
    /// Whether the policy of the resource leaves it to the identity policies of the requester's account.
    pub delegated: Certainty,
}

impl Verdict {
    /// What one kind says; none if it has no say.
    pub fn answer(&self, level: Level) -> Option<Ruling> {
        self.answers.iter().find(|(known, _)| *known == level).map(|(_, answer)| *answer)
    }
}

/// Whether policies allow a request.
pub fn evaluate(request: &Request, policies: &Policies) -> Verdict {
    let mut answers = vec![
        (Level::Identity, answer(&policies.identity, request, Asked::Nobody)),
        (Level::Resource, answer(&policies.resource, request, Asked::Anyhow)),
    ];
    let limits = [(Level::Boundary, &policies.boundary), (Level::Session, &policies.session)];
    let limits = limits.into_iter().filter_map(|(level, limit)| Some((level, limit.as_ref()?)));
    answers.extend(limits.map(|(level, limit)| (level, answer(limit, request, Asked::Nobody))));
    if !policies.service_control.is_empty() && request.requester.account().is_some() {
        answers.push((Level::ServiceControl, each_level(&policies.service_control, request, Asked::Nobody)));
    }
    if !policies.resource_control.is_empty() {
        let found = each_level(&policies.resource_control, request, Asked::Anyhow);
        answers.push((Level::ResourceControl, Ruling { allows: Certainty::Yes, ..found }));
    }
    if let Some(endpoint) = &policies.endpoint {
        answers.push((Level::Endpoint, answer(endpoint, request, Asked::Anyhow)));
    }
    combined(request, policies, answers)
}

fn combined(request: &Request, policies: &Policies, answers: Vec<(Level, Ruling)>) -> Verdict {
    let allows = |level: Level| answers.iter().find(|(known, _)| *known == level).map(|(_, answer)| answer.allows);
    let limit = |level| allows(level).unwrap_or(Certainty::Yes);
    let own_limits = limit(Level::Boundary).and(limit(Level::Session));
    let identity = limit(Level::Identity).and(own_limits);
    let by = |through| allowed(&policies.resource, request, Asked::By(through));
    let perhaps_limited = own_limits.or(Certainty::Unknown);
    let by_resource =
        by(Through::Itself).or(by(Through::Role).and(own_limits)).or(by(Through::Anyone).and(perhaps_limited));
    let delegated = by(Through::Account);
    let same = same_account(request);
    let within = if request.needs_resource_policy() {
        by_resource.or(delegated.and(identity))
    } else {
        by_resource.or(identity)
    };
    let across = by_resource.or(delegated).and(identity);
    let reached = match (request.requester.account(), same) {
        // A service has no policies of its own.
        (None, _) => by_resource,
        (Some(_), Certainty::Yes) => within,
        (Some(_), Certainty::No) => across,
        (Some(_), Certainty::Unknown) if within == across => within,
        (Some(_), Certainty::Unknown) => Certainty::Unknown,
    };
    let outer = [Level::ServiceControl, Level::ResourceControl, Level::Endpoint].map(limit);
    let denied = Certainty::any(answers.iter().map(|(_, answer)| answer.denies));
    let allowed = reached.and(Certainty::all(outer)).and(denied.not());
    Verdict { allowed, denied, answers, by_resource, delegated }
}

fn same_account(request: &Request) -> Certainty {
    use crate::iam::glob::{Compiled, Reading};
    match (request.requester.account(), &request.resource_account) {
        (Some(own), Some(of)) => {
            let compiled = |text: &Text| Compiled::new(text, Reading::PLAIN);
            compiled(own).matches(&compiled(of))
        }
        _ => Certainty::Yes,
    }
}

fn answer(policies: &[Policy], request: &Request, asked: Asked) -> Ruling {
    Ruling { allows: allowed(policies, request, asked), denies: denied(policies, request, asked) }
}

fn each_level(levels: &[Vec<Policy>], request: &Request, asked: Asked) -> Ruling {
    Ruling {
        allows: Certainty::all(levels.iter().map(|policies| allowed(policies, request, asked))),
        denies: Certainty::any(levels.iter().map(|policies| denied(policies, request, asked))),
    }
}

fn allowed(policies: &[Policy], request: &Request, asked: Asked) -> Certainty {
    let open = policies.iter().filter(|policy| policy.open.is_some()).map(|_| Certainty::Unknown);
    Certainty::any(matches(policies, request, asked, Effect::Allow).chain(open))
}

/// Policies of which nothing is known are not taken to deny: whoever asks says so.
fn denied(policies: &[Policy], request: &Request, asked: Asked) -> Certainty {
    Certainty::any(matches(policies, request, asked, Effect::Deny))
}

fn matches<'p>(
    policies: &'p [Policy],
    request: &'p Request,
    asked: Asked,
    effect: Effect,
) -> impl Iterator<Item = Certainty> + 'p {
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    statements
        .filter(move |statement| statement.effect == effect)
        .map(move |statement| statement.about(request, asked).certainty)
}
