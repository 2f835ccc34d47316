//! What stays keeps what it needs.

use formwork::prelude::*;
use formwork::template::Template;

use super::{Parts, parts};
use crate::stack::{codes, faults};

/// Which resources have a deletion policy, by it.
fn with_policy<'a>(template: &'a Template, policy: &str) -> Vec<&'a str> {
    let of =
        |value: &Option<formwork::template::Value>| value.as_ref().and_then(|value| value.as_str().map(str::to_owned));
    let resources = template.resources.iter();
    let found = resources.filter(|(_, resource)| {
        assert_eq!(resource.deletion_policy, resource.update_replace_policy);
        of(&resource.deletion_policy).as_deref() == Some(policy)
    });
    found.map(|(id, _)| id.as_str()).collect()
}

#[test]
fn a_snapshot_keeps_its_key_and_the_secret_with_its_password() {
    let parts = parts();
    let noun = parts.cluster(AuroraEngine::Postgres).reader("db.t3.medium").key(parts.key);
    let template = parts.with(noun);
    assert_eq!(with_policy(&template, "Snapshot"), ["Database"]);
    assert_eq!(with_policy(&template, "Retain"), ["Key", "Secret"]);
    assert_eq!(with_policy(&template, "Delete"), ["DatabaseReader1", "DatabaseWriter"]);
}

#[test]
fn a_database_that_stays_keeps_everything_that_it_refers_to() {
    let parts = parts();
    let noun = parts.instance(Engine::Postgres).enhanced_monitoring(seconds(60)).retain();
    let template = parts.with(noun);
    let expect = [
        "Database",
        "DatabaseAttachment",
        "DatabaseMonitoringRole",
        "DatabaseParameters",
        "DatabaseSg",
        "DatabaseSubnets",
        "Key",
        "Private1",
        "Private2",
        "Secret",
        "Vpc",
    ];
    assert_eq!(with_policy(&template, "Retain"), expect);
}

#[test]
fn what_goes_keeps_nothing() {
    let parts = parts();
    let noun = parts.cluster(AuroraEngine::MySql).on_deletion(Deletion::Delete);
    let template = parts.with(noun);
    assert_eq!(with_policy(&template, "Retain"), ["Key"]);
    assert!(with_policy(&template, "Delete").contains(&"Secret"));
    assert!(with_policy(&template, "Delete").contains(&"Database"));
}

#[test]
fn instances_of_a_cluster_leave_no_snapshot_of_their_own() {
    let parts = parts();
    let noun = parts.cluster(AuroraEngine::MySql).on_deletion(Deletion::Snapshot);
    let template = parts.with(noun);
    assert_eq!(with_policy(&template, "Snapshot"), ["Database"]);
    assert_eq!(with_policy(&template, "Delete"), ["DatabaseWriter"]);
}

#[test]
fn what_is_needed_and_told_to_go_is_said_once() {
    let Parts { mut stack, private, group, .. } = parts();
    let key = stack.add("Short", Key::new("short").on_deletion(Deletion::Delete));
    let line = line!() - 1;
    let secret = stack.add("Own", Secret::new(user("billie"), EncryptedBy::Key(key)));
    let database = DatabaseInstance::new(Engine::MySql, secret, private, group).key(key);
    stack.add("Database", database);
    let found: Vec<_> = stack.lower().diagnostics;
    assert_eq!(codes(&found), ["S1030"], "{found:#?}");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source.as_ref().unwrap().line, line as usize);
    assert!(found[0].message.starts_with("`Short` goes with the stack, but `"), "{}", found[0].message);
    assert_eq!(codes(&faults(&stack)), ["S1030", "W3974"]);
}
