//! Values that CloudFormation computes: pseudo parameters, and functions of text and lists.

use super::link::{Link, Term};
use super::types::Arn;
use super::value::{IntoValue, List, PropertyType, Value};
use crate::template::{Function, Intrinsic, Sub, SubPart};

/// A pseudo parameter.
fn pseudo<T>(name: &str) -> Value<T> {
    Value::from_term(Term::reference(Link::Name(name.to_owned())))
}

/// What the deployment knows of itself.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let china = stack.condition("China", Value::partition().equals("aws-cn"));
/// stack.output("Place", text![Value::account(), " in ", Value::region()]).when(&china);
/// ```
impl Value<String> {
    /// The region, such as `eu-west-1`.
    pub fn region() -> Self {
        pseudo("AWS::Region")
    }

    /// The account's twelve digits.
    pub fn account() -> Self {
        pseudo("AWS::AccountId")
    }

    /// The partition: `aws`, `aws-cn`, `aws-us-gov` and others; the second part of every ARN.
    pub fn partition() -> Self {
        pseudo("AWS::Partition")
    }

    /// The name under which the stack is deployed.
    pub fn stack_name() -> Self {
        pseudo("AWS::StackName")
    }

    /// The end of AWS's host names: `amazonaws.com`, in China `amazonaws.com.cn`.
    pub fn url_suffix() -> Self {
        pseudo("AWS::URLSuffix")
    }
}

impl Value<Arn> {
    /// The stack's own id, an ARN.
    pub fn stack_id() -> Self {
        pseudo("AWS::StackId")
    }
}

impl Value<List<Arn>> {
    /// The topics that hear of the stack's events.
    pub fn notification_arns() -> Self {
        pseudo("AWS::NotificationARNs")
    }
}

impl Value<List<String>> {
    /// The Availability Zones of the stack's region, in alphabetical order, as far as the account has default subnets
    /// there, or else all of them.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let first: Value<String> = Value::zones().select(0);
    /// ```
    pub fn zones() -> Self {
        Self::from_term(Term::call(Function::GetAzs, "".into()))
    }
}

impl Value<String> {
    /// The elements of a list with `separator` between them.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let subnets = stack.parameter("Subnets", Parameter::subnets());
    /// stack.output("Subnets", Value::join(",", subnets));
    /// stack.output("Path", Value::join("/", ["logs", "audit"]));
    /// ```
    pub fn join(separator: &str, list: impl IntoValue<List<String>>) -> Self {
        let list = list.into_value().into_term_or_no_value();
        Self::from_term(Term::call_list(Function::Join, [Term::from(separator), list]))
    }

    /// The pieces of this text between each `separator`.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let account: Value<String> = Value::stack_name().split("-").select(1);
    /// ```
    pub fn split(self, separator: &str) -> Value<List<String>> {
        let text = self.into_term_or_no_value();
        Value::from_term(Term::call_list(Function::Split, [Term::from(separator), text]))
    }

    /// This text in Base64, as user data wants it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let data = text!["#!/bin/sh\necho ", Value::region()].base64();
    /// ```
    pub fn base64(self) -> Self {
        Self::from_term(Term::call(Function::Base64, self.into_term_or_no_value()))
    }

    /// Texts one after the other; an absent one is left out. [`text!`](crate::text) takes whatever is text.
    pub fn concat(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut sub = Sub { parts: Vec::new(), variables: Default::default() };
        for part in parts {
            match part {
                Self::Literal(text) => sub.push_text(&text),
                Self::Intrinsic(intrinsic) => sub.push_value("Part", Term::Intrinsic(intrinsic)),
                Self::Absent => {}
            }
        }
        match sub.parts.as_slice() {
            [] => Self::Literal(String::new()),
            [SubPart::Text(text)] => Self::Literal(text.clone()),
            _ => Self::Intrinsic(match sub.simplified() {
                Term::Intrinsic(intrinsic) => intrinsic,
                text => Intrinsic::Sub(Sub::new([SubPart::Text(text.as_str().unwrap_or_default().to_owned())])),
            }),
        }
    }
}

impl<T> Value<List<T>> {
    /// The nth element, from 0.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let subnets = stack.parameter("Subnets", Parameter::subnets());
    /// let first: Value<SubnetId> = subnets.select(0);
    /// ```
    pub fn select(self, n: u32) -> Value<T>
    where
        T: PropertyType,
    {
        let list = self.into_term_or_no_value();
        Value::from_term(Term::call_list(Function::Select, [Term::from(i64::from(n)), list]))
    }
}

/// Text of several parts: literals, parameters, attributes, choices, whatever is text.
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let bucket = stack.parameter("Bucket", Parameter::text());
/// let objects = text!["arn:", Value::partition(), ":s3:::", &bucket, "/*"];
/// stack.output("Objects", objects);
/// ```
#[macro_export]
macro_rules! text {
    ($($part:expr),* $(,)?) => {
        $crate::stack::Value::concat([$($crate::stack::PlainText::plain($part)),*])
    };
}
