//! The generated L1 types: fresh, and a stack of them is the template that one would write by hand.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use formwork::aws::attributes::*;
use formwork::aws::ec2::{SecurityGroup, SecurityGroupIngress, Vpc, VpcEndpoint, security_group};
use formwork::aws::rds::{DbProxy, db_proxy::AuthFormat};
use formwork::aws::{iam, lambda, secretsmanager, sqs};
use formwork::generate::types::{self, Files, Target};
use formwork::registry;
use formwork::stack::{Construct, Environment, Parameter, Region, Stack, minutes, seconds};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws")
}

/// `cargo test --test behaviour write_types -- --ignored`
#[test]
#[ignore = "writes src/aws/"]
fn write_types() {
    let folder = folder();
    let _ = std::fs::remove_dir_all(&folder);
    for (name, text) in types::ours().unwrap() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn committed(folder: &Path, below: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => committed(&path, &format!("{name}/"), files),
            false => _ = files.insert(name, std::fs::read_to_string(&path).unwrap()),
        }
    }
}

#[test]
fn the_committed_types_are_fresh() {
    let mut found = Files::new();
    committed(&folder(), "", &mut found);
    let fresh = types::ours().unwrap();
    let stale: Vec<_> = fresh.keys().chain(found.keys()).filter(|name| fresh.get(*name) != found.get(*name)).collect();
    assert!(stale.is_empty(), "run `formwork generate types`: src/aws/ is stale at {stale:?}");
}

#[test]
fn every_type_there_is_can_be_generated_for_a_users_crate() {
    let target = Target { root: "formwork", command: "formwork add" };
    let files = types::source(registry::type_names(), target).unwrap();
    assert!(files.len() > registry::type_names().len());
    assert!(files["sqs/queue.rs"].contains("use formwork::stack::{"));
}

#[test]
fn the_verbs_that_no_setter_may_hide_are_those_of_a_construct() {
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stack/construct.rs")).unwrap();
    let (_, construct) = source.split_once("pub trait Construct").unwrap();
    let (construct, _) = construct.split_once("\n}\n").unwrap();
    let verbs = construct.lines().filter_map(|line| line.strip_prefix("    fn ")?.split(['(', '<']).next());
    let mut verbs: Vec<_> = verbs.collect();
    verbs.sort_unstable();
    assert_eq!(verbs, types::VERBS);
}

#[test]
fn an_unknown_type_is_an_error() {
    let error = types::source(["AWS::SQS::Queueue"], Target::OURS).unwrap_err();
    assert_eq!(error.to_string(), "there is no resource type `AWS::SQS::Queueue`");
}

/// What a stack lowers to: its resources by name, `Type` and `Properties` only.
#[track_caller]
fn check(build: impl FnOnce(&mut Stack), expect: Value) {
    let mut stack = Stack::new("Test", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
    build(&mut stack);
    let lowered = stack.lower();
    assert!(lowered.diagnostics.is_empty(), "{:?}", lowered.diagnostics);
    let resources = lowered.template.resources.iter().map(|(id, resource)| {
        let properties = resource.properties.iter().map(|(name, value)| (name.clone(), value.to_json()));
        let properties: serde_json::Map<_, _> = properties.collect();
        (id.to_string(), json!({ "Type": resource.kind, "Properties": properties }))
    });
    assert_eq!(Value::Object(resources.collect()), expect);
}

#[test]
fn literals_times_and_what_is_absent() {
    let none: Option<i64> = None;
    check(
        |stack| {
            let queue = sqs::Queue::new().visibility_timeout(minutes(5)).delay_seconds(seconds(3)).fifo_queue(true);
            stack.add("Queue", queue.maximum_message_size(none).queue_name("jobs.fifo"));
        },
        json!({ "Queue": { "Type": "AWS::SQS::Queue", "Properties": {
            "VisibilityTimeout": 300, "DelaySeconds": 3, "FifoQueue": true, "QueueName": "jobs.fifo"
        } } }),
    );
}

#[test]
fn attributes_and_references_serve_as_values() {
    check(
        |stack| {
            let vpc = stack.add("Vpc", Vpc::new().cidr_block("10.0.0.0/16"));
            let group = stack.add("Group", SecurityGroup::new("functions").vpc_id(vpc.vpc_id()));
            let rule =
                SecurityGroupIngress::new("tcp").group_id(group.group_id()).source_security_group_id(group.reference());
            stack.add("Rule", rule.from_port(5432).to_port(5432));
        },
        json!({
            "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } },
            "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
                "GroupDescription": "functions", "VpcId": { "Fn::GetAtt": ["Vpc", "VpcId"] }
            } },
            "Rule": { "Type": "AWS::EC2::SecurityGroupIngress", "Properties": {
                "IpProtocol": "tcp", "GroupId": { "Fn::GetAtt": ["Group", "GroupId"] },
                "SourceSecurityGroupId": { "Ref": "Group" }, "FromPort": 5432, "ToPort": 5432
            } },
        }),
    );
}

#[test]
fn property_types_nest_in_lists() {
    check(
        |stack| {
            let secret = stack.add("Secret", secretsmanager::Secret::new());
            let role = stack.add("Role", iam::Role::new(json!({ "Version": "2012-10-17" })));
            let auth = AuthFormat::new().iam_auth("REQUIRED").secret_arn(secret.reference());
            let subnets = ["subnet-1", "subnet-2"];
            let proxy = DbProxy::new("billing", "POSTGRESQL", role.arn(), subnets);
            stack.add("Proxy", proxy.auth([auth]).idle_client_timeout(minutes(30)).require_tls(true));
        },
        json!({
            "Secret": { "Type": "AWS::SecretsManager::Secret", "Properties": {} },
            "Role": { "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": { "Version": "2012-10-17" } } },
            "Proxy": { "Type": "AWS::RDS::DBProxy", "Properties": {
                "DBProxyName": "billing", "EngineFamily": "POSTGRESQL", "RoleArn": { "Fn::GetAtt": ["Role", "Arn"] },
                "VpcSubnetIds": ["subnet-1", "subnet-2"],
                "Auth": [{ "IAMAuth": "REQUIRED", "SecretArn": { "Ref": "Secret" } }],
                "IdleClientTimeout": 1800, "RequireTLS": true
            } },
        }),
    );
}

#[test]
fn parameters_choices_and_maps() {
    check(
        |stack| {
            let subnets = stack.parameter("Subnets", Parameter::subnets());
            let stage = stack.parameter("Stage", Parameter::one_of(["uat", "prod"]));
            let production = stack.condition("Production", stage.equals("prod"));
            let endpoint = VpcEndpoint::new("vpc-1").service_name("com.amazonaws.ap-southeast-2.rds");
            stack.add("Endpoint", endpoint.subnet_ids(subnets).private_dns_enabled(production.choose(true, false)));
            let code = lambda::function::Code::new().zip_file("def handler(e, c): pass");
            let variables = lambda::function::Environment::new().variables([("STAGE", stage)]);
            let function = lambda::Function::new(code, "arn:aws:iam::111122223333:role/worker").environment(variables);
            stack.add("Worker", function.timeout(seconds(45)).memory_size(production.choose(1024, 256)));
        },
        json!({
            "Endpoint": { "Type": "AWS::EC2::VPCEndpoint", "Properties": {
                "ServiceName": "com.amazonaws.ap-southeast-2.rds", "VpcId": "vpc-1", "SubnetIds": { "Ref": "Subnets" },
                "PrivateDnsEnabled": { "Fn::If": ["Production", true, false] }
            } },
            "Worker": { "Type": "AWS::Lambda::Function", "Properties": {
                "Code": { "ZipFile": "def handler(e, c): pass" }, "Role": "arn:aws:iam::111122223333:role/worker",
                "Environment": { "Variables": { "STAGE": { "Ref": "Stage" } } },
                "Timeout": 45, "MemorySize": { "Fn::If": ["Production", 1024, 256] }
            } },
        }),
    );
}

#[test]
fn the_verbs_of_every_noun_stand_beside_the_setters() {
    check(
        |stack| {
            let first = stack.add("First", sqs::Queue::new());
            let rule = security_group::Egress::new("tcp").cidr_ip("10.0.0.0/8").from_port(443).to_port(443);
            let group = SecurityGroup::new("calls out").security_group_egress(vec![rule]);
            stack.add("Group", group.override_property("/VpcId", json!("vpc-1")).depends_on(first).retain());
        },
        json!({
            "First": { "Type": "AWS::SQS::Queue", "Properties": {} },
            "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": {
                "GroupDescription": "calls out", "VpcId": "vpc-1",
                "SecurityGroupEgress": [{ "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8", "FromPort": 443, "ToPort": 443 }]
            } },
        }),
    );
}

#[test]
fn a_part_of_a_property_has_the_line_that_set_it() {
    let mut stack = Stack::new("Test", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
    let line = line!() + 1;
    let rule = security_group::Egress::new("tcp").cidr_ip("10.0.0.0/8");
    stack.add("Group", SecurityGroup::new("calls out").security_group_egress([rule]));
    let places = stack.lower().places;
    let place = places.get("/Resources/Group/Properties/SecurityGroupEgress/0/CidrIp").unwrap();
    let place = format!("{place:?}");
    assert!(place.contains("types.rs") && place.contains(&line.to_string()), "{place}");
}
