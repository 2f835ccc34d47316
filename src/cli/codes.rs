//! The findings that the command line itself can have.

use crate::diagnostic::Code;

/// A file that cannot be read.
pub const UNREADABLE: Code = Code::new("S0801", "unreadable-file");
/// An environment that is not there.
pub const UNKNOWN_ENVIRONMENT: Code = Code::new("S0802", "unknown-environment");
/// A stack that is not there.
pub const UNKNOWN_STACK: Code = Code::new("S0803", "unknown-stack");
/// A name that cannot be that of a file.
pub const UNFIT_NAME: Code = Code::new("S0804", "unfit-name");
/// Two stacks of one name in an environment.
pub const SAME_NAME: Code = Code::new("S0805", "two-stacks-one-name");
/// A settings file for a program that reads none.
pub const NO_SETTINGS: Code = Code::new("S0806", "settings-of-a-program");
/// A code or a rule that is not there.
pub const UNKNOWN_CODE: Code = Code::new("S0807", "unknown-code");
/// A resource type that is not there.
pub const UNKNOWN_TYPE: Code = Code::new("S0808", "unknown-resource-type");
/// A place of output that is in no repository.
pub const OUT_IN_REPOSITORY: Code = Code::new("S0809", "output-outside-repository");
/// Something else where a folder must be.
pub const NO_FOLDER: Code = Code::new("S0811", "no-folder");
/// A symbolic link where output goes.
pub const LINK: Code = Code::new("S0812", "output-through-link");
/// A file in the way that no manifest owns.
pub const IN_THE_WAY: Code = Code::new("S0813", "file-in-the-way");
/// A manifest that cannot be one.
pub const NO_MANIFEST: Code = Code::new("S0814", "malformed-manifest");
/// Output that could not be written.
pub const UNWRITABLE: Code = Code::new("S0815", "failed-write");
/// A resource that is asked for and not there, or that does not do what is asked of it.
pub const UNKNOWN_RESOURCE: Code = Code::new("S0822", "unknown-resource");
/// A format that has no words for what is asked.
pub const UNTELLABLE: Code = Code::new("S0823", "format-that-cannot-tell");
/// Output that is not what the stacks give.
pub const OUT_OF_DATE: Code = Code::new("S0816", "output-out-of-date");
/// Another run that writes to the same folder.
pub const BUSY: Code = Code::new("S0817", "another-run");
/// Output over what is read-only.
pub const READ_ONLY: Code = Code::new("S0818", "read-only-output");
/// Something that a run which was cut off has left, and that is not Formwork's.
pub const LEFT_OVER: Code = Code::new("S0819", "left-by-another-run");
/// A project where files of one are already.
pub const NOT_EMPTY: Code = Code::new("S0821", "project-in-the-way");

/// Every code, in order.
pub const ALL: &[Code] = &[
    UNREADABLE,
    UNKNOWN_ENVIRONMENT,
    UNKNOWN_STACK,
    UNFIT_NAME,
    SAME_NAME,
    NO_SETTINGS,
    UNKNOWN_CODE,
    UNKNOWN_TYPE,
    OUT_IN_REPOSITORY,
    NO_FOLDER,
    LINK,
    IN_THE_WAY,
    NO_MANIFEST,
    UNWRITABLE,
    OUT_OF_DATE,
    BUSY,
    READ_ONLY,
    LEFT_OVER,
    NOT_EMPTY,
    UNKNOWN_RESOURCE,
    UNTELLABLE,
];
