//! The folder of output: what would change in it, and changing it.
//!
//! A plan is made by reading only; `--check` shows it, and writing carries it out.

mod commit;
mod difference;
mod disk;
#[cfg(test)]
mod faults;
mod look;
mod plan;
mod settle;
mod stage;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use commit::write;
pub use difference::describe;
pub(crate) use plan::is_plain_name;
pub use plan::plan;

use crate::emit::manifest::Manifest;

/// What the folder of one environment must hold.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The files by name, the manifest not among them.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The manifest.
    pub manifest: Manifest,
}

/// How much of the output a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it: folders and stacks that are no longer produced go.
    Whole,
    /// Whole folders; other folders stay.
    Environments,
    /// Some stacks; whatever else there is stays.
    Stacks,
}

/// What must happen so that the folder is as it must be.
#[derive(Debug)]
pub struct Plan {
    /// The folder of output.
    pub out: PathBuf,
    /// What is to change.
    pub changes: Vec<Change>,
    /// How many files are as they must be.
    pub unchanged: usize,
}

/// One file that is not as it must be.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// The folder of its environment.
    pub folder: PathBuf,
    /// Its name in there.
    pub name: String,
    /// What is to happen to it.
    pub kind: Kind,
}

/// What is to happen to a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is not there, and gets these bytes.
    Missing(Vec<u8>),
    /// It has other bytes.
    Changed {
        /// Those that it has.
        old: Vec<u8>,
        /// Those that it gets.
        new: Vec<u8>,
    },
    /// A manifest owns it, and nothing produces it any more.
    Orphan,
}

impl Change {
    /// The file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }
}
