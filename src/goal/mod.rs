//! What a stack requires, and what it takes on trust.

mod read;

use std::fmt;

use time::Date;

use crate::network::{PortRange, Protocol};
use crate::template::{Intrinsic, Map, Reference, SubPart, Value, pointer};

pub use read::{MALFORMED, Read, date, read};

/// What must hold in the finished template, by logical ids (and names of imports).
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// `from` can open a connection to `to`.
    Reaches {
        /// Who calls.
        from: String,
        /// Who listens.
        to: String,
        /// The port, where one is meant in particular.
        port: Option<(Protocol, PortRange)>,
    },
    /// Nobody but the named ones can open a connection to `what`.
    Isolated {
        /// Who listens.
        what: String,
        /// Who may.
        except: Vec<String>,
    },
    /// `principal` is allowed the actions.
    Can {
        /// Who asks.
        principal: String,
        /// What for.
        actions: Vec<String>,
        /// On what, as the template has it.
        resources: Vec<Value>,
    },
    /// What `what` needs while it is created is there by then.
    Deploys {
        /// What is created.
        what: String,
    },
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reaches { from, to, port: None } => write!(f, "{from} reaches {to}"),
            Self::Reaches { from, to, port: Some((protocol, ports)) } => {
                write!(f, "{from} reaches {to} on {} {ports}", protocol.name())
            }
            Self::Isolated { what, except } if except.is_empty() => write!(f, "{what} is isolated"),
            Self::Isolated { what, except } => write!(f, "{what} is isolated except from {}", except.join(", ")),
            Self::Deploys { what } => write!(f, "{what} deploys"),
            Self::Can { principal, actions, resources } => {
                write!(f, "{principal} can {}{}", actions.join(", "), on(resources, ""))
            }
        }
    }
}

/// What actions are on, to be put behind them, each between two quotes; nothing if that is everything.
pub(crate) fn on(resources: &[Value], quote: &str) -> String {
    let told = resources.iter().filter_map(told).filter(|told| told != "*");
    let told: Vec<String> = told.map(|told| format!("{quote}{told}{quote}")).collect();
    if told.is_empty() { String::new() } else { format!(" on {}", told.join(", ")) }
}

/// What a value names: a resource by its logical id where its ARN or id is meant. None if a function makes it up.
fn told(value: &Value) -> Option<String> {
    const WHOLE: [&str; 5] = ["Arn", "Id", "KeyId", "DBProxyArn", "DBInstanceArn"];
    let named = |reference: &Reference| match reference {
        Reference::GetAtt(name, attribute) if !WHOLE.contains(&attribute.as_str()) => format!("{name}.{attribute}"),
        other => other.name().to_owned(),
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Intrinsic(Intrinsic::Reference(reference)) => Some(named(reference)),
        Value::Intrinsic(Intrinsic::Sub(sub)) => {
            let part = |part: &SubPart| match part {
                SubPart::Text(text) => text.clone(),
                SubPart::Reference(reference) => format!("${{{}}}", named(reference)),
                SubPart::Variable(name) => format!("${{{name}}}"),
            };
            Some(sub.parts.iter().map(part).collect())
        }
        _ => None,
    }
}

impl Goal {
    /// The kind, as machine-readable output names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Reaches { .. } => "reaches",
            Self::Isolated { .. } => "isolated",
            Self::Can { .. } => "can",
            Self::Deploys { .. } => "deploys",
        }
    }

    /// As the sidecar has it.
    pub fn to_value(&self) -> Value {
        let text = |text: &String| Value::from(text.as_str());
        let texts = |texts: &[String]| Value::list(texts.iter().map(text));
        match self {
            Self::Reaches { from, to, port } => {
                let mut map = Map::from_iter([("from".to_owned(), text(from)), ("to".to_owned(), text(to))]);
                if let Some((protocol, ports)) = port {
                    map.insert("port".into(), Value::from(format!("{} {ports}", protocol.name())));
                }
                Value::map([("reaches", Value::Map(map))])
            }
            Self::Isolated { what, except } => {
                Value::map([("isolated", Value::map([("what", text(what)), ("except", texts(except))]))])
            }
            Self::Deploys { what } => Value::map([("deploys", text(what))]),
            Self::Can { principal, actions, resources } => Value::map([(
                "can",
                Value::map([
                    ("principal", text(principal)),
                    ("actions", texts(actions)),
                    ("resources", Value::List(resources.clone())),
                ]),
            )]),
        }
    }
}

/// Something taken on trust, and why. A proof that rests on it says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Assumption {
    /// What is taken on trust.
    pub what: Taken,
    /// Why.
    pub reason: String,
}

/// What an assumption is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// That a goal holds.
    Goal(Goal),
    /// A fact in words, which a construct states of what was imported.
    Fact(String),
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Taken::Goal(goal) => write!(f, "{goal}: {}", self.reason),
            Taken::Fact(fact) => write!(f, "{fact}: {}", self.reason),
        }
    }
}

impl Assumption {
    /// As the sidecar has it.
    pub fn to_value(&self) -> Value {
        let mut map = match &self.what {
            Taken::Goal(goal) => match goal.to_value() {
                Value::Map(map) => map,
                other => unreachable!("a goal is a map, not {other:?}"),
            },
            Taken::Fact(fact) => Map::from_iter([("fact".to_owned(), Value::from(fact.as_str()))]),
        };
        map.insert("reason".into(), Value::from(self.reason.as_str()));
        Value::Map(map)
    }
}

/// Findings that are settled, and why: they are not told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suppression {
    /// The code of the findings, such as `P1002`.
    pub code: String,
    /// The logical id of the resource that they are about; none: anywhere in the template.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which they are settled; none: for good.
    pub until: Option<Date>,
}

impl Suppression {
    /// Its place among those of a template, for what knows where it was written.
    pub fn pointer(&self) -> String {
        pointer(["Suppressions", &self.code].into_iter().chain(self.resource.as_deref()))
    }

    /// As the sidecar has it.
    pub fn to_value(&self) -> Value {
        let resource = self.resource.as_deref().map(|id| ("resource", id));
        let parts =
            [("code", self.code.as_str())].into_iter().chain(resource).chain([("reason", self.reason.as_str())]);
        let until = self.until.map(|date| ("until", Value::from(date.to_string())));
        Value::map(parts.map(|(key, text)| (key, Value::from(text))).chain(until))
    }
}

/// Everything that a stack says of itself beside its template: what `check`, `prove` and `diff` read when it lies
/// beside one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goals {
    /// What must hold, beside what follows from the template anyway.
    pub required: Vec<Goal>,
    /// What is taken on trust.
    pub assumed: Vec<Assumption>,
    /// Logical ids that resources had under another name: `(name, id kept)`.
    pub renamed: Vec<(String, String)>,
    /// Findings that are settled.
    pub suppressed: Vec<Suppression>,
}

impl Goals {
    /// The sidecar of a template: no line numbers, no order but the author's.
    pub fn to_value(&self) -> Value {
        let renamed = self.renamed.iter().map(|(name, id)| (name.as_str(), Value::from(id.as_str())));
        let mut map = Map::from_iter([("version".to_owned(), Value::from(1))]);
        for (key, value) in [
            ("goals", Value::list(self.required.iter().map(Goal::to_value))),
            ("assumptions", Value::list(self.assumed.iter().map(Assumption::to_value))),
            ("renamed", Value::map(renamed)),
            ("suppressions", Value::list(self.suppressed.iter().map(Suppression::to_value))),
        ] {
            let empty = matches!(&value, Value::List(list) if list.is_empty())
                || matches!(&value, Value::Map(map) if map.is_empty());
            if !empty {
                map.insert(key.into(), value);
            }
        }
        Value::Map(map)
    }
}
