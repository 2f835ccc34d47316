//! The layers of the crate: what stands later in the list may use what stands earlier, never the other way.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders (and files) of `src/`, from the ground up.
const LAYERS: &[&str] = &[
    "diagnostic",
    "template",
    "network",
    "iam",
    "goal",
    "registry",
    "generate",
    "stack",
    "aws",
    "constructs",
    "settings",
    "blueprints",
    "resolve",
    "check",
    "prove",
    "diff",
    "adopt",
    "graph",
    "emit",
    "testing",
    "cli",
    "prelude",
    "lib",
    "main",
];

/// What reads finished templates only never sees what writes them.
const READERS: &[&str] = &["resolve", "check", "prove", "diff", "graph"];
const WRITERS: &[&str] = &["stack", "aws", "constructs", "settings", "blueprints"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `crate::layer` that a file names outside comments.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
}

#[test]
fn no_layer_uses_one_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let rank = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src").with_extension("");
        let own = inside.iter().next().and_then(|name| name.to_str()).expect("a layer").to_owned();
        let own_rank = rank(&own).unwrap_or_else(|| panic!("`{own}` is no layer: put it into the list"));
        for layer in used(&fs::read_to_string(&file).expect("a source")) {
            let Some(used_rank) = rank(layer) else { continue };
            assert!(used_rank <= own_rank, "{}: `{own}` is below `{layer}` and uses it", file.display());
            let blind = READERS.contains(&own.as_str()) && WRITERS.contains(&layer);
            assert!(!blind, "{}: `{own}` reads finished templates, and uses `{layer}`", file.display());
            assert!(
                layer != "generate" || own == "generate" || own == "cli",
                "{}: only `cli` generates",
                file.display()
            );
        }
    }
}

#[test]
fn no_file_is_long() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    ["src", "tests", "examples", "benches", "fuzz"].iter().for_each(|folder| sources(&root.join(folder), &mut files));
    for file in files.iter().filter(|file| !file.starts_with(root.join("src/aws"))) {
        let lines = fs::read_to_string(file).expect("a source").lines().count();
        assert!(lines <= 500, "{} has {lines} lines: split it", file.display());
    }
}
