//! `formwork schema`: what an input may say.

use clap::Args;

use super::{Exit, speak};
use crate::settings;

/// Arguments of `schema`.
#[derive(Debug, Args)]
#[group(required = true)]
pub struct SchemaArgs {
    /// The JSON Schema of the settings file, for an editor
    #[arg(long)]
    pub settings: bool,
}

pub(super) fn run(_: &SchemaArgs) -> Exit {
    speak::data(settings::SCHEMA)
}
