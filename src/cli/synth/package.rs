//! Local code, as `aws cloudformation package` finds it: a stack's paths lead from the repository's root, that command's
//! from the template's folder.

use std::path::{Component, Path};

use crate::cli::Synthesized;
use crate::template::{Template, Value};

/// Lets the paths lead from where the templates are written. `synth` runs in the repository's root; where `out` is not
/// below it, the paths stay as they are.
pub(super) fn relocate(synthesized: &mut [Synthesized], out: &Path) {
    for stack in synthesized {
        if let Some(up) = way_up(&out.join(&stack.environment)) {
            each_path(&mut stack.template, &|path| format!("{up}{path}"));
        }
    }
}

/// Where a folder below the root lies in the repository, unless it is not below it.
pub(super) fn below_root(folder: &Path) -> Option<String> {
    let steps = steps_below(folder)?;
    let names: Option<Vec<_>> = steps.iter().map(|step| step.as_os_str().to_str()).collect();
    Some(names?.join("/"))
}

/// From a folder below the root to the root.
fn way_up(folder: &Path) -> Option<String> {
    steps_below(folder).map(|steps| "../".repeat(steps.len()))
}

fn steps_below(folder: &Path) -> Option<Vec<Component<'_>>> {
    let steps: Vec<Component<'_>> = folder.components().filter(|step| *step != Component::CurDir).collect();
    let below = steps.iter().all(|step| matches!(step, Component::Normal(_)));
    below.then_some(steps)
}

fn each_path(template: &mut Template, change: &dyn Fn(&str) -> String) {
    let functions = template.resources.values_mut().filter(|resource| resource.kind == "AWS::Lambda::Function");
    for code in functions.filter_map(|function| function.properties.get_mut("Code")) {
        if let Some(path) = code.as_str().filter(|path| !path.contains("://") && !path.starts_with('/')) {
            *code = Value::from(change(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Resource;

    #[test]
    fn the_paths_of_functions_lead_from_the_template() {
        let mut template = Template::empty();
        for (id, code) in [("A", "handlers/a"), ("B", "s3://builds/b.zip"), ("C", "/srv/c")] {
            template.resources.insert(id.into(), Resource::new("AWS::Lambda::Function").with("Code", code));
        }
        each_path(&mut template, &|path| format!("../../{path}"));
        let code = |id: &str| template.resources[id].properties["Code"].as_str();
        assert_eq!(["A", "B", "C"].map(code), [Some("../../handlers/a"), Some("s3://builds/b.zip"), Some("/srv/c")]);
    }

    #[test]
    fn a_folder_is_in_the_repository_by_its_names() {
        assert_eq!(below_root(Path::new("./infra/out/")).as_deref(), Some("infra/out"));
        assert_eq!(below_root(Path::new("/srv/out")), None);
        assert_eq!(below_root(Path::new("../out")), None);
    }

    #[test]
    fn the_way_up_has_a_step_for_each_folder() {
        assert_eq!(way_up(Path::new("out/uat")).as_deref(), Some("../../"));
        assert_eq!(way_up(Path::new("./a/b/uat")).as_deref(), Some("../../../"));
        assert_eq!(way_up(Path::new("/tmp/out/uat")), None);
        assert_eq!(way_up(Path::new("../out/uat")), None);
    }
}
