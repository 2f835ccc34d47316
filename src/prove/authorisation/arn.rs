//! What `Ref` and `Fn::GetAtt` return, as far as it is known how that is made up.

use super::world::World;
use crate::iam::{Charset, Shape, Text};

const WORD: Charset = Charset::ALPHANUMERIC.or(Charset::of("-_"));
/// What a secret may be called. Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
const SECRET: Charset = Charset::ALPHANUMERIC.or(Charset::of("/_+=.@-"));
/// What a role may be called. Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
const ROLE: Charset = Charset::ALPHANUMERIC.or(Charset::of("_+=,.@-"));
/// A name where an id belongs: it is equal to none.
const NAME_ONLY: Charset = Charset::of("\u{1}");

/// `arn:partition:service:region:account:`, of the stack itself; some services are in no region.
pub fn start(world: &World<'_, '_>, service: &str, is_regional: bool) -> Text {
    let region = if is_regional { world.pseudo("AWS::Region") } else { Text::default() };
    Text::from("arn:")
        .then(world.pseudo("AWS::Partition"))
        .then(format!(":{service}:").as_str())
        .then(region)
        .then(":")
        .then(world.pseudo("AWS::AccountId"))
        .then(":")
}

/// What a reference to a resource returns.
pub fn of(world: &World<'_, '_>, id: &str, attribute: Option<&str>) -> Text {
    let kind = world.kind(id).unwrap_or_default();
    let named = |property: &str, shape: Shape| {
        world.property_text(id, property).unwrap_or_else(|| Text::default().then_unique(id, shape))
    };
    let regional = |service: &str| start(world, service, true);
    match (kind, attribute) {
        ("AWS::SecretsManager::Secret", None | Some("Id")) => secret(world, id),
        ("AWS::SecretsManager::SecretTargetAttachment" | "AWS::SecretsManager::ResourcePolicy", None) => {
            world.property_text(id, "SecretId").unwrap_or_else(|| other(id, attribute))
        }
        ("AWS::RDS::DBInstance" | "AWS::RDS::DBCluster", Some("MasterUserSecret.SecretArn")) => {
            let name = if kind == "AWS::RDS::DBInstance" { "secret:rds!db-" } else { "secret:rds!cluster-" };
            let uuid = Shape::exactly(Charset::LOWER.or(Charset::of("-")), 36);
            let start = regional("secretsmanager").then(name).then_unique(&format!("{id}.secret"), uuid);
            start.then("-").then_symbol(&format!("{id}.suffix"), Shape::exactly(Charset::ALPHANUMERIC, 6))
        }
        ("AWS::IAM::Role", Some("Arn")) => {
            let path = world.property_text(id, "Path").unwrap_or_else(|| "/".into());
            start(world, "iam", false).then("role").then(path).then(named("RoleName", made(id)))
        }
        ("AWS::IAM::Role", None) => named("RoleName", made(id)),
        ("AWS::KMS::Key", Some("Arn")) => regional("kms").then("key/").then(key(id)),
        ("AWS::KMS::Key", None | Some("KeyId")) => key(id),
        ("AWS::KMS::Alias", None) => named("AliasName", Shape::ANY),
        ("AWS::Lambda::Function" | "AWS::Serverless::Function", Some("Arn")) => {
            regional("lambda").then("function:").then(named("FunctionName", Shape::some(WORD)))
        }
        ("AWS::Lambda::Function" | "AWS::Serverless::Function", None) => named("FunctionName", Shape::some(WORD)),
        ("AWS::RDS::DBProxy", Some("DBProxyArn")) => regional("rds").then("db-proxy:").then(proxy_id(id)),
        ("AWS::RDS::DBProxy", None) => named("DBProxyName", Shape::some(WORD)),
        ("AWS::RDS::DBInstance", Some("DbiResourceId")) => database_id(id, "db-"),
        ("AWS::RDS::DBCluster", Some("DBClusterResourceId")) => database_id(id, "cluster-"),
        ("AWS::RDS::DBInstance", Some("DBInstanceArn")) => {
            regional("rds").then("db:").then(named("DBInstanceIdentifier", Shape::some(WORD)))
        }
        ("AWS::RDS::DBCluster", Some("DBClusterArn")) => {
            regional("rds").then("cluster:").then(named("DBClusterIdentifier", Shape::some(WORD)))
        }
        ("AWS::Logs::LogGroup", Some("Arn")) => {
            regional("logs").then("log-group:").then(named("LogGroupName", Shape::ANY)).then(":*")
        }
        ("AWS::EC2::VPCEndpoint", None | Some("Id")) => {
            Text::from("vpce-").then_unique(id, Shape::some(Charset::LOWER))
        }
        ("AWS::EC2::VPC", None | Some("VpcId")) => Text::from("vpc-").then_unique(id, Shape::some(Charset::LOWER)),
        ("", Some("Arn")) => match super::serverless::made_for(world.resolved, id) {
            Some(function) => made_role(world, function),
            None => other(id, attribute),
        },
        _ => other(id, attribute),
    }
}

/// A name in the place of an id: what `Ref` of a proxy or database returns is never the id that permissions name.
pub fn name_only(id: &str) -> Text {
    Text::default().then_unique(id, Shape::some(NAME_ONLY))
}

/// The ARN of the role that SAM makes for a function.
pub fn made_role(world: &World<'_, '_>, function: &str) -> Text {
    let path = world.property_text(function, "RolePath").unwrap_or_else(|| "/".into());
    let id = format!("{function}Role");
    start(world, "iam", false).then("role").then(path).then_unique(&id, made(&id))
}

/// The name of a role that CloudFormation makes: that of the stack, the logical id and twelve random characters, cut
/// where it is longer than a role's name may be.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>
fn made(id: &str) -> Shape {
    const MOST: u16 = 64;
    let least = u16::try_from(id.len()).unwrap_or(MOST).saturating_add(15).min(MOST);
    Shape { charset: ROLE, least, most: Some(MOST) }
}

/// The ARN of a secret: its name, and six characters that nobody knows beforehand.
fn secret(world: &World<'_, '_>, id: &str) -> Text {
    let name = world.property_text(id, "Name").unwrap_or_else(|| Text::default().then_unique(id, Shape::some(SECRET)));
    let suffix = Shape::exactly(Charset::ALPHANUMERIC, 6);
    start(world, "secretsmanager", true)
        .then("secret:")
        .then(name)
        .then("-")
        .then_symbol(&format!("{id}.suffix"), suffix)
}

fn key(id: &str) -> Text {
    Text::default().then_unique(&format!("{id}.id"), Shape::exactly(Charset::LOWER.or(Charset::of("-")), 36))
}

/// The id of a proxy, which permissions to connect name. It is the last part of its ARN.
pub fn proxy_id(id: &str) -> Text {
    Text::from("prx-").then_unique(&format!("{id}.id"), Shape::some(Charset::LOWER))
}

/// The id of a database, which permissions to connect name.
pub fn database_id(id: &str, prefix: &str) -> Text {
    Text::from(prefix).then_unique(&format!("{id}.id"), Shape::some(Charset::UPPER))
}

fn other(id: &str, attribute: Option<&str>) -> Text {
    match attribute {
        Some(attribute) => Text::symbol(&format!("{id}.{attribute}"), Shape::some(Charset::ANY)),
        None => Text::symbol(id, Shape::some(Charset::ANY)),
    }
}
