//! What is looked up in a mapping is there.

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, did_you_mean};
use crate::template::{Function, Intrinsic, Map, Template, Value};

pub(super) const RULES: &[Rule] = &[MISSING];

const MISSING: Rule = Rule {
    code: Code::new("E1011", "lookup-of-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html",
    explanation: "`Fn::FindInMap` names a mapping of the template, and keys that it has, or gives a default.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat, Queue] } } }",
        "Mappings: { Delays: { prod: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat, Queue] } } }",
        "Mappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, !Ref AWS::Region, Topic] } } }",
        "Mappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat] } } }",
    ],
    good: &[
        "Mappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat, Queue] } } }",
        "Transform: AWS::LanguageExtensions\nMappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, prod, Queue, { DefaultValue: 3 }] } } }",
    ],
    find: |context, report| {
        let template = context.template;
        template.walk(&mut |path, value| {
            if let Value::Intrinsic(Intrinsic::Call(Function::FindInMap, argument)) = value
                && let Some([Value::String(mapping), first, second]) = argument.as_list()
            {
                look_up(template, mapping, [first, second], &format!("{path}/Fn::FindInMap"), report);
            }
        });
        report.misuses(context);
    },
};

fn look_up(template: &Template, name: &str, [first, second]: [&Value; 2], at: &str, report: &mut Report) {
    let Some(mapping) = template.mappings.get(name) else {
        let names = template.mappings.keys().map(String::as_str);
        return missing(format!("there is no mapping `{name}`"), name, names, at, report);
    };
    // A macro may fill a mapping.
    if mapping.keys().any(|key| key.starts_with("Fn::")) {
        return;
    }
    let first = first.as_str();
    let rows: Vec<&Map> = match first {
        Some(key) => mapping.get(key).and_then(Value::as_map).into_iter().collect(),
        None => mapping.values().filter_map(Value::as_map).collect(),
    };
    if let Some(first) = first.filter(|first| !mapping.contains_key(*first)) {
        let keys = mapping.keys().map(String::as_str);
        return missing(format!("the mapping `{name}` has no key `{first}`"), first, keys, at, report);
    }
    if let Some(second) = second.as_str().filter(|second| rows.iter().all(|row| !row.contains_key(*second))) {
        let row = first.map(|first| format!(" under `{first}`")).unwrap_or_default();
        let keys = rows.iter().flat_map(|row| row.keys()).map(String::as_str);
        missing(format!("the mapping `{name}` has no key `{second}`{row}"), second, keys, at, report);
    }
}

fn missing<'a>(message: String, name: &str, names: impl Iterator<Item = &'a str>, at: &str, report: &mut Report) {
    let names: Vec<_> = names.collect();
    let near = (!names.is_empty()).then(|| did_you_mean(name, names, "there are"));
    let found = report.at(at, message);
    found.help = near;
    found.resource = at.strip_prefix("/Resources/").and_then(|rest| rest.split('/').next()).map(str::to_owned);
}
