//! The types of property values: scalars, ids, ARNs, times, and free JSON.

use serde_json::Number;

use super::bag::Fields;
use super::link::{Link, Term};
use super::value::{IntoValue, List, PropertyType, Trace, Value};
use crate::network::Cidr;
use crate::template;

macro_rules! literals { ($($name:ty: $value:ident => $term:expr;)*) => { $(
    impl PropertyType for $name {
        fn into_term(self, _: &mut Trace) -> Term {
            let $value = self;
            $term
        }
    }

    impl IntoValue<$name> for $name {
        fn into_value(self) -> Value<$name> {
            Value::Literal(self)
        }
    }
)* } }

literals! {
    bool: value => Term::Bool(value);
    i64: value => Term::from(value);
    f64: value => Number::from_f64(value).map_or(Term::Null, Term::Number);
    String: text => Term::String(text);
    Cidr: range => Term::String(range.to_string());
    Seconds: time => Term::from(time.0);
    Json: json => json.0;
}

/// A time in seconds. Properties that AWS counts in seconds take it, so that a number of minutes cannot slip in.
///
/// ```
/// # use formwork::prelude::*;
/// assert_eq!(minutes(5), seconds(300));
/// assert_eq!(hours(1), minutes(60));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub i64);

/// So many seconds.
pub fn seconds(n: i64) -> Seconds {
    Seconds(n)
}

/// So many minutes.
pub fn minutes(n: i64) -> Seconds {
    Seconds(60 * n)
}

/// So many hours.
pub fn hours(n: i64) -> Seconds {
    Seconds(3600 * n)
}

/// A property that takes any JSON, such as a policy document.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Term);

impl Json {
    /// Reads the long form of a template: `{"Ref": "AWS::Region"}` is an intrinsic function.
    ///
    /// What it refers to by name must be a parameter or a pseudo parameter; a construct is referred to by its handle.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let message = Json::new(&serde_json::json!({ "Fn::Sub": "hello from ${AWS::Region}" }));
    /// ```
    pub fn new(json: &serde_json::Value) -> Self {
        Self(template::Value::from_json(json).substitute(&mut |reference| match reference {
            template::Reference::Ref(name) => Term::reference(Link::Name(name.clone())),
            template::Reference::GetAtt(name, attribute) => {
                Term::reference(Link::NamedAttribute(name.clone(), attribute.clone()))
            }
        }))
    }
}

impl IntoValue<Json> for serde_json::Value {
    fn into_value(self) -> Value<Json> {
        Value::Literal(Json::new(&self))
    }
}

impl IntoValue<Json> for &str {
    fn into_value(self) -> Value<Json> {
        Value::Literal(Json(Term::from(self)))
    }
}

macro_rules! free { ($($name:ty)*) => { $(
    /// Free JSON may be any of it.
    impl IntoValue<Json> for $name {
        fn into_value(self) -> Value<Json> {
            Value::Literal(self).into_value()
        }
    }

    /// Free JSON may be any of it.
    impl IntoValue<Json> for Value<$name> {
        fn into_value(self) -> Value<Json> {
            self.retype(|value| Json(value.into_term(&mut Trace::default())))
        }
    }
)* } }

free! { bool i64 f64 String Seconds Arn VpcId SubnetId SecurityGroupId Sensitive Fields }

impl<T: PropertyType> IntoValue<Json> for Value<List<T>> {
    fn into_value(self) -> Value<Json> {
        self.retype(|list| Json(list.into_term(&mut Trace::default())))
    }
}

impl IntoValue<String> for &str {
    fn into_value(self) -> Value<String> {
        Value::Literal(self.to_owned())
    }
}

impl IntoValue<String> for &String {
    fn into_value(self) -> Value<String> {
        Value::Literal(self.clone())
    }
}

/// It is text too.
impl IntoValue<String> for Value<Cidr> {
    fn into_value(self) -> Value<String> {
        self.retype(|range| range.to_string())
    }
}

impl IntoValue<String> for Cidr {
    fn into_value(self) -> Value<String> {
        Value::Literal(self.to_string())
    }
}

macro_rules! texts { ($($(#[$doc:meta])* $name:ident)*) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct $name(pub String);

    impl PropertyType for $name {
        fn into_term(self, _: &mut Trace) -> Term {
            Term::String(self.0)
        }
    }

    impl From<&str> for $name {
        fn from(text: &str) -> Self {
            Self(text.to_owned())
        }
    }

    impl From<String> for $name {
        fn from(text: String) -> Self {
            Self(text)
        }
    }

    impl IntoValue<$name> for $name {
        fn into_value(self) -> Value<$name> {
            Value::Literal(self)
        }
    }

    impl IntoValue<$name> for &str {
        fn into_value(self) -> Value<$name> {
            Value::Literal($name(self.to_owned()))
        }
    }

    impl IntoValue<$name> for String {
        fn into_value(self) -> Value<$name> {
            Value::Literal($name(self))
        }
    }

    impl IntoValue<$name> for &String {
        fn into_value(self) -> Value<$name> {
            Value::Literal($name(self.clone()))
        }
    }

    /// It is text too.
    impl IntoValue<String> for Value<$name> {
        fn into_value(self) -> Value<String> {
            self.retype(|text| text.0)
        }
    }

    /// It is text too.
    impl IntoValue<String> for $name {
        fn into_value(self) -> Value<String> {
            Value::Literal(self.0)
        }
    }

    /// They are texts too.
    impl IntoValue<List<String>> for Value<List<$name>> {
        fn into_value(self) -> Value<List<String>> {
            self.retype(|list| List(list.0.into_iter().map(IntoValue::into_value).collect()))
        }
    }
)* } }

texts! {
    /// An Amazon Resource Name.
    Arn
    /// The id of a VPC, `vpc-…`.
    VpcId
    /// The id of a subnet, `subnet-…`.
    SubnetId
    /// The id of a security group, `sg-…`.
    SecurityGroupId
}

/// A secret's text, which CloudFormation resolves when it deploys. Not a `Value<String>`, and no way leads there: it can
/// stand neither in an environment variable nor in an output or a tag, only in a property that takes a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitive(template::Sub<Link>);

impl Sensitive {
    pub(crate) fn of(reference: template::Sub<Link>) -> Self {
        Self(reference)
    }
}

impl PropertyType for Sensitive {
    fn into_term(self, _: &mut Trace) -> Term {
        Term::Intrinsic(template::Intrinsic::Sub(self.0))
    }
}

/// A password of one's own making would stand in the template: only CloudFormation brings one.
impl IntoValue<Self> for Sensitive {
    fn into_value(self) -> Value<Self> {
        Value::Literal(self)
    }
}
