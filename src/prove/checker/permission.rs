//! Proofs of permissions, looked at again: each statement is read anew where it stands, and every denial beside it.
//!
//! Which requests a goal comes to is worked out here once more, from the goal and the template alone; a proof has to have
//! evidence of each of them. In which worlds a condition or `Fn::If` lets a statement stand is not looked at: one that is
//! there under a condition may serve as evidence, and no denial under a condition is asked for.

use serde_json::Value as Json;

use super::condition::Around;
use super::needed::Needed;
use super::policy::Statement;
use super::requests::needed;
use super::text::Texts;
use super::{Review, resource};
use crate::prove::answer::{Answer, Asked, Claim, Evidence, Step};
use crate::prove::proof::Proof;

/// A proof with the template that it is of.
struct Scene<'s> {
    texts: &'s Texts<'s>,
    needed: Needed<'s>,
}

/// Looks at a proof of a goal of permissions.
pub fn review(texts: &Texts<'_>, proof: &Proof, review: &mut Review) {
    let Some(needed) = needed(texts, proof) else {
        review.beyond.push(format!("what {} comes to", proof.goal));
        return;
    };
    let scene = Scene { texts, needed };
    for step in &proof.steps {
        if step.answer == Answer::Holds && step.evidence.is_empty() {
            review.faults.push(format!("the hop {} rests on nothing", step.hop));
        }
        for evidence in &step.evidence {
            review.faults.extend(scene.fault(step, evidence, &mut review.beyond));
        }
        if !step.evidence.is_empty() {
            review.faults.extend(scene.missing(step));
        }
    }
    review.faults.extend(scene.unproved(proof));
}

/// The request that a claim is about.
fn asked(claim: &Claim) -> Option<&Asked> {
    match claim {
        Claim::Allows { request, .. } | Claim::Spares { request, .. } | Claim::Managed { request, .. } => Some(request),
        _ => None,
    }
}

/// The request of a step: all of its claims are about one.
fn asked_in(step: &Step) -> Option<&Asked> {
    step.evidence.iter().find_map(|evidence| asked(&evidence.claim))
}

impl<'s> Scene<'s> {
    fn around(&self) -> &Around<'s> {
        &self.needed.around
    }

    /// The statements that have a say at a hop.
    fn statements(&self, step: &Step, asked: &Asked) -> Vec<Statement<'s>> {
        let texts = self.texts;
        match step.hop {
            "trust-policy" => {
                self.needed.role.iter().flat_map(|role| texts.statements(role, "AssumeRolePolicyDocument")).collect()
            }
            "identity-policy" => texts.of_role(&asked.who),
            "permissions-boundary" => {
                let boundary =
                    texts.property(&asked.who, "PermissionsBoundary").and_then(|value| texts.referred(value));
                boundary.iter().flat_map(|id| texts.statements(id, "PolicyDocument")).collect()
            }
            _ => self.beside(step, asked),
        }
    }

    /// The statements of the policies that stand on what a request is done on, or in its way.
    fn beside(&self, step: &Step, asked: &Asked) -> Vec<Statement<'s>> {
        let texts = self.texts;
        let is_kms = asked.action.to_lowercase().starts_with("kms:");
        match step.hop {
            "endpoint-policy" => texts
                .of_kind("AWS::EC2::VPCEndpoint")
                .filter(|id| step.resource.as_deref() == Some(id))
                .flat_map(|id| texts.statements(id, "PolicyDocument"))
                .collect(),
            _ if is_kms => self.needed.keys.iter().flat_map(|key| texts.statements(key, "KeyPolicy")).collect(),
            _ => self.needed.policies.iter().flat_map(|id| texts.statements(id, "ResourcePolicy")).collect(),
        }
    }

    /// Why a piece of evidence does not stand, if it does not.
    fn fault(&self, step: &Step, evidence: &Evidence, beyond: &mut Vec<String>) -> Option<String> {
        let Evidence { resource: id, path, claim, .. } = evidence;
        if let Some(asked) = asked(claim) {
            let is_told = step.hop != "identity-policy" || step.message.contains(&asked.action);
            let is_whole = asked.action != "rds-db:connect" || step.message.contains(&format!("`{}`", asked.on));
            if asked_in(step) != Some(asked) || !self.needed.has(asked) || !is_told || !is_whole {
                return Some(format!("`{}` on `{}` by `{}` is not asked for here", asked.action, asked.on, asked.who));
            }
            return self.fault_of_policy(step, evidence, asked, beyond).map(|why| format!("`{path}` {why}"));
        }
        let there = self.texts.json.pointer(path);
        match claim {
            Claim::Names { what } => {
                let is_of = path.starts_with(&format!("/Resources/{id}/")) || path.starts_with("/Globals/");
                let named = there.is_some_and(|value| self.texts.names(value, what) || super::mentions(value, what));
                (!is_of || !named || resource(self.texts.json, id).is_none())
                    .then(|| format!("`{path}` of `{id}` does not name `{what}`"))
            }
            Claim::User { user } => {
                let is_of = path.starts_with(&format!("/Resources/{id}/"));
                let named = there.is_some_and(|value| self.texts.of(value).iter().any(|text| is_user(text, user)));
                (!is_of || !named).then(|| format!("`{path}` of `{id}` does not name the user `{user}`"))
            }
            _ => super::fault(self.texts.json, evidence),
        }
    }

    fn fault_of_policy(
        &self,
        step: &Step,
        evidence: &Evidence,
        asked: &Asked,
        beyond: &mut Vec<String>,
    ) -> Option<String> {
        let texts = self.texts;
        if let Claim::Managed { policy, .. } = &evidence.claim {
            let property = if step.hop == "permissions-boundary" { "PermissionsBoundary" } else { "ManagedPolicyArns" };
            let end = format!(":iam::aws:policy/{policy}");
            let named = texts.json.pointer(&evidence.path).is_some_and(|value| {
                texts.of(value).iter().any(|text| text.ends_with(&end)) || super::mentions(value, policy)
            });
            let start = format!("/Resources/{}/Properties/{property}", asked.who);
            beyond.push(format!("what the policy `{policy}` of AWS allows"));
            let stands = named && evidence.path.starts_with(&start) && evidence.resource == asked.who;
            return (!stands).then(|| format!("does not name `{policy}`"));
        }
        let mut statements = self.statements(step, asked);
        if step.hop == "identity-policy" {
            statements.extend(self.beside(step, asked));
        }
        let statement = statements.iter().find(|one| one.path == evidence.path && one.resource == evidence.resource);
        let Some(statement) = statement else { return Some("is no statement that has a say".to_owned()) };
        let tests = match &evidence.claim {
            Claim::Allows { by, given, .. } => {
                let is_beside = self.beside(step, asked).iter().any(|one| one.path == statement.path);
                let names_itself =
                    |name: &Option<String>| name.as_ref().is_some_and(|name| texts.is_itself(&asked.who, name));
                let direct = by.iter().any(|one| one.element == "Principal" && names_itself(&one.by));
                if step.hop == "identity-policy" && is_beside && !direct {
                    return Some("leaves it to the account".to_owned());
                }
                if texts.is_open(statement.json, by) {
                    beyond.push(format!("what `{}` reads in full", statement.path));
                }
                if let Some(why) = texts.allows(statement.json, asked, by, given) {
                    return Some(why);
                }
                given.iter().map(|test| (test, true)).collect::<Vec<_>>()
            }
            Claim::Spares { element, test, .. } => {
                if let Some(why) = texts.spares(statement.json, asked, element, test.as_ref()) {
                    return Some(why);
                }
                test.iter().map(|test| (test, false)).collect()
            }
            _ => Vec::new(),
        };
        for (test, wanted) in tests {
            let known = texts.in_context(asked, self.around(), &test.key);
            let is_right = match &known {
                Some((ways, is_certain)) => ways.contains(&test.is) && test.trusted != *is_certain,
                None => test.trusted,
            };
            if !is_right || (test.trusted && step.answer != Answer::Assumed) {
                return Some(format!("is not held against the `{}` of the request", test.key));
            }
            match texts.is_met(test) {
                _ if known.is_none() => beyond.push(format!("what a request has for `{}`", test.key)),
                Some(met) if met == wanted => {}
                Some(_) => return Some(format!("has a condition of `{}` that decides otherwise", test.key)),
                None => beyond.push(format!("the condition of `{}` at `{}`", test.key, statement.path)),
            }
        }
        None
    }

    /// What a step lacks that it would have to rest on.
    fn missing(&self, step: &Step) -> Option<String> {
        let lacks = |what: String| Some(format!("the hop {} does not say {what}", step.hop));
        let texts = self.texts;
        if let Some(named) = self.needed.names(step.hop, asked_in(step)).into_iter().find(|named| !named.is_in(step)) {
            return lacks(named.to_string());
        }
        let grants = step.evidence.iter().any(|evidence| match &evidence.claim {
            Claim::Allows { .. } | Claim::Managed { .. } => true,
            Claim::Without { property } => property == "KeyPolicy" && self.needed.keys.contains(&evidence.resource),
            _ => false,
        });
        let asked = asked_in(step);
        // What is kept by a key of AWS's own, and who knows a user, is asked of no policy.
        let is_asked = asked.is_some() || (step.hop == "key-policy" && !self.needed.keys.is_empty());
        if !grants && is_asked && step.hop != "resource-policy" && step.answer == Answer::Holds {
            return lacks("what allows it".to_owned());
        }
        let asked = asked?;
        for statement in self.statements(step, asked) {
            if statement.json.get("Effect").and_then(Json::as_str) != Some("Deny") || statement.is_conditional {
                continue;
            }
            let is_same = step.evidence.iter().any(|evidence| match &evidence.claim {
                Claim::Allows { by, given, .. } => texts.is_about(statement.json, asked, by, given).is_none(),
                _ => false,
            });
            if is_same || texts.denies_plainly(statement.json, asked) {
                return Some(format!("`{}` denies `{}` on `{}`", statement.path, asked.action, asked.on));
            }
            let is_spared =
                |evidence: &Evidence| matches!(evidence.claim, Claim::Spares { .. }) && evidence.path == statement.path;
            if step.answer == Answer::Holds && !step.evidence.iter().any(is_spared) {
                return lacks(format!("why `{}` does not deny it", statement.path));
            }
        }
        None
    }

    /// Requests that the goal comes to and that no step is about.
    fn unproved(&self, proof: &Proof) -> Vec<String> {
        let mut faults = Vec::new();
        let is_outside = self.needed.role.is_none();
        for one in self.needed.requests.iter().filter(|_| !is_outside) {
            let is_it = |step: &&Step| matches!(step.hop, "identity-policy" | "trust-policy");
            let mut steps = proof.steps.iter().filter(is_it);
            let covered = steps.any(|step| match asked_in(step) {
                Some(asked) => one.is(asked),
                None => step.answer == Answer::Assumed && step.message.contains(&one.action),
            });
            if !covered {
                faults.push(format!("nothing proves `{}` on {}", one.action, one.told()));
            }
        }
        for hop in self.needed.hops.iter().filter(|_| !is_outside) {
            if !proof.steps.iter().any(|step| step.hop == *hop) {
                faults.push(format!("the hop {hop} is missing"));
            }
        }
        faults
    }
}

/// Whether a text is a user, or JSON that names one as `username`.
fn is_user(text: &str, user: &str) -> bool {
    let json: Option<Json> = serde_json::from_str(text).ok();
    let named = json.as_ref().and_then(|json| json.get("username")).and_then(Json::as_str);
    text == user || named == Some(user)
}
