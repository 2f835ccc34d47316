//! Databases and proxies.

mod auth;
mod cluster;
mod database;
mod engine;
mod instance;
mod made;
mod master;
mod proxy;
mod proxy_endpoint;
mod trust;
mod version;

pub use auth::{ClientPassword, ProxyAuth};
pub use database::{DatabaseCluster, DatabaseInstance, ProxyTarget, Target, TargetKind};
pub use engine::{AuroraEngine, Edition, Engine, EngineFamily};
pub use master::MasterUser;
pub(crate) use master::master_of;
pub use proxy::{DatabaseProxy, PinningFilter};
pub use proxy_endpoint::ProxyEndpoint;
pub(crate) use trust::made_by_migration;

/// A database user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DbUser {
    /// The one of this name.
    Named(String),
    /// Any of them, the master user included.
    Any,
}

/// The database user of this name.
pub fn user(name: impl Into<String>) -> DbUser {
    DbUser::Named(name.into())
}

impl DbUser {
    /// As the last part of a `dbuser` ARN has it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>
    pub fn pattern(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Any => "*",
        }
    }
}
