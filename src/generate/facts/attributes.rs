//! What `Fn::GetAtt` takes beyond the read-only properties: cfn-lint keeps two tables of it, in Python.
//!
//! They become a keyword of ours, `attributes`: `"all"`, every property; or a list of names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Error;

/// Where the tables stand in the wheel.
pub const SOURCE: &str = "cfnlint/schema/_getatts.py";

/// What the tables say, by type.
pub fn tables(python: &str) -> Result<BTreeMap<String, Value>, Error> {
    let mut tables = BTreeMap::new();
    for name in strings(block(python, "_all_property_types = [", ']')?) {
        tables.insert(name.to_owned(), json!("all"));
    }
    let exceptions = block(python, "_exceptions = {", '}')?;
    for entry in exceptions.split(']').filter(|entry| entry.contains('[')) {
        let mut names = strings(entry);
        if let Some(name) = names.next() {
            tables.entry(name.to_owned()).or_insert_with(|| names.collect::<Vec<_>>().into());
        }
    }
    Ok(tables)
}

/// The text between the brackets of a table.
fn block<'a>(python: &'a str, start: &str, close: char) -> Result<&'a str, Error> {
    let (_, rest) = python.split_once(start).ok_or_else(|| Error::Wheel(format!("{SOURCE} has no `{start}`")))?;
    rest.split_once(&format!("\n{close}"))
        .map(|(table, _)| table)
        .ok_or_else(|| Error::Wheel(format!("{SOURCE}: `{start}` does not end")))
}

/// The quoted strings.
fn strings(python: &str) -> impl Iterator<Item = &str> {
    python.split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::tables;
    use serde_json::json;

    #[test]
    fn both_tables_are_read() {
        let python = "_all_property_types = [\n    \"A::B::C\",\n]\n_exceptions = {\n    \"A::B::D\": [\n        \"X\",\n        \"Y\",\n    ],\n    \"A::B::E\": [\"Z\"],\n}\n";
        let tables = tables(python).unwrap();
        assert_eq!(
            serde_json::to_value(tables).unwrap(),
            json!({ "A::B::C": "all", "A::B::D": ["X", "Y"], "A::B::E": ["Z"] })
        );
    }

    #[test]
    fn a_changed_layout_is_an_error() {
        assert!(tables("_all_property_types = []").is_err());
    }
}
