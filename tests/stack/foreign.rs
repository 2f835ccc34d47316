//! A handle of another stack is a finding with the user's line, wherever it stands.

use std::panic::Location;

use formwork::prelude::*;

use super::{Given, codes, faults, function, given, stack};

/// What another stack has.
struct Other {
    given: Given,
    group: Handle<SecurityGroup>,
    proxy: Handle<DatabaseProxy>,
    handler: Handle<Function>,
    role: Handle<Role>,
}

fn other() -> Other {
    let mut stack = stack();
    let given = given(&mut stack);
    // Indices that the stack at hand does not have, and some that it has.
    let group = stack.add("Group", SecurityGroup::new(given.vpc, "group"));
    let auth = ProxyAuth::iam(given.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(given.database, auth, given.private, group));
    let handler = stack.add("Handler", function().in_vpc(given.private, group));
    let role = stack.add("Role", Role::assumed_by("lambda.amazonaws.com"));
    Other { given, group, proxy, handler, role }
}

/// Whether what `write` does with another stack's handles is found on the caller's line or below, and nothing panics.
#[track_caller]
fn check(write: impl FnOnce(&mut Stack, Given, Other)) {
    let test = Location::caller();
    let mut stack = stack();
    let own = given(&mut stack);
    write(&mut stack, own, other());
    let faults = stack.lower().diagnostics;
    assert_eq!(codes(&faults), ["S1002"], "{faults:#?}");
    for fault in faults {
        let source = fault.source.unwrap();
        assert_eq!(source.file, test.file());
        let lines = test.line() as usize..test.line() as usize + 9;
        assert!(lines.contains(&source.line), "{source} is not in {lines:?}");
        assert!(fault.message.contains("`Demo`") && fault.help.is_some());
    }
}

#[test]
fn as_a_source() {
    check(|stack, own, other| stack.allow(other.handler, own.database));
    check(|stack, own, other| stack.allow(other.proxy, own.database));
    check(|stack, own, other| stack.allow(other.group, own.database));
}

#[test]
fn as_a_destination() {
    check(|stack, own, other| stack.allow(own.database_sg, other.proxy));
    check(|stack, own, other| stack.allow(own.database_sg, other.given.database));
    check(|stack, own, other| stack.allow(own.database_sg, other.group.on(tcp(5432))));
    check(|stack, _, other| stack.allow(cidr("10.0.0.0/16"), other.group.on(tcp(5432))));
}

#[test]
fn as_whom_something_is_granted_to() {
    check(|stack, own, other| stack.grant(other.handler, own.secret.read()));
    check(|stack, own, other| stack.grant(other.role, own.secret.read()));
}

#[test]
fn as_what_is_granted() {
    check(|stack, _, other| {
        let handler = stack.add("Own", function());
        stack.grant(handler, other.given.secret.read());
    });
    check(|stack, _, other| {
        let handler = stack.add("Own", function());
        stack.grant(handler, other.proxy.connect());
    });
    check(|stack, _, other| {
        let handler = stack.add("Own", function());
        stack.grant(handler, other.proxy.connect_as(user("billie")));
    });
}

#[test]
fn in_a_property() {
    check(|stack, own, other| {
        stack.add("Own", function().in_vpc(own.private, other.group));
    });
    check(|stack, own, other| {
        stack.add("Own", function().in_vpc(other.given.private, own.database_sg));
    });
    check(|stack, _, other| {
        stack.add("Own", SecurityGroup::new(other.given.vpc, "own"));
    });
}

#[test]
fn in_a_variable() {
    check(|stack, _, other| {
        stack.add("Own", function().env("DB_HOST", other.proxy.endpoint()));
    });
}

#[test]
fn in_an_output() {
    check(|stack, _, other| {
        stack.output("Endpoint", other.proxy.endpoint());
    });
}

#[test]
fn in_a_tag() {
    check(|stack, _, other| {
        stack.add("Own", function().tag("proxy", other.proxy.endpoint()));
    });
}

#[test]
fn in_a_condition() {
    check(|stack, _, other| {
        let endpoint = other.proxy.endpoint();
        let condition = stack.condition("Same", endpoint.equals("x"));
        stack.add("Own", function().when(&condition));
    });
}

#[test]
fn in_an_override() {
    check(|stack, _, other| {
        let value = Json(other.handler.any().term("Arn"));
        stack.add("Own", function().override_property("/Description", value));
    });
}

#[test]
fn as_what_must_come_first() {
    check(|stack, _, other| {
        stack.add("Own", function().depends_on(other.proxy));
    });
}

#[test]
fn in_a_goal() {
    check(|stack, own, other| stack.require(own.database.isolated().except(other.proxy)));
    check(|stack, _, other| stack.require(other.given.database.isolated()));
    check(|stack, own, other| stack.require(other.handler.reaches(own.database)));
    check(|stack, own, other| stack.require(other.handler.can(own.secret.read())));
    check(|stack, own, other| stack.assume(other.handler.can(own.secret.read()), "trust"));
    check(|stack, own, other| stack.assume(other.handler.reaches(own.database), "trust"));
}

#[test]
fn as_the_database_of_a_proxy() {
    check(|stack, own, other| {
        let auth = ProxyAuth::iam(own.secret);
        stack.add("Own", DatabaseProxy::new(other.given.database, auth, own.private, own.database_sg));
    });
}

#[test]
fn as_the_database_of_a_proxy_that_is_used() {
    let (mut stack, other) = (stack(), other());
    let own = given(&mut stack);
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Own", DatabaseProxy::new(other.given.database, auth, own.private, own.database_sg));
    stack.allow(proxy, own.database);
    stack.allow(own.database_sg, proxy);
    stack.grant(proxy, own.secret.read());
    stack.require(own.database.isolated().except(proxy));
    assert!(codes(&faults(&stack)).contains(&"S1002"));
}

#[test]
fn in_the_way_a_proxy_logs_in() {
    check(|stack, own, other| {
        let auth = ProxyAuth::iam(other.given.secret);
        stack.add("Own", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    });
}

#[test]
fn as_the_group_of_an_import() {
    check(|stack, _, other| {
        let group = other.given.database_sg;
        let database = stack.import("Own", DatabaseInstance::existing("own", Engine::Postgres, group));
        let range = cidr("10.0.0.0/16");
        stack.allow(range, database);
    });
}

#[test]
fn as_the_key_of_a_secret() {
    check(|stack, _, other| {
        let encrypted = EncryptedBy::Key(other.given.key);
        let secret = stack.import("Own", Secret::existing("arn:aws:secretsmanager:::secret:a-abcdef", encrypted));
        let handler = stack.add("OwnHandler", function());
        stack.grant(handler, secret.read());
    });
}
