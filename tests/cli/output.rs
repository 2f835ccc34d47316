//! The folder of output: what is in the way, what is refused, and what a killed run leaves.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Place, SETTINGS};

#[test]
fn a_file_in_place_of_the_folder() {
    let place = Place::new();
    place.write("out", "mine");
    place.refuses(
        "synth",
        r#"
2
error[S0811]: output goes into `out`, which is no folder; nothing was written
 |
 = help: move it away, or choose another folder with `--out`

1 error
"#,
    );
    place.refuses(
        "synth --check",
        r#"
2
error[S0811]: output goes into `out`, which is no folder; nothing was written
 |
 = help: move it away, or choose another folder with `--out`

1 error
"#,
    );
}

#[test]
fn a_file_in_place_of_a_folder_around() {
    let place = Place::new();
    place.write("build", "mine");
    place.refuses(
        "synth --out build/out",
        r#"
2
error[S0811]: output goes into `build`, which is no folder; nothing was written
 |
 = help: move it away, or choose another folder with `--out`

1 error
"#,
    );
}

#[test]
fn a_file_in_place_of_an_environment() {
    let place = Place::new();
    place.write("out/uat", "mine");
    place.refuses(
        "synth",
        r#"
2
error[S0811]: output goes into `out/uat`, which is no folder; nothing was written
 |
 = help: move it away, or choose another folder with `--out`

1 error
"#,
    );
}

#[test]
fn a_file_that_no_manifest_owns() {
    let place = Place::new();
    place.write("out/uat/rds-proxy.template.yaml", "mine");
    place.refuses("synth", r#"
2
error[S0813]: `out/uat/rds-proxy.template.yaml` is in the way: Formwork would write it, and no manifest says that it did before; nothing was written
 |
 = help: move it away, or choose another folder with `--out`

1 error
"#);
}

#[test]
fn a_manifest_that_is_none() {
    let place = Place::new();
    place.write("out/uat/manifest.json", "{}");
    place.refuses(
        "synth",
        r#"
2
error[S0814]: `out/uat/manifest.json` is no manifest of version 2; nothing was written
 |
 = note: without it nobody can say which files of the folder are Formwork's
 = help: restore it from version control, or delete the folder and synthesize again

1 error
"#,
    );
}

#[test]
fn a_manifest_that_leads_out_of_its_folder() {
    let place = Place::new();
    place.run("synth");
    place.write("precious.yaml", "mine");
    let manifest = fs::read_to_string(place.path("out/uat/manifest.json")).expect("it was written");
    place.write("out/uat/manifest.json", &manifest.replace("\"rds-proxy.template.yaml\"", "\"../../precious.yaml\""));
    place.refuses(
        "synth",
        r#"
2
error[S0814]: `out/uat/manifest.json` is no manifest of version 2; nothing was written
 |
 = note: without it nobody can say which files of the folder are Formwork's
 = help: restore it from version control, or delete the folder and synthesize again

1 error
"#,
    );
}

/// Nobody, root included, can make a folder in `/proc`: the refusal comes from the write itself, after all checks.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written() {
    Place::new().refuses(
        "synth --out /proc/formwork/out",
        r#"
2
error[S0815]: cannot write `/proc/formwork`: No such file or directory (os error 2); nothing was written
 |
 = help: see to the folder's permissions and to free space, or choose another folder with `--out`

1 error
"#,
    );
}

/// The system refuses all but the first bytes of any file, as a full disk would, once the folders are made.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_of_a_write_that_fails_half_way() {
    let place = Place::new();
    let script = format!("trap '' XFSZ; ulimit -f 1; exec {} synth --out build/out", env!("CARGO_BIN_EXE_formwork"));
    let before = place.files();
    let mut shell = Command::new("sh");
    let output = shell.arg("-c").arg(script).current_dir(place.0.path()).output().expect("a shell");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    let expect = "error[S0815]: cannot write `build/out/prod/manifest.json`: \
        File too large (os error 27); nothing was written";
    assert!(talk.starts_with(expect), "{talk}");
    assert_eq!(place.files(), before);
    assert!(!place.path("build").exists(), "folders were left");
}

#[cfg(unix)]
fn read_only(path: PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o555 } else { 0o444 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

#[cfg(unix)]
#[test]
fn what_is_read_only_stays() {
    let place = Place::new();
    place.run("synth");
    let changed = SETTINGS.replace("memory: 256", "memory: 512");
    place.write("formwork.yaml", &changed);
    read_only(place.path("out/uat/rds-proxy.template.yaml"));
    place.refuses(
        "synth",
        r#"
2
error[S0818]: `out/uat/rds-proxy.template.yaml` is read-only; nothing was written
 |
 = help: make it writable, or choose another folder with `--out`

1 error
"#,
    );
    assert_eq!(place.run("synth --check").status.code(), Some(1), "looking is no writing");
    fs::remove_file(place.path("out/uat/rds-proxy.template.yaml")).expect("it was written");
    read_only(place.path("out/uat"));
    place.refuses(
        "synth",
        r#"
2
error[S0818]: `out/uat` is read-only; nothing was written
 |
 = help: make it writable, or choose another folder with `--out`

1 error
"#,
    );
    place.write("formwork.yaml", SETTINGS);
    place.ends_well("synth --environment prod", "`out` is up to date");
}

/// The lock as another run would hold it.
#[test]
fn another_run_at_the_same_time() {
    let place = Place::new();
    place.write("out/.formwork/lock", "");
    let lock = fs::File::open(place.path("out/.formwork/lock")).expect("the lock");
    lock.lock().expect("nobody else has it");
    place.refuses(
        "synth",
        r#"
2
error[S0817]: another run is writing to `out`; nothing was written
 |
 = note: it holds the lock `out/.formwork/lock`
 = help: wait until it has ended, or choose another folder with `--out`

1 error
"#,
    );
    drop(lock);
    place.ends_well("synth", "20 files written to `out`");
    assert!(!place.path("out/.formwork").exists());
}

/// What a killed run leaves is cleared away, even by a run that has nothing to write, and is no environment.
#[test]
fn what_a_killed_run_has_left_goes() {
    let place = Place::new();
    place.run("synth");
    let manifest = fs::read_to_string(place.path("out/uat/manifest.json")).expect("it was written");
    place.write("out/.formwork/.gitignore", "*");
    place.write("out/.formwork/new/uat/manifest.json", &manifest);
    place.write("out/.formwork/new/uat/rds-proxy.template.yaml", "half of");
    place.write("out/.formwork/new/prod/manifest.json", &manifest[..100]);
    place.ends_well("synth --check", "`out` is up to date");
    place.ends_well("synth", "`out` is up to date");
    assert!(!place.path("out/.formwork").exists());
}

#[test]
fn what_a_killed_run_has_left_is_not_lost_if_it_is_someones() {
    let place = Place::new();
    place.run("synth");
    place.write("out/uat/notes.md", "mine");
    place.write("out/.formwork/new/uat/notes.md", "mine too");
    place.write("out/.formwork/new/uat/more.md", "mine as well");
    place.check(
        "synth",
        r#"
2
error[S0819]: a run that was cut off left `out/.formwork/new/uat/notes.md`, which is not what `out/uat/notes.md` is; nothing was written
 |
 = note: it is none of Formwork's files: `out/uat/notes.md` was changed while that run wrote, or since
 = help: keep the one that you want as `out/uat/notes.md`, remove the other, and run `synth` again

1 error
"#,
    );
    let text = |name: &str| fs::read_to_string(place.path(name)).expect("a file");
    assert_eq!(text("out/uat/more.md"), "mine as well", "it is back where it was");
    assert_eq!((text("out/uat/notes.md"), text("out/.formwork/new/uat/notes.md")), ("mine".into(), "mine too".into()));
    fs::remove_file(place.path("out/.formwork/new/uat/notes.md")).expect("a file");
    place.ends_well("synth", "`out` is up to date");
}

#[cfg(unix)]
#[test]
fn a_folder_keeps_its_permissions_and_what_else_is_in_it() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let place = Place::new();
    place.run("synth");
    place.write("out/uat/deep/notes.md", "mine");
    let mode = |name: &str, mode| fs::set_permissions(place.path(name), fs::Permissions::from_mode(mode)).expect("set");
    mode("out/uat/deep/notes.md", 0o640);
    mode("out/uat/deep", 0o550);
    mode("out/uat", 0o2770);
    let known = |name: &str| {
        let metadata = fs::metadata(place.path(name)).expect("it is there");
        (metadata.mode(), metadata.uid(), metadata.is_file().then(|| (metadata.ino(), metadata.nlink())))
    };
    let before = ["out/uat", "out/uat/deep", "out/uat/deep/notes.md"].map(known);
    place.write("formwork.yaml", &SETTINGS.replace("memory: 256", "memory: 512"));
    place.ends_well("synth", "6 files written to `out`");
    assert_eq!(["out/uat", "out/uat/deep", "out/uat/deep/notes.md"].map(known), before);
    mode("out/uat/deep", 0o750);
}

#[cfg(unix)]
#[test]
fn output_never_goes_through_a_link() {
    use std::os::unix::fs::symlink;

    let place = Place::new();
    place.write("elsewhere/notes.md", "mine");
    symlink(place.path("elsewhere"), place.path("out")).expect("a link");
    place.refuses(
        "synth",
        r#"
2
error[S0812]: `out` is a symbolic link; nothing was written
 |
 = note: output through a link could overwrite what is not Formwork's
 = help: delete the link, or name its target with `--out`

1 error
"#,
    );
    place.refuses(
        "synth --out out/",
        r#"
2
error[S0812]: `out` is a symbolic link; nothing was written
 |
 = note: output through a link could overwrite what is not Formwork's
 = help: delete the link, or name its target with `--out`

1 error
"#,
    );
    fs::remove_file(place.path("out")).expect("the link");
    place.run("synth");
    fs::remove_file(place.path("out/uat/rds-proxy.template.yaml")).expect("it was written");
    symlink(place.path("elsewhere/notes.md"), place.path("out/uat/rds-proxy.template.yaml")).expect("a link");
    place.refuses(
        "synth",
        r#"
2
error[S0812]: `out/uat/rds-proxy.template.yaml` is a symbolic link; nothing was written
 |
 = note: output through a link could overwrite what is not Formwork's
 = help: delete the link, or name its target with `--out`

1 error
"#,
    );
}
