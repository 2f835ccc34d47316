//! Is every value allowed? Rules over a finished template, whoever wrote it.

mod calls;
mod context;
mod report;
mod rule;
pub mod rules;
mod shape;
mod stated;
mod suppress;

pub use context::Context;
pub use report::Report;
pub use rule::Rule;
pub use stated::Stated;
pub use suppress::{EXPIRED, Ignored, UNUSED, leave_out, suppress};

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::resolve::{Environment, Expanded, Resolved, expand};
use crate::template::{Places, Template};

/// What every rule finds in a template, in the order of the template.
///
/// `places` says where its parts were written. `region` is where it is deployed; without one, what fails in some region
/// only is not found.
pub fn check(template: &Template, places: &Places, region: Option<&str>) -> Vec<Diagnostic> {
    let environment = Environment::unknown();
    let environment = region.map_or_else(Environment::unknown, |region| environment.in_region(region));
    check_in(template, places, &environment)
}

/// Likewise, of all that is known of its deployment.
pub fn check_in(template: &Template, places: &Places, environment: &Environment) -> Vec<Diagnostic> {
    let expanded = expand(template, environment);
    check_resolved(template, places, &expanded, &Resolved::new(&expanded.template, environment))
}

/// Likewise, of a template whose loops were run and which was resolved, for whoever has more questions about it.
pub fn check_resolved<'a>(
    template: &'a Template,
    places: &Places,
    expanded: &Expanded<'_>,
    resolved: &'a Resolved<'a>,
) -> Vec<Diagnostic> {
    let context = Context::new(resolved, template);
    let mut found = resolved.diagnostics();
    found.extend(rules::ALL.iter().copied().flatten().flat_map(|rule| rule.run(&context)));
    // What is wrong in a loop is so in each of its rounds, and what is wrong in `Globals` in each function; it is said once.
    let mut said = HashSet::new();
    found.retain_mut(|diagnostic| match diagnostic.path.as_deref().map(|path| expanded.origin(path)) {
        Some(Cow::Owned(origin)) => {
            diagnostic.path = Some(origin.clone());
            said.insert((diagnostic.code, origin, diagnostic.message.clone()))
        }
        Some(Cow::Borrowed(path)) => said.insert((diagnostic.code, path.to_owned(), diagnostic.message.clone())),
        None => true,
    });
    let mut all = expanded.diagnostics.clone();
    all.append(&mut found);
    all.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    all
}
