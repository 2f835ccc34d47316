//! Branches of `Fn::If` that are never taken.

use crate::check::calls::branches;
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
        if has_branches {
            // In one region a condition on the region is decided; the template serves others as well.
            let environment = Environment::unknown();
            Search { resolved: Resolved::new(template, &environment), report }.template(template);
        }
    },
};

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
            for (name, value) in &resource.properties {
                self.value(value, under, &path.key(name));
            }
        }
        for (name, output) in &template.outputs {
            let condition = output.condition.as_deref();
            let under = condition.map_or(Formula::TRUE, |condition| self.resolved.condition(condition));
            self.value(&output.value, under, &outputs.key(name).key("Value"));
        }
    }

    fn value(&mut self, value: &'a Value, under: Formula, path: &Path<'_>) {
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

    fn choice(&mut self, condition: &str, chosen: [&'a Value; 2], under: Formula, path: &Path<'_>) {
        let holds = self.resolved.condition(condition);
        let inside = path.key("Fn::If");
        for (index, (side, branch)) in [(holds, chosen[0]), (self.resolved.not(holds), chosen[1])].into_iter().enumerate() {
            let here = self.resolved.and(under, side);
            let path = inside.index(index + 1);
            if self.resolved.is_possible(here) {
                self.value(branch, here, &path);
            } else if self.resolved.is_possible(under) {
                let message = format!("this branch is never taken: `{condition}` is always {} here", index == 1);
                let found = self.report.at(path, message);
                found.help = Some("leave the other branch only, or choose by another condition".into());
            }
        }
    }
}
