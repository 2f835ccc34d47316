//! Derived names.
use super::lower::Lowered;
pub(super) fn derive(_: &mut Lowered, _: &[(String, &str)]) {}
