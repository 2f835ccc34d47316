//! AWS services that must use a resource because another one refers to it: statements in its resource policy.
//!
//! Most services use a key as whoever calls them, so that the key's delegation to the account's IAM is enough. Some use
//! it as themselves, and the key's policy must name them.

use super::super::bag::Bag;
use super::super::link::Link;
use super::super::stack::Stack;
use crate::iam::{Principal, Statement};
use crate::template::{Intrinsic, Map, Reference, Sub, Template, Value};

/// A resource type whose service uses the key of its property as itself.
struct User {
    kind: &'static str,
    property: &'static str,
    statement: fn() -> Statement,
}

const USERS: &[User] = &[User { kind: "AWS::Logs::LogGroup", property: "KmsKeyId", statement: logs }];

/// A resource of a type whose service uses a construct of another stack as itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct UseElsewhere {
    /// The other stack.
    pub(in crate::stack) stack: u32,
    /// The construct there.
    index: u32,
    kind: &'static str,
}

/// What a resource in the making uses of other stacks so.
pub(super) fn elsewhere(stack: &Stack, bag: &Bag) -> Vec<UseElsewhere> {
    let mut found = Vec::new();
    for user in USERS.iter().filter(|user| bag.kind() == user.kind) {
        let Some(term) = bag.terms().get(user.property) else { continue };
        term.each_reference(&mut |link| {
            let Link::Attribute(handle, _) = link else { return };
            let handle = stack.canonical(*handle);
            if handle.stack != stack.id {
                found.push(UseElsewhere { stack: handle.stack, index: handle.index, kind: user.kind });
            }
        });
    }
    found
}

/// Adds to each policy document, `(logical id, property)`, the statements for the services that must use its resource:
/// in this stack, or in one that imports from it.
pub(super) fn open(template: &mut Template, policies: &[(String, &str)], stack: &Stack, elsewhere: &[UseElsewhere]) {
    for (id, property) in policies {
        let own = |used: &UseElsewhere| stack.entries.get(used.index as usize).is_some_and(|entry| entry.name == *id);
        let abroad = |user: &User| elsewhere.iter().any(|used| used.kind == user.kind && own(used));
        let wanted: Vec<_> = USERS.iter().filter(|user| uses(template, user, id) || abroad(user)).collect();
        let resource = template.resources.get_mut(id);
        let document = resource.and_then(|resource| resource.properties.get_mut(*property));
        if let Some(Value::Map(document)) = document
            && let Some(Value::List(statements)) = document.get_mut("Statement")
        {
            statements.extend(wanted.iter().map(|user| (user.statement)().to_value()));
        }
    }
}

fn uses(template: &Template, user: &User, id: &str) -> bool {
    let of_kind = template.resources.values().filter(|resource| resource.kind == user.kind);
    let mut found = false;
    for key in of_kind.filter_map(|resource| resource.properties.get(user.property)) {
        key.each_reference(&mut |reference: &Reference| found |= reference.name() == id);
    }
    found
}

/// CloudWatch Logs, for log groups of this account and region only: the encryption context has the log group's ARN.
/// The ARN of the very group would be a cycle, since the group refers to its key.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>
fn logs() -> Statement {
    let sub = |text: &str| Value::Intrinsic(Intrinsic::Sub(Sub::parse(text, Map::default())));
    let service = sub("logs.${AWS::Region}.amazonaws.com");
    let groups = sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*");
    let actions = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"];
    let statement = Statement::allow(actions, ["*".into()]);
    let statement = Statement { principal: Some(Principal::Service(vec![service])), ..statement };
    statement.when("ArnLike", "kms:EncryptionContext:aws:logs:arn", groups)
}
