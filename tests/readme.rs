//! The Rust in the README compiles: its program, and each cell of "what you want, and what you write".

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
