//! A Lambda function in private subnets reaches a database through RDS Proxy. Network, database, secret and key exist.

use super::open::{optional, value};
use crate::constructs::ec2::{InterfaceEndpoint, PrivateSubnets, SecurityGroup, Service, Vpc};
use crate::constructs::kms::Key;
use crate::constructs::lambda::{Code, Function, Runtime};
use crate::constructs::rds::{DatabaseCluster, DatabaseInstance, DatabaseProxy, DbUser, ProxyAuth, ProxyTarget, user};
use crate::constructs::secretsmanager::{EncryptedBy, Secret, SecretAccess};
use crate::settings::{self, Auth, ConnectAs, Environment, Groups};
use crate::stack::{self, Existing, Handle, Parameter, Seconds, Stack, Value};

/// The code that a function has until it gets its own: it opens a connection and says how that went.
const PROBE_PYTHON: &str = include_str!("../../templates/handlers/probe.py");
const PROBE_NODE: &str = include_str!("../../templates/handlers/probe.js");

/// The stack of one environment.
pub(super) fn stack(name: &str, environment_name: &str, settings: &Environment) -> Stack {
    let environment = stack::Environment::new(environment_name, &settings.account, settings.region);
    let mut stack = Stack::new(name, &environment);
    stack.describe("A Lambda function in private subnets that reaches a database through RDS Proxy.");
    for (key, value) in &settings.tags {
        stack.tag(key, value);
    }
    let network = network(&mut stack, settings);
    match settings.database.engine.target() {
        settings::Target::Instance(engine) => {
            let existing = DatabaseInstance::existing(&settings.database.identifier, engine, network.database_sg);
            let existing = existing.port(settings.database.port());
            let existing = match resource_id(&mut stack, settings) {
                Value::Absent => existing,
                id => existing.resource_id(id),
            };
            connect(&mut stack, settings, network, existing);
        }
        settings::Target::Cluster(engine) => {
            let existing = DatabaseCluster::existing(&settings.database.identifier, engine, network.database_sg);
            let existing = existing.port(settings.database.port());
            let existing = match resource_id(&mut stack, settings) {
                Value::Absent => existing,
                id => existing.resource_id(id),
            };
            connect(&mut stack, settings, network, existing);
        }
    }
    stack
}

fn resource_id(stack: &mut Stack, settings: &Environment) -> Value<String> {
    let about = "Resource id of the database, which IAM authentication goes by.";
    optional(stack, settings.database.resource_id.as_ref(), Parameter::text(), about)
}

/// What the function and the proxy live in.
#[derive(Clone, Copy)]
struct Network {
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    database_sg: Handle<SecurityGroup>,
}

fn network(stack: &mut Stack, settings: &Environment) -> Network {
    let vpc_id = value(stack, &settings.network.vpc, Parameter::vpc(), "The VPC of database, proxy and function.");
    let subnets = &settings.network.private_subnets;
    let subnet_ids = value(stack, subnets, Parameter::subnets(), "Private subnets in two Availability Zones at least.");
    let group = &settings.database.security_group;
    let group_id = value(stack, group, Parameter::security_group(), "The security group of the database.");

    let vpc = stack.import("Vpc", Vpc::existing(vpc_id));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, subnet_ids));
    let existing = SecurityGroup::existing(group_id);
    let managed_here = settings.database.manage_security_group;
    let database_sg = stack.import("DatabaseSg", if managed_here { existing } else { existing.managed_elsewhere() });
    Network { vpc, private, database_sg }
}

/// The proxy before the database, and the function that uses it.
fn connect<D: ProxyTarget>(stack: &mut Stack, settings: &Environment, network: Network, database: Existing<D>) {
    let secret = settings.secret.as_ref().map(|given| secret(stack, given));
    let database = stack.import("Database", database);
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(network.vpc, "functions"));
    let proxy_sg = match settings.proxy.groups {
        Groups::Separate => stack.add("ProxySg", SecurityGroup::new(network.vpc, "proxy")),
        Groups::Shared => network.database_sg,
    };
    let noun = proxy(stack, settings, DatabaseProxy::new(database, auth(settings, secret), network.private, proxy_sg));
    let proxy = stack.add("Proxy", noun);
    let rds_api = settings.endpoints.rds.map(|endpoint| api(stack, "Rds", Service::Rds, network, endpoint));
    let secrets_api = settings
        .endpoints
        .secrets_manager
        .map(|endpoint| api(stack, "Secrets", Service::SecretsManager, network, endpoint));

    let mut function = function(stack, settings)
        .in_vpc(network.private, lambda_sg)
        .env("DB_HOST", proxy.endpoint())
        .env("DB_PORT", settings.database.engine.family().port().to_string());
    if let Some(name) = user_name(settings) {
        function = function.env("DB_USER", name);
    }
    if let Some(endpoint) = rds_api.filter(|endpoint| !endpoint.private_dns) {
        function = function.env("AWS_ENDPOINT_URL_RDS", endpoint.handle.url());
    }
    if let Some(endpoint) = secrets_api.filter(|endpoint| !endpoint.private_dns) {
        function = function.env("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint.handle.url());
    }
    let reads = secret.filter(|_| matches!(settings.proxy.auth, Auth::Password | Auth::Mixed));
    if let Some(secret) = reads {
        function = function.env("DB_SECRET_ARN", secret.arn());
    }
    let handler = stack.add("Handler", function);

    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    for endpoint in rds_api.iter().chain(&secrets_api) {
        stack.allow(handler, endpoint.handle);
    }
    if let Some(secret) = reads {
        stack.grant(handler, secret.read());
    }
    if let (Some(secret), settings::SecretAccess::Full) = (secret, access(settings)) {
        stack.grant(proxy, secret.access(SecretAccess::Full));
    }
    match (settings.proxy.auth, settings.function.connect_as) {
        (Auth::Password, ConnectAs::User) => {}
        (_, ConnectAs::User) => stack.grant(handler, proxy.connect()),
        (_, ConnectAs::Any) => stack.grant(handler, proxy.connect_as(DbUser::Any)),
    }
    if settings.function.describe_proxy {
        stack.grant(handler, proxy.describe());
    }
    if settings.proxy.groups == Groups::Separate {
        stack.require(database.isolated().except(proxy));
    }
    stack.output("FunctionName", handler.name());
    stack.output("ProxyEndpoint", proxy.endpoint());
}

fn secret(stack: &mut Stack, given: &settings::Secret) -> Handle<Secret> {
    let arn = value(stack, &given.arn, Parameter::arn(), "The secret of the database user.");
    let encrypted_by = match given.key() {
        None => EncryptedBy::AwsManagedKey,
        Some(key) => {
            let key = value(stack, key, Parameter::arn(), "The key that encrypts the secret.");
            EncryptedBy::Key(stack.import("Key", Key::existing(key)))
        }
    };
    stack.import("Secret", Secret::existing(arn, encrypted_by).user(user(&given.user)))
}

fn access(settings: &Environment) -> settings::SecretAccess {
    settings.secret.as_ref().map_or(settings::SecretAccess::Read, |secret| secret.access)
}

/// The user that the function connects as.
fn user_name(settings: &Environment) -> Option<&str> {
    match settings.proxy.auth {
        Auth::EndToEnd => settings.database.user.as_deref(),
        Auth::Password | Auth::Iam | Auth::Mixed => settings.secret.as_ref().map(|secret| secret.user.as_str()),
    }
}

/// INVARIANT (settings complete): the settings were checked, so that a secret, or a user, is there where it is needed.
fn auth(settings: &Environment, secret: Option<Handle<Secret>>) -> ProxyAuth {
    match (settings.proxy.auth, secret, &settings.database.user) {
        (Auth::Password, Some(secret), _) => ProxyAuth::password(secret),
        (Auth::Iam, Some(secret), _) => ProxyAuth::iam(secret),
        (Auth::Mixed, Some(secret), _) => ProxyAuth::mixed(secret),
        (Auth::EndToEnd, _, Some(name)) => ProxyAuth::end_to_end(user(name)),
        (mode, ..) => unreachable!("settings complete: {mode:?} without a secret or user"),
    }
}

fn proxy(stack: &mut Stack, settings: &Environment, noun: DatabaseProxy) -> DatabaseProxy {
    let settings = &settings.proxy;
    let percent = || Parameter::number().between(1, 100);
    let idle_for = settings.idle_client_timeout.clone().map(Seconds);
    let idle_parameter = Parameter::seconds().between(Seconds(1), Seconds(28_800));
    let idle_for = value(stack, &idle_for, idle_parameter, "How long a client's connection may be idle, in seconds.");
    let most = settings.max_connections_percent.as_ref();
    let most = optional(stack, most, percent(), "The pool's share of the database's connections, in percent.");
    let idle = settings.max_idle_connections_percent.as_ref();
    let idle = optional(stack, idle, Parameter::number().between(0, 100), "The share that may stay idle, in percent.");
    let borrow = settings.connection_borrow_timeout.clone().map(|setting| setting.map(Seconds));
    let borrow_parameter = Parameter::seconds().between(Seconds(0), Seconds(300));
    let borrow =
        optional(stack, borrow.as_ref(), borrow_parameter, "How long a client waits for a connection, in seconds.");
    let noun = noun
        .idle_client_timeout(idle_for)
        .max_connections_percent(most)
        .max_idle_connections_percent(idle)
        .connection_borrow_timeout(borrow)
        .require_tls(settings.require_tls)
        .debug_logging(settings.debug_logging.then_some(true));
    match &settings.name {
        Some(name) => noun.name(name),
        None => noun,
    }
}

fn function(stack: &mut Stack, settings: &Environment) -> Function {
    let settings = &settings.function;
    let mut function = match &settings.code {
        Some(settings::Code::Image(uri)) => {
            let uri = value(stack, uri, Parameter::text(), "The container image of the function.");
            Function::from_image(uri)
        }
        code => Function::new(settings.runtime, zipped(stack, settings.runtime, code.as_ref())),
    };
    if let Some(handler) = &settings.handler {
        function = function.handler(handler);
    }
    for (name, text) in &settings.environment {
        function = function.env(name, text);
    }
    let memory = Parameter::number().between(128, 10_240);
    let memory = optional(stack, settings.memory.as_ref(), memory, "The function's memory in mebibytes.");
    let time = settings.timeout.clone().map(|setting| setting.map(Seconds));
    let timeout = Parameter::seconds().between(Seconds(1), Seconds(900));
    let timeout = optional(stack, time.as_ref(), timeout, "How long the function may run, in seconds.");
    let function = function.memory(memory);
    if time.is_some() { function.timeout(timeout) } else { function }
}

fn zipped(stack: &mut Stack, runtime: Runtime, code: Option<&settings::Code>) -> Code {
    match code {
        Some(settings::Code::S3 { bucket, key, version }) => {
            let bucket = value(stack, bucket, Parameter::text(), "The bucket of the function's code.");
            let key = value(stack, key, Parameter::text(), "The key of the function's code in its bucket.");
            let version = optional(stack, version.as_ref(), Parameter::text(), "The version of the function's code.");
            Code::s3(bucket, key).version(version)
        }
        Some(settings::Code::Inline(text)) => Code::inline(text),
        None if runtime.id().starts_with("nodejs") => Code::inline(PROBE_NODE),
        None | Some(settings::Code::Image(_)) => Code::inline(PROBE_PYTHON),
    }
}

/// An interface endpoint with a security group of its own.
#[derive(Clone, Copy)]
struct Api {
    handle: Handle<InterfaceEndpoint>,
    private_dns: bool,
}

fn api(stack: &mut Stack, name: &str, service: Service, network: Network, endpoint: settings::Endpoint) -> Api {
    let description = format!("{} API", service.name());
    let group = stack.add(format!("{name}ApiSg"), SecurityGroup::new(network.vpc, description));
    let noun = InterfaceEndpoint::new(service, network.private, group).private_dns(endpoint.private_dns);
    Api { handle: stack.add(format!("{name}Api"), noun), private_dns: endpoint.private_dns }
}
