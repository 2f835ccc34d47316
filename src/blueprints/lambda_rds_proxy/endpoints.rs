//! Interface endpoints for the APIs that the function, and a rotation, call.

use super::super::open::value;
use super::{Network, Served};
use crate::constructs::ec2::{InterfaceEndpoint, SecurityGroup, Service};
use crate::constructs::rds::DatabaseProxy;
use crate::constructs::secretsmanager::{Credentials, ROTATE};
use crate::iam::{PolicyDocument, Principal, Statement};
use crate::settings::{Endpoint, Environment};
use crate::stack::{Handle, Json, Link, Parameter, Stack, Term};

/// The endpoints.
pub(super) struct Apis {
    pub(super) rds: Option<Api>,
    pub(super) secrets: Option<Api>,
}

/// An interface endpoint.
#[derive(Clone, Copy)]
pub(super) struct Api {
    pub(super) handle: Handle<InterfaceEndpoint>,
    /// Whether the service's own name leads to it.
    pub(super) private_dns: bool,
}

impl Apis {
    pub(super) fn all(&self) -> impl Iterator<Item = Handle<InterfaceEndpoint>> {
        [self.rds, self.secrets].into_iter().flatten().map(|api| api.handle)
    }
}

pub(super) fn apis<D>(
    stack: &mut Stack,
    settings: &Environment,
    network: Network,
    served: &Served<D>,
    proxy: Handle<DatabaseProxy>,
) -> Apis {
    let describe = settings.function.describe_proxy.then(|| vec![describe(proxy)]);
    let secret = served.credentials.map(|credentials| on_secret(settings, credentials));
    let mut api = |name, service, endpoint: &Option<Endpoint>, policy| {
        let endpoint = endpoint.as_ref()?;
        Some(api(stack, settings, network, (name, service), endpoint, policy))
    };
    Apis {
        rds: api("Rds", Service::Rds, &settings.endpoints.rds, describe),
        secrets: api("Secrets", Service::SecretsManager, &settings.endpoints.secrets_manager, secret),
    }
}

type Statements = Vec<Statement<Link>>;

fn api(
    stack: &mut Stack,
    settings: &Environment,
    network: Network,
    (name, service): (&str, Service),
    endpoint: &Endpoint,
    policy: Option<Statements>,
) -> Api {
    let private_dns = endpoint.has_private_dns(&settings.network);
    if let Some(group) = &endpoint.security_group {
        let group = value(stack, group, Parameter::security_group(), "The security group of the endpoint.");
        let group = stack.import(format!("{name}ApiSg"), SecurityGroup::existing(group));
        let handle = stack.import(format!("{name}Api"), InterfaceEndpoint::existing(group));
        return Api { handle, private_dns };
    }
    let description = format!("{} API", service.name());
    let group = stack.add(format!("{name}ApiSg"), SecurityGroup::new(network.vpc, description));
    let noun = InterfaceEndpoint::new(service, network.private, group).private_dns(private_dns);
    // By private DNS an endpoint serves all that a network has, and of one that exists nobody here knows what that is.
    let only_ours = settings.network.created().is_some() || !private_dns;
    let noun = match policy.filter(|_| only_ours) {
        Some(statements) => noun.policy(Json(PolicyDocument::new(statements.into_iter().map(of_account)).to_value())),
        None => noun,
    };
    Api { handle: stack.add(format!("{name}Api"), noun), private_dns }
}

/// Whoever of this account asks: its IAM policies say who may.
fn of_account(statement: Statement<Link>) -> Statement<Link> {
    let account = Term::reference(Link::Name("AWS::AccountId".into()));
    let statement = Statement { principal: Some(Principal::Anyone), ..statement };
    statement.when("StringEquals", "aws:PrincipalAccount", account)
}

fn describe(proxy: Handle<DatabaseProxy>) -> Statement<Link> {
    Statement::allow(["rds:DescribeDBProxies"], [proxy.any().term("DBProxyArn")])
}

/// Reading the one secret; where it is rotated, that too.
fn on_secret(settings: &Environment, credentials: Credentials) -> Statements {
    const READ: &[&str] = &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    let arn = || credentials.arn().into_term_or_no_value();
    let allow = |actions: &[&str]| Statement::allow(actions.iter().copied(), [arn()]);
    if settings.rotation.is_none() {
        return vec![allow(READ)];
    }
    vec![allow(ROTATE), Statement::allow(["secretsmanager:GetRandomPassword"], [Term::from("*")])]
}
