//! Proofs at the edges of subnets are looked at again: entry by entry of the network ACLs, in the order of their numbers.

use formwork::goal::Goals;
use formwork::prove::{Answer, Claim, Evidence, Facts, Proof, Verdict, checker, prove};
use formwork::resolve::{Environment, Resolved, expand};
use formwork::template::Template;
use formwork::template::parse::parse;
use serde_json::{Value as Json, json};

use super::is_of_network;
use super::permissions::{alterations, changed, pieces, texts};

/// The proofs of sound templates that rest on entries.
fn all() -> Vec<(String, Template, Vec<Proof>)> {
    let environment = Environment::unknown();
    let mut found = Vec::new();
    for (name, text) in texts().into_iter().filter(|(name, _)| !name.contains("/snapshots/")) {
        let (template, ..) = parse(&text, &name);
        let expanded = expand(&template, &environment);
        let resolved = Resolved::new(&expanded.template, &environment);
        let mut proofs = prove(&resolved, &Goals::default(), Facts::none());
        proofs.retain(|proof| is_of_network(proof) && proof.verdict == Verdict::Proved);
        if !proofs.is_empty() {
            found.push((name, expanded.template.clone().into_owned(), proofs));
        }
    }
    found
}

fn is_entry(evidence: &Evidence) -> bool {
    matches!(evidence.claim, Claim::Entry { .. })
}

#[test]
fn every_proof_of_the_network_stands_and_none_does_with_an_entry_altered() {
    let (mut wrong, mut taken, mut count) = (Vec::new(), Vec::new(), 0);
    for (name, template, proofs) in all() {
        for proof in &proofs {
            wrong.extend(
                checker::faults(&template, proof).into_iter().map(|it| format!("{name}: {}: {it}", proof.goal)),
            );
            for (step, at) in pieces(proof) {
                let piece = &proof.steps[step].evidence[at];
                if !is_entry(piece) {
                    continue;
                }
                for other in alterations(&serde_json::to_value(piece).unwrap()) {
                    let Ok(altered) = serde_json::from_value::<Evidence>(other.clone()) else { continue };
                    // A port that is not said to be known may be any: that claims more.
                    let Claim::Entry { ports: Some(_), .. } = altered.claim else { continue };
                    let mut proof = proof.clone();
                    proof.steps[step].evidence[at] = altered;
                    count += 1;
                    if checker::faults(&template, &proof).is_empty() {
                        taken.push(format!("{name}: {}: {}: {other}", proof.goal, proof.steps[step].hop));
                    }
                }
                let mut proof = proof.clone();
                proof.steps[step].evidence.remove(at);
                if checker::faults(&template, &proof).is_empty() {
                    taken.push(format!("{name}: {}: {}: without {piece:?}", proof.goal, proof.steps[step].hop));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken.is_empty(), "{} of {count}\n{}", taken.len(), taken.join("\n"));
    assert!(count >= 100, "{count} alterations");
}

/// The entry that lets packets through denies them, or goes; or another one comes first that denies.
#[test]
fn a_proof_over_entries_that_deny_is_not_taken() {
    let mut count = 0;
    for (name, template, proofs) in all() {
        for proof in &proofs {
            let held = proof.steps.iter().filter(|step| step.answer == Answer::Holds).flat_map(|step| &step.evidence);
            for piece in held.filter(|piece| is_entry(piece)) {
                let path = piece.path.as_str();
                let check = |what: &str, change: &dyn Fn(&mut Json)| {
                    let template = changed(&template, change);
                    let found = checker::review(&template, &Environment::unknown(), proof);
                    assert!(!found.faults.is_empty(), "{name}: {}: {path} {what}", proof.goal);
                };
                check("denies", &|json| json.pointer_mut(path).unwrap()["Properties"]["RuleAction"] = json!("deny"));
                check("is of UDP", &|json| json.pointer_mut(path).unwrap()["Properties"]["Protocol"] = json!(17));
                check("goes", &|json| _ = json["Resources"].as_object_mut().unwrap().remove(&piece.resource));
                check("comes second", &|json| {
                    let mut first = json.pointer(path).unwrap().clone();
                    first["Properties"]["RuleNumber"] = json!(1);
                    first["Properties"]["RuleAction"] = json!("deny");
                    json["Resources"]["First"] = first;
                });
                check("is of another ACL", &|json| {
                    json.pointer_mut(path).unwrap()["Properties"]["NetworkAclId"] = json!("acl-12345678");
                });
                count += 1;
            }
        }
    }
    assert!(count >= 10, "{count} entries");
}
