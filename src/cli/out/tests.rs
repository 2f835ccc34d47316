use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Folder, Kind, Scope, describe, plan, write};
use crate::emit::manifest::{Entry, File, Manifest, VERSION};

/// The folder of `uat` with the given stacks, whose templates are the given texts.
fn folder(stacks: &[(&str, &str)]) -> Folder {
    folder_of("uat", stacks)
}

/// The folder of an environment with the given stacks, whose templates are the given texts.
pub(super) fn folder_of(environment: &str, stacks: &[(&str, &str)]) -> Folder {
    let mut files = BTreeMap::new();
    let entries = stacks.iter().map(|(stack, text)| {
        let mut place = |name: String, text: &str| {
            files.insert(name.clone(), text.as_bytes().to_vec());
            File::new(name, text.as_bytes())
        };
        let (template, sidecar) = (place(format!("{stack}.yaml"), text), place(format!("{stack}.formwork.yaml"), ""));
        let stack = (*stack).to_owned();
        Entry { stack, template, sidecar, tool_files: Vec::new(), capabilities: Vec::new(), depends_on: Vec::new() }
    });
    let stacks = entries.collect();
    let [environment, account, region] = [environment, "111122223333", "ap-southeast-2"].map(str::to_owned);
    Folder { files, manifest: Manifest { version: VERSION, environment, account, region, readme: None, stacks } }
}

/// Writes the folder, and compares what was said to change.
#[track_caller]
fn check(out: &Path, folder: Folder, scope: Scope, expect: &[&str]) {
    let plan = write(out, &[folder], scope).expect("nothing speaks against it");
    let words = plan.changes.iter().map(|change| {
        let kind = match change.kind {
            Kind::Missing(_) => "missing",
            Kind::Changed { .. } => "changed",
            Kind::Orphan => "orphan",
        };
        format!("{kind} {}", change.name)
    });
    assert_eq!(words.collect::<Vec<_>>(), expect);
}

#[test]
fn one_stack_alone_leaves_the_other_and_its_entry() {
    let place = TempDir::new().expect("a folder");
    check(
        place.path(),
        folder(&[("a", "1"), ("b", "1")]),
        Scope::Whole,
        &[
            "missing a.formwork.yaml",
            "missing a.yaml",
            "missing b.formwork.yaml",
            "missing b.yaml",
            "missing manifest.json",
        ],
    );
    check(place.path(), folder(&[("b", "2")]), Scope::Stacks, &["changed b.yaml", "changed manifest.json"]);
    check(place.path(), folder(&[("a", "1"), ("b", "2")]), Scope::Whole, &[]);
    check(
        place.path(),
        folder(&[("b", "2")]),
        Scope::Environments,
        &["changed manifest.json", "orphan a.formwork.yaml", "orphan a.yaml"],
    );
}

#[test]
fn a_run_that_was_cut_off_before_its_manifest_is_made_good() {
    let place = TempDir::new().expect("a folder");
    fs::create_dir(place.path().join("uat")).expect("a folder");
    fs::write(place.path().join("uat/a.yaml"), "1").expect("a file");
    check(place.path(), folder(&[("a", "1")]), Scope::Whole, &["missing a.formwork.yaml", "missing manifest.json"]);
}

#[test]
fn a_difference_is_shown_by_its_lines() {
    let place = TempDir::new().expect("a folder");
    write(place.path(), &[folder(&[("a", "x\ny\nz\n")])], Scope::Whole).expect("written");
    let plan = plan(place.path(), &[folder(&[("a", "x\nY\nz\n")])], Scope::Whole).expect("a plan");
    let text = describe(&plan.changes[0]);
    let (_, lines) = text.split_once('\n').expect("lines");
    assert_eq!(lines, "         @@ -1,3 +1,3 @@\n          x\n         -y\n         +Y\n          z\n");
}
