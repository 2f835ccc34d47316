//! The build script: packs `types/` and `regions/` into one file that the binary embeds, each compressed on its own, so
//! that the facts of one type are found without reading those of the others.
//!
//! Writes `facts.bin`, and `facts.rs` with `TYPES` and `REGIONS`: name, start and end of each, sorted by name.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::DeflateEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut blob = Vec::new();
    let mut index = String::new();
    for (folder, name) in [("types", "TYPES"), ("regions", "REGIONS")] {
        let folder = Path::new("schemas").join(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        collect(&folder, "", &mut files)?;
        files.sort();
        pack(name, &files, &mut blob, &mut index)?;
    }
    println!("cargo:rerun-if-changed=schemas/pack.rs");
    fs::write(out.join("facts.bin"), blob)?;
    fs::write(out.join("facts.rs"), index)?;
    Ok(())
}

/// The JSON files below `folder`, each with its path as a name: `AWS/RDS/DBProxy.json` is `AWS::RDS::DBProxy`.
fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file name is not UTF-8")?;
        let name = if name.is_empty() { stem.to_owned() } else { format!("{name}::{stem}") };
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push((name, path));
        }
    }
    Ok(())
}

fn pack(name: &str, files: &[(String, PathBuf)], blob: &mut Vec<u8>, index: &mut String) -> Result<(), Box<dyn Error>> {
    writeln!(index, "static {name}: [(&str, u32, u32); {}] = [", files.len())?;
    for (name, path) in files {
        let start = blob.len();
        let text = fs::read_to_string(path)?;
        let mut encoder = DeflateEncoder::new(&mut *blob, Compression::default());
        // No JSON string holds a line feed, so what begins a line is layout.
        text.lines().try_for_each(|line| encoder.write_all(line.trim_start().as_bytes()))?;
        encoder.finish()?;
        writeln!(index, "    ({name:?}, {start}, {}),", blob.len())?;
    }
    writeln!(index, "];")?;
    Ok(())
}
