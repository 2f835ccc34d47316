//! Groups, subnets and VPCs by the names that a template has for them: their ids do not exist yet.

use std::fmt;

use crate::resolve::{Formula, ParameterKind, Resolution, Resolved, Symbol};
use crate::template::{Function, Value};

/// What stands for a group, a subnet, a VPC or the like.
#[derive(Clone, Debug, PartialEq)]
pub enum Term<'a> {
    /// A resource of the template.
    Own(&'a str),
    /// The default security group of a VPC.
    DefaultGroup(Box<Term<'a>>),
    /// The default VPC of the account and region.
    DefaultVpc,
    /// Something that exists: an id, a parameter, an import value.
    Given(Resolution<'a>),
}

/// A term that stands somewhere in some of the worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<'a> {
    /// In which worlds.
    pub when: Formula,
    /// What stands there.
    pub term: Term<'a>,
    /// Where it was written; none if it follows from what was left out.
    pub source: Option<&'a Value>,
}

/// The attributes by which a resource is named as itself.
const IDENTITY: &[&str] = &[
    "GroupId",
    "Id",
    "VpcId",
    "SubnetId",
    "RouteTableId",
    "DBProxyName",
    "DBInstanceIdentifier",
    "InternetGatewayId",
    "NatGatewayId",
    "PrefixListId",
    "SecretArn",
];

impl<'a> Term<'a> {
    /// What a value stands for.
    pub fn of(resolved: &Resolved<'a>, value: &Resolution<'a>) -> Self {
        match value.reference() {
            Some((vpc, Some("DefaultSecurityGroup"))) => Self::DefaultGroup(Box::new(Self::Own(vpc))),
            Some((resource, attribute))
                if resolved.template().resources.contains_key(resource)
                    && attribute.is_none_or(|attribute| IDENTITY.contains(&attribute)) =>
            {
                Self::Own(resource)
            }
            _ => Self::Given(value.clone()),
        }
    }

    /// The resource of the template that it is.
    pub fn own(&self) -> Option<&'a str> {
        match self {
            Self::Own(id) => Some(id),
            _ => None,
        }
    }

    /// The id, where it is one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Given(value) => value.text(),
            _ => None,
        }
    }

    /// Whether it may stand for several: a list by parameter, what a function makes.
    pub fn is_many(&self) -> bool {
        match self {
            Self::Given(value) => match value.parameter() {
                Some((_, parameter)) => ParameterKind::of(parameter).is_list(),
                None => value.text().is_none(),
            },
            _ => false,
        }
    }

    /// Whether it is a list of which the other one is an element: `!Ref Groups` has `!Select [0, !Ref Groups]`, or else
    /// nothing is deployed.
    pub fn has(&self, element: &Self, resolved: &Resolved<'a>) -> bool {
        let (Self::Given(list), Self::Given(element)) = (self, element) else { return false };
        let Some(Symbol::Call(call)) = element.symbol() else { return false };
        call.function == Function::Select
            && self.is_many()
            && call.arguments.get(1).is_some_and(|from| resolved.same(list, from) == Some(true))
    }

    /// Whether both are the same in every world, or different in every one.
    ///
    /// What the template creates is new, and no id that was written down is its id.
    pub fn same(&self, other: &Self, resolved: &Resolved<'a>) -> Option<bool> {
        match (self, other) {
            (Self::Own(one), Self::Own(other)) => Some(one == other),
            (Self::Given(one), Self::Given(other)) => resolved.same(one, other),
            (Self::DefaultGroup(one), Self::DefaultGroup(other)) => one.same(other, resolved),
            (Self::DefaultVpc, Self::DefaultVpc) => Some(true),
            (Self::Own(_), Self::Given(given)) | (Self::Given(given), Self::Own(_)) => {
                (given.is_literal() || is_import(given)).then_some(false)
            }
            (Self::DefaultGroup(vpc), Self::Given(given)) | (Self::Given(given), Self::DefaultGroup(vpc)) => {
                (vpc.own().is_some() && given.is_literal()).then_some(false)
            }
            (Self::DefaultVpc, Self::Given(_)) | (Self::Given(_), Self::DefaultVpc) => None,
            _ => Some(false),
        }
    }
}

/// What another stack exported cannot be what this one is about to create.
fn is_import(value: &Resolution<'_>) -> bool {
    matches!(value.symbol(), Some(Symbol::Call(call)) if call.function == Function::ImportValue)
}

/// As it is called in sentences.
impl fmt::Display for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(id) => write!(f, "`{id}`"),
            Self::DefaultGroup(vpc) => match &**vpc {
                Self::DefaultVpc => f.write_str("the default security group"),
                vpc => write!(f, "the default security group of {vpc}"),
            },
            Self::DefaultVpc => f.write_str("the default VPC"),
            Self::Given(value) => write!(f, "`{}`", named(value)),
        }
    }
}

/// A value as it is called in sentences, without backticks.
pub fn named(value: &Resolution<'_>) -> String {
    if let Some((name, _)) = value.parameter() {
        return name.to_owned();
    }
    if let Some((resource, attribute)) = value.reference() {
        return attribute.map_or_else(|| resource.to_owned(), |attribute| format!("{resource}.{attribute}"));
    }
    value.to_string()
}
