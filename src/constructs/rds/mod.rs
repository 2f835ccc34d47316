//! Databases and proxies.

mod auth;
mod database;
mod engine;
mod proxy;

pub use auth::ProxyAuth;
pub use database::{DatabaseCluster, DatabaseInstance, ProxyTarget, Target, TargetKind};
pub use engine::{AuroraEngine, Engine, EngineFamily};
pub use proxy::DatabaseProxy;

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
