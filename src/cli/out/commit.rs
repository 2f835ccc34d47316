//! Carrying out a plan: everything is staged beside its place before anything is put there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Change, Kind, Plan};
use crate::cli::codes;
use crate::diagnostic::Diagnostic;
use crate::emit::manifest;

impl Plan {
    /// Carries it out. If a file cannot be staged nothing is changed; the manifests are put last, so that a folder cut
    /// off half-way is put right by the next run.
    pub fn commit(&self) -> Result<(), Diagnostic> {
        let mut created = Vec::new();
        let staged = self.stage(&mut created).map_err(|(path, error)| {
            created.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
            failed(&path, &error, "nothing was written")
        })?;
        let partly = |(path, error): Fault| failed(&path, &error, "the output is incomplete, run `synth` again");
        self.put(staged).map_err(partly)
    }

    fn stage(&self, created: &mut Vec<PathBuf>) -> Result<Vec<Staged<'_>>, Fault> {
        let mut staged = Vec::new();
        for change in &self.changes {
            if let Kind::Missing(bytes) | Kind::Changed { new: bytes, .. } = &change.kind {
                create(&change.folder, created)?;
                let file = temporary(&change.folder, bytes).map_err(|error| (change.path(), error))?;
                staged.push(Staged { change, file });
            }
        }
        Ok(staged)
    }

    fn put(&self, staged: Vec<Staged<'_>>) -> Result<(), Fault> {
        let (manifests, others): (Vec<_>, Vec<_>) =
            staged.into_iter().partition(|staged| staged.change.name == manifest::FILE);
        others.into_iter().try_for_each(Staged::put)?;
        let mut orphans: Vec<_> = self.changes.iter().filter(|change| change.kind == Kind::Orphan).collect();
        orphans.sort_by_key(|orphan| orphan.name == manifest::FILE);
        for orphan in orphans {
            fs::remove_file(orphan.path()).map_err(|error| (orphan.path(), error))?;
        }
        manifests.into_iter().try_for_each(Staged::put)?;
        for change in &self.changes {
            // A folder that the manifest has left, and nothing else is in.
            drop(fs::remove_dir(&change.folder));
            drop(fs::File::open(&change.folder).and_then(|folder| folder.sync_all()));
        }
        Ok(())
    }
}

/// What went wrong, and at which path.
type Fault = (PathBuf, io::Error);

struct Staged<'a> {
    change: &'a Change,
    file: NamedTempFile,
}

impl Staged<'_> {
    fn put(self) -> Result<(), Fault> {
        self.file.persist(self.change.path()).map(drop).map_err(|error| (self.change.path(), error.error))
    }
}

/// Creates the folder and those around it, noting each that was not there.
fn create(folder: &Path, created: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let missing: Vec<_> =
        folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
    for path in missing.into_iter().rev() {
        fs::create_dir(path).map_err(|error| (path.to_owned(), error))?;
        created.push(path.to_owned());
    }
    Ok(())
}

fn temporary(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".formwork-");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn failed(path: &Path, error: &io::Error, outcome: &str) -> Diagnostic {
    // What comes after it names the staged file, which is nobody's business.
    let reason = error.to_string();
    let reason = reason.split(" at path ").next().unwrap_or_default();
    let message = format!("cannot write `{}`: {reason}; {outcome}", path.display());
    Diagnostic::error(codes::UNWRITABLE, message)
        .help("see to the folder's permissions and to free space, or choose another folder with `--out`")
}
