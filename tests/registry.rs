//! The facts of resource types, and what is checked by them.

mod files;
mod instance;
mod laws;
mod mutation;
mod validate;

use std::collections::BTreeSet;

use formwork::diagnostic::closest;
use formwork::registry::{self, ReplacementStrategy, facts};
use jsonschema::Draft;
use serde_json::{Value, json};

/// The elements, a line each.
fn lines(elements: impl IntoIterator<Item = impl ToString>) -> String {
    elements.into_iter().map(|element| element.to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn names_are_sorted_and_complete() {
    let names: Vec<&str> = registry::type_names().collect();
    assert_eq!(names.len(), 1884);
    assert!(names.is_sorted());
    assert!(names.contains(&"AWS::RDS::DBProxy"));
    assert!(facts("AWS::RDS::DBProxies").is_none() && facts("AWS::Serverless::Function").is_none());
}

/// A schema that does not build is a broken invariant, which panics.
#[test]
fn every_validator_builds() {
    let built = registry::type_names().filter(|name| format!("{:?}", facts(name).unwrap().validator()).contains(name));
    assert_eq!(built.count(), 1884);
}

/// Patterns are compiled when a text comes to them, so a validator builds with one that does not compile.
#[test]
fn every_pattern_compiles() {
    let mut patterns = BTreeSet::new();
    registry::type_names().for_each(|name| collect(&facts(name).unwrap().schema, &mut patterns));
    assert!(patterns.len() > 1000, "{} patterns", patterns.len());
    let compiles =
        |pattern: &str| jsonschema::options().with_draft(Draft::Draft7).build(&json!({ "pattern": pattern }));
    let broken = patterns.into_iter().filter(|pattern| compiles(pattern).is_err());
    assert_eq!(lines(broken), "");
}

fn collect<'a>(schema: &'a Value, patterns: &mut BTreeSet<&'a str>) {
    if let Some(pattern) = schema["pattern"].as_str() {
        patterns.insert(pattern);
    }
    match schema {
        Value::Object(members) => members.values().for_each(|member| collect(member, patterns)),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, patterns)),
        _ => {}
    }
}

#[test]
fn facts_of_a_proxy() {
    let proxy = facts("AWS::RDS::DBProxy").unwrap();
    assert_eq!(
        lines(&proxy.create_only),
        "DBProxyName\nEngineFamily\nEndpointNetworkType\nTargetConnectionNetworkType\nVpcSubnetIds"
    );
    assert_eq!(lines(&proxy.read_only), "DBProxyArn\nEndpoint\nVpcId");
    assert_eq!(lines(proxy.required()), "DBProxyName\nEngineFamily\nRoleArn\nVpcSubnetIds");
    assert_eq!(proxy.handlers["create"].permissions[0], "rds:CreateDBProxy");
    assert_eq!(proxy.handlers["create"].timeout_minutes, None);
    assert_eq!(proxy.replacement_strategy, ReplacementStrategy::CreateThenDelete);
    assert_eq!(proxy.tagging.property.as_ref().unwrap().to_string(), "Tags");
    assert!(proxy.tagging.on_create && proxy.tagging.updatable);
    assert_eq!(proxy.ref_format().property.unwrap().to_string(), "DBProxyName");
}

#[test]
fn facts_that_other_types_have() {
    assert_eq!(facts("AWS::EC2::VPCEndpoint").unwrap().handlers["create"].timeout_minutes, Some(210));
    assert!(
        registry::type_names()
            .any(|name| facts(name).unwrap().replacement_strategy == ReplacementStrategy::DeleteThenCreate)
    );
    let target_group = facts("AWS::RDS::DBProxyTargetGroup").unwrap();
    assert_eq!(lines(&target_group.additional_identifiers[0]), "DBProxyName\nTargetGroupName");
    assert!(
        registry::type_names()
            .filter_map(|name| facts(name).unwrap().lifecycle.as_ref())
            .any(|lifecycle| lifecycle.status == "sunset")
    );
    let secret = facts("AWS::SecretsManager::Secret").unwrap();
    assert_eq!(lines(&secret.write_only), "SecretString\nGenerateSecretString");
}

#[test]
fn a_property_is_found_through_references_lists_and_alternatives() {
    let property = |type_name: &str, path: &str| facts(type_name).unwrap().property(path.split('/')).cloned();
    assert_eq!(property("AWS::RDS::DBProxy", "Auth/*/IAMAuth").unwrap()["enum"][1], "REQUIRED");
    assert_eq!(property("AWS::RDS::DBProxy", "Auth/0/IAMAuth"), property("AWS::RDS::DBProxy", "Auth/*/IAMAuth"));
    assert_eq!(property("AWS::Lambda::Function", "VpcConfig/SecurityGroupIds").unwrap()["maxItems"], 5);
    assert_eq!(property("AWS::Lambda::Function", "Environment/Variables/ANY").unwrap()["type"][0], "string");
    assert_eq!(property("AWS::RDS::DBProxy", "Auth/IAMAuth"), None);
}

#[test]
fn attributes_and_references() {
    let attribute = |type_name: &str, name: &str| {
        let attributes = facts(type_name).unwrap().attributes();
        attributes.get(name).map(|attribute| format!("{} {}", attribute.name, attribute.type_name()))
    };
    assert_eq!(attribute("AWS::RDS::DBInstance", "Endpoint.Address").unwrap(), "Endpoint.Address string");
    assert_eq!(attribute("AWS::EC2::VPCEndpoint", "DnsEntries").unwrap(), "DnsEntries array");
    assert_eq!(attribute("AWS::RDS::DBProxy", "Port"), None);
    // Beyond the read-only properties: the types of which every property is an attribute, and single names.
    assert_eq!(attribute("AWS::EC2::Subnet", "AvailabilityZone").unwrap(), "AvailabilityZone string");
    assert_eq!(attribute("AWS::SageMaker::Model", "ModelName").unwrap(), "ModelName string");
    assert_eq!(attribute("AWS::CloudFormation::Stack", "Outputs.Url").unwrap(), "Outputs.Url string");
    assert_eq!(attribute("AWS::CloudFormation::Stack", "Url"), None);
    assert_eq!(attribute("AWS::CloudFormation::CustomResource", "Whatever").unwrap(), "Whatever string");
    assert!(
        registry::is_open("Custom::Thing")
            && registry::is_open("My::S3::Bucket::MODULE")
            && !registry::is_open("AWS::S3::Bucket")
    );
    assert_eq!(facts("AWS::SNS::Topic").unwrap().ref_format().property.unwrap().to_string(), "TopicArn");
}

#[test]
fn regions() {
    let china = registry::region("cn-north-1").unwrap();
    assert_eq!(
        (china.partition.as_str(), china.url_suffix.as_str(), china.surveyed),
        ("aws-cn", "amazonaws.com.cn", true)
    );
    assert_eq!(registry::regions().len(), 45);
    assert!(registry::region("xx-nowhere-1").is_none());
    let unsurveyed = registry::regions().iter().filter(|region| !region.surveyed).map(|region| &region.code);
    assert_eq!(
        lines(unsurveyed),
        "eu-isoe-west-1\neusc-de-east-1\nus-iso-east-1\nus-iso-west-1\nus-isob-east-1\nus-isob-west-1\nus-isof-east-1\nus-isof-south-1"
    );
    let available = |name: &str, region: &str| facts(name).unwrap().available_in(region);
    assert!(available("AWS::RDS::DBProxy", "eu-central-1") && available("AWS::RDS::DBProxy", "xx-nowhere-1"));
    // One type of a service, and a service as a whole.
    assert!(!available("AWS::ECR::PublicRepository", "us-west-2") && available("AWS::ECR::Repository", "us-west-2"));
    assert!(!available("AWS::CUR::ReportDefinition", "us-west-2"));
}

#[test]
fn misspelt_types() {
    assert_eq!(closest("AWS::RDS::DbProxy", registry::type_names()), Some("AWS::RDS::DBProxy"));
    assert_eq!(closest("AWS::Lamda::Function", registry::type_names()), Some("AWS::Lambda::Function"));
    assert_eq!(closest("Nonsense", registry::type_names()), None);
}
