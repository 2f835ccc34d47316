//! Every example's stacks synthesize, without an error or a warning.

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::stack::App;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/l1_and_raw.rs"]
mod l1_and_raw;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/network.rs"]
mod network;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/rds_proxy.rs"]
mod rds_proxy;

#[track_caller]
fn sound(app: &App, stacks: &[&str]) {
    let names: Vec<_> = app.stacks().iter().map(|stack| stack.name()).collect();
    assert_eq!(names, stacks);
    for stack in app.stacks() {
        let lowered = stack.lower();
        let region = Some(stack.environment().region.code());
        let found = lowered.diagnostics.into_iter().chain(check(&lowered.template, &lowered.places, region));
        let faults: Vec<_> = found.filter(|found| found.severity != Severity::Info).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn l1_and_raw() {
    sound(&l1_and_raw::app(), &["jobs"]);
}

#[test]
fn network() {
    sound(&network::app(), &["network"]);
}

#[test]
fn rds_proxy() {
    sound(&rds_proxy::app(), &["rds-proxy", "rds-proxy-shared", "rds-proxy", "rds-proxy-shared"]);
}

#[test]
fn settings_of_what_does_not_exist_yet() {
    let (settings, found) =
        formwork::settings::read("new.formwork.yaml", include_str!("../examples/new.formwork.yaml"));
    assert!(found.is_empty(), "{found:#?}");
    let mut app = App::new();
    formwork::blueprints::stacks(&settings.expect("settings without a finding")).into_iter().for_each(|s| app.add(s));
    sound(&app, &["billing", "billing"]);
}
