//! The proxy's target: engine and resource id agree, and so do the shares of its connections.

use super::super::codes;
use super::super::model::{Setting, Target};
use super::Site;
use crate::diagnostic::Diagnostic;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    [resource_id(site), shares(site)].into_iter().flatten().collect()
}

fn resource_id(site: &Site<'_>) -> Option<Diagnostic> {
    let database = &site.environment.database;
    let id = database.given()?.resource_id.as_ref().and_then(Setting::known)?;
    let (kind, prefix) = match database.engine.target() {
        Target::Instance(_) => ("an instance", "db-"),
        Target::Cluster(_) => ("a cluster", "cluster-"),
    };
    let message = format!("`database.resource-id` is `{id}`, and that of {kind} begins with `{prefix}`");
    let wrong = !id.starts_with(prefix);
    let help =
        "`DbiResourceId` of an instance and `DbClusterResourceId` of a cluster, as `aws rds describe-…` has them";
    wrong.then(|| site.error(codes::WRONG_SHAPE, "database.resource-id", message).help(help))
}

fn shares(site: &Site<'_>) -> Option<Diagnostic> {
    let proxy = &site.environment.proxy;
    let idle = proxy.max_idle_connections_percent.as_ref()?;
    let path = "proxy.max-idle-connections-percent";
    let Some(most) = &proxy.max_connections_percent else {
        let message = format!("`{path}` is given without `proxy.max-connections-percent`, which RDS wants beside it");
        return Some(
            site.error(codes::MISSING, path, message).help("give both, for example `max-connections-percent: 90`"),
        );
    };
    let (idle, most) = (idle.known()?, most.known()?);
    let message = format!("`{path}` is {idle}, more than `proxy.max-connections-percent`, which is {most}");
    let finding = (idle > most)
        .then(|| site.error(codes::OUT_OF_RANGE, path, message).help("keep at most as many idle as there may be"))?;
    Some(site.beside(finding, "proxy.max-connections-percent", "the share that may be used at all"))
}
