//! Database instances and clusters.

use super::DbUser;
use super::engine::{AuroraEngine, Engine, EngineFamily};
use crate::aws::rds::{DbCluster, DbInstance, DbSubnetGroup};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::secretsmanager::Secret;
use crate::diagnostic::Diagnostic;
use crate::stack::{
    self, AnyHandle, Bag, Construct, Existing, Handle, IntoValue, Listener, Listening, Lowering, Stack, Value, tcp,
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
}

/// A database that a proxy can stand before.
#[diagnostic::on_unimplemented(
    message = "a proxy cannot stand before `{Self}`",
    label = "neither a database instance nor a cluster"
)]
pub trait ProxyTarget: Listener {
    /// What a proxy needs to know of it; `own` is its handle.
    fn target(&self, own: AnyHandle) -> Target;
}

macro_rules! databases { ($(
    $(#[$doc:meta])*
    $name:ident of $engine:ident is $l1:ident, target $kind:ident
)*) => { $(
    $(#[$doc])*
    #[must_use = "nothing is created until `stack.add` takes it"]
    pub struct $name {
        database: $l1,
        family: EngineFamily,
        group: Handle<SecurityGroup>,
        port: Value<i64>,
        new: Option<New>,
    }

    impl $name {
        /// One that exists, by its identifier, on its engine's default port.
        pub fn existing(
            identifier: impl IntoValue<String>,
            engine: $engine,
            group: Handle<SecurityGroup>,
        ) -> Existing<Self> {
            let family = engine.family();
            let noun = Self { database: $l1::new(), family, group, port: family.port().into_value(), new: None };
            Existing::new(noun).given("Ref", identifier.into_value())
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
            match &self.new {
                Some(new) => new.lower(lowering),
                None => lowering.main_resource(),
            }
        }
    }

    impl Listener for $name {
        fn listening(&self, _: &Stack) -> Vec<Listening> {
            vec![Listening::new(self.group, tcp(self.port.clone()))]
        }
    }

    impl ProxyTarget for $name {
        fn target(&self, database: AnyHandle) -> Target {
            let (family, group) = (self.family, self.group);
            Target { database, family, kind: TargetKind::$kind, group }
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
    }
)* } }

databases! {
    /// A database instance.
    DatabaseInstance of Engine is DbInstance, target Instance
    /// An Aurora cluster.
    DatabaseCluster of AuroraEngine is DbCluster, target Cluster
}

/// What a new instance is made with.
struct New {
    secret: Handle<Secret>,
    subnets: Handle<PrivateSubnets>,
}

impl New {
    fn lower(&self, lowering: &mut Lowering<'_>) {
        let user = lowering.noun::<Secret>(self.secret.any()).and_then(Secret::database_user);
        let Some(DbUser::Named(user)) = user else {
            let name = lowering.stack().name_of(self.secret.any());
            let message = format!("the user of `{name}` is not known, and it would be the database's master user");
            let cure = "say it where the secret is imported: `.user(user(\"…\"))`";
            return lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
        };
        let mut rest =
            DbInstance::new().master_username(user).db_subnet_group_name(lowering.own::<String>("Subnets", "Ref"));
        rest.bag().set("MasterUserPassword", Value::Literal(self.secret.password()));
        lowering.complete(rest);
        let description = format!("private subnets of {}", lowering.id());
        lowering.add("Subnets", DbSubnetGroup::new(description, self.subnets.ids()));
    }
}

impl DatabaseInstance {
    /// A new instance in private subnets, behind `group`, not reachable from outside the VPC. The secret's user is its
    /// master user. Its storage is encrypted; where it is removed or replaced, CloudFormation keeps a snapshot.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
    #[track_caller]
    pub fn new(
        engine: Engine,
        secret: Handle<Secret>,
        subnets: Handle<PrivateSubnets>,
        group: Handle<SecurityGroup>,
    ) -> Self {
        let port = engine.family().port();
        let database = DbInstance::new()
            .allocated_storage(LEAST_STORAGE)
            .db_instance_class(CLASS)
            .engine(engine.name())
            .license_model(engine.license())
            .port(port.to_string())
            .publicly_accessible(false)
            .storage_encrypted(true)
            .storage_type("gp3")
            .vpc_security_groups(group.only());
        let new = Some(New { secret, subnets });
        Self { database, family: engine.family(), group, port: port.into_value(), new }
    }

    /// Its class; `db.t3.medium` unless said.
    #[track_caller]
    pub fn class(mut self, class: impl IntoValue<String>) -> Self {
        self.database = self.database.db_instance_class(class);
        self
    }

    /// Its storage in gibibytes; 20 unless said.
    #[track_caller]
    pub fn storage(mut self, gibibytes: impl IntoValue<String>) -> Self {
        self.database = self.database.allocated_storage(gibibytes);
        self
    }

    /// Whether a second one stands by in another zone.
    #[track_caller]
    pub fn multi_az(mut self, on: impl IntoValue<bool>) -> Self {
        self.database = self.database.multi_az(on);
        self
    }

    /// Whether users may log in with IAM tokens: what a proxy does with [`ProxyAuth::end_to_end`](super::ProxyAuth).
    #[track_caller]
    pub fn iam_authentication(mut self, on: impl IntoValue<bool>) -> Self {
        self.database = self.database.enable_iam_database_authentication(on);
        self
    }
}

/// Gibibytes, the least that every engine takes.
///
/// Source: `AllocatedStorage` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
const LEAST_STORAGE: &str = "20";

/// A small class that every engine has.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html>
const CLASS: &str = "db.t3.medium";
