//! Wirings that must not compile, and what rustc says of them.
//!
//! Each program in `wiring/` makes one mistake. Beside it stands what a newcomer reads first: the message, the place, our
//! notes. What rustc adds of its own (which types would do, where the bound stands) is left out: it changes with every
//! type that is added. `BLESS=1` writes the messages anew.
//!
//! The programs are compiled against the library that this test is linked with, so nothing is built twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

#[test]
fn wrong_wirings_do_not_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wiring");
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut programs: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "rs")).collect();
    programs.sort();
    assert!(programs.len() >= 12, "{} programs", programs.len());

    let library = library();
    let (open, faults) = (Mutex::new(programs.iter()), Mutex::new(Vec::new()));
    let work = || {
        while let Some(program) = { open.lock().unwrap().next() } {
            if let Err(fault) = check(program, &library) {
                faults.lock().unwrap().push(fault);
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether rustc says of `program` what stands beside it.
fn check(program: &Path, library: &Path) -> Result<(), String> {
    let said = compile(program, library);
    let beside = program.with_extension("stderr");
    if said.is_empty() {
        return Err(format!("{} compiles", program.display()));
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&beside, &said).map_err(|fault| fault.to_string())?;
    }
    let expect = fs::read_to_string(&beside).unwrap_or_default();
    let name = program.display();
    if said == expect { Ok(()) } else { Err(format!("{name}: rustc says\n{said}and was expected to say\n{expect}")) }
}

/// The newest build of the library: this test needed one from the present sources.
pub fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let files = fs::read_dir(test.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let builds = files.filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libformwork-") && name.ends_with(".rlib")
    });
    builds.max_by_key(|path| fs::metadata(path).and_then(|facts| facts.modified()).ok()).unwrap()
}

/// The errors of a program.
pub fn compile(program: &Path, library: &Path) -> String {
    let out = tempfile::tempdir().unwrap();
    let mut external = std::ffi::OsString::from("formwork=");
    external.push(library);
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "--emit=metadata", "--error-format=json", "-Adead_code"])
        .arg("--extern")
        .arg(external)
        .arg("-L")
        .arg(format!("dependency={}", library.parent().unwrap().display()))
        .arg("--out-dir")
        .arg(out.path())
        .arg(program)
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    let messages = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let errors = messages.filter(|message| message["level"] == "error" && message["spans"][0].is_object());
    errors.map(|error| first_words(&error)).collect::<Vec<_>>().join("\n")
}

/// The message, the place with its label, our notes.
fn first_words(error: &Value) -> String {
    let code = error["code"]["code"].as_str().filter(|code| code.starts_with('E'));
    let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
    let mut text = format!("error{code}: {}\n", plain(&error["message"]));
    let spans = error["spans"].as_array().unwrap();
    let primary = spans.iter().find(|span| span["is_primary"] == true).unwrap();
    let [start, end] = ["column_start", "column_end"].map(|name| primary[name].as_u64().unwrap() as usize);
    let line = primary["line_start"].to_string();
    let label = primary["label"].as_str().unwrap_or_default();
    let marks = format!("{}{} {label}", " ".repeat(start - 1), "^".repeat(end - start));
    let margin = " ".repeat(line.len());
    text.push_str(&format!(
        "{line} | {}\n{margin} | {}\n",
        primary["text"][0]["text"].as_str().unwrap(),
        marks.trim_end()
    ));
    for span in spans.iter().filter(|span| span["is_primary"] == false && span["line_start"] == primary["line_start"]) {
        let label = plain(&span["label"]);
        if !["required by ", "arguments to this "].iter().any(|start| label.starts_with(start)) {
            text.push_str(&format!("{margin} = {label}\n"));
        }
    }
    for child in error["children"].as_array().unwrap().iter().filter(|child| is_ours(child)) {
        text.push_str(&format!("{margin} = {}\n", plain(&child["message"]).replace('\n', &format!("\n{margin}   "))));
    }
    text
}

/// Whether a note comes from an attribute of ours.
fn is_ours(child: &Value) -> bool {
    let message = child["message"].as_str().unwrap();
    let rustcs = ["required ", "expected ", "this error originates", "duplicate diagnostic"];
    child["level"] == "note"
        && child["spans"].as_array().unwrap().is_empty()
        && !rustcs.iter().any(|start| message.starts_with(start))
}

/// A message without the paths of types.
fn plain(message: &Value) -> String {
    let text = message.as_str().unwrap();
    ["formwork::prelude::", "formwork::stack::", "std::string::"]
        .iter()
        .fold(text.to_owned(), |text, path| text.replace(path, ""))
}
