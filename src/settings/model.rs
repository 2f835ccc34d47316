//! The settings as types. The schema holds ranges, choices and defaults; this is what is left once it is satisfied.

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// The word of the settings.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

mod database;
mod endpoints;
mod function;
mod network;
mod proxy;
mod secret;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de::Error};

pub use database::{Capacity, Database, DatabaseShape, Edition, Engine, GivenDatabase, NewDatabase, Target};
pub use endpoints::{Endpoint, Endpoints};
pub use function::{Architecture, Code, ConnectAs, Function, LogFormat, Reach, Tracing};
pub use network::{FlowLogs, GivenNetwork, Nat, Network, NewNetwork};
pub use proxy::{Auth, Groups, Proxy};
pub use secret::{KeptBy, NewSecret, Secret, SecretAccess, SecretKey, SecretShape};

use crate::diagnostic::Span;
use crate::stack::{Region, ToolFiles};
use crate::template::{Places, pointer};

/// A settings file: a blueprint, and the environments that it is made for, complete with all defaults.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// Which architecture to make.
    pub blueprint: Blueprint,
    /// The stack's name, where the environment has none of its own.
    pub stack: String,
    /// The paths of the settings that stay open until deployment.
    pub parameters: Vec<String>,
    /// Where the folder of output lies in the repository, from its root, where that was said.
    pub out_in_repository: Option<String>,
    /// The environments by name.
    pub environments: IndexMap<String, Environment>,
    /// Where each key and value of the environments was written; what came from `defaults` has its place there.
    #[serde(skip)]
    pub places: Places,
}

impl Settings {
    /// The stack's name in `environment`.
    pub fn stack_name<'a>(&'a self, environment: &'a Environment) -> &'a str {
        environment.stack.as_deref().unwrap_or(&self.stack)
    }

    /// Where the setting at a path such as `proxy.auth` was written for `environment`, or the nearest thing around it.
    pub fn place(&self, environment: &str, path: &str) -> Option<Span> {
        let steps = ["environments", environment].into_iter().chain(path.split('.'));
        self.places.nearest(&pointer(steps))
    }
}

/// A setting that may stay open until deployment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Setting<T> {
    /// It stays open: a parameter of this name, with the environment's value as default if there is one.
    Parameter {
        /// The parameter's name, such as `FunctionMemory`.
        #[serde(rename = "parameter")]
        name: String,
        /// The environment's value.
        default: Option<T>,
    },
    /// It is fixed.
    Literal(T),
}

impl<T> Setting<T> {
    /// The same with another type of value.
    pub fn map<U>(self, value: impl Fn(T) -> U) -> Setting<U> {
        match self {
            Self::Literal(literal) => Setting::Literal(value(literal)),
            Self::Parameter { name, default } => Setting::Parameter { name, default: default.map(value) },
        }
    }

    /// The value that is known before deployment: the literal, or the default.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Literal(value) => Some(value),
            Self::Parameter { default, .. } => default.as_ref(),
        }
    }
}

choices! {
    /// An architecture.
    Blueprint {
        /// A Lambda function in private subnets that reaches an RDS database through RDS Proxy.
        LambdaRdsProxy "lambda-rds-proxy",
    }
}

/// One environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Environment {
    /// The account's twelve digits.
    pub account: String,
    /// The region.
    #[serde(deserialize_with = "region")]
    pub region: Region,
    /// The stack's name here, where it is not that of all.
    pub stack: Option<String>,
    /// Tags for the stack.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
    /// The files to write beside the template.
    #[serde(deserialize_with = "tool_files")]
    pub files: Vec<ToolFiles>,
    /// Findings that are settled.
    #[serde(default)]
    pub suppressions: Vec<Suppression>,
    /// Where functions and proxy live.
    pub network: Network,
    /// The database.
    pub database: Database,
    /// The secret with which the proxy logs in, or the master user of a new database.
    pub secret: Option<Secret>,
    /// Rotation of the secret's password.
    pub rotation: Option<Rotation>,
    /// The proxy.
    pub proxy: Proxy,
    /// The function.
    pub function: Function,
    /// Interface endpoints to create.
    #[serde(default)]
    pub endpoints: Endpoints,
}

/// Findings that are settled, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Suppression {
    /// The code.
    pub code: String,
    /// The logical id of the resource that they are about; none: any of the stack.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day, written like `2027-01-31`; none: for good.
    pub until: Option<String>,
}

/// Rotation of the secret's password.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rotation {
    /// Every how many days.
    pub days: i64,
}

fn tool_files<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ToolFiles>, D::Error> {
    let words = Vec::<String>::deserialize(from)?;
    let files: Option<_> = words.iter().map(|word| ToolFiles::of_word(word)).collect();
    files.ok_or_else(|| D::Error::custom("files that no tool has"))
}

fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Region, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}
