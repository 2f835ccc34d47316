//! Kinds of findings that reading a template can give.

use crate::diagnostic::Code;

/// The text is no YAML and no JSON.
pub const UNREADABLE: Code = Code::new("E0000", "unreadable-template");
/// A key is given twice in one map.
pub const DUPLICATE_KEY: Code = Code::new("E0010", "duplicate-key");
/// A tag is no function of CloudFormation.
pub const UNKNOWN_TAG: Code = Code::new("E0011", "unknown-tag");
/// A key is no text.
pub const KEY_NOT_TEXT: Code = Code::new("E0012", "key-not-text");
/// A value is null, which CloudFormation refuses.
pub const NULL_VALUE: Code = Code::new("E0013", "null-value");
/// The text is too large, nested too deep, or becomes so when aliases are resolved.
pub const TOO_LARGE: Code = Code::new("E0014", "too-large-to-read");
/// A merge key, which only `aws cloudformation package` resolves.
pub const MERGE_KEY: Code = Code::new("W1100", "merge-key");
/// An alias, which only `aws cloudformation package` resolves.
pub const ALIAS: Code = Code::new("W1101", "alias");
/// YAML 1.1 reads something else than what is written.
pub const MISREAD: Code = Code::new("W1110", "yaml-misread");
/// The template as a whole is not built as it must be.
pub const TEMPLATE_SHAPE: Code = Code::new("E1001", "template-shape");
/// `Description` is no text.
pub const DESCRIPTION_SHAPE: Code = Code::new("E1004", "description-shape");
/// A rule is not built as it must be.
pub const RULE_SHAPE: Code = Code::new("E1700", "rule-shape");
/// A parameter is not built as it must be.
pub const PARAMETER_SHAPE: Code = Code::new("E2001", "parameter-shape");
/// A resource is not built as it must be.
pub const RESOURCE_SHAPE: Code = Code::new("E3001", "resource-shape");
/// `DependsOn` is neither a name nor a list of names.
pub const DEPENDS_ON_SHAPE: Code = Code::new("E3005", "depends-on-shape");
/// An output is not built as it must be.
pub const OUTPUT_SHAPE: Code = Code::new("E6001", "output-shape");
/// An output or its export lacks what it must have.
pub const OUTPUT_INCOMPLETE: Code = Code::new("E6002", "incomplete-output");
/// A part of an output is of a wrong kind.
pub const OUTPUT_KIND: Code = Code::new("E6003", "output-kind");
/// The text is larger than a template may be.
pub const TOO_LARGE_TO_DEPLOY: Code = Code::new("E1002", "large-template");
/// A mapping is not built as it must be.
pub const MAPPING_SHAPE: Code = Code::new("E7001", "mapping-shape");
