//! Secrets: which one a value names, its policies, its key.

use serde_json::Value as Json;

use super::access::{self, Ask, Endpoint};
use super::arn;
use super::cures;
use super::hop::Hop;
use super::role::{self, Attached, referred};
use super::world::World;
use crate::iam::evaluation::{Context, Level, Policies, Policy, Presence, Request, evaluate};
use crate::iam::{Certainty, Charset, Part, Shape, Text, Tree};
use crate::prove::Answer;
use crate::resolve::Resolution;
use crate::template::Value;

const SECRET: &str = "AWS::SecretsManager::Secret";
const ATTACHMENT: &str = "AWS::SecretsManager::SecretTargetAttachment";
const DATABASES: &[&str] = &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];

/// A secret that somebody reads.
pub struct Secret<'a> {
    /// Its ARN.
    pub arn: Text,
    /// Its logical id, if it is one of the template.
    pub id: Option<&'a str>,
    /// Its ARN as a template writes it.
    written: Option<Value>,
    /// The database that made it, if one did.
    database: Option<&'a str>,
    key: Key<'a>,
}

/// What a value from outside may be in full: as it stands, and, where nothing is known of it, an ARN of the stack's own
/// account and region.
fn readings(world: &World<'_, '_>, arn: &Text, service: &str, kind: &str) -> Vec<Text> {
    let mut readings = vec![arn.clone()];
    if let [Part::Symbol(symbol)] = arn.parts() {
        let own =
            arn::start(world, service, true).then(format!("{kind}{}", if kind == "key" { "/" } else { ":" }).as_str());
        readings.push(own.then_symbol(&symbol.name, Shape::some(Charset::ANY)));
    }
    readings
}

/// The hops of the first reading under which they hold; of the first of all, if there is none.
fn by_reading(readings: Vec<Text>, hops: impl Fn(&Text) -> Vec<Hop>) -> Vec<Hop> {
    let mut first = None;
    for (index, reading) in readings.iter().enumerate() {
        let mut found = hops(reading);
        if found.iter().all(|hop| hop.verdict <= Answer::Assumed) {
            if index > 0 {
                let message = format!("`{}` lies in the account and region of the stack", readings[0]);
                found.push(Hop::new("identity-policy", Answer::Assumed, message));
            }
            return found;
        }
        first.get_or_insert(found);
    }
    first.unwrap_or_default()
}

/// What a secret is encrypted with.
enum Key<'a> {
    /// `aws/secretsmanager`, which lets every principal of the account decrypt through Secrets Manager.
    Managed,
    /// A key of the template.
    Template(&'a str),
    /// A key that exists outside.
    Given(Text),
    /// The secret exists outside.
    Unknown,
}

impl<'a> Secret<'a> {
    /// The secret that a value names by its ARN; none if the value is no text.
    pub fn named(world: &World<'_, 'a>, value: &Resolution<'a>) -> Option<Self> {
        let arn = world.text(value)?;
        let id = of_template(world, value);
        let database = referred(world.resolved, value, DATABASES);
        let key = match (id, database) {
            (Some(id), _) => key_of(world, id, "KmsKeyId"),
            (None, Some(database)) => key_of(world, database, "MasterUserSecret/KmsKeyId"),
            (None, None) => Key::Unknown,
        };
        Some(Self { written: written(world, value, &arn), arn, id, database, key })
    }

    /// The user in it, as far as the template says.
    pub fn user(&self, world: &World<'_, 'a>) -> Option<Text> {
        if let Some(database) = self.database {
            return world.property_text(database, "MasterUsername");
        }
        let id = self.id?;
        for property in ["GenerateSecretString/SecretStringTemplate", "SecretString"] {
            if let Some(text) = world.property_text(id, property) {
                return user_in(&text);
            }
        }
        None
    }
}

/// The user name in the JSON of a secret, of which parts may not be known.
fn user_in(text: &Text) -> Option<Text> {
    if let Some(known) = text.known() {
        let json: Json = serde_json::from_str(known).ok()?;
        return json.get("username").and_then(Json::as_str).map(Text::from);
    }
    // What stands between the quotes behind `"username":`.
    let quoted = text.split('"', usize::MAX).or_else(|| text.split_known('"'))?;
    let at = quoted.iter().position(|part| part.known() == Some("username"))?;
    quoted.get(at + 2).cloned()
}

/// A value as a template writes it.
fn written<'a>(world: &World<'_, 'a>, value: &Resolution<'a>, text: &Text) -> Option<Value> {
    match value.reference() {
        Some((id, None)) => Some(Value::reference_to(id)),
        Some((id, Some(attribute))) => Some(Value::attribute_of(id, attribute)),
        None => cures::written(world, text),
    }
}

fn of_template<'a>(world: &World<'_, 'a>, value: &Resolution<'a>) -> Option<&'a str> {
    let mut value = value.clone();
    for _ in 0..3 {
        if let Some(id) = referred(world.resolved, &value, &[SECRET]) {
            return Some(id);
        }
        let attachment = referred(world.resolved, &value, &[ATTACHMENT])?;
        value = world.property(attachment, "SecretId")?.0;
    }
    None
}

fn key_of<'a>(world: &World<'_, 'a>, id: &str, property: &str) -> Key<'a> {
    let Some((value, _)) = world.property(id, property) else { return Key::Managed };
    let found = referred(world.resolved, &value, &["AWS::KMS::Key"]).or_else(|| {
        let alias = referred(world.resolved, &value, &["AWS::KMS::Alias"])?;
        referred(world.resolved, &world.property(alias, "TargetKeyId")?.0, &["AWS::KMS::Key"])
    });
    match (found, world.text(&value)) {
        (Some(key), _) => Key::Template(key),
        (None, Some(text)) if text.known().is_some_and(|text| text.ends_with("alias/aws/secretsmanager")) => {
            Key::Managed
        }
        (None, Some(text)) if text.to_string().starts_with("arn:") => Key::Given(text),
        (None, Some(text)) if text.known().is_some_and(|text| !text.contains('/')) => {
            Key::Given(arn::start(world, "kms", true).then("key/").then(text))
        }
        (None, Some(text)) if text.known().is_some() => {
            // An alias: which key it stands for is known outside only.
            Key::Given(
                arn::start(world, "kms", true).then("key/").then_symbol(&text.to_string(), Shape::some(Charset::ANY)),
            )
        }
        (None, text) => Key::Given(text.unwrap_or_else(|| Text::symbol(&format!("{id}.KmsKeyId"), Shape::ANY))),
    }
}

/// The policies that stand on a secret.
fn policies_on(world: &World<'_, '_>, secret: &Secret<'_>) -> (Vec<Policy>, Option<String>) {
    let mut found = (Vec::new(), None);
    for id in world.of_type("AWS::SecretsManager::ResourcePolicy") {
        let Some((of, _)) = world.property(id, "SecretId") else { continue };
        let is_it = match of_template(world, &of) {
            Some(of) => Some(of) == secret.id,
            None => world.text(&of).is_some_and(|of| role::same(&of, &secret.arn) == Certainty::Yes),
        };
        if let Some((_, source)) = world.property(id, "ResourcePolicy").filter(|_| is_it) {
            found.0.push(Policy::read(&format!("`{id}`"), &world.document(source)));
            found.1 = Some(id.to_owned());
        }
    }
    found
}

/// Whether a role may do something with a secret.
pub fn use_hops(
    world: &World<'_, '_>,
    role: &str,
    attached: &Attached,
    secret: &Secret<'_>,
    action: &str,
    endpoint: Option<Endpoint>,
    context: Context,
) -> Vec<Hop> {
    let context =
        context.with("secretsmanager:SecretId", secret.arn.clone()).with("secretsmanager:VersionStage", "AWSCURRENT");
    let context = match secret.id {
        Some(id) => access::tagged(world, context, id, &["aws:ResourceTag", "secretsmanager:ResourceTag"]),
        None => context,
    };
    let (of_resource, owner) = policies_on(world, secret);
    by_reading(readings(world, &secret.arn, "secretsmanager", "secret:"), |arn| {
        let ask = Ask::new(role, action, arn.clone(), context.clone()).written(secret.written.clone());
        let (of_resource, owner, endpoint) = (of_resource.clone(), owner.clone(), endpoint.clone());
        access::hops(world, attached, Ask { of_resource, owner, endpoint, ..ask })
    })
}

/// Whether a role may use the key of a secret through Secrets Manager.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
pub fn key_hops(world: &World<'_, '_>, role: &str, attached: &Attached, secret: &Secret<'_>, action: &str) -> Vec<Hop> {
    let context = key_context(world, role, &secret.arn);
    match &secret.key {
        Key::Managed => {
            let message = "the AWS managed key `aws/secretsmanager` lets the account decrypt through Secrets Manager";
            vec![Hop::new("key-policy", Answer::Holds, message)]
        }
        Key::Unknown => vec![of_unknown_key(world, role, attached, secret, action)],
        Key::Template(id) => {
            let (arn, policy) = (arn::of(world, id, Some("Arn")), key_policy(world, id));
            let context = access::tagged(world, context, id, &["aws:ResourceTag"]);
            let ask = Ask::new(role, action, arn, context).written(Some(Value::attribute_of(*id, "Arn")));
            access::hops(
                world,
                attached,
                Ask { of_resource: vec![policy], owner: Some((*id).to_owned()), hop: "key-policy", ..ask },
            )
        }
        Key::Given(arn) => {
            let policy = Policy::open(&format!("the key policy of `{arn}`"), "it exists outside the template");
            let written = cures::written(world, arn);
            by_reading(readings(world, arn, "kms", "key/"), |arn| {
                let ask = Ask::new(role, action, arn.clone(), context.clone()).written(written.clone());
                access::hops(world, attached, Ask { of_resource: vec![policy.clone()], hop: "key-policy", ..ask })
            })
        }
    }
}

/// A secret that exists outside is encrypted with whatever key. That the role may use it is taken on trust, unless what
/// the role is granted for Secrets Manager can never serve it.
fn of_unknown_key(world: &World<'_, '_>, role: &str, attached: &Attached, secret: &Secret<'_>, action: &str) -> Hop {
    let key = arn::start(world, "kms", true).then("key/").then_symbol("its key", Shape::some(Charset::ANY));
    let request = Request::new(role::requester(world, role), action, key, key_context(world, role, &secret.arn));
    let policies = Policies { identity: attached.identity.clone(), ..Policies::default() };
    let verdict = evaluate(&request, &policies);
    let is_granted = verdict.answer(Level::Identity).is_some_and(|ruling| ruling.allows != Certainty::No);
    let missed = verdict.near_misses(&request, &policies, Level::Identity);
    let vain =
        missed.iter().find(|missed| missed.why.contains("ViaService") && missed.why.contains("`secretsmanager."));
    match vain.filter(|_| !is_granted) {
        Some(vain) => {
            let message = format!(
                "whether `{role}` may use the key of `{}` depends on that key: what {} grants {}",
                secret.arn, vain.told.policy.name, vain.why
            );
            let source = world.source(vain.told.statement.source);
            let place = source.and_then(|source| world.resolved.place_of(source)).unwrap_or_default();
            let help = "name the region of the secret in `kms:ViaService`";
            Hop::new("identity-policy", Answer::Unknown, message).at(role, place).help(help)
        }
        None => {
            let message = format!("`{}` is encrypted with a key that `{role}` may use", secret.arn);
            Hop::new("key-policy", Answer::Assumed, message)
        }
    }
}

/// What comes with a request that Secrets Manager makes of a key on behalf of a role.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
fn key_context(world: &World<'_, '_>, role: &str, secret: &Text) -> Context {
    let region = secret.split(':', 7).and_then(|segments| segments.get(3).cloned());
    let region = region.filter(|region| region.known() != Some("")).unwrap_or_else(|| world.pseudo("AWS::Region"));
    let via = Text::from("secretsmanager.").then(region).then(".amazonaws.com");
    let version = Text::symbol("SecretVersionId", Shape::some(Charset::LOWER.or(Charset::of("-"))));
    access::context(world, role)
        .with("kms:ViaService", via)
        .with("kms:CallerAccount", world.pseudo("AWS::AccountId"))
        .with("kms:EncryptionContext:SecretARN", secret.clone())
        .with("kms:EncryptionContext:SecretVersionId", version)
        .set("kms:EncryptionContextKeys", Presence::Is(vec!["SecretARN".into(), "SecretVersionId".into()]))
        .with("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT")
        .with("aws:ViaAWSService", "true")
}

/// The policy of a key; one that is not written leaves it to the account's identity policies.
pub fn key_policy(world: &World<'_, '_>, id: &str) -> Policy {
    let name = format!("the key policy of `{id}`");
    match world.property(id, "KeyPolicy") {
        Some((_, source)) => Policy::read(&name, &world.document(source)),
        None => {
            let root = Text::from("arn:")
                .then(world.pseudo("AWS::Partition"))
                .then(":iam::")
                .then(world.pseudo("AWS::AccountId"))
                .then(":root");
            let statement = serde_json::json!({ "Effect": "Allow", "Action": "kms:*", "Resource": "*" });
            let mut tree = Tree::from_json(&statement);
            let leaf = |kind| Tree { kind, source: usize::MAX };
            if let crate::iam::TreeKind::Map(map) = &mut tree.kind {
                let named =
                    leaf(crate::iam::TreeKind::Map(vec![("AWS".into(), leaf(crate::iam::TreeKind::Text(root)))]));
                map.push(("Principal".into(), named));
            }
            Policy::read(&name, &leaf(crate::iam::TreeKind::Map(vec![("Statement".into(), tree)])))
        }
    }
}

/// The endpoint of Secrets Manager that a function's requests go through, if one has a policy.
pub fn endpoint(world: &World<'_, '_>, function: &str, service: &str) -> Option<Endpoint> {
    let homes = vpcs(world, function)?;
    for id in world.of_type("AWS::EC2::VPCEndpoint") {
        let name = world.property_text(id, "ServiceName")?.to_string();
        if !name.ends_with(&format!(".{service}")) {
            continue;
        }
        let Some((_, source)) = world.property(id, "PolicyDocument") else { continue };
        let vpc = world.property_text(id, "VpcId")?;
        let is_home = Certainty::any(homes.iter().map(|home| role::same(home, &vpc)));
        let private = world.property(id, "PrivateDnsEnabled").and_then(|(value, _)| value.flag());
        if is_home == Certainty::No || (private == Some(false) && !is_named(world, function, id)) {
            continue;
        }
        let is_certain = is_home == Certainty::Yes && private == Some(true);
        let policy = Policy::read(&format!("`{id}`"), &world.document(source));
        return Some(Endpoint { id: id.to_owned(), policy, is_certain });
    }
    None
}

/// Whether a function is told the host name of an endpoint.
fn is_named(world: &World<'_, '_>, function: &str, endpoint: &str) -> bool {
    let variables = super::derive::variables(world.resolved, function).into_iter();
    let here = variables.filter(|(_, case)| world.is_here(case.when));
    here.flat_map(|(_, case)| case.value.references()).any(|(id, _)| id == endpoint)
}

/// The VPCs that a function is in, as its subnets and groups tell; none if it is in none.
fn vpcs(world: &World<'_, '_>, function: &str) -> Option<Vec<Text>> {
    let subnets = world.elements(function, "VpcConfig/SubnetIds");
    if subnets.is_empty() {
        return None;
    }
    let groups = world.elements(function, "VpcConfig/SecurityGroupIds");
    let mut found = Vec::new();
    for (value, _) in subnets.iter().chain(&groups) {
        let id = referred(world.resolved, value, &["AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"]);
        let vpc = id.and_then(|id| world.property_text(id, "VpcId"));
        found.extend(vpc.filter(|vpc| !found.contains(vpc)));
    }
    if found.is_empty() {
        found.push(Text::symbol("the function's VPC", Shape::some(Charset::ANY)));
    }
    Some(found)
}
