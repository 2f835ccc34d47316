//! The walk over a template.

use super::kind::{self, Kinds};
use super::{Misuse, branches, code, function_of, is_scalar};
use crate::check::context::Context;
use crate::registry::TypeFacts;
use crate::resolve::ParameterKind;
use crate::template::{Function, Intrinsic, Path, Reference, Resource, Value};
use serde_json::Value as Json;

/// What is wanted where a value stands.
#[derive(Clone, Copy)]
enum Wanted<'w> {
    /// Nobody knows, or anything is right.
    Anything,
    /// What a property's schema says.
    Property(&'w TypeFacts, &'w Json),
    /// A certain kind; a misfit has this code, or that of the function.
    Kind(Kinds, Option<&'static str>),
}

pub(super) struct Walk<'w, 'a> {
    pub context: &'w Context<'a>,
    /// Whether the template has the language extensions; none where an unknown macro may bring anything.
    pub extensions: Option<bool>,
    has_macro: bool,
    found: Vec<Misuse>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub fn new(context: &'w Context<'a>) -> Self {
        let name = |value: &'a Value| value.as_str().or_else(|| value.as_map()?.get("Name")?.as_str());
        let names: Vec<_> = context.template.transform.iter().map(name).collect();
        let has_macro = names.iter().any(|name| name.is_none_or(|name| !name.starts_with("AWS::")));
        let extended = names.contains(&Some("AWS::LanguageExtensions"));
        let extensions = if has_macro && !extended { None } else { Some(extended) };
        Self { context, extensions, has_macro, found: Vec::new() }
    }

    pub fn run(mut self) -> Vec<Misuse> {
        let template = self.context.template;
        let start = Path::Start;
        let (resources, outputs, conditions) = (start.key("Resources"), start.key("Outputs"), start.key("Conditions"));
        for (id, resource) in &template.resources {
            self.resource(resource, &resources.key(id));
        }
        for (name, output) in &template.outputs {
            let path = outputs.key(name);
            self.value(&output.value, Wanted::Kind(Kinds::TEXT, Some("E6101")), &path.key("Value"));
            if let Some(export) = &output.export {
                self.value(export, Wanted::Kind(Kinds::TEXT, Some("E6102")), &path.key("Export").key("Name"));
            }
        }
        for (name, condition) in &template.conditions {
            self.value(condition, Wanted::Anything, &conditions.key(name));
        }
        self.found
    }

    fn resource(&mut self, resource: &'a Resource, path: &Path<'_>) {
        let facts = self.context.facts(resource).filter(|facts| !crate::registry::is_open(facts.name));
        let properties = path.key("Properties");
        if let Some((_, chosen)) = super::chosen_properties(&resource.properties) {
            let inside = properties.key(Function::If.long_name());
            let wanted = facts.map_or(Wanted::Anything, |facts| Wanted::Property(facts, &facts.schema));
            for (index, branch) in chosen.into_iter().enumerate() {
                self.value(branch, wanted, &inside.index(index + 1));
            }
        }
        for (name, value) in resource.properties.iter().filter(|(name, value)| *name != "Fn::If" && !is_scalar(value)) {
            let schema = facts.and_then(|facts| facts.property([name.as_str()]).map(|schema| (facts, schema)));
            let wanted = schema.map_or(Wanted::Anything, |(facts, schema)| Wanted::Property(facts, schema));
            self.value(value, wanted, &properties.key(name));
        }
        for (name, policy) in [("CreationPolicy", &resource.creation_policy), ("UpdatePolicy", &resource.update_policy)]
        {
            policy.iter().for_each(|policy| {
                let wanted = match function_of(policy) {
                    Some(_) => Wanted::Kind(Kinds::MAP, None),
                    None => Wanted::Anything,
                };
                self.value(policy, wanted, &path.key(name));
            });
        }
        let metadata = path.key("Metadata");
        for (name, value) in &resource.metadata {
            self.value(value, Wanted::Anything, &metadata.key(name));
        }
    }

    fn value(&mut self, value: &'a Value, wanted: Wanted<'_>, path: &Path<'_>) {
        match value {
            Value::Map(map) => {
                self.kind(value, wanted, path);
                for (key, value) in map.iter().filter(|(_, value)| !is_scalar(value)) {
                    self.value(value, wanted.member(key), &path.key(key));
                }
            }
            Value::List(values) => {
                self.kind(value, wanted, path);
                for (index, value) in values.iter().enumerate().filter(|(_, value)| !is_scalar(value)) {
                    self.value(value, wanted.member("*"), &path.index(index));
                }
            }
            Value::Intrinsic(intrinsic) => self.function(value, intrinsic, wanted, path),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn function(&mut self, value: &'a Value, intrinsic: &'a Intrinsic, wanted: Wanted<'_>, path: &Path<'_>) {
        if let Some((_, chosen)) = branches(value) {
            let inside = path.key(Function::If.long_name());
            for (index, branch) in chosen.into_iter().enumerate() {
                self.value(branch, wanted, &inside.index(index + 1));
            }
            return;
        }
        self.kind(value, wanted, path);
        match intrinsic {
            Intrinsic::Reference(_) => {}
            Intrinsic::Sub(sub) => {
                self.sub(sub, path);
                let variables = path.key("Fn::Sub");
                let variables = variables.index(1);
                for (name, value) in &sub.variables {
                    self.value(value, Wanted::Anything, &variables.key(name));
                }
            }
            Intrinsic::Call(Function::Transform, _) => {}
            Intrinsic::Call(Function::Equals, argument) => {
                let inside = path.key("Fn::Equals");
                for (index, value) in argument.as_list().unwrap_or_default().iter().enumerate() {
                    let wanted = match value {
                        Value::Intrinsic(Intrinsic::Reference(Reference::Ref(_))) => {
                            Wanted::Kind(Kinds::TEXT, Some("E1020"))
                        }
                        _ => Wanted::Anything,
                    };
                    self.value(value, wanted, &inside.index(index));
                }
            }
            Intrinsic::Call(function, argument) => {
                self.call(*function, argument, path);
                self.value(argument, Wanted::Anything, &path.key(function.long_name()));
            }
        }
    }

    /// Whether what stands here is of the kind that is wanted.
    fn kind(&mut self, value: &Value, wanted: Wanted<'_>, path: &Path<'_>) {
        let (kinds, misfit) = match wanted {
            Wanted::Anything => return,
            Wanted::Property(facts, schema) => (Kinds::of_property(facts.resolve(schema)), None),
            Wanted::Kind(kinds, misfit) => (kinds, misfit),
        };
        let function = function_of(value);
        // What is written is for the property's own rules; that of an output is ours.
        if function.is_none() && (misfit.is_none() || self.is_of_macro(value)) {
            return;
        }
        if kind::of(self.context, value).meets(kinds) {
            return;
        }
        let Some(code) = misfit.or_else(|| function.and_then(code)) else { return };
        let message =
            format!("{} gives {}, and {} is wanted here", self.named_call(value), self.given(value), kinds.words());
        let help = self.cure(value, kinds);
        self.found(code, path, message, help.as_deref());
    }

    fn cure(&self, value: &Value, wanted: Kinds) -> Option<String> {
        let is_list = kind::of(self.context, value) == Kinds::LIST;
        if is_list && wanted == Kinds::TEXT {
            return Some("take one element with `Fn::Select`, or make text of all with `Fn::Join`".into());
        }
        if let Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) = value
            && wanted == Kinds::LIST
            && let Some(parameter) = self.context.template.parameters.get(name)
            && ParameterKind::of(parameter) == ParameterKind::Text
        {
            return Some(format!("make a list of it: `[!Ref {name}]`, or let `{name}` be a `CommaDelimitedList`"));
        }
        (wanted == Kinds::LIST && !is_list).then(|| "make a list of it, of one element".to_owned())
    }

    pub(super) fn named_call(&self, value: &Value) -> String {
        match value {
            Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => format!("`!Ref {name}`"),
            Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(name, attribute))) => {
                format!("`!GetAtt {name}.{attribute}`")
            }
            _ => function_of(value).map_or("this".to_owned(), |function| format!("`{}`", function.long_name())),
        }
    }

    /// Of which kind what a value gives is.
    pub(super) fn given(&self, value: &Value) -> String {
        match kind::of(self.context, value) {
            Kinds::NULL => "a condition".to_owned(),
            kinds => kinds.words(),
        }
    }

    /// Whether a value is what an unknown macro, or a tool before CloudFormation, replaces.
    pub(super) fn is_of_macro(&self, value: &Value) -> bool {
        self.has_macro && matches!(value, Value::Map(_))
            || value.as_map().is_some_and(|map| map.keys().any(|key| crate::template::is_macro(key)) && map.len() == 1)
    }

    pub(super) fn found(&mut self, code: &'static str, path: &Path<'_>, message: String, help: Option<&str>) {
        self.found.push(Misuse { code, path: path.to_string(), message, help: help.map(str::to_owned) });
    }
}

impl<'w> Wanted<'w> {
    fn member(self, key: &str) -> Wanted<'w> {
        match self {
            Wanted::Property(facts, schema) => {
                facts.member(schema, key).map_or(Wanted::Anything, |schema| Wanted::Property(facts, schema))
            }
            Wanted::Anything | Wanted::Kind(..) => Wanted::Anything,
        }
    }
}
