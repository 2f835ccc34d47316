//! Every example's stacks synthesize without an error or a warning, and come out as the snapshots have them.
//!
//! `INSTA_UPDATE=always cargo test --test behaviour examples` rewrites the snapshots.

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::emit::yaml;
use formwork::stack::App;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/article_new.rs"]
mod article_new;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/aurora_reader.rs"]
mod aurora_reader;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/cross_vpc.rs"]
mod cross_vpc;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/end_to_end.rs"]
mod end_to_end;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/l1_and_raw.rs"]
mod l1_and_raw;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/network.rs"]
mod network;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/rds_proxy.rs"]
mod rds_proxy;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/two_stacks.rs"]
mod two_stacks;

#[expect(dead_code, reason = "an example is a program too")]
#[path = "../examples/two_users.rs"]
mod two_users;

#[track_caller]
fn sound(example: &str, app: &App) {
    assert!(!app.stacks().is_empty());
    for (stack, lowered) in app.stacks().iter().zip(app.lower()) {
        let region = Some(stack.environment().region.code());
        let found = lowered.diagnostics.into_iter().chain(check(&lowered.template, &lowered.places, region));
        let faults: Vec<_> = found.filter(|found| found.severity != Severity::Info).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        let name = format!("{example}-{}-{}", stack.environment().name, stack.name());
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, yaml::template(&lowered.template));
        });
    }
}

#[test]
fn article_new() {
    sound("article_new", &article_new::app());
}

#[test]
fn aurora_reader() {
    sound("aurora_reader", &aurora_reader::app());
}

#[test]
fn cross_vpc() {
    sound("cross_vpc", &cross_vpc::app());
}

#[test]
fn end_to_end() {
    sound("end_to_end", &end_to_end::app());
}

#[test]
fn l1_and_raw() {
    sound("l1_and_raw", &l1_and_raw::app());
}

#[test]
fn network() {
    sound("network", &network::app());
}

#[test]
fn rds_proxy() {
    sound("rds_proxy", &rds_proxy::app());
}

#[test]
fn two_stacks() {
    sound("two_stacks", &two_stacks::app());
}

#[test]
fn two_users() {
    sound("two_users", &two_users::app());
}

#[test]
fn settings_of_what_does_not_exist_yet() {
    let (settings, found) =
        formwork::settings::read("new.formwork.yaml", include_str!("../examples/new.formwork.yaml"));
    assert!(found.is_empty(), "{found:#?}");
    let mut app = App::new();
    formwork::blueprints::stacks(&settings.expect("settings without a finding")).into_iter().for_each(|s| app.add(s));
    sound("new.formwork", &app);
}
