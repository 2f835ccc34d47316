//! The role that the Serverless Application Model makes for a function that names none: its logical id stands for it.
//!
//! Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html>

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use super::role::{self, Attached};
use super::world::World;
use crate::iam::evaluation::Policy;
use crate::iam::{Text, Tree, TreeKind};
use crate::resolve::{Resolution, Resolved};
use crate::template::{Map, Value};

/// A function of SAM.
pub const FUNCTION: &str = "AWS::Serverless::Function";

/// Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html>;
/// where it was taken from stands in it.
static TEXT: &str = include_str!("../../../schemas/sam-policy-templates.json");

/// The policy templates by their names.
fn templates() -> &'static HashMap<String, Json> {
    static READ: OnceLock<HashMap<String, Json>> = OnceLock::new();
    READ.get_or_init(|| {
        // INVARIANT (the templates are JSON): a test reads them.
        let all: Json = serde_json::from_str(TEXT).unwrap_or_default();
        all.get("templates").and_then(Json::as_object).cloned().unwrap_or_default().into_iter().collect()
    })
}

/// The function by whose logical id a role that is made for it is called.
pub fn made_for<'a>(resolved: &Resolved<'a>, role: &str) -> Option<&'a str> {
    let (id, resource) = resolved.template().resources.get_key_value(role.strip_suffix("Role")?)?;
    (resource.kind == FUNCTION && !resolved.template().resources.contains_key(role)).then_some(id.as_str())
}

/// What SAM attaches by itself: to write logs, to have interfaces where it is in a VPC, and to trace.
fn by_itself(world: &World<'_, '_>, function: &str) -> Vec<&'static str> {
    // A durable function gets a policy that lets it do the same, and keep its own state.
    let mut names = vec!["service-role/AWSLambdaBasicExecutionRole"];
    if world.property(function, "VpcConfig").is_some() {
        names.push("service-role/AWSLambdaVPCAccessExecutionRole");
    }
    if world.property(function, "Tracing").is_some_and(|(value, _)| value.text() != Some("Disabled")) {
        names.push("AWSXRayDaemonWriteAccess");
    }
    names
}

/// Every policy of the role that is made for a function.
pub fn attached(world: &World<'_, '_>, function: &str) -> Attached {
    let mut found = Attached::default();
    for (value, source) in world.elements(function, "Policies") {
        found.identity.push(policy(world, function, &value, source));
    }
    let own = by_itself(world, function).into_iter();
    found.identity.extend(own.map(|name| role::by_arn(world, &format!("arn:aws:iam::aws:policy/{name}"))));
    found
}

/// One of `Policies`: a document, a policy template, or a managed policy by its ARN or name.
fn policy<'a>(world: &World<'_, 'a>, function: &str, value: &Resolution<'a>, source: &'a Value) -> Policy {
    let name = format!("a policy of `{function}`");
    if let Some(map) = value.map() {
        return match map.iter().next() {
            _ if map.contains_key("Statement") => Policy::read(&name, &world.document(source)),
            Some((template, parameters)) if map.len() == 1 => of_template(world, template, parameters, source),
            _ => Policy::open(&name, "it is neither a document nor a policy template"),
        };
    }
    match value.text() {
        Some(text) if !text.contains(':') => role::by_name(world, text),
        _ => role::managed(world, value),
    }
}

fn of_template<'a>(world: &World<'_, 'a>, name: &str, parameters: &'a Value, source: &'a Value) -> Policy {
    let told = format!("`{name}`");
    let Some(template) = templates().get(name) else {
        return Policy::open(&told, "is no policy template that is known");
    };
    let empty = Map::default();
    let given = parameters.as_map().unwrap_or(&empty);
    let mut values = HashMap::new();
    for parameter in template.get("parameters").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
    {
        let value = given.get_key_value(parameter).and_then(|(name, _)| {
            let value = parameters.as_map()?.get(name)?;
            world.text(&world.one(value)?.0)
        });
        match value {
            Some(value) => values.insert(parameter, value),
            None => return Policy::open(&told, &format!("has no `{parameter}` that is known")),
        };
    }
    let filled = Filled { world, values, source: world.tree(source).source };
    match template.get("definition") {
        Some(definition) => Policy::read(&told, &filled.tree(definition)),
        None => Policy::open(&told, "is no policy template that is known"),
    }
}

/// A policy template with its parameters' values.
struct Filled<'w, 'r, 'a> {
    world: &'w World<'r, 'a>,
    values: HashMap<&'static str, Text>,
    /// The part of the template that names it.
    source: usize,
}

impl Filled<'_, '_, '_> {
    fn tree(&self, json: &Json) -> Tree {
        let kind = match json {
            Json::Array(values) => TreeKind::List(values.iter().map(|value| self.tree(value)).collect()),
            Json::Object(map) => match (self.reference(json), self.substituted(json)) {
                (Some(text), _) | (None, Some(text)) => TreeKind::Text(text),
                (None, None) => TreeKind::Map(map.iter().map(|(key, value)| (key.clone(), self.tree(value))).collect()),
            },
            other => Tree::from_json(other).kind,
        };
        Tree { kind, source: self.source }
    }

    fn named(&self, name: &str) -> Option<Text> {
        if name.starts_with("AWS::") { Some(self.world.pseudo(name)) } else { self.values.get(name).cloned() }
    }

    fn reference(&self, json: &Json) -> Option<Text> {
        self.named(json.get("Ref")?.as_str()?)
    }

    fn substituted(&self, json: &Json) -> Option<Text> {
        let (text, variables) = match json.get("Fn::Sub")? {
            Json::String(text) => (text.as_str(), None),
            other => (other.get(0)?.as_str()?, other.get(1)),
        };
        let mut found = Text::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            let variable = variables.and_then(|variables| variables.get(name));
            let value = match variable {
                Some(value) => self.reference(value).or_else(|| value.as_str().map(Text::from)),
                None => self.named(name),
            };
            found = found.then(before).then(value?);
            rest = after;
        }
        Some(found.then(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::Facts;
    use crate::resolve::{Environment, Formula};
    use crate::template::Template;

    #[test]
    fn every_policy_template_is_read_whole() {
        let all: Json = serde_json::from_str(TEXT).expect("the templates are JSON");
        assert!(all["source"].is_string() && all["taken_from"].is_string());
        let (template, environment) = (Template::default(), Environment::unknown());
        let resolved = Resolved::new(&template, &environment);
        let world = World::new(&resolved, Facts::none(), Formula::TRUE, None);
        for (name, known) in all["templates"].as_object().expect("templates") {
            let parameters = known["parameters"].as_array().expect("parameters").iter();
            let given = parameters.map(|name| (name.as_str().expect("a name"), Value::from("x")));
            let value = Value::map(given);
            let policy = of_template(&world, name, Box::leak(Box::new(value)), Box::leak(Box::new(Value::Null)));
            assert_eq!(policy.open, None, "{name}");
            assert!(!policy.statements.is_empty(), "{name}");
            assert!(policy.statements.iter().all(|statement| statement.open.is_none()), "{name}");
        }
    }
}
