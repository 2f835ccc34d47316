//! Roles, secrets and keys that exist outside of the template: what facts say of them, and by which commands of the AWS CLI
//! those are had that are missing.

use serde_json::Value as Json;

use super::role::{self, Attached, Holder};
use super::world::World;
use crate::iam::evaluation::Policy;
use crate::iam::{Certainty, Text, Tree};
use crate::prove::facts::Role;

/// Why nothing is known of a policy of which no facts are given.
pub const OUTSIDE: &str = "it exists outside the template";

/// Whether a role is named by its ARN: it is not of the template. No logical id has a colon.
pub fn is_arn(role: &str) -> bool {
    role.contains(':')
}

/// The name at the end of an ARN, if that is known.
fn name(arn: &Text) -> Option<String> {
    Some(arn.split_known('/')?.pop()?.known()?.to_owned()).filter(|name| !name.is_empty())
}

/// The ARN of the role that a text names, if there are facts of it.
pub fn role(world: &World<'_, '_>, text: &Text) -> Option<String> {
    let facts = world.facts.role(&name(text).filter(|_| text.to_string().contains(":role/"))?)?;
    let arn = facts.arn.as_deref().or(text.known())?;
    (role::same(text, &arn.into()) != Certainty::No).then(|| arn.to_owned())
}

fn facts<'r>(world: &World<'r, '_>, role: &str) -> Option<&'r Role> {
    world.facts.role(role.rsplit('/').next()?).filter(|_| is_arn(role))
}

/// The tags of a role; none of one of the template.
pub fn tags<'r>(world: &World<'r, '_>, role: &str) -> &'r [(String, String)] {
    facts(world, role).map(|facts| facts.tags.as_slice()).unwrap_or_default()
}

/// Who may assume a role.
pub fn trust(world: &World<'_, '_>, role: &str, name: &str) -> Policy {
    match facts(world, role).and_then(|facts| facts.trust.as_ref()) {
        Some(document) => Policy::read(name, &Tree::from_json(document)),
        None => Policy::open(name, OUTSIDE),
    }
}

/// Every policy of a role. What no facts tell of is left open.
pub fn attached(world: &World<'_, '_>, role: &str) -> Attached {
    let Some(facts) = facts(world, role) else {
        return Attached { identity: vec![Policy::open(&format!("what `{role}` may do"), OUTSIDE)], boundary: None };
    };
    let read = |name: &str, document: &Json| Policy::read(&format!("`{name}` of `{role}`"), &Tree::from_json(document));
    let mut identity: Vec<Policy> = facts.inline.iter().map(|(name, document)| read(name, document)).collect();
    match &facts.names {
        Some(names) => {
            let missing = names.iter().filter(|name| !facts.inline.contains_key(*name));
            identity.extend(missing.map(|name| Policy::open(&format!("`{name}` of `{role}`"), OUTSIDE)));
        }
        None => identity.push(Policy::open(&format!("an inline policy of `{role}`"), OUTSIDE)),
    }
    match &facts.attached {
        Some(arns) => identity.extend(arns.iter().map(|arn| role::by_arn(world, arn))),
        None => identity.push(Policy::open(&format!("a managed policy of `{role}`"), OUTSIDE)),
    }
    let boundary = match (&facts.arn, &facts.boundary) {
        (_, Some(arn)) => Some(vec![role::by_arn(world, arn)]),
        (Some(_), None) => None,
        (None, None) => Some(vec![Policy::open(&format!("the permissions boundary of `{role}`"), OUTSIDE)]),
    };
    Attached { identity, boundary }
}

/// Whether the policies of the existing role of something name an action.
pub fn grants(world: &World<'_, '_>, id: &str, action: &str) -> bool {
    let Some(Holder::Existing(role)) = role::holder(world, id, "Role") else { return false };
    let Some(facts) = facts(world, &role) else { return false };
    let managed = facts.attached.iter().flatten().filter_map(|arn| world.facts.managed_policy(arn));
    facts.inline.values().chain(managed).any(|document| names(document, action))
}

fn names(json: &Json, action: &str) -> bool {
    match json {
        Json::String(text) => text.eq_ignore_ascii_case(action),
        Json::Array(values) => values.iter().any(|value| names(value, action)),
        Json::Object(map) => map.values().any(|value| names(value, action)),
        _ => false,
    }
}

/// How to know more of a role, which its ARN names; none if all that counts is known.
pub fn ask_of_role(world: &World<'_, '_>, arn: &Text) -> Option<String> {
    let Some(name) = name(arn).filter(|_| arn.to_string().contains(":role/")) else {
        return Some("give its ARN as a parameter's value, and facts of it".to_owned());
    };
    let known = world.facts.role(&name).cloned().unwrap_or_default();
    let mut asked = Vec::new();
    if known.arn.is_none() {
        asked.push(format!("aws iam get-role --role-name {name} > get-role.{name}.json"));
    }
    match &known.names {
        None => asked.push(format!("aws iam list-role-policies --role-name {name} > list-role-policies.{name}.json")),
        Some(names) => asked.extend(names.iter().filter(|policy| !known.inline.contains_key(*policy)).map(|policy| {
            format!(
                "aws iam get-role-policy --role-name {name} --policy-name {policy} > get-role-policy.{name}.{policy}.json"
            )
        })),
    }
    match &known.attached {
        None => asked.push(format!(
            "aws iam list-attached-role-policies --role-name {name} > list-attached-role-policies.{name}.json"
        )),
        Some(arns) => {
            let open = arns.iter().filter(|arn| role::by_arn(world, arn).open.is_some());
            asked.extend(open.map(|arn| ask_of_policy(world, arn)));
        }
    }
    asked.extend(
        known
            .boundary
            .iter()
            .filter(|arn| role::by_arn(world, arn).open.is_some())
            .map(|arn| ask_of_policy(world, arn)),
    );
    told(&asked)
}

/// The command that tells which version of a managed policy counts, or what that version says.
pub fn ask_of_policy(world: &World<'_, '_>, arn: &str) -> String {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    match world.facts.version_of(arn) {
        None => format!("aws iam get-policy --policy-arn {arn} > get-policy.{name}.json"),
        Some(version) => format!(
            "aws iam get-policy-version --policy-arn {arn} --version-id {version} > get-policy-version.{name}.json"
        ),
    }
}

/// How to know with what a secret is encrypted, and who may read it.
pub fn ask_of_secret(arn: &Text) -> Option<String> {
    let known = arn.known()?;
    let name = known.rsplit(':').next()?.replace('/', "-");
    told(&[
        format!("aws secretsmanager describe-secret --secret-id {known} > describe-secret.{name}.json"),
        format!("aws secretsmanager get-resource-policy --secret-id {known} > get-resource-policy.{name}.json"),
    ])
}

/// How to know who may use a key.
pub fn ask_of_key(arn: &Text) -> Option<String> {
    let text = arn.to_string();
    if text.contains("alias/") {
        return told(&["aws kms list-aliases > list-aliases.json".to_owned()]);
    }
    let id = name(arn)?;
    told(&[
        format!("aws kms get-key-policy --key-id {id} --policy-name default > get-key-policy.{id}.json"),
        format!("aws kms describe-key --key-id {id} > describe-key.{id}.json"),
    ])
}

/// Commands, as what they print decides it with `--facts`.
pub fn told(commands: &[String]) -> Option<String> {
    let quoted: Vec<String> = commands.iter().map(|command| format!("`{command}`")).collect();
    (!quoted.is_empty()).then(|| format!("`--facts` decides it, with what these print: {}", quoted.join(", ")))
}
