//! What the schema refuses, in the words of the settings: place, reason, way out.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::{Map, Value};

use super::{codes, schema, words};
use crate::diagnostic::{Code, Diagnostic, Span, closest, did_you_mean, holds_secret_text};
use crate::registry::LazyPattern;
use crate::template::{Places, pointer};

/// The schema of the whole file.
pub(super) static FILE: LazyLock<Validator> = LazyLock::new(|| validator(schema::root()));

/// What an environment must have once it is complete.
pub(super) static COMPLETE: LazyLock<Validator> = LazyLock::new(|| validator(&schema::definition("complete")));

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft7);
    let options = options.with_keyword("pattern", |_: &Map<String, Value>, pattern: &Value, _: Location| {
        Ok(Box::new(LazyPattern::new(pattern)) as Box<dyn for<'i> Keyword<'i>>)
    });
    options.build(schema).unwrap_or_else(|_| unreachable!("the settings' schema is a schema"))
}

/// Everything that the schema refuses in `value`, which stands at the pointer `base`.
pub(super) fn violations(schema: &Validator, value: &Value, base: &str, places: &Places) -> Vec<Diagnostic> {
    let findings = schema.iter_errors(value).flat_map(|error| {
        let pointer = format!("{base}{}", error.instance_path().as_str());
        Violation { error: &error, schema: words::schema_at(&pointer), pointer, places }.findings()
    });
    findings.collect()
}

struct Violation<'a> {
    error: &'a ValidationError<'a>,
    pointer: String,
    schema: &'static Value,
    places: &'a Places,
}

impl Violation<'_> {
    fn findings(&self) -> Vec<Diagnostic> {
        match self.error.kind() {
            Kind::AdditionalProperties { unexpected } => unexpected.iter().map(|key| self.unknown_key(key)).collect(),
            Kind::Required { property } => vec![self.missing(property.as_str().unwrap_or_default())],
            Kind::UniqueItems => vec![self.repeated()],
            Kind::PropertyNames { error } => vec![self.name(error.instance().as_str().unwrap_or_default())],
            Kind::Enum { options } => vec![self.choice(options)],
            _ => vec![self.value().help(self.way_out())],
        }
    }

    /// What is wrong with the value itself.
    fn value(&self) -> Diagnostic {
        match self.error.kind() {
            Kind::Type { .. } => self.wrong_type(),
            Kind::Custom { keyword, .. } if keyword == "pattern" => {
                self.refused(codes::WRONG_SHAPE, self.said("patternErrorMessage").unwrap_or("it is of another shape"))
            }
            Kind::MinItems { .. } | Kind::MaxItems { .. } | Kind::MinProperties { .. } | Kind::MaxProperties { .. } => {
                self.wrong_count()
            }
            Kind::MinLength { .. } | Kind::MaxLength { .. } => self.wrong_length(),
            _ => self.refused(codes::OUT_OF_RANGE, &self.limit()),
        }
    }

    fn wrong_type(&self) -> Diagnostic {
        let wanted = words::wanted(self.schema);
        let message = format!("{} is {}, and {wanted} is wanted", self.setting(), words::kind(self.error.instance()));
        self.at_value(codes::WRONG_TYPE, message).label(format!("{wanted} is wanted"))
    }

    fn wrong_count(&self) -> Diagnostic {
        let value = self.error.instance();
        let entries = match value.as_array().map_or(value.as_object().map_or(0, |map| map.len()), Vec::len) {
            1 => "one entry".to_owned(),
            count => format!("{count} entries"),
        };
        self.at_key(codes::OUT_OF_RANGE, format!("{} has {entries}: {}", self.setting(), self.limit()))
    }

    fn wrong_length(&self) -> Diagnostic {
        let length = self.error.instance().as_str().map_or(0, |text| text.chars().count());
        self.at_value(codes::OUT_OF_RANGE, format!("{} has {length} characters: {}", self.setting(), self.limit()))
    }

    fn refused(&self, code: Code, reason: &str) -> Diagnostic {
        let value = words::short(self.error.instance());
        self.at_value(code, format!("{} does not take {value}: {reason}", self.setting()))
    }

    fn setting(&self) -> String {
        words::setting(&self.pointer)
    }

    fn way_out(&self) -> String {
        let keys: Vec<_> = schema::keys(self.schema).iter().map(|key| format!("`{key}`")).collect();
        match words::example(&self.pointer) {
            Some(example) => example,
            None if !keys.is_empty() => format!("the keys here are: {}", keys.join(", ")),
            None => "`formwork schema --settings` describes every key".to_owned(),
        }
    }

    /// The sentence that the schema has for people.
    fn said(&self, keyword: &str) -> Option<&'static str> {
        self.schema.get(keyword).and_then(Value::as_str)
    }

    fn limit(&self) -> String {
        let limit = match self.error.kind() {
            Kind::Minimum { limit } => format!("at least {limit} is wanted"),
            Kind::Maximum { limit } => format!("at most {limit} is allowed"),
            Kind::MinItems { limit } | Kind::MinLength { limit } | Kind::MinProperties { limit } => {
                format!("at least {limit} is wanted")
            }
            Kind::MaxItems { limit } | Kind::MaxLength { limit } | Kind::MaxProperties { limit } => {
                format!("at most {limit} is allowed")
            }
            _ => "it is outside of what is allowed".to_owned(),
        };
        self.said("errorMessage").map_or(limit, str::to_owned)
    }

    fn choice(&self, options: &Value) -> Diagnostic {
        let value = self.error.instance();
        let choices: Vec<_> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let word = value.as_str().unwrap_or_default();
        let message = format!("{} does not take {}", self.setting(), words::short(value));
        self.at_value(codes::UNKNOWN_CHOICE, message).help(did_you_mean(word, choices, "the choices are"))
    }

    fn unknown_key(&self, key: &str) -> Diagnostic {
        let around = self.setting();
        let finding = if holds_secret_text(key) {
            let message = format!("`{key}` would hold the text of a secret, and no secret belongs into the settings");
            let help =
                "delete it, and name the secret by its ARN: `secret.arn`; if the file was shared, rotate the secret";
            self.at(codes::SECRET_TEXT, message, &format!("{}{}", self.pointer, pointer([key]))).secret().help(help)
        } else {
            let message = format!("{around} has no key `{key}`").replace("the settings has", "the settings have");
            let finding = self.at(codes::UNKNOWN_KEY, message, &format!("{}{}", self.pointer, pointer([key])));
            finding.label("unknown").help(self.known(key))
        };
        finding.path(format!("{}{}", self.pointer, pointer([key])))
    }

    /// The keys that there are; the nearest, or the place where this one belongs, first.
    fn known(&self, key: &str) -> String {
        let keys = schema::keys(self.schema);
        if let Some(wish) = words::beyond(key) {
            return wish.to_owned();
        }
        if closest(key, keys.iter().copied()).is_none()
            && let Some(path) = elsewhere(schema::environment(), "", key)
        {
            return format!("it belongs into an environment or `defaults`, as `{path}`");
        }
        did_you_mean(key, keys, "the keys here are")
    }

    fn missing(&self, key: &str) -> Diagnostic {
        let inside = format!("{}{}", self.pointer, pointer([key]));
        let setting = words::setting(&inside);
        let example = words::example(&inside).unwrap_or_default();
        match words::environment(&self.pointer) {
            Some(environment) => {
                let message = format!("environment `{environment}` lacks {setting}");
                let plain = setting.trim_matches('`');
                let open = if schema::parameterisable().contains(&plain) {
                    ", or leave it to whoever deploys by naming it under `parameters`"
                } else {
                    ""
                };
                let help = format!("{example}, here or under `defaults`{open}");
                self.at_key(codes::MISSING, message).help(help).path(inside)
            }
            None => self.at_key(codes::MISSING, format!("the settings lack {setting}")).help(example).path(inside),
        }
    }

    fn repeated(&self) -> Diagnostic {
        let values = self.error.instance().as_array().cloned().unwrap_or_default();
        let twice = (1..values.len()).find_map(|at| Some((values[..at].iter().position(|v| *v == values[at])?, at)));
        let (first, second) = twice.unwrap_or_default();
        let message = format!("{} has {} twice", self.setting(), words::short(&values[second]));
        let finding = self.at(codes::REPEATED, message, &format!("{}/{second}", self.pointer));
        let finding = match self.places.nearest(&format!("{}/{first}", self.pointer)) {
            Some(place) => finding.and_at(place, "first here"),
            None => finding,
        };
        finding.help("name each once")
    }

    fn name(&self, name: &str) -> Diagnostic {
        let shape = self.schema["propertyNames"]["patternErrorMessage"].as_str().unwrap_or("it is of another shape");
        let message = format!("{} does not take the name `{name}`: {shape}", words::setting(&self.pointer));
        self.at(codes::WRONG_SHAPE, message, &format!("{}{}", self.pointer, pointer([name])))
            .help("choose another name")
    }

    fn at_key(&self, code: Code, message: String) -> Diagnostic {
        self.at(code, message, &self.pointer)
    }

    fn at_value(&self, code: Code, message: String) -> Diagnostic {
        let value = self.places.get(&format!("{}#", self.pointer)).filter(visible);
        self.at_key(code, message).span(value)
    }

    fn at(&self, code: Code, message: String, pointer: &str) -> Diagnostic {
        Diagnostic::error(code, message).path(pointer).span(self.places.nearest(pointer))
    }
}

/// Whether there is something to underline; an empty value has no letters.
fn visible(span: &Span) -> bool {
    span.length > 0
}

/// The path of the one setting that has this name elsewhere.
fn elsewhere(schema: &'static Value, path: &str, key: &str) -> Option<String> {
    schema::keys(schema).into_iter().find_map(|name| {
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if name == key { Some(path) } else { elsewhere(schema::step(schema, name), &path, key) }
    })
}
