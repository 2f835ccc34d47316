//! A stack's parameters, in the two forms that there are files of.

use serde_json::json;

use super::deployment::Deployment;
use super::json;

/// `["Name=value"]`: what `aws cloudformation deploy --parameter-overrides file://…` reads, in version 1 of the AWS CLI
/// nothing else. It ends the name at the first `=`, and a parameter's name has none. None without a value.
///
/// Source: <https://github.com/aws/aws-cli/pull/5443>
pub fn for_deploy(deployment: &Deployment) -> Option<String> {
    let values: Vec<_> = deployment.values().map(|(name, value)| format!("{name}={value}")).collect();
    (!values.is_empty()).then(|| json::ascii(&json!(values)))
}

/// `[{"ParameterKey": …, "ParameterValue": …}]`: the API's form, for change sets, `create-stack` and StackSets; version
/// 2 of the AWS CLI takes it for `deploy` too. None without a value.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html>
pub fn for_api(deployment: &Deployment) -> Option<String> {
    let values = deployment.values().map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }));
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| json::ascii(&json!(values)))
}
