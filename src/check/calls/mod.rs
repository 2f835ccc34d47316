//! How functions are used: what each is given, where each stands, and whether what it gives is of the kind that is wanted
//! there. One walk over the template finds everything; each rule takes what bears its code.

mod argument;
mod grammar;
mod kind;
mod placed;
mod walk;

use super::context::Context;
use crate::template::{Function, Intrinsic, Map, Reference, Value};

pub(super) use kind::{Kinds, of as kind_of};
pub(super) use placed::{Placed, each_placed};

/// A wrong use of a function.
#[derive(Clone, Debug)]
pub(super) struct Misuse {
    /// The code of the rule that tells it.
    pub code: &'static str,
    /// Where, as a pointer into the template.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
}

/// Every wrong use in a template.
pub(super) fn misuses(context: &Context<'_>) -> Vec<Misuse> {
    walk::Walk::new(context).run()
}

/// The code of the rule about a function; none for those that have none, or whose rules look for themselves.
pub(super) fn code(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::GetAtt => "E1010",
        Function::FindInMap => "E1011",
        Function::GetAzs => "E1015",
        Function::ImportValue => "E1016",
        Function::Select => "E1017",
        Function::Split => "E1018",
        Function::Sub => "E1019",
        Function::Ref => "E1020",
        Function::Base64 => "E1021",
        Function::Join => "E1022",
        Function::Cidr => "E1024",
        Function::If => "E1028",
        Function::Length => "E1030",
        Function::ToJsonString => "E1031",
        Function::GetStackOutput => "E1033",
        _ => return None,
    })
}

/// The function that a value is a call of.
pub(super) fn function_of(value: &Value) -> Option<Function> {
    match value {
        Value::Intrinsic(Intrinsic::Reference(Reference::Ref(_))) => Some(Function::Ref),
        Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(..))) => Some(Function::GetAtt),
        Value::Intrinsic(Intrinsic::Sub(_)) => Some(Function::Sub),
        Value::Intrinsic(Intrinsic::Call(function, _)) => Some(*function),
        _ => None,
    }
}

/// Whether a value is written out, and holds nothing.
fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))
}

/// The properties of a resource that are chosen as a whole: the condition and the two maps.
pub(super) fn chosen_properties(properties: &Map) -> Option<(&str, [&Value; 2])> {
    match properties.get("Fn::If")?.as_list()? {
        [Value::String(condition), yes, no] => Some((condition, [yes, no])),
        _ => None,
    }
}

/// The argument of a well-formed `Fn::If`: the condition and the two branches.
pub(super) fn branches(value: &Value) -> Option<(&str, [&Value; 2])> {
    match value {
        Value::Intrinsic(Intrinsic::Call(Function::If, argument)) => match argument.as_list()? {
            [Value::String(condition), yes, no] => Some((condition, [yes, no])),
            _ => None,
        },
        _ => None,
    }
}
