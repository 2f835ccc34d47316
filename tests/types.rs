//! The generated L1 types: fresh, and a stack of them is the template that one would write by hand.

use std::path::{Path, PathBuf};

use formwork::generate::types::{self, Files};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws")
}

/// `cargo test --test behaviour write_types -- --ignored`
#[test]
#[ignore = "writes src/aws/"]
fn write_types() {
    let folder = folder();
    let _ = std::fs::remove_dir_all(&folder);
    for (name, text) in types::ours().unwrap() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn committed(folder: &Path, below: &str, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => committed(&path, &format!("{name}/"), files),
            false => _ = files.insert(name, std::fs::read_to_string(&path).unwrap()),
        }
    }
}

#[test]
fn the_committed_types_are_fresh() {
    let mut found = Files::new();
    committed(&folder(), "", &mut found);
    let fresh = types::ours().unwrap();
    let stale: Vec<_> = fresh.keys().chain(found.keys()).filter(|name| fresh.get(*name) != found.get(*name)).collect();
    assert!(stale.is_empty(), "run `formwork generate types`: src/aws/ is stale at {stale:?}");
}
