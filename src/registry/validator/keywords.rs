//! The keywords that are ours: those of CloudFormation, and those whose meaning it changes. Their messages lack the
//! subject, which the report adds, since it knows whether that may be shown.

use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError, ValidationOptions};
use serde_json::{Map, Value};

use super::world::is_function;
use super::{format, words};
use crate::registry::LazyPattern;

/// Holds for an intrinsic function.
pub const FUNCTION: &str = "cfnFunction";
/// Holds for what is no intrinsic function.
pub const LITERAL: &str = "cfnLiteral";

pub type Complaint = Option<String>;
pub type Check = Box<dyn Fn(&Value) -> Complaint + Send + Sync>;
/// From a keyword's value to its check.
type Keywords<const COUNT: usize> = [(&'static str, fn(&Value) -> Check); COUNT];

/// `jsonschema` with our keywords.
pub fn options() -> ValidationOptions<'static> {
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(false);
    let options = options.with_keyword("pattern", |_: &Map<String, Value>, pattern: &Value, _: Location| {
        Ok(Box::new(LazyPattern::new(pattern)) as Box<dyn for<'i> Keyword<'i>>)
    });
    KEYWORDS.iter().fold(options, |options, &(name, check)| {
        options.with_keyword(name, move |_: &Map<String, Value>, value: &Value, _: Location| compile(check(value)))
    })
}

const KEYWORDS: Keywords<17> = [
    (FUNCTION, |_| Box::new(|instance| (!is_function(instance)).then(String::new))),
    (LITERAL, |_| Box::new(|instance| is_function(instance).then(String::new))),
    ("type", of_type),
    ("enum", one_of),
    ("const", constant),
    ("enumCaseInsensitive", one_of_in_any_case),
    ("minimum", |limit| number(limit, |value, limit| value < limit, "less than")),
    ("maximum", |limit| number(limit, |value, limit| value > limit, "more than")),
    ("exclusiveMinimum", |limit| number(limit, |value, limit| value <= limit, "not more than")),
    ("exclusiveMaximum", |limit| number(limit, |value, limit| value >= limit, "not less than")),
    ("format", format::check),
    ("requiredXor", exactly_one),
    ("requiredOr", at_least_one),
    ("dependentExcluded", |rules| dependent(rules, true)),
    ("dependentRequired", |rules| dependent(rules, false)),
    ("uniqueKeys", unique_keys),
    ("maxUniqueItems", max_unique),
];

struct Ours(Check);

impl<'i> Keyword<'i> for Ours {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match (self.0)(instance) {
            None => Ok(()),
            Some(complaint) => Err(ValidationError::custom(complaint)),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        (self.0)(instance).is_none()
    }
}

fn compile<'a>(check: Check) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    Ok(Box::new(Ours(check)))
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// `type`, with CloudFormation's conversions: any scalar serves as a text, a text that spells a number or a truth value as
/// that.
fn of_type(types: &Value) -> Check {
    let types = if types.is_array() { names(types) } else { names(&Value::Array(vec![types.clone()])) };
    Box::new(move |instance| {
        let is_fine = is_function(instance) || types.iter().any(|name| is_of_type(instance, name));
        (!is_fine)
            .then(|| format!("is not {}", words::either(types.iter().map(|name| words::type_name(name).to_owned()))))
    })
}

fn is_of_type(instance: &Value, name: &str) -> bool {
    match (name, instance) {
        ("object", Value::Object(_)) | ("array", Value::Array(_)) | ("null", Value::Null) => true,
        ("string", Value::String(_) | Value::Number(_) | Value::Bool(_)) | ("boolean", Value::Bool(_)) => true,
        ("boolean", Value::String(text)) => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        ("number", _) => as_number(instance).is_some(),
        ("integer", _) => as_number(instance).is_some_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

/// A number, or a text that spells one.
fn as_number(instance: &Value) -> Option<f64> {
    match instance {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn number(limit: &Value, is_beyond: fn(f64, f64) -> bool, words: &'static str) -> Check {
    let (limit, shown) = (limit.as_f64().unwrap_or(f64::NAN), limit.to_string());
    Box::new(move |instance| {
        as_number(instance).filter(|number| is_beyond(*number, limit)).map(|_| format!("is {words} {shown}"))
    })
}

/// Whether two values are the same to CloudFormation: `5` and `"5"`, `true` and `"true"`.
fn is_same(instance: &Value, other: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    instance == other
        || !(instance.is_string() && other.is_string())
            && text(instance).is_some_and(|own| text(other).is_some_and(|other| own.eq_ignore_ascii_case(&other)))
}

fn one_of(values: &Value) -> Check {
    let values = values.as_array().cloned().unwrap_or_default();
    Box::new(move |instance| {
        let is_fine = is_function(instance) || values.iter().any(|value| is_same(instance, value));
        (!is_fine).then(|| format!("is not {}", words::values(&values)))
    })
}

fn constant(value: &Value) -> Check {
    one_of(&Value::Array(vec![value.clone()]))
}

fn one_of_in_any_case(values: &Value) -> Check {
    let values = values.as_array().cloned().unwrap_or_default();
    let lower = |value: &Value| value.as_str().map(str::to_lowercase);
    Box::new(move |instance| {
        let is_fine = is_function(instance)
            || values.iter().any(|value| lower(value) == lower(instance) || is_same(instance, value));
        (!is_fine).then(|| format!("is not {}, in whatever case", words::values(&values)))
    })
}

fn present(instance: &Value, names: &[String]) -> Option<Vec<String>> {
    let members = instance.as_object()?;
    Some(names.iter().filter(|name| members.contains_key(*name)).cloned().collect())
}

fn exactly_one(required: &Value) -> Check {
    let required = names(required);
    Box::new(move |instance| {
        let present = present(instance, &required).filter(|present| present.len() != 1)?;
        let have =
            if present.is_empty() { "none is there".to_owned() } else { format!("{} are there", words::all(present)) };
        Some(format!("exactly one of {} is required, and {have}", words::all(required.iter().cloned())))
    })
}

fn at_least_one(required: &Value) -> Check {
    let required = names(required);
    Box::new(move |instance| {
        present(instance, &required).filter(Vec::is_empty)?;
        Some(format!("at least one of {} is required", words::all(required.iter().cloned())))
    })
}

fn dependent(rules: &Value, excluded: bool) -> Check {
    let rules: Vec<(String, Vec<String>)> =
        rules.as_object().into_iter().flatten().map(|(name, others)| (name.clone(), names(others))).collect();
    Box::new(move |instance| {
        let members = instance.as_object()?;
        let applies = rules.iter().filter(|(name, _)| members.contains_key(name));
        let mut broken = applies.flat_map(|(name, others)| {
            others.iter().filter(|other| members.contains_key(*other) == excluded).map(move |other| (name, other))
        });
        let (name, other) = broken.next()?;
        Some(format!("`{name}` {} `{other}`", if excluded { "excludes" } else { "needs" }))
    })
}

fn unique_keys(keys: &Value) -> Check {
    let keys = names(keys);
    Box::new(move |instance| {
        let values: Vec<Vec<&Value>> = instance
            .as_array()?
            .iter()
            .map(|element| keys.iter().filter_map(|key| element.get(key)).collect())
            .collect();
        let is_repeated = |index: &usize| !values[*index].is_empty() && values[..*index].contains(&values[*index]);
        let repeated = (0..values.len()).find(is_repeated)?;
        Some(format!("the element at {repeated} has the same {} as one before it", words::all(keys.iter().cloned())))
    })
}

fn max_unique(limit: &Value) -> Check {
    let limit = limit.as_u64().unwrap_or(u64::MAX) as usize;
    Box::new(move |instance| {
        let elements = instance.as_array()?;
        let count =
            elements.iter().enumerate().filter(|(index, element)| !elements[..*index].contains(element)).count();
        (count > limit).then(|| format!("the list has {count} different elements, and at most {limit} are allowed"))
    })
}
