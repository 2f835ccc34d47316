//! What a value refers to while its stack is being written.

use super::handle::AnyHandle;
use crate::template::{self, Map, Sub, SubPart};

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

/// Text with pseudo parameters in it, as `Fn::Sub` writes it: `arn:${AWS::Partition}:iam::${AWS::AccountId}:root`. What
/// comes from elsewhere is pushed behind it, since it may have such marks itself.
pub(crate) fn sub(text: &str) -> Sub<Link> {
    Sub::new(Sub::parse(text, Map::default()).parts.into_iter().map(|part| match part {
        SubPart::Text(text) => SubPart::Text(text),
        SubPart::Reference(pseudo) => SubPart::Reference(Link::Name(pseudo.name().to_owned())),
        SubPart::Variable(name) => unreachable!("there are no variables, so `{name}` is none"),
    }))
}
