//! What must be allowed for a template to work.

use std::fmt;

use crate::resolve::{Formula, Resolution};
use crate::template::Value;

/// Something that must be allowed.
#[derive(Clone, Debug)]
pub struct CanGoal<'a> {
    /// Who needs it: the logical id of a function, proxy, database or schedule.
    pub principal: &'a str,
    /// What it needs.
    pub need: Need<'a>,
    /// In which worlds.
    pub when: Formula,
    /// The part of the template that it follows from.
    pub source: Option<&'a Value>,
}

/// What is needed.
#[derive(Clone, Debug)]
pub enum Need<'a> {
    /// That its role trusts a service.
    Trust {
        /// The service, such as `rds.amazonaws.com`.
        service: &'static str,
        /// The property that names the role.
        property: &'static str,
    },
    /// That a function's role may make network interfaces.
    Interfaces,
    /// That a secret can be read, and decrypted.
    Read {
        /// The secret's ARN.
        secret: Resolution<'a>,
    },
    /// That a function can log in to a proxy or database with an IAM token.
    Connect {
        /// The logical id of the proxy or database.
        to: &'a str,
    },
    /// That a proxy can log in to its database with an IAM token.
    EndToEnd,
    /// That a function can rotate a secret.
    Rotate {
        /// The function.
        function: &'a str,
        /// The secret's ARN.
        secret: Resolution<'a>,
    },
    /// What somebody stated.
    Stated {
        /// The actions.
        actions: Vec<String>,
        /// The resources.
        resources: Vec<Value>,
    },
}

impl fmt::Display for CanGoal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.principal;
        match &self.need {
            Need::Trust { service, .. } => write!(f, "the role of {who} trusts {service}"),
            Need::Interfaces => write!(f, "{who} can have network interfaces"),
            Need::Read { secret } => write!(f, "{who} can read {}", told(secret)),
            Need::Connect { to } => write!(f, "{who} can log in to {to} with an IAM token"),
            Need::EndToEnd => write!(f, "{who} can log in to its database with an IAM token"),
            Need::Rotate { function, secret } => write!(f, "{function} can rotate {}", told(secret)),
            Need::Stated { actions, resources } => {
                write!(f, "{who} can {}{}", actions.join(", "), crate::goal::on(resources, ""))
            }
        }
    }
}

fn told(value: &Resolution<'_>) -> String {
    match value {
        Resolution::Text(text) => text.to_string(),
        other => match other.references().first() {
            Some((id, _)) => (*id).to_owned(),
            None => other.parameter().map_or_else(|| "its secret".into(), |(name, _)| name.to_owned()),
        },
    }
}
