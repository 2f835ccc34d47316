//! The template configuration of a CloudFormation action of CodePipeline.

use serde_json::{Map, json};

use super::deployment::Deployment;
use super::{json, stack_policy};

/// `{"Parameters": {…}, "Tags": {…}, "StackPolicy": {…}}`, without the parts that have nothing to say; none if none has.
/// What whoever deploys must give comes from the action's `ParameterOverrides`.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html>
pub fn pipeline(deployment: &Deployment) -> Option<String> {
    let mut parts = Map::default();
    let values: Map<_, _> = deployment.values().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    if !values.is_empty() {
        parts.insert("Parameters".into(), values.into());
    }
    if !deployment.tags.is_empty() {
        parts.insert("Tags".into(), json!(deployment.tags));
    }
    if let Some(policy) = stack_policy::document(deployment) {
        parts.insert("StackPolicy".into(), policy);
    }
    (!parts.is_empty()).then(|| json::ascii(&parts.into()))
}
