//! What a validator says.

use std::collections::BTreeMap;

use super::form::Form;

/// Something that CloudFormation, or the service behind it, will not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer into `Properties` as they were given: through `/Fn::If/1` into the branch for true. Of
    /// something missing, where it is missing.
    pub path: String,
    /// Of which kind.
    pub kind: ViolationKind,
    /// What is wrong, in the template's words. Holds no value that may be a secret.
    pub message: String,
    /// A way out, if one is near.
    pub help: Option<String>,
    /// The conditions under which it is so, by name; empty: always. What the path says by itself is not repeated.
    pub when: BTreeMap<String, bool>,
}

/// The kinds of violation, with the codes that cfn-lint has for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViolationKind {
    /// A property that the type does not have. E3002
    UnknownProperty,
    /// A text of another format: an address range. E1103
    Format,
    /// A text that is no identifier of the form that is asked for. E1150 and those that follow
    Identifier(Form),
    /// A property is missing. E3003
    Required,
    /// An element of a list that must be another at that place. E3008
    Element,
    /// A value of another type, which CloudFormation would not convert. E3012
    WrongType,
    /// Of several properties exactly one must be there. E3014
    RequiredXor,
    /// None of several alternatives holds. E3017
    NoAlternative,
    /// Not exactly one of several alternatives holds. E3018
    OneAlternative,
    /// A property that another excludes. E3020
    DependentExcluded,
    /// A property that another needs is missing. E3021
    DependentRequired,
    /// A value that is none of those allowed. E3030
    NotInEnum,
    /// A text that does not match the pattern. E3031
    Pattern,
    /// A list too short or too long. E3032
    ArrayLength,
    /// A text too short or too long. E3033
    StringLength,
    /// A number too small, too large or no multiple. E3034
    NumberRange,
    /// Two equal elements in a list. E3037
    NotUnique,
    /// A property that only AWS sets. E3040
    ReadOnly,
    /// Of several properties at least one must be there. E3058
    RequiredOr,
    /// Too many different elements in a list. E3065
    TooManyUnique,
    /// An object with too few or too many properties, or a value that is excluded: cfn-lint reports these under the code of the
    /// property as a whole. E3002
    Excluded,
}

impl ViolationKind {
    /// The code: cfn-lint's for the same meaning.
    pub fn code(self) -> &'static str {
        match self {
            ViolationKind::UnknownProperty | ViolationKind::Excluded => "E3002",
            ViolationKind::Format => "E1103",
            ViolationKind::Identifier(form) => form.code(),
            ViolationKind::Required => "E3003",
            ViolationKind::Element => "E3008",
            ViolationKind::WrongType => "E3012",
            ViolationKind::RequiredXor => "E3014",
            ViolationKind::NoAlternative => "E3017",
            ViolationKind::OneAlternative => "E3018",
            ViolationKind::DependentExcluded => "E3020",
            ViolationKind::DependentRequired => "E3021",
            ViolationKind::NotInEnum => "E3030",
            ViolationKind::Pattern => "E3031",
            ViolationKind::ArrayLength => "E3032",
            ViolationKind::StringLength => "E3033",
            ViolationKind::NumberRange => "E3034",
            ViolationKind::NotUnique => "E3037",
            ViolationKind::ReadOnly => "E3040",
            ViolationKind::RequiredOr => "E3058",
            ViolationKind::TooManyUnique => "E3065",
        }
    }
}
