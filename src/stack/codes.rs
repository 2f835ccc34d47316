//! Codes of what can be wrong with a stack as it was written.

use crate::diagnostic::Code;

/// A name that is no logical id, or is taken.
pub const NAME: Code = Code::new("S1001", "bad-name");
/// A handle of another stack.
pub const FOREIGN: Code = Code::new("S1002", "handle-of-another-stack");
/// Traffic from or to something that has no security group.
pub const NO_GROUP: Code = Code::new("S1003", "traffic-without-security-group");
/// An attribute that an import does not know.
pub const UNKNOWN_ATTRIBUTE: Code = Code::new("S1004", "unknown-attribute-of-import");
/// A property override whose path leads nowhere.
pub const OVERRIDE: Code = Code::new("S1005", "override-without-place");
/// What a construct needs to know and was not told.
pub const MISSING: Code = Code::new("S1006", "missing-knowledge");
/// A derived name that does not fit.
pub const LONG_NAME: Code = Code::new("S1007", "derived-name-too-long");
/// A stack of another account or region.
pub const FAR_STACK: Code = Code::new("S1008", "stack-of-another-place");
/// A stack whose values are imported and that is not there.
pub const LOST_STACK: Code = Code::new("S1009", "import-from-unknown-stack");
/// Stacks that import from each other.
pub const STACK_CYCLE: Code = Code::new("S1010", "stacks-in-a-circle");
/// A grant to a role of another stack.
pub const FOREIGN_ROLE: Code = Code::new("S1011", "grant-to-another-stack");
/// What another stack does not always have.
pub const PERHAPS_MISSING: Code = Code::new("S1012", "import-of-conditional");
/// A stack's name by which nothing can be looked up.
pub const STACK_NAME: Code = Code::new("S1013", "unusable-stack-name");
/// A value of another stack that cannot come here.
pub const OWN_VALUE: Code = Code::new("S1014", "value-of-another-stack");
/// A parameter's default that is no literal.
pub const COMPUTED_DEFAULT: Code = Code::new("S1015", "computed-default");
/// Raw properties that are no object.
pub const RAW: Code = Code::new("S1016", "raw-properties-without-names");
/// A value that a parameter cannot have, or that may stand in no file.
pub const PARAMETER_VALUE: Code = Code::new("S1017", "unusable-parameter-value");
/// A last day of a suppression that is no day.
pub const NO_DAY: Code = Code::new("S1018", "suppression-until-no-day");
/// Something that stays needs something that was told to go.
pub const NEEDED: Code = Code::new("S1030", "needed-by-what-stays");
/// A rename.
pub const RENAMED: Code = Code::new("D1001", "renamed-resource");
