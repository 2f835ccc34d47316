//! The settings as types. The schema holds ranges, choices and defaults; this is what is left once it is satisfied.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de::Error};

use crate::constructs::lambda::Runtime;
use crate::constructs::rds::{self, EngineFamily};
use crate::diagnostic::Span;
use crate::stack::Region;
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
    pub fn place(&self, environment: &str, path: &str) -> Option<&Span> {
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

choices! {
    /// An architecture.
    Blueprint {
        /// A Lambda function in private subnets that reaches an RDS database through RDS Proxy.
        LambdaRdsProxy "lambda-rds-proxy",
    }
}

choices! {
    /// A database engine that RDS Proxy can stand before.
    Engine {
        /// PostgreSQL.
        Postgres "postgres",
        /// MySQL.
        Mysql "mysql",
        /// MariaDB.
        Mariadb "mariadb",
        /// SQL Server.
        SqlServer "sqlserver",
        /// Aurora PostgreSQL.
        AuroraPostgresql "aurora-postgresql",
        /// Aurora MySQL.
        AuroraMysql "aurora-mysql",
    }
}

/// What a proxy stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An instance.
    Instance(rds::Engine),
    /// A cluster.
    Cluster(rds::AuroraEngine),
}

impl Engine {
    /// What the proxy's target is: Aurora's databases are clusters.
    pub fn target(self) -> Target {
        match self {
            Self::Postgres => Target::Instance(rds::Engine::Postgres),
            Self::Mysql => Target::Instance(rds::Engine::MySql),
            Self::Mariadb => Target::Instance(rds::Engine::MariaDb),
            Self::SqlServer => Target::Instance(rds::Engine::SqlServer),
            Self::AuroraPostgresql => Target::Cluster(rds::AuroraEngine::Postgres),
            Self::AuroraMysql => Target::Cluster(rds::AuroraEngine::MySql),
        }
    }

    /// The protocol that the proxy speaks.
    pub fn family(self) -> EngineFamily {
        match self.target() {
            Target::Instance(engine) => engine.family(),
            Target::Cluster(engine) => engine.family(),
        }
    }
}

choices! {
    /// How a client proves itself to the proxy, and the proxy to the database.
    Auth {
        /// User and password, then the secret.
        Password "password",
        /// A token, then the secret.
        Iam "iam",
        /// Either, then the secret.
        Mixed "mixed",
        /// A token all the way.
        EndToEnd "end-to-end",
    }
}

choices! {
    /// Whose security group the proxy has.
    Groups {
        /// Its own.
        Separate "separate",
        /// The database's.
        Shared "shared",
    }
}

choices! {
    /// What the proxy may do with the secret.
    SecretAccess {
        /// What it needs.
        Read "read",
        /// Also `GetResourcePolicy` and `ListSecretVersionIds`.
        Full "full",
    }
}

choices! {
    /// As whom the function may connect.
    ConnectAs {
        /// As the one user.
        User "user",
        /// As any: `dbuser:…/*`.
        Any "any",
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
    /// Where functions and proxy live.
    pub network: Network,
    /// The database.
    pub database: Database,
    /// The secret with which the proxy logs in.
    pub secret: Option<Secret>,
    /// The proxy.
    pub proxy: Proxy,
    /// The function.
    pub function: Function,
    /// Interface endpoints to create.
    #[serde(default)]
    pub endpoints: Endpoints,
}

/// Where functions and proxy live.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Network {
    /// The VPC's id.
    pub vpc: Setting<String>,
    /// The private subnets' ids.
    pub private_subnets: Setting<Vec<String>>,
}

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Database {
    /// The identifier of the instance or cluster.
    pub identifier: String,
    /// The engine.
    pub engine: Engine,
    /// The database's security group.
    pub security_group: Setting<String>,
    /// Whether this stack adds rules to that group.
    pub manage_security_group: bool,
    port: Option<i64>,
    /// The resource id, `db-…` or `cluster-…`.
    pub resource_id: Option<Setting<String>>,
    /// The user of [`Auth::EndToEnd`].
    pub user: Option<String>,
}

impl Database {
    /// The database's port, as said or the engine's own.
    pub fn port(&self) -> i64 {
        self.port.unwrap_or(self.engine.family().port())
    }
}

/// The secret with which the proxy logs in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Secret {
    /// Its full ARN.
    pub arn: Setting<String>,
    /// The database user in it.
    pub user: String,
    key: Setting<String>,
    /// What the proxy may do with it.
    pub access: SecretAccess,
}

impl Secret {
    /// The ARN of the customer managed key; none where AWS manages the key.
    pub fn key(&self) -> Option<&Setting<String>> {
        (self.key != Setting::Literal("aws-managed".to_owned())).then_some(&self.key)
    }
}

/// The proxy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Proxy {
    /// Its name, where it is not derived.
    pub name: Option<String>,
    /// How clients and proxy prove themselves.
    pub auth: Auth,
    /// Whose security group it has.
    pub groups: Groups,
    /// Whether it refuses clients without TLS.
    pub require_tls: bool,
    /// Seconds until an idle client's connection is closed.
    pub idle_client_timeout: Setting<i64>,
    /// Its share of the database's connections.
    pub max_connections_percent: Option<Setting<i64>>,
    /// The share that it may keep idle.
    pub max_idle_connections_percent: Option<Setting<i64>>,
    /// Seconds that a client waits for a connection.
    pub connection_borrow_timeout: Option<Setting<i64>>,
    /// Whether it logs every statement.
    pub debug_logging: bool,
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
    /// Where the code comes from; none means the supplied code.
    pub code: Option<Code>,
    /// Environment variables.
    #[serde(default)]
    pub environment: IndexMap<String, String>,
    /// As whom it may connect.
    pub connect_as: ConnectAs,
    /// Whether it may call `rds:DescribeDBProxies`.
    pub describe_proxy: bool,
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
}

/// Interface endpoints to create.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Endpoints {
    /// For the RDS API.
    pub rds: Option<Endpoint>,
    /// For the Secrets Manager API.
    pub secrets_manager: Option<Endpoint>,
}

/// An interface endpoint.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Endpoint {
    /// Whether the service's own name leads to it.
    pub private_dns: bool,
}

fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Region, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

fn runtime<'de, D: Deserializer<'de>>(from: D) -> Result<Runtime, D::Error> {
    let id = String::deserialize(from)?;
    let found = Runtime::ALL.iter().find(|runtime| runtime.id() == id);
    found.copied().ok_or_else(|| D::Error::custom(format!("`{id}` is no runtime")))
}
