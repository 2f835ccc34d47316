//! What a custom resource needs: its function is invoked while the stack is created, and finds what is there by then.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources-lambda.html>

use super::need::{Need, Patience};
use super::subjects::{OPENERS, instances, of_principal};
use super::{Scene, staged};
use crate::goal::Goal;
use crate::prove::authorisation::{self, CanGoal, Need as Permission};
use crate::prove::model::Model;
use crate::prove::{Proof, Verdict};
use crate::resolve::Formula;

/// Resources besides the openers without which a way may not lead on.
const WAYS: &[&str] = &["AWS::EC2::VPCEndpoint", "AWS::RDS::DBProxyTargetGroup"];

/// Whether a type is one of custom resources.
pub fn is_custom(kind: &str) -> bool {
    kind == "AWS::CloudFormation::CustomResource" || kind.starts_with("Custom::")
}

/// What the functions of a custom resource need when it is created.
pub fn of_custom<'s, 'a>(scene: &'s Scene<'s, 'a>, id: &'a str, allowed: &[CanGoal<'a>]) -> Vec<Need<'s, 'a>> {
    let mut needs = Vec::new();
    for function in functions(scene.model, id) {
        // What also serves others may need for them what it does not need here.
        if !is_only_for_custom(scene.model, function) {
            continue;
        }
        needs.extend(of_principal(scene, function, allowed, Patience::Invoked, |need| {
            matches!(need, Permission::Read { .. } | Permission::Connect { .. })
        }));
        let told: Vec<&str> = needs.iter().flat_map(|need| need.parts.iter().copied()).collect();
        needs.extend(policies(scene, function, &told));
        let from = |proof: &&Proof| matches!(&proof.goal, Goal::Reaches { from, .. } if from == function);
        let proved = |proof: &&Proof| proof.verdict == Verdict::Proved;
        for proof in scene.known.iter().filter(from).filter(proved) {
            needs.extend(way(scene, proof));
            if let Goal::Reaches { to, .. } = &proof.goal {
                let databases = scene.model.interface(to).into_iter();
                needs.extend(databases.filter_map(|to| instances(scene.model, to.id, Patience::Invoked)));
            }
        }
    }
    needs
}

/// The functions of the template that are invoked: the one that is named, and those that it was given to invoke by the
/// framework of the CDK.
///
/// Source: <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html>
fn functions<'a>(model: &Model<'a>, id: &str) -> Vec<&'a str> {
    const GIVEN: [&str; 2] = ["USER_ON_EVENT_FUNCTION_ARN", "USER_IS_COMPLETE_FUNCTION_ARN"];
    let named = |id: &str, path: &str| {
        let cases = model.resolved.property(id, path).into_iter();
        let certain = cases.filter(|case| model.resolved.is_certainly_possible(case.when));
        certain.filter_map(|case| case.value.reference().map(|(id, _)| id)).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for token in named(id, "ServiceToken") {
        match model.kind(token) {
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => found.extend(named(token, "FunctionName")),
            _ => found.push(token),
        }
    }
    let given: Vec<&str> = found
        .iter()
        .flat_map(|id| GIVEN.iter().flat_map(|name| named(id, &format!("Environment/Variables/{name}"))))
        .collect();
    found.extend(given);
    found.retain(|id| matches!(model.kind(id), "AWS::Lambda::Function" | "AWS::Serverless::Function"));
    found.dedup();
    found
}

/// Whether nothing invokes a function but custom resources, and what stands between them and it.
fn is_only_for_custom(model: &Model<'_>, function: &str) -> bool {
    // Events of the serverless application model invoke it too.
    let has_events = model.resource(function).is_some_and(|it| it.properties.get("Events").is_some());
    !has_events
        && model.users(function).iter().all(|user| {
            let kind = model.kind(user);
            is_custom(kind)
                || kind.starts_with("AWS::IAM::")
                || kind.starts_with("AWS::Logs::")
                || kind.starts_with("AWS::Lambda::")
        })
}

/// Policies of the function's role that allow what its code may do at once, besides those that are told already.
fn policies<'s, 'a>(scene: &Scene<'_, 'a>, function: &'a str, told: &[&str]) -> Option<Need<'s, 'a>> {
    let mut parts = authorisation::separate_policies(scene.resolved(), function);
    parts.retain(|part| !told.contains(part) && allows_more_than_running(scene, part));
    let does = format!(", by which `{function}` has its permissions");
    let holds = Box::new(|absent: &[&str]| absent.is_empty());
    (!parts.is_empty()).then_some(Need { parts, does, patience: Patience::Invoked, fatal: false, holds })
}

/// Whether a policy allows something besides logs, traces and network interfaces.
fn allows_more_than_running(scene: &Scene<'_, '_>, policy: &str) -> bool {
    let resolved = scene.resolved();
    let is_idle = |action: &str| {
        let action = action.to_ascii_lowercase();
        action.starts_with("logs:") || action.starts_with("xray:") || action.contains("networkinterface")
    };
    let mut statements = resolved.elements(policy, "PolicyDocument/Statement").into_iter();
    statements.any(|statement| {
        let Some(map) = statement.value.map() else { return false };
        let Some(actions) = map.get("Action").filter(|_| map.get("Effect").and_then(|it| it.as_str()) == Some("Allow"))
        else {
            return false;
        };
        let actions = resolved.elements_in(actions, &[], statement.when);
        actions.iter().any(|action| action.value.text().is_some_and(|action| !is_idle(action)))
    })
}

/// What opens the way from a function to what it is given: each without which it is closed.
fn way<'s, 'a>(scene: &'s Scene<'s, 'a>, proof: &'s Proof) -> Option<Need<'s, 'a>> {
    // Each takes a proof of its own.
    const MOST: usize = 64;
    let Goal::Reaches { from, to, .. } = &proof.goal else { return None };
    let resources = &scene.resolved().template().resources;
    let opens = |kind: &str| OPENERS.contains(&kind) || WAYS.contains(&kind);
    let candidates = resources.iter().filter(|(_, it)| opens(&it.kind)).map(|(id, _)| id.as_str());
    let mut parts: Vec<&'a str> = candidates.take(MOST).collect();
    if parts.is_empty() || staged::reaches(scene, &proof.goal, &parts) {
        return None;
    }
    parts.retain(|part| {
        let may_be_there = scene.resolved().exists(part) != Formula::FALSE;
        may_be_there && !staged::reaches(scene, &proof.goal, &[part])
    });
    let does = format!(", by which `{from}` reaches `{to}`");
    let holds = Box::new(move |absent: &[&str]| staged::reaches(scene, &proof.goal, absent));
    (!parts.is_empty()).then_some(Need { parts, does, patience: Patience::Invoked, fatal: true, holds })
}
