//! Whether a statement is about a request.

use super::policy::Statement;
use super::principal::Through;
use super::request::{Request, Requester};
use crate::iam::Certainty;

/// What a statement says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Whether it is about it.
    pub certainty: Certainty,
    /// The first part that is not met, or not known.
    pub missed: Option<Missed>,
}

/// A part of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// `Action` or `NotAction`.
    Action,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Resource` or `NotResource`.
    Resource,
    /// The condition of this index.
    Condition(usize),
    /// A part that is not known.
    Open,
}

/// What the principals of a statement are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing: identity policies are about whoever has them.
    Nobody,
    /// Whether they are the requester in any way.
    Anyhow,
    /// Whether they are the requester in this way.
    By(Through),
}

impl Statement {
    /// Whether it is about a request.
    pub(super) fn about(&self, request: &Request, asked: Asked) -> Match {
        let mut found = Match { certainty: Certainty::Yes, missed: None };
        if !found.narrow(self.is_action(request), Missed::Action)
            || !found.narrow(self.is_principal(&request.requester, asked), Missed::Principal)
            || !found.narrow(self.is_resource(request), Missed::Resource)
        {
            return found;
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            if !found.narrow(condition.holds(&request.context), Missed::Condition(index)) {
                return found;
            }
        }
        if self.open.is_some() {
            found.narrow(Certainty::Unknown, Missed::Open);
        }
        found
    }

    fn is_action(&self, request: &Request) -> Certainty {
        let actions = &self.actions;
        let found = Certainty::any(
            actions.patterns.iter().map(|pattern| pattern.matches(&request.compiled_action, &request.context)),
        );
        self.turned(found, actions.not, "Action", "NotAction")
    }

    fn is_resource(&self, request: &Request) -> Certainty {
        let Some(resources) = &self.resources else { return Certainty::Yes };
        let found = Certainty::any(
            resources.patterns.iter().map(|pattern| pattern.matches(&request.compiled_resource, &request.context)),
        );
        self.turned(found, resources.not, "Resource", "NotResource")
    }

    /// The answer of a list that may stand for everything else, and of which a part may not be known.
    fn turned(&self, found: Certainty, not: bool, key: &str, not_key: &str) -> Certainty {
        let key = if not { not_key } else { key };
        let is_open = self.open.as_ref().is_some_and(|why| why.contains(&format!("`{key}`")));
        let found = if is_open { found.or(Certainty::Unknown) } else { found };
        if not { found.not() } else { found }
    }

    fn is_principal(&self, requester: &Requester, asked: Asked) -> Certainty {
        match (asked, &self.principals) {
            (Asked::Nobody, _) => Certainty::Yes,
            (_, None) => Certainty::No,
            (_, Some(principals)) if principals.not => self.is_other_principal(requester, asked),
            (Asked::Anyhow, Some(principals)) => principals.names_at_all(requester),
            (Asked::By(through), Some(principals)) => principals.name(requester, through),
        }
    }

    /// Whether a requester is none of those that `NotPrincipal` names. A role's session is spared if any of its names is
    /// there; AWS wants all of them there, and says to use conditions in its place.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    fn is_other_principal(&self, requester: &Requester, asked: Asked) -> Certainty {
        let Some(principals) = &self.principals else { return Certainty::No };
        let ways = [Through::Itself, Through::Role, Through::Anyone];
        let spared = Certainty::any(ways.map(|through| principals.name(requester, through)));
        let account = principals.name(requester, Through::Account);
        match asked {
            Asked::By(through) if through != Through::Anyone => Certainty::No,
            // The account alone does not spare those in it: AWS wants them named beside it.
            _ if account != Certainty::No => spared.not().and(Certainty::Unknown),
            _ => spared.not(),
        }
    }
}

impl Match {
    /// Takes a further part into account; false if the statement is not about the request.
    fn narrow(&mut self, part: Certainty, which: Missed) -> bool {
        match part {
            Certainty::Yes => {}
            Certainty::Unknown => {
                if self.missed.is_none() {
                    *self = Self { certainty: Certainty::Unknown, missed: Some(which) };
                }
            }
            Certainty::No => *self = Self { certainty: Certainty::No, missed: Some(which) },
        }
        part != Certainty::No
    }
}
