//! What needs parts of a template while it is created, and which.

use super::custom::{is_custom, of_custom};
use super::need::{Need, Patience};
use super::{Scene, staged};
use crate::goal::Goal;
use crate::prove::authorisation::{self, CanGoal, Need as Permission};
use crate::prove::model::{Model, Term};
use crate::prove::{Proof, Verdict};
use crate::resolve::Formula;
use crate::template::Value;

/// Resources that open a way, and are there or not.
pub(super) const OPENERS: &[&str] = &[
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
];

/// Everything that needs parts of the template while it is created, in the order of the template.
pub fn all<'s, 'a>(scene: &'s Scene<'s, 'a>) -> Vec<(&'a str, Vec<Need<'s, 'a>>)> {
    let resolved = scene.resolved();
    let allowed = allowed(scene);
    let mut found = Vec::new();
    for (id, resource) in &resolved.template().resources {
        let needs = match resource.kind.as_str() {
            "AWS::RDS::DBProxyTargetGroup" => of_targets(scene, id, &allowed),
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
                of_principal(scene, id, &allowed, Patience::None, |need| matches!(need, Permission::Interfaces))
            }
            "AWS::SecretsManager::RotationSchedule" => of_rotation(scene, id, &allowed),
            kind if is_custom(kind) => of_custom(scene, id, &allowed),
            _ => continue,
        };
        if !needs.is_empty() {
            found.push((id.as_str(), needs));
        }
    }
    found
}

/// What has to be allowed while something is created, and is in the template as a whole.
fn allowed<'a>(scene: &Scene<'_, 'a>) -> Vec<CanGoal<'a>> {
    let is_early = |goal: &CanGoal<'_>| {
        matches!(
            goal.need,
            Permission::Interfaces
                | Permission::Read { .. }
                | Permission::Connect { .. }
                | Permission::EndToEnd
                | Permission::Rotate { .. }
        )
    };
    authorisation::derive(scene.resolved(), scene.model.facts).into_iter().filter(is_early).collect()
}

fn of_targets<'s, 'a>(scene: &'s Scene<'s, 'a>, id: &'a str, allowed: &[CanGoal<'a>]) -> Vec<Need<'s, 'a>> {
    let model = scene.model;
    let mut needs = Vec::new();
    let proxies: Vec<&str> =
        model.terms(id, "DBProxyName").iter().filter_map(|named| model.own_proxy(&named.term)).collect();
    for list in ["DBInstanceIdentifiers", "DBClusterIdentifiers"] {
        let databases = model.terms(id, list).into_iter().filter_map(|target| model.own_database(&target.term));
        needs.extend(databases.filter_map(|database| instances(model, database, Patience::None)));
    }
    for proxy in proxies {
        let ways = scene.known.iter().filter(|proof| leads(proof, proxy, id));
        needs.extend(ways.filter_map(|proof| way(scene, proof)));
        needs.extend(of_principal(scene, proxy, allowed, Patience::Minutes, |need| {
            matches!(need, Permission::Read { .. } | Permission::EndToEnd)
        }));
    }
    needs
}

/// Whether a proof is of a proxy's way to what a target group names.
fn leads(proof: &Proof, proxy: &str, targets: &str) -> bool {
    matches!(&proof.goal, Goal::Reaches { from, .. } if from == proxy)
        && proof.origin.as_ref().is_some_and(|why| why.resource == targets)
}

/// A target group of a cluster registers its instances: those that are still being made are refused.
///
/// Source: <https://github.com/aws/aws-cdk/issues/31304>
pub(super) fn instances<'s, 'a>(model: &Model<'a>, cluster: &'a str, patience: Patience) -> Option<Need<'s, 'a>> {
    let is_member = |instance: &&str| {
        let clusters = model.terms(instance, "DBClusterIdentifier");
        clusters.iter().any(|named| model.own_database(&named.term) == Some(cluster))
    };
    let parts: Vec<&str> = model.of_kind("AWS::RDS::DBInstance").filter(is_member).collect();
    every(parts, format!(" of `{cluster}`"), patience)
}

/// A need of each of some parts.
fn every<'s, 'a>(parts: Vec<&'a str>, does: String, patience: Patience) -> Option<Need<'s, 'a>> {
    let holds = Box::new(|absent: &[&str]| absent.is_empty());
    (!parts.is_empty()).then_some(Need { parts, does, patience, fatal: false, holds })
}

/// What opens the way from a proxy to its database.
fn way<'s, 'a>(scene: &'s Scene<'s, 'a>, proof: &'s Proof) -> Option<Need<'s, 'a>> {
    let Goal::Reaches { from, to, .. } = &proof.goal else { return None };
    if proof.verdict != Verdict::Proved {
        return None;
    }
    let mut parts: Vec<&'a str> = Vec::new();
    for evidence in proof.steps.iter().flat_map(|step| &step.evidence) {
        let Some((id, resource)) = scene.resolved().template().resources.get_key_value(&evidence.resource) else {
            continue;
        };
        if OPENERS.contains(&resource.kind.as_str()) && !parts.contains(&id.as_str()) {
            parts.push(id);
        }
    }
    let does = format!(", by which `{from}` reaches `{to}`");
    let holds = Box::new(move |absent: &[&str]| staged::reaches(scene, &proof.goal, absent));
    (!parts.is_empty()).then_some(Need { parts, does, patience: Patience::Minutes, fatal: true, holds })
}

/// The policies by which the role of something has the permissions that count.
pub(super) fn of_principal<'s, 'a>(
    scene: &'s Scene<'s, 'a>,
    principal: &'a str,
    allowed: &[CanGoal<'a>],
    patience: Patience,
    counts: impl Fn(&Permission<'_>) -> bool,
) -> Vec<Need<'s, 'a>> {
    let parts = authorisation::separate_policies(scene.resolved(), principal);
    if parts.is_empty() {
        return Vec::new();
    }
    let mine = allowed.iter().filter(|goal| goal.principal == principal && counts(&goal.need));
    let mine = mine.filter(|goal| staged::allowed(scene, goal, &[]));
    mine.filter_map(|goal| {
        let does = match &goal.need {
            Permission::Interfaces => format!(", by which `{principal}` can have network interfaces"),
            Permission::EndToEnd | Permission::Connect { .. } => {
                format!(", by which `{principal}` can log in to its database")
            }
            _ => format!(", by which `{principal}` can read its secret"),
        };
        // Policies that have no part in it need not be waited for.
        let parts: Vec<&str> = parts.iter().copied().filter(|part| has_part(scene, goal, &parts, part)).collect();
        let goal = goal.clone();
        let holds = Box::new(move |absent: &[&str]| staged::allowed(scene, &goal, absent));
        (!parts.is_empty()).then_some(Need { parts, does, patience, fatal: true, holds })
    })
    .collect()
}

/// Whether a policy, alone of all or missing from all, makes a difference.
fn has_part<'a>(scene: &Scene<'_, 'a>, goal: &CanGoal<'a>, all: &[&str], part: &str) -> bool {
    let others: Vec<&str> = all.iter().copied().filter(|other| *other != part).collect();
    !staged::allowed(scene, goal, &[part])
        || (!staged::allowed(scene, goal, all) && staged::allowed(scene, goal, &others))
}

/// A rotation is set up once its function may be invoked, and begins at once with what the secret says of its database.
///
/// Sources: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html>,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-rotationschedule.html>
fn of_rotation<'s, 'a>(scene: &'s Scene<'s, 'a>, id: &'a str, allowed: &[CanGoal<'a>]) -> Vec<Need<'s, 'a>> {
    let mut needs = Vec::new();
    for goal in allowed.iter().filter(|goal| goal.principal == id) {
        let Permission::Rotate { function, .. } = &goal.need else { continue };
        let function = *function;
        let of = |permission: &&str| {
            let named = scene.resolved().property(permission, "FunctionName");
            named.iter().flat_map(|case| case.value.references()).any(|(named, _)| named == function)
        };
        let parts: Vec<&str> = scene.model.of_kind("AWS::Lambda::Permission").filter(of).collect();
        if parts.is_empty()
            || !staged::invoked(scene, goal, function, &[])
            || staged::invoked(scene, goal, function, &parts)
        {
            continue;
        }
        let parts: Vec<&str> = parts
            .iter()
            .copied()
            .filter(|part| {
                let others: Vec<&str> = parts.iter().copied().filter(|other| other != part).collect();
                staged::invoked(scene, goal, function, &others)
            })
            .collect();
        let does = format!(", by which Secrets Manager can invoke `{function}`");
        let goal = goal.clone();
        let holds = Box::new(move |absent: &[&str]| staged::invoked(scene, &goal, function, absent));
        needs.push(Need { parts, does, patience: Patience::None, fatal: true, holds });
    }
    needs.extend(attachments(scene.model, id));
    needs
}

/// What writes host and engine into the secret that is rotated, unless they stand there already.
fn attachments<'s, 'a>(model: &Model<'a>, schedule: &'a str) -> Option<Need<'s, 'a>> {
    let secrets = model.terms(schedule, "SecretId");
    let resolved = model.resolved;
    let is_of = |attachment: &&str| {
        let attached = model.terms(attachment, "SecretId");
        secrets.iter().any(|secret| {
            let is_it = secret.term == Term::Own(attachment);
            is_it || attached.iter().any(|other| other.term.same(&secret.term, resolved) == Some(true))
        })
    };
    let knows_host = secrets.iter().filter_map(|secret| secret.term.own()).any(|id| says_host(model, id));
    let parts: Vec<&str> = model.of_kind("AWS::SecretsManager::SecretTargetAttachment").filter(is_of).collect();
    if knows_host {
        return None;
    }
    let does = ", which writes into the secret where its database is".to_owned();
    every(parts, does, Patience::None)
}

/// Whether a secret is made with a host in it.
fn says_host(model: &Model<'_>, secret: &str) -> bool {
    let resolved = model.resolved;
    let texts = ["SecretString", "GenerateSecretString/SecretStringTemplate"];
    texts.into_iter().flat_map(|path| resolved.property(secret, path)).any(|case| {
        let told = |value: &Value| value.to_json().to_string().contains("host");
        resolved.is_possible(resolved.and(case.when, Formula::TRUE)) && told(case.source)
    })
}
