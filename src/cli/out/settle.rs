//! Clearing away a folder that is not in its place: one that was replaced, or that was made ready and never used.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::commit::{Fault, at};
use super::disk::Disk;
use super::look::{Look, look_at};
use super::plan::is_plain_name;
use super::work::entries;
use crate::emit::manifest::{self, Manifest};

/// Clears the folder away. What is ours is removed; of what is not, second names are removed, and whatever is missing in
/// `place` goes there. Returns what can do neither, since something else has its name: that stays.
///
/// The manifest goes last, since without it nobody could say what is ours.
pub(super) fn settle(disk: &dyn Disk, folder: &Path, place: &Path) -> Result<Vec<PathBuf>, Fault> {
    let ours = ours(folder)?;
    let mut settling = Settling { disk, conflicts: Vec::new() };
    for path in entries(folder)? {
        if !ours.contains(&path) || path.is_dir() {
            let to = place.join(path.file_name().unwrap_or_default());
            settling.put_back(&path, &to)?;
        }
    }
    for path in ours {
        if !matches!(look_at(&path), Ok(Look::Nothing | Look::Folder)) {
            disk.remove_file(&path).map_err(at(&path))?;
        }
    }
    if settling.conflicts.is_empty() {
        disk.remove_folder(folder).map_err(at(folder))?;
    }
    Ok(settling.conflicts)
}

/// The paths of our files, the manifest last. A manifest that is there and cannot be read right now ends it all: without
/// it ours would be taken for someone else's.
fn ours(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let path = folder.join(manifest::FILE);
    let manifest = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        text => Manifest::parse(&text.map_err(at(&path))?),
    };
    let owned = manifest.iter().flat_map(Manifest::owned).filter(|name| is_plain_name(name));
    Ok(owned.map(|name| folder.join(name)).chain([path]).collect())
}

struct Settling<'a> {
    disk: &'a dyn Disk,
    conflicts: Vec<PathBuf>,
}

impl Settling<'_> {
    fn put_back(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        let (here, there) = (look_at(from).map_err(at(from))?, look_at(to).map_err(at(to))?);
        match (here, there) {
            (_, Look::Nothing) => self.take_back(from, to),
            (Look::Folder, Look::Folder) => self.put_back_all(from, to),
            _ if same(from, to, here, there) => self.disk.remove_file(from).map_err(at(from)),
            _ => {
                self.conflicts.push(from.to_owned());
                Ok(())
            }
        }
    }

    fn take_back(&self, from: &Path, to: &Path) -> Result<(), Fault> {
        let folder = to.parent().unwrap_or(to);
        if !folder.exists() {
            self.disk.create_folder(folder).map_err(at(folder))?;
        }
        self.disk.rename(from, to).map_err(at(to))
    }

    fn put_back_all(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        let before = self.conflicts.len();
        self.disk.unseal(from).map_err(at(from))?;
        for path in entries(from)? {
            self.put_back(&path, &to.join(path.file_name().unwrap_or_default()))?;
        }
        if self.conflicts.len() > before {
            return Ok(());
        }
        self.disk.remove_folder(from).map_err(at(from))
    }
}

/// Whether both are the same file under two names, or at least tell the same.
fn same(from: &Path, to: &Path, here: Look, there: Look) -> bool {
    let alike = match (here, there) {
        (Look::File, Look::File) => fs::read(from).ok().zip(fs::read(to).ok()).is_some_and(|(one, two)| one == two),
        (Look::Link, Look::Link) => {
            fs::read_link(from).ok().zip(fs::read_link(to).ok()).is_some_and(|(one, two)| one == two)
        }
        _ => false,
    };
    alike || two_names(from, to)
}

#[cfg(unix)]
fn two_names(from: &Path, to: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let known = |path: &Path| fs::symlink_metadata(path).map(|metadata| (metadata.dev(), metadata.ino())).ok();
    known(from).is_some_and(|file| known(to) == Some(file))
}

#[cfg(not(unix))]
fn two_names(_: &Path, _: &Path) -> bool {
    false
}
