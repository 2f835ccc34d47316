//! Why types could not be generated.

use std::fmt;

/// Why the code of a type could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such resource type.
    Unknown {
        /// Its name.
        type_name: String,
    },
    /// A setter or an attribute would hide what every noun or handle has.
    Hides {
        /// The resource type.
        type_name: String,
        /// The property or attribute.
        property: String,
        /// What it would hide.
        hidden: String,
    },
    /// Two properties, or two attributes, would have the same name in Rust.
    Twice {
        /// The resource type.
        type_name: String,
        /// The second of the two.
        property: String,
    },
    /// The template and the data do not fit: a fault of the generator.
    Template(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { type_name } => write!(f, "there is no resource type `{type_name}`"),
            Self::Hides { type_name, property, hidden } => {
                write!(f, "`{property}` of `{type_name}` would hide `{hidden}`, which every noun or handle has")
            }
            Self::Twice { type_name, property } => {
                write!(f, "two names of `{type_name}` are the same in Rust: `{property}`")
            }
            Self::Template(reason) => write!(f, "the template of generated types: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
