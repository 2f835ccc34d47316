//! What a stack requires and takes on trust, for programs: the entries of `goals` in machine-readable output.

use serde_json::{Value, json};

use crate::goal::{Assumption, Goals, Taken};

/// One entry for each goal that the stack requires, and one for each assumption.
///
/// Nothing proves a goal yet, so the verdict is `depends` on that, never `proved`. An assumption depends on the reason
/// for which it is taken on trust; of a fact in words the kind is null. `template` is the file that they are about.
pub fn entries(template: &str, goals: &Goals) -> Vec<Value> {
    let required = goals.required.iter().map(|goal| entry(template, goal, Some(goal.kind()), "not proved yet"));
    let assumed = goals.assumed.iter().map(|assumption| taken(template, assumption));
    required.chain(assumed).collect()
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
    fn what_nobody_proved_is_never_called_proved() {
        let isolated = Goal::Isolated { what: "Database".into(), except: vec!["Proxy".into()] };
        let reaches = Goal::Reaches { from: "Handler".into(), to: "Proxy".into(), port: None };
        let trusted = |what| Assumption { what, reason: "it exists outside this stack".into() };
        let goals = Goals {
            required: vec![isolated],
            assumed: vec![trusted(Taken::Goal(reaches)), trusted(Taken::Fact("Cluster has a reader".into()))],
            ..Goals::default()
        };
        let trust = json!(["taken on trust: it exists outside this stack"]);
        let entry = |goal: &str, kind: Value, assumptions: &Value| json!({ "goal": goal, "kind": kind, "verdict": "depends", "template": "a.yaml", "hops": [], "assumptions": assumptions });
        let expect = vec![
            entry("Database is isolated except from Proxy", json!("isolated"), &json!(["not proved yet"])),
            entry("Handler reaches Proxy", json!("reaches"), &trust),
            entry("Cluster has a reader", Value::Null, &trust),
        ];
        assert_eq!(entries("a.yaml", &goals), expect);
    }
}
