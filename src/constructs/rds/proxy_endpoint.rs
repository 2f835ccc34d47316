//! Further endpoints of a proxy.

use super::TargetKind;
use super::proxy::{DatabaseProxy, connect};
use super::users::{self, NamesUser, only_user};
use crate::aws::rds::DbProxyEndpoint;
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::rds::DatabaseCluster;
use crate::stack::{
    Arn, Bag, Construct, Handle, IntoValue, Listener, Listening, Lowering, Permission, Stack, Value, tcp,
};

/// A further endpoint of a proxy: for reading only, or for clients in another VPC of the region. A proxy has at most 20.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html>
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
/// let readers_sg = stack.add("ReadersSg", SecurityGroup::new(vpc, "readers"));
/// let master = MasterUser::managed(user("billie"), EncryptedBy::AwsManagedKey);
/// let cluster = DatabaseCluster::new(AuroraEngine::MySql, master, private, database_sg);
/// let cluster = stack.add("Cluster", cluster.reader("db.r6g.large"));
/// let auth = ProxyAuth::iam(cluster.master_secret());
/// let proxy = stack.add("Proxy", DatabaseProxy::new(cluster, auth, private, proxy_sg));
///
/// let readers = stack.add("Readers", ProxyEndpoint::new(proxy, private, readers_sg).read_only());
/// stack.allow(proxy, cluster);
/// stack.allow(cidr("10.20.0.0/16"), readers);
/// stack.output("ReadersHost", readers.endpoint());
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct ProxyEndpoint {
    endpoint: DbProxyEndpoint,
    proxy: Handle<DatabaseProxy>,
    group: Handle<SecurityGroup>,
    read_only: bool,
}

impl ProxyEndpoint {
    /// An endpoint of `proxy` in at least two private subnets of different zones, behind `group`. They may be those of
    /// another VPC, in the same region and account, whose clients then reach the database without peering.
    ///
    /// Its name is required and cannot change in place, nor can its subnets, so it is derived like a proxy's: see
    /// [`name`](Self::name).
    #[track_caller]
    pub fn new(proxy: Handle<DatabaseProxy>, subnets: Handle<PrivateSubnets>, group: Handle<SecurityGroup>) -> Self {
        let mut endpoint =
            DbProxyEndpoint::new(Value::<String>::Absent, proxy.attribute::<String>("Ref"), subnets.ids())
                .vpc_security_group_ids(group.only());
        endpoint.bag().derive_name("DBProxyEndpointName");
        Self { endpoint, proxy, group, read_only: false }
    }

    /// For reading only: its connections go to the readers of an Aurora cluster, of which there must be one at least.
    #[track_caller]
    pub fn read_only(mut self) -> Self {
        self.endpoint = self.endpoint.target_role("READ_ONLY");
        self.read_only = true;
        self
    }

    /// Its name, in place of the derived one: lower case, at most 63 characters. An update that must replace it then
    /// fails until the name changes too.
    #[track_caller]
    pub fn name(mut self, name: impl IntoValue<String>) -> Self {
        self.endpoint = self.endpoint.db_proxy_endpoint_name(name);
        self
    }

    /// That a cluster which exists has a reader cannot be seen here.
    fn assume_readers(&self, lowering: &mut Lowering<'_>) {
        let stack = lowering.stack();
        let Some(target) = stack.noun(self.proxy).and_then(|proxy| proxy.target(stack)) else { return };
        let made = stack.noun_of::<DatabaseCluster>(target.database).and_then(DatabaseCluster::readers);
        if self.read_only && target.kind == TargetKind::Cluster && made.is_none() {
            let cluster = stack.name_of(target.database);
            lowering.assume(format!("{cluster} has a reader"), "the cluster exists outside this stack");
        }
    }
}

impl Construct for ProxyEndpoint {
    fn bag(&mut self) -> &mut Bag {
        self.endpoint.bag()
    }

    /// It waits for the target group: until that is done, the proxy has no database to lead to.
    fn lower(&self, lowering: &mut Lowering<'_>) {
        if lowering.noun::<DatabaseProxy>(self.proxy.any()).is_none() {
            return;
        }
        self.assume_readers(lowering);
        let mut rest = DbProxyEndpoint::new(Value::<String>::Absent, Value::<String>::Absent, Value::Absent);
        rest.bag().after(format!("{}Targets", lowering.stack().name_of(self.proxy.any())));
        lowering.complete(rest);
    }
}

impl Listener for ProxyEndpoint {
    fn listening(&self, stack: &Stack) -> Vec<Listening> {
        let target = stack.noun(self.proxy).and_then(|proxy| proxy.target(stack));
        target.map(|target| Listening::new(self.group, tcp(target.family.port()))).into_iter().collect()
    }
}

impl Handle<ProxyEndpoint> {
    /// The name that clients connect to, on the port of the engine family: 3306, 5432 or 1433.
    pub fn endpoint(self) -> Value<String> {
        self.attribute("Endpoint")
    }

    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("DBProxyEndpointArn")
    }

    /// Logging in as the user of the proxy's secret, or as its one user where IAM tokens go all the way.
    pub fn connect(self) -> Permission {
        Permission::derived("connect", move |stack| {
            let Some(endpoint) = stack.noun(self) else { return Err(Box::new(crate::stack::foreign(stack.name()))) };
            let user = only_user(stack, endpoint.proxy)?;
            Ok(vec![connect(endpoint.proxy, &user)])
        })
    }

    /// Logging in as `user`, whose secret the proxy must have.
    pub fn connect_as(self, user: impl NamesUser) -> Permission {
        let user = user.db_user();
        Permission::derived(format!("connect as {}", user.pattern()), move |stack| {
            let Some(endpoint) = stack.noun(self) else { return Err(Box::new(crate::stack::foreign(stack.name()))) };
            users::connect_as(stack, endpoint.proxy, &user)
        })
    }
}
