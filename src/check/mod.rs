//! Is every value allowed? Rules over a finished template, whoever wrote it.

mod context;
mod report;
mod rule;
pub mod rules;
mod suppress;

pub use context::Context;
pub use report::Report;
pub use rule::Rule;
pub use suppress::{UNUSED, suppress};

use crate::diagnostic::Diagnostic;
use crate::resolve::{Environment, Resolved};
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
    let resolved = Resolved::new(template, environment);
    let context = Context::new(&resolved);
    let mut found = resolved.diagnostics();
    found.extend(rules::ALL.iter().copied().flatten().flat_map(|rule| rule.run(&context)));
    found.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    found
}
