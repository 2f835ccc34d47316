//! RDS Proxy, with its target group and its role.

use super::auth::{Mode, ProxyAuth};
use super::database::{ProxyTarget, Target, TargetKind};
use super::users::{self, NamesUser, only_user};
use super::{DbUser, trust};
use crate::aws::iam;
use crate::aws::rds::db_proxy_target_group::ConnectionPoolConfigurationInfoFormat as Pool;
use crate::aws::rds::{DbProxy, DbProxyTargetGroup};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::iam::service_role;
use crate::iam::Statement;
use crate::stack::{
    self, AnyHandle, Arn, Bag, Caller, Construct, Grantee, Handle, IntoValue, Link, Listener, Listening, Lowering,
    Permission, Principal, Seconds, Stack, Term, Value, sub, tcp,
};
use crate::template::{Function, Intrinsic};

/// An RDS Proxy: connections to one database, pooled and shared. With it come its target group and its role, which may
/// read the secrets of [`ProxyAuth`] and decrypt with their keys through Secrets Manager, or connect to the database as
/// the users named there.
///
/// A proxy is never reachable from outside its VPC.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html>
///
/// ```
/// use formwork::prelude::*;
///
/// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Data", &environment);
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let private = stack.add("Private", PrivateSubnets::new(vpc));
/// let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
/// let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
/// let master = MasterUser::managed(user("billie"), EncryptedBy::AwsManagedKey);
/// let database = stack.add("Database", DatabaseInstance::new(Engine::MySql, master, private, database_sg));
///
/// let auth = ProxyAuth::iam(database.master_secret());
/// let proxy = stack.add(
///     "Proxy",
///     DatabaseProxy::new(database, auth, private, proxy_sg)
///         .session_pinning_filters([PinningFilter::ExcludeVariableSets]),
/// );
/// stack.allow(proxy, database);
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct DatabaseProxy {
    proxy: DbProxy,
    pool: Pool,
    database: AnyHandle,
    target: fn(&Stack, AnyHandle) -> Option<Target>,
    pub(super) auth: ProxyAuth,
    group: Handle<SecurityGroup>,
}

impl DatabaseProxy {
    /// A proxy before `database`, in at least two private subnets of different zones, behind `group`. TLS is required.
    ///
    /// `auth` says how clients log in, and with which secret the proxy does: `ProxyAuth::iam(secret)`, and
    /// `.and(other_secret)` for each further database user.
    ///
    /// Its name is required and cannot change in place, nor can its subnets: so that an update can replace it, the name
    /// is derived from what would cause the replacement. See [`name`](Self::name).
    #[track_caller]
    pub fn new<D: ProxyTarget>(
        database: Handle<D>,
        auth: ProxyAuth,
        subnets: Handle<PrivateSubnets>,
        group: Handle<SecurityGroup>,
    ) -> Self {
        let unknown = Value::<String>::Absent;
        let mut proxy = DbProxy::new(unknown.clone(), unknown, Value::Absent, subnets.ids())
            .auth(auth.entries())
            .default_auth_scheme(auth.default_scheme())
            .require_tls(true)
            .vpc_security_group_ids(group.only());
        proxy.bag().derive_name("DBProxyName");
        let target =
            |stack: &Stack, own: AnyHandle| stack.noun_of::<D>(own).map(|database| database.target(stack, own));
        Self { proxy, pool: Pool::new(), database: database.any(), target, auth, group }
    }

    /// Its name, in place of the derived one: lower case, at most 63 characters. An update that must replace the proxy
    /// then fails until the name changes too.
    ///
    /// Source: `DBProxyName` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>
    #[track_caller]
    pub fn name(mut self, name: impl IntoValue<String>) -> Self {
        self.proxy = self.proxy.db_proxy_name(name);
        self
    }

    /// How long a client's connection may be idle: 1 second to 8 hours; 30 minutes unless said.
    #[track_caller]
    pub fn idle_client_timeout(mut self, time: impl IntoValue<Seconds>) -> Self {
        self.proxy = self.proxy.idle_client_timeout(time);
        self
    }

    /// Whether clients must use TLS. The proxy encrypts its connection to the database as the client's is.
    #[track_caller]
    pub fn require_tls(mut self, on: impl IntoValue<bool>) -> Self {
        self.proxy = self.proxy.require_tls(on);
        self
    }

    /// Whether statements are logged, text included. Turns itself off after 24 hours.
    #[track_caller]
    pub fn debug_logging(mut self, on: impl IntoValue<bool>) -> Self {
        self.proxy = self.proxy.debug_logging(on);
        self
    }

    /// The share of the database's connections that the pool may take: 1 to 100 percent; 100 unless said (SQL Server 10).
    #[track_caller]
    pub fn max_connections_percent(mut self, percent: impl IntoValue<i64>) -> Self {
        self.pool = self.pool.max_connections_percent(percent);
        self
    }

    /// The share of the database's connections that may stay open idle: 0 to the pool's share; half of it unless said.
    #[track_caller]
    pub fn max_idle_connections_percent(mut self, percent: impl IntoValue<i64>) -> Self {
        self.pool = self.pool.max_idle_connections_percent(percent);
        self
    }

    /// How long a client waits for a connection of the pool: up to 5 minutes; 2 unless said. A function that may run
    /// for less never sees the proxy's own error.
    #[track_caller]
    pub fn connection_borrow_timeout(mut self, time: impl IntoValue<Seconds>) -> Self {
        self.pool = self.pool.connection_borrow_timeout(time);
        self
    }

    /// A statement that the proxy runs on each new connection to the database. Anyone who may describe the target
    /// group reads it.
    #[track_caller]
    pub fn init_query(mut self, sql: impl IntoValue<String>) -> Self {
        self.pool = self.pool.init_query(sql);
        self
    }

    /// Kinds of statements after which a session may still use any connection, though it changed something. `SET` of a
    /// variable or a setting ties a session to its connection otherwise. AWS documents it for MySQL and MariaDB.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html>
    #[track_caller]
    pub fn session_pinning_filters<const N: usize>(mut self, filters: [PinningFilter; N]) -> Self {
        self.pool = self.pool.session_pinning_filters(filters.map(PinningFilter::name));
        self
    }

    /// Whether it logs in to `database` with IAM tokens.
    pub(super) fn brings_tokens_to(&self, database: AnyHandle) -> bool {
        self.database == database && self.auth.mode == Mode::EndToEnd
    }

    /// The database, as far as the stack knows it.
    pub(super) fn target(&self, stack: &Stack) -> Option<Target> {
        (self.target)(stack, self.database)
    }

    fn role(&self, target: &Target, lowering: &mut Lowering<'_>) -> iam::Role {
        let policy = match self.auth.mode {
            Mode::EndToEnd => ("database", self.connect_to_database(target)),
            Mode::Password | Mode::Iam | Mode::Mixed => ("secrets", self.read_secrets(lowering)),
        };
        service_role("rds.amazonaws.com", vec![policy])
    }

    fn read_secrets(&self, lowering: &mut Lowering<'_>) -> Vec<Statement<Link>> {
        let mut statements = Vec::new();
        for secret in &self.auth.secrets {
            match secret.statements(lowering.stack(), &["secretsmanager:GetSecretValue"]) {
                Ok(found) => statements.extend(found),
                Err(diagnostic) => lowering.report(*diagnostic),
            }
        }
        let mut distinct: Vec<Statement<Link>> = Vec::new();
        for statement in statements {
            if !distinct.contains(&statement) {
                distinct.push(statement);
            }
        }
        distinct
    }

    /// What no template can show of the users that it logs in as.
    fn assume_users(&self, target: &Target, lowering: &mut Lowering<'_>) {
        for secret in self.auth.secrets.iter().filter_map(|credentials| credentials.secret()) {
            trust::made_by_migration(secret, target, lowering);
        }
        for user in &self.auth.users {
            trust::mapped_to_iam(user, target, lowering);
        }
        if self.auth.mode == Mode::EndToEnd {
            trust::takes_tokens_elsewhere(target, lowering);
        }
    }

    fn connect_to_database(&self, target: &Target) -> Vec<Statement<Link>> {
        let id = target.database.term(target.kind.resource_id());
        let users = self.auth.users.iter();
        users.map(|user| Statement::allow(["rds-db:connect"], [dbuser_arn(id.clone(), user)])).collect()
    }

    /// The target group. It waits for the rules between proxy and database, for the database's instances and for host
    /// and port in its secret: it is done when the proxy has logged in.
    ///
    /// Source for the instances: <https://github.com/aws/aws-cdk/issues/31304>
    fn targets(&self, target: &Target, lowering: &Lowering<'_>) -> DbProxyTargetGroup {
        let pool = self.pool.clone().into_value().unless_empty();
        let group = DbProxyTargetGroup::new(lowering.own::<String>("", "Ref"), "default");
        let group = group.connection_pool_configuration_info(pool);
        let identifier = Value::<String>::from_term(target.database.term("Ref"));
        let mut group = match target.kind {
            TargetKind::Instance => group.db_instance_identifiers([identifier]),
            TargetKind::Cluster => group.db_cluster_identifiers([identifier]),
        };
        for rule in lowering.rules_between(&[self.group.any()], &[target.group.any()]) {
            group.bag().after(rule);
        }
        target.after.iter().for_each(|id| group.bag().after(id.clone()));
        group
    }
}

/// Statements that change a session and do not tie it to its connection.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PinningFilter {
    /// `SET` of variables and settings: the next one to use the connection may find them set.
    ExcludeVariableSets,
}

impl PinningFilter {
    fn name(self) -> &'static str {
        match self {
            Self::ExcludeVariableSets => "EXCLUDE_VARIABLE_SETS",
        }
    }
}

impl Construct for DatabaseProxy {
    fn bag(&mut self) -> &mut Bag {
        self.proxy.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let Some(target) = self.target(lowering.stack()) else {
            let name = lowering.stack().name().to_owned();
            lowering.report(stack::foreign(&name));
            return;
        };
        let family = target.family.name();
        let role = lowering.own("Role", "Arn");
        lowering.complete(DbProxy::new(Value::<String>::Absent, family, role, Value::Absent));
        let role = self.role(&target, lowering);
        lowering.add("Role", role);
        self.assume_users(&target, lowering);
        lowering.add("Targets", self.targets(&target, lowering));
    }
}

impl Caller for DatabaseProxy {
    fn security_groups(&self, _: AnyHandle) -> Vec<AnyHandle> {
        vec![self.group.any()]
    }
}

impl Listener for DatabaseProxy {
    fn listening(&self, stack: &Stack) -> Vec<Listening> {
        let target = self.target(stack);
        target.map(|target| Listening::new(self.group, tcp(target.family.port()))).into_iter().collect()
    }
}

impl Principal for DatabaseProxy {}

impl Grantee for DatabaseProxy {}

impl Handle<DatabaseProxy> {
    /// The name that clients connect to, on the port of the engine family: 3306, 5432 or 1433.
    pub fn endpoint(self) -> Value<String> {
        self.attribute("Endpoint")
    }

    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("DBProxyArn")
    }

    /// Logging in as the user of its secret, or as its one user where IAM tokens go all the way.
    ///
    /// Of several users it cannot say which: then [`connect_as`](Self::connect_as) names one. Idle unless the proxy takes
    /// IAM tokens.
    pub fn connect(self) -> Permission {
        Permission::derived("connect", move |stack| {
            let user = only_user(stack, self)?;
            Ok(vec![connect(self, &user)])
        })
    }

    /// Logging in as `user`. With [`DbUser::Any`] also as the master user, if the proxy has its secret.
    ///
    /// It is an error to name a user that the proxy has no secret of: give it one, `ProxyAuth::iam(first).and(second)`.
    pub fn connect_as(self, user: impl NamesUser) -> Permission {
        let user = user.db_user();
        Permission::derived(format!("connect as {}", user.pattern()), move |stack| {
            users::connect_as(stack, self, &user)
        })
    }

    /// Describing it through the RDS API, which must be reachable. Not needed to connect.
    pub fn describe(self) -> Permission {
        Permission::new(["rds:DescribeDBProxies"], self.arn())
    }
}

/// Logging in as `user` at any endpoint of the proxy: permissions go by the proxy's own id.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html>
pub(super) fn connect(proxy: Handle<DatabaseProxy>, user: &DbUser) -> Statement<Link> {
    Statement::allow(["rds-db:connect"], [dbuser_arn(proxy_id(proxy.any()), user)])
}

/// The proxy's id, `prx-…`: no attribute has it, but the last part of the ARN is it.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html>, which takes it from there.
fn proxy_id(proxy: AnyHandle) -> Term {
    let parts = Term::call_list(Function::Split, [Term::from(":"), proxy.term("DBProxyArn")]);
    Term::call_list(Function::Select, [Term::from(6), parts])
}

/// The ARN that `rds-db:connect` goes by.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>
fn dbuser_arn(resource_id: Term, user: &DbUser) -> Term {
    let mut arn = sub("arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:");
    arn.push_value("ResourceId", resource_id);
    arn.push_text(&format!("/{}", user.pattern()));
    Term::Intrinsic(Intrinsic::Sub(arn))
}
