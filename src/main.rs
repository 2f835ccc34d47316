//! The `formwork` command.

use std::collections::BTreeMap;
use std::process::ExitCode;

use formwork::cli::{self, Stacks, Synthesis, Synthesized};
use formwork::settings::Settings;
use formwork::template::{Resource, Template};

fn main() -> ExitCode {
    cli::run(&Stacks::Settings(&stand_in))
}

/// An empty stack for each environment, until the blueprints are there.
fn stand_in(settings: &Settings) -> Synthesis {
    let stacks = settings.environments.iter().map(|(name, environment)| {
        let mut template = Template::default();
        template.resources.insert("Nothing".into(), Resource::new("AWS::CloudFormation::WaitConditionHandle"));
        Synthesized {
            environment: name.clone(),
            account: environment.account.clone(),
            region: environment.region.to_string(),
            stack: settings.stack_name(environment).to_owned(),
            template,
            sidecar: "goals: []\n".to_owned(),
            files: BTreeMap::new(),
        }
    });
    (stacks.collect(), Vec::new())
}
