//! Is every value allowed? Rules over a finished template, whoever wrote it.

mod context;
mod report;
mod rule;
pub mod rules;
mod stated;
mod suppress;

pub use context::Context;
pub use report::Report;
pub use rule::Rule;
pub use stated::Stated;
pub use suppress::{EXPIRED, Ignored, UNUSED, suppress};

use crate::diagnostic::Diagnostic;
use crate::template::{Places, Template};

/// What every rule finds in a template, in the order of the template.
///
/// `places` says where its parts were written. `region` is where it is deployed; without one, what fails in some region
/// only is not found.
pub fn check(template: &Template, places: &Places, region: Option<&str>) -> Vec<Diagnostic> {
    let context = Context::new(template, region);
    let mut found: Vec<Diagnostic> = rules::ALL.iter().copied().flatten().flat_map(|rule| rule.run(&context)).collect();
    found.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    found
}
