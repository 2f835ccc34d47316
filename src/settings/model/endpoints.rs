//! The settings of interface endpoints.

use serde::Deserialize;

use super::{Network, Setting};

/// Interface endpoints for the APIs that the function calls.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Endpoints {
    /// For the RDS API.
    pub rds: Option<Endpoint>,
    /// For the Secrets Manager API.
    pub secrets_manager: Option<Endpoint>,
}

/// An interface endpoint.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Endpoint {
    /// Whether the service's own name leads to it; where the network is new it does, unless said.
    pub private_dns: Option<bool>,
    /// The security group of an endpoint that exists; none where the stack creates it.
    pub security_group: Option<Setting<String>>,
}

impl Endpoint {
    /// Whether the service's own name leads to it: to one that exists it is taken to, to one that is created as said;
    /// unless said, where the network is new, since a VPC that exists may have one already.
    pub fn has_private_dns(&self, network: &Network) -> bool {
        self.security_group.is_some() || self.private_dns.unwrap_or(network.created().is_some())
    }
}
