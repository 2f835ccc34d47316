//! Stacks to what is written: lowered and checked.

use super::{Synthesis, Synthesized};
use crate::blueprints;
use crate::check;
use crate::settings::Settings;
use crate::stack::{App, Stack};

/// The stacks of a program. Findings point at its Rust lines.
pub(super) fn of_program(app: &App) -> Synthesis {
    let mut synthesis = Synthesis::default();
    app.stacks().iter().for_each(|stack| synthesize(stack, &mut synthesis));
    synthesis
}

/// The stacks that the settings describe. Findings point at the environment in the settings: the Rust lines are ours.
pub(super) fn of_settings(settings: &Settings) -> Synthesis {
    let mut synthesis = Synthesis::default();
    for stack in blueprints::stacks(settings) {
        let first = synthesis.findings.len();
        synthesize(&stack, &mut synthesis);
        let environment = &stack.environment().name;
        for finding in &mut synthesis.findings[first..] {
            finding.source = None;
            finding.span = settings.place(environment, "").cloned();
            finding.labels.clear();
        }
    }
    synthesis
}

fn synthesize(stack: &Stack, synthesis: &mut Synthesis) {
    let lowered = stack.lower();
    let environment = stack.environment();
    let region = environment.region.code();
    synthesis.findings.extend(lowered.diagnostics);
    synthesis.findings.extend(check::check(&lowered.template, &lowered.places, Some(region)));
    synthesis.stacks.push(Synthesized {
        environment: environment.name.clone(),
        account: environment.account.clone(),
        region: region.to_owned(),
        stack: stack.name().to_owned(),
        template: lowered.template,
        goals: lowered.goals,
    });
}
