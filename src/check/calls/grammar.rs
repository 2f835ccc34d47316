//! What each function takes: how many arguments, of which kind, and which functions may stand in them.

use super::kind::Kinds;
use crate::template::Function;
use Function::{
    Base64, Cidr, FindInMap, GetAtt, GetAzs, GetStackOutput, If, ImportValue, Join, Length, Ref, Select, Split, Sub,
    ToJsonString, Transform,
};

/// What may stand at one place of a function's argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Of which kind the value is, written or given by a function.
    pub takes: Kinds,
    /// The functions that may stand there.
    pub functions: &'static [Function],
    /// Those that may stand there as well where the template has the language extensions.
    pub extended: &'static [Function],
    /// Of a whole number: its bounds.
    pub range: Option<(i64, i64)>,
    /// Of a list: what its elements are.
    pub element: Option<&'static Slot>,
}

/// The argument of a function.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    /// One value.
    One(Slot),
    /// A list of so many; those behind the last slot may be anything.
    Several { least: usize, most: usize, slots: &'static [Slot] },
    /// A map of these names, of which the first `required` must be there.
    Named { names: &'static [&'static str], required: usize, slot: Slot },
}

const fn slot(takes: Kinds, functions: &'static [Function]) -> Slot {
    Slot { takes, functions, extended: &[], range: None, element: None }
}

const fn text(functions: &'static [Function]) -> Slot {
    slot(Kinds::TEXT, functions)
}

const fn whole(least: i64, most: i64, functions: &'static [Function]) -> Slot {
    Slot { range: Some((least, most)), ..slot(Kinds::TEXT, functions) }
}

/// Functions that compute a text from what may stand anywhere.
const CIDR: &[Function] = &[FindInMap, GetAtt, If, ImportValue, Select, Sub, Ref, Join];
const NAME: &[Function] = &[Base64, FindInMap, GetAtt, If, ImportValue, Join, Select, Sub, Ref];

/// A key of `Fn::FindInMap`.
const KEY: Slot = Slot { extended: &[Join, Sub, If, Select, Length, ToJsonString], ..text(&[FindInMap, Ref]) };

/// An element of `Fn::Join`.
const PIECE: Slot = Slot {
    extended: &[Length, ToJsonString],
    ..text(&[Base64, FindInMap, GetAtt, GetStackOutput, If, ImportValue, Join, Select, Sub, Transform, Ref])
};

/// A value that `Fn::Sub` is given.
pub(super) const VARIABLE: Slot = Slot {
    extended: &[Length],
    ..text(&[
        Base64,
        FindInMap,
        GetAtt,
        GetStackOutput,
        If,
        ImportValue,
        Join,
        Select,
        Sub,
        ToJsonString,
        Transform,
        Ref,
    ])
};

const BASE64: Slot = text(&[
    Base64,
    FindInMap,
    GetAtt,
    GetStackOutput,
    If,
    ImportValue,
    Join,
    Length,
    Select,
    Sub,
    ToJsonString,
    Transform,
    Ref,
]);

const LENGTH: Slot = slot(Kinds::LIST, &[Ref, FindInMap, Split, If, GetAzs]);
const JSON: Slot = slot(Kinds::LIST.or(Kinds::MAP), &[FindInMap, GetAtt, GetAzs, If, Select, Split, Ref]);

const RANGE_ARGUMENTS: &[Slot] = &[text(CIDR), whole(1, 256, CIDR), whole(1, 128, CIDR)];
const LOOKUP_ARGUMENTS: &[Slot] = &[KEY, KEY, KEY, slot(Kinds::MAP, &[])];
const IF_ARGUMENTS: &[Slot] = &[text(&[])];
const JOIN_ARGUMENTS: &[Slot] = &[
    text(&[]),
    Slot { element: Some(&PIECE), ..slot(Kinds::LIST, &[Cidr, FindInMap, GetAtt, GetAzs, If, Split, Ref, Select]) },
];
const SELECT_ARGUMENTS: &[Slot] = &[
    Slot { extended: &[Length], ..whole(0, i64::MAX, &[Ref, FindInMap]) },
    slot(Kinds::LIST, &[FindInMap, GetAtt, GetAzs, If, Split, Cidr, Ref, Select]),
];
const SPLIT_ARGUMENTS: &[Slot] =
    &[text(&[]), text(&[Base64, FindInMap, GetAtt, If, ImportValue, Join, Select, Sub, Ref, GetStackOutput])];

/// What a function takes; none where anything is right, or where another rule knows it.
///
/// Source: the page of each function under
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>, under
/// "Supported functions".
pub(super) fn argument(function: Function) -> Option<Argument> {
    let exactly = |count: usize, slots| Argument::Several { least: count, most: count, slots };
    Some(match function {
        Base64 => Argument::One(BASE64),
        Cidr => Argument::Several { least: 2, most: 3, slots: RANGE_ARGUMENTS },
        FindInMap => Argument::Several { least: 3, most: 4, slots: LOOKUP_ARGUMENTS },
        GetAzs => Argument::One(text(&[GetAtt, If, Join, Select, Sub, Ref])),
        GetStackOutput => {
            let names = &["StackName", "OutputName", "Region", "RoleArn"];
            Argument::Named { names, required: 2, slot: text(NAME) }
        }
        If => exactly(3, IF_ARGUMENTS),
        ImportValue => Argument::One(text(&[Base64, FindInMap, If, Join, Select, Sub, Ref])),
        Join => exactly(2, JOIN_ARGUMENTS),
        Length => Argument::One(LENGTH),
        Select => exactly(2, SELECT_ARGUMENTS),
        Split => exactly(2, SPLIT_ARGUMENTS),
        ToJsonString => Argument::One(JSON),
        _ => return None,
    })
}

/// The functions that may stand where `Ref` and `Fn::GetAtt` have a name, with the language extensions.
pub(super) const COMPUTED_NAME: &[Function] = &[Ref, Base64, FindInMap, Sub, If, Join, ToJsonString];

/// Whether a function is there with the language extensions only.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html>
pub(super) fn needs_extensions(function: Function) -> bool {
    matches!(function, Length | ToJsonString)
}
