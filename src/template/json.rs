//! A template as JSON in the long form, and back: what validators and other programs read.

use serde_json::{Map as JsonMap, Value as Json, json};

use super::value::{Function, Intrinsic, Map, Reference, Value};
use super::{FORMAT_VERSION, Output, Parameter, Resource, Rule, Sub, Template};

impl Value {
    /// The long form: `{"Ref": …}`, `{"Fn::GetAtt": […]}`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(number) => Json::Number(number.clone()),
            Self::String(text) => Json::String(text.clone()),
            Self::List(values) => values.iter().map(Self::to_json).collect(),
            Self::Map(map) => map_to_json(map),
            Self::Intrinsic(intrinsic) => intrinsic.to_json(),
        }
    }

    /// Reads the long form. A map with one key that names a function is that function.
    pub fn from_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(number.clone()),
            Json::String(text) => Self::String(text.clone()),
            Json::Array(values) => Self::List(values.iter().map(Self::from_json).collect()),
            Json::Object(object) => {
                let entries = object.iter().map(|(key, value)| (key.clone(), Self::from_json(value))).collect();
                Self::from_map(entries)
            }
        }
    }

    /// A map, or the function that a map with one key stands for.
    ///
    /// `{"Condition": "Name"}` is a plain map here: only inside a condition's formula is it a function, and whoever
    /// reads a formula says so with [`Value::as_formula`].
    pub fn from_map(entries: Map) -> Self {
        if entries.len() == 1
            && let Some((key, argument)) = entries.first()
            && let Some(function) = Function::from_long_name(key)
            && function != Function::Condition
        {
            return Self::function(function, argument.clone());
        }
        Self::Map(entries)
    }

    /// A function with the argument that was written: references and substitutions are taken apart where well-formed.
    pub fn function(function: Function, argument: Self) -> Self {
        match (function, &argument) {
            (Function::Ref, Self::String(name)) => Self::reference_to(name.clone()),
            (Function::GetAtt, Self::String(text)) => match text.split_once('.') {
                Some((resource, attribute)) => Self::attribute_of(resource, attribute),
                None => Self::call(function, argument),
            },
            (Function::GetAtt, Self::List(steps)) => match steps.as_slice() {
                // `[Resource, Outputs, Name]` is read like `[Resource, Outputs.Name]`.
                [Self::String(resource), path @ ..] if !path.is_empty() => {
                    let path: Option<Vec<_>> = path.iter().map(Self::as_str).collect();
                    match path {
                        Some(path) => Self::attribute_of(resource.clone(), path.join(".")),
                        None => Self::call(function, argument),
                    }
                }
                _ => Self::call(function, argument),
            },
            (Function::Sub, Self::String(text)) => Self::Intrinsic(Intrinsic::Sub(Sub::parse(text, Map::default()))),
            (Function::Sub, Self::List(arguments)) => match arguments.as_slice() {
                [Self::String(text), Self::Map(variables)] => {
                    Self::Intrinsic(Intrinsic::Sub(Sub::parse(text, variables.clone())))
                }
                _ => Self::call(function, argument),
            },
            _ => Self::call(function, argument),
        }
    }

    /// The same value read as a condition's formula, in which `{"Condition": "Name"}` is a function.
    #[must_use]
    pub fn as_formula(self) -> Self {
        match self {
            Self::Map(map) if map.len() == 1 && map.contains_key("Condition") => {
                let argument = map.into_values().next().unwrap_or(Self::Null);
                Self::call(Function::Condition, argument)
            }
            Self::List(values) => Self::List(values.into_iter().map(Self::as_formula).collect()),
            Self::Intrinsic(Intrinsic::Call(function, argument)) => {
                Self::Intrinsic(Intrinsic::Call(function, Box::new(argument.as_formula())))
            }
            other => other,
        }
    }
}

impl Intrinsic {
    fn to_json(&self) -> Json {
        match self {
            Self::Reference(Reference::Ref(name)) => json!({ "Ref": name }),
            Self::Reference(Reference::GetAtt(name, attribute)) => json!({ "Fn::GetAtt": [name, attribute] }),
            Self::Sub(sub) if sub.variables.is_empty() => json!({ "Fn::Sub": sub.text() }),
            Self::Sub(sub) => json!({ "Fn::Sub": [sub.text(), map_to_json(&sub.variables)] }),
            Self::Call(function, argument) => {
                Json::Object(JsonMap::from_iter([(function.long_name().to_owned(), argument.to_json())]))
            }
        }
    }
}

/// A map in the long form.
pub(crate) fn map_to_json(map: &Map) -> Json {
    Json::Object(map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect())
}

impl Template {
    /// The whole template in the long form, sections in canonical order, empty ones left out.
    pub fn to_json(&self) -> Json {
        self.to_value().to_json()
    }

    /// The whole template as one value, sections in canonical order, empty ones left out. What `emit` writes.
    pub fn to_value(&self) -> Value {
        let mut top = Map::default();
        put(&mut top, "AWSTemplateFormatVersion", self.format_version.as_deref().map(Value::from));
        put(&mut top, "Description", self.description.as_deref().map(Value::from));
        match self.transform.as_slice() {
            [] => {}
            [one] => put(&mut top, "Transform", Some(one.clone())),
            many => put(&mut top, "Transform", Some(Value::List(many.to_vec()))),
        }
        put_map(&mut top, "Metadata", self.metadata.clone());
        put_map(&mut top, "Parameters", each(&self.parameters, Parameter::to_value));
        put_map(&mut top, "Rules", each(&self.rules, Rule::to_value));
        put_map(&mut top, "Mappings", each(&self.mappings, |mapping| Value::Map(mapping.clone())));
        put_map(&mut top, "Conditions", self.conditions.clone());
        top.extend(self.other.clone());
        let mut resources = each(&self.resources, Resource::to_value);
        resources.extend(self.resource_macros.clone());
        put(&mut top, "Resources", Some(Value::Map(resources)));
        let mut outputs = each(&self.outputs, Output::to_value);
        outputs.extend(self.output_macros.clone());
        put_map(&mut top, "Outputs", outputs);
        Value::Map(top)
    }

    /// A template of the current format version without anything in it.
    pub fn empty() -> Self {
        Self { format_version: Some(FORMAT_VERSION.into()), ..Self::default() }
    }
}

fn each<T>(items: &super::Named<T>, to_value: impl Fn(&T) -> Value) -> Map {
    items.iter().map(|(name, item)| (name.clone(), to_value(item))).collect()
}

fn put(map: &mut Map, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value);
    }
}

fn put_map(map: &mut Map, key: &str, value: Map) {
    put(map, key, (!value.is_empty()).then_some(Value::Map(value)));
}

fn put_list(map: &mut Map, key: &str, values: &[Value]) {
    put(map, key, (!values.is_empty()).then(|| Value::List(values.to_vec())));
}

impl Parameter {
    fn to_value(&self) -> Value {
        let mut map = Map::default();
        put(&mut map, "Type", Some(Value::from(self.kind.as_str())));
        put(&mut map, "Description", self.description.as_deref().map(Value::from));
        put(&mut map, "Default", self.default.clone());
        put_list(&mut map, "AllowedValues", &self.allowed_values);
        put(&mut map, "AllowedPattern", self.allowed_pattern.as_deref().map(Value::from));
        put(&mut map, "MinLength", self.min_length.clone());
        put(&mut map, "MaxLength", self.max_length.clone());
        put(&mut map, "MinValue", self.min_value.clone());
        put(&mut map, "MaxValue", self.max_value.clone());
        put(&mut map, "NoEcho", self.no_echo.clone());
        put(&mut map, "ConstraintDescription", self.constraint_description.as_deref().map(Value::from));
        map.extend(self.other.clone());
        Value::Map(map)
    }
}

impl Rule {
    fn to_value(&self) -> Value {
        let mut map = Map::default();
        put(&mut map, "RuleCondition", self.condition.clone());
        let assertions = self.assertions.iter().map(|assertion| {
            let mut map = Map::default();
            put(&mut map, "Assert", Some(assertion.assert.clone()));
            put(&mut map, "AssertDescription", assertion.description.as_deref().map(Value::from));
            Value::Map(map)
        });
        put(&mut map, "Assertions", Some(Value::list(assertions)));
        Value::Map(map)
    }
}

impl Resource {
    fn to_value(&self) -> Value {
        let mut map = Map::default();
        put(&mut map, "Type", Some(Value::from(self.kind.as_str())));
        put(&mut map, "Condition", self.condition.as_deref().map(Value::from));
        match self.depends_on.as_slice() {
            [] => {}
            [one] => put(&mut map, "DependsOn", Some(Value::from(one.as_str()))),
            many => put(&mut map, "DependsOn", Some(Value::list(many.iter().map(|on| Value::from(on.as_str()))))),
        }
        put(&mut map, "CreationPolicy", self.creation_policy.clone());
        put(&mut map, "UpdatePolicy", self.update_policy.clone());
        put(&mut map, "DeletionPolicy", self.deletion_policy.clone());
        put(&mut map, "UpdateReplacePolicy", self.update_replace_policy.clone());
        put_map(&mut map, "Metadata", self.metadata.clone());
        put_map(&mut map, "Properties", self.properties.clone());
        map.extend(self.other.clone());
        Value::Map(map)
    }
}

impl Output {
    fn to_value(&self) -> Value {
        let mut map = Map::default();
        put(&mut map, "Description", self.description.as_deref().map(Value::from));
        put(&mut map, "Condition", self.condition.as_deref().map(Value::from));
        put(&mut map, "Value", Some(self.value.clone()));
        put(&mut map, "Export", self.export.clone().map(|name| Value::map([("Name", name)])));
        Value::Map(map)
    }
}
