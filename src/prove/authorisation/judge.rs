//! Whether what must be allowed is: in every world, and why not.

use super::goal::{CanGoal, Need};
use super::hop::{Hop, Judgement};
use super::world::{self, World};
use super::{need, role};
use crate::goal::Goal;
use crate::prove::{Answer, Facts, Verdict};
use crate::resolve::{Formula, Resolved};
use crate::template::{Reference, Value};

/// Whether a goal holds.
///
/// Where the partition is not known, and that alone leaves something open, `aws` is taken for it; the answer says so.
pub fn judge<'a>(resolved: &Resolved<'a>, goal: &CanGoal<'a>, facts: &Facts) -> Judgement {
    let found = judge_in(resolved, facts, goal, None);
    if found.verdict != Verdict::Depends || resolved.environment().partition().is_some() {
        return found;
    }
    let mut within = judge_in(resolved, facts, goal, Some("aws"));
    if within.verdict != Verdict::Proved {
        return found;
    }
    within.assumptions.push("the stack is deployed in the partition `aws`".into());
    within
}

/// Whether what somebody stated holds; none if it is no goal of authorisation, or of what the template does not declare.
pub fn judge_stated(resolved: &Resolved<'_>, goal: &Goal, facts: &Facts) -> Option<Judgement> {
    Some(judge(resolved, &stated_goal(resolved, goal)?, facts))
}

/// What somebody stated, of what the template declares.
pub(super) fn stated_goal<'a>(resolved: &Resolved<'a>, goal: &Goal) -> Option<CanGoal<'a>> {
    let Goal::Can { principal, actions, resources } = goal else { return None };
    let (principal, _) = resolved.template().resources.get_key_value(principal.as_str())?;
    let when = resolved.exists(principal);
    let need = Need::Stated { actions: actions.clone(), resources: resources.clone() };
    Some(CanGoal { principal, need, when, source: None })
}

fn judge_in<'a>(resolved: &Resolved<'a>, facts: &Facts, goal: &CanGoal<'a>, partition: Option<&str>) -> Judgement {
    let Some(worlds) = worlds(resolved, goal) else {
        let message = "there are too many ways in which conditions can hold together";
        return Judgement::of(vec![Hop::new("identity-policy", Answer::Unknown, message)]);
    };
    let each = worlds.into_iter().map(|when| {
        let world = World::new(resolved, facts, when, partition);
        let existing = need::existing_role(&world, goal);
        (when, need::hops(&world.beside(existing.as_deref()), goal))
    });
    merged(resolved, each.collect())
}

/// The hops of all worlds. What is broken in some of them only depends on the world.
pub(super) fn merged(resolved: &Resolved<'_>, each: Vec<(Formula, Vec<Hop>)>) -> Judgement {
    let is_broken = |hops: &[Hop]| hops.iter().any(|hop| hop.verdict == Answer::Broken);
    let always = each.iter().all(|(when, hops)| is_broken(hops) || !resolved.is_certainly_possible(*when))
        && each.iter().any(|(when, hops)| is_broken(hops) && resolved.is_certainly_possible(*when));
    let mut found: Vec<Hop> = Vec::new();
    for (when, hops) in each {
        for mut hop in hops {
            if hop.verdict == Answer::Broken && !always {
                hop.verdict = Answer::Unknown;
                hop.message.push_str(&resolved.place_where(when));
            }
            if !found.contains(&hop) {
                found.push(hop);
            }
        }
    }
    Judgement::of(found)
}

/// Worlds in each of which whatever has a say in a goal is one.
pub(super) fn worlds<'a>(resolved: &Resolved<'a>, goal: &CanGoal<'a>) -> Option<Vec<Formula>> {
    let mut saying = Saying { resolved, values: Vec::new(), exist: Vec::new() };
    saying.resource(goal.principal);
    match &goal.need {
        Need::Trust { property, .. } => saying.role(goal.principal, property),
        Need::Rotate { function, secret } => {
            saying.resource(function);
            saying.role(function, "Role");
            saying.referred(secret);
        }
        Need::Read { secret } => saying.referred(secret),
        Need::Connect { to } => saying.resource(to),
        Need::Stated { resources, .. } => {
            let mut name = |reference: &Reference| saying.resource(reference.name());
            resources.iter().for_each(|value| value.each_reference(&mut name));
        }
        Need::Interfaces | Need::EndToEnd => {}
    }
    for property in ["Role", "RoleArn"] {
        saying.role(goal.principal, property);
    }
    if resolved.template().resources.get(goal.principal).is_some_and(|resource| resource.kind == "AWS::IAM::Role") {
        saying.policies(goal.principal);
    }
    for (id, resource) in &resolved.template().resources {
        let has_say = match (&goal.need, resource.kind.as_str()) {
            (Need::Read { .. } | Need::Rotate { .. } | Need::Stated { .. }, kind) => matches!(
                kind,
                "AWS::SecretsManager::ResourcePolicy"
                    | "AWS::SecretsManager::Secret"
                    | "AWS::EC2::VPCEndpoint"
                    | "AWS::KMS::Key"
                    | "AWS::Lambda::Permission"
            ),
            (Need::Connect { .. }, kind) => kind == "AWS::SecretsManager::Secret",
            (Need::EndToEnd, kind) => {
                matches!(kind, "AWS::RDS::DBProxyTargetGroup" | "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster")
            }
            _ => false,
        };
        if has_say {
            saying.resource(id);
        }
    }
    let Saying { values, exist, .. } = saying;
    let worlds = world::apart(resolved, goal.when, &values)?;
    let conditional: Vec<Formula> = exist.into_iter().filter(|when| *when != Formula::TRUE).collect();
    world::refined(resolved, worlds, &conditional)
}

/// Gathers what has a say in a goal.
struct Saying<'r, 'a> {
    resolved: &'r Resolved<'a>,
    values: Vec<&'a Value>,
    exist: Vec<Formula>,
}

impl<'a> Saying<'_, 'a> {
    fn resource(&mut self, id: &str) {
        let Some(resource) = self.resolved.template().resources.get(id) else { return };
        self.exist.push(self.resolved.exists(id));
        let of_kind = properties(&resource.kind);
        let own = of_kind.iter().filter_map(|property| resource.properties.get(*property));
        let global = of_kind.iter().filter_map(|property| self.resolved.global(&resource.kind, property));
        self.values.extend(own.chain(global));
    }

    fn referred(&mut self, value: &crate::resolve::Resolution<'a>) {
        value.references().into_iter().for_each(|(id, _)| self.resource(id));
    }

    fn role(&mut self, id: &str, property: &str) {
        if let Some(role) = role::role_in(self.resolved, id, property) {
            self.policies(role);
        }
    }

    fn policies(&mut self, role: &str) {
        self.resource(role);
        let mut managed = self.resolved.elements(role, "ManagedPolicyArns");
        managed.extend(self.resolved.elements(role, "Policies"));
        let managed = managed.iter().filter_map(|element| element.value.reference()).map(|(id, _)| id);
        let attaching = role::attaching(self.resolved, role);
        attaching.into_iter().chain(managed).collect::<Vec<_>>().into_iter().for_each(|id| self.resource(id));
    }
}

/// The properties of a type that have a say in authorisation.
fn properties(kind: &str) -> &'static [&'static str] {
    match kind {
        "AWS::Lambda::Function" => &["Role", "Environment", "VpcConfig"],
        super::serverless::FUNCTION => &[
            "Role",
            "Policies",
            "Environment",
            "VpcConfig",
            "AssumeRolePolicyDocument",
            "PermissionsBoundary",
            "RolePath",
            "Tracing",
            "Tags",
        ],
        "AWS::RDS::DBProxy" => &["RoleArn", "Auth", "DefaultAuthScheme"],
        "AWS::RDS::DBProxyTargetGroup" => &["DBProxyName", "DBInstanceIdentifiers", "DBClusterIdentifiers"],
        "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => {
            &["EnableIAMDatabaseAuthentication", "MasterUserSecret", "MonitoringRoleArn"]
        }
        "AWS::IAM::Role" => &[
            "AssumeRolePolicyDocument",
            "Policies",
            "ManagedPolicyArns",
            "PermissionsBoundary",
            "RoleName",
            "Path",
            "Tags",
        ],
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy" => {
            &["PolicyDocument", "Roles", "RoleName"]
        }
        "AWS::SecretsManager::Secret" => &["Name", "KmsKeyId", "GenerateSecretString", "SecretString", "Tags"],
        "AWS::SecretsManager::SecretTargetAttachment" => &["SecretId"],
        "AWS::SecretsManager::ResourcePolicy" => &["SecretId", "ResourcePolicy"],
        "AWS::SecretsManager::RotationSchedule" => &["SecretId", "RotationLambdaARN"],
        "AWS::KMS::Key" => &["KeyPolicy", "Tags"],
        "AWS::KMS::Alias" => &["TargetKeyId", "AliasName"],
        "AWS::EC2::VPCEndpoint" => &["PolicyDocument", "ServiceName", "VpcId", "PrivateDnsEnabled"],
        "AWS::Lambda::Permission" => &["FunctionName", "Principal", "Action", "SourceArn"],
        _ => &[],
    }
}
