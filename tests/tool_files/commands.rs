//! The page's commands, as a shell runs them with an `aws` that writes down what it is given.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use formwork::emit::deployment::Deployment;
use formwork::emit::{self, ToolFile};
use formwork::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::{TRAPS, deployed, stack, template, trapped};

fn page(deployments: &[(Deployment, Vec<ToolFile>)]) -> String {
    emit::readme("uat", "111122223333", deployments)
}

/// What stands in the page's blocks of commands.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_suffix("sh").filter(|fence| fence.starts_with("```")) {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != fence).collect();
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

/// Runs every block of the page in one shell, after `before`; returns the words of each call of `aws`.
#[cfg(unix)]
fn calls(page: &str, before: &str) -> Vec<Vec<String>> {
    use std::os::unix::fs::PermissionsExt;

    let place = TempDir::new().expect("a folder");
    let aws = place.path().join("aws");
    fs::write(&aws, "#!/bin/sh\nprintf '%s\\0' \"$@\" >>calls\nprintf '\\001' >>calls\necho SHOWN\n").expect("a file");
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o755)).expect("a program");
    let script = format!("set -e\nPATH=.:$PATH\n{before}\n{}\n", blocks(page).join("\n"));
    let output = Command::new("sh").arg("-c").arg(&script).current_dir(place.path()).output().expect("a shell");
    assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stderr));
    let calls = fs::read_to_string(place.path().join("calls")).expect("calls");
    let words = |call: &str| call.split_terminator('\0').map(str::to_owned).collect();
    calls.split_terminator('\u{1}').map(words).collect()
}

/// The words after an option of the first call of a command, up to the next option.
#[track_caller]
fn option(calls: &[Vec<String>], command: &str, option: &str) -> Vec<String> {
    let call = calls.iter().find(|call| call.get(1).is_some_and(|word| word == command));
    let call = call.unwrap_or_else(|| panic!("no call of {command} in {calls:#?}"));
    let after = call.iter().skip_while(|word| *word != option).skip(1);
    // A trap may begin like an option.
    after.take_while(|word| !word.starts_with("--") || word.contains('=')).cloned().collect()
}

#[cfg(unix)]
#[test]
fn a_plain_stack_is_deployed_by_its_files() {
    let calls = calls(&page(&[deployed(&trapped())]), "");
    let words = |command, name| option(&calls, command, name);
    assert_eq!(words("deploy", "--stack-name"), ["Trapped"]);
    assert_eq!(words("deploy", "--region"), ["ap-southeast-2"]);
    assert_eq!(words("deploy", "--template-file"), ["Trapped.template.yaml"]);
    assert_eq!(words("deploy", "--parameter-overrides"), ["file://Trapped.deploy-parameters.json"]);
    assert_eq!(words("deploy", "--tags"), ["file://Trapped.deploy-tags.json"]);
    assert_eq!(words("create-change-set", "--change-set-type"), ["UPDATE"]);
    assert_eq!(words("create-change-set", "--template-body"), ["file://Trapped.template.yaml"]);
    assert_eq!(words("create-change-set", "--parameters"), ["file://Trapped.parameters.json"]);
    assert_eq!(words("create-stack-set", "--tags"), ["file://Trapped.tags.json"]);
    let names: Vec<_> = calls.iter().map(|call| call[1].as_str()).collect();
    let expect = [
        "get-caller-identity",
        "create-change-set",
        "wait",
        "describe-change-set",
        "execute-change-set",
        "delete-change-set",
        "deploy",
        "describe-events",
        "describe-stack-events",
        "continue-update-rollback",
        "detect-stack-drift",
        "describe-stack-resource-drifts",
        "create-stack-set",
    ];
    assert_eq!(names, expect);
}

#[cfg(unix)]
#[test]
fn what_no_file_has_is_quoted_for_the_shell() {
    let mut stack = trapped();
    stack.tool_files([]);
    stack.parameter("Secret", Parameter::secret());
    let calls = calls(&page(&[deployed(&stack)]), "");
    let mut expect: Vec<_> = TRAPS.iter().enumerate().map(|(at, trap)| format!("P{at:02}={trap}")).collect();
    expect.push("Secret=SHOWN".to_owned());
    assert_eq!(option(&calls, "deploy", "--parameter-overrides"), expect);
    let tags: Vec<_> = TRAPS.iter().enumerate().map(|(at, trap)| format!("t{at:02}={trap}")).collect();
    assert_eq!(option(&calls, "deploy", "--tags"), tags);
    assert_eq!(option(&calls, "get-secret-value", "--region"), ["ap-southeast-2"]);
}

#[cfg(unix)]
#[test]
fn a_value_that_nobody_gave_stops_the_command() {
    let mut stack = stack("Demo");
    stack.parameter("Size", Parameter::text());
    let page = page(&[deployed(&stack)]);
    let block = blocks(&page).into_iter().rfind(|block| block.contains(" deploy ")).expect("a command");
    let run = |before: &str| {
        let script = format!("{before}\naws() {{ printf '%s ' \"$@\"; }}\n{block}");
        Command::new("sh").arg("-c").arg(script).output().expect("a shell")
    };
    assert!(!run("").status.success());
    let output = run("parameter_Size='a b'");
    assert!(String::from_utf8_lossy(&output.stdout).contains("--parameter-overrides Size=a b "));
}

/// A deployment of a template that is so many bytes long.
fn of_size(bytes: usize) -> (Deployment, Vec<ToolFile>) {
    let template = template(json!({ "Audit": { "Type": "AWS::Logs::LogGroup" } }));
    let deployment = Deployment::new("Demo", "ap-southeast-2", &template, &" ".repeat(bytes), &BTreeMap::new());
    let files = emit::tool_files(&deployment);
    (deployment, files)
}

#[test]
fn a_bucket_is_asked_for_only_beyond_what_a_request_carries() {
    let small = page(&[of_size(51_200)]);
    assert!(!small.contains("bucket") && small.contains("create-change-set --region"), "{small}");
    let large = page(&[of_size(51_201)]);
    assert!(large.contains("--s3-bucket \"${bucket:?}\"") && large.contains("51201 bytes"), "{large}");
    assert!(!large.contains("--template-body"), "{large}");
}

#[cfg(unix)]
#[test]
fn local_code_is_packaged_before_it_is_deployed() {
    let code = json!({ "F": { "Type": "AWS::Lambda::Function", "Properties": { "Code": "../../handlers/a" } } });
    let deployment = Deployment::new("Demo", "ap-southeast-2", &template(code), "", &BTreeMap::new());
    let page = page(&[(deployment.clone(), emit::tool_files(&deployment))]);
    let calls = calls(&page, "");
    assert_eq!(option(&calls, "package", "--template-file"), ["Demo.template.yaml"]);
    assert_eq!(option(&calls, "package", "--s3-bucket"), ["NAME_OF_THE_BUCKET"]);
    assert_eq!(option(&calls, "package", "--output-template-file"), ["Demo.packaged.yaml"]);
    assert_eq!(option(&calls, "deploy", "--template-file"), ["Demo.packaged.yaml"]);
    assert!(page.contains("`../../handlers/a` of `F`") && page.contains("W3002"), "{page}");
}

#[cfg(unix)]
#[test]
fn capabilities_are_the_least_that_serve() {
    let capabilities = |resources, transform: &str| {
        let mut template = template(resources);
        template.transform.extend((!transform.is_empty()).then(|| transform.into()));
        let deployment = Deployment::new("Demo", "ap-southeast-2", &template, "", &BTreeMap::new());
        let calls = calls(&page(&[(deployment, Vec::new())]), "");
        option(&calls, "deploy", "--capabilities")
    };
    let role = json!({ "Type": "AWS::IAM::Role" });
    let named = json!({ "Type": "AWS::IAM::Role", "Properties": { "RoleName": "x" } });
    assert_eq!(capabilities(json!({ "Log": { "Type": "AWS::Logs::LogGroup" } }), ""), [""; 0]);
    assert_eq!(capabilities(json!({ "Role": role }), ""), ["CAPABILITY_IAM"]);
    assert_eq!(capabilities(json!({ "Role": named }), "Mine"), ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]);
}

#[cfg(unix)]
#[test]
fn a_policy_is_set_and_the_proxies_are_looked_at() {
    let template = template(json!({
        "Data": { "Type": "AWS::RDS::DBInstance" },
        "Proxy": { "Type": "AWS::RDS::DBProxy" },
    }));
    let deployment = Deployment::new("Demo", "ap-southeast-2", &template, "", &BTreeMap::new());
    let files = emit::tool_files(&deployment);
    let calls = calls(&page(&[(deployment, files)]), "");
    assert_eq!(option(&calls, "set-stack-policy", "--stack-policy-body"), ["file://Demo.stack-policy.json"]);
    assert_eq!(option(&calls, "describe-stack-resource", "--logical-resource-id"), ["Proxy"]);
    assert_eq!(option(&calls, "describe-db-proxy-targets", "--db-proxy-name"), ["SHOWN"]);
}

#[test]
fn stacks_stand_in_the_order_of_their_deployment() {
    let (mut reports, files) = deployed(&stack("aReports"));
    reports.depends_on = vec!["data".to_owned()];
    let page = page(&[deployed(&stack("data")), (reports, files)]);
    let list = "1. [`data`](#stack-data)\n1. [`aReports`](#stack-areports), after `data`\n";
    assert!(page.contains(list), "{page}");
    assert!(page.find("## Stack data") < page.find("## Stack aReports"));
}
