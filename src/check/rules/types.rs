//! Resource types that exist, and where.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::{registry, resolve};

pub(super) const RULES: &[Rule] = &[UNKNOWN_TYPE, SERVERLESS];

const UNKNOWN_TYPE: Rule = Rule {
    code: Code::new("E3006", "unknown-type"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    explanation: "A resource's type is one that CloudFormation has in the region, a module, or a custom one.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Que } }"],
    good: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }",
        "Resources: { Mine: { Type: Custom::Mine, Properties: { ServiceToken: x } } }",
    ],
    find: unknown_type,
};

fn unknown_type(context: &Context<'_>, report: &mut Report) {
    for (id, resource) in &context.template.resources {
        let kind = resource.kind.as_str();
        match registry::facts(kind) {
            Some(facts) => {
                if let Some(region) = context.region.filter(|region| !facts.available_in(region)) {
                    let message = format!("`{kind}` does not exist in {region}");
                    report.resource(id, "/Type", message).help = Some("deploy to a region that has it".into());
                }
            }
            // A type that is missing or no text is said where the template is read.
            None if kind.is_empty() || is_own(kind) => {}
            None => {
                let help = report.suggests().then(|| suggest(kind, registry::type_names())).flatten();
                report.resource(id, "/Type", format!("there is no resource type `{kind}`")).help = help;
            }
        }
    }
}

/// Custom resources, modules, third-party types, and those of macros.
fn is_own(kind: &str) -> bool {
    kind.starts_with("Custom::")
        || kind.ends_with("::MODULE")
        || kind == "AWS::CloudFormation::CustomResource"
        || kind.starts_with("AWS::Serverless::")
        || !kind.starts_with("AWS::") && kind.matches("::").count() == 2
}

const SERVERLESS: Rule = Rule {
    code: Code::new("E3038", "serverless-without-transform"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-serverless.html",
    explanation: "The types of the Serverless Application Model are there only where the template asks for its transform.",
    bad: &["Resources: { Handler: { Type: AWS::Serverless::SimpleTable } }"],
    good: &["Transform: AWS::Serverless-2016-10-31\nResources: { Handler: { Type: AWS::Serverless::SimpleTable } }"],
    find: |context, report| {
        let template = context.template;
        if resolve::has_serverless(template) || resolve::is_rewritten(template) {
            return;
        }
        for (id, resource) in template.resources.iter().filter(|(_, r)| r.kind.starts_with("AWS::Serverless::")) {
            let found = report.resource(id, "/Type", format!("`{}` is no type without its transform", resource.kind));
            found.help = Some("add `Transform: AWS::Serverless-2016-10-31`".into());
        }
    },
};
