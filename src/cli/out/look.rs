//! What stands at a path, without following links.

use std::fs;
use std::io;
use std::path::Path;

use crate::cli::codes;
use crate::diagnostic::Diagnostic;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Nothing,
    File,
    Folder,
    Link,
    Other,
}

pub(super) fn look_at(path: &Path) -> io::Result<Look> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Ok(Look::Link),
        Ok(metadata) if metadata.is_dir() => Ok(Look::Folder),
        Ok(metadata) if metadata.is_file() => Ok(Look::File),
        Ok(_) => Ok(Look::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Look::Nothing),
        Err(error) => Err(error),
    }
}

pub(super) fn look(path: &Path) -> Result<Look, Diagnostic> {
    look_at(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotADirectory => no_folder(path.parent().unwrap_or(path)),
        _ => failed(path, &error),
    })
}

/// Whether there is a folder; anything else but nothing is refused.
pub(super) fn folder(path: &Path) -> Result<bool, Diagnostic> {
    match look(path)? {
        Look::Folder => Ok(true),
        Look::Nothing => Ok(false),
        Look::Link => Err(link(path)),
        Look::File | Look::Other => Err(no_folder(path)),
    }
}

/// The bytes of the file, if there is one; anything else but nothing is refused.
pub(super) fn file(path: &Path) -> Result<Option<Vec<u8>>, Diagnostic> {
    match look(path)? {
        Look::Nothing => Ok(None),
        Look::File => fs::read(path).map(Some).map_err(|error| failed(path, &error)),
        Look::Link => Err(link(path)),
        Look::Folder | Look::Other => Err(in_the_way(path, "it is no file")),
    }
}

fn no_folder(path: &Path) -> Diagnostic {
    let message = format!("output goes into `{}`, which is no folder; nothing was written", path.display());
    Diagnostic::error(codes::NO_FOLDER, message).help("move it away, or choose another folder with `--out`")
}

fn link(path: &Path) -> Diagnostic {
    let message = format!("`{}` is a symbolic link; nothing was written", path.display());
    Diagnostic::error(codes::LINK, message)
        .note("output through a link could overwrite what is not Formwork's")
        .help("delete the link, or name its target with `--out`")
}

pub(super) fn in_the_way(path: &Path, reason: &str) -> Diagnostic {
    let message = format!("`{}` is in the way: {reason}; nothing was written", path.display());
    Diagnostic::error(codes::IN_THE_WAY, message).help("move it away, or choose another folder with `--out`")
}

pub(super) fn failed(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot read `{}`: {error}; nothing was written", path.display());
    Diagnostic::error(codes::UNREADABLE, message).help("see to its permissions, or choose another folder with `--out`")
}
