//! Engines, their families and ports.

/// The engine of a database instance that a proxy can stand before.
///
/// RDS Proxy supports neither Oracle nor Db2.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.RDSProxy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
    /// Microsoft SQL Server, any edition.
    SqlServer,
}

/// The engine of an Aurora cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuroraEngine {
    /// Aurora PostgreSQL.
    Postgres,
    /// Aurora MySQL.
    MySql,
}

/// The protocol that a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EngineFamily {
    /// MySQL, MariaDB, Aurora MySQL.
    MySql,
    /// PostgreSQL, Aurora PostgreSQL.
    Postgres,
    /// SQL Server.
    SqlServer,
}

impl Engine {
    /// The value of the property `Engine`. SQL Server is the Express edition; another is set by
    /// `override_property("/Engine", …)`.
    ///
    /// Source: `Engine` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::SqlServer => "sqlserver-ex",
        }
    }

    /// The licence, where the engine has one to choose.
    pub(super) fn license(self) -> Option<&'static str> {
        (self == Self::SqlServer).then_some("license-included")
    }

    /// Its family.
    ///
    /// Source: `EngineFamily` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>
    pub fn family(self) -> EngineFamily {
        match self {
            Self::Postgres => EngineFamily::Postgres,
            Self::MySql | Self::MariaDb => EngineFamily::MySql,
            Self::SqlServer => EngineFamily::SqlServer,
        }
    }
}

impl AuroraEngine {
    /// Its family.
    pub fn family(self) -> EngineFamily {
        match self {
            Self::Postgres => EngineFamily::Postgres,
            Self::MySql => EngineFamily::MySql,
        }
    }
}

impl EngineFamily {
    /// The value of the property `EngineFamily`.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MYSQL",
            Self::Postgres => "POSTGRESQL",
            Self::SqlServer => "SQLSERVER",
        }
    }

    /// The port that a proxy of this family listens on, whatever port its database has; and the default port of such a
    /// database.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html>
    pub fn port(self) -> i64 {
        match self {
            Self::MySql => 3306,
            Self::Postgres => 5432,
            Self::SqlServer => 1433,
        }
    }
}
