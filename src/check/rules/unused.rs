//! What is declared is used.

use std::collections::HashSet;

use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve;
use crate::template::{Function, Intrinsic, Parameter, Path, Reference, Template, Value, is_macro, pointer};

pub(super) const RULES: &[Rule] = &[PARAMETER, MAPPING, CONDITION];

const PARAMETER: Rule = Rule {
    code: Code::new("W2001", "unused-parameter"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    explanation: "A parameter that nothing refers to is asked of whoever deploys, and changes nothing. Its place in `AWS::CloudFormation::Interface` is no use of it.",
    bad: &["Parameters: { Stage: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    good: &[
        "Parameters: { Stage: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Sub '${Stage}-jobs' } } }",
        "Parameters: { Names: { Type: CommaDelimitedList, Default: 'A,B' } }\nTransform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Queues: [Name, !Ref Names, { 'Queue${Name}': { Type: AWS::SQS::Queue } }]",
    ],
    find: |context, report| {
        let uses = Uses::of(context);
        for (name, parameter) in &context.written.parameters {
            if !uses.any_name && !uses.names.contains(name.as_str()) && !uses.takes_all_of(parameter) {
                let found = report.at(pointer(["Parameters", name]), format!("nothing uses the parameter `{name}`"));
                found.help = Some("remove it, or refer to it".into());
            }
        }
    },
};

const MAPPING: Rule = Rule {
    code: Code::new("W7001", "unused-mapping"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html",
    explanation: "A mapping in which nothing is looked up by `Fn::FindInMap` changes nothing.",
    bad: &["Mappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    good: &[
        "Mappings: { Delays: { uat: { Queue: 5 } } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !FindInMap [Delays, uat, Queue] } } }",
    ],
    find: |context, report| {
        let uses = Uses::of(context);
        let names = context.written.mappings.keys().filter(|name| !is_macro(name));
        for name in names.filter(|name| !uses.any_mapping && !uses.mappings.contains(name.as_str())) {
            let found = report.at(pointer(["Mappings", name]), format!("nothing is looked up in the mapping `{name}`"));
            found.help = Some("remove it, or look it up with `Fn::FindInMap`".into());
        }
    },
};

const CONDITION: Rule = Rule {
    code: Code::new("W8001", "unused-condition"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    explanation: "A condition that no resource, output, `Fn::If` or other condition goes by changes nothing.",
    bad: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: Production } }",
    ],
    find: |context, report| {
        let uses = Uses::of(context);
        let names = context.template.conditions.keys().filter(|name| !is_macro(name));
        for name in names.filter(|name| !uses.any_condition && !uses.conditions.contains(name.as_str())) {
            let found = report.at(pointer(["Conditions", name]), format!("nothing goes by the condition `{name}`"));
            found.help = Some("remove it, or let a resource, an output or `Fn::If` go by it".into());
        }
    },
};

/// What a template uses by name; `any_…`: it may use whatever is there.
#[derive(Default)]
struct Uses<'t> {
    names: HashSet<&'t str>,
    mappings: HashSet<&'t str>,
    conditions: HashSet<&'t str>,
    /// Types of which a rule takes the values of all parameters.
    types: HashSet<&'t str>,
    any_name: bool,
    any_mapping: bool,
    any_condition: bool,
}

impl<'t> Uses<'t> {
    /// What is used as the template was written, and by what its loops made.
    fn of(context: &Context<'t>) -> Self {
        let mut uses = Self::default();
        if resolve::is_rewritten(context.written) {
            uses.anything();
            return uses;
        }
        each(context.written, &mut |value| uses.by(value, false));
        uses.attributes(context.written);
        if !std::ptr::eq(context.written, context.template) {
            each(context.template, &mut |value| uses.by(value, true));
            uses.attributes(context.template);
        } else if !context.written.resource_macros.is_empty() || !context.written.output_macros.is_empty() {
            each(context.written, &mut |value| uses.by(value, true));
        }
        uses
    }

    fn anything(&mut self) {
        (self.any_name, self.any_mapping, self.any_condition) = (true, true, true);
    }

    fn takes_all_of(&self, parameter: &Parameter) -> bool {
        self.types.contains(parameter.kind.as_str())
    }

    /// The conditions that resources and outputs go by.
    fn attributes(&mut self, template: &'t Template) {
        self.conditions.extend(template.resources.values().filter_map(|resource| resource.condition.as_deref()));
        self.conditions.extend(template.outputs.values().filter_map(|output| output.condition.as_deref()));
        // All properties of a resource, and all its metadata, may be what one function returns.
        let maps =
            template.resources.values().flat_map(|resource| resource.properties.iter().chain(&resource.metadata));
        for (name, argument) in maps {
            Function::from_long_name(name).into_iter().for_each(|function| self.call(function, argument, true));
        }
    }

    /// What a value itself uses. `is_final`: no loop will fill the gaps in a name any more.
    fn by(&mut self, value: &'t Value, is_final: bool) {
        match value {
            Value::Intrinsic(Intrinsic::Reference(reference)) => self.name(reference.name(), is_final),
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                sub.references().map(Reference::name).for_each(|name| self.name(name, is_final));
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => self.call(*function, argument, is_final),
            // A resource in a loop, or a reference that is written wrongly.
            Value::Map(map) => {
                self.conditions.extend(map.get("Condition").and_then(Value::as_str));
                self.names.extend(map.get("Ref").and_then(Value::as_str));
            }
            _ => {}
        }
    }

    fn call(&mut self, function: Function, argument: &'t Value, is_final: bool) {
        let first = argument.as_list().and_then(|arguments| arguments.first()).unwrap_or(argument).as_str();
        match function {
            Function::Ref | Function::Sub => self.any_name = true,
            // What is included may use anything.
            Function::Transform => self.anything(),
            Function::FindInMap => match first.filter(|name| !has_gap(name)) {
                Some(name) => _ = self.mappings.insert(name),
                None => self.any_mapping |= is_final || first.is_none(),
            },
            Function::If | Function::Condition => {
                self.any_condition |= is_final && first.is_some_and(has_gap);
                self.conditions.extend(first);
            }
            Function::ValueOf => self.names.extend(first),
            Function::RefAll | Function::ValueOfAll => self.types.extend(first),
            _ => {}
        }
    }

    fn name(&mut self, name: &'t str, is_final: bool) {
        self.any_name |= is_final && has_gap(name);
        self.names.insert(name);
    }
}

/// Whether a loop fills a part of a name.
fn has_gap(name: &str) -> bool {
    name.contains("${") || name.contains("&{")
}

/// Every value of a template, wherever it stands.
fn each<'t>(template: &'t Template, visit: &mut dyn FnMut(&'t Value)) {
    let mut visit = |_: &Path<'_>, value: &'t Value| visit(value);
    template.walk(&mut visit);
    let maps = [&template.metadata, &template.resource_macros, &template.output_macros, &template.other];
    for value in maps.into_iter().flat_map(|map| map.values()).chain(&template.transform) {
        value.walk(&Path::Start, &mut visit);
    }
    for mapping in template.mappings.values() {
        mapping.values().for_each(|value| value.walk(&Path::Start, &mut visit));
    }
    let defaults = template.parameters.values().filter_map(|parameter| parameter.default.as_ref());
    defaults.for_each(|value| value.walk(&Path::Start, &mut visit));
    for rule in template.rules.values() {
        let assertions = rule.assertions.iter().map(|assertion| &assertion.assert);
        rule.condition.iter().chain(assertions).for_each(|value| value.walk(&Path::Start, &mut visit));
    }
}
