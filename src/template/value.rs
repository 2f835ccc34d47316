//! Values of a template, and the intrinsic functions among them.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde_json::Number;

use super::sub::Sub;

/// Things by their names, in the order in which they were written. Templates are full of short names, which the hasher of
/// the standard library is slow for; this one too is seeded at random, so that nobody can make names that collide.
pub type Named<T> = IndexMap<String, T, RandomState>;

/// Names and values.
pub type Map<R = Reference> = Named<Value<R>>;

/// A value in a template.
///
/// `R` is how a value refers to something else. In a template that is a [`Reference`] by name. While a stack is being
/// written resources have no names yet: there it is a handle, and lowering is [`Value::substitute`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value<R = Reference> {
    /// `null`. CloudFormation refuses it nearly everywhere.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text. Dynamic references (`{{resolve:…}}`) stand in it as CloudFormation has them.
    String(String),
    /// A list.
    List(Vec<Self>),
    /// A map.
    Map(Map<R>),
    /// What CloudFormation computes at deploy time.
    Intrinsic(Intrinsic<R>),
}

/// An intrinsic function with its argument.
///
/// A well-formed reference or substitution is taken apart; every other call keeps its argument as it was written, so
/// that a wrong one can be shown as it stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Intrinsic<R = Reference> {
    /// `Ref` or `Fn::GetAtt` of a name.
    Reference(R),
    /// `Fn::Sub`.
    Sub(Sub<R>),
    /// Any other function, and the forms of those three that are computed or ill-formed.
    Call(Function, Box<Value<R>>),
}

/// A use of something by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reference {
    /// `Ref`: a parameter, a pseudo parameter such as `AWS::Region`, or a resource.
    Ref(String),
    /// `Fn::GetAtt`: an attribute, such as `Endpoint.Address`, of a resource.
    GetAtt(String, String),
}

impl Reference {
    /// The name that is referred to.
    pub fn name(&self) -> &str {
        match self {
            Self::Ref(name) | Self::GetAtt(name, _) => name,
        }
    }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident $long:literal $tag:literal,)*) => {
        /// The intrinsic functions of CloudFormation, those of conditions and of rules included.
        ///
        /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Function { $($(#[$doc])* $name,)* }

        impl Function {
            /// Every function.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key of the long form, such as `Fn::GetAtt`.
            pub fn long_name(self) -> &'static str {
                match self { $(Self::$name => $long,)* }
            }

            /// The tag of the short form without its mark, such as `GetAtt`.
            pub fn tag(self) -> &'static str {
                match self { $(Self::$name => $tag,)* }
            }

            /// The function with this long name.
            pub fn from_long_name(name: &str) -> Option<Self> {
                match name { $($long => Some(Self::$name),)* _ => None }
            }

            /// The function with this tag.
            pub fn from_tag(tag: &str) -> Option<Self> {
                match tag { $($tag => Some(Self::$name),)* _ => None }
            }
        }
    };
}

functions! {
    /// `Ref`.
    Ref "Ref" "Ref",
    /// `Fn::GetAtt`.
    GetAtt "Fn::GetAtt" "GetAtt",
    /// `Fn::Sub`.
    Sub "Fn::Sub" "Sub",
    /// `Fn::Base64`.
    Base64 "Fn::Base64" "Base64",
    /// `Fn::Cidr`.
    Cidr "Fn::Cidr" "Cidr",
    /// `Fn::FindInMap`.
    FindInMap "Fn::FindInMap" "FindInMap",
    /// `Fn::GetAZs`.
    GetAzs "Fn::GetAZs" "GetAZs",
    /// `Fn::GetStackOutput`.
    GetStackOutput "Fn::GetStackOutput" "GetStackOutput",
    /// `Fn::ImportValue`.
    ImportValue "Fn::ImportValue" "ImportValue",
    /// `Fn::Join`.
    Join "Fn::Join" "Join",
    /// `Fn::Select`.
    Select "Fn::Select" "Select",
    /// `Fn::Split`.
    Split "Fn::Split" "Split",
    /// `Fn::Transform`.
    Transform "Fn::Transform" "Transform",
    /// `Fn::Length`, of the language extensions.
    Length "Fn::Length" "Length",
    /// `Fn::ToJsonString`, of the language extensions.
    ToJsonString "Fn::ToJsonString" "ToJsonString",
    /// `Fn::If`.
    If "Fn::If" "If",
    /// `Fn::And`.
    And "Fn::And" "And",
    /// `Fn::Or`.
    Or "Fn::Or" "Or",
    /// `Fn::Not`.
    Not "Fn::Not" "Not",
    /// `Fn::Equals`.
    Equals "Fn::Equals" "Equals",
    /// `Condition`, a use of a condition by name inside another one.
    Condition "Condition" "Condition",
    /// `Fn::Contains`, in rules.
    Contains "Fn::Contains" "Contains",
    /// `Fn::EachMemberEquals`, in rules.
    EachMemberEquals "Fn::EachMemberEquals" "EachMemberEquals",
    /// `Fn::EachMemberIn`, in rules.
    EachMemberIn "Fn::EachMemberIn" "EachMemberIn",
    /// `Fn::RefAll`, in rules.
    RefAll "Fn::RefAll" "RefAll",
    /// `Fn::ValueOf`, in rules.
    ValueOf "Fn::ValueOf" "ValueOf",
    /// `Fn::ValueOfAll`, in rules.
    ValueOfAll "Fn::ValueOfAll" "ValueOfAll",
}

/// Whether a key stands for what a macro or a loop will put there.
pub(crate) fn is_macro(key: &str) -> bool {
    key == Function::Transform.long_name() || key.starts_with("Fn::ForEach::")
}

impl<R> Value<R> {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// A reference.
    pub fn reference(reference: R) -> Self {
        Self::Intrinsic(Intrinsic::Reference(reference))
    }

    /// A function with its argument.
    pub fn call(function: Function, argument: Self) -> Self {
        Self::Intrinsic(Intrinsic::Call(function, Box::new(argument)))
    }

    /// A function whose argument is a list.
    pub fn call_list(function: Function, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::call(function, Self::List(arguments.into_iter().collect()))
    }

    /// A map of the given entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// A list of the given values.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(values.into_iter().collect())
    }

    /// What it is, in the words of messages: `text`, `a list`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Number(_) => "a number",
            Self::String(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Intrinsic(_) => "a function",
        }
    }

    /// The text, if this is literal text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if this is one.
    pub fn as_map(&self) -> Option<&Map<R>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if this is one.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }

    /// The same value with each reference replaced by what `replace` makes of it.
    pub fn substitute<S: Clone>(&self, replace: &mut dyn FnMut(&R) -> Value<S>) -> Value<S> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::String(text) => Value::String(text.clone()),
            Self::List(values) => Value::List(values.iter().map(|value| value.substitute(replace)).collect()),
            Self::Map(map) => {
                Value::Map(map.iter().map(|(key, value)| (key.clone(), value.substitute(replace))).collect())
            }
            Self::Intrinsic(Intrinsic::Reference(reference)) => replace(reference),
            Self::Intrinsic(Intrinsic::Sub(sub)) => sub.substitute(replace),
            Self::Intrinsic(Intrinsic::Call(function, argument)) => {
                Value::call(*function, argument.substitute(replace))
            }
        }
    }
}

impl Value {
    /// `Ref` of a name.
    pub fn reference_to(name: impl Into<String>) -> Self {
        Self::reference(Reference::Ref(name.into()))
    }

    /// `Fn::GetAtt` of an attribute.
    pub fn attribute_of(name: impl Into<String>, attribute: impl Into<String>) -> Self {
        Self::reference(Reference::GetAtt(name.into(), attribute.into()))
    }
}

impl<R> From<bool> for Value<R> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<R> From<i64> for Value<R> {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl<R> From<&str> for Value<R> {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl<R> From<String> for Value<R> {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}
