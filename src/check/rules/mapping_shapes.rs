//! Mappings have two levels of keys, and literal values.

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::parse::MAPPING_SHAPE;
use crate::template::{LogicalId, Map, Path, Value, is_macro};

pub(super) const RULES: &[Rule] = &[SHAPE, LENGTH];

const SHAPE: Rule = Rule {
    code: MAPPING_SHAPE,
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html",
    explanation: "A mapping has a name of letters and digits, keys that may have `-` and `.` as well, under each of them keys of letters and digits, and under those literal values or lists of them.",
    bad: &[
        "Mappings: { Delays: { prod: { Queue: 5 }, uat: 5 } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, prod, Queue] } } }",
        "Mappings: { Delays: { uat: { queue-delay: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat, queue-delay] } } }",
        "Mappings: { Delays: { 'a/b': { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, a/b, Queue] } } }",
    ],
    good: &[
        "Mappings: { Delays: { us-east-1: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, us-east-1, Queue] } } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Mappings");
        let mappings = context.template.mappings.iter().filter(|(name, _)| !is_macro(name));
        for (name, mapping) in mappings {
            let path = section.key(name);
            if let Some(fault) = LogicalId::fault(name).filter(|_| name.len() <= LogicalId::MAX_LENGTH) {
                report.at(path, fault);
            }
            rows(name, mapping, &path, report);
        }
    },
};

fn rows(name: &str, mapping: &Map, path: &Path<'_>, report: &mut Report) {
    if mapping.is_empty() {
        report.at(path, format!("the mapping `{name}` has no keys"));
    }
    for (key, row) in mapping.iter().filter(|(key, _)| !is_macro(key)) {
        let path = path.key(key);
        if let Some(wrong) = wrong_character(key, &['-', '.']) {
            report.at(path, format!("`{key}` has {wrong} in it: a key has letters, digits, `-` and `.` only"));
        }
        match row {
            Value::Map(row) => values(key, row, &path, report),
            Value::Null => {}
            // `Fn::Transform` fills it.
            Value::Intrinsic(_) => {}
            other => {
                let found = report.at(path, format!("`{key}` is {}, and must be a map", other.kind()));
                found.help = Some("a mapping has two levels of keys above its values".into());
            }
        }
    }
}

fn values(outer: &str, row: &Map, path: &Path<'_>, report: &mut Report) {
    if row.is_empty() {
        report.at(path, format!("`{outer}` has no keys"));
    }
    for (key, value) in row.iter().filter(|(key, _)| !is_macro(key)) {
        let path = path.key(key);
        if let Some(wrong) = wrong_character(key, &[]) {
            report
                .at(path, format!("`{key}` has {wrong} in it: a key of the second level has letters and digits only"));
        }
        let is_literal = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
        match value {
            Value::Null | Value::List(_) => {}
            value if is_literal(value) => {}
            other => {
                let message = format!("`{key}` is {}, and must be a literal value or a list", other.kind());
                report.at(path, message).help = Some("no function is run in a mapping".into());
            }
        }
    }
}

/// What a key may not have, in words.
fn wrong_character(key: &str, also: &[char]) -> Option<String> {
    let wrong = key.chars().find(|c| !c.is_ascii_alphanumeric() && !also.contains(c));
    wrong.map(|wrong| format!("`{wrong}`")).or_else(|| key.is_empty().then(|| "nothing".to_owned()))
}

const LENGTH: Rule = Rule {
    code: Code::new("E7002", "long-mapping-name"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    explanation: "The name of a mapping and each of its keys have at most 255 characters.",
    bad: &[],
    good: &[],
    find: |context, report| {
        let section = Path::Start.key("Mappings");
        for (name, mapping) in &context.template.mappings {
            let path = section.key(name);
            long(name, &path, report);
            for (key, row) in mapping {
                let path = path.key(key);
                long(key, &path, report);
                row.as_map().into_iter().flat_map(Map::keys).for_each(|key| long(key, &path.key(key), report));
            }
        }
    },
};

fn long(name: &str, path: &Path<'_>, report: &mut Report) {
    if name.len() > LogicalId::MAX_LENGTH {
        report.at(path, format!("the name has {} characters: one has at most {}", name.len(), LogicalId::MAX_LENGTH));
    }
}
