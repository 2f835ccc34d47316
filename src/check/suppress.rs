//! Findings that are settled are not told.

use std::collections::BTreeSet;

use time::Date;

use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::goal::Suppression;
use crate::template::Places;

/// A suppression that nothing needs.
pub const UNUSED: Code = Code::new("D1002", "unused-suppression");
/// A suppression whose last day is over.
pub const EXPIRED: Code = Code::new("D1003", "expired-suppression");

/// What somebody settled with another tool: findings whose code begins so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The code, or how it begins: `W3005`, `I`.
    pub code: String,
    /// The logical id of the resource that they are about; none: anywhere in the template.
    pub resource: Option<String>,
}

impl Ignored {
    /// Whether it covers a finding.
    pub fn covers(&self, finding: &Diagnostic) -> bool {
        finding.code.id.starts_with(&self.code) && (self.resource.is_none() || self.resource == finding.resource)
    }
}

/// The findings that nobody took for settled; a suppression of which no finding was is one itself, and so is one whose
/// last day lies before `today`, which settles nothing any more. Without `today` none has expired.
///
/// A suppression of several resources that was said once is needed if one of them needs it: `places` knows.
pub fn suppress(
    found: Vec<Diagnostic>,
    suppressed: &[Suppression],
    places: &Places,
    today: Option<Date>,
) -> Vec<Diagnostic> {
    let settles = |suppression: &Suppression, finding: &Diagnostic| {
        let resource = &suppression.resource;
        suppression.code == finding.code.id && (resource.is_none() || *resource == finding.resource)
    };
    let is_over = |suppression: &&Suppression| today.is_some_and(|today| suppression.until.is_some_and(|d| d < today));
    let (expired, suppressed): (Vec<_>, Vec<_>) = suppressed.iter().partition(is_over);
    let (told, settled): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| !suppressed.iter().any(|suppression| settles(suppression, finding)));
    let is_used = |suppression: &Suppression| settled.iter().any(|finding| settles(suppression, finding));
    let said = |suppression: &Suppression| (suppression.code.clone(), place(suppression, places));
    let used = suppressed.iter().filter(|suppression| is_used(suppression));
    let mut known: BTreeSet<(String, Option<Span>)> = used.map(|suppression| said(suppression)).collect();
    let unused = suppressed.iter().filter(|suppression| !is_used(suppression));
    let unused = unused.map(|suppression| (UNUSED, suppression));
    let rest: Vec<_> = unused.chain(expired.iter().map(|suppression| (EXPIRED, suppression))).collect();
    let rest = rest.into_iter().filter(|(_, suppression)| known.insert(said(suppression)));
    told.into_iter().chain(rest.map(|(code, suppression)| finding(code, suppression, places))).collect()
}

fn place(suppression: &Suppression, places: &Places) -> Option<Span> {
    places.nearest(&suppression.pointer())
}

fn finding(kind: Code, suppression: &Suppression, places: &Places) -> Diagnostic {
    let Suppression { code, resource, until, .. } = suppression;
    let about = resource.as_ref().map(|id| format!(" of `{id}`")).unwrap_or_default();
    let mut diagnostic = match until.filter(|_| kind == EXPIRED) {
        Some(until) => {
            let message = format!("`{code}`{about} is suppressed until {until}, which is over");
            Diagnostic::new(kind, Severity::Warning, message).help("mend the finding, or give it a later day")
        }
        None => {
            let message = format!("`{code}`{about} is suppressed, and there is no such finding");
            Diagnostic::info(kind, message).help("remove the suppression")
        }
    };
    diagnostic.resource = resource.clone();
    match place(suppression, places) {
        Some(place) if place.file.ends_with(".rs") => diagnostic.source = Some(place),
        place => diagnostic.span = place,
    }
    diagnostic
}
