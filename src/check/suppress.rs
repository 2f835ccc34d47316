//! Findings that are settled are not told.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::goal::Suppression;
use crate::template::Places;

/// A suppression that nothing needs.
pub const UNUSED: Code = Code::new("D1002", "unused-suppression");

/// The findings that nobody took for settled; a suppression of which no finding was is one itself.
///
/// A suppression of several resources that was said once is needed if one of them needs it: `places` knows.
pub fn suppress(found: Vec<Diagnostic>, suppressed: &[Suppression], places: &Places) -> Vec<Diagnostic> {
    let settles = |suppression: &Suppression, finding: &Diagnostic| {
        let resource = &suppression.resource;
        suppression.code == finding.code.id && (resource.is_none() || *resource == finding.resource)
    };
    let (told, settled): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| !suppressed.iter().any(|suppression| settles(suppression, finding)));
    let is_used = |suppression: &&Suppression| settled.iter().any(|finding| settles(suppression, finding));
    let said = |suppression: &Suppression| (suppression.code.clone(), place(suppression, places).cloned());
    let mut known: BTreeSet<(String, Option<Span>)> = suppressed.iter().filter(is_used).map(said).collect();
    let unused = suppressed.iter().filter(|suppression| !is_used(suppression));
    let unused: Vec<_> = unused.filter(|suppression| known.insert(said(suppression))).collect();
    told.into_iter().chain(unused.into_iter().map(|suppression| finding(suppression, places))).collect()
}

fn place<'a>(suppression: &Suppression, places: &'a Places) -> Option<&'a Span> {
    places.nearest(&suppression.pointer())
}

fn finding(suppression: &Suppression, places: &Places) -> Diagnostic {
    let Suppression { code, resource, .. } = suppression;
    let about = resource.as_ref().map(|id| format!(" of `{id}`")).unwrap_or_default();
    let message = format!("`{code}`{about} is suppressed, and there is no such finding");
    let mut diagnostic = Diagnostic::info(UNUSED, message).help("remove the suppression");
    diagnostic.resource = resource.clone();
    match place(suppression, places).cloned() {
        Some(place) if place.file.ends_with(".rs") => diagnostic.source = Some(place),
        place => diagnostic.span = place,
    }
    diagnostic
}
