//! What must exist before what.

use std::collections::HashSet;

use crate::template::{Resource, Template};

/// What a resource refers to by name, and names in `DependsOn`.
fn direct(resource: &Resource) -> Vec<&str> {
    let mut names: Vec<&str> = resource.depends_on.iter().map(String::as_str).collect();
    resource.each_reference(&mut |reference| names.push(reference.name()));
    names
}

/// Whether the resource `from` needs `to`: it is that one, or leads there.
pub(super) fn needs(template: &Template, from: &str, to: &str) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name)
            && let Some(resource) = template.resources.get(name)
        {
            open.extend(direct(resource));
        }
    }
    false
}

/// Drops each `DependsOn` that references imply already.
pub(super) fn drop_redundant(template: &mut Template) {
    let ids: Vec<String> = template.resources.keys().cloned().collect();
    for id in ids {
        let kept: Vec<String> = {
            let depends_on = &template.resources[&id].depends_on;
            depends_on.iter().filter(|on| !implied(template, &id, on)).cloned().collect()
        };
        if let Some(resource) = template.resources.get_mut(&id) {
            resource.depends_on = kept;
        }
    }
}

/// Whether something else that `id` waits for waits for `on`.
fn implied(template: &Template, id: &str, on: &str) -> bool {
    let resource = &template.resources[id];
    let mut implied = false;
    resource.each_reference(&mut |reference| implied |= needs(template, reference.name(), on));
    implied || resource.depends_on.iter().any(|other| other != on && needs(template, other, on))
}
