//! `formwork synth`: stacks to a folder of output.

mod folders;
mod order;
mod package;
mod select;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::out::{self, Change, Kind, Plan, Scope};
use super::{Exit, Format, Stacks, Synthesis, Synthesized, codes, speak, stacks};
use crate::diagnostic::{Diagnostic, any_error};
use crate::emit::{goals, proofs, yaml};
use crate::settings;

/// Arguments of `synth`.
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// The settings file; `formwork.yaml` unless said. A program with stacks of its own has none
    pub settings: Option<PathBuf>,
    /// The folder of output
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Only this environment; may be repeated
    #[arg(long, value_name = "NAME")]
    pub environment: Vec<String>,
    /// Only this stack; may be repeated
    #[arg(long, value_name = "NAME")]
    pub stack: Vec<String>,
    /// Print the templates and write nothing
    #[arg(long, conflicts_with_all = ["check", "out", "format"])]
    pub stdout: bool,
    /// Compare with what is there and write nothing
    #[arg(long)]
    pub check: bool,
    /// How to tell findings
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// The settings file where none is named.
pub(super) const SETTINGS: &str = "formwork.yaml";

/// What ended the command: findings, and how much they count.
struct Stop(Exit, Vec<Diagnostic>);

pub(super) fn run(args: &SynthArgs, stacks: &Stacks<'_>) -> Exit {
    let mut findings = Vec::new();
    let end = synthesize(args, stacks, &mut findings).and_then(|synthesized| deliver(args, &synthesized));
    let Delivered { exit, templates, goals, said } = end.unwrap_or_else(Delivered::nothing);
    findings.extend(said);
    match speak::findings(args.format, &templates, &findings, goals) {
        Exit::Fine => exit,
        failed => failed,
    }
}

/// The stacks that are asked for, unless something is wrong with them or with the settings.
fn synthesize(args: &SynthArgs, stacks: &Stacks<'_>, findings: &mut Vec<Diagnostic>) -> Result<Synthesis, Stop> {
    let synthesis = match (stacks, &args.settings) {
        (Stacks::Program(app), None) => stacks::of_program(app),
        (Stacks::Program(_), Some(path)) => return Err(Stop(Exit::Failed, vec![settings_of_program(path)])),
        (Stacks::Settings, path) => {
            let path = path.as_deref().unwrap_or(Path::new(SETTINGS));
            stacks::of_settings(&settings(args, path, findings)?)
        }
    };
    if any_error(&synthesis.findings) {
        return Err(Stop(Exit::Found, synthesis.findings));
    }
    findings.extend(synthesis.findings);
    let out_in_repository = out_in_repository(args, synthesis.out_in_repository)?;
    let mut stacks = select::select(args, synthesis.stacks).map_err(|finding| Stop(Exit::Failed, vec![finding]))?;
    if !args.stdout {
        package::relocate(&mut stacks, &args.out);
    }
    Ok(Synthesis { stacks, out_in_repository, findings: Vec::new() })
}

/// Where the folder of output lies in the repository: where it was said to lie; else where it is below this folder, which
/// then is the root.
fn out_in_repository(args: &SynthArgs, said: Option<String>) -> Result<Option<String>, Stop> {
    let Some(said) = said else { return Ok(package::below_root(&args.out)) };
    match package::below_root(Path::new(&said)) {
        Some(path) if !path.is_empty() && !said.contains('\\') => Ok(Some(path)),
        _ => {
            let message = format!("`{said}` is no folder of a repository");
            let finding = Diagnostic::error(codes::OUT_IN_REPOSITORY, message);
            let finding = finding.help("say the path from the repository's root, such as `infra/out`");
            Err(Stop(Exit::Failed, vec![finding]))
        }
    }
}

fn settings_of_program(path: &Path) -> Diagnostic {
    let message = format!("`{}` is not read: this program has its stacks in it", path.display());
    Diagnostic::error(codes::NO_SETTINGS, message).help("leave the settings file out")
}

fn settings(args: &SynthArgs, path: &Path, findings: &mut Vec<Diagnostic>) -> Result<settings::Settings, Stop> {
    let (settings, said) = read_settings(path);
    let Some(mut settings) = settings else { return Err(Stop(Exit::Failed, said)) };
    findings.extend(said);
    let names = settings.environments.keys().map(String::as_str);
    select::environments(args, names).map_err(|finding| Stop(Exit::Failed, vec![finding]))?;
    settings.environments.retain(|name, _| args.environment.is_empty() || args.environment.contains(name));
    Ok(settings)
}

/// The settings file of this folder, for a command that is told no template; without it, why it is not there.
pub(super) fn own_settings(
    unfit: &mut Vec<Diagnostic>,
    command: &str,
) -> Option<(settings::Settings, Vec<Diagnostic>)> {
    let path = Path::new(SETTINGS);
    if !path.exists() {
        let message = format!("no template is named, and there is no `{}` here", path.display());
        let help = format!("name templates, folders or patterns: `formwork {command} app.yaml`");
        unfit.push(Diagnostic::error(codes::UNREADABLE, message).help(help));
        return None;
    }
    let (settings, said) = read_settings(path);
    let Some(settings) = settings else {
        unfit.extend(said);
        return None;
    };
    Some((settings, said))
}

/// The settings of a file, and what there is to say of them; without settings, why there are none.
pub(super) fn read_settings(path: &Path) -> (Option<settings::Settings>, Vec<Diagnostic>) {
    match read(path) {
        Ok(text) => settings::read(&path.display().to_string(), &text),
        Err(finding) => (None, vec![finding]),
    }
}

fn read(path: &Path) -> Result<String, Diagnostic> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the settings `{}`: {error}", path.display());
        Diagnostic::error(codes::UNREADABLE, message)
            .help("name the settings file: `formwork synth path/to/formwork.yaml`; its encoding is UTF-8")
    })
}

struct Delivered {
    exit: Exit,
    templates: Vec<String>,
    /// What the stacks of the templates require and take on trust, for programs.
    goals: Vec<Value>,
    said: Vec<Diagnostic>,
}

impl Delivered {
    fn nothing(Stop(exit, said): Stop) -> Self {
        Self { exit, templates: Vec::new(), goals: Vec::new(), said }
    }
}

fn deliver(args: &SynthArgs, synthesis: &Synthesis) -> Result<Delivered, Stop> {
    let failed = |findings| Stop(Exit::Failed, findings);
    let synthesized = &synthesis.stacks;
    let wanted = folders::Wanted { out: synthesis.out_in_repository.as_deref(), whole: args.stack.is_empty() };
    let folders = folders::folders(synthesized, &wanted).map_err(failed)?;
    let template = |stack: &Synthesized| args.out.join(&stack.environment).join(folders::template(&stack.stack));
    let templates: Vec<_> = synthesized.iter().map(|stack| template(stack).display().to_string()).collect();
    let goals = synthesized
        .iter()
        .zip(&templates)
        .flat_map(|(stack, file)| goals::entries(file, &stack.goals, &stack.proofs))
        .collect();
    if args.stdout {
        return Ok(Delivered { exit: print(synthesized), templates, goals, said: Vec::new() });
    }
    if args.check {
        let plan = out::plan(&args.out, &folders, scope(args)).map_err(failed)?;
        let (exit, said) = compare(args.format, &plan);
        return Ok(Delivered { exit, templates, goals, said });
    }
    let plan = out::write(&args.out, &folders, scope(args)).map_err(failed)?;
    if args.format == Format::Full {
        speak::talk(&summary(&plan));
        speak::talk(&order::told(synthesized));
        speak::talk(&proved(synthesized));
    }
    Ok(Delivered { exit: Exit::Fine, templates, goals, said: Vec::new() })
}

fn scope(args: &SynthArgs) -> Scope {
    match (args.stack.is_empty(), args.environment.is_empty()) {
        (true, true) => Scope::Whole,
        (true, false) => Scope::Environments,
        (false, _) => Scope::Stacks,
    }
}

fn print(synthesized: &[Synthesized]) -> Exit {
    let template = |stack: &Synthesized| yaml::template(&stack.template);
    let text = match synthesized {
        [only] => template(only),
        several => {
            let titled = |stack| format!("---\n# {}, {}\n{}", stack_of(stack), stack.environment, template(stack));
            several.iter().map(titled).collect()
        }
    };
    speak::data(&text)
}

fn stack_of(stack: &Synthesized) -> &str {
    &stack.stack
}

/// Says what `synth` would change: in full as data, else as findings.
fn compare(format: Format, plan: &Plan) -> (Exit, Vec<Diagnostic>) {
    let exit = if plan.changes.is_empty() { Exit::Fine } else { Exit::Found };
    if format == Format::Json {
        return (exit, plan.changes.iter().map(stale).collect());
    }
    if plan.changes.is_empty() {
        speak::talk(&format!("`{}` is up to date\n", plan.out.display()));
        return (exit, Vec::new());
    }
    let said = speak::data(&plan.changes.iter().map(out::describe).collect::<String>());
    speak::talk(&format!("{} out of date; `synth` without `--check` writes them\n", files(plan.changes.len())));
    (if said == Exit::Fine { exit } else { said }, Vec::new())
}

fn stale(change: &Change) -> Diagnostic {
    let (path, state) = (change.path(), state(change));
    let message = format!("`{}` is {state}", path.display());
    Diagnostic::error(codes::OUT_OF_DATE, message).help("run `synth` without `--check`")
}

fn state(change: &Change) -> &'static str {
    match change.kind {
        Kind::Missing(_) => "missing",
        Kind::Changed { .. } => "changed",
        Kind::Orphan => "orphan",
    }
}

fn summary(plan: &Plan) -> String {
    let removed = plan.changes.iter().filter(|change| change.kind == Kind::Orphan).count();
    let written = plan.changes.len() - removed;
    let out = plan.out.display();
    match (written, removed) {
        (0, 0) => format!("`{out}` is up to date\n"),
        (_, 0) => format!("{} written to `{out}`\n", files(written)),
        _ => format!("{} written to `{out}`, {removed} removed\n", files(written)),
    }
}

/// What was proved of each stack and what it takes on trust, in one line.
fn proved(synthesized: &[Synthesized]) -> String {
    let mut text = String::new();
    for Synthesized { stack, environment, goals, proofs: proved, .. } in synthesized {
        let trusted = goals.assumed.iter().map(|assumption| format!("; taken on trust: {assumption}"));
        let trusted: String = trusted.collect();
        text.push_str(&format!("{stack} ({environment}): {}{trusted}\n", proofs::summary(proved)));
    }
    text
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
