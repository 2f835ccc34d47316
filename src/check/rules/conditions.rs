//! Conditions that are used are declared.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::template::{Function, Intrinsic, Map, Template, Value, pointer};

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
        let at = pointer(["Resources", id]);
        used(template, resource.condition.as_deref(), &format!("{at}/Condition"), report);
        walk_map(template, &resource.properties, &format!("{at}/Properties"), report);
    }
    for (name, output) in &template.outputs {
        let at = pointer(["Outputs", name]);
        used(template, output.condition.as_deref(), &format!("{at}/Condition"), report);
        walk(template, &output.value, &format!("{at}/Value"), report);
    }
    walk_map(template, &template.conditions, "/Conditions", report);
}

fn used(template: &Template, name: Option<&str>, at: &str, report: &mut Report) {
    if let Some(name) = name.filter(|name| !template.conditions.contains_key(*name)) {
        let help = suggest(name, template.conditions.keys().map(String::as_str));
        report.at(at, format!("there is no condition `{name}`")).help = help;
    }
}

fn walk_map(template: &Template, map: &Map, at: &str, report: &mut Report) {
    for (key, value) in map {
        walk(template, value, &format!("{at}{}", pointer([key])), report);
    }
}

fn walk(template: &Template, value: &Value, at: &str, report: &mut Report) {
    match value {
        Value::List(values) => {
            values.iter().enumerate().for_each(|(n, value)| walk(template, value, &format!("{at}/{n}"), report));
        }
        Value::Map(map) => walk_map(template, map, at, report),
        Value::Intrinsic(Intrinsic::Sub(sub)) => walk_map(template, &sub.variables, at, report),
        Value::Intrinsic(Intrinsic::Call(function, argument)) => {
            let condition = match (function, argument.as_ref()) {
                (Function::If, Value::List(arguments)) => arguments.first().and_then(Value::as_str),
                (Function::Condition, argument) => argument.as_str(),
                _ => None,
            };
            let at = format!("{at}/{}", function.long_name());
            used(template, condition, &at, report);
            walk(template, argument, &at, report);
        }
        _ => {}
    }
}
