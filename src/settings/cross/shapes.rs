//! What exists and what is new: which of them can come together.

use super::super::codes;
use super::super::model::{KeptBy, SecretAccess, SecretKey};
use super::Site;
use crate::diagnostic::Diagnostic;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    [database(site), master(site), managed(site), key(site), access(site), rotation(site)]
        .into_iter()
        .flatten()
        .collect()
}

fn database(site: &Site<'_>) -> Option<Diagnostic> {
    site.environment.network.created()?;
    site.environment.database.given()?;
    let message =
        "`network` is new, and `database` exists: it stays in its own VPC, to which no way leads from a new one";
    let finding = site.error(codes::APART, "network.new", message);
    let finding = site.beside(finding, "database.identifier", "the database");
    Some(finding.help("name the network of the database, `vpc` and `private-subnets`, or say `database: { new: … }`"))
}

fn master(site: &Site<'_>) -> Option<Diagnostic> {
    site.environment.database.created()?;
    let message = "`database` is new, and `secret` is missing, which holds its master user";
    let finding = site.environment.secret.is_none().then(|| site.error(codes::MISSING, "database.new", message))?;
    Some(finding.help("add `secret: { user: …, new: {} }`"))
}

fn managed(site: &Site<'_>) -> Option<Diagnostic> {
    site.environment.database.given()?;
    let by_rds = site.environment.secret.as_ref()?.kept_by() == Some(KeptBy::Rds);
    let message = "`secret.new.kept-by` is `rds`, and `database` exists: RDS makes such a secret along with a database";
    let finding = by_rds.then(|| site.error(codes::APART, "secret.new.kept-by", message))?;
    let help = "if RDS keeps its password already, name that secret: `arn`, `key`; else say `kept-by: stack`";
    Some(site.beside(finding, "database.identifier", "the database").help(help))
}

fn key(site: &Site<'_>) -> Option<Diagnostic> {
    let secret = site.environment.secret.as_ref()?;
    secret.arn()?;
    let message = "`secret.key` is `new`, and the secret exists: what encrypts it is decided";
    let finding = (secret.key() == SecretKey::New).then(|| site.error(codes::EXCLUSIVE, "secret.key", message))?;
    let help = "name its key by the ARN, or say `aws-managed`, as `aws secretsmanager describe-secret` has it";
    Some(site.beside(finding, "secret.arn", "the secret").help(help))
}

fn access(site: &Site<'_>) -> Option<Diagnostic> {
    let secret = site.environment.secret.as_ref()?;
    let idle = secret.kept_by() == Some(KeptBy::Rds) && secret.access == SecretAccess::Full;
    let message = "`secret.access: full` has no effect on a secret that RDS keeps: the proxy reads it, and no more";
    idle.then(|| site.without_effect("secret.access", message, "delete it"))
}

fn rotation(site: &Site<'_>) -> Option<Diagnostic> {
    site.environment.rotation?;
    let Some(secret) = &site.environment.secret else {
        let message = "`rotation` stands there, and `secret` is missing";
        return Some(site.error(codes::MISSING, "rotation", message).help("add `secret`, or delete `rotation`"));
    };
    let message = "`rotation` stands beside a secret that RDS keeps, and RDS rotates that one every seven days";
    let by_rds = secret.kept_by() == Some(KeptBy::Rds);
    let finding = by_rds.then(|| site.error(codes::EXCLUSIVE, "rotation", message))?;
    let finding = site.beside(finding, "secret.new.kept-by", "RDS keeps the secret");
    Some(finding.help("delete `rotation`, or say `kept-by: stack`"))
}
