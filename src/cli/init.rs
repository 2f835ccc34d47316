//! `formwork init`: a new project.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Format, codes, speak};
use crate::diagnostic::Diagnostic;
use crate::emit::project::{self, ProjectFile};
use crate::settings;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// A project that is a settings file, with what checks and deploys it. The only kind there is so far
    #[arg(long, required = true)]
    pub settings: bool,
    /// Where; here unless said. What is not there is created
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// How to tell findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(super) fn run(args: &InitArgs) -> Exit {
    let files = project::of_settings(&stack(&args.folder), settings::SCHEMA);
    match write(&args.folder, &files) {
        Ok(()) => {
            if args.format == Format::Full {
                speak::talk(&told(&args.folder, &files));
            }
            speak::findings(args.format, &[], &[], Vec::new())
        }
        Err(finding) => {
            speak::findings(args.format, &[], &[finding], Vec::new());
            Exit::Failed
        }
    }
}

/// The longest name of a stack; its files have more in theirs.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const LONGEST: usize = 128;

/// A stack is named like its folder where CloudFormation takes that.
fn stack(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_default();
    let name = absolute.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    let fits = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && name.len() <= LONGEST;
    if fits { name } else { "rds-proxy".to_owned() }
}

/// Writes all of the files, or none: nothing that is there is touched.
fn write(folder: &Path, files: &[ProjectFile]) -> Result<(), Diagnostic> {
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let taken: Vec<_> = files.iter().map(|file| folder.join(file.path)).filter(|path| there(path)).collect();
    if !taken.is_empty() {
        return Err(in_the_way(&taken));
    }
    let mut created = Vec::new();
    let done = files.iter().try_for_each(|file| {
        let path = folder.join(file.path);
        create(&path, &file.text, &mut created).map_err(|error| (path, error))
    });
    done.map_err(|(path, error)| {
        created.iter().rev().for_each(|created| created.remove());
        match error.kind() {
            io::ErrorKind::AlreadyExists => in_the_way(&[path]),
            _ => unwritable(&path, &error),
        }
    })
}

/// What this run has created.
enum Created {
    Folder(PathBuf),
    File(PathBuf),
}

impl Created {
    fn remove(&self) {
        drop(match self {
            Self::Folder(path) => fs::remove_dir(path),
            Self::File(path) => fs::remove_file(path),
        });
    }
}

fn create(path: &Path, text: &str, created: &mut Vec<Created>) -> io::Result<()> {
    let around = path.ancestors().skip(1);
    let missing: Vec<_> = around.take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        created.push(Created::Folder(folder.to_owned()));
    }
    let mut file = File::create_new(path)?;
    created.push(Created::File(path.to_owned()));
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn in_the_way(taken: &[PathBuf]) -> Diagnostic {
    let names: Vec<_> = taken.iter().map(|path| format!("`{}`", path.display())).collect();
    let (is, it) = if taken.len() == 1 { ("is", "it") } else { ("are", "them") };
    let message = format!("{} {is} there already; nothing was written", names.join(", "));
    Diagnostic::error(codes::NOT_EMPTY, message)
        .help(format!("move {it} away, or name another folder: `formwork init --settings DIR`"))
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("cannot write `{}`: {error}; nothing was written", path.display());
    Diagnostic::error(codes::UNWRITABLE, message).help("see to the folder's permissions and to free space")
}

fn told(folder: &Path, files: &[ProjectFile]) -> String {
    let written: String = files.iter().map(|file| format!("  {}\n", folder.join(file.path).display())).collect();
    let enter = if folder == Path::new(".") { String::new() } else { format!("cd {} && ", folder.display()) };
    format!(
        "{} files written:\n{written}next: put your ids into `formwork.yaml`, and `{enter}formwork synth`\n",
        files.len()
    )
}
