//! Authentication: the mode exists for the engine, and has what it rests on.

use super::super::codes;
use super::super::model::{Auth, Engine};
use super::Site;
use crate::diagnostic::Diagnostic;

const PATH: &str = "proxy.auth";

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let mut findings: Vec<_> = engine(site).into_iter().collect();
    match site.environment.proxy.auth {
        Auth::EndToEnd => findings.extend(end_to_end(site)),
        Auth::Password | Auth::Iam | Auth::Mixed => findings.extend(by_secret(site)),
    }
    findings
}

fn engine(site: &Site<'_>) -> Option<Diagnostic> {
    let (auth, engine) = (site.environment.proxy.auth, site.environment.database.engine);
    let (reason, help) = match (auth, engine) {
        (Auth::Mixed, Engine::SqlServer) => return None,
        (Auth::Mixed, _) => ("RDS Proxy mixes tokens and passwords for SQL Server only", "say `iam`, or `password`"),
        (Auth::EndToEnd, Engine::SqlServer) => (
            "tokens go all the way to MySQL, MariaDB and PostgreSQL only",
            "say `iam`, `password` or `mixed`, with a secret",
        ),
        _ => return None,
    };
    let message = format!("`{PATH}` is `{}`, and the engine is `{}`", auth.word(), engine.word());
    let finding = site.error(codes::AUTH_OF_ENGINE, PATH, message).note(reason).help(help);
    Some(site.beside(finding, "database.engine", "the engine"))
}

fn end_to_end(site: &Site<'_>) -> Vec<Diagnostic> {
    let database = &site.environment.database;
    let mut findings = Vec::new();
    if database.given().is_some_and(|given| given.resource_id.is_none()) {
        let message = "`proxy.auth` is `end-to-end`, and `database.resource-id` is missing";
        let reason =
            "the proxy's role may connect to one resource id, `db-…` or `cluster-…`; the identifier does not do";
        let help = "add `resource-id: db-…` under `database`, or name `database.resource-id` under `parameters`";
        findings.push(site.error(codes::AUTH_WITHOUT, PATH, message).note(reason).help(help));
    }
    if database.user.is_none() {
        let message = "`proxy.auth` is `end-to-end`, and `database.user` is missing";
        let reason = "there is no secret to tell the user, and both roles may connect as one user";
        let finding = site.error(codes::AUTH_WITHOUT, PATH, message).note(reason);
        findings.push(finding.help("add `user: …` under `database`: a user that is mapped to IAM"));
    }
    if site.environment.secret.is_some() && database.created().is_none() {
        let message = "`secret` has no effect: with `proxy.auth: end-to-end` the proxy logs in with a token";
        let help = "delete `secret` for this environment, or say `auth: iam`";
        findings.push(site.without_effect("secret", message, help));
    }
    findings
}

fn by_secret(site: &Site<'_>) -> Vec<Diagnostic> {
    let auth = site.environment.proxy.auth.word();
    let mut findings = Vec::new();
    if site.environment.secret.is_none() && site.environment.database.created().is_none() {
        let message = format!("`proxy.auth` is `{auth}`, and `secret` is missing");
        let reason = "the proxy logs in to the database with the user and password of a secret";
        let help = "add `secret` with `arn`, `user` and `key`, or say `auth: end-to-end`";
        findings.push(site.error(codes::AUTH_WITHOUT, PATH, message).note(reason).help(help));
    }
    if site.wrote("database.user") {
        let message = format!("`database.user` has no effect: with `proxy.auth: {auth}` the user is the secret's");
        findings.push(site.without_effect("database.user", message, "delete it, and see to `secret.user`"));
    }
    findings
}
