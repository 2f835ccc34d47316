//! The stack policy: an update neither replaces nor deletes what holds data.

use serde_json::{Value as Json, json};

use super::deployment::Deployment;
use super::json;
use crate::template::{Resource, Template, Value};

/// Types whose resources hold what nobody can make again: data, secrets, keys, the identities of users.
///
/// Logs, queues and caches are not among them: a rename replaces them, and what they hold ages by itself.
const STATEFUL: &[&str] = &[
    "AWS::Backup::BackupVault",
    "AWS::Cognito::UserPool",
    "AWS::DocDB::DBCluster",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Volume",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Neptune::DBCluster",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::GlobalCluster",
    "AWS::Redshift::Cluster",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
];

/// The logical ids of resources that hold data and were not told to go with the stack.
pub(super) fn stateful(template: &Template) -> Vec<String> {
    let found = template.resources.iter().filter(|(_, resource)| holds_data(resource));
    found.map(|(id, _)| id.clone()).collect()
}

fn holds_data(resource: &Resource) -> bool {
    let goes = |policy: &Option<Value>| policy.as_ref().and_then(Value::as_str) == Some("Delete");
    // The data of a cluster is the cluster's: its instances come and go.
    let member = resource.kind == "AWS::RDS::DBInstance" && resource.properties.contains_key("DBClusterIdentifier");
    let told_to_go = goes(&resource.deletion_policy) || goes(&resource.update_replace_policy);
    STATEFUL.contains(&resource.kind.as_str()) && !member && !told_to_go
}

/// The stack policy; none if nothing is to be protected. `aws cloudformation set-stack-policy` sets it, once: CloudFormation
/// keeps it for every later update.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>
pub fn stack_policy(deployment: &Deployment) -> Option<String> {
    document(deployment).map(|document| json::ascii(&document))
}

/// The policy as it stands in other files too.
pub(super) fn document(deployment: &Deployment) -> Option<Json> {
    let protected: Vec<_> = deployment.stateful.iter().map(|id| format!("LogicalResourceId/{id}")).collect();
    let deny = json!({
        "Effect": "Deny",
        "Action": ["Update:Replace", "Update:Delete"],
        "Principal": "*",
        "Resource": protected,
    });
    // Whatever is not allowed is denied, once there is a policy.
    let allow = json!({ "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" });
    deployment.has_policy().then(|| json!({ "Statement": [allow, deny] }))
}
