//! The page of an environment: which commands deploy it, in which order, and what to look at when one fails.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use handlebars::Handlebars;
use serde::Serialize;

use super::deployment::{Deployment, Given, LARGEST_BODY};
use super::shell::word;
use super::tags;
use super::tool_files::{Kind, ToolFile};

/// The page of an environment with `deployments` in the order in which they are made, each with its files. No value of
/// a masked parameter stands in it, for there is none in a deployment.
pub fn readme(environment: &str, account: &str, deployments: &[(Deployment, Vec<ToolFile>)]) -> String {
    let stacks: Vec<_> = deployments.iter().map(|(deployment, files)| section(deployment, files)).collect();
    let has = |kind| deployments.iter().any(|(_, files)| named(files, kind).is_some());
    let (pipeline, git_sync) = (has(Kind::Pipeline), has(Kind::GitSync));
    let stack_sets = stacks.iter().any(|stack| stack.by_change_set);
    let mut page = Page {
        environment: environment.to_owned(),
        account: account.to_owned(),
        fence: String::new(),
        several: deployments.len() > 1,
        bucket: deployments.iter().any(|(deployment, _)| deployment.needs_bucket()),
        git_sync,
        pipeline,
        stack_sets,
        other_tools: pipeline || git_sync || stack_sets,
        stacks,
    };
    page.fence = "`".repeat(longest_run(&page).max(2) + 1);
    for stack in &mut page.stacks {
        stack.fence.clone_from(&page.fence);
    }
    let of_stacks = page.stacks.iter().flat_map(|stack| OF_STACK.iter().map(|name| render(name, stack)));
    let text: String = [render("head", &page)].into_iter().chain(of_stacks).collect();
    text + &render("tail", &page)
}

/// The parts of the page that each stack has, in order.
const OF_STACK: &[&str] = &["stack", "review", "deploy", "failure"];

fn render(part: &str, data: &impl Serialize) -> String {
    TEMPLATES.render(part, data).unwrap_or_else(|error| unreachable!("`{part}` fits its data: {error}"))
}

/// The parts of the page, a template each: what reading one costs grows with the square of its length.
static TEMPLATES: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut templates = super::templates();
    for (name, text) in [
        ("head", include_str!("../../templates/out/head.md.hbs")),
        ("stack", include_str!("../../templates/out/stack.md.hbs")),
        ("review", include_str!("../../templates/out/review.md.hbs")),
        ("deploy", include_str!("../../templates/out/deploy.md.hbs")),
        ("failure", include_str!("../../templates/out/failure.md.hbs")),
        ("tail", include_str!("../../templates/out/tail.md.hbs")),
    ] {
        let read = templates.register_template_string(name, text);
        read.unwrap_or_else(|error| unreachable!("`{name}` is a template: {error}"));
    }
    templates
});

#[derive(Serialize)]
struct Page {
    environment: String,
    account: String,
    /// What stands around commands: longer than any backticks in them.
    fence: String,
    several: bool,
    bucket: bool,
    git_sync: bool,
    pipeline: bool,
    stack_sets: bool,
    other_tools: bool,
    stacks: Vec<Section>,
}

/// What the page says of a stack. Whatever stands in commands is quoted.
#[derive(Serialize)]
struct Section {
    /// As the page's.
    fence: String,
    name: String,
    /// `--region … --stack-name …`.
    target: String,
    region: String,
    stack: String,
    anchor: String,
    after: Vec<String>,
    template: String,
    template_bytes: usize,
    largest_body: usize,
    large: bool,
    files: Vec<File>,
    asked: Vec<Asked>,
    masked: Vec<String>,
    local: Vec<Local>,
    packaged: String,
    unfit_tags: Vec<String>,
    /// The template as `deploy` takes it.
    deployed: String,
    deploy: Vec<String>,
    by_change_set: bool,
    change_set: Vec<String>,
    stack_set: Vec<String>,
    policy: Option<String>,
    protected: Vec<String>,
    proxies: Vec<String>,
}

#[derive(Serialize)]
struct File {
    name: String,
    purpose: &'static str,
}

/// A parameter that whoever deploys must give a value, and the shell's variable that the command takes it from.
#[derive(Serialize)]
struct Asked {
    name: String,
    variable: String,
    masked: bool,
}

#[derive(Serialize)]
struct Local {
    resource: String,
    path: String,
}

fn section(deployment: &Deployment, files: &[ToolFile]) -> Section {
    let Deployment { stack, region, .. } = deployment;
    let template = format!("{stack}.template.yaml");
    let packaged = word(&format!("{stack}.packaged.yaml"));
    let large = deployment.template_bytes > LARGEST_BODY;
    let has_packaged = !deployment.local_code.is_empty();
    let complete = deployment.asked().next().is_none();
    let given_by_api = deployment.files.contains(&crate::stack::ToolFiles::Api);
    let masked = |(name, given): (&String, &Given)| match given {
        Given::Masked { default: true } => Some(name.clone()),
        _ => None,
    };
    Section {
        fence: String::new(),
        name: stack.clone(),
        target: format!("--region {} --stack-name {}", word(region), word(stack)),
        region: word(region),
        stack: word(stack),
        anchor: format!("stack-{}", stack.to_lowercase()),
        after: deployment.depends_on.clone(),
        files: described(&template, files),
        template_bytes: deployment.template_bytes,
        largest_body: LARGEST_BODY,
        large,
        asked: asked(deployment),
        masked: deployment.parameters.iter().filter_map(masked).collect(),
        local: deployment
            .local_code
            .iter()
            .map(|code| Local { resource: code.resource.clone(), path: code.path.clone() })
            .collect(),
        unfit_tags: tags::unfit_for_deploy(deployment).map(str::to_owned).collect(),
        deployed: if has_packaged { packaged.clone() } else { word(&template) },
        packaged,
        deploy: deploy_options(deployment, files),
        by_change_set: complete && given_by_api && !deployment.needs_bucket(),
        change_set: api_options(deployment, files),
        stack_set: stack_set_options(deployment, files, &template),
        policy: named(files, Kind::StackPolicy).map(word_of_file),
        protected: deployment.stateful.clone(),
        proxies: deployment.proxies.clone(),
        template: word(&template),
    }
}

fn deploy_options(deployment: &Deployment, files: &[ToolFile]) -> Vec<String> {
    let mut options = Vec::new();
    let complete = deployment.asked().next().is_none();
    match named(files, Kind::DeployParameters).filter(|_| complete) {
        Some(file) => options.push(format!("--parameter-overrides {}", word_of_file(file))),
        None => {
            // A file and further values do not go together: version 1 of the AWS CLI would take the file's name for one.
            let values = deployment.values().map(|(name, value)| word(&format!("{name}={value}")));
            let asked = deployment.asked().map(|name| format!("\"{name}=${{{}:?}}\"", variable(name)));
            let words: Vec<_> = values.chain(asked).collect();
            options.extend((!words.is_empty()).then(|| format!("--parameter-overrides {}", words.join(" "))));
        }
    }
    match named(files, Kind::DeployTags) {
        Some(file) => options.push(format!("--tags {}", word_of_file(file))),
        None => {
            let fit = deployment.tags.iter().filter(|(key, _)| !key.contains('='));
            let words: Vec<_> = fit.map(|(key, value)| word(&format!("{key}={value}"))).collect();
            options.extend((!words.is_empty()).then(|| format!("--tags {}", words.join(" "))));
        }
    }
    options.extend(capabilities(deployment));
    options.extend(deployment.needs_bucket().then(|| "--s3-bucket \"${bucket:?}\"".to_owned()));
    options
}

fn api_options(deployment: &Deployment, files: &[ToolFile]) -> Vec<String> {
    let parameters = named(files, Kind::ApiParameters).map(|file| format!("--parameters {}", word_of_file(file)));
    let tags = named(files, Kind::ApiTags).map(|file| format!("--tags {}", word_of_file(file)));
    parameters.into_iter().chain(tags).chain(capabilities(deployment)).collect()
}

fn stack_set_options(deployment: &Deployment, files: &[ToolFile], template: &str) -> Vec<String> {
    let body = format!("--template-body {}", word(&format!("file://{template}")));
    [vec![body], api_options(deployment, files)].concat()
}

fn capabilities(deployment: &Deployment) -> Option<String> {
    let capabilities = &deployment.capabilities;
    (!capabilities.is_empty()).then(|| format!("--capabilities {}", capabilities.join(" ")))
}

fn asked(deployment: &Deployment) -> Vec<Asked> {
    let asked = deployment.asked().map(|name| Asked {
        name: name.to_owned(),
        variable: variable(name),
        masked: matches!(deployment.parameters.get(name), Some(Given::Masked { .. })),
    });
    asked.collect()
}

/// The shell's variable for a parameter. Its beginning keeps it from being one that the shell has, or a number.
fn variable(parameter: &str) -> String {
    format!("parameter_{parameter}")
}

fn named(files: &[ToolFile], kind: Kind) -> Option<&ToolFile> {
    files.iter().find(|file| file.kind == kind)
}

fn word_of_file(file: &ToolFile) -> String {
    word(&format!("file://{}", file.name))
}

fn described(template: &str, files: &[ToolFile]) -> Vec<File> {
    let template = File { name: template.to_owned(), purpose: "CloudFormation: the stack and nothing else" };
    let tools = files.iter().map(|file| File { name: file.name.clone(), purpose: purpose(file.kind) });
    [template].into_iter().chain(tools).collect()
}

fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::DeployParameters => "`deploy --parameter-overrides`",
        Kind::DeployTags => "`deploy --tags`",
        Kind::ApiParameters => "`--parameters` of `create-change-set`, `create-stack`, `create-stack-set`",
        Kind::ApiTags => "`--tags` of `create-change-set`, `create-stack`, `create-stack-set`",
        Kind::StackPolicy => "`set-stack-policy`",
        Kind::Pipeline => "CodePipeline: template configuration",
        Kind::GitSync => "Git sync: deployment file",
    }
}

/// The longest run of backticks in anything that the page takes from a stack.
fn longest_run(page: &Page) -> usize {
    let text = serde_json::to_string(page).unwrap_or_else(|_| unreachable!("a page is plain data"));
    let runs: BTreeSet<usize> = text.split(|c| c != '`').map(str::len).collect();
    runs.last().copied().unwrap_or_default()
}
