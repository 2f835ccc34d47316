//! What a value refers to while its stack is being written.

use super::handle::AnyHandle;
use crate::template;

/// A value in a stack that is being written: as in a template, but resources have handles, not names.
pub type Term = template::Value<Link>;

/// A use of something by a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// An attribute of a construct: what `GetAtt` returns, or `Ref` for the name `Ref`.
    Attribute(AnyHandle, String),
    /// An attribute of a resource by its logical id, as raw JSON says it.
    NamedAttribute(String, String),
    /// A parameter of this stack, a pseudo parameter, or what raw JSON names.
    Name(String),
}
