//! Carrying out a plan, so that each environment's folder holds the old files or the new ones, never some of both.
//!
//! No order of writing several files does that, and neither does a journal: whoever reads the folder, `git` and the AWS
//! CLI among them, would have to read the journal too. So the folder itself is what changes, in one step:
//!
//! 1. Under `out/.formwork`, which one run at a time can lock, the whole next folder is made ready: new files are
//!    written, and whatever else lies in the old one, ours or not, gets a second name there (a hard link).
//! 2. When all folders are ready and on the platters, each changes places with the old one: `RENAME_EXCHANGE` on Linux,
//!    `RENAME_SWAP` on macOS. A folder that is not there yet takes its place by a plain rename, and one in which nothing
//!    is left goes by one.
//! 3. The old folders are cleared away. What appeared in one of them meanwhile is moved to the new one.
//!
//! A run that is killed leaves each folder as it was before its step 2 or as it is after it, and `out/.formwork`, which
//! the next run clears away in the way of step 3.
//!
//! Some file systems (NFS among them) and Windows have no exchange. There the old folder moves away and the new one moves
//! in; between the two there is no folder, and if the run is killed just there the next run puts the old one back.
//! Likewise a file of someone else's that can have no second name (another user's under `fs.protected_hardlinks`, any on
//! a file system without hard links) is moved over right after the exchange.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::disk::{Disk, Real};
use super::settle::settle;
use super::stage::{Staged, stage};
use super::work::{self, Work};
use super::{Change, Folder, Kind, Plan, Scope, plan};
use crate::cli::codes;
use crate::diagnostic::Diagnostic;

/// What went wrong, and at which path.
pub(super) type Fault = (PathBuf, io::Error);

/// Says at which path it went wrong.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Fault {
    move |error| (path.to_owned(), error)
}

/// Lets the folder of output be as it must be, and says what changed.
///
/// # Errors
///
/// Everything that speaks against touching the folder, or what went wrong on the disk and how far the run had come.
pub fn write(out: &Path, folders: &[Folder], scope: Scope) -> Result<Plan, Vec<Diagnostic>> {
    write_to(&Real, out, folders, scope)
}

pub(super) fn write_to(disk: &dyn Disk, out: &Path, folders: &[Folder], scope: Scope) -> Result<Plan, Vec<Diagnostic>> {
    let first = plan(out, folders, scope)?;
    if first.changes.is_empty() && !first.out.join(work::FOLDER).exists() {
        return Ok(first);
    }
    let sealed = sealed(&first);
    if !sealed.is_empty() {
        return Err(sealed);
    }
    let work = Work::begin(disk, &first.out).map_err(|refusal| vec![refusal])?;
    // Another run may have written since.
    let done = recover(disk, &first.out, &work).and_then(|()| plan(out, folders, scope)).and_then(|plan| {
        commit(disk, &plan, &work).map_err(|failure| vec![failure])?;
        Ok(plan)
    });
    work.end(done.is_ok());
    done
}

/// What is not to be changed, by the permissions that its owner gave it. Root could, and does not either.
fn sealed(plan: &Plan) -> Vec<Diagnostic> {
    let mut paths = Vec::new();
    for change in &plan.changes {
        let folders = [plan.out.clone(), change.folder.clone()].into_iter();
        let file = matches!(change.kind, Kind::Changed { .. } | Kind::Orphan).then(|| change.path());
        paths.extend(folders.chain(file));
    }
    let mut seen = std::collections::BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let read_only = |path: &PathBuf| fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly());
    let refusal = |path: PathBuf| {
        let message = format!("`{}` is read-only; nothing was written", path.display());
        Diagnostic::error(codes::READ_ONLY, message).help("make it writable, or choose another folder with `--out`")
    };
    paths.into_iter().filter(read_only).map(refusal).collect()
}

/// Clears away what runs that were cut off have left.
fn recover(disk: &dyn Disk, out: &Path, work: &Work<'_>) -> Result<(), Vec<Diagnostic>> {
    let failure = |(path, error): Fault| vec![failed(&path, &error, "nothing was written")];
    for folder in work.left().map_err(failure)? {
        let place = out.join(folder.file_name().unwrap_or_default());
        if !folder.is_dir() {
            return Err(vec![left(&folder, &place)]);
        }
        if folder.starts_with(work.away()) && !place.exists() {
            disk.rename(&folder, &place).map_err(at(&place)).map_err(failure)?;
            continue;
        }
        let conflicts = settle(disk, &folder, &place).map_err(failure)?;
        if !conflicts.is_empty() {
            let place_of = |path: &Path| place.join(path.strip_prefix(&folder).unwrap_or(path));
            return Err(conflicts.iter().map(|path| left(path, &place_of(path))).collect());
        }
    }
    Ok(())
}

fn left(path: &Path, place: &Path) -> Diagnostic {
    let (path, place) = (path.display(), place.display());
    let message = format!("a run that was cut off left `{path}`, which is not what `{place}` is; nothing was written");
    Diagnostic::error(codes::LEFT_OVER, message)
        .note(format!("it is none of Formwork's files: `{place}` was changed while that run wrote, or since"))
        .help(format!("keep the one that you want as `{place}`, remove the other, and run `synth` again"))
}

fn commit(disk: &dyn Disk, plan: &Plan, work: &Work<'_>) -> Result<(), Diagnostic> {
    let mut folders: BTreeMap<&Path, Vec<&Change>> = BTreeMap::new();
    for change in &plan.changes {
        folders.entry(&change.folder).or_default().push(change);
    }
    let mut staged = Vec::new();
    for (place, changes) in &folders {
        let new = work.ready().join(place.file_name().unwrap_or_default());
        match stage(disk, place, new.clone(), changes) {
            Ok(folder) => staged.push(folder),
            Err((path, error)) => {
                drop(settle(disk, &new, place));
                return Err(give_up(disk, &staged, &[], (path, error)));
            }
        }
    }
    let mut replaced = Vec::new();
    for (index, folder) in staged.iter().enumerate() {
        match replace(disk, folder, work) {
            Ok(old) => replaced.push((old, folder)),
            Err(fault) => {
                replaced.iter().for_each(|(old, folder): &(_, &Staged)| drop(clear(disk, old, &folder.place)));
                return Err(give_up(disk, &staged[index..], &staged[..index], fault));
            }
        }
    }
    drop(disk.sync(&plan.out));
    replaced.into_iter().try_for_each(|(old, folder)| clear(disk, &old, &folder.place))
}

/// Clears away what was made ready for nothing, and says how far the run had come.
fn give_up(disk: &dyn Disk, unused: &[Staged], used: &[Staged], (path, error): Fault) -> Diagnostic {
    unused.iter().for_each(|folder| drop(settle(disk, &folder.new, &folder.place)));
    let names = |folders: &[Staged]| {
        folders.iter().map(|folder| format!("`{}`", folder.place.display())).collect::<Vec<_>>().join(", ")
    };
    match used {
        [] => failed(&path, &error, "nothing was written"),
        used => failed(&path, &error, &format!("{} new, {} as before", names(used), names(unused))),
    }
}

/// Lets the new folder take the place of the old one. Returns where the old one is then.
fn replace(disk: &dyn Disk, folder: &Staged, work: &Work<'_>) -> Result<PathBuf, Fault> {
    let Staged { place, new, exists, filled } = folder;
    let old = work.away().join(place.file_name().unwrap_or_default());
    if !exists {
        disk.rename(new, place).map_err(at(place))?;
        return Ok(new.clone());
    }
    if !filled {
        disk.rename(place, &old).map_err(at(place))?;
        drop(disk.remove_folder(new));
        return Ok(old);
    }
    match disk.exchange(new, place) {
        Ok(()) => Ok(new.clone()),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            disk.rename(place, &old).map_err(at(place))?;
            disk.rename(new, place).map_err(|error| {
                drop(disk.rename(&old, place));
                (place.clone(), error)
            })?;
            Ok(old)
        }
        Err(error) => Err((place.clone(), error)),
    }
}

/// Clears away the folder that was replaced.
fn clear(disk: &dyn Disk, old: &Path, place: &Path) -> Result<(), Diagnostic> {
    if !old.exists() {
        return Ok(());
    }
    let kept = |reason: &str| {
        format!("the new output is in place; some of what was there before is left in `{}`: {reason}", old.display())
    };
    match settle(disk, old, place) {
        Ok(conflicts) if conflicts.is_empty() => Ok(()),
        Ok(conflicts) => {
            let message = kept(&format!("`{}` was changed while `synth` ran", conflicts[0].display()));
            let help = format!("move what you want to keep to `{}`, and remove the rest", place.display());
            Err(Diagnostic::error(codes::LEFT_OVER, message).help(help))
        }
        Err((path, error)) => {
            let message = kept(&format!("cannot clear away `{}`: {error}", path.display()));
            Err(Diagnostic::error(codes::UNWRITABLE, message).help("see to its permissions, and run `synth` again"))
        }
    }
}

pub(super) fn failed(path: &Path, error: &io::Error, outcome: &str) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}; {outcome}", path.display());
    Diagnostic::error(codes::UNWRITABLE, message)
        .help("see to the folder's permissions and to free space, or choose another folder with `--out`")
}
