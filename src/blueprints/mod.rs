//! Blueprints (L3): whole architectures from settings.

mod here;
mod lambda_rds_proxy;
mod open;

use crate::settings::{Blueprint, Settings};
use crate::stack::Stack;

/// The stacks that the settings describe, one an environment, in their order.
pub fn stacks(settings: &Settings) -> Vec<Stack> {
    let environments = settings.environments.iter();
    environments
        .map(|(name, environment)| match settings.blueprint {
            Blueprint::LambdaRdsProxy => lambda_rds_proxy::stack(settings.stack_name(environment), name, environment),
        })
        .collect()
}
