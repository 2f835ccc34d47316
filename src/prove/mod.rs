//! Does it connect? Proofs of what a template requires of its network, whoever wrote it.
//!
//! Goals follow from the template: a function that is given a database's address has to reach it. Each is answered hop by
//! hop, every broken hop is told, and what a template cannot tell is an assumption that is listed. A proof never rounds
//! up: what is not known stays unknown.
//!
//! ```
//! use formwork::goal::Goals;
//! use formwork::prove::{Facts, Verdict, prove};
//! use formwork::resolve::{Environment, Resolved};
//! use formwork::template::parse::parse;
//!
//! let text = "
//! Resources:
//!   Sg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: both, VpcId: vpc-1 } }
//!   Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, VPCSecurityGroups: [!Ref Sg], DBSubnetGroupName: g } }
//!   Fn:
//!     Type: AWS::Lambda::Function
//!     Properties:
//!       VpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [!Ref Sg] }
//!       Environment: { Variables: { DB_HOST: !GetAtt Db.Endpoint.Address } }
//! ";
//! let (template, ..) = parse(text, "t.yaml");
//! let environment = Environment::unknown();
//! let resolved = Resolved::new(&template, &environment);
//! let proofs = prove(&resolved, &Goals::default(), Facts::none());
//!
//! assert_eq!(proofs[0].goal.to_string(), "Fn reaches Db on tcp 5432");
//! assert_eq!(proofs[0].verdict, Verdict::Refuted);
//! let broken: Vec<_> = proofs[0].broken().map(|step| step.hop).collect();
//! assert_eq!(broken, ["security-group-ingress"]); // A group does not admit its own members.
//! ```

pub mod answer;
pub mod authorisation;
pub mod checker;
mod exposure;
mod facts;
mod family;
mod findings;
mod fix;
mod flow;
mod goals;
pub mod hops;
mod judge;
mod model;
mod network;
mod once;
mod order;
mod proof;
pub mod routes;

pub use answer::{Answer, Asked, Claim, Covering, Evidence, Step, Test};
pub use facts::{Facts, Unfit};
pub use findings::{ASSUMED, assumptions, findings};
pub use fix::Patch;
pub use goals::Origin;
pub use judge::{Judgement, judge, judge_resolved};
pub use model::Model;
pub use network::Network;
pub use proof::{Proof, UNJUDGED, Verdict};

use authorisation::HopFacts;

use crate::goal::{Goal, Goals};
use crate::resolve::Resolved;
use crate::template::{Template, Value};

/// What every hop is about, those of the network first.
pub fn explanations() -> impl Iterator<Item = HopFacts> {
    let of_network = routes::ALL.iter().map(|hop| HopFacts {
        name: hop.name,
        code: hop.code,
        explanation: hop.explanation,
        source: hop.source,
        told_by: hop.told_by,
    });
    of_network.chain(authorisation::HOPS.iter().copied())
}

/// Proves what follows from a template and what is stated beside it.
pub fn prove<'a>(resolved: &'a Resolved<'a>, goals: &Goals, facts: &'a Facts) -> Vec<Proof> {
    let network = Network::new(resolved, facts);
    let questions = goals::questions(network.model(), goals);
    let answers = questions.iter().map(|question| proof::answer(network.model(), question, &goals.assumed));
    let mut proofs: Vec<_> = answers.collect();
    proofs.iter_mut().for_each(|proof| try_fixes(resolved, goals, facts, proof));
    // What is allowed is judged by the policies, not by the network.
    let allowed = authorisation::proofs(resolved, goals, facts);
    proofs.retain(|proof| !allowed.iter().any(|known| known.goal == proof.goal));
    proofs.extend(allowed);
    let in_order = order::proofs(&order::Scene { model: network.model(), goals, known: &proofs });
    proofs.extend(in_order);
    proofs
}

/// Proves one goal.
pub fn prove_one<'a>(resolved: &'a Resolved<'a>, goal: &Goal, facts: &'a Facts) -> Proof {
    let goals = Goals { required: vec![goal.clone()], ..Goals::default() };
    if let Some(proof) = authorisation::stated(resolved, &goals, facts).pop() {
        return proof;
    }
    if let Goal::Deploys { what } = goal {
        let model = Model::new(resolved, facts);
        let (goals, known) = (&Goals::default(), &prove(resolved, &Goals::default(), facts));
        return order::proof_of(&order::Scene { model: &model, goals, known }, what);
    }
    let mut proof = Network::new(resolved, facts).prove(goal);
    try_fixes(resolved, &goals, facts, &mut proof);
    proof
}

/// The resource that is meant by a logical id, which is its ARN, or by a text such as an ARN.
pub fn meant(template: &Template, resource: &str) -> Value {
    let has_arn = |kind: &str| crate::registry::facts(kind).is_some_and(|facts| facts.has_attribute("Arn"));
    match template.resources.get(resource) {
        Some(known) if has_arn(&known.kind) => Value::attribute_of(resource, "Arn"),
        Some(_) => Value::reference_to(resource),
        None => Value::from(resource),
    }
}

/// What each role of a template may do of one thing: a proof for each, in the order of the template. `resource` is a logical
/// id, of which the ARN is meant, or a text such as an ARN.
pub fn who_can(resolved: &Resolved<'_>, action: &str, resource: &str, facts: &Facts) -> Vec<Proof> {
    let resources = &resolved.template().resources;
    let meant = meant(resolved.template(), resource);
    let roles = resources.iter().filter(|(_, resource)| resource.kind == "AWS::IAM::Role");
    let goal = |(role, _): (&String, _)| Goal::Can {
        principal: role.clone(),
        actions: vec![action.to_owned()],
        resources: vec![meant.clone()],
    };
    let goals = Goals { required: roles.map(goal).collect(), ..Goals::default() };
    authorisation::stated(resolved, &goals, facts)
}

/// Who can call a listener, or may be able to; none if nothing of that name listens.
pub fn who_reaches<'a>(resolved: &'a Resolved<'a>, what: &str, facts: &'a Facts) -> Option<Proof> {
    Network::new(resolved, facts).who_reaches(what)
}

/// Every pair of resources of which one can open connections to the other: see [`Network::all_pairs`].
pub fn all_pairs<'a>(resolved: &'a Resolved<'a>, facts: &'a Facts) -> Vec<(String, String)> {
    Network::new(resolved, facts).all_pairs()
}

/// Keeps the changes that mend what they are for.
fn try_fixes(resolved: &Resolved<'_>, goals: &Goals, facts: &Facts, proof: &mut Proof) {
    let goal = proof.goal.clone();
    for step in &mut proof.steps {
        let Some(fix) = &step.fix else { continue };
        let patched = fix.apply(resolved.template());
        let again = Resolved::new(&patched, resolved.environment());
        let model = Model::new(&again, facts);
        let question = goals::questions(&model, goals).into_iter().find(|question| question.goal == goal);
        let question = question.unwrap_or_else(|| goals::stated(&model, &goal));
        let after = proof::answer(&model, &question, &goals.assumed);
        let still = after.steps.iter().any(|other| {
            other.hop == step.hop
                && other.message == step.message
                && matches!(other.answer, Answer::Broken | Answer::Unknown)
        });
        if still {
            step.fix = None;
        }
    }
}
