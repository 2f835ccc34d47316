//! Roles, and every policy that is attached to them, from whichever side.

use super::catalogue;
use super::outside;
use super::serverless;
use super::world::World;
use crate::iam::evaluation::{Policy, Requester};
use crate::iam::{Certainty, Text};
use crate::resolve::{Resolution, Resolved, Symbol};
use crate::template::Value;

/// The role that something uses.
#[derive(Clone, Debug, PartialEq)]
pub enum Holder<'a> {
    /// One of the template.
    Role(&'a str),
    /// One that exists outside and of which there are facts, by its ARN.
    Existing(String),
    /// One that exists outside, as it is told.
    Given(String),
}

/// The policies of a role.
#[derive(Debug, Default)]
pub struct Attached {
    /// Its identity policies.
    pub identity: Vec<Policy>,
    /// Its permissions boundary.
    pub boundary: Option<Vec<Policy>>,
}

/// The role that a property names; none if the property is not there.
pub fn holder<'a>(world: &World<'_, 'a>, id: &str, property: &str) -> Option<Holder<'a>> {
    let Some((value, _)) = world.property(id, property) else {
        return of_serverless(world.resolved, id, property).map(Holder::Role);
    };
    let references = value.references();
    let role = references.into_iter().find(|(id, _)| world.kind(id) == Some("AWS::IAM::Role"));
    if let Some((role, _)) = role {
        return Some(Holder::Role(role));
    }
    let text = world.text(&value)?;
    // A role of the template may be named by its name.
    let named = world.of_type("AWS::IAM::Role").into_iter().find(|role| {
        let name = world.property_text(role, "RoleName");
        name.as_ref().and_then(Text::known).is_some_and(|name| text.to_string().ends_with(&format!(":role/{name}")))
    });
    Some(match (named, outside::role(world, &text)) {
        (Some(role), _) => Holder::Role(role),
        (None, Some(arn)) => Holder::Existing(arn),
        (None, None) => Holder::Given(text.to_string()),
    })
}

/// The ARN of a role: of a logical id, or of that ARN.
pub fn arn(world: &World<'_, '_>, role: &str) -> Text {
    match world.kind(role) {
        _ if outside::is_arn(role) => role.into(),
        Some(serverless::FUNCTION) => super::arn::made_role(world, role),
        _ => super::arn::of(world, role, Some("Arn")),
    }
}

/// The function of SAM for which a role is made, if it may name none; its logical id stands for that role.
fn of_serverless<'a>(resolved: &Resolved<'a>, id: &str, property: &str) -> Option<&'a str> {
    let (id, resource) = resolved.template().resources.get_key_value(id)?;
    (resource.kind == serverless::FUNCTION && property == "Role").then_some(id.as_str())
}

/// A role as whoever asks.
pub fn requester(world: &World<'_, '_>, role: &str) -> Requester {
    Requester::Identity { account: world.pseudo("AWS::AccountId"), arn: arn(world, role), session: None, is_role: true }
}

/// Who may assume a role.
pub fn trust(world: &World<'_, '_>, role: &str) -> Policy {
    let name = format!("the trust of `{role}`");
    match world.property(role, "AssumeRolePolicyDocument") {
        Some((_, source)) => Policy::read(&name, &world.document(source)),
        None if outside::is_arn(role) => outside::trust(world, role, &name),
        None => Policy::open(&name, "it has none"),
    }
}

/// Every policy of a role: one of the template by its logical id, one that exists and of which there are facts by its ARN.
pub fn attached(world: &World<'_, '_>, role: &str) -> Attached {
    if outside::is_arn(role) {
        let mut found = outside::attached(world, role);
        for id in ATTACHING.iter().flat_map(|(kind, _)| world.of_type(kind)) {
            if names_role(world, id, role) {
                found.identity.push(of_template(world, id));
            }
        }
        return found;
    }
    let is_serverless = world.kind(role) == Some(serverless::FUNCTION);
    let mut found = if is_serverless { serverless::attached(world, role) } else { Attached::default() };
    let inline = if is_serverless { Vec::new() } else { world.elements(role, "Policies") };
    for (value, source) in inline {
        let name = value.map().and_then(|map| map.get("PolicyName")).and_then(|name| world.one(name));
        let name =
            name.and_then(|(name, _)| world.text(&name)).map_or_else(|| "a policy".into(), |name| name.to_string());
        let document = value.map().and_then(|map| map.get("PolicyDocument"));
        found.identity.push(match document {
            Some(document) => Policy::read(&format!("`{name}` of `{role}`"), &world.document(document)),
            None => Policy::open(&format!("`{name}` of `{role}`"), &open_part(world, source)),
        });
    }
    for id in attaching(world.resolved, role) {
        if world.exists(id) && names_role(world, id, role) {
            found.identity.push(of_template(world, id));
        }
    }
    for (value, _) in world.elements(role, "ManagedPolicyArns") {
        found.identity.push(managed(world, &value));
    }
    found.boundary = world.property(role, "PermissionsBoundary").map(|(value, _)| vec![managed(world, &value)]);
    found
}

fn open_part(world: &World<'_, '_>, source: &Value) -> String {
    let place = world.resolved.place_of(source).unwrap_or_default();
    format!("what stands at `{place}` is not known")
}

/// The kinds of policies that name the roles which they are attached to.
const ATTACHING: [(&str, &str); 3] =
    [("AWS::IAM::Policy", "Roles"), ("AWS::IAM::ManagedPolicy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName")];

/// The policies that may name a role, in some world.
pub fn attaching<'a>(resolved: &Resolved<'a>, role: &str) -> Vec<&'a str> {
    let own = resolved.property(role, "RoleName");
    let mut found = Vec::new();
    for (id, resource) in &resolved.template().resources {
        let Some((_, property)) = ATTACHING.iter().find(|(kind, _)| *kind == resource.kind) else { continue };
        let names = resolved.elements(id, property);
        let is_it = |value: &Resolution<'a>| {
            let named = value.reference().filter(|(_, attribute)| attribute.is_none()).map(|(id, _)| id);
            let is_made = named.is_some_and(|id| serverless::made_for(resolved, id) == Some(role));
            let is_name = |own: &Resolution<'a>| !own.is_absent() && resolved.same(own, value) == Some(true);
            named == Some(role) || is_made || own.iter().any(|case| is_name(&case.value))
        };
        if names.iter().any(|element| is_it(&element.value)) {
            found.push(id.as_str());
        }
    }
    found
}

/// To how many roles a policy that is a resource says that it is attached.
pub fn attached_to(resolved: &Resolved<'_>, policy: &str) -> Option<usize> {
    let kind = &resolved.template().resources.get(policy)?.kind;
    let (_, property) = ATTACHING.iter().find(|(known, _)| known == kind)?;
    Some(resolved.elements(policy, property).len())
}

/// Whether a role names a managed policy itself.
pub fn is_named(resolved: &Resolved<'_>, policy: &str) -> bool {
    let resources = resolved.template().resources.iter().filter(|(_, resource)| resource.kind == "AWS::IAM::Role");
    let mut named = resources.flat_map(|(id, _)| resolved.elements(id, "ManagedPolicyArns"));
    named.any(|element| element.value.reference().is_some_and(|(id, _)| id == policy))
}

/// The policies that are resources of their own and may name the role of something, in some world.
pub(in crate::prove) fn separate_policies<'a>(resolved: &Resolved<'a>, id: &str) -> Vec<&'a str> {
    let role = ["Role", "RoleArn"].into_iter().find_map(|property| role_in(resolved, id, property));
    role.map(|role| attaching(resolved, role)).unwrap_or_default()
}

fn names_role<'a>(world: &World<'_, 'a>, id: &str, role: &str) -> bool {
    let kind = world.kind(id).unwrap_or_default();
    let Some((_, property)) = ATTACHING.iter().find(|(known, _)| *known == kind) else { return false };
    let name = match outside::is_arn(role) {
        true => role.rsplit('/').next().map(|name| Resolution::Text(name.to_owned().into())),
        false => world.property(role, "RoleName").map(|(name, _)| name),
    };
    let is_name =
        |value: &Resolution<'a>| name.as_ref().is_some_and(|name| world.resolved.same(name, value) == Some(true));
    let names = world.elements(id, property);
    names.iter().any(|(value, _)| {
        let named = value.reference().filter(|(_, attribute)| attribute.is_none()).map(|(id, _)| id);
        let is_made = named.is_some_and(|id| serverless::made_for(world.resolved, id) == Some(role));
        named == Some(role) || is_made || is_name(value)
    })
}

/// The document of a policy that is a resource.
fn of_template(world: &World<'_, '_>, id: &str) -> Policy {
    match world.property(id, "PolicyDocument") {
        Some((_, source)) => Policy::read(&format!("`{id}`"), &world.document(source)),
        None => Policy::open(&format!("`{id}`"), "it has no `PolicyDocument`"),
    }
}

/// A managed policy by its ARN.
pub fn managed<'a>(world: &World<'_, 'a>, arn: &Resolution<'a>) -> Policy {
    if let Some((id, _)) = arn.reference().filter(|(id, _)| world.kind(id) == Some("AWS::IAM::ManagedPolicy")) {
        return match world.exists(id) {
            true => of_template(world, id),
            false => Policy::open(&format!("`{id}`"), "it does not exist here"),
        };
    }
    let told = world.text(arn).map_or_else(|| "a policy".into(), |text| text.to_string());
    by_arn(world, &told)
}

/// A policy that AWS manages, by its name alone.
pub fn by_name(world: &World<'_, '_>, name: &str) -> Policy {
    by_arn(world, &format!("arn:aws:iam::aws:policy/{}", catalogue::path(name).unwrap_or(name)))
}

/// A managed policy that is not of the template.
pub fn by_arn(world: &World<'_, '_>, arn: &str) -> Policy {
    let of_aws = arn.split_once(":iam::aws:policy/").map(|(_, name)| name);
    let name = of_aws.unwrap_or(arn);
    if let Some(document) = world.facts.managed_policy(arn) {
        return Policy::read(&format!("`{name}`"), &crate::iam::Tree::from_json(document));
    }
    match (of_aws.and_then(catalogue::policy), of_aws) {
        (Some(policy), _) => policy,
        (None, Some(_)) => {
            Policy::open(&format!("`{name}`"), "what it says is not in the catalogue of AWS managed policies")
        }
        (None, None) => Policy::open(&format!("`{name}`"), "it exists outside the template"),
    }
}

/// The role that a value names, if it is one of the template.
pub fn role_in<'a>(resolved: &Resolved<'a>, id: &str, property: &str) -> Option<&'a str> {
    let cases = resolved.property(id, property);
    let kind = |id: &str| resolved.template().resources.get(id).map(|resource| resource.kind.as_str());
    let references = cases.iter().flat_map(|case| case.value.references());
    let found = references.map(|(id, _)| id).find(|id| kind(id) == Some("AWS::IAM::Role"));
    let may_lack = || cases.iter().any(|case| case.value.is_absent());
    found.or_else(|| of_serverless(resolved, id, property).filter(|_| may_lack()))
}

/// Whether two texts are the same.
pub fn same(one: &Text, other: &Text) -> Certainty {
    crate::iam::same_text(one, other)
}

/// The resource that a value refers to as a whole, if it is of one of the types.
pub fn referred<'a>(resolved: &Resolved<'a>, value: &Resolution<'a>, kinds: &[&str]) -> Option<&'a str> {
    let (id, _) = match value {
        Resolution::Symbol(Symbol::Reference { resource, attribute }) => (*resource, *attribute),
        _ => return None,
    };
    resolved.template().resources.get(id).filter(|resource| kinds.contains(&resource.kind.as_str())).map(|_| id)
}
