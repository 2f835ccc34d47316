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

use crate::diagnostic::Diagnostic;
use crate::resolve::{Environment, Resolved, expand};
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
    let resolved = Resolved::new(&expanded.template, environment);
    let context = Context::new(&resolved, template);
    let mut found = resolved.diagnostics();
    found.extend(rules::ALL.iter().copied().flatten().flat_map(|rule| rule.run(&context)));
    for diagnostic in &mut found {
        if let Some(path) = &diagnostic.path
            && let Cow::Owned(origin) = expanded.origin(path)
        {
            diagnostic.path = Some(origin);
        }
    }
    let mut all = expanded.diagnostics;
    all.append(&mut found);
    all.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    all
}
