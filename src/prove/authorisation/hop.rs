//! What is found along a proof of authorisation.

use std::borrow::Cow;

use crate::prove::{Answer, Evidence, Patch, Verdict};

/// One check along a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// Which: `trust-policy`, `identity-policy`, `permissions-boundary`, `resource-policy`, `key-policy`,
    /// `endpoint-policy`, `authentication`.
    pub hop: &'static str,
    /// How far it holds.
    pub verdict: Answer,
    /// The logical id of the resource that decides.
    pub resource: Option<String>,
    /// The pointer to the part of the template that decides.
    pub path: Option<String>,
    /// What is found.
    pub message: String,
    /// The cure, where it is broken or unknown.
    pub help: Option<String>,
    /// Changes that may mend it, the smallest first; none of them has been tried.
    pub cures: Vec<Patch>,
    /// What of the template it rests on.
    pub evidence: Vec<Evidence>,
}

impl Hop {
    /// A hop.
    pub fn new(hop: &'static str, verdict: Answer, message: impl Into<String>) -> Self {
        Self {
            hop,
            verdict,
            resource: None,
            path: None,
            message: message.into(),
            help: None,
            cures: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// With the resource that decides, and the pointer to where.
    #[must_use]
    pub fn at<'s>(mut self, resource: &str, path: impl Into<Cow<'s, str>>) -> Self {
        self.resource = Some(resource.into());
        self.path = Some(path.into().into_owned());
        self
    }

    /// With changes that may mend it.
    #[must_use]
    pub fn cures(mut self, cures: impl IntoIterator<Item = Patch>) -> Self {
        self.cures.extend(cures);
        self
    }

    /// With what of the template it rests on.
    #[must_use]
    pub fn because(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        for piece in evidence {
            if !self.evidence.contains(&piece) {
                self.evidence.push(piece);
            }
        }
        self
    }

    /// With the cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What is found of a goal.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
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
            Some(Answer::Broken) => Verdict::Refuted,
            Some(Answer::Unknown) => Verdict::Depends,
            Some(Answer::Assumed | Answer::Holds) | None => Verdict::Proved,
        };
        let mut assumptions: Vec<String> = Vec::new();
        for hop in hops.iter().filter(|hop| hop.verdict == Answer::Assumed) {
            if !assumptions.contains(&hop.message) {
                assumptions.push(hop.message.clone());
            }
        }
        Self { verdict, hops, assumptions }
    }
}
