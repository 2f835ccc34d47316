//! Stacks to the files of their environments' folders.

use std::collections::BTreeMap;

use super::order;
use crate::cli::out::{Folder, is_plain_name};
use crate::cli::{Synthesized, codes};
use crate::diagnostic::Diagnostic;
use crate::emit::deployment::Deployment;
use crate::emit::manifest::{self, Entry, File, Manifest};
use crate::emit::{self, ToolFile, yaml};

/// What the folders are for.
pub(super) struct Wanted<'a> {
    /// Where the folder of output lies in the repository, if that is known.
    pub(super) out: Option<&'a str>,
    /// Whether each environment has all of its stacks, so that its page can be written.
    pub(super) whole: bool,
}

/// A folder for each environment, or the names that cannot be files.
pub(super) fn folders(synthesized: &[Synthesized], wanted: &Wanted<'_>) -> Result<Vec<Folder>, Vec<Diagnostic>> {
    let mut environments: BTreeMap<&str, BTreeMap<&str, Vec<&Synthesized>>> = BTreeMap::new();
    for stack in synthesized {
        environments.entry(&stack.environment).or_default().entry(&stack.stack).or_default().push(stack);
    }
    let mut findings = Vec::new();
    let folders = environments.iter().map(|(environment, stacks)| {
        findings.extend(unfit(environment, "environment"));
        folder(environment, stacks, wanted, &mut findings)
    });
    let folders: Vec<_> = folders.flatten().collect();
    if findings.is_empty() { Ok(folders) } else { Err(findings) }
}

fn folder(
    environment: &str,
    stacks: &BTreeMap<&str, Vec<&Synthesized>>,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Folder> {
    let first = stacks.values().flatten().next()?;
    let Synthesized { account, region, .. } = first;
    let (account, region) = (account.clone(), region.clone());
    let (version, environment) = (manifest::VERSION, environment.to_owned());
    let manifest = Manifest { version, environment, account, region, readme: None, stacks: Vec::new() };
    let mut folder = Folder { files: BTreeMap::new(), manifest };
    let mut described = BTreeMap::new();
    for stack in stacks.values().flatten() {
        described.insert(stack.stack.as_str(), add(&mut folder, stack, wanted, findings));
    }
    if wanted.whole {
        let on = stacks.iter().map(|(name, stacks)| (*name, stacks[0].depends_on.as_slice())).collect();
        let ordered: Vec<_> = order::ordered(on).into_iter().filter_map(|name| described.remove(name)).collect();
        let page = emit::readme(&first.environment, &first.account, &ordered);
        folder.manifest.readme = Some(File::new(manifest::README, page.as_bytes()));
        folder.files.insert(manifest::README.to_owned(), page.into_bytes());
    }
    Some(folder)
}

/// Adds the files of a stack; returns what deploying it takes.
fn add(
    folder: &mut Folder,
    stack: &Synthesized,
    wanted: &Wanted<'_>,
    findings: &mut Vec<Diagnostic>,
) -> (Deployment, Vec<ToolFile>) {
    let name = &stack.stack;
    let mut place = |file: String, text: &str| {
        let entry = File::new(&file, text.as_bytes());
        findings.extend(unfit(&file, "stack"));
        if folder.files.insert(file.clone(), text.as_bytes().to_vec()).is_some() {
            findings.push(twice(&file, &stack.environment));
        }
        entry
    };
    let text = yaml::template(&stack.template);
    let deployment = deployment(stack, &text, wanted);
    let tool_files = emit::tool_files(&deployment);
    let entry = Entry {
        stack: name.clone(),
        template: place(template(name), &text),
        sidecar: place(format!("{name}.formwork.yaml"), &yaml::value(&stack.goals.to_value())),
        tool_files: tool_files.iter().map(|file| place(file.name.clone(), &file.text)).collect(),
        capabilities: deployment.capabilities.clone(),
        depends_on: stack.depends_on.clone(),
    };
    folder.manifest.stacks.push(entry);
    (deployment, tool_files)
}

fn deployment(stack: &Synthesized, text: &str, wanted: &Wanted<'_>) -> Deployment {
    let mut deployment = Deployment::new(&stack.stack, &stack.region, &stack.template, text, &stack.parameter_values);
    let path = |out| format!("{out}/{}/{}", stack.environment, template(&stack.stack));
    deployment.template_path = wanted.out.map(path);
    deployment.tags = stack.tags.clone();
    deployment.depends_on = stack.depends_on.clone();
    deployment.files = stack.tool_files.clone();
    deployment
}

/// The name of a stack's template.
pub(super) fn template(stack: &str) -> String {
    format!("{stack}.template.yaml")
}

/// A name that is no plain file name, or that of what an environment has besides.
fn unfit(name: &str, what: &str) -> Option<Diagnostic> {
    let fit = is_plain_name(name) && !name.starts_with('.') && ![manifest::FILE, manifest::README].contains(&name);
    let message = format!("`{name}` cannot be the name of a file or folder");
    let help = format!("name the {what} with letters, digits and hyphens");
    (!fit).then(|| Diagnostic::error(codes::UNFIT_NAME, message).help(help))
}

fn twice(file: &str, environment: &str) -> Diagnostic {
    let message = format!("two stacks of environment `{environment}` would both write `{file}`");
    Diagnostic::error(codes::SAME_NAME, message).help("give each stack of an environment its own name")
}
