//! References lead somewhere.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::registry;
use crate::template::{Intrinsic, PSEUDO_PARAMETERS, Path, Reference, Template, Value};

pub(super) const RULES: &[Rule] = &[REF, GET_ATT, SUB, DEPENDS_ON];

const REF: Rule = Rule {
    code: Code::new("E1020", "reference-to-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    explanation: "`Ref` names a resource, a parameter or a pseudo parameter of the template.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queu } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queue } }"],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            if let Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) = value {
                check_name(context, name, path, report);
            }
        });
    },
};

const GET_ATT: Rule = Rule {
    code: Code::new("E1010", "attribute-of-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html",
    explanation: "`Fn::GetAtt` names a resource of the template and an attribute that its type has.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !GetAtt Queue.Url } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !GetAtt Queue.QueueUrl } }"],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            if let Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(name, attribute))) = value {
                check_attribute(context, name, attribute, path, report);
            }
        });
    },
};

const SUB: Rule = Rule {
    code: Code::new("E1019", "substitution-of-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    explanation: "`${…}` in `Fn::Sub` names what `Ref` or `Fn::GetAtt` may, or one of the values given with it.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Sub 'x-${Queu}' } }"],
    good: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Sub 'x-${Queue.Arn}-${!Literal}' } }",
    ],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            let Value::Intrinsic(Intrinsic::Sub(sub)) = value else { return };
            sub.references().for_each(|reference| match reference {
                Reference::Ref(name) => check_name(context, name, path, report),
                Reference::GetAtt(name, attribute) => {
                    check_attribute(context, name, attribute, path, report);
                }
            });
        });
    },
};

const DEPENDS_ON: Rule = Rule {
    code: Code::new("E3005", "dependency-on-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    explanation: "`DependsOn` names other resources of the template.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue, DependsOn: Topic } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue, DependsOn: Topic }, Topic: { Type: AWS::SNS::Topic } }"],
    find: |context, report| {
        for (id, resource) in &context.template.resources {
            for on in resource.depends_on.iter().filter(|on| !context.resolved.may_exist(on)) {
                let message = format!("`{id}` depends on `{on}`, and there is no such resource");
                let help = report.suggests().then(|| known_name(context.template, on)).flatten();
                report.resource(id, "/DependsOn", message).help = help;
            }
        }
    },
};

fn check_name(context: &Context<'_>, name: &str, path: &Path<'_>, report: &mut Report) {
    let template = context.template;
    let known =
        template.parameters.contains_key(name) || PSEUDO_PARAMETERS.contains(&name) || context.resolved.may_exist(name);
    if !known {
        let help = report.suggests().then(|| known_name(template, name)).flatten();
        report.at(path, format!("there is no resource, parameter or pseudo parameter `{name}`")).help = help;
    }
}

fn check_attribute(context: &Context<'_>, name: &str, attribute: &str, path: &Path<'_>, report: &mut Report) {
    let template = context.template;
    let Some(resource) = template.resources.get(name) else {
        if !context.resolved.may_exist(name) {
            let help = report.suggests().then(|| known_name(template, name)).flatten();
            report.at(path, format!("there is no resource `{name}`")).help = help;
        }
        return;
    };
    let Some(facts) = registry::facts(&resource.kind) else { return };
    if !facts.has_attribute(attribute) {
        let attributes = facts.attributes();
        let names: Vec<&str> = attributes.named.iter().map(|attribute| attribute.name.as_str()).collect();
        let found = report.at(path, format!("`{}` has no attribute `{attribute}`", resource.kind));
        found.help = suggest(attribute, names.iter().copied()).or_else(|| Some(format!("it has {}", list(&names))));
    }
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "none".into() } else { format!("`{}`", names.join("`, `")) }
}

fn known_name(template: &Template, name: &str) -> Option<String> {
    let names = template.resources.keys().chain(template.parameters.keys()).map(String::as_str);
    suggest(name, names.chain(PSEUDO_PARAMETERS.iter().copied()))
}
