//! A Lambda function in private subnets reaches a database through RDS Proxy. Network, database and secret exist, or the
//! stack makes them.

mod database;
mod endpoints;
mod function;
mod network;
mod outputs;
mod proxy;
mod secret;

use crate::constructs::ec2::SecurityGroup;
use crate::constructs::kms::Key;
use crate::constructs::lambda::Function;
use crate::constructs::rds::{DatabaseProxy, DbUser, ProxyTarget};
use crate::constructs::secretsmanager::{Credentials, Rotation, Secret, SecretAccess};
use crate::settings::{self, Auth, ConnectAs, Environment, Groups};
use crate::stack::{self, Construct, Handle, Stack, Value, tcp};
use endpoints::Apis;
use network::Network;

/// The stack of one environment.
pub(super) fn stack(name: &str, environment_name: &str, settings: &Environment) -> Stack {
    let environment = stack::Environment::new(environment_name, &settings.account, settings.region);
    let mut stack = Stack::new(name, &environment);
    stack.describe("A Lambda function in private subnets that reaches a database through RDS Proxy.");
    for (key, value) in &settings.tags {
        stack.tag(key, value);
    }
    stack.tool_files(settings.files.iter().copied());
    let network = network::network(&mut stack, settings);
    let key = secret::key(&mut stack, settings);
    let secret = secret::secret(&mut stack, settings, key);
    database::database(&mut stack, settings, Parts { network, key, secret });
    stack
}

/// What there is before the database.
#[derive(Clone, Copy)]
struct Parts {
    network: Network,
    key: Option<Handle<Key>>,
    /// The secret of the stack, if it has one.
    secret: Option<Handle<Secret>>,
}

/// The database, and what the rest needs of it.
struct Served<D> {
    database: Handle<D>,
    /// The host that clients would pass by the proxy with, where the stack makes it.
    endpoint: Value<String>,
    /// What the proxy logs in with, if not with tokens.
    credentials: Option<Credentials>,
}

/// The proxy before the database, and the function that uses it.
fn connect<D: ProxyTarget>(stack: &mut Stack, settings: &Environment, parts: Parts, served: Served<D>) {
    let network = parts.network;
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(network.vpc, "functions"));
    let proxy_sg = match settings.proxy.groups {
        Groups::Separate => stack.add("ProxySg", SecurityGroup::new(network.vpc, "proxy")),
        Groups::Shared => network.database_sg,
    };
    let auth = proxy::auth(settings, served.credentials);
    let noun = DatabaseProxy::new(served.database, auth, network.data, proxy_sg);
    let noun = proxy::told(stack, settings, noun);
    let proxy = stack.add("Proxy", noun);
    let apis = endpoints::apis(stack, settings, network, &served, proxy);

    let reads = served.credentials.filter(|_| matches!(settings.proxy.auth, Auth::Password | Auth::Mixed));
    let noun = function::function(stack, settings, parts).in_vpc(network.private, lambda_sg);
    let noun = function::connected(noun, settings, proxy, &apis, reads);
    let handler = stack.add("Handler", after_targets(noun));

    stack.allow(handler, proxy);
    stack.allow(proxy, served.database);
    for handle in apis.all() {
        stack.allow(handler, handle);
    }
    for reach in &settings.function.reaches {
        stack.allow(handler, network::range(&reach.range).on(tcp(reach.port)));
    }
    grant(stack, settings, handler, proxy, reads);
    if let (Some(secret), Some(true)) = (parts.secret, settings.secret.as_ref().map(has_full_access)) {
        stack.grant(proxy, secret.access(SecretAccess::Full));
    }
    let rotation = rotate(stack, settings, parts, &served, &apis);
    if settings.proxy.groups == Groups::Separate {
        let isolated = served.database.isolated().except(proxy);
        stack.require(match rotation {
            Some(rotation) => isolated.except(rotation),
            None => isolated,
        });
    }
    outputs::outputs(stack, settings, network, handler, proxy, &served);
}

/// The function is there once the proxy has logged in to the database. Its log and its role need not wait.
fn after_targets(mut noun: Function) -> Function {
    noun.bag().after("ProxyTargets".to_owned());
    noun
}

fn has_full_access(secret: &settings::Secret) -> bool {
    secret.access == settings::SecretAccess::Full
}

/// What the function may do: read the secret, log in, describe the proxy.
fn grant(
    stack: &mut Stack,
    settings: &Environment,
    handler: Handle<Function>,
    proxy: Handle<DatabaseProxy>,
    reads: Option<Credentials>,
) {
    if let Some(credentials) = reads {
        stack.grant(handler, credentials.read());
    }
    match (settings.proxy.auth, settings.function.connect_as) {
        (Auth::Password, ConnectAs::User) => {}
        (_, ConnectAs::User) => stack.grant(handler, proxy.connect()),
        (_, ConnectAs::Any) => stack.grant(handler, proxy.connect_as(DbUser::Any)),
    }
    if settings.function.describe_proxy {
        stack.grant(handler, proxy.describe());
    }
}

/// Rotation of the secret's password. INVARIANT (settings complete): there is a secret, and an endpoint for its API.
fn rotate<D: ProxyTarget>(
    stack: &mut Stack,
    settings: &Environment,
    parts: Parts,
    served: &Served<D>,
    apis: &Apis,
) -> Option<Handle<Rotation>> {
    let (rotation, secret) = (settings.rotation?, parts.secret?);
    let group = stack.add("RotationSg", SecurityGroup::new(parts.network.vpc, "rotation of the password"));
    let noun = Rotation::new(secret, served.database, parts.network.private, group).every(rotation.days);
    let noun = match &apis.secrets {
        Some(api) => noun.depends_on(api.handle),
        None => noun,
    };
    let rotation = stack.add("Rotation", noun);
    stack.allow(rotation, served.database);
    if let Some(api) = &apis.secrets {
        stack.allow(rotation, api.handle);
    }
    Some(rotation)
}
