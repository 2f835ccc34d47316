//! The proxy.

use super::super::open::{optional, value};
use crate::constructs::rds::{DatabaseProxy, ProxyAuth, user};
use crate::constructs::secretsmanager::Credentials;
use crate::settings::{Auth, Environment};
use crate::stack::{Parameter, Seconds, Stack};

/// INVARIANT (settings complete): the settings were checked, so that a secret, or a user, is there where it is needed.
pub(super) fn auth(settings: &Environment, credentials: Option<Credentials>) -> ProxyAuth {
    match (settings.proxy.auth, credentials, &settings.database.user) {
        (Auth::Password, Some(secret), _) => ProxyAuth::password(secret),
        (Auth::Iam, Some(secret), _) => ProxyAuth::iam(secret),
        (Auth::Mixed, Some(secret), _) => ProxyAuth::mixed(secret),
        (Auth::EndToEnd, _, Some(name)) => ProxyAuth::end_to_end(user(name)),
        (mode, ..) => unreachable!("settings complete: {mode:?} without a secret or user"),
    }
}

/// The proxy with what its settings say.
pub(super) fn told(stack: &mut Stack, settings: &Environment, noun: DatabaseProxy) -> DatabaseProxy {
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
