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
    let mut types: BTreeMap<String, Value> =
        wheel.types.iter().map(|(name, schema)| (name.clone(), facts(&wheel, name, schema))).collect();
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

#[cfg(test)]
mod tests {
    use super::{Correction, distil};
    use serde_json::{Value, json};
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// A wheel of two regions, the second of which lacks a type.
    fn wheel() -> Cursor<Vec<u8>> {
        let schema = |name: &str| json!({ "description": "Prose.", "properties": { "P": { "pattern": "a\\Z", "type": "string" } }, "typeName": name });
        let files = [
            (
                "cfn_lint-1.0.0.dist-info/METADATA",
                "Metadata-Version: 2.4\nVersion: 1.0.0\nLicense-Expression: MIT-0\n\nVersion: no\n".to_owned(),
            ),
            (
                "cfnlint/schema/_getatts.py",
                "_all_property_types = [\n]\n_exceptions = {\n    \"A::B::C\": [\"P\"],\n}\n".to_owned(),
            ),
            ("cfnlint/data/schemas/version.json", json!({ "schema_date": "2026-01-01T00:00:00Z" }).to_string()),
            (
                "cfnlint/data/schemas/providers/us-east-1.json",
                json!({ "A::B::C": "1", "A::B::D": "2", "AWS::Serverless::Api": "3" }).to_string(),
            ),
            ("cfnlint/data/schemas/providers/cn-north-1.json", json!({ "A::B::D": "2" }).to_string()),
            ("cfnlint/data/schemas/resources/1.json", schema("A::B::C").to_string()),
            ("cfnlint/data/schemas/resources/2.json", schema("A::B::D").to_string()),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap()
    }

    fn correction(was: Value) -> Vec<Correction> {
        let correction = json!({ "type": "A::B::C", "reason": "r", "link": "l", "path": "/properties/P/type", "was": was, "now": "integer" });
        Correction::list(&json!([correction]).to_string()).unwrap()
    }

    #[test]
    fn a_wheel_becomes_files() {
        let files = distil(wheel(), &correction(json!("string"))).unwrap();
        let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            ["SOURCES.md", "regions/cn-north-1.json", "regions/us-east-1.json", "types/A/B/C.json", "types/A/B/D.json"]
        );
        let expect = "{\n  \"properties\": { \"P\": { \"pattern\": \"a$\", \"type\": \"integer\" } },\n  \"typeName\": \"A::B::C\",\n  \"attributes\": [\"P\"]\n}\n";
        assert_eq!(text("types/A/B/C.json"), expect);
        assert!(text("regions/cn-north-1.json").contains("\"partition\": \"aws-cn\""));
        assert!(text("regions/cn-north-1.json").contains("\"absent\": { \"A::B\": [\"C\"] }"));
        assert!(text("regions/us-east-1.json").contains("\"absent\": {}"));
        assert!(text("SOURCES.md").contains("2 resource types, 2 regions"));
    }

    #[test]
    fn a_correction_that_no_longer_applies_stops_it() {
        let error = distil(wheel(), &correction(json!("number"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the correction of `A::B::C` at `/properties/P/type` no longer applies: upstream has `\"string\"`"
        );
    }
}
