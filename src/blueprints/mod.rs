//! Blueprints (L3): whole architectures from settings.

mod here;
mod lambda_rds_proxy;
mod open;

use crate::goal::{Suppression, date};
use crate::settings::{Blueprint, Environment, Settings};
use crate::stack::Stack;

/// The stacks that the settings describe, one an environment, in their order.
pub fn stacks(settings: &Settings) -> Vec<Stack> {
    let environments = settings.environments.iter();
    environments
        .map(|(name, environment)| {
            let mut stack = match settings.blueprint {
                Blueprint::LambdaRdsProxy => {
                    lambda_rds_proxy::stack(settings.stack_name(environment), name, environment)
                }
            };
            settle(&mut stack, settings, name, environment);
            stack
        })
        .collect()
}

/// Takes over what the settings of an environment take for settled.
fn settle(stack: &mut Stack, settings: &Settings, name: &str, environment: &Environment) {
    for (n, said) in environment.suppressions.iter().enumerate() {
        let suppression = Suppression {
            code: said.code.clone(),
            resource: said.resource.clone(),
            reason: said.reason.clone(),
            until: said.until.as_deref().and_then(date),
        };
        stack.settle(suppression, settings.place(name, &format!("suppressions.{n}")));
    }
}
