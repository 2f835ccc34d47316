//! The function's settings.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de::Error};

use super::Setting;
use crate::constructs::lambda::{self, Runtime};

choices! {
    /// As whom the function may connect.
    ConnectAs {
        /// As the one user.
        User "user",
        /// As any: `dbuser:…/*`.
        Any "any",
    }
}

choices! {
    /// The processor that the function runs on.
    Architecture {
        /// AWS's own.
        Arm64 "arm64",
        /// Intel's and AMD's.
        X86_64 "x86_64",
    }
}

choices! {
    /// The form of the function's log.
    LogFormat {
        /// A JSON object an event.
        Json "json",
        /// Lines.
        Text "text",
    }
}

choices! {
    /// Whether X-Ray gets traces of the function.
    Tracing {
        /// Of a sample of its invocations.
        Active "active",
        /// Of those that its caller traces.
        PassThrough "pass-through",
    }
}

impl Architecture {
    /// As stacks have it.
    pub fn noun(self) -> lambda::Architecture {
        match self {
            Self::Arm64 => lambda::Architecture::Arm64,
            Self::X86_64 => lambda::Architecture::X86_64,
        }
    }
}

impl LogFormat {
    /// As stacks have it.
    pub fn noun(self) -> lambda::LogFormat {
        match self {
            Self::Json => lambda::LogFormat::Json,
            Self::Text => lambda::LogFormat::Text,
        }
    }
}

impl Tracing {
    /// As stacks have it.
    pub fn noun(self) -> lambda::Tracing {
        match self {
            Self::Active => lambda::Tracing::Active,
            Self::PassThrough => lambda::Tracing::PassThrough,
        }
    }
}

/// The function.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Function {
    /// The runtime's identifier. An image brings its own.
    #[serde(deserialize_with = "runtime")]
    pub runtime: Runtime,
    /// The handler, where it is not that of the supplied code.
    pub handler: Option<String>,
    /// Memory in MB.
    pub memory: Option<Setting<i64>>,
    /// Seconds until an invocation is ended.
    pub timeout: Option<Setting<i64>>,
    /// The processor.
    pub architecture: Option<Architecture>,
    /// How many of it may run at once.
    pub reserved_concurrency: Option<Setting<i64>>,
    /// For how many days its log is kept.
    pub log_days: Setting<i64>,
    /// The form of its log.
    pub log_format: LogFormat,
    /// Whether X-Ray gets traces.
    pub tracing: Option<Tracing>,
    /// Versions of layers under its code.
    pub layers: Option<Vec<String>>,
    /// Where the code comes from; none means the supplied code.
    pub code: Option<Code>,
    /// Environment variables.
    #[serde(default)]
    pub environment: IndexMap<String, String>,
    /// As whom it may connect.
    pub connect_as: ConnectAs,
    /// Whether it may call `rds:DescribeDBProxies`.
    pub describe_proxy: bool,
    /// What else it may reach.
    #[serde(default)]
    pub reaches: Vec<Reach>,
}

/// Addresses that the function may reach, beside proxy and endpoints.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reach {
    /// The addresses.
    pub range: String,
    /// The port, by TCP.
    pub port: i64,
}

/// Where a function's code comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// A zip archive in a bucket.
    S3 {
        /// The bucket.
        bucket: Setting<String>,
        /// The object's key.
        key: Setting<String>,
        /// The object's version.
        version: Option<Setting<String>>,
    },
    /// A container image.
    Image(Setting<String>),
    /// The source text itself.
    Inline(String),
    /// A folder of the repository.
    Local(String),
}

fn runtime<'de, D: Deserializer<'de>>(from: D) -> Result<Runtime, D::Error> {
    let id = String::deserialize(from)?;
    let found = Runtime::ALL.iter().find(|runtime| runtime.id() == id);
    found.copied().ok_or_else(|| D::Error::custom(format!("`{id}` is no runtime")))
}
