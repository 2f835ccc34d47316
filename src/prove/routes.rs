//! The ordered lists of hops: the prover's table of contents.

use super::hops::{
    Hop, attachment, dns, exposure, listener, network_acl, order, return_path, route, security_group_egress,
    security_group_ingress, service_endpoint, vpc,
};

/// From whoever calls to whoever listens on a port.
pub static TO_LISTENER: &[&Hop] = &[
    &attachment::HOP,
    &vpc::HOP,
    &dns::HOP,
    &security_group_egress::HOP,
    &route::HOP,
    &network_acl::HOP,
    &security_group_ingress::HOP,
    &return_path::HOP,
    &listener::HOP,
];

/// From a function to the API of a service, by an interface endpoint.
pub static TO_ENDPOINT: &[&Hop] = &[
    &attachment::HOP,
    &vpc::HOP,
    &dns::HOP,
    &service_endpoint::HOP,
    &security_group_egress::HOP,
    &route::HOP,
    &network_acl::HOP,
    &security_group_ingress::HOP,
    &return_path::HOP,
    &listener::HOP,
];

/// From a function to the API of a service, out of its VPC.
pub static OUTWARD: &[&Hop] = &[&dns::HOP, &service_endpoint::HOP];

/// Every hop, for what explains them.
pub static ALL: &[&Hop] = &[
    &attachment::HOP,
    &vpc::HOP,
    &dns::HOP,
    &security_group_egress::HOP,
    &route::HOP,
    &network_acl::HOP,
    &security_group_ingress::HOP,
    &return_path::HOP,
    &listener::HOP,
    &service_endpoint::HOP,
    &exposure::HOP,
    &order::HOP,
];
