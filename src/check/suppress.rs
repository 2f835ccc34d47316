//! Findings that are settled are not told.

use std::collections::{BTreeSet, HashMap, HashSet};

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

/// The findings that nobody settled with another tool.
pub fn leave_out(found: Vec<Diagnostic>, ignored: &[Ignored]) -> Vec<Diagnostic> {
    let mut codes: HashMap<Option<&str>, BTreeSet<&str>> = HashMap::new();
    for Ignored { code, resource } in ignored {
        codes.entry(resource.as_deref()).or_default().insert(code);
    }
    let begins = |finding: &Diagnostic, resource: Option<&str>| {
        codes.get(&resource).is_some_and(|codes| codes.iter().any(|code| finding.code.id.starts_with(code)))
    };
    let is_left_out = |finding: &Diagnostic| begins(finding, None) || begins(finding, finding.resource.as_deref());
    found.into_iter().filter(|finding| !is_left_out(finding)).collect()
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
    let is_over = |suppression: &&Suppression| today.is_some_and(|today| suppression.until.is_some_and(|d| d < today));
    let (expired, suppressed): (Vec<_>, Vec<_>) = suppressed.iter().partition(is_over);
    let about = |suppression: &'_ &Suppression| (suppression.code.clone(), suppression.resource.clone());
    let settling: HashSet<About> = suppressed.iter().map(about).collect();
    let (told, settled): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| !abouts(finding).iter().any(|about| settling.contains(about)));
    let used: HashSet<About> = settled.iter().flat_map(abouts).collect();
    let is_used = |suppression: &Suppression| used.contains(&about(&suppression));
    let said = |suppression: &Suppression| (suppression.code.clone(), place(suppression, places));
    let used = suppressed.iter().filter(|suppression| is_used(suppression));
    let mut known: BTreeSet<(String, Option<Span>)> = used.map(|suppression| said(suppression)).collect();
    let unused = suppressed.iter().filter(|suppression| !is_used(suppression));
    let unused = unused.map(|suppression| (UNUSED, suppression));
    let rest: Vec<_> = unused.chain(expired.iter().map(|suppression| (EXPIRED, suppression))).collect();
    let rest = rest.into_iter().filter(|(_, suppression)| known.insert(said(suppression)));
    told.into_iter().chain(rest.map(|(code, suppression)| finding(code, suppression, places))).collect()
}

/// A code, and the resource that it is suppressed for; none: anywhere.
type About = (String, Option<String>);

/// What may settle a finding.
fn abouts(finding: &Diagnostic) -> [About; 2] {
    let code = finding.code.id.to_owned();
    [(code.clone(), None), (code, finding.resource.clone())]
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
