//! Branches of `Fn::If` that are never taken.

use crate::check::calls::{branches, chosen_properties};
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Environment, Formula, Resolved};
use crate::template::{Intrinsic, Path, Template, Value};

pub(super) const RULES: &[Rule] = &[UNREACHABLE];

const UNREACHABLE: Rule = Rule {
    code: Code::new("W1028", "unreachable-branch"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html",
    explanation: "A branch of `Fn::If` is never taken where what stands around it, the condition of the resource or an outer `Fn::If`, \
                  already decides the condition. It is left over, or the condition is the wrong one.",
    bad: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources: { Topic: { Type: AWS::SNS::Topic, Condition: Production, Properties: { DisplayName: !If [Production, a, b] } } }",
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod], Test: !Equals [!Ref Stage, test] }\nResources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Production, !If [Test, a, b], c] } } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String }, Name: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod], Named: !Equals [!Ref Name, a] }\nResources: { Topic: { Type: AWS::SNS::Topic, Condition: Production, Properties: { DisplayName: !If [Named, a, b] } } }",
    ],
    find: |context, report| {
        let template = context.template;
        let mut has_branches = false;
        template.walk(&mut |_, value| has_branches |= branches(value).is_some());
        has_branches |= template.resources.values().any(|resource| chosen_properties(&resource.properties).is_some());
        if has_branches {
            // In one region a condition on the region is decided; the template serves others as well.
            let environment = Environment::unknown();
            Search { resolved: Resolved::new(template, &environment), report }.template(template);
        }
    },
};

/// What holds where a value stands.
#[derive(Clone, Copy)]
struct Around<'n> {
    /// In which worlds it is there.
    under: Formula,
    /// The conditions that were asked on the way to it.
    named: &'n [&'n str],
}

struct Search<'s, 'a> {
    resolved: Resolved<'a>,
    report: &'s mut Report,
}

impl<'a> Search<'_, 'a> {
    fn template(&mut self, template: &'a Template) {
        let start = Path::Start;
        let (resources, outputs) = (start.key("Resources"), start.key("Outputs"));
        for (id, resource) in &template.resources {
            let under = self.resolved.exists(id);
            let path = resources.key(id);
            let path = path.key("Properties");
            let around: Vec<&str> = resource.condition.as_deref().into_iter().collect();
            let around = Around { under, named: &around };
            match chosen_properties(&resource.properties) {
                Some((condition, chosen)) => self.choice(condition, chosen, around, &path),
                None => resource.properties.iter().for_each(|(name, value)| self.value(value, around, &path.key(name))),
            }
        }
        for (name, output) in &template.outputs {
            let condition = output.condition.as_deref();
            let under = condition.map_or(Formula::TRUE, |condition| self.resolved.condition(condition));
            let around: Vec<&str> = condition.into_iter().collect();
            self.value(&output.value, Around { under, named: &around }, &outputs.key(name).key("Value"));
        }
    }

    fn value(&mut self, value: &'a Value, under: Around<'_>, path: &Path<'_>) {
        if let Some((condition, chosen)) = branches(value) {
            return self.choice(condition, chosen, under, path);
        }
        match value {
            Value::Map(map) => map.iter().for_each(|(key, value)| self.value(value, under, &path.key(key))),
            Value::List(values) => {
                values.iter().enumerate().for_each(|(index, value)| self.value(value, under, &path.index(index)));
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => {
                self.value(argument, under, &path.key(function.long_name()));
            }
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                let path = path.key("Fn::Sub");
                let path = path.index(1);
                sub.variables.iter().for_each(|(name, value)| self.value(value, under, &path.key(name)));
            }
            _ => {}
        }
    }

    fn choice(&mut self, condition: &'a str, chosen: [&'a Value; 2], around: Around<'_>, path: &Path<'_>) {
        let named: Vec<&str> = around.named.iter().copied().chain([condition]).collect();
        let holds = self.resolved.condition(condition);
        let inside = path.key("Fn::If");
        for (index, (side, branch)) in
            [(holds, chosen[0]), (self.resolved.not(holds), chosen[1])].into_iter().enumerate()
        {
            let here = self.resolved.and(around.under, side);
            let path = inside.index(index + 1);
            if self.resolved.is_possible(here) {
                self.value(branch, Around { under: here, named: &named }, &path);
                continue;
            }
            // What decides a condition by itself is for the condition's own rule, unless it was asked before.
            let is_decided = self.resolved.is_possible(side) || around.named.contains(&condition);
            if is_decided && self.resolved.is_possible(around.under) {
                let message = format!("this branch is never taken: `{condition}` is always {} here", index == 1);
                let found = self.report.at(path, message);
                found.help = Some("leave the other branch only, or choose by another condition".into());
            }
        }
    }
}
