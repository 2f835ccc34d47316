//! From an error of `jsonschema` to a violation in the template's words.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::local::is_artifact;
use super::{Subject, Violation, ViolationKind, format, words};
use crate::diagnostic::suggest;
use crate::registry::type_facts::member;
use crate::template::pointer;

/// Names whose values are not shown: each, in lower case, anywhere in the name.
const SECRET: [&str; 8] =
    ["password", "secret", "token", "passphrase", "privatekey", "credential", "authorization", "apikey"];

impl Subject {
    /// What an error says.
    pub fn report(&self, error: &ValidationError<'_>) -> Vec<Violation> {
        let path = error.instance_path().as_str();
        match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                unexpected.iter().map(|name| self.unknown(path, name)).collect()
            }
            Kind::AnyOf { context } => self.alternatives(error, context, ViolationKind::NoAlternative),
            Kind::OneOfNotValid { context } => self.alternatives(error, context, ViolationKind::OneAlternative),
            Kind::Custom { keyword, .. } if keyword == "type" && self.is_artifact(path, error.instance()) => Vec::new(),
            _ => vec![self.single(error, path)],
        }
    }

    fn is_artifact(&self, path: &str, instance: &Value) -> bool {
        instance.is_string() && is_artifact(self.schema["typeName"].as_str().unwrap_or_default(), path)
    }

    fn unknown(&self, path: &str, name: &str) -> Violation {
        let properties = self.properties_at(path);
        let meant = suggest(name, properties.iter().map(String::as_str));
        let known = || {
            (1..=8)
                .contains(&properties.len())
                .then(|| format!("its properties are {}", words::all(properties.iter().cloned())))
        };
        let place = path.rsplit('/').find(|segment| segment.parse::<usize>().is_err()).filter(|name| !name.is_empty());
        let owner = place.or(self.schema["typeName"].as_str()).unwrap_or_default();
        let message = format!("`{owner}` has no property `{name}`");
        let path = format!("{path}{}", pointer([name]));
        Violation {
            path,
            kind: ViolationKind::UnknownProperty,
            message,
            help: meant.or_else(known),
            when: Default::default(),
        }
    }

    /// The names of the properties that an object may have.
    fn properties_at(&self, path: &str) -> Vec<String> {
        let mut segments = path.split('/').skip(1);
        let schema = segments.try_fold(&*self.schema, |schema, segment| member(&self.schema, schema, segment));
        let properties = schema.map(|schema| &schema["properties"]).and_then(Value::as_object);
        properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .filter(|name| !self.is_read_only(path, name))
            .collect()
    }

    fn is_read_only(&self, path: &str, name: &str) -> bool {
        self.read_only.iter().any(|read_only| read_only.covers(path.split('/').skip(1).chain([name])))
    }

    pub(super) fn single(&self, error: &ValidationError<'_>, path: &str) -> Violation {
        let instance = error.instance();
        let shown = self.shown(path, instance);
        let (kind, message) = match error.kind() {
            Kind::Custom { keyword, message } => ours(keyword, message, &shown),
            Kind::Required { property } => {
                (ViolationKind::Required, format!("`{}` is required", words::plain(property)))
            }
            Kind::MinItems { limit } => (ViolationKind::ArrayLength, length(instance, "at least", *limit)),
            Kind::MaxItems { limit } => (ViolationKind::ArrayLength, length(instance, "at most", *limit)),
            Kind::MinLength { limit } => (ViolationKind::StringLength, length(instance, "at least", *limit)),
            Kind::MaxLength { limit } => (ViolationKind::StringLength, length(instance, "at most", *limit)),
            Kind::MinProperties { limit } => (ViolationKind::Excluded, length(instance, "at least", *limit)),
            Kind::MaxProperties { limit } => (ViolationKind::Excluded, length(instance, "at most", *limit)),
            Kind::MultipleOf { multiple_of } => {
                (ViolationKind::NumberRange, format!("{shown} is no multiple of {multiple_of}"))
            }
            Kind::UniqueItems => (ViolationKind::NotUnique, "two elements of the list are equal".to_owned()),
            Kind::OneOfMultipleValid { .. } => {
                (ViolationKind::OneAlternative, "more than one of the alternatives is there".to_owned())
            }
            Kind::FalseSchema => {
                let name = path.rsplit('/').next().unwrap_or_default();
                (ViolationKind::Excluded, format!("`{name}` is not allowed here"))
            }
            Kind::Contains => {
                (ViolationKind::ArrayLength, "no element of the list is of the kind that one must be".to_owned())
            }
            Kind::PropertyNames { error } => {
                (ViolationKind::Excluded, format!("`{}` cannot be a name here", words::plain(error.instance())))
            }
            Kind::Not { schema } if schema["enum"].is_array() => {
                (ViolationKind::Excluded, format!("{shown} is reserved"))
            }
            _ => (ViolationKind::Excluded, format!("{shown} is not allowed here")),
        };
        let help = (kind == ViolationKind::NotInEnum).then(|| self.meant(path, instance)).flatten();
        Violation { path: path.to_owned(), kind, message, help, when: Default::default() }
    }

    /// The value, or what can be said of it without showing it.
    pub(super) fn shown(&self, path: &str, instance: &Value) -> String {
        match instance {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            Value::Null => "null".to_owned(),
            _ if self.is_secret(path) => "the value".to_owned(),
            scalar => format!("`{}`", words::plain(scalar)),
        }
    }

    fn is_secret(&self, path: &str) -> bool {
        let segments = || path.split('/').skip(1);
        let is_telling = |name: &str| SECRET.iter().any(|secret| name.to_lowercase().contains(secret));
        segments().any(is_telling) || self.write_only.iter().any(|write_only| write_only.covers(segments()))
    }

    /// The value that was probably meant.
    fn meant(&self, path: &str, instance: &Value) -> Option<String> {
        let schema =
            path.split('/').skip(1).try_fold(&*self.schema, |schema, segment| member(&self.schema, schema, segment))?;
        let values = schema.get("enum").or_else(|| schema.get("enumCaseInsensitive"))?.as_array()?;
        suggest(instance.as_str()?, values.iter().filter_map(Value::as_str))
    }

    /// The errors of the alternative that was probably meant, if one is left once those of another type are gone; else one
    /// violation for all.
    fn alternatives(
        &self,
        error: &ValidationError<'_>,
        context: &[Vec<ValidationError<'static>>],
        kind: ViolationKind,
    ) -> Vec<Violation> {
        let path = error.instance_path().as_str();
        let is_of_type = |errors: &&Vec<ValidationError<'_>>| {
            !errors.iter().any(|inner| inner.instance_path().as_str() == path && inner.kind().keyword() == "type")
        };
        let mut likely = context.iter().filter(is_of_type);
        if let (Some(only), None) = (likely.next(), likely.next()) {
            return only.iter().flat_map(|error| self.report(error)).collect();
        }
        if let Some((path, names)) = all_missing(context) {
            let message = format!("one of {} is required", words::all(names.into_iter().map(str::to_owned)));
            return vec![Violation { path: path.to_owned(), kind, message, help: None, when: Default::default() }];
        }
        let first =
            context.iter().filter_map(|errors| self.report(errors.first()?).pop()).map(|violation| violation.message);
        let help = Some(first.collect::<Vec<_>>().join("; or "));
        let message = format!(
            "{} fits none of its {}",
            self.shown(path, error.instance()),
            words::count(context.len(), "alternative")
        );
        vec![Violation { path: path.to_owned(), kind, message, help, when: Default::default() }]
    }
}

/// Where something is missing and what, if all alternatives fail for want of it at one place.
fn all_missing<'a>(context: &'a [Vec<ValidationError<'_>>]) -> Option<(&'a str, BTreeSet<&'a str>)> {
    let mut errors = context.iter().flatten().map(|error| Some((error.instance_path().as_str(), required(error)?)));
    let (place, name) = errors.next()??;
    errors.try_fold((place, BTreeSet::from([name])), |(place, mut names), error| {
        let (other, name) = error?;
        names.insert(name);
        (place == other).then_some((place, names))
    })
}

/// The name of what an error misses.
fn required<'a>(error: &'a ValidationError<'_>) -> Option<&'a str> {
    match error.kind() {
        Kind::Required { property } => property.as_str(),
        _ => None,
    }
}

/// Kind and message of a keyword of ours.
fn ours(keyword: &str, message: &str, shown: &str) -> (ViolationKind, String) {
    let subject = || format!("{shown} {message}");
    match keyword {
        "type" => (ViolationKind::WrongType, subject()),
        "enum" | "enumCaseInsensitive" => (ViolationKind::NotInEnum, subject()),
        "format" => (format::kind_of(message), subject()),
        "const" => (ViolationKind::Element, subject()),
        "pattern" => (ViolationKind::Pattern, subject()),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => (ViolationKind::NumberRange, subject()),
        "requiredXor" => (ViolationKind::RequiredXor, message.to_owned()),
        "requiredOr" => (ViolationKind::RequiredOr, message.to_owned()),
        "dependentExcluded" => (ViolationKind::DependentExcluded, message.to_owned()),
        "dependentRequired" => (ViolationKind::DependentRequired, message.to_owned()),
        "uniqueKeys" => (ViolationKind::NotUnique, message.to_owned()),
        "maxUniqueItems" => (ViolationKind::TooManyUnique, message.to_owned()),
        _ => (ViolationKind::Excluded, "a function cannot stand here".to_owned()),
    }
}

fn length(instance: &Value, least_or_most: &str, limit: u64) -> String {
    let (owner, has, noun) = match instance {
        Value::Array(elements) => ("the list", elements.len(), "element"),
        Value::Object(members) => ("the object", members.len(), "property"),
        text => ("the value", text.as_str().map_or(0, |text| text.chars().count()), "character"),
    };
    let has = words::count(has, noun).replace("propertys", "properties");
    let verb = if limit == 1 { "is" } else { "are" };
    let rule = if least_or_most == "at least" { "needed" } else { "allowed" };
    format!("{owner} has {has}, and {least_or_most} {limit} {verb} {rule}")
}
