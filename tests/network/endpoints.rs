//! Endpoints in subnets of any kind.

use formwork::prelude::*;
use serde_json::json;

use super::{clean, with_vpc};
use crate::stack::{codes, property, resource, stack};

#[test]
fn a_gateway_endpoint_is_in_every_table_of_its_tiers() {
    let (mut stack, vpc) = with_vpc();
    let public = stack.add("Public", PublicSubnets::new(vpc));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private).and(public).policy(json!({ "Statement": [] })));
    let template = clean(&stack);
    assert_eq!(
        resource(&template, "S3"),
        "Type: AWS::EC2::VPCEndpoint
Properties:
  PolicyDocument:
    Statement: []
  RouteTableIds:
    - !GetAtt Private1Routes.RouteTableId
    - !GetAtt Private2Routes.RouteTableId
    - !GetAtt PublicRoutes.RouteTableId
  ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
  VpcEndpointType: Gateway
  VpcId: !GetAtt Vpc.VpcId
"
    );
}

/// The tables of an endpoint for subnets that exist.
#[track_caller]
fn of_existing(tables: fn(&mut Stack, Existing<PrivateSubnets>) -> Existing<PrivateSubnets>, expect: &str) {
    let mut stack = stack();
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let subnets = PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"]);
    let subnets = tables(&mut stack, subnets);
    let private = stack.import("Private", subnets);
    stack.add("Table", GatewayEndpoint::new(GatewayService::DynamoDb, private));
    assert_eq!(property(&clean(&stack), "Table", "RouteTableIds"), expect);
}

#[test]
fn subnets_that_exist_say_their_tables() {
    of_existing(
        |_, subnets| subnets.route_tables(["rtb-0a41d2c3b4e5f6071", "rtb-0b72d2c3b4e5f6072"]),
        "- rtb-0a41d2c3b4e5f6071\n- rtb-0b72d2c3b4e5f6072\n",
    );
    of_existing(
        |stack, subnets| {
            let ids = stack.parameter("Tables", Parameter::texts());
            subnets.route_tables(ids)
        },
        "!Ref Tables\n",
    );
}

#[test]
fn tables_that_nobody_said_are_asked_for() {
    let mut stack = stack();
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071"]));
    stack.add("Table", GatewayEndpoint::new(GatewayService::DynamoDb, private));
    assert_eq!(codes(&stack.lower().diagnostics), ["S1004"]);
}

#[test]
fn tables_of_unknown_number_join_no_others() {
    let (mut stack, vpc) = with_vpc();
    let ids = stack.parameter("Tables", Parameter::texts());
    let there = PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071"]).route_tables(ids);
    let there = stack.import("There", there);
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private).and(there));
    assert_eq!(codes(&stack.lower().diagnostics), ["S1006"]);
}

#[test]
fn a_tier_of_another_vpc_is_refused() {
    let (mut stack, vpc) = with_vpc();
    let other = stack.add("Other", Vpc::new(cidr("10.30.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let stranger = stack.add("Stranger", PrivateSubnets::new(other));
    stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private).and(stranger));
    let found = stack.lower().diagnostics;
    assert_eq!((codes(&found), found[0].message.as_str()), (vec!["S1202"], "`Stranger` is in another VPC"));
}

#[test]
fn an_interface_endpoint_in_new_subnets_has_private_dns_only_where_asked() {
    let (mut stack, vpc) = with_vpc();
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let group = stack.add("Group", SecurityGroup::new(vpc, "APIs"));
    stack.add("Plain", InterfaceEndpoint::new(Service::StepFunctions, private, group));
    stack.add("Named", InterfaceEndpoint::new(Service::EcrDocker, private, group).private_dns(true));
    let template = clean(&stack);
    assert_eq!(property(&template, "Plain", "PrivateDnsEnabled"), "false\n");
    assert_eq!(property(&template, "Plain", "ServiceName"), "!Sub com.amazonaws.${AWS::Region}.states\n");
    assert_eq!(property(&template, "Named", "PrivateDnsEnabled"), "true\n");
    assert_eq!(property(&template, "Named", "SubnetIds"), "- !Ref Private1\n- !Ref Private2\n");
    assert_eq!(property(&template, "Named", "ServiceName"), "!Sub com.amazonaws.${AWS::Region}.ecr.dkr\n");
}
