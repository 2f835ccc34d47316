//! What `Fn::GetAtt` and `Ref` give.

use serde_json::Value;

use super::CUSTOM_RESOURCE;
use super::property_path::PropertyPath;
use super::type_facts::TypeFacts;

/// An attribute: what `Fn::GetAtt` gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute<'a> {
    /// As `Fn::GetAtt` has it: `Endpoint.Address`.
    pub name: String,
    /// The schema of its value; none where nothing is known of it (a nested stack's output).
    pub schema: Option<&'a Value>,
}

/// The attributes of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attributes<'a> {
    /// Those that are known by name, in the schema's order.
    pub named: Vec<Attribute<'a>>,
    /// Whether `Outputs.` and any name is one too: those of nested stacks and of provisioned products.
    pub outputs: bool,
    /// Whether any name is one: those of a custom resource are what its function answers.
    pub any: bool,
}

/// What `Ref` gives.
#[derive(Clone, Debug, PartialEq)]
pub struct RefFormat<'a> {
    /// The property, or attribute, whose value it is; none if it is put together from several.
    pub property: Option<&'a PropertyPath>,
    /// The schema of the value; none where it is a string of which no more is known.
    pub schema: Option<&'a Value>,
    /// What the value is, if the schema says: `AWS::EC2::SecurityGroup.Id`.
    pub format: Option<&'a str>,
}

impl Attribute<'_> {
    /// Its type as the schema has it: `string`, `integer`, `array`, …; `string` where nothing is said.
    pub fn type_name(&self) -> &str {
        let stated = self.schema.map(|schema| &schema["type"]);
        stated.and_then(|stated| stated.as_str().or(stated[0].as_str())).unwrap_or("string")
    }

    /// What the value is, if the schema says: `AWS::IAM::Role.Arn`.
    pub fn format(&self) -> Option<&str> {
        self.schema?["format"].as_str()
    }
}

impl<'a> Attributes<'a> {
    /// The attribute of this name.
    pub fn get(&self, name: &str) -> Option<Attribute<'a>> {
        let named = self.named.iter().find(|attribute| attribute.name == name).cloned();
        let is_free =
            self.any || self.outputs && name.strip_prefix("Outputs.").is_some_and(|output| !output.is_empty());
        named.or_else(|| is_free.then(|| Attribute { name: name.to_owned(), schema: None }))
    }
}

/// Whether a type's attributes and properties are not AWS's to know: custom resources and modules.
pub fn is_open(type_name: &str) -> bool {
    type_name.starts_with("Custom::") || type_name == CUSTOM_RESOURCE || type_name.ends_with("::MODULE")
}

impl TypeFacts {
    /// What `Fn::GetAtt` gives: the read-only properties, nested ones with dots; for the types that cfn-lint names,
    /// every property (`attributes: "all"` in the facts), or some more (`attributes: […]`).
    pub fn attributes(&self) -> Attributes<'_> {
        let mut named = Vec::new();
        match &self.schema["attributes"] {
            Value::String(_) => self.properties().for_each(|name| self.leaves(&mut vec![name], &mut named)),
            more => {
                let more = more
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(|name| PropertyPath::new([name]));
                let paths: Vec<PropertyPath> = more.chain(self.read_only.iter().cloned()).collect();
                named.extend(
                    paths
                        .iter()
                        .filter(|path| !path.segments().iter().any(|name| name == "*"))
                        .map(|path| self.attribute(path.segments().iter().map(String::as_str))),
                );
            }
        }
        named.retain(|attribute| attribute.name != "Outputs" || !self.has_outputs());
        Attributes { named, outputs: self.has_outputs(), any: is_open(self.name) }
    }

    /// Whether `Fn::GetAtt` gives an attribute of this name. The names are listed once, when first asked for.
    pub fn has_attribute(&self, name: &str) -> bool {
        let list = || self.attributes().named.into_iter().map(|attribute| attribute.name).collect();
        self.attribute_names.get_or_init(list).contains(name)
            || (self.has_outputs() || is_open(self.name)) && self.attributes().get(name).is_some()
    }

    /// The attribute of this name, without listing all of them.
    pub fn attribute_named(&self, name: &str) -> Option<Attribute<'_>> {
        if !self.has_attribute(name) {
            return None;
        }
        let schema = self.property(name.split('.')).or_else(|| self.property([name]));
        Some(Attribute { name: name.to_owned(), schema })
    }

    /// What `Ref` gives: the primary identifier, if that is one property; else a string that joins several.
    pub fn ref_format(&self) -> RefFormat<'_> {
        let property = match self.primary_identifier.as_slice() {
            [property] => Some(property),
            _ => None,
        };
        let schema = property.and_then(|property| self.property(property.segments().iter().map(String::as_str)));
        RefFormat { property, schema, format: schema.and_then(|schema| schema["format"].as_str()) }
    }

    /// Whether the outputs of another stack are attributes.
    pub(crate) fn has_outputs(&self) -> bool {
        ["AWS::CloudFormation::Stack", "AWS::ServiceCatalog::CloudFormationProvisionedProduct"].contains(&self.name)
    }

    fn attribute<'s>(&self, path: impl Iterator<Item = &'s str> + Clone) -> Attribute<'_> {
        Attribute { name: path.clone().collect::<Vec<_>>().join("."), schema: self.property(path) }
    }

    /// The properties below a path that are no objects; lists only of scalars.
    fn leaves<'a>(&'a self, path: &mut Vec<&'a str>, found: &mut Vec<Attribute<'a>>) {
        let Some(schema) = self.property(path.iter().copied()) else {
            return;
        };
        let is_of = |schema: &Value, name: &str| {
            schema["type"] == name || schema["type"].as_array().is_some_and(|types| types.contains(&name.into()))
        };
        if is_of(schema, "object") && path.len() < 8 {
            for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
                path.push(name);
                self.leaves(path, found);
                path.pop();
            }
        } else if !(is_of(schema, "array")
            && ["object", "array"].iter().any(|name| is_of(self.resolve(&schema["items"]), name)))
        {
            found.push(self.attribute(path.iter().copied()));
        }
    }
}
