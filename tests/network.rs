//! A network that the stack makes.

mod acl;
mod endpoints;
mod faults;
mod growth;
mod traffic;

use formwork::prelude::*;
use formwork::template::Template;

use crate::stack::{faults, property, resource, stack};

/// A stack with a VPC.
fn with_vpc() -> (Stack, Handle<Vpc>) {
    let mut stack = stack();
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    (stack, vpc)
}

/// The template of a stack with which nothing is wrong.
#[track_caller]
fn clean(stack: &Stack) -> Template {
    let faults = faults(stack);
    assert!(faults.is_empty(), "{faults:#?}");
    stack.lower().template
}

/// The resources of a stack that are not the VPC, in YAML.
#[track_caller]
fn check(write: impl FnOnce(&mut Stack, Handle<Vpc>), expect: &[(&str, &str)]) {
    let (mut stack, vpc) = with_vpc();
    write(&mut stack, vpc);
    let template = clean(&stack);
    let ids: Vec<_> = template.resources.keys().filter(|id| *id != "Vpc").collect();
    assert_eq!(ids, expect.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    for (id, text) in expect {
        assert_eq!(resource(&template, id), *text, "{id}");
    }
}

const ANYWHERE: &str = "0.0.0.0/0";

#[test]
fn private_subnets_have_a_table_each_and_no_way_out() {
    let subnet = |n: usize, block: &str| {
        format!(
            "Type: AWS::EC2::Subnet
Properties:
  AvailabilityZone: !Select [{n}, !GetAZs \"\"]
  CidrBlock: {block}
  MapPublicIpOnLaunch: false
  VpcId: !GetAtt Vpc.VpcId
"
        )
    };
    let table = "Type: AWS::EC2::RouteTable\nProperties:\n  VpcId: !GetAtt Vpc.VpcId\n";
    let association = |n: usize| {
        format!(
            "Type: AWS::EC2::SubnetRouteTableAssociation
Properties:
  RouteTableId: !GetAtt Private{n}Routes.RouteTableId
  SubnetId: !Ref Private{n}
"
        )
    };
    check(
        |stack, vpc| {
            stack.add("Private", PrivateSubnets::new(vpc));
        },
        &[
            ("Private1", &subnet(0, "10.20.0.0/20")),
            ("Private1Association", &association(1)),
            ("Private1Routes", table),
            ("Private2", &subnet(1, "10.20.16.0/20")),
            ("Private2Association", &association(2)),
            ("Private2Routes", table),
        ],
    );
}

#[test]
fn public_subnets_bring_the_gateway_and_wait_for_its_attachment() {
    let (mut stack, vpc) = with_vpc();
    stack.add("Public", PublicSubnets::new(vpc));
    let template = clean(&stack);
    assert_eq!(property(&template, "Public1", "CidrBlock"), "10.20.64.0/20\n");
    assert_eq!(property(&template, "Public1", "MapPublicIpOnLaunch"), "false\n");
    assert_eq!(resource(&template, "PublicGateway"), "Type: AWS::EC2::InternetGateway\n");
    assert_eq!(
        resource(&template, "PublicGatewayAttachment"),
        "Type: AWS::EC2::VPCGatewayAttachment
Properties:
  InternetGatewayId: !GetAtt PublicGateway.InternetGatewayId
  VpcId: !GetAtt Vpc.VpcId
"
    );
    assert_eq!(
        resource(&template, "PublicInternetRoute"),
        format!(
            "Type: AWS::EC2::Route
DependsOn: PublicGatewayAttachment
Properties:
  DestinationCidrBlock: {ANYWHERE}
  GatewayId: !GetAtt PublicGateway.InternetGatewayId
  RouteTableId: !GetAtt PublicRoutes.RouteTableId
"
        )
    );
    assert_eq!(property(&template, "Public2Association", "RouteTableId"), "!GetAtt PublicRoutes.RouteTableId\n");
}

/// The gateways by which the private subnets go out.
#[track_caller]
fn ways_out(zones: usize, nat: fn(Handle<PublicSubnets>) -> Nat, expect: &[&str]) -> Template {
    let (mut stack, vpc) = with_vpc();
    let public = stack.add("Public", PublicSubnets::new(vpc).zones(zones));
    stack.add("Private", PrivateSubnets::new(vpc).zones(zones).nat(nat(public)));
    let template = clean(&stack);
    let route = |n| template.resources.get(&format!("Private{n}NatRoute"));
    let found: Vec<_> = (1..=zones).filter_map(route).collect();
    let gateways: Vec<_> =
        found.iter().map(|route| formwork::emit::yaml::value(&route.properties["NatGatewayId"])).collect();
    assert_eq!(gateways, expect.iter().map(|name| format!("!GetAtt {name}.NatGatewayId\n")).collect::<Vec<_>>());
    assert!(found.iter().all(|route| route.properties["DestinationCidrBlock"].as_str() == Some(ANYWHERE)));
    template
}

#[test]
fn the_way_out_is_a_choice() {
    ways_out(2, |_| Nat::none(), &[]);
    ways_out(2, Nat::one, &["Public1Nat", "Public1Nat"]);
    ways_out(2, Nat::one_a_zone, &["Public1Nat", "Public2Nat"]);
    ways_out(3, Nat::one_a_zone, &["Public1Nat", "Public2Nat", "Public3Nat"]);
    let template = ways_out(3, Nat::one, &["Public1Nat", "Public1Nat", "Public1Nat"]);
    assert!(!template.resources.contains_key("Public2Nat"));
    assert_eq!(
        resource(&template, "Public1Nat"),
        "Type: AWS::EC2::NatGateway
Properties:
  AllocationId: !GetAtt Public1NatAddress.AllocationId
  SubnetId: !Ref Public1
"
    );
    assert_eq!(
        resource(&template, "Public1NatAddress"),
        "Type: AWS::EC2::EIP\nDependsOn: PublicGatewayAttachment\nProperties:\n  Domain: vpc\n"
    );
}

#[test]
fn two_tiers_share_the_gateways_of_their_public_subnets() {
    let (mut stack, vpc) = with_vpc();
    let public = stack.add("Public", PublicSubnets::new(vpc));
    stack.add("Private", PrivateSubnets::new(vpc).nat(Nat::one(public)));
    stack.add("Data", PrivateSubnets::new(vpc).slot(2).nat(Nat::one_a_zone(public)));
    let template = clean(&stack);
    let gateways = template.resources.values().filter(|resource| resource.kind == "AWS::EC2::NatGateway");
    assert_eq!(gateways.count(), 2);
    assert_eq!(property(&template, "Data2NatRoute", "NatGatewayId"), "!GetAtt Public2Nat.NatGatewayId\n");
    assert_eq!(property(&template, "Private2NatRoute", "NatGatewayId"), "!GetAtt Public1Nat.NatGatewayId\n");
}

#[test]
fn a_vpc_that_exists_takes_new_subnets_with_blocks_of_their_own() {
    let mut stack = stack();
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let ids = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"];
    let public = stack.import("Public", PublicSubnets::existing(vpc, ids));
    let blocks = [cidr("10.9.64.0/24"), cidr("10.9.65.0/24")];
    stack.add("Private", PrivateSubnets::new(vpc).blocks(blocks).nat(Nat::one(public)));
    let blocks = [cidr("10.9.66.0/24"), cidr("10.9.67.0/24")];
    stack.add("Data", PrivateSubnets::new(vpc).blocks(blocks).nat(Nat::existing(["nat-0a41d2c3b4e5f6071"])));
    let template = clean(&stack);
    assert_eq!(property(&template, "Private2", "CidrBlock"), "10.9.65.0/24\n");
    assert_eq!(property(&template, "Private2", "VpcId"), "vpc-0c1e37a9d4b85f620\n");
    assert_eq!(property(&template, "Private1Nat", "SubnetId"), format!("!Select [0, [{}, {}]]\n", ids[0], ids[1]));
    assert_eq!(property(&template, "Private2NatRoute", "NatGatewayId"), "!GetAtt Private1Nat.NatGatewayId\n");
    assert_eq!(property(&template, "Data2NatRoute", "NatGatewayId"), "nat-0a41d2c3b4e5f6071\n");
}

#[test]
fn public_subnets_where_there_is_a_gateway_already() {
    let mut stack = stack();
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let blocks = [cidr("10.9.64.0/24"), cidr("10.9.65.0/24")];
    stack.add("Public", PublicSubnets::new(vpc).blocks(blocks).internet_gateway("igw-0a41d2c3b4e5f6071"));
    let template = clean(&stack);
    assert_eq!(property(&template, "PublicInternetRoute", "GatewayId"), "igw-0a41d2c3b4e5f6071\n");
    assert!(!template.resources.contains_key("PublicGateway"));
    let (mut stack, vpc) = with_vpc();
    let first = stack.add("Public", PublicSubnets::new(vpc));
    let second = PublicSubnets::new(vpc).slot(3).internet_gateway(first.internet_gateway()).depends_on(first);
    stack.add("PublicToo", second);
    let template = clean(&stack);
    // The route waits for its table, and that for the route of the first, which waits for the attachment.
    let waits_for = &template.resources["PublicTooRoutes"].depends_on;
    assert!(waits_for.iter().any(|on| on == "PublicInternetRoute"), "{waits_for:?}");
}

#[test]
fn a_range_by_parameter_is_divided_by_cloudformation() {
    let mut stack = stack();
    let range = stack.parameter("Range", Parameter::cidr().default(cidr("10.20.0.0/16")));
    let vpc = stack.add("Vpc", Vpc::new(range).subnet_prefix(20));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    stack.add("Public", PublicSubnets::new(vpc));
    let group = stack.add("Group", SecurityGroup::new(vpc, "all"));
    let database =
        stack.import("Database", DatabaseInstance::existing("billie", Engine::Postgres, group).resource_id("db-A"));
    let auth = ProxyAuth::end_to_end(user("billie"));
    stack.add("Proxy", DatabaseProxy::new(database, auth, private, group));
    let template = clean(&stack);
    let block = |id| property(&template, id, "CidrBlock");
    assert_eq!(block("Vpc"), "!Ref Range\n");
    assert_eq!(block("Private2"), "!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 16, 12]]\n");
    assert_eq!(block("Public1"), "!Select [4, !Cidr [!GetAtt Vpc.CidrBlock, 16, 12]]\n");
    let name = property(&template, "Proxy", "DBProxyName");
    let range = "!Join [\"-\", !Split [/, !Join [\"-\", !Split [\".\", !Ref Range]]]]";
    assert!(name.contains(range), "the range decides on replacement, so it is in the name: {name}");
}

#[test]
fn zones_may_be_named() {
    let (mut stack, vpc) = with_vpc();
    let first = stack.parameter("First", Parameter::text());
    let second = stack.parameter("Second", Parameter::text());
    stack.add("Private", PrivateSubnets::new(vpc).in_zones([first, second]));
    assert_eq!(property(&clean(&stack), "Private2", "AvailabilityZone"), "!Ref Second\n");
}

#[test]
fn flow_logs_have_a_role_that_writes_to_one_log_group() {
    let (mut stack, vpc) = with_vpc();
    stack.add("Flows", FlowLog::new(vpc).retention(90).traffic(Traffic::Rejected));
    let template = clean(&stack);
    assert_eq!(
        resource(&template, "Flows"),
        "Type: AWS::EC2::FlowLog
Properties:
  DeliverLogsPermissionArn: !GetAtt FlowsRole.Arn
  LogDestinationType: cloud-watch-logs
  LogGroupName: !Ref FlowsLogs
  MaxAggregationInterval: 600
  ResourceId: !GetAtt Vpc.VpcId
  ResourceType: VPC
  TrafficType: REJECT
"
    );
    assert_eq!(property(&template, "FlowsLogs", "RetentionInDays"), "90\n");
    assert_eq!(
        property(&template, "FlowsRole", "AssumeRolePolicyDocument"),
        "Version: \"2012-10-17\"
Statement:
  - Effect: Allow
    Principal:
      Service: vpc-flow-logs.amazonaws.com
    Action: sts:AssumeRole
    Condition:
      StringEquals:
        aws:SourceAccount: !Ref AWS::AccountId
      ArnLike:
        aws:SourceArn: !Sub arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*
"
    );
    let policy = property(&template, "FlowsRole", "Policies");
    assert!(policy.contains("- logs:PutLogEvents\n        Resource: !GetAtt FlowsLogs.Arn\n"), "{policy}");
}
