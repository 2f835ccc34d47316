//! Why `schemas/` could not be written.

use std::fmt;

/// Why a wheel could not be distilled.
#[derive(Debug)]
pub enum Error {
    /// The wheel is not what this was written for.
    Wheel(String),
    /// A file of corrections is none.
    Corrections(String),
    /// A correction of ours does not apply any more: upstream changed what it corrects.
    Correction {
        /// The resource type.
        type_name: String,
        /// The JSON pointer into its schema.
        path: String,
        /// What is there instead.
        found: String,
    },
    /// A pattern that no rule brings to ECMA dialect: it needs a correction.
    Pattern {
        /// The resource type.
        type_name: String,
        /// The pattern as published.
        pattern: String,
        /// What the rules or the regular expression engine say.
        reason: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Wheel(reason) => write!(f, "the wheel cannot be read: {reason}"),
            Error::Corrections(reason) => write!(f, "the corrections cannot be read: {reason}"),
            Error::Correction { type_name, path, found } => {
                write!(f, "the correction of `{type_name}` at `{path}` no longer applies: upstream has {found}")
            }
            Error::Pattern { type_name, pattern, reason } => {
                write!(f, "a pattern of `{type_name}` needs a correction, `{pattern}`: {reason}")
            }
        }
    }
}

impl std::error::Error for Error {}
