//! The files of a new project, from the templates under `templates/project/`.

use serde::Serialize;

/// One file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// Its path in the project, with slashes.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// The environments of a new project, in the order of deployment.
const ENVIRONMENTS: [&str; 2] = ["uat", "prod"];

/// What is known of a new project.
#[derive(Serialize)]
struct Project<'a> {
    stack: &'a str,
    version: &'a str,
    /// The toolchain that builds this version.
    rust: &'a str,
    region: &'a str,
    first: &'a str,
    first_role: String,
    environments: Vec<Environment<'a>>,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    /// The variable of the pipeline that names the role to deploy with.
    role: String,
    after: Option<&'a str>,
}

/// The files of a project that is a settings file, sound as they are: a stack of the given name, two environments, the
/// pipelines of GitHub and GitLab.
pub fn of_settings(stack: &str, settings_schema: &str) -> Vec<ProjectFile> {
    let role = |environment: &str| format!("FORMWORK_ROLE_{}", environment.to_uppercase());
    let environments = ENVIRONMENTS.iter().enumerate().map(|(index, name)| Environment {
        name,
        role: role(name),
        after: index.checked_sub(1).map(|before| ENVIRONMENTS[before]),
    });
    let project = Project {
        stack,
        version: env!("CARGO_PKG_VERSION"),
        rust: env!("CARGO_PKG_RUST_VERSION"),
        region: "ap-southeast-2",
        first: ENVIRONMENTS[0],
        first_role: role(ENVIRONMENTS[0]),
        environments: environments.collect(),
    };
    let file = |(path, template)| ProjectFile { path, text: render(template, &project) };
    let rendered = [
        ("formwork.yaml", include_str!("../../templates/project/formwork.yaml.hbs")),
        ("README.md", include_str!("../../templates/project/README.md.hbs")),
        (".gitattributes", include_str!("../../templates/project/gitattributes.hbs")),
        (".gitignore", include_str!("../../templates/project/gitignore.hbs")),
        (".github/workflows/formwork.yml", include_str!("../../templates/project/github.yml.hbs")),
        (".gitlab-ci.yml", include_str!("../../templates/project/gitlab.yml.hbs")),
    ];
    let schema = ProjectFile { path: "formwork.schema.json", text: settings_schema.to_owned() };
    rendered.into_iter().map(file).chain([schema]).collect()
}

fn render(template: &str, project: &Project<'_>) -> String {
    super::templates()
        .render_template(template, project)
        .unwrap_or_else(|error| unreachable!("a template of ours: {error}"))
}
