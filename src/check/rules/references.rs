//! References lead somewhere.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::registry;
use crate::template::{Intrinsic, PSEUDO_PARAMETERS, Path, Reference, Template, Value};

pub(super) const RULES: &[Rule] = &[REF, GET_ATT, SUB, DEPENDS_ON];

/// Calls `visit` on every value that CloudFormation computes, those among them that `Globals` gives to serverless functions.
fn each_value<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&Path<'_>, &'a Value)) {
    context.template.walk(visit);
    if let Some(globals) = context.template.other.get("Globals") {
        globals.walk(&Path::Start.key("Globals"), visit);
    }
}

const REF: Rule = Rule {
    code: Code::new("E1020", "reference-to-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    explanation: "`Ref` names a resource, a parameter or a pseudo parameter of the template, and stands where text is wanted, or a \
                  list if the parameter is one.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queu } }",
        "Parameters: { Names: { Type: CommaDelimitedList } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Names } } }",
        "Parameters: { Group: { Type: String } }\nResources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0, SecurityGroupIds: !Ref Group } } }",
    ],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queue } }"],
    find: |context, report| {
        each_value(context, &mut |path, value| {
            if let Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) = value {
                check_name(context, name, path, report);
            }
        });
        report.misuses(context);
    },
};

const GET_ATT: Rule = Rule {
    code: Code::new("E1010", "attribute-of-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html",
    explanation: "`Fn::GetAtt` names a resource of the template and an attribute that its type has, and stands where a value of the \
                  attribute's kind is wanted. An attribute that is a number is no text: CloudFormation does not convert it.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !GetAtt Queue.Url } }",
        "Transform: AWS::Serverless-2016-10-31\nGlobals: { Function: { Environment: { Variables: { URL: !GetAtt Queue.Url } } } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt Vpc.CidrBlockAssociations } }",
    ],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !GetAtt Queue.QueueUrl } }"],
    find: |context, report| {
        each_value(context, &mut |path, value| {
            if let Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(name, attribute))) = value {
                check_attribute(context, name, attribute, path, report);
            }
        });
        report.misuses(context);
    },
};

const SUB: Rule = Rule {
    code: Code::new("E1019", "substitution-of-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html",
    explanation: "`${…}` in `Fn::Sub` names what `Ref` or `Fn::GetAtt` may, or one of the values given with it, and each is text. \
                  What it makes is text too.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Sub 'x-${Queu}' } }",
        "Parameters: { Names: { Type: CommaDelimitedList } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub 'x-${Names}' } } }",
    ],
    good: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Sub 'x-${Queue.Arn}-${!Literal}' } }",
    ],
    find: |context, report| {
        each_value(context, &mut |path, value| {
            let Value::Intrinsic(Intrinsic::Sub(sub)) = value else { return };
            sub.references().for_each(|reference| match reference {
                Reference::Ref(name) => check_name(context, name, path, report),
                Reference::GetAtt(name, attribute) => {
                    check_attribute(context, name, attribute, path, report);
                }
            });
        });
        report.misuses(context);
    },
};

const DEPENDS_ON: Rule = Rule {
    code: Code::new("E3005", "dependency-on-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    explanation: "`DependsOn` names other resources of the template, which exist wherever the one that depends on them does.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, DependsOn: Topic } }",
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, DependsOn: Topic }, Topic: { Type: AWS::SNS::Topic, Condition: Production } }",
    ],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue, DependsOn: Topic }, Topic: { Type: AWS::SNS::Topic } }"],
    find: |context, report| {
        for (id, resource) in &context.template.resources {
            for on in &resource.depends_on {
                if context.resolved.may_exist(on) {
                    perhaps_missing(context, id, on, report);
                } else {
                    let message = format!("`{id}` depends on `{on}`, and there is no such resource");
                    let help = report.suggests().then(|| known_name(context.template, on)).flatten();
                    report.resource(id, "/DependsOn", message).help = help;
                }
            }
        }
    },
};

/// A dependency that exists in fewer worlds than what depends on it fails in the others only.
fn perhaps_missing(context: &Context<'_>, id: &str, on: &str, report: &mut Report) {
    let resolved = context.resolved;
    let condition = context.template.resources.get(on).and_then(|resource| resource.condition.as_deref());
    let missing = resolved.and(resolved.exists(id), resolved.not(resolved.exists(on)));
    let Some(condition) = condition.filter(|_| resolved.is_certainly_possible(missing)) else { return };
    let world = match resolved.place_where(missing) {
        world if world.is_empty() => " anywhere".to_owned(),
        world => world,
    };
    let found = report.resource(id, "/DependsOn", format!("`{id}` depends on `{on}`, which does not exist{world}"));
    found.severity = Severity::Warning;
    found.help = Some(format!("refer to it in `Metadata` instead: `!If [{condition}, !Ref {on}, none]`"));
}

/// Whether a name is that of a resource inside a module: `Module` and what the module calls it, with a dot or without.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/module-ref-resources.html>
fn is_of_module(template: &Template, name: &str) -> bool {
    let mut modules = template.resources.iter().filter(|(_, resource)| resource.kind.ends_with("::MODULE"));
    modules.any(|(id, _)| name.len() > id.len() && name.starts_with(id.as_str()))
}

fn check_name(context: &Context<'_>, name: &str, path: &Path<'_>, report: &mut Report) {
    let template = context.template;
    if path.keys().last() == Some("Conditions") && template.resources.contains_key(name) {
        let found = report.at(path, format!("a condition cannot refer to the resource `{name}`"));
        found.help = Some("conditions are decided before anything is created: refer to a parameter".into());
        return;
    }
    let known =
        template.parameters.contains_key(name) || PSEUDO_PARAMETERS.contains(&name) || context.resolved.may_exist(name);
    if !known && !is_of_module(template, name) {
        let help = report.suggests().then(|| known_name(template, name)).flatten();
        report.at(path, format!("there is no resource, parameter or pseudo parameter `{name}`")).help = help;
    }
}

fn check_attribute(context: &Context<'_>, name: &str, attribute: &str, path: &Path<'_>, report: &mut Report) {
    let template = context.template;
    let Some(resource) = template.resources.get(name) else {
        if !context.resolved.may_exist(name) && !is_of_module(template, name) {
            let help = report.suggests().then(|| known_name(template, name)).flatten();
            report.at(path, format!("there is no resource `{name}`")).help = help;
        }
        return;
    };
    if let (Some(output), Some(child)) = (attribute.strip_prefix("Outputs."), context.child(resource)) {
        // A macro of the child may make more outputs than are written there.
        if !child.outputs.contains_key(output) && child.transform.is_empty() {
            let found = report.at(path, format!("the template of `{name}` has no output `{output}`"));
            found.help = suggest(output, child.outputs.keys().map(String::as_str));
        }
        return;
    }
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
