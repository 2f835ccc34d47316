//! Making the next folder of an environment ready, beside its place.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::commit::{Fault, at};
use super::disk::Disk;
use super::work::entries;
use super::{Change, Kind};
use crate::emit::manifest::{self, Manifest};

/// A folder that is made ready, and where it goes.
pub(super) struct Staged {
    /// Where it goes.
    pub place: PathBuf,
    /// Where it is made.
    pub new: PathBuf,
    /// Whether a folder is there already.
    pub exists: bool,
    /// Whether something is in it; if not, the old one just goes.
    pub filled: bool,
}

/// Makes the folder ready: what changes is written, what stays gets a second name.
///
/// The manifest comes first. So whenever this is cut off, whatever lies in the folder is named by the manifest in it, is
/// a second name, or is the half of a manifest.
pub(super) fn stage(disk: &dyn Disk, place: &Path, new: PathBuf, changes: &[&Change]) -> Result<Staged, Fault> {
    disk.create_folder(&new).map_err(at(place))?;
    let there = fs::symlink_metadata(place).ok();
    let stays = |path: &PathBuf| !changes.iter().any(|change| change.path() == *path);
    let mut staying: Vec<_> = entries(place)?.into_iter().filter(stays).collect();
    staying.sort_by_key(|path| !path.ends_with(manifest::FILE));
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| change.name != manifest::FILE);
    let stage = Stage { disk, owned: owned(place, &changes), device: there.as_ref().and_then(device) };
    let mut filled = !staying.is_empty();
    let (manifest, rest): (Vec<_>, Vec<_>) = staying.into_iter().partition(|path| path.ends_with(manifest::FILE));
    manifest.iter().try_for_each(|path| stage.keep(path, &new))?;
    for change in changes {
        if let Kind::Missing(bytes) | Kind::Changed { new: bytes, .. } = &change.kind {
            disk.write(&new.join(&change.name), bytes).map_err(at(&change.path()))?;
            filled = true;
        }
    }
    rest.iter().try_for_each(|path| stage.keep(path, &new))?;
    if let Some(model) = &there {
        disk.liken(&new, model).map_err(at(place))?;
    }
    disk.sync(&new).map_err(at(place))?;
    Ok(Staged { place: place.to_owned(), new, exists: there.is_some(), filled })
}

struct Stage<'a> {
    disk: &'a dyn Disk,
    owned: Vec<PathBuf>,
    device: Option<u64>,
}

impl Stage<'_> {
    /// Gives what is at the path a second name in the folder `to`.
    fn keep(&self, path: &Path, to: &Path) -> Result<(), Fault> {
        let metadata = fs::symlink_metadata(path).map_err(at(path))?;
        let to = to.join(path.file_name().unwrap_or_default());
        if metadata.is_dir() {
            return self.keep_folder(path, &metadata, &to);
        }
        match self.disk.link(path, &to) {
            Err(error) if !cannot_link(&error) => Err((path.to_owned(), error)),
            // Where there are no second names, or not for this one, ours are written again and others move afterwards.
            Err(_) if self.owned.iter().any(|owned| owned == path) => {
                fs::read(path).and_then(|bytes| self.disk.write(&to, &bytes)).map_err(at(path))
            }
            _ => Ok(()),
        }
    }

    /// A folder cannot have a second name, so what is in it gets one.
    fn keep_folder(&self, path: &Path, metadata: &Metadata, to: &Path) -> Result<(), Fault> {
        if device(metadata) != self.device {
            let reason = "another file system is mounted there, which cannot move along; unmount it";
            return Err((path.to_owned(), io::Error::new(ErrorKind::CrossesDevices, reason)));
        }
        self.disk.create_folder(to).map_err(at(path))?;
        entries(path)?.iter().try_for_each(|inner| self.keep(inner, to))?;
        self.disk.liken(to, metadata).map_err(at(path))?;
        if fs::metadata(to).is_ok_and(|made| owner(&made) != owner(metadata)) {
            let reason = "it is another user's folder, which cannot move along; move it out of the output";
            return Err((path.to_owned(), io::Error::new(ErrorKind::PermissionDenied, reason)));
        }
        Ok(())
    }
}

fn cannot_link(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported | ErrorKind::TooManyLinks)
}

/// The files that the manifest owns, the new one where there is one.
fn owned(place: &Path, changes: &[&Change]) -> Vec<PathBuf> {
    let changed = changes.iter().find(|change| change.name == manifest::FILE);
    let text = match changed.map(|change| &change.kind) {
        Some(Kind::Missing(bytes) | Kind::Changed { new: bytes, .. }) => bytes.clone(),
        Some(Kind::Orphan) => return Vec::new(),
        None => fs::read(place.join(manifest::FILE)).unwrap_or_default(),
    };
    let manifest = Manifest::parse(&text);
    let names = manifest.iter().flat_map(|manifest| manifest.owned().chain([manifest::FILE]));
    names.map(|name| place.join(name)).collect()
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn device(metadata: &Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::dev(metadata))
}

#[cfg(unix)]
fn owner(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(metadata)
}

#[cfg(not(unix))]
fn owner(_: &Metadata) -> u32 {
    0
}

#[cfg(not(unix))]
fn device(_: &Metadata) -> Option<u64> {
    None
}
