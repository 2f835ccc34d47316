//! What exists under a condition only is referred to under that condition only.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Function, Intrinsic, Map, SubPart, Template, Value, pointer};

pub(super) const RULES: &[Rule] = &[PERHAPS_MISSING];

const PERHAPS_MISSING: Rule = Rule {
    code: Code::new("W1001", "reference-to-conditional-resource"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html",
    explanation: "A resource with a condition does not exist where the condition does not hold, and CloudFormation refuses \
                  a template that refers to it there. Who refers to it has the same condition, one that implies it, or \
                  chooses by `Fn::If`.",
    bad: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\n  Policy: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !Ref Topic } }",
        "Parameters: { Stage: { Type: String }, Size: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod], Large: !Equals [!Ref Size, large] }\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs: { Topic: { Condition: Large, Value: !Ref Topic } }",
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs: { Topic: { Value: !If [Production, none, !Sub 'x-${Topic}'] } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs:\n  Same: { Condition: Production, Value: !Ref Topic }\n  Chosen: { Value: !If [Production, !Ref Topic, none] }",
        "Parameters: { Stage: { Type: String }, Size: { Type: String } }\nConditions:\n  Production: !Equals [!Ref Stage, prod]\n  Large: !Equals [!Ref Size, large]\n  Both: !And [!Condition Large, !Condition Production]\n  Test: !Not [!Condition Production]\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs:\n  Implied: { Condition: Both, Value: !Ref Topic }\n  Otherwise: { Value: !If [Test, none, !Ref Topic] }",
    ],
    find: |context, report| {
        let template = context.template;
        for (id, resource) in &template.resources {
            let world = World::of(template, resource.condition.as_deref());
            let at = pointer(["Resources", id, "Properties"]);
            Walk { template, who: id, report }.map(&resource.properties, &at, &world);
        }
        for (name, output) in &template.outputs {
            let world = World::of(template, output.condition.as_deref());
            let at = pointer(["Outputs", name, "Value"]);
            Walk { template, who: name, report }.value(&output.value, &at, &world);
        }
    },
};

/// Conditions that hold or do not hold where something stands.
#[derive(Clone, Default)]
struct World<'a>(BTreeMap<&'a str, bool>);

impl<'a> World<'a> {
    fn of(template: &'a Template, condition: Option<&'a str>) -> Self {
        let mut world = Self::default();
        condition.into_iter().for_each(|condition| world.learn(template, condition, true));
        world
    }

    /// Takes down that a condition holds or not, and what follows from its formula.
    fn learn(&mut self, template: &'a Template, condition: &'a str, holds: bool) {
        if self.0.insert(condition, holds).is_none()
            && let Some(formula) = template.conditions.get(condition)
        {
            self.learn_formula(template, formula, holds);
        }
    }

    fn learn_formula(&mut self, template: &'a Template, formula: &'a Value, holds: bool) {
        let Value::Intrinsic(Intrinsic::Call(function, argument)) = formula else { return };
        match (function, argument.as_ref()) {
            (Function::Condition, Value::String(name)) => self.learn(template, name, holds),
            (Function::Not, Value::List(inner)) => {
                inner.iter().for_each(|formula| self.learn_formula(template, formula, !holds));
            }
            (Function::And, Value::List(inner)) if holds => {
                inner.iter().for_each(|formula| self.learn_formula(template, formula, true));
            }
            (Function::Or, Value::List(inner)) if !holds => {
                inner.iter().for_each(|formula| self.learn_formula(template, formula, false));
            }
            _ => {}
        }
    }

    /// Whether a formula is known to hold here, or not to.
    fn knows(&self, formula: &Value) -> Option<bool> {
        let Value::Intrinsic(Intrinsic::Call(function, argument)) = formula else { return None };
        match (function, argument.as_ref()) {
            (Function::Condition, Value::String(name)) => self.0.get(name.as_str()).copied(),
            (Function::Not, Value::List(inner)) => self.knows(inner.first()?).map(|holds| !holds),
            (Function::And, Value::List(inner)) if inner.iter().all(|inner| self.knows(inner) == Some(true)) => {
                Some(true)
            }
            (Function::Or, Value::List(inner)) if inner.iter().any(|inner| self.knows(inner) == Some(true)) => {
                Some(true)
            }
            _ => None,
        }
    }

    /// Whether a condition can fail here, as far as that is certain: it does, nothing is known of where it stands, or
    /// what is known speaks of other parameters altogether.
    fn can_fail(&self, template: &Template, condition: &str) -> bool {
        let Some(formula) = template.conditions.get(condition) else { return false };
        match self.0.get(condition).copied().or_else(|| self.knows(formula)) {
            Some(holds) => !holds,
            None => {
                let decides = parameters(template, condition);
                !decides.is_empty() && self.0.keys().all(|known| parameters(template, known).is_disjoint(&decides))
            }
        }
    }
}

/// The parameters that decide on a condition.
fn parameters<'a>(template: &'a Template, condition: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let (mut open, mut seen) = (vec![condition], BTreeSet::new());
    while let Some(name) = open.pop() {
        if let Some(formula) = template.conditions.get(name).filter(|_| seen.insert(name)) {
            formula.each_reference(&mut |reference| _ = found.insert(reference.name()));
            each_condition(formula, &mut |inner| open.push(inner));
        }
    }
    found
}

fn each_condition<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a str)) {
    match value {
        Value::List(values) => values.iter().for_each(|value| each_condition(value, visit)),
        Value::Map(map) => map.values().for_each(|value| each_condition(value, visit)),
        Value::Intrinsic(Intrinsic::Call(Function::Condition, argument)) => {
            argument.as_str().into_iter().for_each(visit)
        }
        Value::Intrinsic(Intrinsic::Call(_, argument)) => each_condition(argument, visit),
        _ => {}
    }
}

/// A walk over the values of a resource or an output.
struct Walk<'a, 'r> {
    template: &'a Template,
    who: &'a str,
    report: &'r mut Report,
}

impl<'a> Walk<'a, '_> {
    fn map(&mut self, map: &'a Map, at: &str, world: &World<'a>) {
        map.iter().for_each(|(key, value)| self.value(value, &format!("{at}{}", pointer([key])), world));
    }

    fn value(&mut self, value: &'a Value, at: &str, world: &World<'a>) {
        match value {
            Value::List(values) => {
                values.iter().enumerate().for_each(|(n, value)| self.value(value, &format!("{at}/{n}"), world));
            }
            Value::Map(map) => self.map(map, at, world),
            Value::Intrinsic(Intrinsic::Reference(reference)) => self.reference(reference.name(), at, world),
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                for part in &sub.parts {
                    if let SubPart::Reference(reference) = part {
                        self.reference(reference.name(), at, world);
                    }
                }
                self.map(&sub.variables, &format!("{at}/Fn::Sub/1"), world);
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => {
                let at = format!("{at}/{}", function.long_name());
                match (function, argument.as_list()) {
                    (Function::If, Some([Value::String(condition), yes, no])) => {
                        self.branch(yes, &format!("{at}/1"), world, condition, true);
                        self.branch(no, &format!("{at}/2"), world, condition, false);
                    }
                    _ => self.value(argument, &at, world),
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// A branch of `Fn::If`; one that is never taken does not count.
    fn branch(&mut self, value: &'a Value, at: &str, world: &World<'a>, condition: &'a str, holds: bool) {
        if world.0.get(condition) != Some(&!holds) {
            let mut inner = world.clone();
            inner.learn(self.template, condition, holds);
            self.value(value, at, &inner);
        }
    }

    fn reference(&mut self, to: &'a str, at: &str, world: &World<'a>) {
        let condition = self.template.resources.get(to).and_then(|resource| resource.condition.as_deref());
        let Some(condition) = condition.filter(|condition| world.can_fail(self.template, condition)) else { return };
        let who = self.who;
        let message = format!("`{who}` refers to `{to}`, which exists only where `{condition}` holds");
        let is_output = at.starts_with("/Outputs/");
        let found = self.report.at(at, message);
        found.help =
            Some(format!("give `{who}` the condition `{condition}` too, or choose: `!If [{condition}, …, …]`"));
        found.resource = (!is_output).then(|| who.to_owned());
    }
}
