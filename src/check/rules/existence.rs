//! What exists under a condition only is referred to under that condition only.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;
use crate::template::Value;

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
        "Parameters: { Stage: { Type: String, AllowedValues: [dev, uat, prod] } }\nConditions:\n  Production: !Equals [!Ref Stage, prod]\n  Shared: !Not [!Equals [!Ref Stage, dev]]\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs: { Topic: { Condition: Shared, Value: !Ref Topic } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs:\n  Same: { Condition: Production, Value: !Ref Topic }\n  Chosen: { Value: !If [Production, !Ref Topic, none] }",
        "Parameters: { Stage: { Type: String }, Size: { Type: String } }\nConditions:\n  Production: !Equals [!Ref Stage, prod]\n  Large: !Equals [!Ref Size, large]\n  Both: !And [!Condition Large, !Condition Production]\n  Test: !Not [!Condition Production]\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Production }\nOutputs:\n  Implied: { Condition: Both, Value: !Ref Topic }\n  Otherwise: { Value: !If [Test, none, !Ref Topic] }",
        "Parameters: { Stage: { Type: String, AllowedValues: [dev, uat, prod] } }\nConditions:\n  Shared: !Or [!Equals [!Ref Stage, uat], !Equals [!Ref Stage, prod]]\n  NotDev: !Not [!Equals [!Ref Stage, dev]]\nResources:\n  Topic: { Type: AWS::SNS::Topic, Condition: Shared }\nOutputs: { Topic: { Condition: NotDev, Value: !Ref Topic } }",
    ],
    find: |context, report| {
        let (resolved, template) = (context.resolved, context.template);
        for (id, resource) in &template.resources {
            let under = resolved.exists(id);
            resource.properties.values().for_each(|value| perhaps_missing(context, id, value, under, report));
        }
        for (name, output) in &template.outputs {
            let under = output.condition.as_deref().map_or(Formula::TRUE, |condition| resolved.condition(condition));
            perhaps_missing(context, name, &output.value, under, report);
        }
    },
};

/// Finds each reference in a value of `who`, which is there where `under` holds, to what certainly does not exist in one of
/// those worlds.
fn perhaps_missing<'a>(context: &Context<'a>, who: &str, value: &'a Value, under: Formula, report: &mut Report) {
    let resolved = context.resolved;
    resolved.references_in(value, under, &mut |to, _, when, source| {
        let declared = context.template.resources.get(to);
        let Some(condition) = declared.and_then(|resource| resource.condition.as_deref()) else { return };
        let missing = resolved.and(when, resolved.not(resolved.exists(to)));
        if !resolved.is_certainly_possible(missing) {
            return;
        }
        let place = resolved.place_of(source).unwrap_or_default();
        let world = match resolved.place_where(missing) {
            world if world.is_empty() => " anywhere".to_owned(),
            world => world,
        };
        let found = report.at(place, format!("`{who}` refers to `{to}`, which does not exist{world}"));
        found.help =
            Some(format!("give `{who}` the condition `{condition}` too, or choose: `!If [{condition}, …, …]`"));
    });
}
