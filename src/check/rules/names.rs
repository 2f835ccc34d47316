//! Names and attributes of resources.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve;
use crate::template::parse::RESOURCE_SHAPE;
use crate::template::{LogicalId, Resource, Value, is_macro, pointer};

pub(super) const RULES: &[Rule] = &[SHARED, RESOURCE, LENGTH];

const SHARED: Rule = Rule {
    code: Code::new("E3007", "shared-name"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    explanation: "The logical id of a resource is unique in the template: no parameter has it.",
    bad: &[
        "Parameters: { Queue: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queue } }",
    ],
    good: &[
        "Parameters: { Name: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        for id in context.template.resources.keys().filter(|id| context.template.parameters.contains_key(*id)) {
            report.resource(id, "", format!("a parameter and a resource are named `{id}`")).help =
                Some("rename one of them".into());
        }
    },
};

const RESOURCE: Rule = Rule {
    code: RESOURCE_SHAPE,
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    explanation: "A resource has a logical id of letters and digits, and the attributes that CloudFormation knows.",
    bad: &[
        "Resources: { my-queue: { Type: AWS::SQS::Queue } }",
        "Resources: { Queue: { Type: AWS::SQS::Queue, Propertys: { QueueName: a } } }",
        "Resources: { Mine: { Type: Custom::Mine, Properties: { ServiceToken: a }, UpdatePolicy: {} } }",
    ],
    good: &["Resources: { MyQueue: { Type: AWS::SQS::Queue } }"],
    find: |context: &Context<'_>, report: &mut Report| {
        for (id, resource) in context.template.resources.iter().filter(|(id, _)| !is_macro(id)) {
            if let Some(fault) = LogicalId::fault(id).filter(|_| id.len() <= LogicalId::MAX_LENGTH) {
                let is_made = !context.written.resources.contains_key(id);
                let help = "`&{…}` in the key of the loop leaves out what a name may not have";
                report.resource(id, "", fault).help = is_made.then(|| help.into());
            }
            if !resolve::is_rewritten(context.template) {
                attributes(id, resource, report);
            }
        }
    },
};

/// Beside the model's own: of SAM, and the version of a custom resource.
const OTHER_ATTRIBUTES: &[&str] = &["Connectors", "IgnoreGlobals"];
const ATTRIBUTES: &[&str] = &[
    "Type",
    "Properties",
    "Condition",
    "DependsOn",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
];

fn attributes(id: &str, resource: &Resource, report: &mut Report) {
    let is_custom = resource.kind.starts_with("Custom::") || resource.kind == "AWS::CloudFormation::CustomResource";
    for key in resource.other.keys().filter(|key| !OTHER_ATTRIBUTES.contains(&key.as_str()) && !is_macro(key)) {
        if !(is_custom && key == "Version") {
            let found = report.resource(id, &pointer([key]), format!("a resource has no attribute `{key}`"));
            found.help = suggest(key, ATTRIBUTES.iter().copied()).or_else(|| Some("is it a property?".into()));
        }
    }
    let policies = [("CreationPolicy", &resource.creation_policy), ("UpdatePolicy", &resource.update_policy)];
    for (name, policy) in policies {
        match policy {
            Some(_) if is_custom => {
                report.resource(id, &pointer([name]), format!("a custom resource has no `{name}`"));
            }
            Some(Value::Null | Value::Map(_) | Value::Intrinsic(_)) | None => {}
            Some(other) => {
                let message = format!("`{name}` is {}, and must be a map", other.kind());
                report.resource(id, &pointer([name]), message);
            }
        }
    }
}

const LENGTH: Rule = Rule {
    code: Code::new("E3011", "long-logical-id"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    explanation: "A logical id has at most 255 characters.",
    bad: &[],
    good: &[],
    find: |context: &Context<'_>, report: &mut Report| {
        for id in context.template.resources.keys().filter(|id| id.len() > LogicalId::MAX_LENGTH) {
            let message =
                format!("the logical id has {} characters: one has at most {}", id.len(), LogicalId::MAX_LENGTH);
            report.resource(id, "", message);
        }
    },
};
