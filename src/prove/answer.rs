//! What a hop answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fix::Patch;
use super::model::{Judged, Model};
use crate::diagnostic::Code;
use crate::resolve::Formula;

/// The answer of a hop, in some of the worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It is open, by what the template says.
    Holds,
    /// It is open, unless somebody changed what AWS does by default.
    Assumed,
    /// It is not known.
    Unknown,
    /// It is closed.
    Broken,
}

impl Answer {
    /// As machine-readable output names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Assumed => "assumed",
            Self::Unknown => "unknown",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fact of the template that a step rests on, to be checked by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The resource that says so.
    pub resource: String,
    /// The pointer to where it does.
    pub path: String,
    /// What it says, in words.
    pub says: String,
    /// What it says, to be checked.
    pub claim: Claim,
}

/// What a piece of evidence claims of the template, so that something else than what found it can check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "kebab-case")]
pub enum Claim {
    /// The rule at the path lets `protocol` on `port` through, for members of `group`, from or to `peer`.
    Rule {
        /// Whether it is of traffic that leaves.
        egress: bool,
        /// The groups of the near end, of one of which it is the rule: logical ids, or ids.
        groups: Vec<String>,
        /// The port, where it is known.
        port: Option<u16>,
        /// The groups of the far end, of which one is named if the rule names a group: logical ids, or ids.
        peers: Vec<String>,
        /// The subnets of the far end, all of which are covered if the rule names addresses.
        subnets: Vec<String>,
        /// Whether their IPv6 addresses are meant.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        v6: bool,
    },
    /// The list or value at the path names `what`: a logical id, or an id.
    Names {
        /// What is named.
        what: String,
    },
    /// A group of the template has no property of this name, and no separate rule of this type is of it.
    Without {
        /// The property.
        property: String,
    },
    /// A subnet of the template has a range of IPv6.
    HasIpv6,
    /// A resource of this type is there.
    Is {
        /// The type.
        kind: String,
    },
    /// The resource refers to another or names it in `DependsOn`, or so does something that it waits for.
    After {
        /// What is created before: a logical id.
        what: String,
    },
    /// The property at the path has this value.
    Equals {
        /// The value, spelled.
        value: String,
    },
    /// The statement at the path allows a request.
    Allows {
        /// Which.
        request: Asked,
        /// By what in it, one for each of its elements but `Condition`.
        by: Vec<Covering>,
        /// Its conditions, all of them, each of which is met.
        given: Vec<Test>,
    },
    /// The statement at the path denies, but not this request.
    Spares {
        /// Which.
        request: Asked,
        /// The element that is not about it: `Action`, `NotAction`, `Resource`, `NotResource`, `Principal`, `NotPrincipal` or
        /// `Condition`.
        element: String,
        /// The condition that is not met, if it is one.
        test: Option<Test>,
    },
    /// The value at the path names a policy that AWS manages, which allows a request.
    Managed {
        /// Which.
        request: Asked,
        /// What stands in the policy's ARN behind `:aws:policy/`.
        policy: String,
    },
    /// The text at the path is JSON that names a database user.
    User {
        /// The user; `${…}` stands for what is not known.
        user: String,
    },
}

/// A request that policies are asked about. In its texts, `${…}` stands for what is not known before the stack is deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Who asks: the logical id of a role, or a service such as `rds.amazonaws.com`.
    pub who: String,
    /// For what.
    pub action: String,
    /// On what.
    pub on: String,
}

/// By what an element of a statement is about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covering {
    /// `Action`, `NotAction`, `Resource`, `NotResource`, `Principal` or `NotPrincipal`.
    pub element: String,
    /// What in it, as it stands there; none for an element that is about everything but what stands there.
    pub by: Option<String>,
}

/// A condition of a statement, and what it is held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// The operator, such as `StringEquals`.
    pub operator: String,
    /// The key, such as `kms:ViaService`.
    pub key: String,
    /// What the statement has.
    pub values: Vec<String>,
    /// What the request has; nothing: it has not got the key.
    pub is: Vec<String>,
    /// Whether it is taken on trust that the request has that.
    pub trusted: bool,
}

/// A step of a proof: what a hop answers in some of the worlds.
#[derive(Clone, Debug)]
pub struct Step {
    /// The hop.
    pub hop: &'static str,
    /// Its code.
    pub code: Code,
    /// Its answer.
    pub answer: Answer,
    /// The worlds in which that is the answer.
    pub when: Formula,
    /// Those worlds in words, to be put behind a sentence; empty if they are all that count.
    pub place: String,
    /// The resource that it is about.
    pub resource: Option<String>,
    /// The pointer to the place that it is about.
    pub path: Option<String>,
    /// Other resources that the same fault is seen at: the endpoint whose names a VPC does not resolve.
    pub beside: Vec<String>,
    /// What is.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What AWS Reachability Analyzer calls it.
    pub aws_code: Option<&'static str>,
    /// Whether it is worth a warning that this is not known.
    pub warns: bool,
    /// Whether, though it is taken for given, it is worth an advice to have it certain.
    pub advises: bool,
    /// A change of the template that mends it; kept only where it was tried.
    pub fix: Option<Patch>,
}

impl Step {
    /// An answer without anything to it.
    pub fn new(hop: &'static str, code: Code, answer: Answer, when: Formula, message: String) -> Self {
        Self {
            hop,
            code,
            answer,
            when,
            place: String::new(),
            resource: None,
            path: None,
            beside: Vec::new(),
            message,
            help: None,
            evidence: Vec::new(),
            aws_code: None,
            warns: true,
            advises: false,
            fix: None,
        }
    }

    /// Names the resource and the place.
    pub fn at(&mut self, resource: &str, path: impl Into<String>) -> &mut Self {
        self.resource = Some(resource.to_owned());
        self.path = Some(path.into());
        self
    }

    /// Names a resource that the same fault is seen at.
    pub fn beside(&mut self, resource: &str) -> &mut Self {
        self.beside.push(resource.to_owned());
        self
    }

    /// Says how to mend it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Names what AWS Reachability Analyzer calls it.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html>
    pub fn aws(&mut self, code: &'static str) -> &mut Self {
        self.aws_code = Some(code);
        self
    }

    /// Adds what it rests on.
    pub fn because(&mut self, evidence: impl IntoIterator<Item = Evidence>) -> &mut Self {
        for piece in evidence {
            if !self.evidence.contains(&piece) {
                self.evidence.push(piece);
            }
        }
        self
    }

    /// Says that nobody can do anything about it here, so that it warns of nothing.
    pub fn silent(&mut self) -> &mut Self {
        self.warns = false;
        self
    }

    /// Proposes a change.
    pub fn fix(&mut self, fix: Option<Patch>) -> &mut Self {
        self.fix = fix;
        self
    }
}

/// The worlds of a question, by its answer.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// It holds.
    pub holds: Option<Formula>,
    /// It holds by default.
    pub assumed: Option<Formula>,
    /// Something that is not modelled decides.
    pub foreign: Option<Formula>,
    /// It is not known.
    pub unknown: Option<Formula>,
    /// It does not hold.
    pub broken: Option<Formula>,
}

impl Split {
    /// Splits the worlds of `under`.
    pub fn of(model: &Model<'_>, judged: Judged, under: Formula) -> Self {
        let part = |more: Formula, less: Formula| {
            let when = model.resolved.and(under, model.without(more, less));
            model.resolved.is_possible(when).then_some(when)
        };
        let broken = part(Formula::TRUE, judged.open);
        let is_certain = broken.is_some_and(|when| model.resolved.is_certainly_possible(when));
        let foreign = part(judged.foreign, judged.benign);
        // Worlds that nothing certain is known of break nothing.
        let foreign = match (foreign, broken) {
            (Some(one), Some(other)) if !is_certain => Some(model.resolved.or(one, other)),
            (None, other) if !is_certain => other,
            (one, _) => one,
        };
        Self {
            holds: part(judged.fact, Formula::FALSE),
            assumed: part(judged.benign, judged.fact),
            foreign,
            unknown: part(judged.open, judged.foreign),
            broken: broken.filter(|_| is_certain),
        }
    }
}
