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
mod users;
mod version;

pub use auth::{ClientPassword, ProxyAuth};
pub use database::{DatabaseCluster, DatabaseInstance, ProxyTarget, Target, TargetKind};
pub use engine::{AuroraEngine, Edition, Engine, EngineFamily};
pub use master::MasterUser;
pub(crate) use master::master_of;
pub use proxy::{DatabaseProxy, PinningFilter};
pub use proxy_endpoint::ProxyEndpoint;
pub(crate) use trust::made_by_migration;
pub use users::{DbUser, NamesUser, user};
