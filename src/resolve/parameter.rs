//! What a parameter's declaration says of its values.

use regex::bytes::RegexBuilder;

use crate::template::{Parameter, Value};

/// Patterns larger than this, compiled, are taken for true of anything.
const LARGEST_PATTERN: usize = 1 << 20;

/// What a value of a parameter is, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// `String`.
    Text,
    /// `Number`.
    Number,
    /// `CommaDelimitedList`.
    Texts,
    /// `List<Number>`.
    Numbers,
    /// The id of something that exists in the account, such as `AWS::EC2::VPC::Id`.
    Existing,
    /// A list of such ids.
    ManyExisting,
    /// The name of a Systems Manager parameter, whose value CloudFormation takes.
    Stored,
    /// Likewise, of a list.
    StoredList,
    /// A type that CloudFormation does not have.
    Other,
}

impl ParameterKind {
    /// The kind of a parameter.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>
    pub fn of(parameter: &Parameter) -> Self {
        match parameter.kind.as_str() {
            "String" | "AWS::SSM::Parameter::Name" => Self::Text,
            "Number" => Self::Number,
            "CommaDelimitedList" | "List<String>" => Self::Texts,
            "List<Number>" => Self::Numbers,
            kind => match kind.strip_prefix("AWS::SSM::Parameter::Value<") {
                Some(of) if of.starts_with("List<") || of.starts_with("CommaDelimitedList") => Self::StoredList,
                Some(_) => Self::Stored,
                None if kind.starts_with("List<AWS::") => Self::ManyExisting,
                None if kind.starts_with("AWS::") => Self::Existing,
                None => Self::Other,
            },
        }
    }

    /// Whether `Ref` returns a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::Numbers | Self::ManyExisting | Self::StoredList)
    }

    /// Whether its value is the name of what `Ref` returns, so that its constraints say nothing of that.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>:
    /// "CloudFormation doesn't perform any validations on the values".
    pub fn is_stored(self) -> bool {
        matches!(self, Self::Stored | Self::StoredList)
    }
}

/// The type that an id of something existing names: `AWS::EC2::VPC` of `AWS::EC2::VPC::Id` and of lists of it.
pub fn existing_type(parameter: &Parameter) -> Option<&str> {
    let kind = parameter.kind.as_str();
    let kind = kind.strip_prefix("AWS::SSM::Parameter::Value<").and_then(|of| of.strip_suffix('>')).unwrap_or(kind);
    let kind = kind.strip_prefix("List<").and_then(|of| of.strip_suffix('>')).unwrap_or(kind);
    kind.rsplit_once("::").filter(|(service, _)| service.starts_with("AWS::")).map(|(of, _)| of)
}

/// The text of a scalar.
pub(super) fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The only values that what `Ref` returns can have, each once, if the declaration names them.
pub(super) fn allowed(parameter: &Parameter) -> Option<Vec<String>> {
    let kind = ParameterKind::of(parameter);
    if parameter.allowed_values.is_empty() || kind.is_list() || kind.is_stored() {
        return None;
    }
    let mut values: Vec<String> = Vec::new();
    for value in &parameter.allowed_values {
        let value = spelled(value)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(values)
}

/// Whether what `Ref` returns can be this text, as far as the declaration's type, pattern and bounds say.
pub(super) fn admits(parameter: &Parameter, value: &str) -> bool {
    let bound =
        |bound: &Option<Value>| bound.as_ref().and_then(spelled).and_then(|text| text.trim().parse::<f64>().ok());
    match ParameterKind::of(parameter) {
        ParameterKind::Number => {
            let Ok(number) = value.trim().parse::<f64>() else { return false };
            bound(&parameter.min_value).is_none_or(|least| number >= least)
                && bound(&parameter.max_value).is_none_or(|most| number <= most)
        }
        ParameterKind::Text => {
            let length = value.chars().count() as f64;
            bound(&parameter.min_length).is_none_or(|least| length >= least)
                && bound(&parameter.max_length).is_none_or(|most| length <= most)
                && parameter.allowed_pattern.as_deref().is_none_or(|pattern| matches_pattern(pattern, value))
        }
        _ => true,
    }
}

/// Whether a text as a whole matches a pattern of Java, as far as that is certain: what is read differently elsewhere
/// matches.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>: "The
/// pattern must match the entire parameter value provided".
pub fn matches_pattern(pattern: &str, value: &str) -> bool {
    if !pattern.is_ascii() || !value.is_ascii() {
        return true;
    }
    let whole = format!("^(?:{pattern})$");
    // Classes such as `\w` are those of ASCII in Java.
    let compiled = RegexBuilder::new(&whole).unicode(false).size_limit(LARGEST_PATTERN).build();
    compiled.map_or(true, |compiled| compiled.is_match(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_excludes_values() {
        let text = |pattern: &str| Parameter {
            kind: "String".into(),
            allowed_pattern: Some(pattern.into()),
            min_length: Some(Value::from(1)),
            ..Parameter::default()
        };
        assert!(admits(&text("[a-z]+|x1"), "x1"));
        assert!(!admits(&text("[a-z]+|x1"), "1"));
        assert!(!admits(&text(".*"), ""));
        assert!(admits(&text("(?<=look)behind"), "anything"), "what cannot be read excludes nothing");
        let number = Parameter { kind: "Number".into(), max_value: Some(Value::from("9")), ..Parameter::default() };
        assert!(admits(&number, "9") && !admits(&number, "10") && !admits(&number, "x"));
    }

    #[test]
    fn kinds_are_known_by_their_types() {
        let kind = |kind: &str| ParameterKind::of(&Parameter { kind: kind.into(), ..Parameter::default() });
        assert_eq!(kind("List<AWS::EC2::Subnet::Id>"), ParameterKind::ManyExisting);
        assert_eq!(kind("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"), ParameterKind::Stored);
        assert_eq!(kind("AWS::SSM::Parameter::Value<List<String>>"), ParameterKind::StoredList);
        let vpc =
            Parameter { kind: "AWS::SSM::Parameter::Value<List<AWS::EC2::VPC::Id>>".into(), ..Parameter::default() };
        assert_eq!(existing_type(&vpc), Some("AWS::EC2::VPC"));
        assert_eq!(existing_type(&Parameter { kind: "String".into(), ..Parameter::default() }), None);
    }
}
