//! What is found along a proof of authorisation.

use std::borrow::Cow;

/// How far a hop holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HopVerdict {
    /// It holds by what the template says.
    Holds,
    /// It holds unless somebody changed what exists outside.
    Assumed,
    /// That depends on what the template leaves open.
    Unknown,
    /// It does not hold.
    Broken,
}

/// One check along a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// Which: `trust-policy`, `identity-policy`, `permissions-boundary`, `resource-policy`, `key-policy`,
    /// `endpoint-policy`, `authentication`.
    pub hop: &'static str,
    /// How far it holds.
    pub verdict: HopVerdict,
    /// The logical id of the resource that decides.
    pub resource: Option<String>,
    /// The pointer to the part of the template that decides.
    pub path: Option<String>,
    /// What is found.
    pub message: String,
    /// The cure, where it is broken or unknown.
    pub help: Option<String>,
}

impl Hop {
    /// A hop.
    pub fn new(hop: &'static str, verdict: HopVerdict, message: impl Into<String>) -> Self {
        Self { hop, verdict, resource: None, path: None, message: message.into(), help: None }
    }

    /// With the resource that decides, and the pointer to where.
    #[must_use]
    pub fn at<'s>(mut self, resource: &str, path: impl Into<Cow<'s, str>>) -> Self {
        self.resource = Some(resource.into());
        self.path = Some(path.into().into_owned());
        self
    }

    /// With the cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The answer to a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalVerdict {
    /// It holds, under the assumptions that are listed.
    Proved,
    /// It does not.
    Refuted,
    /// That depends on what the template leaves open, or on the world.
    Depends,
}

/// What is found of a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub verdict: GoalVerdict,
    /// Every hop, in order.
    pub hops: Vec<Hop>,
    /// What is taken on trust.
    pub assumptions: Vec<String>,
}

impl Judgement {
    /// Of the hops, by the worst of them.
    pub(super) fn of(hops: Vec<Hop>) -> Self {
        let worst = hops.iter().map(|hop| hop.verdict).max();
        let verdict = match worst {
            Some(HopVerdict::Broken) => GoalVerdict::Refuted,
            Some(HopVerdict::Unknown) => GoalVerdict::Depends,
            Some(HopVerdict::Assumed | HopVerdict::Holds) | None => GoalVerdict::Proved,
        };
        let mut assumptions: Vec<String> = Vec::new();
        for hop in hops.iter().filter(|hop| hop.verdict == HopVerdict::Assumed) {
            if !assumptions.contains(&hop.message) {
                assumptions.push(hop.message.clone());
            }
        }
        Self { verdict, hops, assumptions }
    }
}
