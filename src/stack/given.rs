//! What a parameter is given before deployment: as its default, or as its value in the environment.

use std::panic::Location;

use super::codes;
use super::link::Term;
use crate::diagnostic::Diagnostic;
use crate::template::{Parameter, Value};

/// What was given as a parameter's value, and where.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Result<Value, Fault>,
    pub(super) location: &'static Location<'static>,
}

/// What a parameter cannot be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What is only known once something was deployed.
    Computed,
    /// An element of a list with a comma in it, which would end it.
    Comma,
}

impl Fault {
    pub(super) fn said_of(self, what: &str, name: &str, location: &'static Location<'static>) -> Diagnostic {
        let (code, message, help) = match self {
            Self::Computed => (
                codes::COMPUTED_DEFAULT,
                format!("the {what} of `{name}` is computed, and the deployer is asked before anything is"),
                format!("give a literal, or no {what}"),
            ),
            Self::Comma => (
                codes::PARAMETER_VALUE,
                format!("an element of the {what} of `{name}` has a comma in it, where CloudFormation would split it"),
                "make a parameter of its own of that element".to_owned(),
            ),
        };
        Diagnostic::error(code, message).source(location.into()).help(help)
    }
}

impl Given {
    /// The value as text, which is what every tool takes; or why it cannot be that of the parameter.
    pub(super) fn text(&self, name: &str, parameter: &Parameter) -> Result<String, Diagnostic> {
        let value = self.value.as_ref().map_err(|fault| fault.said_of("value", name, self.location));
        // A secret must not even be looked at.
        if parameter.no_echo.is_some() {
            let message = format!("`{name}` is masked, and its value would stand in files for all to read");
            return Err(self.refused(message, "leave the value out: whoever deploys gives it"));
        }
        if parameter.kind.starts_with("AWS::SSM::Parameter::Value<") {
            let message = format!("`{name}` is kept in Systems Manager, and what a file holds is the name of it there");
            return Err(self.refused(message, "leave the value out, and say the name with `kept_as`"));
        }
        let text = as_text(value?);
        match violated(parameter, &text) {
            Some(limit) => {
                Err(self.refused(format!("`{text}` is no value of `{name}`: {limit}"), "change the one or the other"))
            }
            None => Ok(text),
        }
    }

    fn refused(&self, message: String, help: &str) -> Diagnostic {
        Diagnostic::error(codes::PARAMETER_VALUE, message).source(self.location.into()).help(help)
    }
}

/// What of the parameter's limits the text is beyond.
fn violated(parameter: &Parameter, text: &str) -> Option<String> {
    let is = |value: &Value| as_text(value) == text;
    if !parameter.allowed_values.is_empty() && !parameter.allowed_values.iter().any(is) {
        let allowed: Vec<_> = parameter.allowed_values.iter().map(|value| format!("`{}`", as_text(value))).collect();
        return Some(format!("it may be {}", allowed.join(", ")));
    }
    let number = |value: &Value| as_text(value).parse::<f64>().ok();
    let length = text.chars().count() as f64;
    let bounds = [
        (&parameter.min_value, &parameter.max_value, text.parse::<f64>().ok(), ""),
        (&parameter.min_length, &parameter.max_length, Some(length), " characters"),
    ];
    bounds.into_iter().find_map(|(least, most, measured, unit)| {
        let (least, most) = (least.as_ref().and_then(number), most.as_ref().and_then(number));
        let measured = measured?;
        match (least, most) {
            (Some(least), _) if measured < least => Some(format!("at least {least}{unit} are wanted")),
            (_, Some(most)) if measured > most => Some(format!("at most {most}{unit} are wanted")),
            _ => None,
        }
    })
}

/// As a parameter's declaration has it, where nothing may be computed.
pub(super) fn literal(term: &Term) -> Result<Value, Fault> {
    match term {
        Term::String(text) => Ok(Value::from(text.as_str())),
        Term::Number(number) => Ok(Value::Number(number.clone())),
        Term::Bool(value) => Ok(Value::from(value.to_string())),
        Term::List(values) => {
            let texts: Result<Vec<_>, _> = values.iter().map(element).collect();
            texts.map(|texts| Value::from(texts.join(",")))
        }
        Term::Null | Term::Map(_) | Term::Intrinsic(_) => Err(Fault::Computed),
    }
}

/// An element of a list as it stands between commas.
fn element(term: &Term) -> Result<String, Fault> {
    let text = as_text(&literal(term)?);
    if text.contains(',') { Err(Fault::Comma) } else { Ok(text) }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => other.to_json().to_string(),
    }
}
