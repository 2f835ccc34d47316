//! Stacks to what is written: lowered and checked.

use super::{Synthesis, Synthesized};
use crate::blueprints;
use crate::check;
use crate::prove::{self, Facts};
use crate::settings::Settings;
use crate::stack::{App, Lowered, Stack};

/// The stacks of a program. Findings point at its Rust lines.
pub(super) fn of_program(app: &App) -> Synthesis {
    let out_in_repository = app.said_out_in_repository().map(str::to_owned);
    let mut synthesis = Synthesis { out_in_repository, ..Synthesis::default() };
    for (stack, lowered) in app.stacks().iter().zip(app.lower()) {
        synthesize(stack, lowered, &mut synthesis);
    }
    synthesis
}

/// The stacks that the settings describe. Findings point at the environment in the settings: the Rust lines are ours.
pub(super) fn of_settings(settings: &Settings) -> Synthesis {
    let out_in_repository = settings.out_in_repository.clone();
    let mut synthesis = Synthesis { out_in_repository, ..Synthesis::default() };
    for stack in blueprints::stacks(settings) {
        let first = synthesis.findings.len();
        synthesize(&stack, stack.lower(), &mut synthesis);
        let environment = &stack.environment().name;
        for finding in &mut synthesis.findings[first..] {
            finding.source = None;
            // What is settled for nothing was said in the settings, and points at its own line there.
            finding.span = finding.span.take().or_else(|| settings.place(environment, ""));
            finding.labels.clear();
        }
    }
    synthesis
}

fn synthesize(stack: &Stack, lowered: Lowered, synthesis: &mut Synthesis) {
    let environment = stack.environment();
    let region = environment.region.code();
    synthesis.findings.extend(lowered.diagnostics);
    let by_rules = check::check(&lowered.template, &lowered.places, Some(region));
    let mut synthesized = Synthesized {
        environment: environment.name.clone(),
        account: environment.account.clone(),
        region: region.to_owned(),
        stack: stack.name().to_owned(),
        template: lowered.template,
        goals: lowered.goals,
        depends_on: lowered.depends_on,
        parameter_values: lowered.parameter_values,
        tags: lowered.tags,
        tool_files: stack.asked_tool_files().clone(),
        places: lowered.places,
        proofs: Vec::new(),
    };
    let Synthesized { template, places, goals, .. } = &synthesized;
    let judged = prove::judge(template, places, &synthesized.known(), goals, Facts::none());
    let found = judged.told_with(by_rules);
    synthesis.findings.extend(check::suppress(found, &goals.suppressed, places, None));
    synthesized.proofs = judged.proofs;
    synthesis.stacks.push(synthesized);
}
