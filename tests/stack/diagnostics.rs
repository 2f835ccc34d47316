//! What is wrong with a stack as it was written, and where.

use formwork::prelude::*;
use serde_json::json;

use super::{codes, faults, function, given, stack};

/// The findings of lowering: code and line, from the line on which `check` was called.
#[track_caller]
fn check(write: impl FnOnce(&mut Stack), expect: &[(&str, &str, u32)]) {
    let test = std::panic::Location::caller();
    let mut stack = stack();
    write(&mut stack);
    let found = stack.lower().diagnostics;
    let found: Vec<_> = found
        .iter()
        .map(|found| {
            let source = found.source.as_ref().unwrap();
            assert_eq!((source.file.as_str(), source.column > 0), (test.file(), true));
            (found.code.id, found.message.as_str(), source.line as u32 - test.line())
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn two_constructs_of_one_name() {
    check(
        |stack| {
            stack.add("Handler", function());
            stack.add("Handler", function());
        },
        &[("S1001", "two constructs are named `Handler`", 3)],
    );
}

#[test]
fn the_same_name_for_what_exists_and_what_is_new() {
    check(
        |stack| {
            let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
            stack.add("Vpc", SecurityGroup::new(vpc, "x"));
        },
        &[("S1001", "two constructs are named `Vpc`", 3)],
    );
}

#[test]
fn a_resource_that_belongs_to_one_has_the_name_of_another() {
    check(
        |stack| {
            stack.add("Handler", function());
            stack.add("HandlerLogs", LogGroup::new(30));
        },
        &[("S1001", "two resources come out with the logical id `HandlerLogs`", 3)],
    );
}

#[test]
fn names_that_are_no_logical_ids() {
    let letters = "a name has letters and digits only";
    check(
        |stack| {
            stack.add("my-handler", LogGroup::new(30));
            stack.add("", LogGroup::new(30));
            stack.add("Größe", LogGroup::new(30));
            stack.add("A".repeat(256), LogGroup::new(30));
        },
        &[
            ("S1001", &format!("`my-handler` has `-` in it: {letters}"), 2),
            ("S1001", "a name is empty", 3),
            ("S1001", &format!("`Größe` has `ö` in it: {letters}"), 4),
            ("S1001", &format!("`{}` has 256 characters: a name has at most 255", "A".repeat(256)), 5),
        ],
    );
}

#[test]
fn parameters_conditions_and_outputs_of_one_name() {
    check(
        |stack| {
            let stage = stack.parameter("Stage", Parameter::text());
            stack.parameter("Stage", Parameter::text());
            stack.condition("Same", stage.equals("a"));
            stack.condition("Same", stage.equals("b"));
            stack.output("Out", "a");
            stack.output("Out", "b");
        },
        &[
            ("S1001", "two parameters are named `Stage`", 3),
            ("S1001", "two conditions are named `Same`", 5),
            ("S1001", "two outputs are named `Out`", 7),
        ],
    );
}

#[test]
fn traffic_from_a_function_outside_any_vpc() {
    check(
        |stack| {
            let own = given(stack);
            let handler = stack.add("Handler", function());
            stack.allow(handler, own.database);
        },
        &[("S1003", "`Handler` has no security group, so no traffic can be allowed from it", 4)],
    );
}

#[test]
fn raw_resources_are_checked_with_the_line_that_wrote_them() {
    let mut stack = stack();
    stack.add("Queue", Resource::raw("AWS::SQS::Queue", json!({"VisibilityTimeOut": 30})));
    let line = line!() - 1;
    let faults = faults(&stack);
    assert_eq!(codes(&faults), ["E3002"]);
    assert_eq!(faults[0].source.as_ref().unwrap().line, line as usize);
    assert_eq!(faults[0].path.as_deref(), Some("/Resources/Queue/Properties/VisibilityTimeOut"));
}

#[test]
fn a_value_out_of_range_has_the_line_of_its_setter() {
    let mut stack = stack();
    let noun = function().env("NAME", "x").memory(64);
    let line = line!() - 1;
    stack.add("Handler", noun);
    let faults = faults(&stack);
    assert_eq!(codes(&faults), ["E3034"]);
    assert_eq!(faults[0].source.as_ref().unwrap().line, line as usize);
}

#[test]
fn a_handle_of_another_stack_has_the_line_that_put_it_there() {
    let mut other = stack();
    let queue = other.add("Queue", Resource::raw("AWS::SQS::Queue", json!({})));
    let mut stack = stack();
    let noun = function().description(queue.get("Arn"));
    let line = line!() - 1;
    stack.add("Handler", noun);
    let found = stack.lower().diagnostics;
    assert_eq!(codes(&found), ["S1002"]);
    assert_eq!(found[0].source.as_ref().unwrap().line, line as usize);
}

#[test]
fn what_a_grant_widens_has_the_line_of_the_grant() {
    let mut stack = stack();
    let own = given(&mut stack);
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let handler = stack.add("Handler", function());
    stack.grant(handler, proxy.describe());
    stack.grant(handler, proxy.connect_as(DbUser::Any));
    let line = line!() - 1;
    let found = super::findings(&stack);
    assert_eq!(codes(&found), ["P1002"]);
    assert_eq!(found[0].source.as_ref().unwrap().line, line as usize);
}

#[test]
fn inline_code_for_a_runtime_that_takes_none() {
    check(
        |stack| {
            stack.add("Handler", Function::new(Runtime::Java25, Code::inline("class X {}")));
        },
        &[("S1101", "code for `java25` cannot stand in the template", 2)],
    );
}

#[test]
fn a_default_that_is_computed() {
    check(
        |stack| {
            let one = stack.parameter("One", Parameter::text().default("x"));
            stack.parameter("Two", Parameter::text().default(one));
            stack.parameter("Three", Parameter::numbers().default([1, 2]));
        },
        &[("S1015", "the default of `Two` is computed, and the deployer is asked before anything is", 3)],
    );
}

#[test]
fn raw_properties_have_names() {
    let found = |properties| {
        let mut stack = stack();
        stack.add("Queue", Resource::raw("AWS::SQS::Queue", properties));
        stack.lower().diagnostics
    };
    for properties in [json!([{ "DelaySeconds": 5 }]), json!("DelaySeconds"), json!(null)] {
        let found = found(properties);
        assert_eq!(codes(&found), ["S1016"]);
        assert_eq!(found[0].resource.as_deref(), Some("Queue"));
    }
    assert_eq!(codes(&found(json!({}))), [""; 0]);
}
