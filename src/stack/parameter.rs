//! Parameters: what the deployer fills in.

use std::marker::PhantomData;
use std::panic::Location;

use super::given::{Fault, Given, literal};
use super::types::{Arn, Seconds, SecurityGroupId, Sensitive, SubnetId, VpcId};
use super::value::{IntoValue, List, PropertyType, Trace};
use crate::network::Cidr;
use crate::template;

/// What the deployer fills in; `T` is what it yields.
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let days = Parameter::number().default(90).between(1, 3653).label("Days to keep the log").group("Logs");
/// let days = stack.parameter("Days", days);
/// stack.add("Audit", LogGroup::new(days));
/// ```
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>
#[derive(Clone, Debug)]
#[must_use = "a parameter is declared when `stack.parameter` takes it"]
pub struct Parameter<T> {
    pub(super) declared: template::Parameter,
    pub(super) label: Option<String>,
    pub(super) group: Option<String>,
    /// What is wrong with the default, and where it was given.
    pub(super) fault: Option<(Fault, &'static Location<'static>)>,
    /// The value in the stack's environment.
    pub(super) given: Option<Given>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Parameter<T> {
    fn of(kind: &str) -> Self {
        let declared = template::Parameter { kind: kind.into(), ..Default::default() };
        Self { declared, label: None, group: None, fault: None, given: None, kind: PhantomData }
    }

    /// What the deployer should know about it, in at most 4,000 characters.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.declared.description = Some(text.into());
        self
    }

    /// What the console calls it, in place of its name.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html>
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// The heading under which the console shows it. Headings stand in the order in which the parameters were declared,
    /// and so do the parameters under one.
    pub fn group(mut self, heading: impl Into<String>) -> Self {
        self.group = Some(heading.into());
        self
    }

    /// Its value is masked wherever CloudFormation shows it; what uses it may show it all the same. A password is a
    /// [`secret`](Parameter::secret).
    pub fn no_echo(mut self) -> Self {
        self.declared.no_echo = Some(template::Value::Bool(true));
        self
    }

    /// A regular expression, as Java has them, that the whole value must match.
    pub fn pattern(mut self, pattern: impl Into<String>) -> Self {
        self.declared.allowed_pattern = Some(pattern.into());
        self
    }

    /// What the deployer is told where the value is not allowed.
    pub fn constraint(mut self, text: impl Into<String>) -> Self {
        self.declared.constraint_description = Some(text.into());
        self
    }
}

/// A type whose values Systems Manager can keep, as CloudFormation reads them.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>
#[diagnostic::on_unimplemented(
    message = "Systems Manager keeps no `{Self}` that CloudFormation reads",
    label = "no text, id or list of them",
    note = "for a secret: pass the ARN of a secret, or take `secret.password()`"
)]
pub trait SsmType {}

impl SsmType for String {}
impl SsmType for i64 {}
impl SsmType for bool {}
impl SsmType for Seconds {}
impl SsmType for Arn {}
impl SsmType for VpcId {}
impl SsmType for SubnetId {}
impl SsmType for SecurityGroupId {}
impl<T> SsmType for List<T> {}

impl<T: SsmType> Parameter<T> {
    /// The value is kept in Systems Manager; the deployer says under which name, `name` unless another is given.
    /// CloudFormation reads it anew at each deployment.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let subnets = stack.parameter("Subnets", Parameter::subnets().kept_as("/network/private-subnets"));
    /// ```
    pub fn kept_as(mut self, name: impl Into<String>) -> Self {
        // No number is kept, only text that reads as one.
        let kind = match self.declared.kind.as_str() {
            "Number" => "String",
            "List<Number>" => "List<String>",
            other => other,
        };
        self.declared.kind = format!("AWS::SSM::Parameter::Value<{kind}>");
        self.declared.default = Some(template::Value::String(name.into()));
        self
    }
}

impl<T: PropertyType> Parameter<T> {
    /// The value where the deployer gives none: a literal, for nothing is computed before the deployer was asked. A list
    /// is joined by commas, as CloudFormation wants it.
    #[track_caller]
    pub fn default(mut self, value: impl IntoValue<T>) -> Self {
        let location = Location::caller();
        let term = value.into_value().into_term(&mut Trace::default());
        let read = term.as_ref().map(literal).transpose();
        self.fault = read.as_ref().err().map(|fault| (*fault, location));
        self.declared.default = read.ok().flatten();
        self
    }

    /// The value in the environment of the stack, a literal: `synth` writes it into the files with which the stack is
    /// deployed, not into the template. Where there is none, those files have the default. A parameter of which values
    /// are masked has neither in any file.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let environment = Environment::new("prod", "111122223333", Region::EuWest1);
    /// # let mut stack = Stack::new("Demo", &environment);
    /// let days = if environment.name == "prod" { 365 } else { 30 };
    /// let days = stack.parameter("Days", Parameter::number().default(90).value(days));
    /// stack.add("Audit", LogGroup::new(days));
    /// assert_eq!(stack.lower().parameter_values["Days"], "365");
    /// ```
    #[track_caller]
    pub fn value(mut self, value: impl IntoValue<T>) -> Self {
        let location = Location::caller();
        let term = value.into_value().into_term(&mut Trace::default());
        self.given = term.map(|term| Given { value: literal(&term), location });
        self
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

    /// One of the given numbers.
    pub fn number_of(choices: impl IntoIterator<Item = i64>) -> Self {
        let mut parameter = Self::number();
        parameter.declared.allowed_values = choices.into_iter().map(template::Value::from).collect();
        parameter
    }
}

impl Parameter<Seconds> {
    /// A time in seconds.
    pub fn seconds() -> Self {
        Self::of("Number")
    }
}

impl Parameter<String> {
    /// One of the given words.
    pub fn one_of<S: Into<String>>(choices: impl IntoIterator<Item = S>) -> Self {
        let mut parameter = Self::text();
        parameter.declared.allowed_values =
            choices.into_iter().map(|choice| template::Value::String(choice.into())).collect();
        parameter
    }
}

macro_rules! lengths { ($($name:ty)*) => { $(
    impl Parameter<$name> {
        /// Text of at least and at most so many characters.
        pub fn length(mut self, least: i64, most: i64) -> Self {
            self.declared.min_length = Some(template::Value::from(least));
            self.declared.max_length = Some(template::Value::from(most));
            self
        }
    }
)* } }

lengths! { String Sensitive }

impl Parameter<Sensitive> {
    /// A password or another secret: masked wherever CloudFormation shows it, and it stands nowhere but in properties
    /// that take a secret. It has no default, which would be in the template for all to read.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds>
    pub fn secret() -> Self {
        Self::of("String").no_echo()
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

macro_rules! kinds { ($($(#[$doc:meta])* $name:ident $yields:ty, $kind:literal;)*) => { $(
    impl Parameter<$yields> {
        $(#[$doc])*
        pub fn $name() -> Self {
            Self::of($kind)
        }
    }
)* } }

// Source: "Supported AWS-specific parameter types" in
// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>
kinds! {
    /// Text.
    text String, "String";
    /// Texts, which the deployer writes with commas between them.
    texts List<String>, "CommaDelimitedList";
    /// Whole numbers, which the deployer writes with commas between them.
    numbers List<i64>, "List<Number>";
    /// The id of a VPC in the account and region; CloudFormation checks that it exists.
    vpc VpcId, "AWS::EC2::VPC::Id";
    /// The ids of VPCs in the account and region; CloudFormation checks that they exist.
    vpcs List<VpcId>, "List<AWS::EC2::VPC::Id>";
    /// The id of a subnet in the account and region; CloudFormation checks that it exists.
    subnet SubnetId, "AWS::EC2::Subnet::Id";
    /// The ids of subnets in the account and region; CloudFormation checks that they exist.
    subnets List<SubnetId>, "List<AWS::EC2::Subnet::Id>";
    /// The id of a security group in the account and region; CloudFormation checks that it exists.
    security_group SecurityGroupId, "AWS::EC2::SecurityGroup::Id";
    /// The ids of security groups in the account and region; CloudFormation checks that they exist.
    security_groups List<SecurityGroupId>, "List<AWS::EC2::SecurityGroup::Id>";
    /// The name of an Availability Zone of the region, such as `eu-west-1a`.
    zone String, "AWS::EC2::AvailabilityZone::Name";
    /// The names of Availability Zones of the region.
    zones List<String>, "List<AWS::EC2::AvailabilityZone::Name>";
    /// The name of an EC2 key pair in the account and region; CloudFormation checks that it exists.
    key_pair String, "AWS::EC2::KeyPair::KeyName";
    /// The id of a machine image in the region, `ami-…`; CloudFormation checks that it exists.
    image String, "AWS::EC2::Image::Id";
    /// The id of an EC2 instance in the account and region, `i-…`; CloudFormation checks that it exists.
    instance String, "AWS::EC2::Instance::Id";
    /// The id of a volume in the account and region, `vol-…`; CloudFormation checks that it exists.
    volume String, "AWS::EC2::Volume::Id";
    /// The id of a hosted zone of the account; CloudFormation checks that it exists.
    hosted_zone String, "AWS::Route53::HostedZone::Id";
    /// The name of a parameter in Systems Manager, not its value, for which see [`kept_as`](Parameter::kept_as);
    /// CloudFormation checks that it exists.
    ssm_name String, "AWS::SSM::Parameter::Name";
}
