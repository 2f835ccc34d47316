//! One request of a role, and what its policies say of it, hop by hop.

use super::cures;
use super::hop::Hop;
use super::matrix::Asked;
use super::role::{self, Attached};
use super::world::World;
use crate::iam::evaluation::{
    Context, Level, Policies, Policy, Presence, Request, Requester, Ruling, Telling, Verdict, evaluate,
};
use crate::iam::{Certainty, Effect, Text};
use crate::prove::Answer;
use crate::template::Value;

/// What a role asks for.
#[derive(Debug)]
pub struct Ask<'s> {
    /// The role.
    pub role: &'s str,
    /// For what.
    pub action: &'s str,
    /// On what.
    pub resource: Text,
    /// That as a template would write it, where it can.
    pub written: Option<Value>,
    /// What comes with it.
    pub context: Context,
    /// The policies of the resource.
    pub of_resource: Vec<Policy>,
    /// The hop that those are.
    pub hop: &'static str,
    /// The resource that has them, for the place of a finding.
    pub owner: Option<String>,
    /// The endpoint in between, if it has a policy.
    pub endpoint: Option<Endpoint>,
}

/// An endpoint that a request goes through.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its logical id.
    pub id: String,
    /// Its policy.
    pub policy: Policy,
    /// Whether it is certain that the request goes through it.
    pub is_certain: bool,
}

impl<'s> Ask<'s> {
    /// A request for something that has no policy of its own.
    pub fn new(role: &'s str, action: &'s str, resource: Text, context: Context) -> Self {
        let (of_resource, hop) = (Vec::new(), "resource-policy");
        Self { role, action, resource, written: None, context, of_resource, hop, owner: None, endpoint: None }
    }

    /// The same, on what a template would write so.
    #[must_use]
    pub fn written(self, written: Option<Value>) -> Self {
        Self { written, ..self }
    }
}

/// What is known of every request of a role: a session of it asks, over TLS.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub fn context(world: &World<'_, '_>, role: &str) -> Context {
    let mut context = Context::open()
        .with("aws:PrincipalAccount", world.pseudo("AWS::AccountId"))
        .with("aws:PrincipalArn", role::arn(world, role))
        .with("aws:PrincipalType", "AssumedRole")
        .with("aws:PrincipalIsAWSService", "false")
        .with("aws:SecureTransport", "true")
        .with("aws:ResourceAccount", world.pseudo("AWS::AccountId"))
        .with("aws:RequestedRegion", world.pseudo("AWS::Region"));
    for key in
        ["aws:username", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:SourceArn", "aws:SourceAccount"]
    {
        context = context.set(key, Presence::Absent);
    }
    let tags = super::outside::tags(world, role).iter();
    let context = tags.fold(context, |all, (key, value)| all.with(&format!("aws:PrincipalTag/{key}"), value.as_str()));
    tagged(world, context, role, &["aws:PrincipalTag"])
}

/// With the tags of a resource, as the template has them; whether it has others is not known.
pub fn tagged(world: &World<'_, '_>, mut context: Context, id: &str, prefixes: &[&str]) -> Context {
    for (tag, _) in world.elements(id, "Tags") {
        let text = |key: &str| {
            let (value, _) = world.one(tag.map()?.get(key)?)?;
            world.text(&value)
        };
        let (Some(key), Some(value)) = (text("Key"), text("Value")) else { continue };
        for prefix in prefixes {
            context = context.with(&format!("{prefix}/{key}"), value.clone());
        }
    }
    context
}

/// What the policies say of a request, hop by hop.
pub fn hops(world: &World<'_, '_>, attached: &Attached, ask: Ask<'_>) -> Vec<Hop> {
    world.asked.borrow_mut().iter_mut().for_each(|asked| asked.push(Asked::of(&ask)));
    let request = Request::new(role::requester(world, ask.role), ask.action, ask.resource.clone(), ask.context.clone());
    let policies = Policies {
        identity: attached.identity.clone(),
        resource: ask.of_resource.clone(),
        boundary: attached.boundary.clone(),
        endpoint: ask.endpoint.as_ref().map(|endpoint| vec![endpoint.policy.clone()]),
        ..Policies::default()
    };
    let verdict = evaluate(&request, &policies);
    let found = Found { world, ask: &ask, request: &request, policies: &policies, verdict: &verdict };
    let mut hops = vec![found.identity()];
    hops.extend(found.boundary());
    hops.extend(found.of_resource());
    hops.extend(found.endpoint());
    hops
}

/// Whether a service may assume a role.
pub fn trust_hop(world: &World<'_, '_>, role: &str, service: &str, context: Context) -> Hop {
    let (arn, policy) = (role::arn(world, role), role::trust(world, role));
    let request = Request::new(Requester::service(service), "sts:AssumeRole", arn.clone(), context.clone());
    let policies = Policies { resource: vec![policy], ..Policies::default() };
    let verdict = evaluate(&request, &policies);
    let mut ask = Ask::new(role, "sts:AssumeRole", arn, context);
    (ask.hop, ask.owner) = ("trust-policy", Some(role.to_owned()));
    let found = Found { world, ask: &ask, request: &request, policies: &policies, verdict: &verdict };
    let help = format!("let `{service}` do `sts:AssumeRole` in `AssumeRolePolicyDocument` of `{role}`");
    let place = format!("/Resources/{role}/Properties/AssumeRolePolicyDocument");
    match found.judged(Level::Resource, verdict.by_resource, verdict.denied) {
        Judged::Yes(told) => {
            let hop = Hop::new("trust-policy", Answer::Holds, format!("`{role}` trusts `{service}`"));
            found.held(hop, Level::Resource, told)
        }
        Judged::Denied(told) => found
            .at(
                Hop::new("trust-policy", Answer::Broken, format!("`{role}` denies `{service}` to assume it")),
                Some(told),
            )
            .help(help),
        Judged::No => {
            let why = found.nearest(Level::Resource);
            let message = format!("`{role}` does not trust `{service}`{why}");
            let cures = cures::of_trust(&found, service);
            Hop::new("trust-policy", Answer::Broken, message).at(role, place).help(help).cures(cures)
        }
        Judged::Assumed(why, told) => {
            let hop = Hop::new("trust-policy", Answer::Assumed, format!("`{role}` trusts `{service}`: {why}"));
            found.held(hop, Level::Resource, told)
        }
        Judged::Open(told) => {
            let message = format!(
                "whether `{role}` trusts `{service}` depends on what is not known{}",
                found.open_part(Level::Resource, told.as_ref())
            );
            found.at(Hop::new("trust-policy", Answer::Unknown, message), told).help(help)
        }
    }
}

/// A request with what the policies say of it.
pub struct Found<'f, 'r, 'a> {
    pub world: &'f World<'r, 'a>,
    pub ask: &'f Ask<'f>,
    pub request: &'f Request,
    pub policies: &'f Policies,
    pub verdict: &'f Verdict,
}

/// What policies of one kind come to.
enum Judged<'p> {
    Yes(Option<Telling<'p>>),
    No,
    Denied(Telling<'p>),
    /// It holds by what exists outside, which is told.
    Assumed(String, Option<Telling<'p>>),
    Open(Option<Telling<'p>>),
}

impl<'f> Found<'f, '_, '_> {
    fn told(&self, level: Level, effect: Effect) -> Vec<Telling<'f>> {
        self.verdict.explain(self.request, self.policies, level, effect)
    }

    /// What one kind of policies comes to, if whether they allow is `allows`.
    fn judged(&self, level: Level, allows: Certainty, denies: Certainty) -> Judged<'f> {
        let mut denials = self.told(level, Effect::Deny);
        let mut keys = Vec::new();
        if denies == Certainty::Yes && !denials.is_empty() {
            return Judged::Denied(denials.swap_remove(0));
        }
        for denial in &denials {
            match denial.open_keys(self.request) {
                Some(more) => keys.extend(more),
                None => {
                    return Judged::Open(Some(denials.swap_remove(0)));
                }
            }
        }
        let mut allowances = self.told(level, Effect::Allow);
        match allows {
            Certainty::No => Judged::No,
            Certainty::Yes if keys.is_empty() => {
                Judged::Yes((!allowances.is_empty()).then(|| allowances.swap_remove(0)))
            }
            Certainty::Yes => Judged::Assumed(outside(&keys), Some(denials.swap_remove(0))),
            Certainty::Unknown => self.perhaps(level, allowances, keys),
        }
    }

    fn perhaps(&self, level: Level, allowances: Vec<Telling<'f>>, mut keys: Vec<String>) -> Judged<'f> {
        let at = allowances.iter().position(|told| told.open_keys(self.request).is_some());
        if let Some((at, more)) = at.and_then(|at| Some((at, allowances[at].open_keys(self.request)?))) {
            keys.extend(more);
            return Judged::Assumed(outside(&keys), allowances.into_iter().nth(at));
        }
        let given = self.of(level).find(|policy| policy.open.as_deref().is_some_and(is_given));
        match given {
            Some(policy) => Judged::Assumed(format!("{} exists outside the template", policy.name), None),
            None => Judged::Open(allowances.into_iter().next()),
        }
    }

    /// The policies of a kind.
    pub fn of(&self, level: Level) -> impl Iterator<Item = &'f Policy> {
        let policies: Vec<&Policy> = match level {
            Level::Identity => self.policies.identity.iter().collect(),
            Level::Boundary => self.policies.boundary.iter().flatten().collect(),
            Level::Endpoint => self.policies.endpoint.iter().flatten().collect(),
            _ => self.policies.resource.iter().collect(),
        };
        policies.into_iter()
    }

    fn answer(&self, level: Level) -> Ruling {
        self.verdict.answer(level).unwrap_or(Ruling { allows: Certainty::Yes, denies: Certainty::No })
    }

    /// With the place of the statement that decides.
    fn at(&self, hop: Hop, told: Option<Telling<'_>>) -> Hop {
        let of_role = matches!(hop.hop, "identity-policy" | "permissions-boundary");
        let owner = self.ask.owner.as_deref().filter(|_| !of_role).unwrap_or(self.ask.role);
        let source = told.and_then(|told| self.world.source(told.statement.source));
        let resolved = self.world.resolved;
        match source.and_then(|source| resolved.place_in(owner, source).or_else(|| resolved.place_of(source))) {
            Some(place) => {
                let id = crate::template::resource_of(&place).unwrap_or_else(|| owner.to_owned());
                hop.at(&id, place)
            }
            None => hop.at(owner, format!("/Resources/{owner}")),
        }
    }

    /// The same, with what the hop rests on.
    fn held(&self, hop: Hop, level: Level, told: Option<Telling<'_>>) -> Hop {
        let evidence = self.evidence(level, told.as_ref());
        self.at(hop, told).because(evidence)
    }

    /// The nearest statement that is not about the request, behind a sentence.
    fn nearest(&self, level: Level) -> String {
        let missed = self.verdict.near_misses(self.request, self.policies, level);
        match missed.first() {
            Some(missed) => format!("; {} {}", self.named(&missed.told), missed.why),
            None => String::new(),
        }
    }

    fn named(&self, told: &Telling<'_>) -> String {
        let sid = told.statement.sid.as_ref().map_or_else(String::new, |sid| format!(" (`{sid}`)"));
        format!("statement {}{sid} of {}", told.index + 1, told.policy.name)
    }

    fn open_part(&self, level: Level, told: Option<&Telling<'_>>) -> String {
        let open = || self.of(level).find_map(|policy| Some(format!("; {} {}", policy.name, policy.open.as_deref()?)));
        told.map_or_else(
            || open().unwrap_or_default(),
            |told| {
                let resources = told.statement.resources.iter().flat_map(|resources| &resources.patterns);
                let resources: Vec<String> = resources.map(|pattern| format!("`{}`", pattern.text())).collect();
                format!(": {} is on {}", self.named(told), resources.join(", "))
            },
        )
    }

    fn identity(&self) -> Hop {
        let Ask { role, action, resource, .. } = self.ask;
        let hop = |verdict, message| Hop::new("identity-policy", verdict, message);
        let help = format!("allow `{action}` on `{resource}` in a policy of `{role}`");
        let answer = self.answer(Level::Identity);
        let by_resource = self.verdict.by_resource;
        let judged = self.judged(Level::Identity, answer.allows, answer.denies);
        if by_resource == Certainty::Yes
            && matches!(judged, Judged::No | Judged::Open(_) | Judged::Assumed(..))
            && answer.denies == Certainty::No
        {
            let message = format!("the policy of the resource lets `{role}` do `{action}` by itself");
            let direct =
                self.told(Level::Resource, Effect::Allow).into_iter().find(|told| told.is_direct(self.request));
            let evidence = self.evidence(Level::Resource, direct.as_ref());
            return self.held(hop(Answer::Holds, message), Level::Identity, None).because(evidence);
        }
        match judged {
            Judged::Yes(told) => {
                let hop = hop(Answer::Holds, format!("`{role}` may do `{action}` on `{resource}`"));
                self.held(hop, Level::Identity, told)
            }
            Judged::Denied(told) => {
                let message = format!("{} denies `{action}` on `{resource}`", self.named(&told));
                self.at(hop(Answer::Broken, message), Some(told)).help("narrow the denial")
            }
            Judged::No => {
                let certain = by_resource == Certainty::No
                    || self.request.needs_resource_policy() && by_resource != Certainty::Unknown;
                let verdict = if certain { Answer::Broken } else { Answer::Unknown };
                let message =
                    format!("no policy of `{role}` allows `{action}` on `{resource}`{}", self.nearest(Level::Identity));
                let missed = self.verdict.near_misses(self.request, self.policies, Level::Identity).into_iter().next();
                let cures = cures::of_identity(self, Level::Identity);
                self.at(hop(verdict, message), missed.map(|missed| missed.told)).help(help).cures(cures)
            }
            Judged::Assumed(why, told) => {
                let hop = hop(Answer::Assumed, format!("`{role}` may do `{action}` on `{resource}`: {why}"));
                self.held(hop, Level::Identity, told)
            }
            Judged::Open(told) => {
                let message = format!(
                    "whether `{role}` may do `{action}` on `{resource}` depends on what is not known{}",
                    self.open_part(Level::Identity, told.as_ref())
                );
                self.at(hop(Answer::Unknown, message), told).help(help)
            }
        }
    }

    /// What limits a role, if anything does.
    fn limit(&self, level: Level, name: &'static str, whose: &str, help: &str) -> Option<Hop> {
        let answer = self.verdict.answer(level)?;
        let Ask { action, resource, .. } = self.ask;
        let hop = |verdict, message| Hop::new(name, verdict, message);
        Some(match self.judged(level, answer.allows, answer.denies) {
            Judged::Yes(told) => self.held(hop(Answer::Holds, format!("{whose} allows `{action}`")), level, told),
            Judged::Denied(told) => {
                let message = format!("{} denies `{action}` on `{resource}`", self.named(&told));
                self.at(hop(Answer::Broken, message), Some(told)).help(help)
            }
            Judged::No => {
                let message = format!("{whose} does not allow `{action}` on `{resource}`{}", self.nearest(level));
                let missed = self.verdict.near_misses(self.request, self.policies, level).into_iter().next();
                let cures = match (level, &self.ask.endpoint) {
                    (Level::Endpoint, Some(endpoint)) => cures::of_endpoint(self, &endpoint.id),
                    _ => cures::of_identity(self, level),
                };
                self.at(hop(Answer::Broken, message), missed.map(|missed| missed.told)).help(help).cures(cures)
            }
            Judged::Assumed(why, told) => {
                self.held(hop(Answer::Assumed, format!("{whose} allows `{action}`: {why}")), level, told)
            }
            Judged::Open(told) => {
                let message = format!(
                    "whether {whose} allows `{action}` on `{resource}` depends on what is not known{}",
                    self.open_part(level, told.as_ref())
                );
                self.at(hop(Answer::Unknown, message), told).help(help)
            }
        })
    }

    fn boundary(&self) -> Option<Hop> {
        // A policy of the resource that names a session passes the boundary by; none here does.
        let whose = format!("the permissions boundary of `{}`", self.ask.role);
        self.limit(Level::Boundary, "permissions-boundary", &whose, "let the boundary allow it too")
    }

    fn endpoint(&self) -> Option<Hop> {
        let endpoint = self.ask.endpoint.as_ref()?;
        let whose = format!("the policy of the endpoint `{}`", endpoint.id);
        let mut hop =
            self.limit(Level::Endpoint, "endpoint-policy", &whose, "let the endpoint's policy allow it too")?;
        if hop.path.as_deref() == Some(&format!("/Resources/{}", self.ask.role))
            || hop.resource.as_deref() != Some(&endpoint.id)
        {
            hop = hop.at(&endpoint.id, format!("/Resources/{}/Properties/PolicyDocument", endpoint.id));
        }
        if hop.verdict == Answer::Broken && !endpoint.is_certain {
            hop.verdict = Answer::Unknown;
            hop.message = format!("{}, if the request goes through it", hop.message);
        }
        Some(hop)
    }

    fn of_resource(&self) -> Option<Hop> {
        if self.policies.resource.is_empty() {
            return None;
        }
        let Ask { role, action, hop: name, .. } = self.ask;
        let is_needed = self.request.needs_resource_policy();
        let allows = self.verdict.by_resource.or(self.verdict.delegated);
        let allows = if is_needed { allows } else { Certainty::Yes };
        let whose = match &self.ask.owner {
            Some(owner) if *name == "key-policy" => format!("the key policy of `{owner}`"),
            Some(owner) => format!("the policy of `{owner}`"),
            None => format!("the policy of `{}`", self.ask.resource),
        };
        let help = format!("let the account's IAM policies decide, or `{role}` itself do `{action}`");
        let hop = |verdict, message| Hop::new(name, verdict, message);
        let denies = self.answer(Level::Resource).denies;
        Some(match self.judged(Level::Resource, allows, denies) {
            Judged::Yes(told) => {
                let hop = hop(Answer::Holds, format!("{whose} lets `{role}` do `{action}`"));
                // Where it need not allow, what it allows proves nothing.
                let needed = told.as_ref().filter(|_| is_needed);
                let evidence = self.evidence(Level::Resource, needed);
                self.at(hop, told).because(evidence)
            }
            Judged::Denied(told) => self
                .at(hop(Answer::Broken, format!("{} denies `{role}` to do `{action}`", self.named(&told))), Some(told))
                .help("narrow the denial"),
            Judged::No => {
                let message = format!(
                    "{whose} neither lets the account's IAM policies decide nor `{role}` do `{action}`{}",
                    self.nearest(Level::Resource)
                );
                let cures = if *name == "key-policy" { cures::of_key(self) } else { Vec::new() };
                self.at(hop(Answer::Broken, message), None).help(help).cures(cures)
            }
            Judged::Assumed(why, told) => {
                let message = match (self.ask.owner.is_none(), *name) {
                    (true, "key-policy") => format!("{whose} lets the account's IAM policies decide"),
                    _ => format!("{whose} lets `{role}` do `{action}`: {why}"),
                };
                let hop = hop(Answer::Assumed, message);
                if self.ask.owner.is_none() { hop } else { self.held(hop, Level::Resource, told) }
            }
            Judged::Open(told) => {
                let message = format!("whether {whose} lets `{role}` do `{action}` depends on what is not known");
                self.at(hop(Answer::Unknown, message), told).help(help)
            }
        })
    }
}

/// Whether a policy is open because it exists outside, rather than because of how the template is written.
fn is_given(why: &str) -> bool {
    why.contains("outside") || why.contains("catalogue")
}

fn outside(keys: &[String]) -> String {
    let mut keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.dedup();
    format!("the request has the {} that a condition wants", keys.join(", "))
}
