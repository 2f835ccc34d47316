//! `formwork schema`: what a resource type or an input may say.

use clap::{Args, ValueEnum};

use super::{Exit, codes, speak};
use crate::diagnostic::{Diagnostic, render, suggest};
use crate::registry::TypeFacts;
use crate::{emit, registry, settings};

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// A resource type, such as `AWS::RDS::DBProxy`
    #[arg(value_name = "TYPE", required_unless_present = "settings", conflicts_with = "settings")]
    pub kind: Option<String>,
    /// One of its properties, such as `Auth/*/SecretArn`
    #[arg(value_name = "PROPERTY", requires = "kind")]
    pub property: Option<String>,
    /// The JSON Schema of the settings file, for an editor
    #[arg(long)]
    pub settings: bool,
    /// How to print a type
    #[arg(long, value_enum, default_value_t)]
    pub format: SchemaFormat,
}

/// How a type is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    /// For reading in a terminal.
    #[default]
    Full,
    /// As JSON Schema, with the keywords of CloudFormation's registry.
    Json,
}

pub(super) fn run(args: &SchemaArgs) -> Exit {
    let Some(kind) = &args.kind else { return speak::data(settings::SCHEMA) };
    let text = match registry::facts(kind) {
        Some(facts) => print(args, facts),
        None => Err(unknown(kind, registry::type_names(), "resource type", "types are written like `AWS::SQS::Queue`")),
    };
    match text {
        Ok(text) => speak::data(&text),
        Err(finding) => {
            speak::talk(&render::full(&[finding], &|_| None));
            Exit::Failed
        }
    }
}

fn print(args: &SchemaArgs, facts: &'static TypeFacts) -> Result<String, Diagnostic> {
    let path = args.property.as_deref().unwrap_or_default();
    let path: Vec<&str> = path.split(['/', '.']).filter(|segment| !segment.is_empty()).collect();
    let found = facts.property(path.iter().copied());
    match (found, args.format) {
        (None, _) => Err(unknown(&path.join("/"), facts.properties(), "property", "without one, all are listed")),
        (Some(schema), SchemaFormat::Json) => Ok(format!("{schema:#}\n")),
        (Some(_), SchemaFormat::Full) if path.is_empty() => Ok(emit::type_facts::text(facts)),
        (Some(_), SchemaFormat::Full) => {
            Ok(emit::type_facts::property(facts, &path).unwrap_or_else(|| unreachable!("the property was found")))
        }
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>, what: &str, otherwise: &str) -> Diagnostic {
    let help = suggest(name, known).unwrap_or_else(|| otherwise.to_owned());
    Diagnostic::error(codes::UNKNOWN_TYPE, format!("there is no {what} `{name}`")).help(help)
}
