//! The Rust type of a property.

use std::collections::BTreeSet;

/// The type of a property or an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `String`.
    Text,
    /// `Arn`.
    Arn,
    /// `VpcId`.
    VpcId,
    /// `SubnetId`.
    SubnetId,
    /// `SecurityGroupId`.
    SecurityGroupId,
    /// `Sensitive`.
    Sensitive,
    /// `i64`.
    Integer,
    /// `Seconds`.
    Seconds,
    /// `f64`.
    Number,
    /// `bool`.
    Boolean,
    /// `Json`.
    Json,
    /// `List<…>`.
    List(Box<Kind>),
    /// `Dictionary<…>`.
    Dictionary(Box<Kind>),
    /// A property type of its own, by its Rust name.
    Shape(String),
}

impl Kind {
    /// As Rust has it.
    pub fn rust(&self) -> String {
        match self {
            Self::Text => "String".to_owned(),
            Self::Arn => "Arn".to_owned(),
            Self::VpcId => "VpcId".to_owned(),
            Self::SubnetId => "SubnetId".to_owned(),
            Self::SecurityGroupId => "SecurityGroupId".to_owned(),
            Self::Sensitive => "Sensitive".to_owned(),
            Self::Integer => "i64".to_owned(),
            Self::Seconds => "Seconds".to_owned(),
            Self::Number => "f64".to_owned(),
            Self::Boolean => "bool".to_owned(),
            Self::Json => "Json".to_owned(),
            Self::List(element) => format!("List<{}>", element.rust()),
            Self::Dictionary(value) => format!("Dictionary<{}>", value.rust()),
            Self::Shape(name) => name.clone(),
        }
    }

    /// Takes down the names of the core's types in it.
    pub fn uses(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Text | Self::Integer | Self::Number | Self::Boolean | Self::Shape(_) => {}
            Self::List(inner) | Self::Dictionary(inner) => {
                names.insert(if matches!(self, Self::List(_)) { "List" } else { "Dictionary" }.to_owned());
                inner.uses(names);
            }
            core => _ = names.insert(core.rust()),
        }
    }

    /// Whether `Fn::GetAtt` may give it: a scalar, or a list of scalars.
    pub fn is_attribute(&self) -> bool {
        match self {
            Self::Json | Self::Dictionary(_) | Self::Shape(_) => false,
            Self::List(element) => !matches!(**element, Self::List(_)) && element.is_attribute(),
            _ => true,
        }
    }
}
