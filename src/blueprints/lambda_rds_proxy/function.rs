//! The function.

use super::super::open::{optional, value};
use super::Parts;
use super::endpoints::Apis;
use crate::constructs::lambda::{Code, Function};
use crate::constructs::rds::DatabaseProxy;
use crate::constructs::secretsmanager::Credentials;
use crate::settings::{self, Auth, Environment, SecretKey};
use crate::stack::{Handle, Parameter, Seconds, Stack};

/// The function with what its settings say.
pub(super) fn function(stack: &mut Stack, settings: &Environment, parts: Parts) -> Function {
    let said = &settings.function;
    let mut function = match &said.code {
        Some(settings::Code::Image(uri)) => {
            let uri = value(stack, uri, Parameter::text(), "The container image of the function.");
            Function::from_image(uri)
        }
        code => Function::new(said.runtime, zipped(stack, settings, code.as_ref())),
    };
    if let Some(handler) = &said.handler {
        function = function.handler(handler);
    }
    for (name, text) in &said.environment {
        function = function.env(name, text);
    }
    let function = sized(stack, function, said);
    let function = logged(stack, function, said);
    encrypted(function, settings, parts)
}

fn sized(stack: &mut Stack, function: Function, said: &settings::Function) -> Function {
    let memory = Parameter::number().between(128, 10_240);
    let memory = optional(stack, said.memory.as_ref(), memory, "The function's memory in mebibytes.");
    let time = said.timeout.clone().map(|setting| setting.map(Seconds));
    let timeout = Parameter::seconds().between(Seconds(1), Seconds(900));
    let timeout = optional(stack, time.as_ref(), timeout, "How long the function may run, in seconds.");
    let most = Parameter::number().between(0, 1_000);
    let most = optional(stack, said.reserved_concurrency.as_ref(), most, "How many of the function may run at once.");
    let function = function.memory(memory).timeout(timeout).reserved_concurrency(most);
    let function = function.architecture(said.architecture.map(settings::Architecture::noun));
    match &said.layers {
        Some(layers) => function.layers(layers.clone()),
        None => function,
    }
}

fn logged(stack: &mut Stack, function: Function, said: &settings::Function) -> Function {
    let days = value(stack, &said.log_days, Parameter::number(), "For how many days the function's log is kept.");
    let function = function.log_days(days).log_format(said.log_format.noun());
    function.tracing(said.tracing.map(settings::Tracing::noun))
}

/// A key of this stack encrypts log and variables too. The policy of one that exists is someone else's, and may not let
/// CloudWatch Logs use it.
fn encrypted(function: Function, settings: &Environment, parts: Parts) -> Function {
    let is_new = settings.secret.as_ref().is_some_and(|secret| secret.key() == SecretKey::New);
    match parts.key.filter(|_| is_new) {
        Some(key) => function.log_key(key).environment_key(key),
        None => function,
    }
}

fn zipped(stack: &mut Stack, settings: &Environment, code: Option<&settings::Code>) -> Code {
    match code {
        Some(settings::Code::S3 { bucket, key, version }) => {
            let bucket = value(stack, bucket, Parameter::text(), "The bucket of the function's code.");
            let key = value(stack, key, Parameter::text(), "The key of the function's code in its bucket.");
            let version = optional(stack, version.as_ref(), Parameter::text(), "The version of the function's code.");
            Code::s3(bucket, key).version(version)
        }
        Some(settings::Code::Inline(text)) => Code::inline(text),
        Some(settings::Code::Local(path)) => Code::local(path),
        None | Some(settings::Code::Image(_)) => {
            Code::scaffold(settings.function.runtime, settings.database.engine.family())
        }
    }
}

/// The function with what it finds its database by.
pub(super) fn connected(
    function: Function,
    settings: &Environment,
    proxy: Handle<DatabaseProxy>,
    apis: &Apis,
    reads: Option<Credentials>,
) -> Function {
    let mut function =
        function.env("DB_HOST", proxy.endpoint()).env("DB_PORT", settings.database.engine.family().port().to_string());
    if let Some(name) = &settings.database.name {
        function = function.env("DB_NAME", name);
    }
    if let Some(name) = user_name(settings) {
        function = function.env("DB_USER", name);
    }
    if let Some(credentials) = reads {
        function = function.env("DB_SECRET_ARN", credentials.arn());
    }
    let named = [("AWS_ENDPOINT_URL_RDS", apis.rds), ("AWS_ENDPOINT_URL_SECRETS_MANAGER", apis.secrets)];
    let named = named.into_iter().filter_map(|(name, api)| Some((name, api.filter(|api| !api.private_dns)?)));
    named.fold(function, |function, (name, api)| function.env(name, api.handle.url()))
}

/// The user that the function connects as.
fn user_name(settings: &Environment) -> Option<&str> {
    match settings.proxy.auth {
        Auth::EndToEnd => settings.database.user.as_deref(),
        Auth::Password | Auth::Iam | Auth::Mixed => settings.secret.as_ref().map(|secret| secret.user.as_str()),
    }
}
