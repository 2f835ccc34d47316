//! Names of resources and parameters.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{LogicalId, pointer};

pub(super) const RULES: &[Rule] = &[SHARED, MALFORMED];

const SHARED: Rule = Rule {
    code: Code::new("E3007", "shared-name"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    explanation: "The logical id of a resource is unique in the template: no parameter has it.",
    bad: &["Parameters: { Queue: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
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

const MALFORMED: Rule = Rule {
    code: Code::new("E3001", "malformed-name"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
    explanation: "A logical id has letters and digits only, at most 255.",
    bad: &["Resources: { my-queue: { Type: AWS::SQS::Queue } }"],
    good: &["Resources: { MyQueue: { Type: AWS::SQS::Queue } }"],
    find: |context: &Context<'_>, report: &mut Report| {
        let template = context.template;
        let sections = [
            ("Resources", template.resources.keys().collect::<Vec<_>>()),
            ("Parameters", template.parameters.keys().collect()),
            ("Outputs", template.outputs.keys().collect()),
        ];
        for (section, names) in sections {
            for name in names {
                if let Some(fault) = LogicalId::fault(name) {
                    report.at(pointer([section, name]), fault);
                }
            }
        }
    },
};
