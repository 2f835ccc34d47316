//! What a hop rests on, as claims of the template that something else can look up again.

use super::access::Found;
use super::world::World;
use crate::iam::evaluation::{Condition, Level, Missed, Presence, Telling};
use crate::iam::{Effect, Text};
use crate::prove::answer::{Asked, Claim, Covering, Evidence, Test};
use crate::template::{pointer, resource_of};

impl Found<'_, '_, '_> {
    /// What lets a request through at a kind of policies: the statement, if one does, and every one that denies others.
    pub(super) fn evidence(&self, level: Level, told: Option<&Telling<'_>>) -> Vec<Evidence> {
        let told = told.filter(|told| told.statement.effect == Effect::Allow);
        let mut found: Vec<Evidence> = told.and_then(|told| self.allows(level, told)).into_iter().collect();
        let spared = self.verdict.spared(self.request, self.policies, level);
        found.extend(spared.iter().filter_map(|told| self.spares(told)));
        found
    }

    fn asked(&self) -> Asked {
        let who = self.request.requester.service_name().unwrap_or(self.ask.role);
        Asked { who: who.to_owned(), action: self.ask.action.to_owned(), on: self.ask.resource.to_string() }
    }

    /// Where a statement stands, and in which resource; none if it is not of the template.
    fn place(&self, told: &Telling<'_>) -> Option<(String, String)> {
        let source = self.world.source(told.statement.source)?;
        let resolved = self.world.resolved;
        let path = resolved.place_in(self.ask.role, source).or_else(|| resolved.place_of(source))?;
        Some((resource_of(&path)?, path))
    }

    fn allows(&self, level: Level, told: &Telling<'_>) -> Option<Evidence> {
        let Some((resource, path)) = self.place(told) else { return self.outside(level, told) };
        let by: Vec<Covering> = told
            .coverage(self.request)
            .into_iter()
            .map(|(element, by)| Covering { element: element.to_owned(), by: by.map(|text| text.to_string()) })
            .collect();
        let given: Vec<Test> = told.statement.conditions.iter().map(|one| self.test(one)).collect();
        let says = format!("allows {}{}", told_of(&by, &self.ask.resource.to_string()), under(&given));
        Some(Evidence { resource, path, says, claim: Claim::Allows { request: self.asked(), by, given } })
    }

    /// A statement that is not of the template: of a policy that AWS manages, or of a key of which none is written.
    fn outside(&self, level: Level, told: &Telling<'_>) -> Option<Evidence> {
        let property = match level {
            Level::Identity => "ManagedPolicyArns",
            Level::Boundary => "PermissionsBoundary",
            _ => {
                let key = self.ask.owner.as_deref().filter(|_| self.ask.hop == "key-policy")?;
                return Some(without(key, "KeyPolicy", "leaves it to the account's IAM policies".into()));
            }
        };
        let policy = told.policy.name.clone();
        let world = self.world;
        let role = self.ask.role;
        let named = world.elements(role, property).into_iter().chain(world.property(role, property));
        let end = format!(":iam::aws:policy/{policy}");
        let mut told = named.into_iter().filter_map(|(value, source)| Some((world.text(&value)?.to_string(), source)));
        let (_, source) = told.find(|(text, _)| text.ends_with(&end))?;
        let path = world.resolved.place_in(role, source)?;
        let says = format!("names `{policy}`, which allows `{}`", self.ask.action);
        let claim = Claim::Managed { request: self.asked(), policy };
        Some(Evidence { resource: resource_of(&path)?, path, says, claim })
    }

    fn spares(&self, told: &Telling<'_>) -> Option<Evidence> {
        let (resource, path) = self.place(told)?;
        let statement = told.statement;
        let not = |not: bool, name: &'static str, other: &'static str| if not { other } else { name };
        let (element, test) = match told.found.missed? {
            Missed::Action => (not(statement.actions.not, "Action", "NotAction"), None),
            Missed::Resource => {
                (not(statement.resources.as_ref().is_some_and(|it| it.not), "Resource", "NotResource"), None)
            }
            Missed::Principal => {
                (not(statement.principals.as_ref().is_some_and(|it| it.not), "Principal", "NotPrincipal"), None)
            }
            Missed::Condition(index) => ("Condition", Some(self.test(statement.conditions.get(index)?))),
            Missed::Open => return None,
        };
        let says = match &test {
            Some(test) => format!("denies only where `{}` `{}` {}", test.key, test.operator, test.values.join(" or ")),
            None => format!("denies something else, by its `{element}`"),
        };
        let claim = Claim::Spares { request: self.asked(), element: element.to_owned(), test };
        Some(Evidence { resource, path, says, claim })
    }

    fn test(&self, condition: &Condition) -> Test {
        let told = |texts: &[Text]| texts.iter().map(Text::to_string).collect();
        let (is, trusted) = match self.request.context.get(&condition.key) {
            Presence::Is(values) => (told(values), false),
            Presence::Perhaps(values) => (told(values), true),
            Presence::Absent => (Vec::new(), false),
            Presence::Open => (Vec::new(), true),
        };
        let Condition { operator, key, values, .. } = condition;
        Test { operator: operator.clone(), key: key.clone(), values: told(values), is, trusted }
    }
}

/// What a statement allows, in words, beside a sentence that says on what.
fn told_of(by: &[Covering], on: &str) -> String {
    let part = |element: &str| by.iter().find(|one| one.element == element).and_then(|one| one.by.as_deref());
    let what = part("Action").map_or_else(|| "everything but its `NotAction`".to_owned(), |by| format!("`{by}`"));
    let on = part("Resource").filter(|by| *by != on).map(|by| format!(" on `{by}`")).unwrap_or_default();
    let to = part("Principal").map(|by| format!(" to `{by}`")).unwrap_or_default();
    format!("{what}{on}{to}")
}

fn under(given: &[Test]) -> String {
    let keys: Vec<String> = given.iter().map(|test| format!("`{}`", test.key)).collect();
    if keys.is_empty() { String::new() } else { format!(" under conditions of {}", keys.join(", ")) }
}

/// That a property names another resource.
pub fn names<'a>(world: &World<'_, 'a>, id: &str, property: &str, what: &str) -> Option<Evidence> {
    let (_, source) = world.property(id, property)?;
    let path = world.resolved.place(id, source);
    let says = format!("`{property}` of `{id}` is `{what}`");
    Some(Evidence { resource: id.to_owned(), path, says, claim: Claim::Names { what: what.to_owned() } })
}

/// That the text of a property is a database user, or JSON that names one.
pub fn user<'a>(world: &World<'_, 'a>, id: &str, property: &str, user: &Text) -> Option<Evidence> {
    let (_, source) = world.property(id, property)?;
    let path = world.resolved.place(id, source);
    let says = format!("names the user `{user}`");
    Some(Evidence { resource: id.to_owned(), path, says, claim: Claim::User { user: user.to_string() } })
}

/// That a property has a value.
pub fn equals<'a>(world: &World<'_, 'a>, id: &str, property: &str) -> Option<Evidence> {
    let (value, source) = world.property(id, property)?;
    let value = value.spelled()?.into_owned();
    let path = world.resolved.place(id, source);
    let says = format!("`{property}` is `{value}`");
    Some(Evidence { resource: id.to_owned(), path, says, claim: Claim::Equals { value } })
}

/// That a resource has no such property.
pub fn without(id: &str, property: &str, so: String) -> Evidence {
    let claim = Claim::Without { property: property.to_owned() };
    let says = format!("has no `{property}`, and so {so}");
    Evidence { resource: id.to_owned(), path: pointer(["Resources", id]), says, claim }
}
