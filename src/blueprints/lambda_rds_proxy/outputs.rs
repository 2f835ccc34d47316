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
    stack.output("FunctionName", handler.name());
    stack.output("ProxyEndpoint", proxy.endpoint());
    if settings.database.created().is_some() {
        stack.output("DatabaseEndpoint", served.endpoint.clone());
    }
    if let Some(credentials) = served.credentials {
        stack.output("SecretArn", credentials.arn());
    }
    if settings.network.created().is_some() {
        stack.output("VpcId", network.vpc.id());
    }
}
