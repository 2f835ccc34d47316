//! Database instances and clusters.

use super::engine::{AuroraEngine, Engine, EngineFamily};
use crate::aws::rds::{DbCluster, DbInstance};
use crate::constructs::ec2::SecurityGroup;
use crate::stack::{AnyHandle, Bag, Construct, Existing, Handle, IntoValue, Listener, Listening, Stack, Value, tcp};

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
    }

    impl $name {
        /// One that exists, by its identifier, on its engine's default port.
        pub fn existing(
            identifier: impl IntoValue<String>,
            engine: $engine,
            group: Handle<SecurityGroup>,
        ) -> Existing<Self> {
            let family = engine.family();
            let noun = Self { database: $l1::new(), family, group, port: family.port().into_value() };
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
