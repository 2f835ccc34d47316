//! Conditions of a statement: operators, keys, values.

use super::document::Reader;
use crate::resolve::{Formula, Resolution};
use crate::template::{Value, is_macro};

/// The operators that IAM knows, without `ForAnyValue:`, `ForAllValues:` and `IfExists`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const OPERATORS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

/// An operator without what may stand around it.
fn operator(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("ForAnyValue:").or(name.strip_prefix("ForAllValues:")).unwrap_or(name);
    let known = |name: &str| OPERATORS.iter().copied().find(|known| *known == name);
    known(name).or_else(|| known(name.strip_suffix("IfExists")?))
}

pub(super) fn read<'a>(reader: &mut Reader<'_, 'a>, value: &'a Value, under: Formula) {
    for case in reader.cases(value, under) {
        match case.value {
            Resolution::Map(map) => {
                for (name, keys) in map {
                    match operator(name) {
                        Some(operator) => read_keys(reader, keys, operator == "Null", case.when),
                        None if is_macro(name) => {}
                        None => {
                            let help = nearest(name);
                            reader.key(case.source, name, format!("`{name}` is no operator of a condition"), &help);
                        }
                    }
                }
            }
            Resolution::Symbol(_) | Resolution::Mixed(_) | Resolution::Absent => {}
            _ => not_a_map(reader, case.source, "a condition is a map from operators to keys and values"),
        }
    }
}

fn not_a_map<'a>(reader: &mut Reader<'_, 'a>, at: &'a Value, message: &str) {
    reader.fault(at, message.to_owned(), "write it like `StringEquals: { aws:SourceAccount: '111122223333' }`");
}

fn read_keys<'a>(reader: &mut Reader<'_, 'a>, keys: &'a Value, is_null: bool, under: Formula) {
    for case in reader.cases(keys, under) {
        match case.value {
            Resolution::Map(map) => {
                for (key, values) in map.iter().filter(|(key, _)| !is_macro(key)) {
                    read_values(reader, key, values, is_null, case.when);
                }
            }
            Resolution::Symbol(_) | Resolution::Mixed(_) | Resolution::Absent => {}
            _ => not_a_map(reader, case.source, "an operator has a map from keys to values"),
        }
    }
}

fn read_values<'a>(reader: &mut Reader<'_, 'a>, key: &str, values: &'a Value, is_null: bool, under: Formula) {
    for (value, at) in reader.operands(values, under) {
        if let Some(text) = value.spelled().filter(|text| is_null && !matches!(&**text, "true" | "false")) {
            let message = format!("`Null` asks whether `{key}` is absent, and `{text}` is no answer");
            reader.fault(at, message, "write `true` or `false`");
        }
    }
}

fn nearest(name: &str) -> String {
    match OPERATORS.iter().find(|operator| operator.eq_ignore_ascii_case(name)) {
        Some(operator) => format!("did you mean `{operator}`?"),
        None => "`StringEquals`, `StringLike`, `ArnLike`, `Bool`, `IpAddress` and `Null` are some".to_owned(),
    }
}
