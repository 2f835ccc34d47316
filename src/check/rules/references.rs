//! References lead somewhere.

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::registry;
use crate::template::{
    Intrinsic, Map, PSEUDO_PARAMETERS, Reference, Sub, SubPart, Template, Value, pointer, resource_of,
};

pub(super) const RULES: &[Rule] = &[REF, GET_ATT, SUB, DEPENDS_ON];

const REF: Rule = Rule {
    code: Code::new("E1020", "reference-to-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    explanation: "`Ref` names a resource, a parameter or a pseudo parameter of the template.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queu } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queue } }"],
    find: |context, report| {
        each(context.template, &mut |place, use_| {
            if let Use::Plain(Reference::Ref(name)) = use_ {
                check_name(context.template, name, place, report);
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
        each(context.template, &mut |place, use_| {
            if let Use::Plain(Reference::GetAtt(name, attribute)) = use_ {
                check_attribute(context.template, name, attribute, place, report);
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
        each(context.template, &mut |place, use_| match use_ {
            Use::InSub(Reference::Ref(name)) => check_name(context.template, name, place, report),
            Use::InSub(Reference::GetAtt(name, attribute)) => {
                check_attribute(context.template, name, attribute, place, report);
            }
            Use::Plain(_) => {}
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
            for on in resource.depends_on.iter().filter(|on| !context.template.resources.contains_key(*on)) {
                let message = format!("`{id}` depends on `{on}`, and there is no such resource");
                report.resource(id, "/DependsOn", message).help = known_name(context.template, on);
            }
        }
    },
};

/// A use of a name.
enum Use<'a> {
    Plain(&'a Reference),
    InSub(&'a Reference),
}

/// Calls `visit` with the place of every reference.
fn each<'a>(template: &'a Template, visit: &mut dyn FnMut(&str, Use<'a>)) {
    for (id, resource) in &template.resources {
        let at = pointer(["Resources", id]);
        walk_map(&resource.properties, &format!("{at}/Properties"), visit);
        walk_map(&resource.metadata, &format!("{at}/Metadata"), visit);
        let policies = [("CreationPolicy", &resource.creation_policy), ("UpdatePolicy", &resource.update_policy)];
        for (name, policy) in policies {
            policy.iter().for_each(|value| walk(value, &format!("{at}/{name}"), visit));
        }
    }
    for (name, output) in &template.outputs {
        let at = pointer(["Outputs", name]);
        walk(&output.value, &format!("{at}/Value"), visit);
        output.export.iter().for_each(|export| walk(export, &format!("{at}/Export/Name"), visit));
    }
    walk_map(&template.conditions, "/Conditions", visit);
}

fn walk_map<'a>(map: &'a Map, at: &str, visit: &mut dyn FnMut(&str, Use<'a>)) {
    for (key, value) in map {
        walk(value, &format!("{at}{}", pointer([key])), visit);
    }
}

fn walk<'a>(value: &'a Value, at: &str, visit: &mut dyn FnMut(&str, Use<'a>)) {
    match value {
        Value::List(values) => {
            values.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), visit));
        }
        Value::Map(map) => walk_map(map, at, visit),
        Value::Intrinsic(Intrinsic::Reference(reference)) => visit(at, Use::Plain(reference)),
        Value::Intrinsic(Intrinsic::Sub(sub)) => walk_sub(sub, at, visit),
        Value::Intrinsic(Intrinsic::Call(function, argument)) => {
            walk(argument, &format!("{at}/{}", function.long_name()), visit);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn walk_sub<'a>(sub: &'a Sub, at: &str, visit: &mut dyn FnMut(&str, Use<'a>)) {
    for part in &sub.parts {
        if let SubPart::Reference(reference) = part {
            visit(at, Use::InSub(reference));
        }
    }
    walk_map(&sub.variables, &format!("{at}/Fn::Sub/1"), visit);
}

fn check_name(template: &Template, name: &str, place: &str, report: &mut Report) {
    let known = template.resources.contains_key(name)
        || template.parameters.contains_key(name)
        || PSEUDO_PARAMETERS.contains(&name);
    // What macros add cannot be known.
    if !known && template.transform.is_empty() && template.resource_macros.is_empty() {
        let found = report.at(place, format!("there is no resource, parameter or pseudo parameter `{name}`"));
        found.help = known_name(template, name);
        found.resource = resource_of(place);
    }
}

fn check_attribute(template: &Template, name: &str, attribute: &str, place: &str, report: &mut Report) {
    let Some(resource) = template.resources.get(name) else {
        if template.transform.is_empty() && template.resource_macros.is_empty() {
            let found = report.at(place, format!("there is no resource `{name}`"));
            found.help = known_name(template, name);
            found.resource = resource_of(place);
        }
        return;
    };
    let Some(facts) = registry::facts(&resource.kind) else { return };
    let attributes = facts.attributes();
    if attributes.get(attribute).is_none() && !attributes.any {
        let names: Vec<&str> = attributes.named.iter().map(|attribute| attribute.name.as_str()).collect();
        let found = report.at(place, format!("`{}` has no attribute `{attribute}`", resource.kind));
        found.help = suggest(attribute, names.iter().copied()).or_else(|| Some(format!("it has {}", list(&names))));
        found.resource = resource_of(place);
    }
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "none".into() } else { format!("`{}`", names.join("`, `")) }
}

fn known_name(template: &Template, name: &str) -> Option<String> {
    let names = template.resources.keys().chain(template.parameters.keys()).map(String::as_str);
    suggest(name, names.chain(PSEUDO_PARAMETERS.iter().copied()))
}
