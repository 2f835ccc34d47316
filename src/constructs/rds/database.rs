//! Database instances and clusters: what both are, whether they exist or the stack makes them.

use super::engine::{AnyEngine, AuroraEngine, Engine, EngineFamily};
use super::made::Made;
use super::master::MasterUser;
use crate::aws::rds::{DbCluster, DbInstance};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::kms::Key;
use crate::constructs::secretsmanager::{Credentials, Secret};
use crate::stack::{
    AnyHandle, Bag, Construct, Deletion, Existing, Handle, IntoValue, List, Listener, Listening, Lowering, Seconds,
    Stack, Value, tcp,
};

/// What a proxy needs to know of the database that it stands before.
#[derive(Clone, Debug)]
pub struct Target {
    /// The database.
    pub database: AnyHandle,
    /// The protocol.
    pub family: EngineFamily,
    /// Whether it is an instance or a cluster.
    pub kind: TargetKind,
    /// Its security group.
    pub group: Handle<SecurityGroup>,
    /// Logical ids of what must exist before it is used: its members, and host and port in its secret.
    pub(crate) after: Vec<String>,
    /// How Secrets Manager names the rotation of one user's password.
    pub(crate) rotation: &'static str,
}

/// Whether a database is an instance or a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// A database instance.
    Instance,
    /// A cluster.
    Cluster,
}

impl TargetKind {
    /// The attribute that holds its resource id, `db-…` or `cluster-…`.
    pub fn resource_id(self) -> &'static str {
        match self {
            Self::Instance => "DbiResourceId",
            Self::Cluster => "DBClusterResourceId",
        }
    }

    /// Its resource type.
    pub(crate) fn resource_type(self) -> &'static str {
        match self {
            Self::Instance => "AWS::RDS::DBInstance",
            Self::Cluster => "AWS::RDS::DBCluster",
        }
    }
}

/// A database that a proxy can stand before.
#[diagnostic::on_unimplemented(
    message = "a proxy cannot stand before `{Self}`",
    label = "neither a database instance nor a cluster"
)]
pub trait ProxyTarget: Listener {
    /// What a proxy needs to know of it; `own` is its handle.
    fn target(&self, stack: &Stack, own: AnyHandle) -> Target;
}

macro_rules! databases { ($(
    $(#[$doc:meta])*
    $name:ident of $engine:ident is $l1:ident, target $kind:ident
)*) => { $(
    $(#[$doc])*
    #[must_use = "nothing is created until `stack.add` takes it"]
    pub struct $name {
        pub(super) database: $l1,
        pub(super) engine: AnyEngine,
        group: Handle<SecurityGroup>,
        pub(super) port: Value<i64>,
        pub(super) made: Option<Made>,
    }

    impl $name {
        /// One that exists, by its identifier, on its engine's default port.
        pub fn existing(
            identifier: impl IntoValue<String>,
            engine: $engine,
            group: Handle<SecurityGroup>,
        ) -> Existing<Self> {
            let port = engine.family().port().into_value();
            let noun = Self { database: $l1::new(), engine: engine.into(), group, port, made: None };
            Existing::new(noun).given("Ref", identifier.into_value())
        }

        #[track_caller]
        pub(super) fn made(
            engine: $engine,
            master: MasterUser,
            subnets: Handle<PrivateSubnets>,
            group: Handle<SecurityGroup>,
        ) -> Self {
            let mut database = $l1::new()
                .backup_retention_period(BACKUP_DAYS)
                .copy_tags_to_snapshot(true)
                .deletion_protection(true)
                .storage_encrypted(true);
            database.bag().deleted(Deletion::Snapshot);
            let port = engine.family().port().into_value();
            Self { database, engine: engine.into(), group, port, made: Some(Made::new(master, subnets)) }
        }

        #[track_caller]
        fn set(mut self, setter: impl FnOnce($l1) -> $l1) -> Self {
            self.database = setter(std::mem::take(&mut self.database));
            self
        }

        fn tell(mut self, tell: impl FnOnce(&mut Made)) -> Self {
            if let Some(made) = &mut self.made {
                tell(made);
            }
            self
        }

        /// Its group: whose members reach it is said by `stack.allow`.
        pub(super) fn group(&self) -> Handle<SecurityGroup> {
            self.group
        }

        /// Whether it was told if it takes IAM tokens, or exists, so that nobody can tell it here.
        pub(super) fn says_if_it_takes_tokens(&self) -> bool {
            self.made.is_none() || self.database.clone().bag().terms().contains_key("EnableIAMDatabaseAuthentication")
        }

        /// Its master user, where the stack makes it.
        pub(super) fn master(&self) -> Option<&MasterUser> {
            self.made.as_ref().map(|made| &made.master)
        }

        /// The key that encrypts its storage, backups, snapshots and what is recorded of its load; `aws/rds` unless said.
        /// Cannot change in place.
        #[track_caller]
        pub fn key(self, key: Handle<Key>) -> Self {
            self.set(|database| database.kms_key_id(key.arn())).tell(|made| made.key = Some(key))
        }

        /// The engine's version, in full, such as `17.11`; unless said, one that was current when this library was
        /// made. RDS takes a database to another major version in place only where the one leads to the other.
        #[track_caller]
        pub fn version(mut self, version: impl IntoValue<String>) -> Self {
            let version = version.into_value();
            self.database = self.database.engine_version(version.clone());
            self.tell(|made| made.version = Some(version))
        }

        /// The parameter group family, such as `postgres17`: it follows from the version where that is known now.
        pub fn parameter_family(self, family: impl IntoValue<String>) -> Self {
            self.tell(|made| made.family = Some(family.into_value()))
        }

        /// A parameter of the engine, such as `log_min_duration_statement`.
        #[track_caller]
        pub fn parameter(self, name: &str, value: impl IntoValue<String>) -> Self {
            self.tell(|made| made.parameters.set(name, value))
        }

        /// Whether it refuses connections without TLS; yes unless said.
        pub fn require_tls(self, on: bool) -> Self {
            self.tell(|made| made.tls = on)
        }

        /// The name of a database that is made in it. It is fixed: a change replaces everything. SQL Server has none.
        #[track_caller]
        pub fn database_name(mut self, name: impl IntoValue<String>) -> Self {
            let property = match TargetKind::$kind {
                TargetKind::Instance => "DBName",
                TargetKind::Cluster => "DatabaseName",
            };
            self.database.bag().set(property, name.into_value());
            self
        }

        /// For how many days automated backups are kept: 1 to 35; 7 unless said. A cluster cannot be without.
        ///
        /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html>
        #[track_caller]
        pub fn backup_days(self, days: impl IntoValue<i64>) -> Self {
            self.set(|database| database.backup_retention_period(days))
        }

        /// The half hour, at least, of each day in which backups are made, in UTC: `02:00-02:30`. RDS chooses unless
        /// said.
        #[track_caller]
        pub fn backup_window(self, window: impl IntoValue<String>) -> Self {
            self.set(|database| database.preferred_backup_window(window))
        }

        /// The half hour, at least, of each week in which RDS may restart it, in UTC: `sun:03:00-sun:03:30`. It must not
        /// touch the backups' window. RDS chooses unless said.
        #[track_caller]
        pub fn maintenance_window(self, window: impl IntoValue<String>) -> Self {
            self.set(|database| database.preferred_maintenance_window(window))
        }

        /// Whether it cannot be deleted; so it is unless said. To delete it, deploy `deletion_protection(false)` first:
        /// while it is on, the deletion of the stack fails.
        #[track_caller]
        pub fn deletion_protection(self, on: impl IntoValue<bool>) -> Self {
            self.set(|database| database.deletion_protection(on))
        }

        /// Logs that go to CloudWatch, in log groups that RDS makes: `postgresql`, `upgrade` (PostgreSQL), `audit`,
        /// `error`, `general`, `slowquery` (MySQL, MariaDB), `agent`, `error` (SQL Server), `iam-db-auth-error`. Unless
        /// said, those of errors.
        #[track_caller]
        pub fn log_exports(self, logs: impl IntoValue<List<String>>) -> Self {
            self.set(|database| database.enable_cloudwatch_logs_exports(logs))
        }

        /// Metrics of the operating system, every so many seconds: 1, 5, 10, 15, 30 or 60. With it comes the role that
        /// may write them.
        ///
        /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.html>
        pub fn enhanced_monitoring(self, every: impl IntoValue<Seconds>) -> Self {
            self.tell(|made| made.monitoring = Some(every.into_value()))
        }

        /// Whether the load is recorded by statement, for the last seven days.
        ///
        /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html>
        pub fn performance_insights(self, on: impl IntoValue<bool>) -> Self {
            self.tell(|made| made.insights = on.into_value())
        }

        /// Whether RDS takes it up to new minor versions in the maintenance window; so it does unless said.
        pub fn minor_upgrades(self, on: impl IntoValue<bool>) -> Self {
            self.tell(|made| made.minor_upgrades = on.into_value())
        }

        /// Whether users may log in with IAM tokens. Where a proxy of the stack does, with
        /// [`ProxyAuth::end_to_end`](super::ProxyAuth::end_to_end), they may unless said otherwise.
        #[track_caller]
        pub fn iam_authentication(self, on: impl IntoValue<bool>) -> Self {
            self.set(|database| database.enable_iam_database_authentication(on))
        }
    }

    impl Existing<$name> {
        /// Its port, where it is not its engine's default.
        pub fn port(mut self, port: impl IntoValue<i64>) -> Self {
            self.noun_mut().port = port.into_value();
            self
        }

        /// Its resource id, which IAM authentication goes by.
        pub fn resource_id(self, id: impl IntoValue<String>) -> Self {
            self.given(TargetKind::$kind.resource_id(), id.into_value())
        }

        /// The name that clients connect to, where the database itself is handed to one.
        pub fn endpoint(self, address: impl IntoValue<String>) -> Self {
            self.given("Endpoint.Address", address.into_value())
        }
    }

    impl Construct for $name {
        fn bag(&mut self) -> &mut Bag {
            self.database.bag()
        }

        fn lower(&self, lowering: &mut Lowering<'_>) {
            self.lower_made(lowering);
        }
    }

    impl Listener for $name {
        fn listening(&self, _: &Stack) -> Vec<Listening> {
            vec![Listening::new(self.group, tcp(self.port.clone()))]
        }
    }

    impl ProxyTarget for $name {
        fn target(&self, stack: &Stack, database: AnyHandle) -> Target {
            Target {
                database,
                family: self.engine.family(),
                kind: TargetKind::$kind,
                group: self.group,
                after: self.after(stack, database),
                rotation: self.engine.rotation(),
            }
        }
    }

    impl Handle<$name> {
        /// Its identifier.
        pub fn identifier(self) -> Value<String> {
            self.attribute("Ref")
        }

        /// The name that clients connect to.
        pub fn endpoint(self) -> Value<String> {
            self.attribute("Endpoint.Address")
        }

        /// The port that clients connect to.
        pub fn port(self) -> Value<String> {
            self.attribute("Endpoint.Port")
        }

        /// Its resource id, which IAM authentication goes by.
        pub fn resource_id(self) -> Value<String> {
            self.attribute(TargetKind::$kind.resource_id())
        }

        /// The secret that RDS manages for its master user, where it has
        /// [`MasterUser::managed`](super::MasterUser::managed).
        pub fn master_secret(self) -> Credentials {
            Credentials::managed(self.any())
        }
    }
)* } }

/// For how many days backups are kept unless said. AWS's own default is one.
const BACKUP_DAYS: i64 = 7;

databases! {
    /// A database instance.
    ///
    /// ```
    /// use formwork::prelude::*;
    ///
    /// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
    /// let mut stack = Stack::new("Data", &environment);
    /// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    /// let private = stack.add("Private", PrivateSubnets::new(vpc));
    /// let group = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    /// let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::AwsManagedKey));
    /// let database = stack.add(
    ///     "Database",
    ///     DatabaseInstance::new(Engine::Postgres, secret, private, group)
    ///         .class("db.m6i.large")
    ///         .multi_az(true)
    ///         .database_name("billing"),
    /// );
    /// # assert!(stack.lower().diagnostics.is_empty());
    /// ```
    DatabaseInstance of Engine is DbInstance, target Instance
    /// An Aurora cluster.
    ///
    /// ```
    /// use formwork::prelude::*;
    ///
    /// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
    /// let mut stack = Stack::new("Data", &environment);
    /// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    /// let private = stack.add("Private", PrivateSubnets::new(vpc));
    /// let group = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    /// let master = MasterUser::managed(user("billie"), EncryptedBy::AwsManagedKey);
    /// let cluster = stack.add(
    ///     "Cluster",
    ///     DatabaseCluster::new(AuroraEngine::Postgres, master, private, group)
    ///         .writer("db.r6g.large")
    ///         .reader("db.r6g.large"),
    /// );
    /// # assert!(stack.lower().diagnostics.is_empty());
    /// ```
    DatabaseCluster of AuroraEngine is DbCluster, target Cluster
}

impl Target {
    /// Whether a secret is that of the database's master user, which exists as soon as the database does.
    pub(crate) fn is_master(&self, stack: &Stack, secret: Handle<Secret>) -> bool {
        super::master_of(stack, self.database).is_some_and(|master| master.is_in(secret))
    }
}
