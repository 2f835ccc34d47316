//! Conditions are declared, and are formulas.

use std::fmt::Display;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::template::{Function, Intrinsic, Value, is_macro, pointer};

pub(super) const RULES: &[Rule] = &[UNDECLARED, OF_RESOURCE, OF_OUTPUT];

const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html";

const UNDECLARED: Rule = Rule {
    code: Code::new("E8002", "undeclared-condition"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "A condition that `Fn::If` or another condition goes by is declared under `Conditions`.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !If [Production, 5, 0] } } }",
        "Conditions: { Production: !Not [!Condition Staging] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !If [Production, 5, 0] } } }",
    ],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            let Value::Intrinsic(Intrinsic::Call(function, argument)) = value else { return };
            let condition = match (function, argument.as_ref()) {
                (Function::If, Value::List(arguments)) => arguments.first().and_then(Value::as_str),
                (Function::Condition, argument) => argument.as_str(),
                _ => None,
            };
            used(context, condition, path.key(function.long_name()), report);
        });
    },
};

const OF_RESOURCE: Rule = Rule {
    code: Code::new("E3015", "resource-under-no-condition"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "The condition that a resource goes by is declared under `Conditions`.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }"],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }",
    ],
    find: |context, report| {
        for (id, resource) in context.template.resources.iter().filter(|(id, _)| !is_macro(id)) {
            used(context, resource.condition.as_deref(), pointer(["Resources", id, "Condition"]), report);
        }
    },
};

const OF_OUTPUT: Rule = Rule {
    code: Code::new("E6005", "output-under-no-condition"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "The condition that an output goes by is declared under `Conditions`.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Condition: Production, Value: !Ref Queue } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Condition: Production, Value: !Ref Queue } }",
    ],
    find: |context, report| {
        for (name, output) in &context.template.outputs {
            used(context, output.condition.as_deref(), pointer(["Outputs", name, "Condition"]), report);
        }
    },
};

fn used(context: &Context<'_>, name: Option<&str>, path: impl Display, report: &mut Report) {
    if let Some(name) = name.filter(|name| !context.resolved.may_be_condition(name)) {
        let help = suggest(name, context.template.conditions.keys().map(String::as_str));
        report.at(path, format!("there is no condition `{name}`")).help = help;
    }
}
