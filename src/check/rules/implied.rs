//! Dependencies that are said although they are there.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Path, Reference, Resource, Value};

pub(super) const RULES: &[Rule] = &[IMPLIED];

const IMPLIED: Rule = Rule {
    code: Code::new("W3005", "implied-dependency"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    explanation: "A resource that refers to another one is created after it anyway. `DependsOn` beside such a reference says nothing, and \
                  stays behind when the reference goes.",
    bad: &[
        "Resources:\n  Topic: { Type: AWS::SNS::Topic }\n  Queue: { Type: AWS::SQS::Queue, DependsOn: Topic, Properties: { QueueName: !Ref Topic } }",
        "Resources:\n  Topic: { Type: AWS::SNS::Topic }\n  Queue: { Type: AWS::SQS::Queue, DependsOn: [Topic], Properties: { QueueName: !Sub 'x-${Topic.TopicName}' } }",
    ],
    good: &[
        "Resources:\n  Topic: { Type: AWS::SNS::Topic }\n  Other: { Type: AWS::SNS::Topic }\n  Queue: { Type: AWS::SQS::Queue, DependsOn: Other, Properties: { QueueName: !Ref Topic } }",
    ],
    find: implied,
};

fn implied(context: &Context<'_>, report: &mut Report) {
    let by_cdk = context.is_of_cdk();
    for (id, resource) in &context.template.resources {
        if resource.depends_on.is_empty() {
            continue;
        }
        for (index, on) in resource.depends_on.iter().enumerate() {
            // A second mention of the same resource is not another finding.
            if resource.depends_on[..index].contains(on) || !context.template.resources.contains_key(on) {
                continue;
            }
            if let Some(place) = reference_to(resource, on) {
                let message = format!("`{id}` depends on `{on}` anyway, by its reference at `{place}`");
                let found = report.resource(id, "/DependsOn", message);
                found.help = Some("remove it from `DependsOn`".into());
                // The CDK lets every function depend on its role and on the policies of it; that is nobody's to mend.
                if by_cdk {
                    found.severity = Severity::Info;
                }
            }
        }
    }
}

/// Where a resource first refers to another one, below the resource.
fn reference_to(resource: &Resource, name: &str) -> Option<String> {
    let mut found = None;
    let is = |reference: &Reference| reference.name() == name;
    resource.walk(&Path::Start, &mut |path, value| {
        let refers = match value {
            Value::Intrinsic(Intrinsic::Reference(reference)) => is(reference),
            Value::Intrinsic(Intrinsic::Sub(sub)) => sub.references().any(is),
            _ => false,
        };
        if refers && found.is_none() {
            found = Some(path.to_string());
        }
    });
    found
}
