//! DynamoDB: attributes and keys.

use std::collections::BTreeSet;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Map, Resource, Value};

pub(super) const RULES: &[Rule] = &[ATTRIBUTES];

const ATTRIBUTES: Rule = Rule {
    code: Code::new("E3039", "attributes-and-keys-differ"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html",
    explanation: "`AttributeDefinitions` has every attribute that is a key of the table or of an index, and no other: the rest of a table has no schema.",
    bad: &[
        "Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }, { AttributeName: b, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }",
    ],
    good: &[
        "Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }",
    ],
    find: attributes,
};

fn attributes(context: &Context<'_>, report: &mut Report) {
    for (id, table) in context.resources("AWS::DynamoDB::Table") {
        let defined =
            table.properties.get("AttributeDefinitions").map_or(Some(BTreeSet::new()), |of| names(of.as_list()?));
        let (Some(defined), Some(keys)) = (defined, keys(table)) else { continue };
        if defined.is_empty() && keys.is_empty() {
            continue;
        }
        let tell = |names: Vec<&&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        let unused: Vec<_> = defined.difference(&keys).collect();
        if !unused.is_empty() {
            let message = format!("{} of `AttributeDefinitions` {} no key", tell(unused.clone()), are(&unused));
            report.resource(id, "/Properties/AttributeDefinitions", message).help =
                Some("define the attributes only that are keys of the table or of an index".into());
        }
        let undefined: Vec<_> = keys.difference(&defined).collect();
        if !undefined.is_empty() {
            let (key, lacks) = if undefined.len() == 1 { ("the key", "is") } else { ("the keys", "are") };
            let message = format!("{key} {} {lacks} not in `AttributeDefinitions`", tell(undefined));
            report.resource(id, "/Properties", message).help = Some("define each key's type".into());
        }
    }
}

fn are(names: &[&&str]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}

/// The keys of a table and its indexes; none where some are not known.
fn keys(table: &Resource) -> Option<BTreeSet<&str>> {
    let mut keys = schema(&table.properties)?;
    for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        match table.properties.get(indexes) {
            None => {}
            Some(Value::List(indexes)) => {
                for index in indexes {
                    keys.append(&mut schema(index.as_map()?)?);
                }
            }
            Some(_) => return None,
        }
    }
    Some(keys)
}

fn schema(map: &Map) -> Option<BTreeSet<&str>> {
    match map.get("KeySchema") {
        None => Some(BTreeSet::new()),
        Some(schema) => names(schema.as_list()?),
    }
}

/// The names that elements have; none where one is not known.
fn names(elements: &[Value]) -> Option<BTreeSet<&str>> {
    elements.iter().map(|element| element.as_map()?.get("AttributeName")?.as_str()).collect()
}
