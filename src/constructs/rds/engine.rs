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

/// An edition of SQL Server.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/SQLServer.Concepts.General.FeatureSupport.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edition {
    /// Express: free, for databases of up to 10 GiB.
    Express,
    /// Web: for what is on the public web only.
    Web,
    /// Standard.
    Standard,
    /// Enterprise.
    Enterprise,
}

impl Engine {
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

/// The engine of a database, down to the edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnyEngine {
    Instance(Engine, Edition),
    Aurora(AuroraEngine),
}

impl From<Engine> for AnyEngine {
    fn from(engine: Engine) -> Self {
        Self::Instance(engine, Edition::Express)
    }
}

impl From<AuroraEngine> for AnyEngine {
    fn from(engine: AuroraEngine) -> Self {
        Self::Aurora(engine)
    }
}

impl AnyEngine {
    pub(super) fn family(self) -> EngineFamily {
        match self {
            Self::Instance(engine, _) => engine.family(),
            Self::Aurora(engine) => engine.family(),
        }
    }

    /// The value of the property `Engine`.
    ///
    /// Source: `Engine` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Instance(Engine::Postgres, _) => "postgres",
            Self::Instance(Engine::MySql, _) => "mysql",
            Self::Instance(Engine::MariaDb, _) => "mariadb",
            Self::Instance(Engine::SqlServer, Edition::Express) => "sqlserver-ex",
            Self::Instance(Engine::SqlServer, Edition::Web) => "sqlserver-web",
            Self::Instance(Engine::SqlServer, Edition::Standard) => "sqlserver-se",
            Self::Instance(Engine::SqlServer, Edition::Enterprise) => "sqlserver-ee",
            Self::Aurora(AuroraEngine::Postgres) => "aurora-postgresql",
            Self::Aurora(AuroraEngine::MySql) => "aurora-mysql",
        }
    }

    /// The licence, where the engine has one to choose.
    pub(super) fn license(self) -> Option<&'static str> {
        (self.family() == EngineFamily::SqlServer).then_some("license-included")
    }

    /// A small class that the engine has in every region, by the list of RDS's orderable options that cfn-lint 1.58.0
    /// carries (20 October 2026).
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html>
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Instance(Engine::SqlServer, Edition::Standard | Edition::Enterprise) => "db.t3.xlarge",
            _ => "db.t3.medium",
        }
    }

    /// The longest password that its master user may have; the shortest has 8 characters everywhere.
    ///
    /// Sources: `MasterUserPassword` in
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html> and
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>
    pub(super) fn longest_password(self) -> i64 {
        match self {
            Self::Instance(Engine::Postgres | Engine::SqlServer, _) => 128,
            Self::Instance(Engine::MySql | Engine::MariaDb, _) | Self::Aurora(_) => 41,
        }
    }

    /// Logs that it sends to CloudWatch unless told otherwise: what went wrong.
    ///
    /// Sources: `EnableCloudwatchLogsExports` in
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html> and
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>
    pub(super) fn logs(self) -> &'static [&'static str] {
        match self {
            Self::Instance(Engine::Postgres, _) => &["postgresql", "upgrade"],
            Self::Aurora(AuroraEngine::Postgres) => &["postgresql"],
            Self::Instance(Engine::MySql | Engine::MariaDb | Engine::SqlServer, _)
            | Self::Aurora(AuroraEngine::MySql) => &["error"],
        }
    }

    /// The parameter by which it refuses connections without TLS, and its value for yes and for no.
    ///
    /// Sources: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/SQLServer.Concepts.General.SSL.Using.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mariadb-ssl-connections.require-ssl.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Security.html>
    pub(super) fn tls(self) -> (&'static str, [&'static str; 2]) {
        match (self, self.family()) {
            (Self::Aurora(_), EngineFamily::MySql) => ("require_secure_transport", ["ON", "OFF"]),
            (Self::Instance(..), EngineFamily::MySql) => ("require_secure_transport", ["1", "0"]),
            (_, EngineFamily::Postgres | EngineFamily::SqlServer) => ("rds.force_ssl", ["1", "0"]),
        }
    }

    /// How Secrets Manager names the rotation of one user's password.
    ///
    /// Source: `RotationType` in
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-rotationschedule-hostedrotationlambda.html>
    pub(super) fn rotation(self) -> &'static str {
        match self {
            Self::Instance(Engine::MariaDb, _) => "MariaDBSingleUser",
            Self::Instance(Engine::Postgres, _) | Self::Aurora(AuroraEngine::Postgres) => "PostgreSQLSingleUser",
            Self::Instance(Engine::MySql, _) | Self::Aurora(AuroraEngine::MySql) => "MySQLSingleUser",
            Self::Instance(Engine::SqlServer, _) => "SQLServerSingleUser",
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
