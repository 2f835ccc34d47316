//! Every call that changes the disk fails once, is the last for want of space, or is the last of a run that is killed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::commit::write_to;
use super::disk::{Disk, Real};
use super::tests::folder_of;
use super::work::{self, Work};
use super::{Folder, Plan, Scope, plan};
use crate::cli::codes;
use crate::diagnostic::Diagnostic;

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// This one fails, later ones do not.
    Fails,
    /// This and every later one that needs space fails.
    Full,
    /// This one does its share of a write, and nothing happens after it: the run was killed.
    Kill { written: Share },
}

/// How much of a write is done. To be killed after all of it is to be killed before the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    Nothing,
    Name,
    Half,
}

const KILL: Fault = Fault::Kill { written: Share::Nothing };

/// A disk with a fault at one call.
struct Faulty<'a> {
    fault: Fault,
    /// The call at which it strikes, from 0.
    at: usize,
    calls: Cell<usize>,
    /// The calls that write a file.
    writes: RefCell<Vec<usize>>,
    /// Whether folders can change places.
    exchanges: bool,
    /// What someone else does right before the first folders change places.
    meanwhile: Cell<&'a dyn Fn()>,
}

impl Faulty<'_> {
    fn new(fault: Fault, at: usize, exchanges: bool) -> Self {
        Faulty { fault, at, calls: Cell::new(0), writes: RefCell::default(), exchanges, meanwhile: Cell::new(&|| {}) }
    }

    fn call<T>(&self, needs_space: bool, share: impl Fn(Share), act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let call = self.calls.replace(self.calls.get() + 1);
        let full = || io::Error::from(ErrorKind::StorageFull);
        match self.fault {
            Fault::Fails if call == self.at => {
                share(Share::Half);
                Err(full())
            }
            Fault::Full if call >= self.at && needs_space => {
                share(Share::Half);
                Err(full())
            }
            Fault::Kill { written } if call == self.at => {
                share(written);
                Err(ErrorKind::Interrupted.into())
            }
            Fault::Kill { .. } if call > self.at => Err(ErrorKind::Interrupted.into()),
            _ => act(),
        }
    }
}

fn whole(_: Share) {}

/// A disk without a fault, and without the waiting that only a power cut would show.
fn sound() -> Faulty<'static> {
    Faulty::new(Fault::Fails, usize::MAX, true)
}

/// Writes without waiting for the platters.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    File::create_new(path)?.write_all(bytes)
}

fn write(out: &Path, folders: &[Folder], scope: Scope) -> Result<Plan, Vec<Diagnostic>> {
    write_to(&sound(), out, folders, scope)
}

impl Disk for Faulty<'_> {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.call(true, whole, || Real.create_folder(path))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.writes.borrow_mut().push(self.calls.get());
        let share = |share| match share {
            Share::Nothing => {}
            Share::Name => drop(put(path, b"")),
            Share::Half => drop(put(path, &bytes[..bytes.len() / 2])),
        };
        self.call(true, share, || put(path, bytes))
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        self.call(true, whole, || Real.open(path))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(true, whole, || Real.link(from, to))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(false, whole, || Real.rename(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        self.meanwhile.replace(&|| {})();
        let unsupported = || Err(ErrorKind::Unsupported.into());
        self.call(false, whole, || if self.exchanges { Real.exchange(one, other) } else { unsupported() })
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.call(false, whole, || Real.remove_file(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.call(false, whole, || Real.remove_folder(path))
    }

    fn liken(&self, path: &Path, model: &Metadata) -> io::Result<()> {
        self.call(false, whole, || Real.liken(path, model))
    }

    fn unseal(&self, path: &Path) -> io::Result<()> {
        self.call(false, whole, || Real.unseal(path))
    }

    fn sync(&self, folder: &Path) -> io::Result<()> {
        self.call(false, whole, || fs::metadata(folder).map(drop))
    }
}

/// What is under a folder, by path, the workplace of runs left out.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(out: &Path) -> Files {
    let (mut files, mut folders) = (Files::new(), vec![out.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let inside = path.strip_prefix(out).expect("inside").to_owned();
            if path.is_symlink() {
                files.insert(inside, fs::read_link(path).expect("a link").into_os_string().into_encoded_bytes());
            } else if !path.is_dir() {
                files.insert(inside, fs::read(path).expect("a file"));
            } else if !path.ends_with(work::FOLDER) {
                folders.push(path);
            }
        }
    }
    files
}

/// What is someone else's.
fn foreign(out: &Path) -> Files {
    let texts = ["uat/notes.md", "uat/deep/er/notes.md", "prod/notes.md", "notes.md", "other/notes.md"];
    for name in texts {
        let path = out.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, format!("mine, in {name}")).expect("a file");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", out.join("uat/link")).expect("a link");
    files(out)
}

fn old() -> Vec<Folder> {
    [("uat", &[("a", "1"), ("b", "1"), ("c", "same")][..]), ("prod", &[("a", "1")]), ("gone", &[("a", "1")])]
        .map(|(environment, stacks)| folder_of(environment, stacks))
        .into()
}

fn new() -> Vec<Folder> {
    vec![folder_of("uat", &[("a", "2"), ("c", "same"), ("d", "1")]), folder_of("fresh", &[("a", "1")])]
}

/// What the folders hold when they are written, with what is foreign.
fn written(folders: &[Folder]) -> Files {
    let place = TempDir::new().expect("a folder");
    foreign(place.path());
    write(place.path(), folders, Scope::Whole).expect("it can be written");
    files(place.path())
}

/// The part of the files that lies in a folder.
fn inside(files: &Files, folder: &str) -> Files {
    files.iter().filter(|(path, _)| path.starts_with(folder)).map(|(path, text)| (path.clone(), text.clone())).collect()
}

/// A folder of output with the old files and what is foreign.
fn place() -> TempDir {
    let place = TempDir::new().expect("a folder");
    foreign(place.path());
    write(place.path(), &old(), Scope::Whole).expect("it can be written");
    place
}

/// The calls of a run without a fault, and those of them that write a file.
fn calls(exchanges: bool) -> (usize, Vec<usize>) {
    let (place, disk) = (place(), Faulty { exchanges, ..sound() });
    write_to(&disk, place.path(), &new(), Scope::Whole).expect("it can be written");
    (disk.calls.get(), disk.writes.into_inner())
}

/// Lets the fault strike at each of the calls in turn.
fn strike(fault: Fault, exchanges: bool, calls: impl Iterator<Item = usize>) {
    let (before, after) = (written(&old()), written(&new()));
    for at in calls {
        let place = place();
        let disk = Faulty::new(fault, at, exchanges);
        let done = write_to(&disk, place.path(), &new(), Scope::Whole);
        assert!(disk.calls.get() > at, "there is no call {at}");
        let now = files(place.path());
        let case = format!("{fault:?} at call {at}, exchange: {exchanges}: {done:#?}");
        for folder in ["uat", "prod", "gone", "fresh", "other", "notes.md"] {
            let [now, before, after] = [&now, &before, &after].map(|files| inside(files, folder));
            // Where folders cannot change places, a killed run may leave none; the next one puts it back.
            let none = !exchanges && matches!(fault, Fault::Kill { .. }) && now.is_empty();
            assert!(now == before || now == after || none, "{case}: `{folder}` is neither old nor new: {now:#?}");
        }
        let said = |text: &str| done.as_ref().is_err_and(|said| said.iter().any(|said| said.message.contains(text)));
        assert!(!said("nothing was written") || matches!(fault, Fault::Kill { .. }) || now == before, "{case}");
        assert!(done.is_err() || now == after, "{case}");
        write(place.path(), &new(), Scope::Whole).unwrap_or_else(|said| panic!("{case}: the next run: {said:#?}"));
        assert_eq!(files(place.path()), after, "{case}: after the next run");
        assert!(!place.path().join(work::FOLDER).exists(), "{case}: something is left");
    }
}

#[test]
fn every_folder_is_old_or_new_whatever_happens_at_whichever_call() {
    let (count, writes) = calls(true);
    assert!(count > 60 && writes.len() >= 8, "{count} calls, {} writes: those cannot be all", writes.len());
    strike(Fault::Fails, true, 0..count);
    strike(Fault::Full, true, 0..count);
    strike(KILL, true, 0..count);
    strike(Fault::Kill { written: Share::Name }, true, writes.iter().copied());
    strike(Fault::Kill { written: Share::Half }, true, writes.into_iter());
}

#[test]
fn without_an_exchange_of_folders_there_is_still_never_a_mix() {
    let (count, _) = calls(false);
    strike(Fault::Fails, false, 0..count);
    strike(KILL, false, 0..count);
}

/// Runs with someone else at work right before the folders change places.
fn meanwhile(act: &dyn Fn(&Path)) -> (TempDir, Result<(), Vec<Diagnostic>>) {
    let place = place();
    let path = place.path().to_owned();
    let act = || act(&path);
    let disk = Faulty { meanwhile: Cell::new(&act), ..sound() };
    let done = write_to(&disk, place.path(), &new(), Scope::Whole).map(drop);
    (place, done)
}

#[test]
fn what_comes_meanwhile_is_there_afterwards() {
    let (place, done) = meanwhile(&|out| {
        fs::write(out.join("uat/late.md"), "late").expect("a file");
        fs::write(out.join("uat/deep/late.md"), "late").expect("a file");
        fs::write(out.join("uat/notes.md"), "written over").expect("a file");
    });
    done.expect("nothing speaks against it");
    let now = files(place.path());
    let text = |name: &str| now.get(Path::new(name)).map(|text| String::from_utf8_lossy(text).into_owned());
    assert_eq!(text("uat/late.md").as_deref(), Some("late"));
    assert_eq!(text("uat/deep/late.md").as_deref(), Some("late"));
    assert_eq!(text("uat/notes.md").as_deref(), Some("written over"));
    assert!(!place.path().join(work::FOLDER).exists());
}

#[test]
fn what_is_replaced_meanwhile_is_kept_beside_and_named() {
    let (place, done) = meanwhile(&|out| {
        fs::write(out.join("draft"), "newer").expect("a file");
        fs::rename(out.join("draft"), out.join("uat/notes.md")).expect("a new file of the same name");
    });
    let said = done.expect_err("two files want one name");
    assert_eq!(said[0].code, codes::LEFT_OVER);
    let kept = place.path().join(".formwork/new/uat/notes.md");
    assert_eq!(fs::read_to_string(&kept).expect("it is kept"), "newer");
    let again = write(place.path(), &old(), Scope::Whole).expect_err("someone must choose");
    assert_eq!((again[0].code, again.len()), (codes::LEFT_OVER, 1));
    fs::rename(kept, place.path().join("uat/notes.md")).expect("someone chooses");
    write(place.path(), &old(), Scope::Whole).expect("nothing speaks against it");
    let mut expect = written(&old());
    expect.insert("uat/notes.md".into(), b"newer".into());
    assert_eq!(files(place.path()), expect);
}

#[test]
fn a_folder_that_is_removed_meanwhile_is_an_error() {
    let (place, done) = meanwhile(&|out| fs::remove_dir_all(out.join("uat")).expect("it was there"));
    let said = done.expect_err("there is nothing to change places with");
    assert_eq!(said[0].code, codes::UNWRITABLE);
    write(place.path(), &new(), Scope::Whole).expect("the next run");
    assert_eq!(files(place.path()), written(&new()));
}

#[test]
fn two_runs_at_once() {
    let place = place();
    let before = files(place.path());
    let Ok(first) = Work::begin(&Real, place.path()) else { panic!("nobody else is there") };
    let said = write(place.path(), &new(), Scope::Whole).expect_err("the other one is there");
    assert_eq!((said[0].code, said.len()), (codes::BUSY, 1));
    assert_eq!(files(place.path()), before);
    first.end(true);
    write(place.path(), &new(), Scope::Whole).expect("nobody is there any more");
}

/// Many runs at once, of two minds: each ends well or is refused, and what is left is one or the other.
#[test]
fn many_runs_at_once() {
    let place = place();
    let run =
        |index: usize| super::write(place.path(), &if index.is_multiple_of(2) { old() } else { new() }, Scope::Whole);
    std::thread::scope(|scope| {
        for index in 0..8 {
            scope.spawn(move || {
                for turn in 0..6 {
                    if let Err(said) = run(index + turn) {
                        assert!(said.iter().all(|said| said.code == codes::BUSY), "{said:#?}");
                    }
                }
            });
        }
    });
    let now = files(place.path());
    assert!(now == written(&old()) || now == written(&new()), "{now:#?}");
    assert!(!place.path().join(work::FOLDER).exists());
}

#[test]
fn the_workplace_is_no_environment() {
    let place = place();
    let disk = Faulty::new(KILL, 30, true);
    write_to(&disk, place.path(), &new(), Scope::Whole).expect_err("it is killed");
    assert!(place.path().join(work::FOLDER).exists());
    assert_eq!(plan(place.path(), &old(), Scope::Whole).expect("a plan").changes, []);
}
