//! Ports, which may be parameters or those of another resource.

use std::borrow::Cow;

use super::{Judged, Model};
use crate::resolve::{Formula, Resolution};
use crate::template::Value;

/// A TCP port in some of the worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Port<'a> {
    /// In which.
    pub when: Formula,
    /// Which, if it is known.
    pub number: Option<u16>,
    /// What stands for it.
    pub value: Resolution<'a>,
    /// Where it was written; none if it is the engine's own.
    pub source: Option<&'a Value>,
}

impl<'a> Port<'a> {
    /// A port that is known.
    pub fn known(number: u16, when: Formula) -> Self {
        let value = Resolution::Number(u64::from(number).into());
        Self { when, number: Some(number), value, source: None }
    }

    /// What stands for a port.
    pub fn of(value: Resolution<'a>, when: Formula, source: Option<&'a Value>) -> Self {
        let number = value.integer().and_then(|port| u16::try_from(port).ok());
        Self { when, number, value, source }
    }

    /// As it is called in sentences: `5432`, or the name of a parameter.
    pub fn name(&self) -> String {
        self.number.map_or_else(|| super::term::named(&self.value), |number| number.to_string())
    }

    /// Such as `tcp 5432`.
    pub fn told(&self) -> String {
        format!("tcp {}", self.name())
    }
}

/// Ports as a rule has them.
#[derive(Clone, Debug, PartialEq)]
pub enum Ports<'a> {
    /// Whatever the port.
    Every,
    /// From one number to another, the last included.
    Numbers(i64, i64),
    /// From one to another, the last included, of which one at least is no number.
    Between(Resolution<'a>, Resolution<'a>),
    /// Nothing is known of them.
    Unknown,
}

impl<'a> Ports<'a> {
    /// From one to another.
    pub fn between(from: Resolution<'a>, to: Resolution<'a>) -> Self {
        match (from.integer(), to.integer()) {
            (Some(from), Some(to)) => Self::Numbers(from, to),
            _ => Self::Between(from, to),
        }
    }
}

impl<'a> Model<'a> {
    /// What stands for a port once it is known whose it is: `Endpoint.Port` of a database is its port.
    pub fn settled_port(&self, value: Resolution<'a>) -> Resolution<'a> {
        let Some((
            resource,
            Some("Endpoint.Port" | "ReadEndpoint.Port" | "PrimaryEndPoint.Port" | "ConfigurationEndPoint.Port"),
        )) = value.reference()
        else {
            return value;
        };
        // A port that is made of itself is nobody's.
        if self.settling.borrow().contains(&resource) {
            return value;
        }
        self.settling.borrow_mut().push(resource);
        let ports = self.listening(resource);
        self.settling.borrow_mut().pop();
        match ports.as_slice() {
            [only] => only.value.clone(),
            _ => value,
        }
    }

    /// Where a rule's ports hold a port.
    pub fn holds_port(&self, ports: &Ports<'a>, port: &Port<'a>) -> Judged {
        match ports {
            Ports::Every => Judged::ALWAYS,
            Ports::Unknown => Judged::open(Formula::TRUE),
            Ports::Numbers(from, to) => match port.number {
                Some(port) if (*from..=*to).contains(&i64::from(port)) => Judged::ALWAYS,
                Some(_) => Judged::NEVER,
                None => {
                    let number = |port: i64| Resolution::Number(port.into());
                    self.between(&number(*from), &number(*to), port)
                }
            },
            Ports::Between(from, to) => self.between(from, to, port),
        }
    }

    fn between(&self, from: &Resolution<'a>, to: &Resolution<'a>, port: &Port<'a>) -> Judged {
        if let (Some(from), Some(to), Some(port)) = (from.integer(), to.integer(), port.number) {
            return if (from..=to).contains(&i64::from(port)) { Judged::ALWAYS } else { Judged::NEVER };
        }
        if *from == port.value && *to == port.value {
            return Judged::ALWAYS;
        }
        if from == to {
            return Judged::fact(self.resolved.equal(from, &port.value))
                .or(self.if_undecided(from, port), self.resolved);
        }
        if from.integer().is_some_and(|from| from <= 1) && to.integer().is_some_and(|to| to >= 65_535) {
            return Judged::ALWAYS;
        }
        // The ends are tried at what the parameters are unless said otherwise.
        let ends = [from, to, &port.value].map(|value| self.by_default(value));
        let [Some((a, from)), Some((b, to)), Some((c, port))] = ends else { return Judged::open(Formula::TRUE) };
        let when = self.resolved.and(a, self.resolved.and(b, c));
        let inside = if (from..=to).contains(&port) { when } else { Formula::FALSE };
        let maybe = self.resolved.or(inside, self.resolved.not(when));
        Judged::between(inside, maybe)
    }

    /// Whether two ports are the same may be beyond what formulas tell: the port of an existing database.
    fn if_undecided(&self, one: &Resolution<'a>, port: &Port<'a>) -> Judged {
        let known = |value: &Resolution<'a>| value.integer().is_some() || value.parameter().is_some();
        if known(one) && known(&port.value) { Judged::NEVER } else { Judged::open(Formula::TRUE) }
    }

    /// A whole number, or the default of the parameter that stands for it, and the worlds in which it is that.
    fn by_default(&self, value: &Resolution<'a>) -> Option<(Formula, i64)> {
        if let Some(number) = value.integer() {
            return Some((Formula::TRUE, number));
        }
        let (_, parameter) = value.parameter()?;
        let text = super::spelled(parameter.default.as_ref()?)?;
        let when = self.resolved.equal(value, &Resolution::Text(Cow::Owned(text.clone())));
        Some((when, text.trim().parse().ok()?))
    }
}
