//! The folder `.formwork` in the folder of output, where the next output is made ready while one run holds the lock.
//!
//! | path in it | what it is |
//! |---|---|
//! | `lock` | locked while a run writes; the system frees it when the run ends, however it ends |
//! | `.gitignore` | keeps what a killed run leaves out of version control |
//! | `new/<environment>` | a folder that is being made ready; after the exchange, what stood in its place |
//! | `old/<environment>` | a folder that was moved away |
//!
//! It is there only while a run writes. What a killed run leaves in it, the next one clears away.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::commit::{Fault, at, failed};
use super::disk::Disk;
use super::look;
use crate::cli::codes;
use crate::diagnostic::Diagnostic;

/// The folder's name.
pub(super) const FOLDER: &str = ".formwork";
const LOCK: &str = "lock";
const IGNORE: &str = ".gitignore";

/// The folder, held by this run.
pub(super) struct Work<'a> {
    disk: &'a dyn Disk,
    folder: PathBuf,
    /// The folders around it that this run created, outermost first.
    created: Vec<PathBuf>,
    lock: File,
}

impl<'a> Work<'a> {
    /// Takes hold of it, and creates what is missing, the folder of output too.
    pub(super) fn begin(disk: &'a dyn Disk, out: &Path) -> Result<Self, Diagnostic> {
        let folder = out.join(FOLDER);
        look::folder(&folder)?;
        let mut created = Vec::new();
        let failed = |(path, error): Fault| failed(&path, &error, "nothing was written");
        let lock = match create(disk, out, &mut created).and_then(|()| lock(disk, &folder)) {
            Ok(Some(lock)) => lock,
            Ok(None) => return Err(busy(out, &folder)),
            Err(fault) => {
                // Only if it is empty: without the lock it is not ours.
                drop(disk.remove_folder(&folder));
                remove(disk, &created);
                return Err(failed(fault));
            }
        };
        let work = Self { disk, folder, created, lock };
        match work.fill() {
            Ok(()) => Ok(work),
            Err(fault) => {
                work.end(false);
                Err(failed(fault))
            }
        }
    }

    fn fill(&self) -> Result<(), Fault> {
        let ignore = self.folder.join(IGNORE);
        // A killed run may have left half of it.
        if std::fs::read(&ignore).is_ok_and(|text| text != b"*\n") {
            self.disk.remove_file(&ignore).map_err(at(&ignore))?;
        }
        allow(self.disk.write(&ignore, b"*\n"), io::ErrorKind::AlreadyExists).map_err(at(&ignore))?;
        [self.ready(), self.away()].iter().try_for_each(|folder| {
            allow(self.disk.create_folder(folder), io::ErrorKind::AlreadyExists).map_err(at(folder))
        })
    }

    /// Where folders are made ready.
    pub(super) fn ready(&self) -> PathBuf {
        self.folder.join("new")
    }

    /// Where folders are moved to.
    pub(super) fn away(&self) -> PathBuf {
        self.folder.join("old")
    }

    /// What earlier runs have left.
    pub(super) fn left(&self) -> Result<Vec<PathBuf>, Fault> {
        Ok([entries(&self.away())?, entries(&self.ready())?].concat())
    }

    /// Lets go of it. What is still in it stays for the next run; of a run that wrote nothing, nothing stays.
    pub(super) fn end(self, wrote: bool) {
        let Self { disk, folder, created, lock } = self;
        drop(disk.remove_folder(&folder.join("new")));
        drop(disk.remove_folder(&folder.join("old")));
        if !folder.join("new").exists() && !folder.join("old").exists() {
            drop(disk.remove_file(&folder.join(IGNORE)));
            drop(disk.remove_file(&folder.join(LOCK)));
            drop(disk.remove_folder(&folder));
        }
        if !wrote {
            remove(disk, &created);
        }
        drop(lock);
    }
}

/// Removes the folders that are empty, innermost first.
fn remove(disk: &dyn Disk, created: &[PathBuf]) {
    created.iter().rev().for_each(|path| drop(disk.remove_folder(path)));
}

/// Creates the folder and those around it, noting each that was not there.
fn create(disk: &dyn Disk, folder: &Path, created: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let missing: Vec<_> =
        folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
    for path in missing.into_iter().rev() {
        match disk.create_folder(path) {
            // Another run was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => {
                made.map_err(at(path))?;
                created.push(path.to_owned());
            }
        }
    }
    Ok(())
}

/// How often to look again when the lock was let go of just now.
const TRIES: usize = 16;

/// The lock, unless another run has it. Whoever lets go of it removes the file, so that a lock on a file which is no
/// longer there counts for nothing.
fn lock(disk: &dyn Disk, folder: &Path) -> Result<Option<File>, Fault> {
    let path = folder.join(LOCK);
    for _ in 0..TRIES {
        allow(disk.create_folder(folder), io::ErrorKind::AlreadyExists).map_err(at(folder))?;
        let file = match disk.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            file => file.map_err(at(&path))?,
        };
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => return Ok(Some(file)),
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err((path, error)),
        }
    }
    Ok(None)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same =
        |held: std::fs::Metadata, there: std::fs::Metadata| (held.dev(), held.ino()) == (there.dev(), there.ino());
    file.metadata().and_then(|held| Ok(same(held, path.symlink_metadata()?))).unwrap_or_default()
}

/// Elsewhere a file that is open keeps its name.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn allow(result: io::Result<()>, kind: io::ErrorKind) -> io::Result<()> {
    result.or_else(|error| if error.kind() == kind { Ok(()) } else { Err(error) })
}

/// The paths in a folder, sorted; none if it is not there.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let paths = std::fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<_> = match paths {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        paths => paths.map_err(at(folder))?,
    };
    paths.sort();
    Ok(paths)
}

fn busy(out: &Path, folder: &Path) -> Diagnostic {
    let message = format!("another run is writing to `{}`; nothing was written", out.display());
    Diagnostic::error(codes::BUSY, message)
        .note(format!("it holds the lock `{}`", folder.join(LOCK).display()))
        .help("wait until it has ended, or choose another folder with `--out`")
}
