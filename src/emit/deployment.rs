//! What deploying one stack takes, as one value: every file for a tool is rendered from it.

use std::collections::{BTreeMap, BTreeSet};

use super::{manifest, stack_policy};
use crate::registry::UPLOADED;
use crate::stack::ToolFiles;
use crate::template::{Template, Value};

/// The largest template, in bytes, that a request can carry; a larger one comes from a bucket.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub const LARGEST_BODY: usize = 51_200;

/// What deploying one stack takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// The stack's name.
    pub stack: String,
    /// The region.
    pub region: String,
    /// The parameters, by name.
    pub parameters: BTreeMap<String, Given>,
    /// Tags of the stack itself.
    pub tags: BTreeMap<String, String>,
    /// The capabilities that must be acknowledged, the least that serve.
    pub capabilities: Vec<String>,
    /// How many bytes the template has.
    pub template_bytes: usize,
    /// Where the template lies in the repository, from its root; none if nobody can say.
    pub template_path: Option<String>,
    /// Code on this machine that `aws cloudformation package` must upload first.
    pub local_code: Vec<LocalCode>,
    /// The logical ids of resources that hold data, and were not told to go.
    pub stateful: Vec<String>,
    /// The logical ids of database proxies.
    pub proxies: Vec<String>,
    /// The stacks of the environment that are deployed before it.
    pub depends_on: Vec<String>,
    /// The files that are asked for.
    pub files: BTreeSet<ToolFiles>,
}

/// What a parameter is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// This value, in every file.
    Value(String),
    /// Nothing: whoever deploys must say it.
    Nothing,
    /// Nothing in any file, for it is masked: whoever deploys must say it, unless the template has a default.
    Masked {
        /// Whether the template has one.
        default: bool,
    },
}

/// A path of this machine in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCode {
    /// The resource's logical id.
    pub resource: String,
    /// The path, from the template's folder.
    pub path: String,
}

impl Deployment {
    /// What deploying `template` takes, of which `text` is written. `values` are those of the environment, by parameter:
    /// where there is none the default serves, for `aws cloudformation deploy` keeps the value that a parameter had, so
    /// that a changed default would never arrive.
    pub fn new(stack: &str, region: &str, template: &Template, text: &str, values: &BTreeMap<String, String>) -> Self {
        let proxies = template.resources.iter().filter(|(_, resource)| resource.kind == "AWS::RDS::DBProxy");
        Self {
            stack: stack.to_owned(),
            region: region.to_owned(),
            parameters: parameters(template, values),
            tags: BTreeMap::new(),
            capabilities: manifest::capabilities(template),
            template_bytes: text.len(),
            template_path: None,
            local_code: local_code(template),
            stateful: stack_policy::stateful(template),
            proxies: proxies.map(|(id, _)| id.clone()).collect(),
            depends_on: Vec::new(),
            files: ToolFiles::ALL.iter().copied().collect(),
        }
    }

    /// The parameters whose values stand in files.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().filter_map(|(name, given)| match given {
            Given::Value(value) => Some((name.as_str(), value.as_str())),
            Given::Nothing | Given::Masked { .. } => None,
        })
    }

    /// The parameters that whoever deploys must give a value.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        let asked = |given: &Given| matches!(given, Given::Nothing | Given::Masked { default: false });
        self.parameters.iter().filter(move |(_, given)| asked(given)).map(|(name, _)| name.as_str())
    }

    /// Whether the template must come from a bucket: it is too large for a request, or `package` names code in one.
    pub fn needs_bucket(&self) -> bool {
        self.template_bytes > LARGEST_BODY || !self.local_code.is_empty()
    }

    /// Whether the stack policy is asked for and has something to protect.
    pub fn has_policy(&self) -> bool {
        self.files.contains(&ToolFiles::StackPolicy) && !self.stateful.is_empty()
    }
}

fn parameters(template: &Template, values: &BTreeMap<String, String>) -> BTreeMap<String, Given> {
    let given = template.parameters.iter().map(|(name, parameter)| {
        let default = parameter.default.as_ref();
        let value = values.get(name).cloned().or_else(|| default.and_then(as_text));
        let given = match value {
            _ if masks(parameter.no_echo.as_ref()) => Given::Masked { default: default.is_some() },
            Some(value) => Given::Value(value),
            None => Given::Nothing,
        };
        (name.clone(), given)
    });
    given.collect()
}

/// Whether `NoEcho` masks: what cannot be read as `false` does.
fn masks(no_echo: Option<&Value>) -> bool {
    match no_echo {
        None | Some(Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.eq_ignore_ascii_case("false"),
        Some(_) => true,
    }
}

/// A default as the tools take it.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Intrinsic(_) => None,
    }
}

fn local_code(template: &Template) -> Vec<LocalCode> {
    let mut found = Vec::new();
    for (id, resource) in &template.resources {
        for (_, steps) in UPLOADED.iter().filter(|(kind, _)| *kind == resource.kind) {
            let (first, rest) = steps.split_first().unwrap_or_else(|| unreachable!("no path is empty"));
            let start = resource.properties.get(*first);
            let place = rest.iter().try_fold(start, |value, step| value.map(|value| value.as_map()?.get(*step)));
            let path = place.flatten().and_then(Value::as_str).filter(|path| !path.contains("://"));
            found.extend(path.map(|path| LocalCode { resource: id.clone(), path: path.to_owned() }));
        }
    }
    found
}
