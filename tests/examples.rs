//! Every example's stack synthesizes, without an error or a warning.

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::stack::Stack;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/l1_and_raw.rs"]
mod l1_and_raw;

#[track_caller]
fn sound(stack: &Stack, resources: &[&str]) {
    let lowered = stack.lower();
    let region = Some(stack.environment().region.code());
    let found = lowered.diagnostics.into_iter().chain(check(&lowered.template, &lowered.places, region));
    let faults: Vec<_> = found.filter(|found| found.severity != Severity::Info).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let ids: Vec<_> = lowered.template.resources.keys().map(String::as_str).collect();
    assert_eq!(ids, resources);
}

#[test]
fn l1_and_raw() {
    let resources = ["Failed", "Mapping", "Nightly", "Queue", "Scheduler", "Worker", "WorkerLogs", "WorkerRole"];
    sound(&l1_and_raw::jobs(), &resources);
}
