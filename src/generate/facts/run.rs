//! The command, until the command line has it.

use super::{Correction, OWNED, distil};
use std::path::Path;

/// `FORMWORK_WHEEL=… cargo test --lib generate::facts::run -- --ignored`
#[test]
#[ignore = "writes schemas/ from the wheel that FORMWORK_WHEEL names"]
fn rewrite_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut corrections: Vec<Correction> = Vec::new();
    let mut names: Vec<_> = std::fs::read_dir(root.join("corrections")).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for name in names {
        corrections.extend(Correction::list(&std::fs::read_to_string(name).unwrap()).unwrap());
    }
    let wheel = std::fs::File::open(std::env::var("FORMWORK_WHEEL").unwrap()).unwrap();
    let start = std::time::Instant::now();
    let files = distil(wheel, &corrections).unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{:?}", start.elapsed());
    for owned in OWNED {
        let path = root.join(owned);
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { Ok(()) };
    }
    for (name, bytes) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// `cargo test --lib generate::facts::run::format -- --ignored`
#[test]
#[ignore = "rewrites schemas/corrections/"]
fn format_corrections() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/corrections")).unwrap() {
        let path = entry.unwrap().path();
        let value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        std::fs::write(path, super::format::text(&value)).unwrap();
    }
}
