//! `formwork init`: what it writes works at once, and it never writes over anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_yaml::Value;
use tempfile::TempDir;

fn run(folder: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_formwork"));
    command.current_dir(folder).args(args.split_whitespace()).stdin(Stdio::null());
    command.env_remove("CLICOLOR_FORCE").output().expect("the binary runs")
}

#[track_caller]
fn ends_well(folder: &Path, args: &str) -> String {
    let Output { status, stdout, stderr } = run(folder, args);
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(status.success(), "`formwork {args}`: {said}");
    said
}

/// Every file of a folder, with its text.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("a text");
                files.insert(path.strip_prefix(folder).expect("inside").to_owned(), text);
            }
        }
    }
    files
}

/// A new project in the folder `demo`.
fn demo() -> (TempDir, PathBuf) {
    let place = TempDir::new().expect("a folder");
    ends_well(place.path(), "init --settings demo");
    let demo = place.path().join("demo");
    (place, demo)
}

fn yaml(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).expect("it was written");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

#[test]
fn its_files() {
    let (_place, demo) = demo();
    let names: Vec<_> = files(&demo).into_keys().map(|path| path.display().to_string()).collect();
    let expect = [
        ".gitattributes",
        ".github/workflows/formwork.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        "README.md",
        "formwork.schema.json",
        "formwork.yaml",
    ];
    assert_eq!(names, expect);
    for (path, text) in files(&demo) {
        let left = text.lines().find(|line| line.contains("{{") && !line.contains("${{") || line.contains("\\{"));
        assert_eq!(left, None, "{}: a template's mark", path.display());
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}", path.display());
    }
}

#[test]
fn every_command_of_its_readme_works_at_once() {
    let (_place, demo) = demo();
    let readme = fs::read_to_string(demo.join("README.md")).expect("it was written");
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    let commands: Vec<String> = blocks.flat_map(lines).collect();
    let mut own = 0;
    for command in &commands {
        match command.split_once(' ').expect("a command") {
            ("formwork", args) => {
                let (args, file) = args.split_once(" > ").unwrap_or((args, ""));
                let said = ends_well(&demo, args);
                assert!(file.is_empty() || files(&demo)[Path::new(file)] == said, "{file} is not what {args} says");
                own += 1;
            }
            ("cargo", args) => {
                assert_eq!(args, concat!("install --locked formwork --version ", env!("CARGO_PKG_VERSION")));
            }
            ("git", "diff out") => {}
            _ => panic!("`{command}`: nobody has tried this"),
        }
    }
    assert_eq!((own, commands.len()), (3, 5), "{commands:#?}");
    let page = fs::read_to_string(demo.join("out/uat/README.md")).expect("the page that it names");
    assert!(page.contains("aws cloudformation deploy"));
}

/// The lines of a shell's text, those that go on joined.
fn lines(block: &str) -> Vec<String> {
    block.replace("\\\n", " ").lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn here_works_as_well_and_without_a_word_of_advice() {
    let place = TempDir::new().expect("a folder");
    fs::write(place.path().join("notes.txt"), "mine").expect("a file");
    ends_well(place.path(), "init --settings");
    let said = ends_well(place.path(), "synth --format json");
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(said["findings"], serde_json::json!([]));
    ends_well(place.path(), "synth --check");
}

#[test]
fn the_stack_is_named_like_the_folder_where_that_is_a_name() {
    for (folder, stack) in [("billing-2", "billing-2"), ("2-billing", "rds-proxy"), ("my_app", "rds-proxy")] {
        let place = TempDir::new().expect("a folder");
        ends_well(place.path(), &format!("init --settings {folder}"));
        assert_eq!(yaml(&place.path().join(folder), "formwork.yaml")["stack"], stack);
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` in {value:?}"))
}

/// The jobs of the workflow, by name.
fn jobs(workflow: &Value) -> Vec<(&str, &Value)> {
    let jobs = workflow["jobs"].as_mapping().expect("jobs");
    jobs.iter().map(|(name, job)| (name.as_str().expect("a name"), job)).collect()
}

#[test]
fn the_workflow_of_github_has_few_rights_and_pinned_actions() {
    let (_place, demo) = demo();
    let workflow = yaml(&demo, ".github/workflows/formwork.yml");
    let names: Vec<_> = jobs(&workflow).iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["check", "change-set-uat", "deploy-uat", "change-set-prod", "deploy-prod"]);
    assert_eq!(workflow["permissions"], serde_yaml::from_str::<Value>("contents: read").expect("YAML"));
    for (name, job) in jobs(&workflow) {
        let rights: Vec<String> = job["permissions"]
            .as_mapping()
            .into_iter()
            .flatten()
            .map(|(right, how)| format!("{}: {}", right.as_str().expect("a right"), how.as_str().expect("how")))
            .collect();
        let allowed = rights.iter().all(|right| ["contents: read", "id-token: write"].contains(&right.as_str()));
        assert!(allowed && (name == "check") == rights.is_empty(), "{name}: {rights:?}");
        assert!(job["timeout-minutes"].is_number(), "{name}");
        for step in job["steps"].as_sequence().expect("steps") {
            let Some(action) = step["uses"].as_str() else { continue };
            let (_, commit) = action.split_once('@').expect("a version");
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{action} is not pinned");
        }
    }
}

#[test]
fn the_pipelines_check_first_and_name_what_synth_writes() {
    let (_place, demo) = demo();
    ends_well(&demo, "synth");
    let github = yaml(&demo, ".github/workflows/formwork.yml");
    let gitlab = yaml(&demo, ".gitlab-ci.yml");
    let scripts = |job: &Value, key: &str| -> Vec<String> {
        let steps = job[key].as_sequence().expect("steps").iter();
        steps.filter_map(|step| step.as_str().or_else(|| step["run"].as_str())).map(str::to_owned).collect()
    };
    for (pipeline, key) in [(&github["jobs"], "steps"), (&gitlab, "script")] {
        assert!(scripts(&pipeline["check"], key).iter().any(|run| run.ends_with("formwork synth --check")));
        for environment in ["uat", "prod"] {
            let made = scripts(&pipeline[format!("change-set-{environment}")], key).concat();
            assert!(made.contains("--no-execute-changeset"), "{made}");
            assert!(made.contains(&format!("--template-file out/{environment}/demo.template.yaml ")), "{made}");
            assert!(demo.join(format!("out/{environment}/demo.template.yaml")).exists());
            let done = scripts(&pipeline[format!("deploy-{environment}")], key).concat();
            assert!(done.contains("execute-change-set --change-set-name"), "{done}");
            assert!(!done.contains(" deploy "), "what was not shown is not deployed: {done}");
        }
    }
    let needs = text(&github["jobs"]["deploy-prod"], "needs");
    assert_eq!(needs, "change-set-prod");
    assert_eq!(github["jobs"]["change-set-prod"]["needs"][1], "deploy-uat");
}

/// The capabilities as the pipelines find them.
#[cfg(unix)]
#[test]
fn what_the_pipelines_run_is_shell_and_finds_the_capabilities() {
    let (_place, demo) = demo();
    ends_well(&demo, "synth");
    let shell = |script: &str, args: &[&str]| {
        let mut shell = Command::new("sh");
        let output = shell.args(args).arg("-c").arg(script).current_dir(&demo).output().expect("a shell");
        assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let found = shell("grep -o 'CAPABILITY_[A-Z_]*' out/uat/manifest.json | sort -u", &[]);
    assert_eq!(found, "CAPABILITY_IAM\n");
    let workflow = yaml(&demo, ".github/workflows/formwork.yml");
    let mut scripts = 0;
    for (_, job) in jobs(&workflow) {
        for run in job["steps"].as_sequence().expect("steps").iter().filter_map(|step| step["run"].as_str()) {
            assert!(!run.contains("${{"), "what GitHub puts in could be more than text: {run}");
            shell(run, &["-n"]);
            scripts += 1;
        }
    }
    assert_eq!(scripts, 7);
}

/// What the job that makes a change set does, with an AWS CLI that notes its arguments, and fails if `fails`.
#[cfg(unix)]
fn change_set(demo: &Path, shell: &[&str], script: &str, fails: bool) -> (bool, String) {
    use std::os::unix::fs::PermissionsExt;
    let tools = TempDir::new().expect("a folder");
    let end = if fails { "exit 255" } else { "exit 0" };
    let tool = tools.path().join("aws");
    fs::write(&tool, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> {}/said\n{end}\n", tools.path().display()))
        .expect("a file");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("a tool");
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").expect("a path"));
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg("-c").arg(script).current_dir(demo).env("PATH", path);
    let output = command.env("GITHUB_OUTPUT", tools.path().join("output")).output().expect("a shell");
    (output.status.success(), fs::read_to_string(tools.path().join("said")).expect("it was called"))
}

/// The script of the job, as each pipeline runs it.
#[cfg(unix)]
fn change_set_scripts(demo: &Path) -> [(&'static [&'static str], String); 2] {
    let github = yaml(demo, ".github/workflows/formwork.yml");
    let steps = github["jobs"]["change-set-uat"]["steps"].as_sequence().expect("steps").clone();
    let github = steps.iter().filter_map(|step| step["run"].as_str()).collect::<String>();
    let gitlab = yaml(demo, ".gitlab-ci.yml")["change-set-uat"]["script"][0].as_str().expect("a script").to_owned();
    [(&["bash", "-e"], github), (&["sh", "-e"], gitlab)]
}

#[cfg(unix)]
#[test]
fn a_change_set_has_the_parameters_and_tags_of_the_environment() {
    let (_place, demo) = demo();
    ends_well(&demo, "synth");
    let files = [("--parameter-overrides", "parameters"), ("--tags", "tags")]
        .map(|(option, what)| (option, format!("out/uat/demo.deploy-{what}.json")));
    let said = |shell: &[&str], script: &str| {
        let (done, said) = change_set(&demo, shell, script, false);
        assert!(done && said.contains("--capabilities\nCAPABILITY_IAM\n"), "{said}");
        files.iter().filter(|(option, file)| said.contains(&format!("{option}\nfile://{file}\n"))).count()
    };
    for (shell, script) in change_set_scripts(&demo) {
        assert_eq!(said(shell, &script), 2, "{script}");
    }
    for (_, file) in &files {
        fs::remove_file(demo.join(file)).expect("it was written");
    }
    for (shell, script) in change_set_scripts(&demo) {
        assert_eq!(said(shell, &script), 0, "{script}");
    }
}

#[cfg(unix)]
#[test]
fn a_change_set_that_fails_fails_the_job() {
    let (_place, demo) = demo();
    ends_well(&demo, "synth");
    for (shell, script) in change_set_scripts(&demo) {
        assert!(!change_set(&demo, shell, &script, true).0, "{script}");
    }
}

#[test]
fn there_is_no_secret_in_it() {
    let (_place, demo) = demo();
    for (path, text) in files(&demo) {
        for word in ["secrets.", "AWS_SECRET", "AWS_ACCESS_KEY", "access-key-id"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[track_caller]
fn refuses(folder: &Path, args: &str, expect: &str) {
    let before = files(folder);
    let Output { status, stderr, .. } = run(folder, args);
    let talk = String::from_utf8_lossy(&stderr);
    assert_eq!((status.code(), talk.trim()), (Some(2), expect.trim()), "\n{talk}");
    assert_eq!(files(folder), before, "something was written");
    assert!(!folder.join(".github").is_dir(), "a folder was left");
}

#[test]
fn what_is_there_is_never_written_over() {
    let place = TempDir::new().expect("a folder");
    fs::write(place.path().join("README.md"), "mine").expect("a file");
    fs::write(place.path().join(".gitignore"), "mine").expect("a file");
    refuses(
        place.path(),
        "init --settings .",
        "
error[S0821]: `./README.md`, `./.gitignore` are there already; nothing was written
 |
 = help: move them away, or name another folder: `formwork init --settings DIR`

1 error
",
    );
}

#[test]
fn a_file_where_a_folder_must_be() {
    let place = TempDir::new().expect("a folder");
    fs::write(place.path().join(".github"), "mine").expect("a file");
    refuses(
        place.path(),
        "init --settings .",
        "
error[S0815]: cannot write `./.github/workflows/formwork.yml`: Not a directory (os error 20); nothing was written
 |
 = help: see to the folder's permissions and to free space

1 error
",
    );
}

#[test]
fn another_kind_of_project_is_not_there_yet() {
    let place = TempDir::new().expect("a folder");
    let output = run(place.path(), "init demo");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(talk.contains("--settings"), "{talk}");
    assert!(!place.path().join("demo").exists());
}
