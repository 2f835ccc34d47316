//! The command line, as the real binary: what it writes, what it says, how it ends.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const SETTINGS: &str = include_str!("../formwork.yaml");

/// A folder of its own, in which the binary runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(TempDir::new().expect("a folder"));
        place.write("formwork.yaml", SETTINGS);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_formwork"));
        command.current_dir(self.0.path()).args(args.split_whitespace());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &str) -> Output {
        self.command(args).output().expect("the binary runs")
    }

    /// Every file of the folder, with its time.
    fn files(&self) -> Vec<(PathBuf, std::time::SystemTime)> {
        let (mut files, mut folders) = (Vec::new(), vec![self.0.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let metadata = path.symlink_metadata().expect("metadata");
                match metadata.is_dir() {
                    true => folders.push(path),
                    false => files.push((path, metadata.modified().expect("a time"))),
                }
            }
        }
        files.sort();
        files
    }

    /// Runs the binary and compares the exit code, the data and the talk.
    #[track_caller]
    pub(crate) fn check(&self, args: &str, expect: &str) {
        let Output { status, stdout, stderr } = self.run(args);
        let (data, talk) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        let said = format!("{}\n{data}{talk}", status.code().expect("an exit code"));
        assert_eq!(said.trim(), expect.trim(), "\n{said}");
    }

    /// Runs the binary and compares what it says first; what the stacks require and trust comes after it.
    #[track_caller]
    fn ends_well(&self, args: &str, expect: &str) {
        let Output { status, stderr, .. } = self.run(args);
        let talk = String::from_utf8_lossy(&stderr);
        assert_eq!((status.code(), talk.lines().next()), (Some(0), Some(expect)), "\n{talk}");
    }

    /// Runs the binary, compares all that it says, and that nothing was written.
    #[track_caller]
    fn refuses(&self, args: &str, expect: &str) {
        let before = self.files();
        self.check(args, expect);
        assert_eq!(self.files(), before, "something was written");
    }
}

#[test]
fn synth_writes_a_folder_for_each_environment_once() {
    let place = Place::new();
    place.ends_well("synth", "20 files written to `out`");
    let before = place.files();
    place.ends_well("synth", "`out` is up to date");
    place.ends_well("synth --check", "`out` is up to date");
    assert_eq!(place.files(), before, "what is as it must be is not touched");
    let names: Vec<_> =
        before.iter().filter_map(|(path, _)| path.strip_prefix(place.0.path()).ok()?.to_str()).collect();
    let folder = |name| {
        [
            "README.md",
            "manifest.json",
            "rds-proxy.deploy-parameters.json",
            "rds-proxy.deploy-tags.json",
            "rds-proxy.formwork.yaml",
            "rds-proxy.git-sync.yaml",
            "rds-proxy.parameters.json",
            "rds-proxy.pipeline.json",
            "rds-proxy.tags.json",
            "rds-proxy.template.yaml",
        ]
        .map(|file| format!("out/{name}/{file}"))
    };
    assert_eq!(names[1..], [folder("prod"), folder("uat")].concat());
}

#[test]
fn an_environment_alone_leaves_the_others() {
    let place = Place::new();
    place.ends_well("synth --environment uat", "10 files written to `out`");
    assert!(!place.path("out/prod").exists());
    place.ends_well("synth", "10 files written to `out`");
    place.ends_well("synth --environment prod --stack rds-proxy", "`out` is up to date");
}

#[test]
fn what_is_no_longer_produced_goes_and_what_is_foreign_stays() {
    let place = Place::new();
    place.run("synth");
    place.write("out/uat/notes.md", "mine");
    place.write("out/other/notes.md", "mine");
    let (without_prod, _) = SETTINGS.split_once("\n  prod:\n").expect("prod stands last");
    place.write("formwork.yaml", &without_prod.replace("stack: rds-proxy", "stack: billing"));
    place.ends_well("synth", "10 files written to `out`, 18 removed");
    assert!(place.path("out/uat/notes.md").exists() && place.path("out/other/notes.md").exists());
    assert!(
        place.path("out/uat/billing.template.yaml").exists() && !place.path("out/uat/rds-proxy.template.yaml").exists()
    );
    assert!(!place.path("out/prod").exists());
}

#[test]
fn check_lists_what_differs_and_writes_nothing() {
    let place = Place::new();
    place.run("synth");
    fs::remove_file(place.path("out/prod/rds-proxy.formwork.yaml")).expect("it was written");
    let template = fs::read_to_string(place.path("out/uat/rds-proxy.template.yaml")).expect("it was written");
    place.write("out/uat/rds-proxy.template.yaml", &template.replace("Resources:\n", "Resource:\n"));
    let output = place.run("synth --check");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text.starts_with("missing  out/prod/rds-proxy.formwork.yaml\nchanged  out/uat/rds-proxy.template.yaml\n"),
        "{text}"
    );
    assert!(text.contains("-Resource:\n         +Resources:\n"), "{text}");
    let before = place.files();
    let json = place.run("synth --check --format json");
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["findings"][0]["name"], "output-out-of-date");
    assert_eq!(place.files(), before);
}

#[test]
fn a_missing_settings_file() {
    Place::new().refuses(
        "synth absent.yaml",
        r#"
2
error[S0801]: cannot read the settings `absent.yaml`: No such file or directory (os error 2)
 |
 = help: name the settings file: `formwork synth path/to/formwork.yaml`; its encoding is UTF-8

1 error
"#,
    );
}

#[test]
fn wrong_settings() {
    let place = Place::new();
    place.write("formwork.yaml", &SETTINGS.replace("engine: postgres", "engine: postgre"));
    place.refuses("synth", r#"
2
error[S0202]: `database.engine` does not take `postgre`
  --> formwork.yaml:23:13
   |
23 |     engine: postgre
   |             ^^^^^^^
   |
   = help: did you mean `postgres`? the choices are: `postgres`, `mysql`, `mariadb`, `sqlserver`, `aurora-postgresql`, `aurora-mysql`

1 error
"#);
}

#[test]
fn wrong_settings_as_json() {
    let place = Place::new();
    place.write("formwork.yaml", &SETTINGS.replace("engine: postgres", "engine: postgre"));
    let output = place.run("synth --format json");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!((&json["version"], &json["findings"][0]["code"]), (&1.into(), &"S0202".into()));
    assert!(output.stderr.is_empty());
}

#[test]
fn goals_and_assumptions_as_json() {
    let output = Place::new().run("synth --environment prod --format json");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let goals = json["goals"].as_array().expect("goals");
    let told: Vec<_> = goals.iter().map(|goal| (&goal["goal"], &goal["kind"], &goal["assumptions"][0])).collect();
    let isolated = ("Database is isolated except from Proxy", "isolated", "not proved yet");
    assert!(told.contains(&(&isolated.0.into(), &isolated.1.into(), &isolated.2.into())), "{told:?}");
    let key = "taken on trust: the key exists outside this stack";
    assert!(told.iter().any(|(_, kind, on)| kind.is_null() && *on == key), "{told:?}");
    for goal in goals {
        assert_eq!((&goal["verdict"], &goal["template"]), (&"depends".into(), &json["templates"][0]));
    }
}

#[test]
fn an_unknown_environment() {
    Place::new().refuses(
        "synth --environment prdo",
        r#"
2
error[S0802]: `--environment prdo`: there is no environment `prdo`
 |
 = help: did you mean `prod`? the environments are: `prod`, `uat`

1 error
"#,
    );
}

#[test]
fn an_unknown_stack() {
    Place::new().refuses(
        "synth --stack rds-prxy",
        r#"
2
error[S0803]: `--stack rds-prxy`: there is no stack `rds-prxy`
 |
 = help: did you mean `rds-proxy`? the stacks are: `rds-proxy`

1 error
"#,
    );
}

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

#[test]
fn stdout_is_the_template_alone() {
    let place = Place::new();
    let before = place.files();
    let output = place.run("synth --environment uat --stdout");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Resources:\n"));
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    assert_eq!(place.files(), before);
    assert_eq!(place.run("synth --stdout --check").status.code(), Some(2), "bad usage");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let place = Place::new();
    let coloured = |name: &str| {
        let output = place.command("synth absent.yaml").env(name, "1").output().expect("the binary runs");
        output.stderr.contains(&0x1b)
    };
    assert_eq!((coloured("CLICOLOR_FORCE"), coloured("NO_COLOR")), (true, false));
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let place = Place::new();
    let mut child =
        place.command("schema --settings").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn the_schema_is_printed_as_it_is() {
    let output = Place::new().run("schema --settings");
    assert_eq!(String::from_utf8_lossy(&output.stdout), formwork::settings::SCHEMA);
}

#[test]
fn the_output_that_is_committed_is_fresh() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_formwork"));
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["synth", "--check"]);
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "run `cargo run -- synth`:\n{}", String::from_utf8_lossy(&output.stdout));
}
