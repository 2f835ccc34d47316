//! Permissions become statements of roles.

use std::collections::BTreeMap;
use std::panic::Location;

use super::context::Lowering;
use super::order;
use crate::iam::{PolicyDocument, Statement};
use crate::template::{Places, Reference, Resource, Template, Value, pointer};

/// The name of the policy that holds what was granted by name.
const GRANTS: &str = "grants";

/// Adds every grant to its role: inside it where that is no cycle, else as a policy of its own.
pub(super) fn add(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) {
    for (role, statements) in statements(lowering) {
        if !template.resources.contains_key(&role) {
            // Its construct did not come to be, and said why.
            continue;
        }
        let back = |statement: &Statement| refers_back(template, &role, statement);
        let (apart, inside): (Vec<_>, Vec<_>) = statements.into_iter().partition(|given| back(&given.statement));
        if !inside.is_empty() {
            note_places(places, &add_inside(template, &role, &inside), &inside);
        }
        if !apart.is_empty() {
            note_places(places, &add_apart(template, &role, &apart), &apart);
        }
    }
}

/// The statements by role, in an order that does not depend on that of the grants.
fn statements(lowering: &mut Lowering<'_>) -> BTreeMap<String, Vec<Given>> {
    let mut by_role: BTreeMap<String, BTreeMap<String, Given>> = BTreeMap::new();
    let stack = lowering.stack;
    for grant in &stack.grants {
        match grant.permission.statements(stack) {
            Ok(statements) => {
                let role = by_role.entry((grant.role_id)(stack.name_of(grant.to))).or_default();
                for statement in &statements {
                    let statement = resolve(lowering, statement, grant.location);
                    let key = statement.to_value().to_json().to_string();
                    role.entry(key).or_insert(Given { statement, location: grant.location });
                }
            }
            Err(diagnostic) => lowering.diagnostics.push(diagnostic.source(grant.location.into())),
        }
    }
    by_role.into_iter().map(|(role, statements)| (role, statements.into_values().collect())).collect()
}

fn resolve(
    lowering: &mut Lowering<'_>,
    statement: &Statement<super::super::Link>,
    location: &'static Location<'static>,
) -> Statement {
    let conditions = statement.conditions.iter().map(|condition| crate::iam::Condition {
        operator: condition.operator.clone(),
        key: condition.key.clone(),
        values: condition.values.iter().map(|value| lowering.resolve(value, location)).collect(),
    });
    let conditions = conditions.collect();
    Statement {
        sid: statement.sid.clone(),
        effect: statement.effect,
        principal: None,
        actions: statement.actions.clone(),
        resources: statement.resources.iter().map(|value| lowering.resolve(value, location)).collect(),
        conditions,
    }
}

/// Whether what a statement refers to needs the role itself.
fn refers_back(template: &Template, role: &str, statement: &Statement) -> bool {
    let mut back = false;
    statement.to_value().each_reference(&mut |reference: &Reference| {
        back |= order::needs(template, reference.name(), role);
    });
    back
}

/// A statement, and the line that granted it.
struct Given {
    statement: Statement,
    location: &'static Location<'static>,
}

fn document(given: &[Given]) -> Value {
    PolicyDocument::new(given.iter().map(|given| given.statement.clone())).to_value()
}

/// Takes down where the statements of the policy document at `document` were granted.
fn note_places(places: &mut Places, document: &str, given: &[Given]) {
    for (n, given) in given.iter().enumerate() {
        places.insert(format!("{document}/Statement/{n}"), given.location.into());
    }
}

/// Returns the pointer of the document.
fn add_inside(template: &mut Template, role: &str, given: &[Given]) -> String {
    let Some(resource) = template.resources.get_mut(role) else {
        unreachable!("a grantee adds its role `{role}`");
    };
    let policy = Value::map([("PolicyName", Value::from(GRANTS)), ("PolicyDocument", document(given))]);
    let policies = resource.properties.entry("Policies".into()).or_insert_with(|| Value::List(Vec::new()));
    let mut index = 0;
    if let Value::List(policies) = policies {
        index = policies.len();
        policies.push(policy);
    }
    resource.properties.sort_keys();
    pointer(["Resources", role, "Properties", "Policies", &index.to_string(), "PolicyDocument"])
}

/// The logical id of the policy of a role's grants that cannot stand inside it.
pub(super) fn apart(role: &str) -> String {
    format!("{role}Grants")
}

/// Returns the pointer of the document.
fn add_apart(template: &mut Template, role: &str, given: &[Given]) -> String {
    let policy = Resource::new("AWS::IAM::Policy")
        .with("PolicyDocument", document(given))
        .with("PolicyName", GRANTS)
        .with("Roles", Value::list([Value::reference_to(role)]));
    let condition = template.resources.get(role).and_then(|role| role.condition.clone());
    let id = apart(role);
    template.resources.insert(id.clone(), Resource { condition, ..policy });
    template.resources.sort_keys();
    pointer(["Resources", &id, "Properties", "PolicyDocument"])
}
