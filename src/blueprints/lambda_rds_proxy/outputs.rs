//! What the stack tells whoever deployed it.

use super::{Network, Served};
use crate::constructs::lambda::Function;
use crate::constructs::rds::DatabaseProxy;
use crate::settings::Environment;
use crate::stack::{Handle, Stack};

pub(super) fn outputs<D>(
    stack: &mut Stack,
    settings: &Environment,
    network: Network,
    handler: Handle<Function>,
    proxy: Handle<DatabaseProxy>,
    served: &Served<D>,
) {
    stack.output("FunctionName", handler.name()).describe("The function that uses the database.");
    stack.output("ProxyEndpoint", proxy.endpoint()).describe("The host to connect to in place of the database's.");
    if settings.database.created().is_some() {
        stack.output("DatabaseEndpoint", served.endpoint.clone()).describe("The host of the database itself.");
    }
    if let Some(credentials) = served.credentials {
        stack.output("SecretArn", credentials.arn()).describe("The secret with which the proxy logs in.");
    }
    if settings.network.created().is_some() {
        stack.output("VpcId", network.vpc.id()).describe("The network of all that.");
    }
}
