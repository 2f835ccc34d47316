//! Conditions that are used are declared.

use std::fmt::Display;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::template::{Function, Intrinsic, Value, pointer};

pub(super) const RULES: &[Rule] = &[UNDECLARED];

const UNDECLARED: Rule = Rule {
    code: Code::new("E8002", "undeclared-condition"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    explanation: "A condition that a resource, an output or `Fn::If` goes by is declared under `Conditions`.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }"],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }",
    ],
    find: undeclared,
};

fn undeclared(context: &Context<'_>, report: &mut Report) {
    let template = context.template;
    for (id, resource) in &template.resources {
        used(context, resource.condition.as_deref(), pointer(["Resources", id, "Condition"]), report);
    }
    for (name, output) in &template.outputs {
        used(context, output.condition.as_deref(), pointer(["Outputs", name, "Condition"]), report);
    }
    template.walk(&mut |path, value| {
        let Value::Intrinsic(Intrinsic::Call(function, argument)) = value else { return };
        let condition = match (function, argument.as_ref()) {
            (Function::If, Value::List(arguments)) => arguments.first().and_then(Value::as_str),
            (Function::Condition, argument) => argument.as_str(),
            _ => None,
        };
        used(context, condition, path.key(function.long_name()), report);
    });
}

fn used(context: &Context<'_>, name: Option<&str>, path: impl Display, report: &mut Report) {
    if let Some(name) = name.filter(|name| !context.resolved.may_be_condition(name)) {
        let help = suggest(name, context.template.conditions.keys().map(String::as_str));
        report.at(path, format!("there is no condition `{name}`")).help = help;
    }
}
