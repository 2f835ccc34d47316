//! A request with its policies, as JSON has them: the shape that the other evaluator takes too.

use formwork::iam::evaluation::{Context, Policies, Policy, Presence, Request, Requester};
use formwork::iam::{Text, Tree};
use serde_json::Value as Json;

/// Reads a case.
pub fn read(case: &Json) -> (Request, Policies) {
    let asked = &case["request"];
    let requester = requester(asked["principal"].as_str().expect("a principal"));
    let action = asked["action"].as_str().expect("an action");
    let resource = asked["resource"]["resource"].as_str().expect("a resource");
    let account = asked["resource"]["accountId"].as_str().expect("the resource's account");
    let request = Request::new(requester, action, resource, context(case)).of_account(account);
    let policies = Policies {
        identity: named(&case["identityPolicies"]).unwrap_or_default(),
        resource: given(&case["resourcePolicy"]).map(|policy| vec![policy]).unwrap_or_default(),
        boundary: named(&case["permissionBoundaryPolicies"]),
        session: given(&case["sessionPolicy"]).map(|policy| vec![policy]),
        service_control: levels(&case["serviceControlPolicies"]),
        resource_control: levels(&case["resourceControlPolicies"]),
        endpoint: named(&case["vpcEndpointPolicies"]),
    };
    (request, policies)
}

/// What an ARN of a role's session tells of the role: its path is not in it.
fn requester(principal: &str) -> Requester {
    if principal.ends_with(".amazonaws.com") {
        return Requester::service(principal);
    }
    match principal.split_once(":assumed-role/") {
        Some((before, after)) => {
            let (name, _) = after.split_once('/').expect("a session has a name");
            let role = format!("{}:role/{name}", before.replacen(":sts:", ":iam:", 1));
            Requester::role(role).in_session(principal)
        }
        None if principal.contains(":role/") => Requester::role(principal),
        None => Requester::user(principal),
    }
}

fn context(case: &Json) -> Context {
    let mut context = Context::known();
    for (key, value) in case["request"]["contextVariables"].as_object().into_iter().flatten() {
        let values: Vec<Text> = match value {
            Json::Array(values) => values.iter().map(|value| text(value).into()).collect(),
            value => vec![text(value).into()],
        };
        context = context.set(key, Presence::Is(values));
    }
    context
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn given(policy: &Json) -> Option<Policy> {
    policy.is_object().then(|| Policy::read("policy", &Tree::from_json(policy)))
}

fn named(policies: &Json) -> Option<Vec<Policy>> {
    let policies = policies.as_array()?;
    Some(policies.iter().filter_map(|policy| given(&policy["policy"])).collect())
}

fn levels(levels: &Json) -> Vec<Vec<Policy>> {
    levels.as_array().into_iter().flatten().filter_map(|level| named(&level["policies"])).collect()
}
