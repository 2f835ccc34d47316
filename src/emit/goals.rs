//! What a stack requires and takes on trust, for programs: the entries of `goals` in machine-readable output.

use serde_json::{Value, json};

use super::proofs;
use crate::goal::{Assumption, Goals, Taken};
use crate::prove::Proof;

/// One entry for each goal that was proved or not, and one for each assumption of the stack.
///
/// An assumption depends on the reason for which it is taken on trust; of a fact in words the kind is null. `template` is
/// the file that they are about.
pub fn entries(template: &str, goals: &Goals, proved: &[Proof]) -> Vec<Value> {
    let assumed = goals.assumed.iter().map(|assumption| taken(template, assumption));
    proofs::entries(template, proved).into_iter().chain(assumed).collect()
}

fn taken(template: &str, assumption: &Assumption) -> Value {
    let on = format!("taken on trust: {}", assumption.reason);
    match &assumption.what {
        Taken::Goal(goal) => entry(template, goal, Some(goal.kind()), &on),
        Taken::Fact(fact) => entry(template, fact, None, &on),
    }
}

fn entry(template: &str, goal: impl ToString, kind: Option<&str>, on: &str) -> Value {
    json!({
        "goal": goal.to_string(),
        "kind": kind,
        "verdict": "depends",
        "template": template,
        "hops": [],
        "assumptions": [on],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goal::Goal;

    #[test]
    fn what_is_taken_on_trust_is_never_called_proved() {
        let reaches = Goal::Reaches { from: "Handler".into(), to: "Proxy".into(), port: None };
        let trusted = |what| Assumption { what, reason: "it exists outside this stack".into() };
        let goals = Goals {
            assumed: vec![trusted(Taken::Goal(reaches)), trusted(Taken::Fact("Cluster has a reader".into()))],
            ..Goals::default()
        };
        let trust = json!(["taken on trust: it exists outside this stack"]);
        let entry = |goal: &str, kind: Value, assumptions: &Value| json!({ "goal": goal, "kind": kind, "verdict": "depends", "template": "a.yaml", "hops": [], "assumptions": assumptions });
        let expect = vec![
            entry("Handler reaches Proxy", json!("reaches"), &trust),
            entry("Cluster has a reader", Value::Null, &trust),
        ];
        assert_eq!(entries("a.yaml", &goals, &[]), expect);
    }
}
