//! The AWS APIs that are called: a way leads there. Security groups let nothing out but what is asked for, so that even
//! in a network with a NAT gateway somebody has to ask.

use super::super::codes;
use super::super::model::{Auth, Endpoint};
use super::Site;
use crate::diagnostic::Diagnostic;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let endpoints = &site.environment.endpoints;
    let given = [("rds", &endpoints.rds), ("secrets-manager", &endpoints.secrets_manager)];
    let given = given.into_iter().filter_map(|(name, endpoint)| existing(site, name, endpoint.as_ref()?));
    [secret(site), describe(site), rotation(site)].into_iter().flatten().chain(given).collect()
}

fn secret(site: &Site<'_>) -> Option<Diagnostic> {
    let auth = site.environment.proxy.auth;
    let reads = matches!(auth, Auth::Password | Auth::Mixed);
    let message = format!(
        "with `proxy.auth: {}` the function reads the secret itself, and no way leads to Secrets Manager",
        auth.word()
    );
    let wanting = reads && site.environment.endpoints.secrets_manager.is_none() && goes_nowhere(site);
    let finding = wanting.then(|| site.error(codes::OUT_OF_REACH, "proxy.auth", message))?;
    Some(finding.help(way("secrets-manager", "say `auth: iam`")))
}

fn describe(site: &Site<'_>) -> Option<Diagnostic> {
    let path = "function.describe-proxy";
    let wanting =
        site.environment.function.describe_proxy && site.environment.endpoints.rds.is_none() && goes_nowhere(site);
    let message = format!("`{path}` lets the function call the RDS API, and no way leads there");
    let finding = wanting.then(|| site.error(codes::OUT_OF_REACH, path, message))?;
    Some(finding.help(way("rds", "say `describe-proxy: false`, since connecting does not need it")))
}

fn goes_nowhere(site: &Site<'_>) -> bool {
    site.environment.function.reaches.is_empty()
}

fn way(endpoint: &str, else_: &str) -> String {
    format!(
        "add `endpoints: {{ {endpoint}: {{}} }}`; or `function.reaches` with port 443, where a NAT gateway leads out; or {else_}"
    )
}

/// The function that AWS writes asks for the service by its own name.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html>
fn rotation(site: &Site<'_>) -> Option<Diagnostic> {
    site.environment.rotation?;
    let help = "add `endpoints: { secrets-manager: { private-dns: true } }`, or name the security group of the one that the VPC has: `secrets-manager: { security-group: sg-… }`";
    let Some(endpoint) = &site.environment.endpoints.secrets_manager else {
        let message = "`rotation` calls Secrets Manager from inside the VPC, and no way leads there";
        return Some(site.error(codes::OUT_OF_REACH, "rotation", message).help(help));
    };
    let message = "`rotation` calls Secrets Manager by its own name, which does not lead to this endpoint";
    let finding = (!private_dns(site, endpoint)).then(|| site.error(codes::OUT_OF_REACH, "rotation", message))?;
    Some(site.beside(finding, "endpoints.secrets-manager", "without private DNS").help(help))
}

fn private_dns(site: &Site<'_>, endpoint: &Endpoint) -> bool {
    endpoint.has_private_dns(&site.environment.network)
}

/// An endpoint that exists.
fn existing(site: &Site<'_>, name: &str, endpoint: &Endpoint) -> Option<Diagnostic> {
    endpoint.security_group.as_ref()?;
    let path = format!("endpoints.{name}.security-group");
    if site.environment.network.created().is_some() {
        let message = format!("`{path}` is of an endpoint that exists, and a new network has none");
        return Some(site.error(codes::APART, &path, message).help("delete it: an endpoint is created then"));
    }
    let dns = format!("endpoints.{name}.private-dns");
    let message = format!("`{dns}` has no effect on an endpoint that exists");
    endpoint.private_dns.map(|_| site.without_effect(&dns, message, "delete it"))
}
