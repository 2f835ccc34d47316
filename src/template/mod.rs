//! The template: what CloudFormation receives, as a model.
//!
//! It knows nothing of constructs. Whatever reads a template, one that was written by hand or with another tool
//! included, works on this.

mod dynamic;
mod json;
mod name;
pub mod parse;
mod places;
mod pointer;
mod pseudo;
mod sub;
mod value;
mod walk;

pub use dynamic::{DynamicReference, dynamic_references};
pub(crate) use json::map_to_json;
pub use name::LogicalId;
pub use places::Places;
pub use pointer::{below, pointer, steps};
pub(crate) use pointer::{resource_of, to_secret};
pub use pseudo::PSEUDO_PARAMETERS;
pub use sub::{Sub, SubPart};
pub(crate) use value::is_macro;
pub use value::{Function, Intrinsic, Map, Named, Reference, Value};
pub use walk::{Path, Visit};

/// The one version that CloudFormation knows.
pub const FORMAT_VERSION: &str = "2010-09-09";

/// A whole template, each section in the order in which it was written.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// `AWSTemplateFormatVersion`.
    pub format_version: Option<String>,
    /// `Description`, at most 1,024 bytes.
    pub description: Option<String>,
    /// `Transform`: macros, in order.
    pub transform: Vec<Value>,
    /// `Metadata`.
    pub metadata: Map,
    /// `Parameters`.
    pub parameters: Named<Parameter>,
    /// `Rules`, which check parameters.
    pub rules: Named<Rule>,
    /// `Mappings`: name, first key, second key, value.
    pub mappings: Named<Map>,
    /// `Conditions`.
    pub conditions: Map,
    /// `Resources`.
    pub resources: Named<Resource>,
    /// Keys of `Resources` that are no resource: `Fn::ForEach::…`, `Fn::Transform`.
    pub resource_macros: Map,
    /// `Outputs`.
    pub outputs: Named<Output>,
    /// Keys of `Outputs` that are no output: `Fn::ForEach::…`, `Fn::Transform`.
    pub output_macros: Map,
    /// Other top-level sections, such as `Globals` of a SAM template, as they stand.
    pub other: Map,
}

/// A parameter, as CloudFormation declares it.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameter {
    /// `Type`, such as `String`, `List<AWS::EC2::Subnet::Id>` or `AWS::SSM::Parameter::Value<String>`.
    pub kind: String,
    /// `Description`, at most 4,000 characters.
    pub description: Option<String>,
    /// `Default`, of the parameter's type.
    pub default: Option<Value>,
    /// `AllowedValues`.
    pub allowed_values: Vec<Value>,
    /// `AllowedPattern`, a Java regular expression that the whole value must match.
    pub allowed_pattern: Option<String>,
    /// `ConstraintDescription`, shown when a constraint is violated.
    pub constraint_description: Option<String>,
    /// `MinLength`, in characters.
    pub min_length: Option<Value>,
    /// `MaxLength`, in characters.
    pub max_length: Option<Value>,
    /// `MinValue`.
    pub min_value: Option<Value>,
    /// `MaxValue`.
    pub max_value: Option<Value>,
    /// `NoEcho`: the value is masked wherever CloudFormation shows it.
    pub no_echo: Option<Value>,
    /// Other keys, as they stand.
    pub other: Map,
}

/// A rule: assertions over parameters, checked before anything is created.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// `RuleCondition`: the assertions hold only if it does.
    pub condition: Option<Value>,
    /// `Assertions`.
    pub assertions: Vec<Assertion>,
}

/// One assertion of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// `Assert`.
    pub assert: Value,
    /// `AssertDescription`.
    pub description: Option<String>,
}

/// A resource with all its attributes.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html>
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// `Type`, such as `AWS::RDS::DBProxy`.
    pub kind: String,
    /// `Condition`: created only if it holds.
    pub condition: Option<String>,
    /// `DependsOn`, beside the dependencies that references imply.
    pub depends_on: Vec<String>,
    /// `CreationPolicy`.
    pub creation_policy: Option<Value>,
    /// `UpdatePolicy`.
    pub update_policy: Option<Value>,
    /// `DeletionPolicy`: what becomes of it when it leaves the stack.
    pub deletion_policy: Option<Value>,
    /// `UpdateReplacePolicy`: what becomes of the old one when it is replaced.
    pub update_replace_policy: Option<Value>,
    /// `Metadata`.
    pub metadata: Map,
    /// `Properties`.
    pub properties: Map,
    /// Other keys, such as `Connectors` of SAM, as they stand.
    pub other: Map,
}

impl Resource {
    /// A resource without properties.
    pub fn new(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), ..Self::default() }
    }

    /// The same with a property.
    #[must_use]
    pub fn with(mut self, property: impl Into<String>, value: impl Into<Value>) -> Self {
        self.properties.insert(property.into(), value.into());
        self
    }
}

/// An output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// `Value`.
    pub value: Value,
    /// `Description`, at most 1,024 bytes.
    pub description: Option<String>,
    /// `Condition`: there only if it holds.
    pub condition: Option<String>,
    /// `Export`'s `Name`, unique in an account and region.
    pub export: Option<Value>,
}
