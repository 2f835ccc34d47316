//! `formwork generate`: what is committed and generated. For maintainers, in the repository's root.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, speak};
use crate::generate::facts::{self, Correction};
use crate::generate::types;

/// Where the facts lie.
const SCHEMAS: &str = "schemas";

/// Where the generated types lie.
const TYPES: &str = "src/aws";

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What to generate.
    #[command(subcommand)]
    pub what: Generate,
}

/// What can be generated.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// The facts of every resource type
    Facts {
        /// The wheel of cfn-lint that has the schemas
        #[arg(long)]
        wheel: PathBuf,
    },
    /// The L1 types
    Types,
}

pub(super) fn run(args: &GenerateArgs) -> Exit {
    let done = match &args.what {
        Generate::Facts { wheel } => rewrite_facts(wheel),
        Generate::Types => rewrite_types(),
    };
    match done {
        Ok(count) => {
            speak::talk(&format!("{count} files written\n"));
            Exit::Fine
        }
        Err(fault) => {
            speak::talk(&format!("error: {fault}\n"));
            Exit::Failed
        }
    }
}

fn rewrite_facts(wheel: &Path) -> Result<usize, String> {
    let root = Path::new(SCHEMAS);
    let corrections = corrections(&root.join("corrections"))?;
    let wheel = fs::File::open(wheel).map_err(|error| format!("cannot read `{}`: {error}", wheel.display()))?;
    let files = facts::distil(wheel, &corrections).map_err(|error| error.to_string())?;
    for owned in facts::OWNED {
        remove(&root.join(owned))?;
    }
    files.iter().try_for_each(|(name, bytes)| write(&root.join(name), bytes))?;
    Ok(files.len())
}

/// Every correction, by file name.
fn corrections(folder: &Path) -> Result<Vec<Correction>, String> {
    let unreadable = |error: io::Error| format!("cannot read `{}`: {error}", folder.display());
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(unreadable)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    let mut corrections = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        let list = Correction::list(&text).map_err(|error| format!("`{}`: {error}", path.display()))?;
        corrections.extend(list);
    }
    Ok(corrections)
}

fn rewrite_types() -> Result<usize, String> {
    let files = types::ours().map_err(|error| error.to_string())?;
    remove(Path::new(TYPES))?;
    files.iter().try_for_each(|(name, text)| write(&Path::new(TYPES).join(name), text.as_bytes()))?;
    Ok(files.len())
}

fn remove(path: &Path) -> Result<(), String> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("cannot remove `{}`: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, bytes)).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}
