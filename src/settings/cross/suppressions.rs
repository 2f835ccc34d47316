//! Suppressions: their last days are days.

use super::super::codes;
use super::Site;
use crate::diagnostic::Diagnostic;
use crate::goal::date;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let said = site.environment.suppressions.iter().enumerate();
    let wrong = said.filter_map(|(n, said)| said.until.as_ref().filter(|day| date(day).is_none()).map(|day| (n, day)));
    let told = wrong.map(|(n, day)| {
        let message = format!("`{day}` is no day of the calendar");
        site.error(codes::WRONG_SHAPE, &format!("suppressions.{n}.until"), message).help("write a day that there is")
    });
    told.collect()
}
