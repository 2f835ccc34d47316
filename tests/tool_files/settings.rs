//! Settings to files, by the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SETTINGS: &str = include_str!("../../formwork.yaml");
const NEW: &str = include_str!("../../examples/new.formwork.yaml");

struct Place(TempDir);

impl Place {
    fn new(settings: &str) -> Self {
        let place = Self(TempDir::new().expect("a folder"));
        fs::write(place.0.path().join("formwork.yaml"), settings).expect("a file");
        place
    }

    fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_formwork"));
        command.current_dir(self.0.path()).args(args.split_whitespace()).output().expect("the binary runs")
    }

    #[track_caller]
    fn synth(&self, args: &str) {
        let output = self.run(&format!("synth {args}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let entries = fs::read_dir(self.path(folder)).expect("a folder");
        let mut names: Vec<_> = entries.map(|entry| name(&entry.expect("an entry").path())).collect();
        names.sort();
        names
    }
}

#[test]
fn values_and_tags_of_an_environment_reach_every_tool() {
    let settings = SETTINGS.replace("tags: { environment: uat }", "tags: { cost centre: 0042, owner: \"a=b @c\" }");
    let place = Place::new(&settings);
    place.synth("");
    let parameters = place.text("out/prod/rds-proxy.deploy-parameters.json");
    assert!(parameters.contains("\"FunctionMemory=1024\""), "{parameters}");
    assert!(place.text("out/uat/rds-proxy.deploy-parameters.json").contains("\"FunctionMemory=256\""));
    let tags = place.text("out/uat/rds-proxy.deploy-tags.json");
    assert_eq!(tags, "[\n  \"cost centre=0042\",\n  \"owner=a=b @c\"\n]\n");
    let git_sync = place.text("out/uat/rds-proxy.git-sync.yaml");
    assert!(git_sync.starts_with("template-file-path: out/uat/rds-proxy.template.yaml\n"), "{git_sync}");
    assert!(git_sync.ends_with("tags:\n  cost centre: \"0042\"\n  owner: a=b @c\n"), "{git_sync}");
}

#[test]
fn an_environment_chooses_its_files() {
    let settings = NEW.replacen("  prod:\n", "  prod:\n    files: [stack-policy, deploy]\n", 1);
    let place = Place::new(&settings);
    place.synth("");
    let tools = |environment: &str| {
        let names = place.names(&format!("out/{environment}"));
        names.into_iter().filter(|name| name.starts_with("billing")).collect::<Vec<_>>()
    };
    let prod = ["deploy-parameters.json", "deploy-tags.json", "formwork.yaml", "stack-policy.json", "template.yaml"];
    let expect: Vec<_> = prod.iter().map(|end| format!("billing.{end}")).collect();
    let missing: Vec<_> = tools("prod").into_iter().filter(|name| !expect.contains(name)).collect();
    assert_eq!(missing, [""; 0], "only what was asked for");
    assert!(tools("prod").contains(&"billing.stack-policy.json".to_owned()));
    assert!(tools("dev").contains(&"billing.git-sync.yaml".to_owned()));
    let policy = place.text("out/prod/billing.stack-policy.json");
    assert!(
        ["Database", "Secret"].iter().all(|id| policy.contains(&format!("\"LogicalResourceId/{id}\""))),
        "{policy}"
    );
    assert!(place.text("out/prod/README.md").contains("set-stack-policy"));
}

#[test]
fn where_the_output_lies_in_the_repository_can_be_said() {
    let place = Place::new(&format!("out-in-repository: infra/out\n{SETTINGS}"));
    place.synth("");
    let said = "template-file-path: infra/out/uat/rds-proxy.template.yaml\n";
    assert!(place.text("out/uat/rds-proxy.git-sync.yaml").starts_with(said));
    // Whatever this run calls the folder.
    let elsewhere = TempDir::new().expect("a folder");
    place.synth(&format!("--out {}", elsewhere.path().display()));
    let text = fs::read_to_string(elsewhere.path().join("uat/rds-proxy.git-sync.yaml")).expect("a file");
    assert!(text.starts_with(said));
}

#[test]
fn a_place_outside_of_the_repository_reaches_no_file() {
    let place = Place::new(SETTINGS);
    let elsewhere = TempDir::new().expect("a folder");
    place.synth(&format!("--out {}", elsewhere.path().display()));
    assert!(!elsewhere.path().join("uat/rds-proxy.git-sync.yaml").exists());
    for entry in fs::read_dir(elsewhere.path().join("uat")).expect("a folder") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        assert!(!text.contains(&elsewhere.path().display().to_string()), "{text}");
    }
}

#[test]
fn wrong_places_and_files_are_refused() {
    for (line, code) in [
        ("out-in-repository: ../out", "S0203"),
        ("out-in-repository: /srv/out", "S0203"),
        ("defaults: { files: [terraform] }", "S0202"),
        ("defaults: { files: [api, api] }", "S0205"),
    ] {
        let settings = match line.strip_prefix("defaults: { ") {
            Some(inner) => SETTINGS.replace("defaults:\n", &format!("defaults:\n  {}\n", inner.trim_end_matches(" }"))),
            None => format!("{line}\n{SETTINGS}"),
        };
        let output = Place::new(&settings).run("synth");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(code), "{line}: {said}");
    }
}

#[test]
fn every_file_is_owned_and_known_by_its_bytes() {
    let place = Place::new(SETTINGS);
    place.synth("");
    let manifest = formwork::emit::manifest::Manifest::parse(place.text("out/uat/manifest.json").as_bytes());
    let manifest = manifest.expect("a manifest");
    let files = manifest.readme.iter().chain(manifest.stacks.iter().flat_map(|entry| entry.files()));
    let mut names = vec!["manifest.json".to_owned()];
    for file in files {
        let bytes = fs::read(place.path("out/uat").join(&file.file)).expect("a file");
        assert_eq!(formwork::emit::manifest::File::new(&file.file, &bytes), *file);
        names.push(file.file.clone());
    }
    names.sort();
    assert_eq!(names, place.names("out/uat"));
    // What is no longer asked for goes.
    fs::write(place.path("formwork.yaml"), SETTINGS.replace("defaults:\n", "defaults:\n  files: []\n"))
        .expect("a file");
    place.synth("");
    let left = ["README.md", "manifest.json", "rds-proxy.formwork.yaml", "rds-proxy.template.yaml"];
    assert_eq!(place.names("out/uat"), left);
}

#[test]
fn output_of_the_first_kind_of_manifest_is_taken_over() {
    let place = Place::new(SETTINGS);
    place.synth("");
    let mut manifest: serde_json::Value = serde_json::from_str(&place.text("out/uat/manifest.json")).expect("JSON");
    manifest["version"] = 1.into();
    manifest.as_object_mut().expect("a map").remove("readme");
    manifest["stacks"][0].as_object_mut().expect("a map").remove("toolFiles");
    for name in place.names("out/uat") {
        if !["manifest.json", "rds-proxy.formwork.yaml", "rds-proxy.template.yaml"].contains(&name.as_str()) {
            fs::remove_file(place.path("out/uat").join(name)).expect("it was written");
        }
    }
    fs::write(place.path("out/uat/manifest.json"), manifest.to_string()).expect("a file");
    place.synth("");
    assert_eq!(place.names("out/uat"), place.names("out/prod"));
    assert!(place.text("out/uat/manifest.json").starts_with("{\n  \"version\": 2,\n"));
}

#[test]
fn one_stack_alone_leaves_the_page_of_all() {
    let place = Place::new(SETTINGS);
    place.synth("");
    let page = place.text("out/uat/README.md");
    place.synth("--environment uat --stack rds-proxy");
    assert_eq!(place.text("out/uat/README.md"), page);
    assert!(place.text("out/uat/manifest.json").contains("\"file\": \"README.md\""));
}
