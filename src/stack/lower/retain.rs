//! What stays keeps what it needs.
//!
//! A resource that stays when it leaves the stack goes on using what it refers to: a database its subnet group, its
//! group and its key. To delete those fails (`Cannot delete the subnet group … because at least one database instance
//! … is still using it`), or leaves data that nobody can read. So they stay as well, and so does what they need in turn.
//! A snapshot needs less: the key that it is encrypted with, and the secret that holds its master user's password.
//!
//! Sources: <https://github.com/aws/aws-cdk/issues/5282>,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>

use std::collections::BTreeSet;

use super::super::codes;
use super::super::construct::Deletion;
use super::Lowered;
use crate::diagnostic::Diagnostic;
use crate::template::{Resource, Template, pointer};

/// Lets everything stay that something which stays needs. What was told to go all the same is a finding.
pub(super) fn close(lowered: &mut Lowered, told_to_go: &BTreeSet<String>) {
    let mut open: Vec<String> = lowered.template.resources.keys().cloned().collect();
    let mut reported = BTreeSet::new();
    while let Some(id) = open.pop() {
        for needed in needs(&lowered.template, &id) {
            if told_to_go.contains(&needed) {
                if reported.insert(needed.clone()) {
                    let finding = finding(lowered, &id, &needed);
                    lowered.diagnostics.push(finding);
                }
            } else if let Some(resource) = lowered.template.resources.get_mut(&needed) {
                resource.deletion_policy = Some(Deletion::Retain.name().into());
                resource.update_replace_policy = resource.deletion_policy.clone();
                open.push(needed);
            }
        }
    }
}

/// The logical ids of what a resource needs once it stays, or its snapshot, of which it is not said that they stay.
fn needs(template: &Template, id: &str) -> BTreeSet<String> {
    let resource = &template.resources[id];
    let mut needs = BTreeSet::new();
    resource.each_reference(&mut |reference| {
        let target = template.resources.get(reference.name());
        if target.is_some_and(|target| !stays(target) && is_needed(resource, target)) {
            needs.insert(reference.name().to_owned());
        }
    });
    needs
}

fn is_needed(resource: &Resource, target: &Resource) -> bool {
    // A key works whether or not those whom its policy names exist.
    let needs_nothing = resource.kind == "AWS::KMS::Key";
    let snapshot = policy(resource) == Some(Deletion::Snapshot.name());
    let of_snapshot = matches!(target.kind.as_str(), "AWS::KMS::Key" | "AWS::SecretsManager::Secret");
    !needs_nothing && (stays(resource) || snapshot && of_snapshot)
}

fn stays(resource: &Resource) -> bool {
    policy(resource) == Some(Deletion::Retain.name())
}

fn policy(resource: &Resource) -> Option<&str> {
    resource.deletion_policy.as_ref().and_then(|policy| policy.as_str())
}

fn finding(lowered: &Lowered, id: &str, needed: &str) -> Diagnostic {
    let message = format!("`{needed}` goes with the stack, but `{id}`, which needs it, leaves its data behind");
    let mut diagnostic = Diagnostic::error(codes::NEEDED, message)
        .resource(needed)
        .help(format!("let `{needed}` stay: `.retain()`; or let `{id}` go too: `.on_deletion(Deletion::Delete)`"));
    diagnostic.source = lowered.places.nearest(&pointer(["Resources", needed]));
    diagnostic
}
