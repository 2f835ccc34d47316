//! What a goal of permissions comes to: which requests have to be allowed, worked out anew from the goal and the template.

use serde_json::Value as Json;

use super::condition::Around;
use super::needed::{Named, Needed, On, What};
use super::text::Texts;
use crate::goal::Goal;
use crate::prove::proof::Proof;

/// What a proof's goal comes to; none if it is none of permissions, or of nothing in the template.
pub fn needed<'p>(texts: &Texts<'_>, proof: &'p Proof) -> Option<Needed<'p>> {
    let Goal::Can { principal, actions, resources } = &proof.goal else { return None };
    let resources: Vec<Json> = resources.iter().map(|value| value.to_json()).collect();
    let around = Around { principal, secrets: Vec::new(), tagged: Vec::new() };
    let (requests, hops, keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut needed = Needed { role: None, requests, hops, keys, policies: Vec::new(), around, named: Vec::new() };
    if texts.resource(principal).is_none() {
        trust(texts, &mut needed, principal, resources.first()?, proof)?;
        return Some(needed);
    }
    // The role that the serverless application model makes stands nowhere in the template.
    if texts.kind(principal) == "AWS::Serverless::Function" && texts.property(principal, "Role").is_none() {
        return None;
    }
    let property = role_of(texts, &mut needed, principal);
    if let (Some(role), Some(property)) = (needed.role.clone(), property) {
        needed.named.push(("identity-policy", "", Named::new(principal, &[property], What::One(vec![role]))));
    }
    let role = needed.role.clone().unwrap_or_default();
    if !role.is_empty() && texts.property(&role, "PermissionsBoundary").is_some_and(|it| it.get("Fn::If").is_none()) {
        needed.hops.push("permissions-boundary");
    }
    let of = |what: &str| proof.origin.is_some() && actions.as_slice() == [what];
    match resources.as_slice() {
        _ if of("ec2:CreateNetworkInterface") => interfaces(texts, &mut needed, &role),
        [] if of("rds-db:connect") => end_to_end(texts, &mut needed, &role, principal),
        [to] if of("rds-db:connect") => connect(texts, &mut needed, &role, principal, to)?,
        [secret] if of("secretsmanager:GetSecretValue") => {
            read(texts, &mut needed, &role, principal, secret, &["GetSecretValue"], &["Decrypt"]);
        }
        [secret] if of("secretsmanager:PutSecretValue") => {
            let actions = ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"];
            read(texts, &mut needed, &role, principal, secret, &actions, &["Decrypt", "GenerateDataKey"]);
            invoked(texts, &mut needed, principal);
        }
        _ => stated(texts, &mut needed, &role, actions, &resources),
    }
    Some(needed)
}

fn one(texts: Vec<String>) -> Vec<On> {
    texts.into_iter().map(On::Text).collect()
}

/// That a service may use the role that a property of something names.
fn trust<'p>(texts: &Texts<'_>, needed: &mut Needed<'p>, service: &str, of: &Json, proof: &'p Proof) -> Option<()> {
    let parts = of.get("Fn::GetAtt")?;
    let (id, property) = match parts {
        Json::Array(parts) => (parts.first()?.as_str()?, parts.get(1)?.as_str()?),
        other => other.as_str()?.split_once('.')?,
    };
    needed.around.principal = proof.origin.as_ref().map_or(needed.around.principal, |origin| &origin.resource);
    let role = role_named(texts, texts.property(id, property)?);
    let known = ["Role", "RoleArn", "MonitoringRoleArn"].into_iter().find(|known| *known == property);
    if let (Some(role), Some(property)) = (&role, known) {
        needed.named.push(("trust-policy", "", Named::new(id, &[property], What::One(vec![role.clone()]))));
        needed.ask(service, "sts:AssumeRole", one(texts.reference(role, Some("Arn"), 0)));
        needed.hops.push("trust-policy");
    }
    needed.role = role;
    Some(())
}

/// The role of something, and the property that names it.
fn role_of(texts: &Texts<'_>, needed: &mut Needed<'_>, principal: &str) -> Option<&'static str> {
    if texts.kind(principal) == "AWS::IAM::Role" {
        needed.role = Some(principal.to_owned());
        return None;
    }
    let property = match texts.kind(principal) {
        "AWS::RDS::DBProxy" | "AWS::StepFunctions::StateMachine" => "RoleArn",
        _ => "Role",
    };
    needed.role = role_named(texts, texts.property(principal, property)?);
    Some(property)
}

fn role_named(texts: &Texts<'_>, value: &Json) -> Option<String> {
    let found = texts.of_kind("AWS::IAM::Role").find(|role| texts.names(value, role));
    found.map(str::to_owned)
}

/// What Lambda does with the role of a function in a VPC.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
fn interfaces(texts: &Texts<'_>, needed: &mut Needed<'_>, role: &str) {
    let some = |kind: &str| vec![On::Text(format!("{}{kind}/${{…}}", texts.arn("ec2")))];
    for kind in ["network-interface", "subnet", "security-group"] {
        needed.ask(role, "ec2:CreateNetworkInterface", some(kind));
    }
    needed.ask(role, "ec2:DescribeNetworkInterfaces", vec![On::Text("*".to_owned())]);
    needed.ask(role, "ec2:DeleteNetworkInterface", some("network-interface"));
}

/// The start of what stands for the users of something.
fn users(texts: &Texts<'_>, id: &str) -> Option<String> {
    let prefix = match texts.kind(id) {
        "AWS::RDS::DBProxy" => "prx-",
        "AWS::RDS::DBInstance" => "db-",
        "AWS::RDS::DBCluster" => "cluster-",
        _ => return None,
    };
    Some(format!("{}dbuser:{prefix}${{{id}.id}}/", texts.arn("rds-db")))
}

const FLAG: &str = "EnableIAMDatabaseAuthentication";

fn connect(texts: &Texts<'_>, needed: &mut Needed<'_>, role: &str, function: &str, to: &Json) -> Option<()> {
    let to = texts.referred(to)?;
    needed.ask(role, "rds-db:connect", vec![On::Start(users(texts, &to)?)]);
    let named = match texts.kind(&to) {
        "AWS::RDS::DBProxy" => {
            let secrets = secrets_of(texts, &to);
            let mut named = vec![Named::new(function, &["Environment/Variables"], What::User)];
            named.push(Named::new(&to, &["Auth"], What::One(secrets.iter().map(|(name, _)| name.clone()).collect())));
            if let [(_, Some(holder))] = secrets.as_slice() {
                let below = ["GenerateSecretString/SecretStringTemplate", "SecretString", "MasterUsername"];
                named.push(Named::new(holder, &below, What::User));
            }
            named
        }
        _ => {
            needed.hops.push("authentication");
            vec![Named::new(&to, &[FLAG], What::True)]
        }
    };
    needed.named.extend(named.into_iter().map(|one| ("authentication", "", one)));
    Some(())
}

/// The secrets that a proxy is given: what names each, and what holds it if that is of the template.
fn secrets_of(texts: &Texts<'_>, proxy: &str) -> Vec<(String, Option<String>)> {
    let entries = texts.property(proxy, "Auth").and_then(Json::as_array).into_iter().flatten();
    let values = entries.filter_map(|entry| entry.get("SecretArn"));
    values.map(|value| (name_of(texts, value), holder_of(texts, value).map(|(id, _)| id))).collect()
}

/// What a value names: a resource, a parameter, or what it reads.
fn name_of(texts: &Texts<'_>, value: &Json) -> String {
    let parameter = value.get("Ref").and_then(Json::as_str).map(str::to_owned);
    texts.referred(value).or(parameter).unwrap_or_else(|| texts.of(value).join(" "))
}

fn end_to_end(texts: &Texts<'_>, needed: &mut Needed<'_>, role: &str, proxy: &str) {
    for group in texts.of_kind("AWS::RDS::DBProxyTargetGroup") {
        let of = texts.property(group, "DBProxyName").and_then(|value| texts.referred(value));
        if of.as_deref() != Some(proxy) {
            continue;
        }
        for property in ["DBInstanceIdentifiers", "DBClusterIdentifiers"] {
            let all = texts.property(group, property).and_then(Json::as_array).into_iter().flatten();
            for database in all.filter_map(|value| texts.referred(value)) {
                if let Some(start) = users(texts, &database) {
                    needed.ask(role, "rds-db:connect", vec![On::Start(start)]);
                    needed.hops.push("authentication");
                    needed.named.push(("authentication", "", Named::new(&database, &[FLAG], What::True)));
                }
            }
        }
    }
}

/// The resource that holds a secret, and the property of it that names its key.
fn holder_of(texts: &Texts<'_>, value: &Json) -> Option<(String, &'static str)> {
    let id = texts.referred(value)?;
    match texts.kind(&id) {
        "AWS::SecretsManager::Secret" => Some((id, "KmsKeyId")),
        "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => Some((id, "MasterUserSecret/KmsKeyId")),
        "AWS::SecretsManager::SecretTargetAttachment" => holder_of(texts, texts.property(&id, "SecretId")?),
        _ => None,
    }
}

fn read(
    texts: &Texts<'_>,
    needed: &mut Needed<'_>,
    role: &str,
    principal: &str,
    secret: &Json,
    actions: &[&str],
    of_key: &[&str],
) {
    let mut on = texts.of(secret);
    // Of what a parameter names, the account and region may be taken for those of the stack, which is told.
    let own: Vec<String> = on
        .iter()
        .filter(|text| !text.starts_with("arn:"))
        .map(|text| format!("{}secret:{text}", texts.arn("secretsmanager")))
        .collect();
    needed.around.secrets.clone_from(&on);
    on.extend(own);
    for action in actions {
        needed.ask(role, &format!("secretsmanager:{action}"), one(on.clone()));
    }
    if texts.kind(principal) == "AWS::RDS::DBProxy" {
        let named: Vec<String> = secrets_of(texts, principal).into_iter().map(|(name, _)| name).collect();
        let named = Named::new(principal, &["Auth"], What::One(named));
        needed.named.push(("identity-policy", "secretsmanager:", named));
    }
    needed.hops.push("key-policy");
    needed.hops.extend(has_door(texts, principal).then_some("endpoint-policy"));
    let Some((holder, property)) = holder_of(texts, secret) else { return };
    for id in texts.of_kind("AWS::SecretsManager::ResourcePolicy") {
        let of = texts.property(id, "SecretId");
        if of.and_then(|of| holder_of(texts, of)).is_some_and(|(of, _)| of == holder) {
            needed.policies.push(id.to_owned());
            let what = What::One(of.map(|of| name_of(texts, of)).into_iter().collect());
            needed.named.push(("resource-policy", "", Named::new(id, &["SecretId"], what)));
            if texts.resource(id).is_some_and(|it| it.get("Condition").is_none()) {
                needed.hops.push("resource-policy");
            }
        }
    }
    needed.around.tagged.push(holder.clone());
    let Some(value) = texts.property(&holder, property) else {
        return needed.named.push(("key-policy", "", Named::new(&holder, &[property], What::Without)));
    };
    key(texts, needed, role, (&holder, property, value), of_key);
}

/// Whether what a function asks of Secrets Manager goes through an endpoint with a policy: one with private DNS in a VPC that
/// one of its subnets or groups is of.
fn has_door(texts: &Texts<'_>, function: &str) -> bool {
    let near = ["VpcConfig/SubnetIds", "VpcConfig/SecurityGroupIds"].into_iter();
    let near = near.filter_map(|property| texts.property(function, property).and_then(Json::as_array)).flatten();
    let near: Vec<String> = near.filter_map(|value| texts.referred(value)).collect();
    let vpcs: Vec<&Json> = near.iter().filter_map(|id| texts.property(id, "VpcId")).collect();
    texts.of_kind("AWS::EC2::VPCEndpoint").any(|id| {
        let is = |property: &str, end: &str| {
            texts.property(id, property).is_some_and(|value| texts.of(value).iter().all(|text| text.ends_with(end)))
        };
        texts.resource(id).is_some_and(|it| it.get("Condition").is_none())
            && is("ServiceName", ".secretsmanager")
            && is("PrivateDnsEnabled", "true")
            && texts.property(id, "PolicyDocument").is_some_and(|it| it.get("Fn::If").is_none())
            && texts.property(id, "VpcId").is_some_and(|vpc| vpcs.contains(&vpc))
    })
}

/// What is asked of the key of a secret.
fn key(
    texts: &Texts<'_>,
    needed: &mut Needed<'_>,
    role: &str,
    (holder, property, value): (&str, &'static str, &Json),
    actions: &[&str],
) {
    let reads = texts.of(value);
    let referred = texts.referred(value);
    let is_plain = referred.is_none() && value.get("Ref").is_none();
    let what = if is_plain { What::Value } else { What::One(vec![name_of(texts, value)]) };
    if reads.iter().any(|text| text.ends_with("alias/aws/secretsmanager")) {
        return needed.named.push(("key-policy", "", Named::new(holder, &[property], what)));
    }
    let target =
        |id: &String| (texts.kind(id) == "AWS::KMS::Alias").then(|| texts.property(id, "TargetKeyId")).flatten();
    let alias = referred.as_ref().and_then(|id| Some((id.clone(), texts.referred(target(id)?)?)));
    let of_template =
        alias.as_ref().map(|(_, key)| key.clone()).or(referred.filter(|id| texts.kind(id) == "AWS::KMS::Key"));
    let on = match &of_template {
        Some(key) => texts.reference(key, Some("Arn"), 0),
        None => {
            let start = format!("{}key/", texts.arn("kms"));
            reads
                .iter()
                .flat_map(|text| [text.clone(), format!("{start}{text}"), format!("{start}${{{text}}}")])
                .collect()
        }
    };
    for action in actions {
        needed.ask(role, &format!("kms:{action}"), one(on.clone()));
    }
    let named = |what| Named::new(holder, &[property], what);
    if let What::One(names) = &what {
        needed.named.push(("identity-policy", "kms:", named(What::One(names.clone()))));
    } else {
        needed.named.push(("identity-policy", "kms:", named(What::Value)));
    }
    needed.named.push(("key-policy", "", named(what)));
    if let Some((alias, key)) = alias {
        for (hop, start) in [("identity-policy", "kms:"), ("key-policy", "")] {
            needed.named.push((hop, start, Named::new(&alias, &["TargetKeyId"], What::One(vec![key.clone()]))));
        }
    }
    needed.around.tagged.extend(of_template.clone());
    needed.keys.extend(of_template);
}

/// That Secrets Manager may invoke a function.
fn invoked(texts: &Texts<'_>, needed: &mut Needed<'_>, function: &str) {
    needed.hops.push("resource-policy");
    let is_of = |id: &&str| texts.property(id, "FunctionName").is_some_and(|value| texts.names(value, function));
    let permissions: Vec<&str> = texts.of_kind("AWS::Lambda::Permission").filter(is_of).collect();
    let [id] = permissions.as_slice() else { return };
    let of_function = Named::new(id, &["FunctionName"], What::One(vec![function.to_owned()]));
    needed.named.push(("resource-policy", "", of_function));
    for property in ["Principal", "Action"].into_iter().filter(|property| texts.property(id, property).is_some()) {
        needed.named.push(("resource-policy", "", Named::new(id, &[property], What::Value)));
    }
    let source = texts.property(id, "SourceArn");
    if let Some(source) = source.filter(|source| texts.referred(source).is_some()) {
        let what = What::One(vec![name_of(texts, source)]);
        needed.named.push(("resource-policy", "", Named::new(id, &["SourceArn"], what)));
    }
}

/// What somebody stated, word by word.
fn stated(texts: &Texts<'_>, needed: &mut Needed<'_>, role: &str, actions: &[String], resources: &[Json]) {
    for resource in resources {
        for action in actions {
            needed.ask(role, action, one(texts.of(resource)));
        }
        match texts.referred(resource) {
            Some(id) if texts.kind(&id) == "AWS::KMS::Key" => {
                needed.hops.push("key-policy");
                needed.keys.push(id);
            }
            Some(_) if actions.iter().all(|action| action.starts_with("secretsmanager:")) => {
                needed.around.secrets = texts.of(resource);
            }
            _ => {}
        }
    }
}
