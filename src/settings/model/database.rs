//! The database's settings.

use indexmap::IndexMap;
use serde::Deserialize;

use super::Setting;
use crate::constructs::rds::{self, EngineFamily};

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

/// The database.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Database {
    /// The engine.
    pub engine: Engine,
    /// The name of the database in the server, which the function connects to.
    pub name: Option<String>,
    port: Option<i64>,
    /// The user of [`Auth::EndToEnd`](super::Auth::EndToEnd).
    pub user: Option<String>,
    /// Whether it exists.
    #[serde(flatten)]
    pub shape: DatabaseShape,
}

/// Whether the database exists.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum DatabaseShape {
    /// The stack creates it.
    New {
        /// What it is like.
        new: Box<NewDatabase>,
    },
    /// It exists.
    Given(GivenDatabase),
}

/// A database that exists.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenDatabase {
    /// The identifier of the instance or cluster.
    pub identifier: String,
    /// The database's security group.
    pub security_group: Setting<String>,
    /// Whether this stack adds rules to that group.
    #[serde(default = "yes")]
    pub manage_security_group: bool,
    /// The resource id, `db-…` or `cluster-…`.
    pub resource_id: Option<Setting<String>>,
}

/// A database that the stack creates.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewDatabase {
    /// The engine's version, in full.
    pub version: Option<String>,
    /// The edition of SQL Server.
    pub edition: Option<Edition>,
    /// The class of the instance, or of each in a cluster.
    pub class: Option<Setting<String>>,
    /// Its storage in GiB.
    pub storage: Option<Setting<i64>>,
    /// The GiB up to which it grows by itself.
    pub storage_up_to: Option<i64>,
    /// Whether an instance has a standby in another zone.
    pub multi_az: Option<Setting<bool>>,
    /// How many further instances of a cluster only read.
    pub readers: Option<usize>,
    /// The capacity of a cluster's serverless instances.
    pub capacity: Option<Capacity>,
    /// For how many days backups are kept.
    pub backup_days: Setting<i64>,
    /// When backups are made, in UTC.
    pub backup_window: Option<String>,
    /// When RDS may restart it, in UTC.
    pub maintenance_window: Option<String>,
    /// Whether it cannot be deleted.
    pub deletion_protection: Setting<bool>,
    /// The engine's parameters.
    #[serde(default)]
    pub parameters: IndexMap<String, String>,
    /// The logs that go to CloudWatch.
    pub log_exports: Option<Vec<String>>,
    /// Every how many seconds the operating system is measured; 0: it is not.
    pub monitoring: i64,
    /// Whether the load is recorded by statement.
    pub insights: bool,
}

/// The capacity of serverless instances, in Aurora capacity units, in text since settings have no fractions.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capacity {
    /// The least.
    pub min: String,
    /// The most.
    pub max: String,
}

impl Capacity {
    /// The least and the most, as numbers.
    pub fn bounds(&self) -> (f64, f64) {
        let number = |text: &String| text.parse().unwrap_or_default();
        (number(&self.min), number(&self.max))
    }
}

choices! {
    /// An edition of SQL Server.
    Edition {
        /// Express.
        Express "express",
        /// Web.
        Web "web",
        /// Standard.
        Standard "standard",
        /// Enterprise.
        Enterprise "enterprise",
    }
}

fn yes() -> bool {
    true
}

impl Database {
    /// The database's port, as said or the engine's own.
    pub fn port(&self) -> i64 {
        self.port.unwrap_or(self.engine.family().port())
    }

    /// What the stack creates, if it does.
    pub fn created(&self) -> Option<&NewDatabase> {
        match &self.shape {
            DatabaseShape::New { new } => Some(new),
            DatabaseShape::Given(_) => None,
        }
    }

    /// What exists, if it does.
    pub fn given(&self) -> Option<&GivenDatabase> {
        match &self.shape {
            DatabaseShape::Given(given) => Some(given),
            DatabaseShape::New { .. } => None,
        }
    }
}
