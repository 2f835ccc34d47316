//! Of which kind a value is: text, a number, a list, a map.

use serde_json::Value as Json;

use crate::check::context::Context;
use crate::registry;
use crate::resolve::ParameterKind;
use crate::template::{Function, Intrinsic, Reference, Value};

/// Some kinds of values.
///
/// Text that is written may spell a number, so it serves as one; what AWS says of an attribute is taken at its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Text, and what is written as a number or a truth value.
    pub const TEXT: Self = Self(1);
    /// An attribute that is a number or a truth value.
    pub const NUMBER: Self = Self(2);
    /// A list.
    pub const LIST: Self = Self(4);
    /// A map.
    pub const MAP: Self = Self(8);
    /// `null`.
    pub const NULL: Self = Self(16);
    /// Whatever it may be.
    pub const ANY: Self = Self(31);

    /// Either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a value of one of these may be of one of those.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds that a schema admits: any where it does not say.
    pub fn of_schema(schema: &Json) -> Self {
        match &schema["type"] {
            Json::String(name) => Self::named(name),
            Json::Array(names) => names.iter().filter_map(Json::as_str).map(Self::named).fold(Self(0), Self::or),
            _ => Self::ANY,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "string" => Self::TEXT,
            "integer" | "number" | "boolean" => Self::NUMBER,
            "array" => Self::LIST,
            "object" => Self::MAP,
            _ => Self::ANY,
        }
    }

    /// The same for a property: whatever serves as a number may be text until it is deployed.
    pub fn of_property(schema: &Json) -> Self {
        let kinds = Self::of_schema(schema);
        if kinds.meets(Self::NUMBER) { kinds.or(Self::TEXT) } else { kinds }
    }

    /// In words, to stand behind "is not".
    pub fn words(self) -> String {
        let known = [(Self::TEXT, "text"), (Self::NUMBER, "a number"), (Self::LIST, "a list"), (Self::MAP, "a map")];
        let mut words: Vec<&str> = known.iter().filter(|(kind, _)| self.meets(*kind)).map(|(_, word)| *word).collect();
        if self.meets(Self::TEXT) {
            words.retain(|word| *word != "a number");
        }
        words.join(" or ")
    }
}

/// Of which kind a value may be, as far as it says so itself: what `Fn::If` chooses is not looked at.
pub fn of(context: &Context<'_>, value: &Value) -> Kinds {
    match value {
        Value::Null => Kinds::NULL,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Kinds::TEXT,
        Value::List(_) => Kinds::LIST,
        Value::Map(_) => Kinds::MAP,
        Value::Intrinsic(Intrinsic::Reference(reference)) => of_reference(context, reference),
        Value::Intrinsic(Intrinsic::Sub(_)) => Kinds::TEXT,
        Value::Intrinsic(Intrinsic::Call(function, _)) => of_function(*function),
    }
}

/// Of which kind what a reference gives may be.
pub fn of_reference(context: &Context<'_>, reference: &Reference) -> Kinds {
    let template = context.template;
    match reference {
        Reference::Ref(name) => match name.as_str() {
            "AWS::NoValue" => Kinds::ANY,
            "AWS::NotificationARNs" => Kinds::LIST,
            name if name.starts_with("AWS::") => Kinds::TEXT,
            name => match template.parameters.get(name) {
                Some(parameter) => match ParameterKind::of(parameter) {
                    ParameterKind::Other => Kinds::ANY,
                    kind if kind.is_list() => Kinds::LIST,
                    _ => Kinds::TEXT,
                },
                // What a module or a macro makes of its name is theirs to know.
                None if template.resources.get(name).is_some_and(|resource| !is_foreign(&resource.kind)) => Kinds::TEXT,
                None => Kinds::ANY,
            },
        },
        Reference::GetAtt(name, attribute) => {
            let facts = template.resources.get(name).and_then(|resource| context.facts(resource));
            let Some(facts) = facts.filter(|facts| !is_untold(facts.name, attribute)) else { return Kinds::ANY };
            match facts.attribute_named(attribute).map(|attribute| attribute.schema) {
                Some(Some(schema)) => Kinds::of_schema(facts.resolve(schema)),
                // The outputs of a nested stack are text.
                Some(None) if facts.has_outputs() => Kinds::TEXT,
                _ => Kinds::ANY,
            }
        }
    }
}

fn is_foreign(kind: &str) -> bool {
    registry::is_open(kind) || registry::facts(kind).is_none()
}

/// Attributes that are text although their schemas say number.
///
/// Source: <https://github.com/aws-cloudformation/cfn-lint/issues/3757>
fn is_untold(kind: &str, attribute: &str) -> bool {
    kind == "AWS::DocDB::DBCluster" && attribute == "Port"
}

fn of_function(function: Function) -> Kinds {
    use Function::{
        And, Base64, Cidr, Condition, Equals, FindInMap, GetAzs, GetStackOutput, ImportValue, Join, Length, Not, Or,
        Split, Sub, ToJsonString,
    };
    match function {
        Base64 | Join | Sub | ToJsonString | ImportValue | GetStackOutput => Kinds::TEXT,
        Length => Kinds::TEXT.or(Kinds::NUMBER),
        Cidr | GetAzs | Split => Kinds::LIST,
        FindInMap => Kinds::TEXT.or(Kinds::NUMBER).or(Kinds::LIST),
        And | Or | Not | Equals | Condition => Kinds::NULL,
        _ => Kinds::ANY,
    }
}
