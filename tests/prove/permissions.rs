//! Proofs of permissions are looked at again: each one stands, and none does of which anything is altered.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use formwork::goal::{Goal, Goals};
use formwork::prove::{Answer, Claim, Evidence, Facts, Proof, Verdict, checker, prove};
use formwork::resolve::{Environment, Resolved, expand};
use formwork::template::Template;
use formwork::template::parse::parse;
use serde_json::{Value as Json, json};

/// A template with its loops run, and what is proved of its permissions.
struct Proved {
    name: String,
    template: Template,
    environment: Environment,
    proofs: Vec<Proof>,
}

fn proved(name: &str, text: &str, environment: &Environment) -> Proved {
    let (template, ..) = parse(text, name);
    let expanded = expand(&template, environment);
    let resolved = Resolved::new(&expanded.template, environment);
    let mut proofs = prove(&resolved, &Goals::default(), Facts::none());
    proofs.retain(|proof| matches!(proof.goal, Goal::Can { .. }) && proof.verdict == Verdict::Proved);
    // Nothing stands in the template of a role that exists, or that the serverless model makes: the checker says so.
    let is_outside = |said: &String| said.contains("not of the template");
    proofs.retain(|proof| !checker::review(&expanded.template, environment, proof).beyond.iter().any(is_outside));
    Proved {
        name: name.to_owned(),
        template: expanded.template.clone().into_owned(),
        environment: environment.clone(),
        proofs,
    }
}

/// Sound templates of many hands.
pub fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in
        ["tests/planted/bases", "tests/authorisation", "tests/prove", "out/prod", "out/uat", "tests/snapshots"]
    {
        let mut files: Vec<_> = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let is_template = [".json", ".yaml", ".snap"].iter().any(|end| name.ends_with(end));
            let text = if is_template { fs::read_to_string(&file).unwrap() } else { continue };
            // A snapshot has a head.
            let text = if name.ends_with(".snap") { text.splitn(3, "---\n").last().unwrap().to_owned() } else { text };
            if text.contains("Resources:\n") || text.contains("\"Resources\":") {
                found.push((format!("{folder}/{name}"), text));
            }
        }
    }
    found
}

fn all() -> &'static [Proved] {
    static ALL: OnceLock<Vec<Proved>> = OnceLock::new();
    ALL.get_or_init(|| {
        let unknown = Environment::unknown();
        // What the project writes itself is alike from one to the next.
        let own = |name: &str| name.contains("/snapshots/") || name.starts_with("out/uat");
        let each =
            texts().into_iter().filter(|(name, _)| !own(name)).map(|(name, text)| proved(&name, &text, &unknown));
        // What the checker says that it cannot work out is looked at by nothing here.
        let told = |mut one: Proved| {
            let proofs = std::mem::take(&mut one.proofs).into_iter();
            let is_seen = |proof: &Proof| {
                let found = checker::review(&one.template, &one.environment, proof);
                !found.beyond.iter().any(|beyond| beyond.ends_with("comes to"))
            };
            let proofs = proofs.filter(is_seen).collect();
            Proved { proofs, ..one }
        };
        each.map(told).filter(|one| !one.proofs.is_empty()).collect()
    })
}

fn faults(of: &Proved, proof: &Proof) -> Vec<String> {
    checker::review(&of.template, &of.environment, proof).faults
}

#[test]
fn every_proof_of_a_permission_stands() {
    let mut wrong = Vec::new();
    let mut count = 0;
    let placed = Environment::unknown().in_region("eu-west-1").in_account("111122223333");
    for (name, text) in texts() {
        for environment in [&Environment::unknown(), &placed] {
            let of = proved(&name, &text, environment);
            count += of.proofs.len();
            for proof in &of.proofs {
                wrong.extend(faults(&of, proof).into_iter().map(|fault| format!("{name}: {}: {fault}", proof.goal)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 150, "{count} proofs");
}

/// Every value that is like one, but for one leaf or element.
pub fn alterations(value: &Json) -> Vec<Json> {
    match value {
        Json::String(text) => vec![json!(format!("{text}X"))],
        Json::Bool(truth) => vec![json!(!truth)],
        Json::Null => vec![json!("X")],
        Json::Array(values) => {
            let shorter = (0..values.len()).map(|at| {
                let mut values = values.clone();
                values.remove(at);
                Json::Array(values)
            });
            let longer = std::iter::once(Json::Array(values.iter().cloned().chain([json!("X")]).collect()));
            let altered = values.iter().enumerate().flat_map(|(at, value)| {
                alterations(value).into_iter().map(move |other| {
                    let mut values = values.clone();
                    values[at] = other;
                    Json::Array(values)
                })
            });
            shorter.chain(longer).chain(altered).collect()
        }
        Json::Object(map) => {
            // What it says in words and of which kind it is are no facts.
            let facts = map.iter().filter(|(key, value)| *key != "says" && !(*key == "claim" && value.is_string()));
            let altered = facts.flat_map(|(key, value)| {
                alterations(value).into_iter().map(move |other| {
                    let mut map = map.clone();
                    map.insert(key.clone(), other);
                    Json::Object(map)
                })
            });
            altered.collect()
        }
        Json::Number(_) => Vec::new(),
    }
}

/// The pieces of evidence of a proof, by step and place.
pub fn pieces(proof: &Proof) -> Vec<(usize, usize)> {
    let steps = proof.steps.iter().enumerate();
    steps.flat_map(|(step, it)| (0..it.evidence.len()).map(move |at| (step, at))).collect()
}

#[test]
fn a_proof_with_any_leaf_of_its_evidence_altered_is_not_taken() {
    let (mut taken, mut count) = (Vec::new(), 0);
    for of in all() {
        for proof in &of.proofs {
            for (step, at) in pieces(proof) {
                let evidence = serde_json::to_value(&proof.steps[step].evidence[at]).unwrap();
                for other in alterations(&evidence) {
                    let Ok(altered) = serde_json::from_value::<Evidence>(other.clone()) else { continue };
                    let mut proof = proof.clone();
                    proof.steps[step].evidence[at] = altered;
                    count += 1;
                    if faults(of, &proof).is_empty() {
                        taken.push(format!("{}: {}: {}: {other}", of.name, proof.goal, proof.steps[step].hop));
                    }
                }
            }
        }
    }
    assert!(taken.is_empty(), "{} of {count}\n{}", taken.len(), taken.join("\n"));
    assert!(count >= 1000, "{count} alterations");
}

#[test]
fn a_proof_without_a_piece_of_its_evidence_is_not_taken() {
    let (mut taken, mut count) = (Vec::new(), 0);
    for of in all() {
        for proof in &of.proofs {
            for (step, at) in pieces(proof) {
                let mut proof = proof.clone();
                let gone = proof.steps[step].evidence.remove(at);
                count += 1;
                // What nobody asks for may be left out where the step is taken on trust as a whole.
                if faults(of, &proof).is_empty() && proof.steps[step].answer == Answer::Holds {
                    taken.push(format!("{}: {}: {}: {gone:?}", of.name, proof.goal, proof.steps[step].hop));
                }
            }
        }
    }
    assert!(taken.is_empty(), "{} of {count}\n{}", taken.len(), taken.join("\n"));
}

#[test]
fn a_proof_without_one_of_its_hops_is_not_taken() {
    let mut taken = Vec::new();
    for of in all() {
        for proof in &of.proofs {
            for step in 0..proof.steps.len() {
                let mut proof = proof.clone();
                let gone = proof.steps.remove(step);
                let counts = gone.answer == Answer::Holds && gone.hop != "authentication";
                if counts && faults(of, &proof).is_empty() {
                    taken.push(format!("{}: {}: {}", of.name, proof.goal, gone.message));
                }
            }
        }
    }
    assert!(taken.is_empty(), "{}\n{}", taken.len(), taken.join("\n"));
}

/// Where statements stand that proofs rest on.
fn allowances(of: &Proved) -> Vec<(&Proof, &str)> {
    let evidence = of.proofs.iter().flat_map(|proof| proof.steps.iter().map(move |step| (proof, step)));
    let evidence = evidence.flat_map(|(proof, step)| step.evidence.iter().map(move |piece| (proof, piece)));
    let allows = evidence.filter(|(_, piece)| matches!(piece.claim, Claim::Allows { .. }));
    allows.map(|(proof, piece)| (proof, piece.path.as_str())).collect()
}

/// A template with a part of it changed.
pub fn changed(template: &Template, change: impl FnOnce(&mut Json)) -> Template {
    let mut json = template.to_json();
    change(&mut json);
    parse(&json.to_string(), "t.json").0
}

#[test]
fn a_proof_whose_statement_denies_is_not_taken() {
    let mut count = 0;
    for of in all() {
        for (proof, path) in allowances(of) {
            let template = changed(&of.template, |json| json.pointer_mut(path).unwrap()["Effect"] = json!("Deny"));
            let found = checker::review(&template, &of.environment, proof).faults;
            assert!(!found.is_empty(), "{}: {}: {path}", of.name, proof.goal);
            count += 1;
        }
    }
    assert!(count >= 40, "{count} statements");
}

#[test]
fn a_proof_beside_a_denial_of_the_same_is_not_taken() {
    let mut count = 0;
    for of in all() {
        for (proof, path) in allowances(of) {
            let Some((list, _)) = path.rsplit_once('/').filter(|(list, _)| list.ends_with("/Statement")) else {
                continue;
            };
            let template = changed(&of.template, |json| {
                let mut denial = json.pointer(path).unwrap().clone();
                denial["Effect"] = json!("Deny");
                let statements = json.pointer_mut(list).unwrap().as_array_mut().unwrap();
                statements.push(denial);
            });
            let found = checker::review(&template, &of.environment, proof).faults;
            assert!(!found.is_empty(), "{}: {}: {path}", of.name, proof.goal);
            count += 1;
        }
    }
    assert!(count >= 30, "{count} statements");
}

/// What AWS's own policies say, and what a parameter is, no template tells: the checker says so.
#[test]
fn what_cannot_be_looked_up_again_is_told() {
    let of = texts().into_iter().find(|(name, _)| name.ends_with("bases/separate.yaml")).unwrap();
    let of = proved(&of.0, &of.1, &Environment::unknown());
    let interfaces = of.proofs.iter().find(|proof| proof.goal.to_string().contains("NetworkInterface")).unwrap();
    assert_eq!(
        checker::review(&of.template, &of.environment, interfaces).beyond,
        ["what the policy `service-role/AWSLambdaVPCAccessExecutionRole` of AWS allows"]
    );
}
