//! The Rust in the README compiles: its program, and each cell of "what you want, and what you write".

use formwork::goal::Goals;
use formwork::prove::{Facts, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;

use super::cli::Place;
use super::wiring::{compile, library};

const README: &str = include_str!("../README.md");

/// What the cells name.
const AROUND: &str = "\
#[allow(unused, clippy::all)]
fn cells(
    stack: &mut Stack, app: &mut App, data: Stack, stage: Value<String>, sizes: Mapping<i64>, condition: Condition,
    private: Handle<PrivateSubnets>, proxy_sg: Handle<SecurityGroup>, rds_sg: Handle<SecurityGroup>,
    orders: Handle<Secret>, reports: Handle<Secret>, audit: Handle<LogGroup>,
    proxy: Handle<DatabaseProxy>, reader: Handle<ProxyEndpoint>, reporter: Handle<Function>,
) {
";

#[track_caller]
fn check(program: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("readme.rs");
    std::fs::write(&file, program).unwrap();
    let said = compile(&file, &library());
    assert!(said.is_empty(), "{said}\n{program}");
}

#[test]
fn the_program_compiles() {
    let blocks = README.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
    let programs: Vec<_> = blocks.map(|(program, _)| program).collect();
    assert_eq!(programs.len(), 1);
    check(programs[0]);
}

#[test]
fn what_you_write_compiles() {
    let (_, table) = README.split_once("| what you want | what you write |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells: Vec<_> = rows.map(|row| row.replace("\\|", "¦")).collect();
    let mut program = format!("use formwork::prelude::*;\n\n{AROUND}");
    for row in &cells {
        let write = row.split('|').nth(2).unwrap().replace('¦', "|");
        let code: Vec<_> = write.split('`').skip(1).step_by(2).collect();
        assert!(!code.is_empty(), "{row}");
        program.extend(code.iter().map(|code| format!("    let _ = {code};\n")));
    }
    assert!(cells.len() >= 10, "{} rows", cells.len());
    check(&(program + "}\n\nfn main() {}\n"));
}

/// What stands between the fences of the first block of a language that has `mark` in it.
fn block(language: &str, mark: &str) -> String {
    let fence = format!("```{language}\n");
    let blocks = README.split(&fence).skip(1).filter_map(|rest| rest.split_once("\n```"));
    let mut with_mark = blocks.map(|(block, _)| block).filter(|block| block.contains(mark));
    with_mark.next().unwrap_or_else(|| panic!("no {language} with {mark}")).to_owned()
}

/// What a command says of a template that the other validators take for sound.
#[track_caller]
fn unseen(command: &str, template: &str) -> String {
    let place = Place::new();
    place.write(template, include_str!("../benches/peers/lint/unseen.yaml"));
    let said = place.run(command);
    let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{command}: {text}");
    text
}

#[test]
fn what_check_finds_is_what_it_says() {
    let shown = block("text", "formwork check app.yaml");
    let said = unseen("check app.yaml", "app.yaml");
    let findings: Vec<&str> = shown.trim_end_matches('…').split("\n\n").collect();
    assert_eq!(findings.len(), 2);
    for finding in findings {
        let finding = finding.trim_start_matches("$ formwork check app.yaml\n").trim_end();
        assert!(said.contains(finding), "{finding}\nis not in\n{said}");
    }
}

#[test]
fn the_editor_reads_every_line_of_what_check_says() {
    let tasks: serde_json::Value = serde_json::from_str(&block("json", "problemMatcher")).unwrap();
    let pattern = &tasks["tasks"][0]["problemMatcher"]["pattern"];
    let regexp = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let said = unseen("check app.yaml --format concise", "app.yaml");
    assert!(said.lines().count() > 2, "{said}");
    for line in said.lines() {
        let read = regexp.captures(line).unwrap_or_else(|| panic!("{line}"));
        let part = |name: &str| &read[pattern[name].as_u64().unwrap() as usize];
        assert_eq!(part("file"), "app.yaml");
        assert!(part("line").parse::<usize>().is_ok() && part("column").parse::<usize>().is_ok(), "{line}");
        assert!(["error", "warning", "info"].contains(&part("severity")), "{line}");
    }
}

#[test]
fn the_commands_of_hooks_and_pipelines_are_there() {
    let hook = block("yaml", "- repo: local");
    let entry = hook.lines().find_map(|line| line.trim().strip_prefix("entry: formwork ")).unwrap();
    let pipeline = block("yaml", "runs-on");
    let run = pipeline.lines().find_map(|line| line.trim().strip_prefix("- run: formwork ")).unwrap();
    for command in [format!("{entry} templates/app.yaml"), run.to_owned()] {
        assert!(unseen(&command, "templates/app.yaml").contains("E3961"), "{command}");
    }
}

#[test]
fn the_three_faults_are_found_as_it_says() {
    let sound = include_str!("../out/uat/rds-proxy.template.yaml");
    let from_lambda = "FromPort: 5432\n      GroupId: !GetAtt ProxySg.GroupId\n      IpProtocol: tcp\n      \
                       SourceSecurityGroupId: !GetAtt LambdaSg.GroupId\n      ToPort: 5432";
    let faults = [
        (from_lambda, from_lambda.replace("5432", "3306"), "N3204"),
        ("ResourceId: !Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]", "ResourceId: !Ref Proxy".into(), "P3202"),
        (
            "Action: secretsmanager:GetSecretValue\n                Resource: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow",
            "Action: secretsmanager:GetSecretValue\n                Resource: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy".into(),
            "P3202",
        ),
    ];
    for (from, to, code) in faults {
        assert_eq!(sound.matches(from).count(), 1, "{from}");
        let (template, places, _) = parse(&sound.replace(from, &to), "app.yaml");
        let found = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none()).findings;
        let [found] = &found[..] else { panic!("{found:#?}") };
        assert_eq!(found.code.id, code);
        let title = format!("`{code}`: {}", found.message);
        assert!(README.contains(&title), "{title}");
    }
}
