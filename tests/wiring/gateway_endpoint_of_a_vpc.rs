//! A gateway endpoint is a route in the tables of some subnets, not a part of the VPC.

use formwork::prelude::*;

fn wire(vpc: Handle<Vpc>) -> GatewayEndpoint {
    GatewayEndpoint::new(GatewayService::S3, vpc)
}

fn main() {}
