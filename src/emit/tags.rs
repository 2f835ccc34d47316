//! A stack's tags, in the two forms that there are files of. CloudFormation gives them to every resource that has tags;
//! where a resource has the same key its own value stays.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>

use serde_json::json;

use super::deployment::Deployment;
use super::json;

/// `["Key=value"]`: what `aws cloudformation deploy --tags file://…` reads. It ends the key at the first `=`, so a tag
/// whose key has one is [left out](unfit_for_deploy). None without a tag.
///
/// Source: <https://docs.aws.amazon.com/cli/v1/reference/cloudformation/deploy.html>
pub fn for_deploy(deployment: &Deployment) -> Option<String> {
    let fit = deployment.tags.iter().filter(|(key, _)| !key.contains('='));
    let tags: Vec<_> = fit.map(|(key, value)| format!("{key}={value}")).collect();
    (!tags.is_empty()).then(|| json::ascii(&json!(tags)))
}

/// The keys of tags that `deploy` cannot be given.
pub fn unfit_for_deploy(deployment: &Deployment) -> impl Iterator<Item = &str> {
    deployment.tags.keys().map(String::as_str).filter(|key| key.contains('='))
}

/// `[{"Key": …, "Value": …}]`: the API's form, for change sets, `create-stack` and StackSets. None without a tag.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html>
pub fn for_api(deployment: &Deployment) -> Option<String> {
    let tags: Vec<_> = deployment.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    (!tags.is_empty()).then(|| json::ascii(&json!(tags)))
}
