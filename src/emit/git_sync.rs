//! The deployment file of Git sync: CloudFormation watches it, and the template, in the repository.

use super::deployment::Deployment;
use super::yaml;
use crate::template::Value;

/// The deployment file; none where nobody can say where the template lies in the repository, and for a template that
/// `aws cloudformation package` must see first, which Git sync cannot run.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html>
pub fn git_sync(deployment: &Deployment) -> Option<String> {
    let path = deployment.template_path.as_ref().filter(|_| deployment.local_code.is_empty())?;
    let values: Vec<_> = deployment.values().map(|(name, value)| (name, Value::from(value))).collect();
    let tags: Vec<_> = deployment.tags.iter().map(|(key, value)| (key, Value::from(value.as_str()))).collect();
    let mut parts = vec![("template-file-path", Value::from(path.as_str()))];
    if !values.is_empty() {
        parts.push(("parameters", Value::map(values)));
    }
    if !tags.is_empty() {
        parts.push(("tags", Value::map(tags)));
    }
    Some(yaml::value(&Value::map(parts)))
}
