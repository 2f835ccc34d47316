//! The settings file: what is said of a wrong one, and what is read from a right one.

mod cross;
mod made;
mod shape;

use formwork::diagnostic::render;
use formwork::settings::{self, Auth, SecretKey, Setting};

/// A sound file; the tests change one thing in it.
const SOUND: &str = "\
blueprint: lambda-rds-proxy
stack: rds-proxy
parameters: [function.memory]
defaults:
  region: ap-southeast-2
  database: { identifier: billie, engine: postgres }
  function: { memory: 256 }
environments:
  uat:
    account: 111122223333
    network:
      vpc: vpc-0c1e37a9d4b85f620
      private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]
    database: { security-group: sg-09d2a1b2c3d4e5f60 }
    secret:
      arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow
      user: billie
      key: aws-managed
";

fn said(text: &str) -> String {
    let (_, findings) = settings::read("formwork.yaml", text);
    let text = render::full(&findings, &|file| (file == "formwork.yaml").then(|| text.to_owned()));
    anstream::adapter::strip_str(&text).to_string()
}

/// Changes the sound file and compares what is said of it.
#[track_caller]
fn check(old: &str, new: &str, expect: &str) {
    assert_eq!(SOUND.matches(old).count(), 1, "`{old}` must stand once in the sound file");
    let said = said(&SOUND.replace(old, new));
    assert_eq!(said.trim(), expect.trim(), "\n{said}");
}

fn read(text: &str) -> settings::Settings {
    let (settings, findings) = settings::read("formwork.yaml", text);
    settings.unwrap_or_else(|| panic!("{findings:#?}"))
}

#[test]
fn the_sound_file_is_sound() {
    check("stack: rds-proxy", "stack: rds-proxy", "");
}

#[test]
fn the_file_of_this_repository_is_sound() {
    let settings = read(include_str!("../formwork.yaml"));
    let [uat, prod] = ["uat", "prod"].map(|name| &settings.environments[name]);
    assert_eq!((uat.account.as_str(), prod.account.as_str()), ("111122223333", "444455556666"));
    assert_eq!(prod.function.memory, Some(Setting::Parameter { name: "FunctionMemory".into(), default: Some(1024) }));
    assert_eq!(uat.proxy.auth, Auth::Iam);
    assert!(settings.parameters.len() >= 3);
}

#[test]
fn defaults_are_merged_and_overridden() {
    let settings = read(
        &SOUND
            .replace("    account: 111122223333", "    account: 012345678901\n    function: { timeout: 45 }")
            .replace("111122223333", "012345678901"),
    );
    let uat = &settings.environments["uat"];
    assert_eq!(uat.account, "012345678901");
    assert_eq!((uat.function.timeout.clone(), uat.database.port()), (Some(Setting::Literal(45)), 5432));
    assert_eq!(uat.secret.as_ref().map(|secret| secret.key()), Some(SecretKey::AwsManaged));
    let place = settings.place("uat", "function.memory").map(|place| place.to_string());
    assert_eq!(place.as_deref(), Some("formwork.yaml:7:15"), "a default has its place under `defaults`");
}

#[test]
fn what_stays_open_may_be_left_out() {
    let settings =
        read(&SOUND.replace("[function.memory]", "[network.vpc]").replace("      vpc: vpc-0c1e37a9d4b85f620\n", ""));
    let network = settings.environments["uat"].network.given().expect("a network that exists");
    assert_eq!(network.vpc, Setting::Parameter { name: "NetworkVpc".into(), default: None });
    assert!(settings.parameters == ["network.vpc"]);
}

#[test]
fn an_empty_file() {
    let help = "begin with `blueprint: lambda-rds-proxy`; `formwork schema --settings` describes every key";
    for text in ["", "# nothing\n", "---\n"] {
        let said = said(text);
        assert!(said.starts_with("error[") && said.contains("empty"), "{said}");
        assert!(said.contains(help) || said.contains("the keys here are"), "{said}");
    }
}

#[test]
fn a_wrong_default_is_said_once() {
    let two = SOUND.replace("  uat:\n", "  dev:\n").replace("engine: postgres", "engine: postgres, user: x");
    let (_, uat) = two.split_once("  dev:\n").expect("one environment");
    let text = format!("{two}  uat:\n    stack: other\n{uat}");
    assert_eq!(said(&text).matches("S0403").count(), 1, "{}", said(&text));
}

/// Each line of a sound file with each awkward value in it, and without it: an answer every time, never a panic.
#[test]
fn whatever_stands_in_a_line_there_is_an_answer() {
    let awkward = [
        "",
        "~",
        "''",
        "[]",
        "{}",
        "[[x]]",
        "{ a: b }",
        "-1",
        "1.5",
        "0x10",
        "99999999999999999999",
        "on",
        "&a x",
        "*a",
        "[",
        "\u{1f980}",
    ];
    for file in [include_str!("../formwork.yaml"), include_str!("../examples/new.formwork.yaml")] {
        let lines: Vec<_> = file.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let key = line.split_once(": ").map_or(*line, |(key, _)| key).trim_end_matches(':');
            let changed = awkward.iter().map(|value| format!("{key}: {value}")).chain([String::new()]);
            for changed in changed {
                let text = [&lines[..at], &[changed.as_str()], &lines[at + 1..]].concat().join("\n");
                let (settings, findings) = settings::read("formwork.yaml", &text);
                assert_eq!(settings.is_none(), formwork::diagnostic::any_error(&findings), "{text}");
            }
        }
    }
}

#[test]
fn suppressions_stand_in_defaults_or_in_an_environment() {
    let said = "  suppressions: [{ code: P1002, resource: HandlerRole, reason: a tool, until: 2027-01-31 }]\n";
    let settings = read(&SOUND.replace("defaults:\n", &format!("defaults:\n{said}")));
    let [of_defaults] = &settings.environments["uat"].suppressions[..] else { panic!("one suppression") };
    assert_eq!((of_defaults.code.as_str(), of_defaults.until.as_deref()), ("P1002", Some("2027-01-31")));
    let own = "    suppressions: [{ code: W1001, reason: both are deployed together }]\n";
    let text =
        SOUND.replace("defaults:\n", &format!("defaults:\n{said}")).replace("  uat:\n", &format!("  uat:\n{own}"));
    let codes = |text: &str| -> Vec<String> {
        read(text).environments["uat"].suppressions.iter().map(|suppression| suppression.code.clone()).collect()
    };
    assert_eq!(codes(&text), ["W1001"], "a list of an environment takes the place of that of the defaults");
    assert!(read(SOUND).environments["uat"].suppressions.is_empty());
}

#[test]
fn a_wrong_suppression_is_told_at_its_line() {
    let told = |said: &str| {
        let text = SOUND.replace("  uat:\n", &format!("  uat:\n    suppressions: [{said}]\n"));
        let (settings, findings) = settings::read("formwork.yaml", &text);
        assert!(settings.is_none(), "{findings:#?}");
        let told = findings.iter().map(|finding| (finding.code.id, finding.span.as_ref().map(|span| span.line)));
        told.collect::<Vec<_>>()
    };
    let line = Some(SOUND.lines().position(|line| line == "  uat:").unwrap() + 2);
    assert_eq!(told("{ code: P1002 }"), [("S0206", line)]);
    assert_eq!(told("{ code: P1002, reason: x, until: 2027-02-30 }"), [("S0203", line)]);
    assert_eq!(told("{ code: P1002, reason: x, until: soon }"), [("S0203", line)]);
    assert_eq!(told("{ code: S0203, reason: x }"), [("S0203", line)]);
    assert_eq!(told("{ code: P1002, reason: x, rseource: y }"), [("S0103", line)]);
}
