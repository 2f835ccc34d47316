//! Networks: VPCs, subnets, security groups, interface endpoints.

mod interface_endpoint;
mod security_group;
mod subnets;
mod vpc;

pub use interface_endpoint::{InterfaceEndpoint, Service};
pub use security_group::SecurityGroup;
pub use subnets::{PrivateSubnets, PublicSubnets};
pub use vpc::Vpc;
