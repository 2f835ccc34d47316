//! The proxy's settings.

use serde::Deserialize;

use super::Setting;

choices! {
    /// How a client proves itself to the proxy, and the proxy to the database.
    Auth {
        /// User and password, then the secret.
        Password "password",
        /// A token, then the secret.
        Iam "iam",
        /// Either, then the secret.
        Mixed "mixed",
        /// A token all the way.
        EndToEnd "end-to-end",
    }
}

choices! {
    /// Whose security group the proxy has.
    Groups {
        /// Its own.
        Separate "separate",
        /// The database's.
        Shared "shared",
    }
}

/// The proxy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Proxy {
    /// Its name, where it is not derived.
    pub name: Option<String>,
    /// How clients and proxy prove themselves.
    pub auth: Auth,
    /// Whose security group it has.
    pub groups: Groups,
    /// Whether it refuses clients without TLS.
    pub require_tls: bool,
    /// Seconds until an idle client's connection is closed.
    pub idle_client_timeout: Setting<i64>,
    /// Its share of the database's connections.
    pub max_connections_percent: Option<Setting<i64>>,
    /// The share that it may keep idle.
    pub max_idle_connections_percent: Option<Setting<i64>>,
    /// Seconds that a client waits for a connection.
    pub connection_borrow_timeout: Option<Setting<i64>>,
    /// Whether it logs every statement.
    pub debug_logging: bool,
}
