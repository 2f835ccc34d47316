//! Goals of authorisation as the prover's goals and proofs.

use super::goal::{CanGoal, Need};
use super::hop::{Hop, Judgement};
use super::judge::stated_goal;
use super::trial::Trial;
use super::{derive, judge, judge_stated};
use crate::diagnostic::Code;
use crate::goal::{Assumption, Goal, Goals, Taken};
use crate::prove::{Answer, Facts, Origin, Proof, Step, Verdict};
use crate::resolve::{Formula, Resolution, Resolved};
use crate::template::Value;

/// What a hop is about, for what explains it.
#[derive(Clone, Copy, Debug)]
pub struct HopFacts {
    /// Its name.
    pub name: &'static str,
    /// The code of findings on it; the name in it reads after "allow".
    pub code: Code,
    /// What it is about and why.
    pub explanation: &'static str,
    /// Where the fact is published.
    pub source: &'static str,
    /// The codes of rules that tell the same fault without a goal: it is told once.
    pub told_by: &'static [&'static str],
}

/// The hops of authorisation, in their order.
pub static HOPS: &[HopFacts] = &[
    HopFacts {
        name: "trust-policy",
        code: Code::new("P3201", "role-without-trust"),
        explanation: "A service uses a role only if the role's `AssumeRolePolicyDocument` lets it do `sts:AssumeRole`.",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html",
        told_by: &[],
    },
    HopFacts {
        name: "identity-policy",
        code: Code::new("P3202", "missing-permission"),
        explanation: "What a policy of the role does not allow is denied, unless a policy of the resource allows it by itself; \
                      what any policy denies is denied.",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
        told_by: &[],
    },
    HopFacts {
        name: "permissions-boundary",
        code: Code::new("P3203", "permission-beyond-boundary"),
        explanation: "A role may do what its policies and its permissions boundary allow, both of them.",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        told_by: &[],
    },
    HopFacts {
        name: "resource-policy",
        code: Code::new("P3204", "resource-that-denies"),
        explanation: "A policy of a secret can deny what a role's own policies allow; a function is invoked by a service only if \
                      an `AWS::Lambda::Permission` lets it.",
        source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
        told_by: &[],
    },
    HopFacts {
        name: "key-policy",
        code: Code::new("P3205", "key-that-denies"),
        explanation: "A key is used by those whom its key policy allows, and by those whom the account's IAM policies allow only \
                      if the key policy leaves it to them.",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
        told_by: &[],
    },
    HopFacts {
        name: "endpoint-policy",
        code: Code::new("P3206", "endpoint-that-denies"),
        explanation: "What goes through an endpoint has to be allowed by the endpoint's policy as well.",
        source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
        told_by: &[],
    },
    HopFacts {
        name: "authentication",
        code: Code::new("P3207", "login-that-fails"),
        explanation: "A login with an IAM token names a database user that the other end knows, at a database that takes tokens.",
        source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html",
        told_by: &["E3952"],
    },
];

/// Proves what must be allowed for a template to work, and what somebody stated of permissions.
pub fn proofs(resolved: &Resolved<'_>, goals: &Goals, facts: &Facts) -> Vec<Proof> {
    let mut proofs: Vec<Proof> = Vec::new();
    let judged: Vec<_> =
        derive(resolved, facts).into_iter().map(|goal| (judge(resolved, &goal, facts), goal)).collect();
    let mut trial = Trial::new(&judged, facts);
    for (mut found, goal) in judged {
        let origin = goal.source.map(|source| Origin {
            resource: goal.principal.to_owned(),
            path: resolved.place(goal.principal, source),
            says: format!("so {goal}"),
        });
        keep_cures(&mut trial, resolved, &goal, &mut found);
        let proof = proof(as_stated(&goal), origin, goal.when, found, &goals.assumed);
        if !proofs.iter().any(|known| known.goal == proof.goal && known.steps.len() == proof.steps.len()) {
            proofs.push(proof);
        }
    }
    for goal in &goals.required {
        let Some(can) = stated_goal(resolved, goal) else { continue };
        let mut found = judge(resolved, &can, facts);
        keep_cures(&mut trial, resolved, &can, &mut found);
        proofs.push(proof(goal.clone(), None, Formula::TRUE, found, &goals.assumed));
    }
    proofs
}

/// Proves what somebody stated of permissions. Changes are not tried.
pub fn stated(resolved: &Resolved<'_>, goals: &Goals, facts: &Facts) -> Vec<Proof> {
    let judged = goals.required.iter().filter_map(|goal| Some((goal, judge_stated(resolved, goal, facts)?)));
    let bare = judged.map(|(goal, mut found)| {
        found.hops.iter_mut().for_each(|hop| hop.cures.clear());
        (goal, found)
    });
    bare.map(|(goal, found)| proof(goal.clone(), None, Formula::TRUE, found, &goals.assumed)).collect()
}

/// Of the changes that may mend a refuted goal, one that does all by itself; otherwise, for each broken hop, the first that
/// mends it.
fn keep_cures<'a>(trial: &mut Trial<'_>, resolved: &Resolved<'a>, goal: &CanGoal<'a>, found: &mut Judgement) {
    let is_refuted = found.verdict == Verdict::Refuted;
    let whole = if is_refuted { trial.whole(resolved, goal, found) } else { None };
    let cure = |hop: &Hop| match (is_refuted && hop.verdict == Answer::Broken, &whole) {
        (true, Some(whole)) => hop.cures.contains(whole).then(|| whole.clone()),
        (true, None) => trial.cure(resolved, goal, found, hop),
        (false, _) => None,
    };
    let cures: Vec<_> = found.hops.iter().map(cure).collect();
    for (hop, cure) in found.hops.iter_mut().zip(cures) {
        hop.cures = cure.into_iter().collect();
    }
}

/// A goal in the words of a sidecar.
fn as_stated(goal: &CanGoal<'_>) -> Goal {
    let action = |action: &str| vec![action.to_owned()];
    let (principal, actions, resources) = match &goal.need {
        Need::Trust { service, property } => {
            return Goal::Can {
                principal: (*service).to_owned(),
                actions: action("sts:AssumeRole"),
                resources: vec![Value::attribute_of(goal.principal, *property)],
            };
        }
        Need::Interfaces => (goal.principal, action("ec2:CreateNetworkInterface"), vec![Value::from("*")]),
        Need::Read { secret } => (goal.principal, action("secretsmanager:GetSecretValue"), vec![value(secret)]),
        Need::Connect { to } => (goal.principal, action("rds-db:connect"), vec![Value::reference_to(*to)]),
        Need::EndToEnd => (goal.principal, action("rds-db:connect"), Vec::new()),
        Need::Rotate { function, secret } => (*function, action("secretsmanager:PutSecretValue"), vec![value(secret)]),
        Need::Stated { actions, resources } => (goal.principal, actions.clone(), resources.clone()),
    };
    Goal::Can { principal: principal.to_owned(), actions, resources }
}

fn value(resolution: &Resolution<'_>) -> Value {
    match resolution {
        Resolution::Text(text) => Value::from(text.as_ref()),
        other => match other.references().first() {
            Some((id, None)) => Value::reference_to(*id),
            Some((id, Some(attribute))) => Value::attribute_of(*id, *attribute),
            None => other.parameter().map_or(Value::Null, |(name, _)| Value::reference_to(name)),
        },
    }
}

fn proof(goal: Goal, origin: Option<Origin>, when: Formula, found: Judgement, trusted: &[Assumption]) -> Proof {
    let trust = trusted.iter().find(|assumption| matches!(&assumption.what, Taken::Goal(taken) if *taken == goal));
    let Judgement { mut verdict, hops, mut assumptions } = found;
    let mut steps: Vec<Step> = hops.into_iter().map(|hop| step(hop, when)).collect();
    if let Some(assumption) = trust {
        for step in steps.iter_mut().filter(|step| step.answer == Answer::Unknown) {
            step.answer = Answer::Assumed;
            step.message = format!("{}: taken on trust, {}", step.message, assumption.reason);
            assumptions.push(step.message.clone());
        }
        if verdict == Verdict::Depends {
            verdict = Verdict::Proved;
        }
    }
    let mut route: Vec<&'static str> = Vec::new();
    for step in &steps {
        if !route.contains(&step.hop) {
            route.push(step.hop);
        }
    }
    Proof { goal, origin, verdict, route, steps, assumptions }
}

fn step(hop: Hop, when: Formula) -> Step {
    let code = HOPS.iter().find(|facts| facts.name == hop.hop).map_or(crate::prove::UNJUDGED, |facts| facts.code);
    let mut step = Step::new(hop.hop, code, hop.verdict, when, hop.message);
    (step.resource, step.path, step.help) = (hop.resource, hop.path, hop.help);
    (step.fix, step.evidence) = (hop.cures.into_iter().next(), hop.evidence);
    step
}
