//! Macros: what they are known to make, and what is not known of them.

use crate::diagnostic::{Code, Diagnostic};
use crate::template::{Resource, Template, Value, is_macro};

/// A macro of which it is not known what it makes.
pub const UNKNOWN_MACRO: Code = Code::new("I1035", "macro-not-run");

/// The language extensions.
pub(super) const EXTENSIONS: &str = "AWS::LanguageExtensions";
/// The Serverless Application Model.
const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// The name of a macro: `Transform: Name`, or `Transform: { Name: …, Parameters: … }`.
fn name(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.as_map()?.get("Name")?.as_str())
}

/// Whether a template asks for a macro.
pub(super) fn has(template: &Template, wanted: &str) -> bool {
    template.transform.iter().any(|value| name(value) == Some(wanted))
}

/// Macros of AWS that add to what they are named in, and nothing that a template could refer to.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-secretsmanager.html>
const ROTATION: [&str; 2] = ["AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"];

/// Macros that may put anything into a template.
fn foreign(template: &Template) -> impl Iterator<Item = (usize, &Value)> {
    let is_known = |value: &Value| {
        name(value).is_some_and(|name| name == EXTENSIONS || name == SERVERLESS || ROTATION.contains(&name))
    };
    template.transform.iter().enumerate().filter(move |(_, value)| !is_known(value))
}

/// Whether a macro that is not known may have put anything into the template, or make use of anything in it.
pub fn is_rewritten(template: &Template) -> bool {
    foreign(template).next().is_some()
}

/// Whether a template asks for the language extensions.
pub fn has_extensions(template: &Template) -> bool {
    has(template, EXTENSIONS)
}

/// Whether a template asks for the Serverless Application Model.
pub fn has_serverless(template: &Template) -> bool {
    has(template, SERVERLESS)
}

/// Says of each such macro, once, that it is not run.
pub(super) fn unknown_macros(template: &Template) -> Vec<Diagnostic> {
    let found = foreign(template).map(|(_, value)| {
        let message = match name(value) {
            Some(name) => format!("what the macro `{name}` makes of the template is not known"),
            None => "what a macro makes of the template is not known".to_owned(),
        };
        Diagnostic::info(UNKNOWN_MACRO, message)
            .path("/Transform")
            .help("check the template that it makes: `aws cloudformation get-template --template-stage Processed`")
    });
    found.collect()
}

/// Whether there may be a resource that is not declared: a macro, or a loop that was not run, may make it.
pub(super) fn may_make(template: &Template, id: &str) -> bool {
    !template.resource_macros.is_empty()
        || foreign(template).next().is_some()
        || has(template, SERVERLESS) && is_generated(template, id)
}

/// Whether there may be a condition that is not declared.
pub(super) fn may_make_condition(template: &Template) -> bool {
    template.conditions.keys().any(|key| is_macro(key)) || foreign(template).next().is_some()
}

/// Whether the Serverless Application Model makes a resource of this name.
///
/// Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>
fn is_generated(template: &Template, id: &str) -> bool {
    const SHARED: &[&str] = &[
        "ServerlessRestApi",
        "ServerlessHttpApi",
        "ServerlessDeploymentApplication",
        "CodeDeployServiceRole",
        "ServerlessRestApiProdStage",
        "ServerlessHttpApiApiGatewayDefaultStage",
    ];
    let is_deployment = ["ServerlessRestApiDeployment", "ServerlessHttpApiDeployment"];
    if SHARED.contains(&id) || is_deployment.iter().any(|start| id.starts_with(start)) {
        return true;
    }
    let declared = template.resources.iter().filter(|(_, resource)| resource.kind.starts_with("AWS::Serverless::"));
    declared.filter_map(|(name, resource)| Some((resource, id.strip_prefix(name.as_str())?))).any(|(resource, rest)| {
        let is_property = rest.starts_with('.');
        is_property || suffixes(resource).iter().any(|known| known.is_match(rest)) || is_event(resource, rest)
    })
}

enum Suffix {
    Is(&'static str),
    Starts(&'static str),
    Ends(&'static str),
    /// A hash, in lower-case hexadecimal digits.
    Hash,
}

impl Suffix {
    fn is_match(&self, rest: &str) -> bool {
        match self {
            Self::Is(text) => rest == *text,
            Self::Starts(text) => rest.starts_with(text),
            Self::Ends(text) => rest.ends_with(text),
            Self::Hash => !rest.is_empty() && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        }
    }
}

/// What stands behind the name of a resource in the names of those that are made for it.
fn suffixes(resource: &Resource) -> &'static [Suffix] {
    use Suffix::{Ends, Hash, Is, Starts};
    match resource.kind.as_str() {
        "AWS::Serverless::Function" => &[
            Is("Role"),
            Is("DeploymentGroup"),
            Is("Url"),
            Is("UrlPublicPermissions"),
            Is("URLInvokeAllowPublicAccess"),
            Is("EventInvokeConfig"),
            Starts("Version"),
            Starts("Alias"),
            Starts("EventInvokeConfig"),
        ],
        "AWS::Serverless::StateMachine" => &[Is("Role"), Starts("Version"), Starts("Alias")],
        "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" => &[
            Ends("Stage"),
            Starts("Deployment"),
            Starts("DomainName"),
            Ends("BasePathMapping"),
            Ends("ApiMapping"),
            Ends("UsagePlan"),
            Ends("ApiKey"),
            Ends("UsagePlanKey"),
            Ends("AuthorizerPermission"),
            Is("ApiGatewayDefaultStage"),
        ],
        "AWS::Serverless::LayerVersion" => &[Hash],
        _ => &[],
    }
}

/// Whether the rest of a name begins with one of the events of a function: the permission, the rule, the queue.
fn is_event(resource: &Resource, rest: &str) -> bool {
    let events = resource.properties.get("Events").and_then(Value::as_map);
    events.is_some_and(|events| events.keys().any(|event| rest.starts_with(event.as_str())))
}
