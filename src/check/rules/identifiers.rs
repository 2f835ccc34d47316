//! What tells one resource of a type from another is given once.

use std::collections::BTreeMap;

use super::shared::identity;
use crate::check::context::{Context, MOST_COMPARED};
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::{self, PropertyPath};
use crate::resolve::{Case, Formula};
use crate::template::pointer;

pub(super) const RULES: &[Rule] = &[SHARED];

const SHARED: Rule = Rule {
    code: Code::new("E3019", "shared-identifier"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-identifier.html",
    explanation: "Two resources of a type with the same primary identifier are one and the same: the second is refused, or takes over the first.",
    bad: &[
        "Resources: { B: { Type: AWS::SSM::Parameter, Properties: { Name: /a, Type: String, Value: x } }, C: { Type: AWS::SSM::Parameter, Properties: { Name: /a, Type: String, Value: y } } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nConditions: { Prod: !Equals [!Ref Stage, prod] }\nResources: { B: { Type: AWS::SSM::Parameter, Properties: { Name: !If [Prod, /a, /b], Type: String, Value: x } }, C: { Type: AWS::SSM::Parameter, Properties: { Name: !If [Prod, /b, /a], Type: String, Value: y } } }",
    ],
    find: |context, report| {
        let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, resource) in &context.template.resources {
            kinds.entry(&resource.kind).or_default().push(id);
        }
        for (kind, ids) in kinds.iter().filter(|(_, ids)| ids.len() > 1) {
            let Some(facts) = registry::facts(kind) else { continue };
            let given = |path: &PropertyPath| !facts.read_only.contains(path);
            if !facts.primary_identifier.is_empty() && facts.primary_identifier.iter().all(given) {
                shared(context, report, ids, &facts.primary_identifier);
            }
        }
    },
};

fn shared<'a>(context: &Context<'a>, report: &mut Report, ids: &[&'a str], identifier: &[PropertyPath]) {
    let mut bearers: BTreeMap<Vec<String>, Vec<(&str, Formula)>> = BTreeMap::new();
    for id in ids {
        for (identifier, when) in identifiers(context, id, identifier) {
            bearers.entry(identifier).or_default().push((id, when));
        }
    }
    for bearers in bearers.values().map(|bearers| &bearers[..bearers.len().min(MOST_COMPARED)]) {
        for (id, when) in bearers {
            let both = |along: Formula| context.resolved.is_certainly_possible(context.resolved.and(*when, along));
            let others = bearers.iter().filter(|(other, along)| other != id && both(*along));
            let mut others: Vec<String> = others.map(|(other, _)| format!("`{other}`")).take(NAMED + 1).collect();
            if let Some(rest) = others.get_mut(NAMED) {
                *rest = "others".to_owned();
            }
            if let (false, Some(first)) = (others.is_empty(), identifier.first()) {
                let place = pointer(
                    ["Resources", id, "Properties"].into_iter().chain(first.segments().iter().map(String::as_str)),
                );
                let message = format!("`{id}` has the same identifier as {}", others.join(" and "));
                report.at(place, message).help = Some("let each have its own, or keep one of them".into());
            }
        }
    }
}

/// So many of those that share an identifier are named.
const NAMED: usize = 3;

/// What the primary identifier of a resource can be, and in which worlds, as far as that is known.
fn identifiers(context: &Context<'_>, id: &str, identifier: &[PropertyPath]) -> Vec<(Vec<String>, Formula)> {
    let mut known = vec![(Vec::new(), context.resolved.exists(id))];
    for path in identifier {
        let cases = context.resolved.property(id, &path.to_string());
        let extend = |(parts, when): &(Vec<String>, Formula)| {
            let with = |case: &Case<'_>| {
                let parts = parts.iter().cloned().chain([identity(&case.value)?]).collect();
                Some((parts, context.resolved.and(*when, case.when)))
            };
            cases.iter().filter_map(with).collect::<Vec<_>>()
        };
        known = known.iter().flat_map(extend).collect();
    }
    known
}
