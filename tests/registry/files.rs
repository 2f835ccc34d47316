//! The files of `schemas/` as they stand.

use std::fs;
use std::path::{Path, PathBuf};

use formwork::generate::facts::{Correction, format};
use formwork::registry::facts;
use serde_json::Value;

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn corrections() -> Vec<Correction> {
    let texts = files(&schemas().join("corrections")).into_iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| serde_json::from_str::<Vec<Correction>>(&text).unwrap()).collect()
}

#[test]
fn are_in_canonical_layout() {
    let mut count = 0;
    for path in ["types", "regions", "corrections"].iter().flat_map(|folder| files(&schemas().join(folder))) {
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert!(format::text(&value) == text, "{} is not laid out as the generator does", path.display());
        count += 1;
    }
    assert!(count > 1884 + 45);
}

#[test]
fn hold_no_prose() {
    for path in files(&schemas().join("types")) {
        let text = fs::read_to_string(&path).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let has_prose =
            ["\"description\": \"", "\"title\": \"", "\"$comment\": \""].iter().any(|prose| text.contains(prose));
        assert!(!has_prose && schema.get("sourceUrl").is_none(), "{}", path.display());
    }
}

#[test]
fn corrections_say_why_and_are_in_force() {
    let corrections = corrections();
    for Correction { type_name, reason, link, path, was, now } in &corrections {
        assert!(reason.split(' ').count() > 3, "{type_name} {path}: no reason");
        assert!(link.starts_with("https://docs.aws.amazon.com/"), "{type_name} {path}: {link}");
        assert_ne!(was, now, "{type_name} {path}");
        assert_eq!(facts(type_name).unwrap().schema.pointer(path), now.as_ref(), "{type_name} {path}");
    }
    assert!(corrections.len() > 10);
}
