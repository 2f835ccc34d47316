//! What must change, found by reading.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::look::{self, file, folder, in_the_way};
use super::{Change, Folder, Kind, Plan, Scope};
use crate::cli::codes;
use crate::diagnostic::Diagnostic;
use crate::emit::manifest::{self, Manifest};

/// How often to look again at what seems to be in the way.
const LOOKS: usize = 8;

/// What must change under `out`, or everything that speaks against touching it.
///
/// # Errors
///
/// What is in the way: links, folders and files that no manifest owns, what cannot be read.
pub fn plan(out: &Path, folders: &[Folder], scope: Scope) -> Result<Plan, Vec<Diagnostic>> {
    // A run that ends just now can let one file look old and another one new. What is really in the way stays there.
    let mut seen = Vec::new();
    for _ in 0..LOOKS {
        match look_through(out, folders, scope) {
            Ok(plan) => return Ok(plan),
            Err(refusals) if refusals == seen => break,
            Err(refusals) => seen = refusals,
        }
    }
    Err(seen)
}

fn look_through(out: &Path, folders: &[Folder], scope: Scope) -> Result<Plan, Vec<Diagnostic>> {
    // A slash at the end would make the system follow a link.
    let out: PathBuf = out.components().collect();
    let mut planner = Planner { plan: Plan { out, changes: Vec::new(), unchanged: 0 }, refusals: Vec::new() };
    let root = planner.plan.out.clone();
    if planner.or_refuse(folder(&root)).is_some() {
        folders.iter().for_each(|folder| planner.folder(folder, scope));
        if scope == Scope::Whole {
            planner.abandoned(folders);
        }
    }
    if planner.refusals.is_empty() { Ok(planner.plan) } else { Err(planner.refusals) }
}

struct Planner {
    plan: Plan,
    refusals: Vec<Diagnostic>,
}

impl Planner {
    fn or_refuse<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|refusal| self.refusals.push(refusal)).ok()
    }

    fn folder(&mut self, wanted: &Folder, scope: Scope) {
        let path = self.plan.out.join(&wanted.manifest.environment);
        let there = folder(&path).and_then(|_| manifest_in(&path));
        let Some(old) = self.or_refuse(there) else { return };
        let mut manifest = wanted.manifest.clone();
        if scope == Scope::Stacks {
            keep_others(&mut manifest, old.as_ref());
        }
        let (owned, text) = (owned(old.as_ref()), manifest.text());
        let files = wanted.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        for (name, bytes) in files.chain([(manifest::FILE, text.as_bytes())]) {
            self.file(&path, name, bytes, owned.contains(name));
        }
        let kept: BTreeSet<&str> = manifest.owned().chain([manifest::FILE]).collect();
        owned.iter().filter(|name| !kept.contains(name.as_str())).for_each(|name| self.orphan(&path, name));
    }

    fn file(&mut self, path: &Path, name: &str, new: &[u8], owned: bool) {
        let place = path.join(name);
        let Some(old) = self.or_refuse(file(&place)) else { return };
        let kind = match old {
            Some(old) if old == new => {
                self.plan.unchanged += 1;
                return;
            }
            Some(old) if owned => Kind::Changed { old, new: new.to_vec() },
            Some(_) => {
                self.refusals
                    .push(in_the_way(&place, "Formwork would write it, and no manifest says that it did before"));
                return;
            }
            None => Kind::Missing(new.to_vec()),
        };
        self.plan.changes.push(Change { folder: path.to_owned(), name: name.to_owned(), kind });
    }

    fn orphan(&mut self, path: &Path, name: &str) {
        if let Some(Some(_)) = self.or_refuse(file(&path.join(name))) {
            self.plan.changes.push(Change { folder: path.to_owned(), name: name.to_owned(), kind: Kind::Orphan });
        }
    }

    /// Folders of environments that are no longer produced. No environment's name starts with a dot.
    fn abandoned(&mut self, folders: &[Folder]) {
        for path in folders_in(&self.plan.out) {
            let known = |folder: &Folder| path.ends_with(&folder.manifest.environment);
            if !folders.iter().any(known) {
                let old = manifest_in(&path).ok().flatten();
                owned(old.as_ref()).iter().for_each(|name| self.orphan(&path, name));
            }
        }
    }
}

/// The entries of the old manifest for stacks that the new one does not speak of, and for the page, which speaks of all.
fn keep_others(manifest: &mut Manifest, old: Option<&Manifest>) {
    let spoken: BTreeSet<String> = manifest.stacks.iter().map(|entry| entry.stack.clone()).collect();
    let others = old.into_iter().flat_map(|old| &old.stacks).filter(|entry| !spoken.contains(&entry.stack));
    manifest.stacks.extend(others.cloned());
    manifest.readme = old.and_then(|old| old.readme.clone());
    manifest.stacks.sort_by(|left, right| left.stack.cmp(&right.stack));
}

/// What the manifest owns, itself included.
fn owned(manifest: Option<&Manifest>) -> BTreeSet<String> {
    let names = manifest.into_iter().flat_map(|manifest| manifest.owned().chain([manifest::FILE]));
    names.map(str::to_owned).collect()
}

fn manifest_in(path: &Path) -> Result<Option<Manifest>, Diagnostic> {
    let place = path.join(manifest::FILE);
    let Some(bytes) = look::file(&place)? else { return Ok(None) };
    let manifest = Manifest::parse(&bytes).filter(|manifest| manifest.owned().all(is_plain_name));
    manifest.map(Some).ok_or_else(|| {
        let message =
            format!("`{}` is no manifest of version {}; nothing was written", place.display(), manifest::VERSION);
        Diagnostic::error(codes::NO_MANIFEST, message)
            .note("without it nobody can say which files of the folder are Formwork's")
            .help("restore it from version control, or delete the folder and synthesize again")
    })
}

/// Whether a name is that of a file right in the folder, and leads nowhere else.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!((components.next(), components.next()), (Some(Component::Normal(only)), None) if only == name)
        && !name.contains('\\')
}

fn folders_in(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out).into_iter().flatten().flatten().map(|entry| entry.path());
    let hidden = |path: &PathBuf| path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let mut folders: Vec<_> =
        entries.filter(|path| !hidden(path) && look::look(path) == Ok(look::Look::Folder)).collect();
    folders.sort();
    folders
}
