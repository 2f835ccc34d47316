//! Networks: VPCs, subnets and their routes, security groups, endpoints, network ACLs, flow logs.

mod codes;
mod flow_log;
mod gateway_endpoint;
mod interface_endpoint;
mod nat;
mod network_acl;
mod prefix_list;
mod security_group;
mod service;
mod subnets;
mod tier;
mod vpc;

pub use flow_log::{FlowLog, Traffic};
pub use gateway_endpoint::{GatewayEndpoint, GatewayService};
pub use interface_endpoint::InterfaceEndpoint;
pub use nat::Nat;
pub use network_acl::{AclRule, NetworkAcl};
pub use prefix_list::PrefixList;
pub use security_group::SecurityGroup;
pub use service::Service;
pub use subnets::{PrivateSubnets, PublicSubnets};
pub use tier::Tier;
pub use vpc::Vpc;
