//! The command line, as the real binary: what it writes, what it says, how it ends.

mod output;
mod permissions;

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
    let isolated = ("Database is isolated except from Proxy", "isolated", "`Database` is no resource of this template");
    assert!(told.contains(&(&isolated.0.into(), &isolated.1.into(), &isolated.2.into())), "{told:?}");
    let reaches =
        goals.iter().find(|goal| goal["goal"] == "Handler reaches Proxy on tcp 5432").expect("a derived goal");
    assert_eq!(reaches["verdict"], "proved");
    assert!(reaches["hops"].as_array().is_some_and(|hops| hops.len() >= 9), "{reaches}");
    let key = "taken on trust: the key exists outside this stack";
    assert!(told.iter().any(|(_, kind, on)| kind.is_null() && *on == key), "{told:?}");
    for goal in goals {
        assert_eq!(goal["template"], json["templates"][0]);
        assert_ne!(goal["verdict"], "refuted");
    }
}

#[test]
fn synth_and_prove_end_in_one_line_a_stack() {
    let place = Place::new();
    let said = place.run("synth");
    let text = String::from_utf8_lossy(&said.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("rds-proxy (")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    for line in &lines {
        assert!(line.contains("): 9 of 10 goals proved, under "), "{line}");
        assert!(line.contains("; depends: Database is isolated except from Proxy; taken on trust: "), "{line}");
    }
    let said = place.run("prove out/uat/rds-proxy.template.yaml");
    let text = String::from_utf8_lossy(&said.stdout);
    let last = text.trim_end().lines().last().unwrap_or_default();
    assert!(last.contains(": 9 of 10 goals proved, under ") && last.contains("; depends: Database"), "{last}");
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
