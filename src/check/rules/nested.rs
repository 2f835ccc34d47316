//! What a stack gives to a nested one, and takes from it, where the child's template lies here.

use super::known::tell;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve::Case;
use crate::template::{Template, pointer};

pub(super) const RULES: &[Rule] = &[PARAMETERS];

const PARAMETERS: Rule = Rule {
    code: Code::new("E3043", "nested-stack-parameters"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html",
    explanation: "A nested stack is given the parameters that its template has, and each of them that has no default. It is looked at \
                  where `TemplateURL` (or the `Location` of a SAM application) is a path, relative to the template's.",
    bad: &[],
    good: &[],
    find: |context, report| {
        for (id, resource) in &context.template.resources {
            let Some(child) = context.child(resource) else { continue };
            match resource.properties.get("Parameters") {
                Some(value) => {
                    for case in context.resolved.look(value, &[], context.resolved.exists(id)) {
                        given(context, id, child, &case, report);
                    }
                }
                None => missing(context, id, child, None, report),
            }
        }
    },
};

/// What is given in some of the worlds.
fn given(context: &Context<'_>, id: &str, child: &Template, case: &Case<'_>, report: &mut Report) {
    let Some(map) = case.value.map() else {
        if case.value.is_absent() {
            missing(context, id, child, Some(case), report);
        }
        return;
    };
    if map.keys().any(|key| key.starts_with("Fn::")) {
        return;
    }
    for (name, value) in map.iter().filter(|(name, _)| !child.parameters.contains_key(*name)) {
        let message = format!("the template of `{id}` has no parameter `{name}`");
        let place = context.resolved.place_of(value).unwrap_or_else(|| parameters(id));
        let world = context.resolved.place_where(case.when);
        if context.resolved.is_certainly_possible(case.when) {
            let world = if context.resolved.implies(context.resolved.exists(id), case.when) { "" } else { &world };
            report.at(place, message + world).help = suggest(name, child.parameters.keys().map(String::as_str));
        }
    }
    missing(context, id, child, Some(case), report);
}

/// What would have to be given, and is not.
fn missing(context: &Context<'_>, id: &str, child: &Template, case: Option<&Case<'_>>, report: &mut Report) {
    let given = |name: &str| case.and_then(|case| case.value.map()).is_some_and(|map| map.contains_key(name));
    let wanted = child.parameters.iter().filter(|(_, parameter)| parameter.default.is_none());
    for (name, _) in wanted.filter(|(name, _)| !given(name)) {
        let when = case.map_or_else(|| context.resolved.exists(id), |case| case.when);
        let message = format!("`{id}` does not give the parameter `{name}`, which has no default");
        let path = if case.is_some() { "/Properties/Parameters" } else { "/Properties" };
        if let Some(found) = tell(context, report, (id, path, None), when, message) {
            found.help = Some(format!("add `{name}` to `Parameters`, or give it a default in the nested template"));
        }
    }
}

fn parameters(id: &str) -> String {
    pointer(["Resources", id, "Properties", "Parameters"])
}
