//! The files for tools that a stack has: those that are asked for and have something to say.

use super::deployment::Deployment;
use super::{git_sync, parameters, pipeline, stack_policy, tags};
use crate::stack::ToolFiles;

/// A file for a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolFile {
    /// What it is, which its name ends with.
    pub kind: Kind,
    /// Its name: the stack's, and what it is.
    pub name: String,
    /// Its text.
    pub text: String,
}

type Render = fn(&Deployment) -> Option<String>;

macro_rules! kinds { ($($(#[$doc:meta])* $name:ident $of:ident $end:literal $render:path,)*) => {
    /// What a file for a tool is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Kind { $($(#[$doc])* $name,)* }

    const KINDS: &[(Kind, ToolFiles, &str, Render)] = &[$((Kind::$name, ToolFiles::$of, $end, $render),)*];
} }

kinds! {
    /// Parameters for `aws cloudformation deploy`.
    DeployParameters Deploy "deploy-parameters.json" parameters::for_deploy,
    /// Tags for `aws cloudformation deploy`.
    DeployTags Deploy "deploy-tags.json" tags::for_deploy,
    /// Parameters as the API has them.
    ApiParameters Api "parameters.json" parameters::for_api,
    /// Tags as the API has them.
    ApiTags Api "tags.json" tags::for_api,
    /// The stack policy.
    StackPolicy StackPolicy "stack-policy.json" stack_policy::stack_policy,
    /// The template configuration of CodePipeline.
    Pipeline Pipeline "pipeline.json" pipeline::pipeline,
    /// The deployment file of Git sync.
    GitSync GitSync "git-sync.yaml" git_sync::git_sync,
}

/// The stack's files, in this order.
pub fn tool_files(deployment: &Deployment) -> Vec<ToolFile> {
    let asked = KINDS.iter().filter(|(_, files, _, _)| deployment.files.contains(files));
    let written = asked.filter_map(|(kind, _, end, render)| {
        let text = render(deployment)?;
        Some(ToolFile { kind: *kind, name: format!("{}.{end}", deployment.stack), text })
    });
    written.collect()
}
