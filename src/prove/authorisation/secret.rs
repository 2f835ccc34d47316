//! Secrets: which one a value names, its policies, its key.

use serde_json::Value as Json;

use super::access::{self, Ask, Endpoint};
use super::arn;
use super::cures;
use super::evidence;
use super::hop::Hop;
use super::outside;
use super::role::{self, Attached, referred};
use super::world::World;
use crate::iam::evaluation::{Context, Level, Policies, Policy, Presence, Request, evaluate};
use crate::iam::{Certainty, Charset, Part, Shape, Text, Tree};
use crate::prove::{Answer, Claim, Evidence};
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
    /// Whether it waits for its deletion.
    is_deleted: bool,
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
        let mut arn = world.text(value)?;
        let id = of_template(world, value);
        let database = referred(world.resolved, value, DATABASES);
        let facts = arn.known().filter(|_| id.is_none()).and_then(|arn| world.facts.secret(arn));
        let key = match (id, database, facts.and_then(|facts| facts.key.as_ref())) {
            (Some(id), ..) => key_of(world, id, "KmsKeyId"),
            (None, Some(database), _) => key_of(world, database, "MasterUserSecret/KmsKeyId"),
            (None, None, Some(None)) => Key::Managed,
            (None, None, Some(Some(key))) => key_named(world, key.as_str().into()),
            (None, None, None) => Key::Unknown,
        };
        let written = written(world, value, &arn);
        if let Some(facts) = facts {
            arn = facts.arn.as_str().into();
        }
        Some(Self { written, arn, id, database, key, is_deleted: facts.is_some_and(|facts| facts.is_deleted) })
    }

    /// The user in it, as far as the template says.
    pub fn user(&self, world: &World<'_, 'a>) -> Option<Text> {
        self.user_told(world).map(|(user, _)| user)
    }

    /// The user in it, and what says so.
    pub fn user_told(&self, world: &World<'_, 'a>) -> Option<(Text, Option<Evidence>)> {
        if let Some(database) = self.database {
            let user = world.property_text(database, "MasterUsername")?;
            let evidence = evidence::user(world, database, "MasterUsername", &user);
            return Some((user, evidence));
        }
        let id = self.id?;
        for property in ["GenerateSecretString/SecretStringTemplate", "SecretString"] {
            if let Some(text) = world.property_text(id, property) {
                let user = user_in(&text)?;
                let evidence = evidence::user(world, id, property, &user);
                return Some((user, evidence));
            }
        }
        None
    }

    /// What names its key, if it has one of its own.
    fn names_key(&self, world: &World<'_, 'a>) -> Vec<Evidence> {
        let (holder, property) = match (self.id, self.database) {
            (Some(id), _) => (id, "KmsKeyId"),
            (None, Some(database)) => (database, "MasterUserSecret/KmsKeyId"),
            (None, None) => return Vec::new(),
        };
        let Some((value, _)) = world.property(holder, property) else {
            let so = "it is encrypted with the key that AWS manages".to_owned();
            return vec![evidence::without(holder, property, so)];
        };
        let of = value.references().first().map(|(id, _)| *id).or_else(|| Some(value.parameter()?.0));
        let Some(of) = of else { return evidence::equals(world, holder, property).into_iter().collect() };
        let alias = world.property(of, "TargetKeyId").and_then(|(key, _)| {
            let (key, _) = key.references().into_iter().next()?;
            evidence::names(world, of, "TargetKeyId", key)
        });
        evidence::names(world, holder, property, of).into_iter().chain(alias).collect()
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
        (None, Some(text)) => key_named(world, text),
        (None, None) => Key::Given(Text::symbol(&format!("{id}.KmsKeyId"), Shape::ANY)),
    }
}

/// The key that a text names, which is not of the template: by its ARN, its id or an alias.
fn key_named<'a>(world: &World<'_, '_>, text: Text) -> Key<'a> {
    let start = || arn::start(world, "kms", true).then("key/");
    if let Some((id, facts)) = text.known().and_then(|text| world.facts.key(text)) {
        return match (facts.is_managed, &facts.arn) {
            (true, _) => Key::Managed,
            (false, Some(arn)) => Key::Given(arn.as_str().into()),
            (false, None) if text.to_string().starts_with("arn:") && !text.to_string().contains("alias/") => {
                Key::Given(text)
            }
            (false, None) => Key::Given(start().then(id)),
        };
    }
    match text.known() {
        Some(known) if known.ends_with("alias/aws/secretsmanager") => Key::Managed,
        _ if text.to_string().starts_with("arn:") => Key::Given(text),
        Some(known) if !known.contains('/') => Key::Given(start().then(text)),
        // An alias: which key it stands for is known outside only.
        Some(known) => Key::Given(start().then_symbol(known, Shape::some(Charset::ANY))),
        None => Key::Given(text),
    }
}

/// What is known of the policies of a secret that exists.
fn told_policies(world: &World<'_, '_>, secret: &Secret<'_>) -> Option<Policy> {
    let known = secret.arn.known().filter(|_| secret.id.is_none())?;
    let document = world.facts.secret(known)?.policy.as_ref()?.as_ref()?;
    Some(Policy::read(&format!("the policy of `{known}`"), &Tree::from_json(document)))
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
    if found.0.is_empty() {
        found.0.extend(told_policies(world, secret));
    }
    found
}

const TAGS: [&str; 2] = ["aws:ResourceTag", "secretsmanager:ResourceTag"];

/// With the tags of a secret that exists.
fn told_tags(world: &World<'_, '_>, context: Context, secret: &Secret<'_>) -> Context {
    let tags = secret.arn.known().and_then(|arn| world.facts.secret(arn)).into_iter().flat_map(|secret| &secret.tags);
    tags.fold(context, |all, (key, value)| {
        TAGS.iter().fold(all, |all, prefix| all.with(&format!("{prefix}/{key}"), value.as_str()))
    })
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
        Some(id) => access::tagged(world, context, id, &TAGS),
        None => told_tags(world, context, secret),
    };
    if secret.is_deleted {
        let message = format!("`{}` waits for its deletion: nobody can read it", secret.arn);
        return vec![
            Hop::new("resource-policy", Answer::Broken, message)
                .help("restore it: `aws secretsmanager restore-secret`"),
        ];
    }
    let (of_resource, owner) = policies_on(world, secret);
    by_reading(readings(world, &secret.arn, "secretsmanager", "secret:"), |arn| {
        let ask = Ask::new(role, action, arn.clone(), context.clone()).written(secret.written.clone());
        let (of_resource, owner, endpoint) = (of_resource.clone(), owner.clone(), endpoint.clone());
        let named = owner.as_deref().zip(secret.id).and_then(|(owner, id)| names_secret(world, owner, "SecretId", id));
        let hops = access::hops(world, attached, Ask { of_resource, owner, endpoint, ..ask }).into_iter();
        hops.map(|hop| if hop.hop == "resource-policy" { hop.because(named.clone()) } else { hop }).collect()
    })
}

/// That a property names a secret, or what stands for it.
fn names_secret(world: &World<'_, '_>, id: &str, property: &str, secret: &str) -> Option<Evidence> {
    let (value, _) = world.property(id, property)?;
    let of = value.references().first().map_or(secret, |(of, _)| *of);
    evidence::names(world, id, property, of)
}

/// A secret that a proxy is given, and what says so.
pub struct Entry<'a> {
    /// The secret.
    pub secret: Secret<'a>,
    /// What names it.
    pub evidence: Evidence,
}

/// The secrets in the `Auth` of something.
pub fn entries<'a>(world: &World<'_, 'a>, id: &str) -> impl Iterator<Item = Entry<'a>> {
    let elements = world.elements(id, "Auth").into_iter();
    elements.filter_map(move |(entry, _)| {
        let (value, source) = world.one(entry.map()?.get("SecretArn")?)?;
        let secret = Secret::named(world, &value)?;
        let of = value.references().first().map(|(of, _)| *of).or_else(|| Some(value.parameter()?.0));
        let what = of.or_else(|| value.text())?.to_owned();
        let says = format!("`Auth` of `{id}` names `{what}`");
        let (resource, path) = (id.to_owned(), world.resolved.place(id, source));
        Some(Entry { secret, evidence: Evidence { resource, path, says, claim: Claim::Names { what } } })
    })
}

/// Whether a role may use the key of a secret through Secrets Manager.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
pub fn key_hops<'a>(
    world: &World<'_, 'a>,
    role: &str,
    attached: &Attached,
    secret: &Secret<'a>,
    action: &str,
) -> Vec<Hop> {
    let context = key_context(world, role, &secret.arn);
    let named = secret.names_key(world);
    let hops = match &secret.key {
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
            let name = format!("the key policy of `{arn}`");
            let facts = world.facts.key(&arn.to_string()).map(|(_, facts)| facts);
            if let Some(state) = facts.and_then(|facts| facts.state.as_deref()).filter(|state| *state != "Enabled") {
                let message = format!("the key `{arn}` cannot be used: its state is `{state}`");
                return vec![
                    Hop::new("key-policy", Answer::Broken, message).help("enable the key, or name another one"),
                ];
            }
            let policy = match facts.and_then(|facts| facts.policy.as_ref()) {
                Some(document) => Policy::read(&name, &Tree::from_json(document)),
                None => Policy::open(&name, outside::OUTSIDE),
            };
            let written = cures::written(world, arn);
            let mut hops = by_reading(readings(world, arn, "kms", "key/"), |arn| {
                let ask = Ask::new(role, action, arn.clone(), context.clone()).written(written.clone());
                access::hops(world, attached, Ask { of_resource: vec![policy.clone()], hop: "key-policy", ..ask })
            });
            for hop in hops.iter_mut().filter(|hop| hop.hop == "key-policy" && hop.verdict == Answer::Assumed) {
                hop.help = outside::ask_of_key(arn);
            }
            hops
        }
    };
    let rests = |hop: &Hop| hop.verdict <= Answer::Assumed;
    hops.into_iter().map(|hop| if rests(&hop) { hop.because(named.clone()) } else { hop }).collect()
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
            let mut hop = Hop::new("key-policy", Answer::Assumed, message);
            hop.help = outside::ask_of_secret(&secret.arn);
            hop
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
