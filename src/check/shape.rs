//! What a map of a template may hold where no resource type says so: policies of resources, metadata, transforms.

use crate::diagnostic::suggest;
use crate::template::{Function, Intrinsic, Map, Path, Value};

/// What a value must be. What a function returns is not known, and anything is taken for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// Whatever.
    Any,
    /// Text; a number or a truth value is taken for text, as CloudFormation does.
    Text,
    /// `true` or `false`, or the text of one.
    Flag,
    /// A whole number from the first to the second, or the text of one.
    Integer(i64, i64),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of such values.
    List(&'static Shape),
    /// A map with these keys.
    Map(&'static [Key]),
    /// A map with whatever keys, each to such a value.
    Named(&'static Shape),
    /// A map with these keys and whatever others.
    Open(&'static [Key]),
}

/// A key of a map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

impl Key {
    /// Checks the value of the key, to which `path` leads.
    pub(super) fn check(&self, value: &Value, path: &Path<'_>, found: Found<'_>) {
        self.shape.check(value, self.name, path, found);
    }
}

/// A key that may be there.
pub(super) const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, is_required: false }
}

/// A key that must be there.
pub(super) const fn required(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, is_required: true }
}

/// Any whole number.
pub(super) const INTEGER: Shape = Shape::Integer(i64::MIN, i64::MAX);
/// A whole number that is not negative.
pub(super) const COUNT: Shape = Shape::Integer(0, i64::MAX);

/// What is called with the place of a fault, the message and the cure.
pub(super) type Found<'f> = &'f mut dyn FnMut(String, String, Option<String>);

impl Shape {
    /// Tells `found` of all that is not as it must be in `value`, which `name` names and to which `path` leads.
    pub(super) fn check(self, value: &Value, name: &str, path: &Path<'_>, found: Found<'_>) {
        match value {
            // Null is said where the template is read.
            Value::Null => {}
            Value::Intrinsic(Intrinsic::Call(Function::If, argument)) => {
                let arguments = argument.as_list().unwrap_or_default();
                let outer = path.key(Function::If.long_name());
                for (index, branch) in arguments.iter().enumerate().skip(1) {
                    self.check(branch, name, &outer.index(index), found);
                }
            }
            Value::Intrinsic(_) => {}
            value => self.check_plain(value, name, path, found),
        }
    }

    fn check_plain(self, value: &Value, name: &str, path: &Path<'_>, found: Found<'_>) {
        match (self, value) {
            (Self::Any, _) => {}
            (Self::List(inner), Value::List(values)) => {
                let each = values.iter().enumerate();
                each.for_each(|(index, value)| inner.check(value, name, &path.index(index), found));
            }
            (Self::Map(keys) | Self::Open(keys), Value::Map(map)) => {
                check_keys(keys, map, name, path, found);
                if matches!(self, Self::Map(_)) {
                    refuse_others(keys, map, name, path, found);
                }
            }
            (Self::Named(inner), Value::Map(map)) => {
                map.iter().for_each(|(key, value)| inner.check(value, key, &path.key(key), found));
            }
            (shape, value) if shape.is_met(value) => {}
            (shape, value) => found(path.to_string(), format!("`{name}` {}", shape.complaint(value)), None),
        }
    }

    fn is_met(self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            _ => return false,
        };
        match self {
            Self::Text => true,
            Self::Flag => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
            Self::Integer(least, most) => text.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number)),
            Self::Word(words) => words.contains(&text.as_str()),
            _ => false,
        }
    }

    fn complaint(self, value: &Value) -> String {
        let is = value.kind();
        let must = match self {
            Self::Any | Self::Text => "text".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Integer(i64::MIN, i64::MAX) => "a whole number".to_owned(),
            Self::Integer(least, i64::MAX) => format!("a whole number of at least {least}"),
            Self::Integer(least, most) => format!("a whole number from {least} to {most}"),
            Self::Word(words) => format!("one of `{}`", words.join("`, `")),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) | Self::Named(_) | Self::Open(_) => "a map".to_owned(),
        };
        match value {
            Value::String(text) if text.len() <= 64 => format!("is `{text}`, and must be {must}"),
            Value::Number(number) => format!("is {number}, and must be {must}"),
            _ => format!("is {is}, and must be {must}"),
        }
    }
}

fn check_keys(keys: &[Key], map: &Map, name: &str, path: &Path<'_>, found: Found<'_>) {
    for key in keys {
        match map.get(key.name) {
            Some(value) => key.shape.check(value, key.name, &path.key(key.name), found),
            None if key.is_required => found(path.to_string(), format!("`{name}` has no `{}`", key.name), None),
            None => {}
        }
    }
}

fn refuse_others(keys: &[Key], map: &Map, name: &str, path: &Path<'_>, found: Found<'_>) {
    let names = || keys.iter().map(|key| key.name);
    for key in map.keys().filter(|key| !key.starts_with("Fn::") && !names().any(|name| name == *key)) {
        let help = suggest(key, names()).unwrap_or_else(|| match keys {
            [] => "it has no keys".to_owned(),
            _ => format!("it may have `{}`", names().collect::<Vec<_>>().join("`, `")),
        });
        found(path.key(key).to_string(), format!("`{key}` is no key of `{name}`"), Some(help));
    }
}
