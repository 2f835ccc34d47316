//! Environments: each is a stack of its own.

use super::super::{Settings, codes};
use crate::diagnostic::Diagnostic;

pub(super) fn check(settings: &Settings) -> Vec<Diagnostic> {
    let sites: Vec<_> = settings.environments.iter().collect();
    let pairs = sites.iter().enumerate().flat_map(|(at, second)| sites[..at].iter().map(move |first| (first, second)));
    let stack = |environment| settings.stack_name(environment);
    let same = pairs.filter(|((_, one), (_, other))| {
        (&one.account, &one.region, stack(one)) == (&other.account, &other.region, stack(other))
    });
    same.map(|((first, one), (second, _))| clash(settings, first, second, stack(one))).collect()
}

fn clash(settings: &Settings, first: &str, second: &str, stack: &str) -> Diagnostic {
    let message =
        format!("environments `{first}` and `{second}` are both the stack `{stack}` of one account and region");
    let help = format!("give `{second}` its own account or region, or its own `stack: {stack}-{second}`");
    let finding = Diagnostic::error(codes::SAME_STACK, message)
        .path(format!("/environments/{second}"))
        .note("whichever is deployed last would overwrite the other")
        .help(help);
    let place = |name: &str| settings.places.nearest(&format!("/environments/{name}"));
    match (place(second), place(first)) {
        (Some(here), Some(there)) => finding.span(here).and_at(there, "the other one"),
        _ => finding,
    }
}
