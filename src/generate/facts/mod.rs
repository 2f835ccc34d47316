//! A wheel of cfn-lint becomes the folder `schemas/`.
//!
//! Reads and returns bytes; touches no file. The steps, in order: read the wheel, drop the prose, apply our
//! corrections, bring the patterns to ECMA dialect, lay the files out.

mod attributes;
mod correction;
mod error;
pub mod format;
mod pattern;
mod regions;
mod sources;
mod strip;
mod wheel;
#[cfg(test)]
mod run;

use std::collections::BTreeMap;
use std::io::{Read, Seek};

pub use correction::Correction;
pub use error::Error;
use wheel::Wheel;

use serde_json::Value;

/// File contents by path below `schemas/`, with `/` between folders.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The folders (ending in `/`) and files that [`distil`] owns: what is in them and not in its answer is stale.
pub const OWNED: [&str; 3] = ["types/", "regions/", "SOURCES.md"];

/// Everything that `schemas/` holds besides the corrections, from a cfn-lint wheel and those corrections.
///
/// # Errors
/// If the wheel cannot be read, a correction no longer finds what it corrects, or a pattern is in a dialect that
/// no rule knows.
pub fn distil(wheel: impl Read + Seek, corrections: &[Correction]) -> Result<Files, Error> {
    let wheel = Wheel::read(wheel)?;
    let mut types: BTreeMap<String, Value> = wheel.types.iter().map(|(name, schema)| (name.clone(), facts(&wheel, name, schema))).collect();
    correction::apply(corrections, &mut types)?;
    let mut files = Files::new();
    let mut patterns = pattern::Normaliser::default();
    for (name, schema) in &mut types {
        patterns.apply(name, schema)?;
        files.insert(type_path(name), format::text(schema).into_bytes());
    }
    files.extend(regions::files(&wheel));
    files.insert("SOURCES.md".to_owned(), sources::text(&wheel, types.len()).into_bytes());
    Ok(files)
}

fn facts(wheel: &Wheel, name: &str, schema: &Value) -> Value {
    let mut facts = strip::facts(schema);
    if let (Some(facts), Some(attributes)) = (facts.as_object_mut(), wheel.attributes.get(name)) {
        facts.insert("attributes".to_owned(), attributes.clone());
    }
    facts
}

/// Where the facts of a type stand: its name with `/` for `::`.
fn type_path(name: &str) -> String {
    format!("types/{}.json", name.replace("::", "/"))
}
