//! The findings that a settings file can have.

use crate::diagnostic::Code;

/// The text is not YAML.
pub const NOT_YAML: Code = Code::new("S0101", "malformed-settings");
/// A key stands twice in a map.
pub const DUPLICATE_KEY: Code = Code::new("S0102", "duplicate-key");
/// A key that no setting has.
pub const UNKNOWN_KEY: Code = Code::new("S0103", "unknown-key");
/// A part of YAML that settings do not use: anchors, tags, several documents.
pub const UNUSED_YAML: Code = Code::new("S0104", "yaml-beyond-settings");
/// The text of a secret stands in the settings.
pub const SECRET_TEXT: Code = Code::new("S0105", "secret-in-settings");
/// A value of another type than the setting's.
pub const WRONG_TYPE: Code = Code::new("S0201", "wrong-type");
/// A word that is not among the choices.
pub const UNKNOWN_CHOICE: Code = Code::new("S0202", "unknown-choice");
/// A text of another shape than the setting's.
pub const WRONG_SHAPE: Code = Code::new("S0203", "wrong-shape");
/// A number outside its range, a text or list of a wrong length.
pub const OUT_OF_RANGE: Code = Code::new("S0204", "out-of-range");
/// A value that stands twice in a list.
pub const REPEATED: Code = Code::new("S0205", "repeated-value");
/// A setting that is needed and not there.
pub const MISSING: Code = Code::new("S0206", "missing-setting");
/// Settings that exclude each other.
pub const EXCLUSIVE: Code = Code::new("S0207", "exclusive-settings");
/// An ARN of another service than the setting's.
pub const WRONG_SERVICE: Code = Code::new("S0301", "arn-of-wrong-service");
/// An ARN of another region than the environment's.
pub const WRONG_REGION: Code = Code::new("S0302", "arn-of-other-region");
/// An ARN of another account than the environment's.
pub const WRONG_ACCOUNT: Code = Code::new("S0303", "arn-of-other-account");
/// An ARN that names its resource in a form that does not serve.
pub const WRONG_RESOURCE: Code = Code::new("S0304", "arn-of-wrong-resource");
/// A kind of authentication that the engine does not have, or that was never seen to work with it.
pub const AUTH_OF_ENGINE: Code = Code::new("S0401", "auth-unfit-for-engine");
/// A kind of authentication that lacks what it rests on.
pub const AUTH_WITHOUT: Code = Code::new("S0402", "auth-without-its-means");
/// A setting that changes nothing beside the others.
pub const WITHOUT_EFFECT: Code = Code::new("S0403", "setting-without-effect");
/// A setting that the engine of the database does not have.
pub const UNFIT_FOR_ENGINE: Code = Code::new("S0404", "setting-unfit-for-engine");
/// Parts of which the one exists and the other is new, and that cannot come together.
pub const APART: Code = Code::new("S0405", "parts-that-cannot-meet");
/// An AWS API that is called and that no way leads to.
pub const OUT_OF_REACH: Code = Code::new("S0406", "api-out-of-reach");
/// A name that the engine keeps for itself.
pub const RESERVED_NAME: Code = Code::new("S0407", "name-reserved-by-engine");
/// Two environments that would be the same stack.
pub const SAME_STACK: Code = Code::new("S0501", "two-environments-one-stack");

/// Every code, in order.
pub const ALL: &[Code] = &[
    NOT_YAML,
    DUPLICATE_KEY,
    UNKNOWN_KEY,
    UNUSED_YAML,
    SECRET_TEXT,
    WRONG_TYPE,
    UNKNOWN_CHOICE,
    WRONG_SHAPE,
    OUT_OF_RANGE,
    REPEATED,
    MISSING,
    EXCLUSIVE,
    WRONG_SERVICE,
    WRONG_REGION,
    WRONG_ACCOUNT,
    WRONG_RESOURCE,
    AUTH_OF_ENGINE,
    AUTH_WITHOUT,
    WITHOUT_EFFECT,
    UNFIT_FOR_ENGINE,
    APART,
    OUT_OF_REACH,
    RESERVED_NAME,
    SAME_STACK,
];

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_and_names_are_in_order_and_unlike() {
        assert!(ALL.is_sorted_by(|left, right| left.id < right.id));
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
