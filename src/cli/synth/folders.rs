//! Stacks to the files of their environments' folders.

use std::collections::BTreeMap;

use crate::cli::out::{Folder, is_plain_name};
use crate::cli::{Synthesized, codes};
use crate::diagnostic::Diagnostic;
use crate::emit::manifest::{self, Entry, File, Manifest};
use crate::emit::yaml;

/// A folder for each environment, or the names that cannot be files.
pub(super) fn folders(synthesized: &[Synthesized]) -> Result<Vec<Folder>, Vec<Diagnostic>> {
    let mut folders: BTreeMap<&str, Folder> = BTreeMap::new();
    let mut findings = Vec::new();
    let mut sorted: Vec<_> = synthesized.iter().collect();
    sorted.sort_by_key(|stack| (&stack.environment, &stack.stack));
    for stack in sorted {
        let folder = folders.entry(&stack.environment).or_insert_with(|| empty(stack));
        findings.extend(unfit(&stack.environment, "environment"));
        add(folder, stack, &mut findings);
    }
    if findings.is_empty() { Ok(folders.into_values().collect()) } else { Err(findings) }
}

fn empty(stack: &Synthesized) -> Folder {
    let Synthesized { environment, account, region, .. } = stack;
    let (environment, account, region) = (environment.clone(), account.clone(), region.clone());
    let manifest = Manifest { version: manifest::VERSION, environment, account, region, stacks: Vec::new() };
    Folder { files: BTreeMap::new(), manifest }
}

fn add(folder: &mut Folder, stack: &Synthesized, findings: &mut Vec<Diagnostic>) {
    let name = &stack.stack;
    let mut place = |file: String, text: &str| {
        let entry = File::new(&file, text.as_bytes());
        findings.extend(unfit(&file, "stack"));
        if folder.files.insert(file.clone(), text.as_bytes().to_vec()).is_some() {
            findings.push(twice(&file, &stack.environment));
        }
        entry
    };
    let template = place(template(name), &yaml::template(&stack.template));
    let sidecar = place(format!("{name}.formwork.yaml"), &yaml::value(&stack.goals.to_value()));
    let depends_on = stack.depends_on.clone();
    let capabilities = manifest::capabilities(&stack.template);
    folder.manifest.stacks.push(Entry { stack: name.clone(), template, sidecar, capabilities, depends_on });
}

/// The name of a stack's template.
pub(super) fn template(stack: &str) -> String {
    format!("{stack}.template.yaml")
}

/// A name that is no plain file name, or that of the manifest.
fn unfit(name: &str, what: &str) -> Option<Diagnostic> {
    let fit = is_plain_name(name) && !name.starts_with('.') && name != manifest::FILE;
    let message = format!("`{name}` cannot be the name of a file or folder");
    let help = format!("name the {what} with letters, digits and hyphens");
    (!fit).then(|| Diagnostic::error(codes::UNFIT_NAME, message).help(help))
}

fn twice(file: &str, environment: &str) -> Diagnostic {
    let message = format!("two stacks of environment `{environment}` would both write `{file}`");
    Diagnostic::error(codes::SAME_NAME, message).help("give each stack of an environment its own name")
}
