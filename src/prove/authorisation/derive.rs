//! The goals that follow from a template.

use super::goal::{CanGoal, Need};
use super::outside;
use super::role;
use super::serverless;
use super::world::World;
use crate::prove::Facts;
use crate::resolve::{Case, Formula, Resolution, Resolved, Symbol};
use crate::template::Value;

const FUNCTION: &str = "AWS::Lambda::Function";
const PROXY: &str = "AWS::RDS::DBProxy";
const CONNECT: &str = "rds-db:connect";
const SECRETS: &[&str] = &[
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
];

/// What must be allowed for a template to work, in the order of its resources.
pub fn derive<'a>(resolved: &Resolved<'a>, facts: &Facts) -> Vec<CanGoal<'a>> {
    resolved.template().resources.keys().flat_map(|id| derive_of(resolved, facts, id)).collect()
}

/// What must be allowed for one resource to work.
pub(in crate::prove) fn derive_of<'a>(resolved: &Resolved<'a>, facts: &Facts, id: &str) -> Vec<CanGoal<'a>> {
    let mut goals = Vec::new();
    let Some((id, resource)) = resolved.template().resources.get_key_value(id) else { return goals };
    if !resolved.is_possible(resolved.exists(id)) {
        return goals;
    }
    match resource.kind.as_str() {
        FUNCTION | serverless::FUNCTION => of_function(resolved, facts, id, &mut goals),
        PROXY => of_proxy(resolved, facts, id, &mut goals),
        "AWS::RDS::DBInstance" => {
            trust(resolved, facts, id, "monitoring.rds.amazonaws.com", "MonitoringRoleArn", &mut goals);
        }
        "AWS::SecretsManager::RotationSchedule" => of_rotation(resolved, id, &mut goals),
        _ => {}
    }
    goals
}

fn trust<'a>(
    resolved: &Resolved<'a>,
    facts: &Facts,
    id: &'a str,
    service: &'static str,
    property: &'static str,
    goals: &mut Vec<CanGoal<'a>>,
) {
    for case in resolved.property(id, property).into_iter().filter(|case| !case.value.is_absent()) {
        let exists = || {
            let world = World::new(resolved, facts, case.when, None);
            world.text(&case.value).is_some_and(|text| outside::role(&world, &text).is_some())
        };
        if role::role_in(resolved, id, property).is_some() || exists() {
            let need = Need::Trust { service, property };
            goals.push(CanGoal { principal: id, need, when: case.when, source: Some(case.source) });
        }
    }
}

fn of_function<'a>(resolved: &Resolved<'a>, facts: &Facts, id: &'a str, goals: &mut Vec<CanGoal<'a>>) {
    trust(resolved, facts, id, "lambda.amazonaws.com", "Role", goals);
    own_trust(resolved, id, goals);
    for case in resolved.property(id, "VpcConfig/SubnetIds") {
        let is_some = match &case.value {
            Resolution::Absent => false,
            Resolution::List(elements) => !elements.is_empty(),
            _ => true,
        };
        if is_some {
            goals.push(CanGoal { principal: id, need: Need::Interfaces, when: case.when, source: Some(case.source) });
        }
    }
    let mut targets: Vec<(&'a str, Formula, &'a Value)> = Vec::new();
    for (name, case) in variables(resolved, id) {
        if let Some(secret) = secret_of(resolved, name, &case.value) {
            let need = Need::Read { secret };
            goals.push(CanGoal { principal: id, need, when: case.when, source: Some(case.source) });
        }
        for (resource, attribute) in case.value.references() {
            let target = connected(resolved, resource, attribute);
            match target.and_then(|to| targets.iter_mut().find(|(known, ..)| *known == to).map(Ok).or(Some(Err(to)))) {
                Some(Ok((_, when, _))) => *when = resolved.or(*when, case.when),
                Some(Err(to)) => targets.push((to, case.when, case.source)),
                None => {}
            }
        }
    }
    for (to, when, source) in targets {
        let when = resolved.and(when, logs_in_by_token(resolved, facts, id, to));
        if resolved.is_possible(when) {
            goals.push(CanGoal { principal: id, need: Need::Connect { to }, when, source: Some(source) });
        }
    }
}

/// Where the role that SAM makes trusts whom the template says.
fn own_trust<'a>(resolved: &Resolved<'a>, id: &'a str, goals: &mut Vec<CanGoal<'a>>) {
    if role::role_in(resolved, id, "Role") != Some(id) {
        return;
    }
    let said = resolved.property(id, "AssumeRolePolicyDocument").into_iter().filter(|case| !case.value.is_absent());
    for case in said {
        let need = Need::Trust { service: "lambda.amazonaws.com", property: "Role" };
        goals.push(CanGoal { principal: id, need, when: case.when, source: Some(case.source) });
    }
}

/// The environment variables of a function, with what each is in its worlds.
pub fn variables<'a>(resolved: &Resolved<'a>, id: &str) -> Vec<(&'a str, Case<'a>)> {
    let mut found = Vec::new();
    for case in resolved.property(id, "Environment/Variables") {
        let Some(map) = case.value.map() else { continue };
        for (name, value) in map {
            found.extend(resolved.value(value, case.when).into_iter().map(|case| (name.as_str(), case)));
        }
    }
    found
}

/// The secret that a variable holds the ARN of, or the name, if it is one of the template.
fn secret_of<'a>(resolved: &Resolved<'a>, variable: &str, value: &Resolution<'a>) -> Option<Resolution<'a>> {
    if is_secret(resolved, value) {
        return Some(value.clone());
    }
    // Other things may be called as a secret is; a variable of that sort says that it is the secret.
    let variable = variable.to_ascii_uppercase();
    let is_name = ["SECRET", "CREDENTIAL"].iter().any(|word| variable.contains(word));
    let secrets = resolved.template().resources.iter().filter(|(_, it)| it.kind == "AWS::SecretsManager::Secret");
    let mut called = secrets.filter(|(id, _)| {
        let names = resolved.property(id, "Name");
        is_name && names.iter().any(|own| !own.value.is_absent() && resolved.same(&own.value, value) == Some(true))
    });
    called.next().map(|(resource, _)| Resolution::Symbol(Symbol::Reference { resource, attribute: None }))
}

/// Whether a value is the ARN of a secret as a whole.
fn is_secret<'a>(resolved: &Resolved<'a>, value: &Resolution<'a>) -> bool {
    match value {
        Resolution::Text(text) => {
            text.starts_with("arn:") && text.split(':').nth(2) == Some("secretsmanager") && text.contains(":secret:")
        }
        other => {
            let Some((_, attribute)) = other.reference() else { return false };
            let is_arn = matches!(attribute, None | Some("Id" | "MasterUserSecret.SecretArn"));
            let of_database = attribute == Some("MasterUserSecret.SecretArn");
            is_arn
                && role::referred(resolved, other, SECRETS)
                    .is_some_and(|id| resolved.template().resources[id].kind.starts_with("AWS::RDS::") == of_database)
        }
    }
}

/// The proxy or database whose host name an attribute is.
fn connected<'a>(resolved: &Resolved<'a>, id: &'a str, attribute: Option<&str>) -> Option<&'a str> {
    let kind = resolved.template().resources.get(id)?.kind.as_str();
    match (kind, attribute) {
        (PROXY, Some("Endpoint")) => Some(id),
        ("AWS::RDS::DBProxyEndpoint", Some("Endpoint")) => {
            let cases = resolved.property(id, "DBProxyName");
            cases.iter().find_map(|case| role::referred(resolved, &case.value, &[PROXY]))
        }
        ("AWS::RDS::DBInstance" | "AWS::RDS::DBCluster", Some("Endpoint.Address" | "ReadEndpoint.Address")) => Some(id),
        _ => None,
    }
}

/// In which worlds a function has to log in with a token: where every way in wants one, or where its role is granted
/// that very permission.
fn logs_in_by_token<'a>(resolved: &Resolved<'a>, facts: &Facts, function: &str, to: &str) -> Formula {
    let granted = if grants_connect(resolved, facts, function) { Formula::TRUE } else { Formula::FALSE };
    if resolved.template().resources.get(to).is_none_or(|resource| resource.kind != PROXY) {
        return granted;
    }
    let (demanded, refused) = demands(resolved, to);
    let only = resolved.and(demanded, resolved.not(refused));
    // A proxy that takes passwords only makes the grant idle, which a rule says.
    let either = resolved.and(granted, demanded);
    resolved.or(only, either)
}

/// Where a proxy takes tokens, and where one of its ways in takes passwords only.
pub fn demands(resolved: &Resolved<'_>, proxy: &str) -> (Formula, Formula) {
    let (mut demanded, mut refused) = (Formula::FALSE, Formula::FALSE);
    for case in resolved.property(proxy, "DefaultAuthScheme") {
        if case.value.text() == Some("IAM_AUTH") {
            demanded = resolved.or(demanded, case.when);
        }
    }
    for element in resolved.elements(proxy, "Auth") {
        let Some(map) = element.value.map() else { continue };
        let cases = map.get("IAMAuth").map(|value| resolved.value(value, element.when)).unwrap_or_default();
        let mut said = Formula::FALSE;
        for case in &cases {
            match case.value.text() {
                Some("REQUIRED") => demanded = resolved.or(demanded, case.when),
                // Both ways are open.
                Some("ENABLED") => {
                    demanded = resolved.or(demanded, case.when);
                    refused = resolved.or(refused, case.when);
                }
                _ => refused = resolved.or(refused, case.when),
            }
            said = resolved.or(said, case.when);
        }
        refused = resolved.or(refused, resolved.and(element.when, resolved.not(said)));
    }
    (demanded, refused)
}

/// Whether a policy of a function's role names `rds-db:connect`.
fn grants_connect(resolved: &Resolved<'_>, facts: &Facts, function: &str) -> bool {
    let Some(role) = role::role_in(resolved, function, "Role") else {
        return outside::grants(&World::new(resolved, facts, resolved.exists(function), None), function, CONNECT);
    };
    let names_it = |id: &str| {
        let mut found = false;
        if let Some(resource) = resolved.template().resources.get(id) {
            resource.walk(&crate::template::Path::Start, &mut |_, value| {
                found |= value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(CONNECT));
            });
        }
        found
    };
    let mut managed = resolved.elements(role, "ManagedPolicyArns");
    managed.extend(resolved.elements(role, "Policies"));
    let managed = managed.iter().filter_map(|element| element.value.reference()).map(|(id, _)| id);
    names_it(role) || role::attaching(resolved, role).into_iter().chain(managed).any(names_it)
}

fn of_proxy<'a>(resolved: &Resolved<'a>, facts: &Facts, id: &'a str, goals: &mut Vec<CanGoal<'a>>) {
    trust(resolved, facts, id, "rds.amazonaws.com", "RoleArn", goals);
    for element in resolved.elements(id, "Auth") {
        let Some(secret) = element.value.map().and_then(|map| map.get("SecretArn")) else { continue };
        for case in resolved.value(secret, element.when).into_iter().filter(|case| !case.value.is_absent()) {
            let need = Need::Read { secret: case.value };
            goals.push(CanGoal { principal: id, need, when: case.when, source: Some(case.source) });
        }
    }
    for case in resolved.property(id, "DefaultAuthScheme") {
        if case.value.text() == Some("IAM_AUTH") {
            goals.push(CanGoal { principal: id, need: Need::EndToEnd, when: case.when, source: Some(case.source) });
        }
    }
}

fn of_rotation<'a>(resolved: &Resolved<'a>, id: &'a str, goals: &mut Vec<CanGoal<'a>>) {
    let secrets = resolved.property(id, "SecretId");
    for case in resolved.property(id, "RotationLambdaARN") {
        let Some(function) = role::referred(resolved, &case.value, &[FUNCTION, serverless::FUNCTION]) else { continue };
        for secret in &secrets {
            let when = resolved.and(case.when, secret.when);
            if resolved.is_possible(when) {
                let need = Need::Rotate { function, secret: secret.value.clone() };
                goals.push(CanGoal { principal: id, need, when, source: Some(case.source) });
            }
        }
    }
}
