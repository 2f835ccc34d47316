//! Settings that stay open until deployment.

use crate::settings::Setting;
use crate::stack::{IntoValue, Parameter, PropertyType, Stack, Value};

/// The value of a setting: the literal, or a parameter whose default is the environment's value.
pub(super) fn value<S, T>(stack: &mut Stack, setting: &Setting<S>, parameter: Parameter<T>, about: &str) -> Value<T>
where
    S: Clone + IntoValue<T>,
    T: PropertyType,
{
    match setting {
        Setting::Literal(literal) => literal.clone().into_value(),
        Setting::Parameter { name, default } => {
            let parameter = parameter.description(about);
            let parameter = match default {
                Some(default) => parameter.default(default.clone()),
                None => parameter,
            };
            stack.parameter(name, parameter)
        }
    }
}

/// The value of a setting that may be left out.
pub(super) fn optional<S, T>(
    stack: &mut Stack,
    setting: Option<&Setting<S>>,
    parameter: Parameter<T>,
    about: &str,
) -> Value<T>
where
    S: Clone + IntoValue<T>,
    T: PropertyType,
{
    setting.map_or(Value::Absent, |setting| value(stack, setting, parameter, about))
}
