//! Parameters: what the deployer fills in.

use std::marker::PhantomData;

use super::link::Term;
use super::types::{Arn, Seconds, SecurityGroupId, SubnetId, VpcId};
use super::value::{IntoValue, List, PropertyType, Trace};
use crate::network::Cidr;
use crate::template;

/// What the deployer fills in; `T` is what it yields.
#[derive(Clone, Debug)]
#[must_use = "a parameter is declared when `stack.parameter` takes it"]
pub struct Parameter<T> {
    pub(super) declared: template::Parameter,
    kind: PhantomData<fn() -> T>,
}

impl<T> Parameter<T> {
    fn of(kind: &str) -> Self {
        Self { declared: template::Parameter { kind: kind.into(), ..Default::default() }, kind: PhantomData }
    }

    /// What the deployer should know about it.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.declared.description = Some(text.into());
        self
    }

    /// Its value is masked wherever CloudFormation shows it.
    pub fn no_echo(mut self) -> Self {
        self.declared.no_echo = Some(template::Value::Bool(true));
        self
    }

    /// A regular expression that the whole value must match.
    pub fn pattern(mut self, pattern: impl Into<String>) -> Self {
        self.declared.allowed_pattern = Some(pattern.into());
        self
    }
}

impl<T: PropertyType> Parameter<T> {
    /// The value where the deployer gives none. A list is joined by commas, as CloudFormation wants it.
    pub fn default(mut self, value: impl IntoValue<T>) -> Self {
        self.declared.default = value.into_value().into_term(&mut Trace::default()).and_then(|term| literal(&term));
        self
    }
}

/// As a parameter's declaration has it, where nothing may be computed.
fn literal(term: &Term) -> Option<template::Value> {
    match term {
        Term::String(text) => Some(template::Value::from(text.as_str())),
        Term::Number(number) => Some(template::Value::Number(number.clone())),
        Term::Bool(value) => Some(template::Value::from(value.to_string())),
        Term::List(values) => {
            let texts: Option<Vec<_>> = values.iter().map(Term::as_str).collect();
            texts.map(|texts| template::Value::from(texts.join(",")))
        }
        Term::Null | Term::Map(_) | Term::Intrinsic(_) => None,
    }
}

macro_rules! ranges { ($($name:ty: $bound:ident => $number:expr;)*) => { $(
    impl Parameter<$name> {
        /// The least and the most that it may be.
        pub fn between(mut self, least: $name, most: $name) -> Self {
            let number = |$bound: $name| Some(template::Value::from($number));
            self.declared.min_value = number(least);
            self.declared.max_value = number(most);
            self
        }
    }
)* } }

ranges! {
    i64: n => n;
    Seconds: time => time.0;
}

impl Parameter<i64> {
    /// A whole number.
    pub fn number() -> Self {
        Self::of("Number")
    }
}

impl Parameter<Seconds> {
    /// A time in seconds.
    pub fn seconds() -> Self {
        Self::of("Number")
    }
}

impl Parameter<String> {
    /// Text.
    pub fn text() -> Self {
        Self::of("String")
    }

    /// One of the given words.
    pub fn one_of<S: Into<String>>(choices: impl IntoIterator<Item = S>) -> Self {
        let mut parameter = Self::text();
        parameter.declared.allowed_values =
            choices.into_iter().map(|choice| template::Value::String(choice.into())).collect();
        parameter
    }

    /// Text of at least and at most so many characters.
    pub fn length(mut self, least: i64, most: i64) -> Self {
        self.declared.min_length = Some(template::Value::from(least));
        self.declared.max_length = Some(template::Value::from(most));
        self
    }
}

impl Parameter<List<String>> {
    /// Texts, given with commas between them.
    pub fn texts() -> Self {
        Self::of("CommaDelimitedList")
    }
}

impl Parameter<bool> {
    /// `true` or `false`.
    pub fn flag() -> Self {
        let mut parameter = Self::of("String");
        parameter.declared.allowed_values = vec!["true".into(), "false".into()];
        parameter
    }
}

impl Parameter<Arn> {
    /// An Amazon Resource Name.
    pub fn arn() -> Self {
        Self::of("String").pattern("arn:[a-z0-9-]+:.+")
    }
}

impl Parameter<Cidr> {
    /// A range of IPv4 addresses such as a VPC or a subnet may have: a prefix of 16 to 28 bits.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
    pub fn cidr() -> Self {
        Self::of("String").pattern(RANGE)
    }
}

/// Four numbers and a prefix of 16 to 28.
pub(super) const RANGE: &str = r"(\d{1,3}\.){3}\d{1,3}/(1[6-9]|2[0-8])";

impl Parameter<VpcId> {
    /// The id of a VPC in the account and region; CloudFormation checks that it exists.
    pub fn vpc() -> Self {
        Self::of("AWS::EC2::VPC::Id")
    }
}

impl Parameter<SecurityGroupId> {
    /// The id of a security group in the account and region; CloudFormation checks that it exists.
    pub fn security_group() -> Self {
        Self::of("AWS::EC2::SecurityGroup::Id")
    }
}

impl Parameter<List<SubnetId>> {
    /// The ids of subnets in the account and region; CloudFormation checks that they exist.
    pub fn subnets() -> Self {
        Self::of("List<AWS::EC2::Subnet::Id>")
    }
}
