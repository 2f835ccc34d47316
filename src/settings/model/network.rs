//! The network's settings.

use serde::Deserialize;

use super::Setting;
use crate::network::Cidr;

/// Where function, proxy and database live.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Network {
    /// The stack creates it.
    New {
        /// What it is like.
        new: NewNetwork,
    },
    /// It exists.
    Given(GivenNetwork),
}

impl Network {
    /// What the stack creates, if it does.
    pub fn created(&self) -> Option<&NewNetwork> {
        match self {
            Self::New { new } => Some(new),
            Self::Given(_) => None,
        }
    }

    /// What exists, if it does.
    pub fn given(&self) -> Option<&GivenNetwork> {
        match self {
            Self::Given(given) => Some(given),
            Self::New { .. } => None,
        }
    }
}

/// A network that exists.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenNetwork {
    /// The VPC's id.
    pub vpc: Setting<String>,
    /// The private subnets' ids.
    pub private_subnets: Setting<Vec<String>>,
}

/// A network that the stack creates.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewNetwork {
    /// The VPC's addresses.
    pub range: Setting<String>,
    /// In how many Availability Zones there are subnets.
    pub zones: usize,
    /// The functions' way out.
    pub nat: Nat,
    /// For how many days it is recorded who talked to whom; none: it is not.
    pub flow_logs: Option<FlowLogs>,
}

impl NewNetwork {
    /// The VPC's addresses, where they are known and sound.
    pub fn known_range(&self) -> Option<Cidr> {
        self.range.known()?.parse().ok()
    }
}

/// A record of who talked to whom.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FlowLogs {
    /// How long it is kept.
    pub days: i64,
}

choices! {
    /// The functions' way out of a new network.
    Nat {
        /// None: AWS services are reached by endpoints.
        None "none",
        /// One NAT gateway.
        One "one",
        /// One in each zone.
        OneAZone "one-a-zone",
    }
}
