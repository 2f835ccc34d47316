//! The files for tools, and the page of commands: text in, text out, each read back as its tool reads it.

mod commands;
mod settings;

use std::collections::BTreeMap;

use formwork::emit::deployment::Deployment;
use formwork::emit::{self, Kind, ToolFile, yaml};
use formwork::prelude::*;
use formwork::template::Template;
use serde_json::json;

/// Values that some tool could read as something else.
pub const TRAPS: &[&str] = &[
    "plain",
    "",
    " a b ",
    "it's",
    "say \"hi\"",
    "a,b,c",
    "k=v=w",
    "=",
    "007",
    "1e3",
    "yes",
    "null",
    "$HOME `id` $(id) \\ !! *",
    "line\nline",
    "```sh\nrm -rf\n```",
    "--no-fail-on-empty-changeset",
    "file://x",
    "@x",
    "größe 🦀",
    "{\"a\": [1]}",
    "# a: b",
];

pub fn stack(name: &str) -> Stack {
    Stack::new(name, &Environment::new("uat", "111122223333", Region::ApSoutheast2))
}

/// What deploying the stack takes, and its files, as `synth` makes them.
pub fn deployed(stack: &Stack) -> (Deployment, Vec<ToolFile>) {
    let lowered = stack.lower();
    assert!(lowered.diagnostics.is_empty(), "{:#?}", lowered.diagnostics);
    let text = yaml::template(&lowered.template);
    let mut deployment =
        Deployment::new(stack.name(), "ap-southeast-2", &lowered.template, &text, &lowered.parameter_values);
    deployment.template_path = Some(format!("infra/out/uat/{}.template.yaml", stack.name()));
    deployment.tags = lowered.tags;
    deployment.files = stack.asked_tool_files().clone();
    let files = emit::tool_files(&deployment);
    (deployment, files)
}

pub fn text(files: &[ToolFile], kind: Kind) -> &str {
    files.iter().find(|file| file.kind == kind).map(|file| file.text.as_str()).expect("such a file")
}

fn json(files: &[ToolFile], kind: Kind) -> serde_json::Value {
    serde_json::from_str(text(files, kind)).expect("JSON")
}

fn kinds(files: &[ToolFile]) -> Vec<Kind> {
    files.iter().map(|file| file.kind).collect()
}

/// A stack with a parameter and a tag for each trap.
pub fn trapped() -> Stack {
    let mut stack = stack("Trapped");
    for (at, trap) in TRAPS.iter().enumerate() {
        let value = stack.parameter(format!("P{at:02}"), Parameter::text().value(*trap));
        stack.output(format!("O{at:02}"), value);
        stack.tag(format!("t{at:02}"), *trap);
    }
    stack.add("Audit", LogGroup::new(365));
    stack
}

#[test]
fn every_form_says_the_same_values() {
    let (_, files) = deployed(&trapped());
    let list = |sign: char| -> Vec<String> {
        TRAPS.iter().enumerate().map(|(at, trap)| format!("{sign}{at:02}={trap}")).collect()
    };
    assert_eq!(json(&files, Kind::DeployParameters), json!(list('P')));
    assert_eq!(json(&files, Kind::DeployTags), json!(list('t')));
    let traps = || TRAPS.iter().enumerate();
    let pairs = |sign: char| traps().map(|(at, trap)| (format!("{sign}{at:02}"), *trap)).collect::<BTreeMap<_, _>>();
    let api = json(&files, Kind::ApiParameters);
    let keyed: Vec<_> =
        pairs('P').iter().map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value })).collect();
    assert_eq!(api, json!(keyed));
    let keyed: Vec<_> = pairs('t').iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    assert_eq!(json(&files, Kind::ApiTags), json!(keyed));
    let both = json!({ "Parameters": pairs('P'), "Tags": pairs('t') });
    assert_eq!(json(&files, Kind::Pipeline), both);
    let git_sync: serde_json::Value = serde_yaml::from_str(text(&files, Kind::GitSync)).expect("YAML");
    let path = "infra/out/uat/Trapped.template.yaml";
    assert_eq!(git_sync, json!({ "template-file-path": path, "parameters": pairs('P'), "tags": pairs('t') }));
}

#[test]
fn files_that_the_aws_cli_reads_are_ascii() {
    let (_, files) = deployed(&trapped());
    assert!(files.iter().filter(|file| file.name.ends_with(".json")).all(|file| file.text.is_ascii()));
    assert!(text(&files, Kind::ApiTags).contains(r"gr\u00f6\u00dfe \ud83e\udd80"));
}

/// The value that the files give a parameter; none if they have none.
#[track_caller]
fn given<T: formwork::stack::PropertyType>(parameter: Parameter<T>, expect: Option<&str>) {
    let mut stack = stack("Demo");
    stack.parameter("P", parameter);
    let (deployment, files) = deployed(&stack);
    assert_eq!(deployment.values().next(), expect.map(|value| ("P", value)));
    assert_eq!(files.iter().any(|file| file.kind == Kind::DeployParameters), expect.is_some());
}

#[test]
fn values_are_text_as_cloudformation_takes_it() {
    given(Parameter::number().value(7), Some("7"));
    given(Parameter::seconds().default(minutes(5)), Some("300"));
    given(Parameter::flag().value(false), Some("false"));
    given(Parameter::texts().value(["a b", "c=d", "007"]), Some("a b,c=d,007"));
    given(Parameter::numbers().value([1, 2]), Some("1,2"));
    given(Parameter::text().default("x").value("y"), Some("y"));
    given(Parameter::text().default("x"), Some("x"));
    given(Parameter::text().value(None::<String>).default("x"), Some("x"));
    given(Parameter::subnets().kept_as("/network/subnets"), Some("/network/subnets"));
    given(Parameter::text(), None);
}

#[test]
fn what_is_masked_stands_in_no_file() {
    let mut stack = stack("Demo");
    stack.parameter("Hidden", Parameter::text().no_echo().default("hunter2"));
    stack.parameter("Password", Parameter::secret());
    stack.parameter("Size", Parameter::text().value("small"));
    stack.tag("a", "b");
    let (deployment, files) = deployed(&stack);
    assert_eq!(deployment.values().collect::<Vec<_>>(), [("Size", "small")]);
    assert_eq!(deployment.asked().collect::<Vec<_>>(), ["Password"]);
    let page = emit::readme("uat", "111122223333", &[(deployment, files.clone())]);
    for text in files.iter().map(|file| &file.text).chain([&page]) {
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(page.contains("--parameter-overrides Size=small \"Password=${parameter_Password:?}\""), "{page}");
    assert!(page.contains("parameter_Password=\"$(aws secretsmanager get-secret-value"), "{page}");
    assert!(!page.contains("create-change-set --region"), "a change set needs the value too");
}

/// What is said of a parameter that cannot be given its value.
#[track_caller]
fn refused<T: formwork::stack::PropertyType>(parameter: Parameter<T>, expect: &str) {
    let mut stack = stack("Demo");
    stack.parameter("P", parameter);
    let lowered = stack.lower();
    let said: Vec<_> = lowered.diagnostics.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    assert_eq!(said, [expect]);
    let place = lowered.diagnostics[0].source.as_ref().expect("a place");
    assert!(place.file.ends_with("tool_files.rs"), "{place}");
    assert!(lowered.parameter_values.is_empty());
}

#[test]
fn values_that_no_file_may_or_can_have() {
    let region = || Value::<String>::region();
    refused(
        Parameter::text().no_echo().value("hunter2"),
        "S1017 `P` is masked, and its value would stand in files for all to read",
    );
    refused(
        Parameter::text().kept_as("/a").value("b"),
        "S1017 `P` is kept in Systems Manager, and what a file holds is the name of it there",
    );
    refused(
        Parameter::text().value(region()),
        "S1015 the value of `P` is computed, and the deployer is asked before anything is",
    );
    refused(
        Parameter::text().default(region()),
        "S1015 the default of `P` is computed, and the deployer is asked before anything is",
    );
    refused(
        Parameter::texts().value(["a,b", "c"]),
        "S1017 an element of the value of `P` has a comma in it, where CloudFormation would split it",
    );
    refused(Parameter::number().between(1, 9).value(10), "S1017 `10` is no value of `P`: at most 9 are wanted");
    refused(
        Parameter::text().length(2, 4).value("é"),
        "S1017 `é` is no value of `P`: at least 2 characters are wanted",
    );
    refused(Parameter::one_of(["a", "b"]).value("c"), "S1017 `c` is no value of `P`: it may be `a`, `b`");
}

#[test]
fn a_stack_without_parameters_and_tags_has_no_empty_files() {
    let mut bare = stack("Bare");
    bare.add("Audit", LogGroup::new(365));
    let (mut deployment, files) = deployed(&bare);
    assert_eq!(kinds(&files), [Kind::GitSync]);
    assert_eq!(text(&files, Kind::GitSync), "template-file-path: infra/out/uat/Bare.template.yaml\n");
    deployment.template_path = None;
    assert_eq!(emit::tool_files(&deployment), []);
}

#[test]
fn only_the_files_that_are_asked_for() {
    let mut stack = trapped();
    stack.tool_files([ToolFiles::Api]);
    assert_eq!(kinds(&deployed(&stack).1), [Kind::ApiParameters, Kind::ApiTags]);
}

#[test]
fn a_tag_whose_key_has_an_equals_sign_is_not_given_to_deploy() {
    let mut stack = stack("Demo");
    stack.add("Audit", LogGroup::new(365));
    stack.tag("a=b", "c");
    stack.tag("d", "e=f");
    let (deployment, files) = deployed(&stack);
    assert_eq!(json(&files, Kind::DeployTags), json!(["d=e=f"]));
    assert_eq!(json(&files, Kind::ApiTags)[0], json!({ "Key": "a=b", "Value": "c" }));
    assert!(emit::readme("uat", "1", &[(deployment, files)]).contains("it cannot be given `a=b`"));
}

pub fn template(resources: serde_json::Value) -> Template {
    let text = json!({ "Resources": resources }).to_string();
    formwork::template::parse::parse(&text, "t.json").0
}

#[test]
fn the_policy_protects_what_holds_data() {
    let template = template(json!({
        "Cluster": { "Type": "AWS::RDS::DBCluster" },
        "Reader": { "Type": "AWS::RDS::DBInstance", "Properties": { "DBClusterIdentifier": { "Ref": "Cluster" } } },
        "Alone": { "Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot" },
        "Scratch": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete" },
        "Log": { "Type": "AWS::Logs::LogGroup" },
        "Password": { "Type": "AWS::SecretsManager::Secret" },
    }));
    let mut deployment = Deployment::new("Demo", "ap-southeast-2", &template, "", &BTreeMap::new());
    let files = emit::tool_files(&deployment);
    let policy = json!({ "Statement": [
        { "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*", "Resource":
            ["LogicalResourceId/Cluster", "LogicalResourceId/Alone", "LogicalResourceId/Password"] },
    ] });
    assert_eq!(json(&files, Kind::StackPolicy), policy);
    assert_eq!(json(&files, Kind::Pipeline), json!({ "StackPolicy": policy }));
    deployment.files.remove(&ToolFiles::StackPolicy);
    assert_eq!(kinds(&emit::tool_files(&deployment)), []);
}

#[test]
fn git_sync_cannot_package() {
    let packaged = |code| {
        let template = template(json!({ "F": { "Type": "AWS::Lambda::Function", "Properties": { "Code": code } } }));
        let mut deployment = Deployment::new("Demo", "ap-southeast-2", &template, "", &BTreeMap::new());
        deployment.template_path = Some("a".into());
        (kinds(&emit::tool_files(&deployment)), deployment.needs_bucket())
    };
    assert_eq!(packaged(json!("handlers/a")), (vec![], true));
    assert_eq!(packaged(json!("s3://builds/a.zip")), (vec![Kind::GitSync], false));
    assert_eq!(packaged(json!({ "ZipFile": "x" })), (vec![Kind::GitSync], false));
}
