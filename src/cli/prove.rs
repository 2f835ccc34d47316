//! `formwork prove`: does what a template describes connect?

mod permissions;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::check::inputs;
use super::check::read::{self, Read};
use super::{Exit, Stacks, codes, speak, stacks, synth};
use crate::check::Stated;
use crate::diagnostic::render::{self, About};
use crate::diagnostic::{Diagnostic, Span};
use crate::emit::proofs;
use crate::goal::{Goal, Goals};
use crate::prove::authorisation::{Matrix, matrix};
use crate::prove::{self, Facts, Proof, Verdict};
use crate::resolve::{Environment, Resolved, expand};
use crate::template::parse::parse_value;
use crate::template::{Places, Template};

/// Arguments of `prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Templates, folders with templates in them, patterns, or `-` for standard input. Without any: the stacks of the
    /// settings file, or of the program
    #[arg(value_name = "TEMPLATE")]
    pub templates: Vec<PathBuf>,
    /// Prove that this resource reaches the one of `--to`, and nothing else
    #[arg(long, value_name = "RESOURCE", requires = "to", conflicts_with = "who_reaches")]
    pub from: Option<String>,
    /// The resource, or the API such as `secretsmanager`, that is to be reached
    #[arg(long, value_name = "RESOURCE", requires = "from")]
    pub to: Option<String>,
    /// Tell everybody who can call this resource
    #[arg(long, value_name = "RESOURCE")]
    pub who_reaches: Option<String>,
    /// Tell which roles may do this: an action such as `secretsmanager:GetSecretValue`, and a resource's logical id or ARN
    #[arg(long, num_args = 2, value_names = ["ACTION", "RESOURCE"], conflicts_with_all = ["from", "who_reaches"])]
    pub who_can: Option<Vec<String>>,
    /// Tell of each role what it may do of all that a goal needs or a statement names
    #[arg(long, conflicts_with_all = ["from", "who_reaches", "who_can"])]
    pub matrix: bool,
    /// A folder with what `aws ec2 describe-…`, `aws rds describe-…`, `aws iam get-role` and the like printed as JSON: what
    /// exists already is then known
    #[arg(long, value_name = "DIR")]
    pub facts: Option<PathBuf>,
    /// Where they are deployed
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The value of a parameter, as `Name=value`; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// Fail on `assumptions` too, or on goals that are left to chance: `depends`; may be repeated
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = ["assumptions", "depends", "warnings"])]
    pub deny: Vec<String>,
    /// How to tell the proofs
    #[arg(long, value_enum, default_value_t)]
    pub format: ProveFormat,
}

/// How proofs are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProveFormat {
    /// Each goal with its hops.
    #[default]
    Tree,
    /// As JSON.
    Json,
    /// As a table in Markdown, with what broke.
    Markdown,
    /// What broke, as SARIF 2.1.0.
    Sarif,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a parameter is given as `Name=value`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A template to prove, whoever wrote it.
struct Subject {
    name: String,
    template: Template,
    places: Places,
    goals: Goals,
    environment: Environment,
}

/// What came of it.
struct Proved {
    name: String,
    places: Places,
    proofs: Vec<Proof>,
    findings: Vec<Diagnostic>,
    matrix: Matrix,
}

pub(super) fn run(args: &ProveArgs, stacks: &Stacks<'_>) -> Exit {
    let mut unfit = Vec::new();
    let facts = args.facts.as_deref().map(|folder| gather(folder, &mut unfit)).unwrap_or_default();
    let subjects = if args.templates.is_empty() { own(args, stacks, &mut unfit) } else { named(args, &mut unfit) };
    let proved: Vec<_> =
        subjects.into_iter().filter_map(|subject| prove_it(args, subject, &facts, &mut unfit)).collect();
    if args.matrix { permissions::report(args, &proved, &unfit) } else { report(args, &proved, &unfit) }
}

fn named(args: &ProveArgs, unfit: &mut Vec<Diagnostic>) -> Vec<Subject> {
    let (inputs, missing) = inputs::gather(&args.templates);
    unfit.extend(missing);
    let mut subjects = Vec::new();
    for input in &inputs {
        match read::read(input) {
            None => {}
            Some(Err(finding)) => unfit.push(finding),
            Some(Ok(Read { name, template, places, stated, findings, .. })) => {
                let Stated { goals, findings: said, .. } = stated;
                unfit.extend(
                    findings.into_iter().chain(said).filter(|one| one.severity == crate::diagnostic::Severity::Error),
                );
                let environment = environment(args, Environment::unknown());
                subjects.push(Subject { name, template, places, goals, environment });
            }
        }
    }
    subjects
}

fn environment(args: &ProveArgs, environment: Environment) -> Environment {
    let environment = args.region.iter().fold(environment, |all, region| all.in_region(region));
    args.parameters.iter().fold(environment, |all, (name, value)| all.with_parameter(name, value))
}

/// The stacks of the program or of the settings file: those that `synth` would write.
fn own(args: &ProveArgs, stacks: &Stacks<'_>, unfit: &mut Vec<Diagnostic>) -> Vec<Subject> {
    let synthesis = match stacks {
        Stacks::Program(app) => Some(stacks::of_program(app)),
        Stacks::Settings => synth::own_settings(unfit, "prove").map(|(settings, _)| stacks::of_settings(&settings)),
    };
    let subject = |stack: super::Synthesized| Subject {
        name: format!("{}/{}", stack.environment, stack.stack),
        environment: environment(args, stack.known()),
        template: stack.template,
        places: stack.places,
        goals: stack.goals,
    };
    synthesis.into_iter().flat_map(|synthesis| synthesis.stacks).map(subject).collect()
}

fn prove_it(args: &ProveArgs, subject: Subject, facts: &Facts, unfit: &mut Vec<Diagnostic>) -> Option<Proved> {
    let Subject { name, template, places, goals, environment } = subject;
    let expanded = expand(&template, &environment);
    let resolved = Resolved::new(&expanded.template, &environment);
    let on = args.who_can.as_deref().and_then(<[String]>::last).filter(|on| !on.contains([':', '*']));
    let mut asked = [args.from.as_ref(), args.who_reaches.as_ref(), on].into_iter().flatten();
    if let Some(wanted) = asked.find(|wanted| !template.resources.contains_key(wanted.as_str())) {
        let ids = template.resources.keys().map(String::as_str);
        let help = crate::diagnostic::did_you_mean(wanted, ids, "there are");
        unfit.push(Diagnostic::error(codes::UNKNOWN_RESOURCE, format!("{name} has no resource `{wanted}`")).help(help));
        return None;
    }
    if args.matrix {
        let matrix = matrix(&resolved, &goals, facts);
        return Some(Proved { name, places, proofs: Vec::new(), findings: Vec::new(), matrix });
    }
    if let (Some(from), Some(to)) = (&args.from, &args.to) {
        let goal = Goal::Reaches { from: from.clone(), to: to.clone(), port: None };
        let proofs = vec![prove::prove_one(&resolved, &goal, facts)];
        let findings = prove::findings(&proofs, &places);
        return Some(Proved { name, places, proofs, findings, matrix: Matrix::default() });
    }
    if let Some(what) = &args.who_reaches {
        return match prove::who_reaches(&resolved, what, facts) {
            // It is a question, not a demand: nothing in it is wrong.
            Some(proof) => {
                Some(Proved { name, places, proofs: vec![proof], findings: Vec::new(), matrix: Matrix::default() })
            }
            None => {
                let message = format!("`{what}` does not listen on any port");
                let help = "name a database, a cluster, a proxy or an interface endpoint";
                unfit.push(Diagnostic::error(codes::UNKNOWN_RESOURCE, message).help(help));
                None
            }
        };
    }
    if let Some([action, resource]) = args.who_can.as_deref() {
        let proofs = prove::who_can(&resolved, action, resource, facts);
        return Some(Proved { name, places, proofs, findings: Vec::new(), matrix: Matrix::default() });
    }
    let judged = prove::judge(&template, &places, &environment, &goals, facts);
    Some(Proved { name, places, proofs: judged.proofs, findings: judged.findings, matrix: Matrix::default() })
}

/// Reads every JSON file of a folder.
fn gather(folder: &Path, unfit: &mut Vec<Diagnostic>) -> Facts {
    let mut facts = Facts::default();
    let mut paths: Vec<_> = match fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
        Err(error) => {
            let message = format!("cannot read the folder `{}`: {error}", folder.display());
            unfit.push(
                Diagnostic::error(codes::UNREADABLE, message)
                    .help("name a folder of JSON files that the AWS CLI printed"),
            );
            return facts;
        }
    };
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    for path in paths {
        unfit.extend(told(&path, &mut facts));
    }
    facts
}

/// Reads a file of facts; why it has none, and where, if it has none.
fn told(path: &Path, facts: &mut Facts) -> Option<Diagnostic> {
    const HELP: &str =
        "put there what `aws ec2 describe-subnets`, `aws iam get-role` and the like print with `--output json`";
    let name = path.display().to_string();
    let unfit = |fault: &str| {
        let finding = Diagnostic::error(codes::UNREADABLE, format!("`{name}` tells no facts: {fault}")).help(HELP);
        // No excerpt is shown of a file that may hold anything.
        Diagnostic { secret: true, ..finding }
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return Some(unfit(&error.to_string())),
    };
    let json: serde_json::Value = match serde_json::from_str(&text) {
        Ok(json) => json,
        Err(error) => {
            let place = Span::new(&name, error.line().max(1), error.column().max(1), 1);
            return Some(unfit(&error.to_string()).span(place));
        }
    };
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let fault = facts.read(&stem, &json).err()?;
    let (_, places, _) = parse_value(&text, &name);
    let mut finding = unfit(&fault.message);
    finding.span = places.nearest(&fault.path);
    finding.help = fault.help.or(finding.help);
    Some(finding)
}

fn report(args: &ProveArgs, proved: &[Proved], unfit: &[Diagnostic]) -> Exit {
    let names: Vec<_> = proved.iter().map(|one| one.name.clone()).collect();
    let findings: Vec<Diagnostic> =
        proved.iter().flat_map(|one| one.findings.clone()).chain(unfit.iter().cloned()).collect();
    let said = match args.format {
        ProveFormat::Tree => {
            let tree = |one: &Proved| match (&args.who_reaches, one.proofs.as_slice()) {
                (Some(what), [proof]) => proofs::callers(&one.name, what, proof, &one.places),
                _ => proofs::tree(&one.name, &one.proofs, &one.places),
            };
            let trees: Vec<_> = proved.iter().map(tree).collect();
            if !unfit.is_empty() {
                speak::talk(&render::full(unfit, &|file| fs::read_to_string(file).ok()));
            }
            speak::told(&trees.join("\n"))
        }
        ProveFormat::Json => {
            let goals = proved.iter().flat_map(|one| proofs::entries(&one.name, &one.proofs)).collect();
            speak::data(&render::json(&names, &findings, goals))
        }
        ProveFormat::Markdown => {
            let all: Vec<_> = proved.iter().map(|one| (one.name.clone(), one.proofs.as_slice())).collect();
            speak::data(&proofs::markdown(&all))
        }
        ProveFormat::Sarif => speak::data(&render::sarif(&findings, &about)),
    };
    match said {
        Exit::Fine if !unfit.is_empty() => Exit::Failed,
        Exit::Fine
            if args.who_reaches.is_none()
                && args.who_can.is_none()
                && proved.iter().flat_map(|one| &one.proofs).any(|proof| counts(args, proof)) =>
        {
            Exit::Found
        }
        said => said,
    }
}

fn counts(args: &ProveArgs, proof: &Proof) -> bool {
    let denied = |class: &str| args.deny.iter().any(|denied| denied == class);
    match proof.verdict {
        Verdict::Refuted => true,
        Verdict::Depends if denied("depends") || denied("warnings") => true,
        _ => denied("assumptions") && !proof.assumptions.is_empty(),
    }
}

/// What there is to say of the hop of a code.
pub(super) fn about(code: crate::diagnostic::Code) -> Option<About> {
    let hop = prove::explanations().find(|hop| hop.code == code)?;
    Some(About { explanation: hop.explanation, source: hop.source })
}
