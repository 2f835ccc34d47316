//! What the policies say that AWS manages.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::iam::Tree;
use crate::iam::evaluation::Policy;

/// Source: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>; where it was taken from, and
/// as of when, stands in it.
static TEXT: &str = include_str!("../../../schemas/managed-policies.json");

/// A policy that AWS manages, by what stands in its ARN behind `:aws:policy/`; none if it is not in the catalogue.
pub fn policy(name: &str) -> Option<Policy> {
    read().get(name).map(|document| Policy::read(name, &Tree::from_json(document)))
}

/// What a policy that AWS manages is called in full, its path before its name.
pub fn path(name: &str) -> Option<&'static str> {
    read().keys().map(String::as_str).find(|path| path.rsplit('/').next() == Some(name))
}

fn read() -> &'static HashMap<String, Json> {
    static READ: OnceLock<HashMap<String, Json>> = OnceLock::new();
    READ.get_or_init(|| {
        // INVARIANT (the catalogue is JSON): a test reads it.
        let all: Json = serde_json::from_str(TEXT).unwrap_or_default();
        let policies = all.get("policies").and_then(Json::as_object).cloned().unwrap_or_default();
        policies.into_iter().filter_map(|(name, policy)| Some((name, policy.get("document")?.clone()))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_the_catalogue_is_read_whole() {
        let all: Json = serde_json::from_str(TEXT).expect("the catalogue is JSON");
        assert!(all["as_of"].is_string() && all["source"].is_string());
        let policies = all["policies"].as_object().expect("policies");
        assert!(policies.len() > 30);
        for (name, entry) in policies {
            let policy = policy(name).expect("it is in the catalogue");
            assert_eq!(policy.open, None, "{name}");
            assert!(policy.statements.iter().all(|statement| statement.open.is_none()), "{name}");
            assert!(entry["updated"].is_string() && entry["version"].is_string(), "{name}");
        }
        assert!(policy("service-role/AWSLambdaVPCAccessExecutionRole").is_some());
        assert!(policy("NoSuchPolicy").is_none());
    }
}
