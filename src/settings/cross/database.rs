//! A new database: settings that its engine has, and that agree with each other.

mod version;

use super::super::codes;
use super::super::model::{Edition, Engine, NewDatabase, Setting, Target};
use super::Site;
use crate::diagnostic::Diagnostic;
use crate::registry::is_reserved_master_user;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let Some(new) = site.environment.database.created() else { return Vec::new() };
    let own = [name(site), version::check(site, new), edition(site, new), standby(site, new)];
    let sizes = [growth(site, new), capacity(site, new), class(site, new), user(site), reserved(site)];
    let found = own.into_iter().chain(sizes).flatten();
    found.chain(of_other_kind(site)).chain(logs(site, new)).collect()
}

/// A setting under `database`, or `database.new`, that the engine does not have.
fn unfit(site: &Site<'_>, path: &str, reason: &str, help: &str) -> Diagnostic {
    let engine = site.environment.database.engine.word();
    let message = format!("`{path}` is not for `{engine}`: {reason}");
    let finding = site.error(codes::UNFIT_FOR_ENGINE, path, message).help(help);
    site.beside(finding, "database.engine", "the engine")
}

/// Instances have storage and a standby, clusters have readers and a capacity.
fn of_other_kind(site: &Site<'_>) -> Vec<Diagnostic> {
    let (others, reason): (&[&str], _) = match site.environment.database.engine.target() {
        Target::Instance(_) => (&["readers", "capacity"], "only Aurora has it"),
        Target::Cluster(_) => (
            &["storage", "storage-up-to", "multi-az"],
            "a cluster of Aurora takes the storage that it needs, in three zones, and has readers that stand by",
        ),
    };
    let paths = others.iter().map(|key| format!("database.new.{key}"));
    paths
        .filter(|path| site.has(path))
        .map(|path| unfit(site, &path, reason, "delete it, also under `parameters`"))
        .collect()
}

fn name(site: &Site<'_>) -> Option<Diagnostic> {
    let database = &site.environment.database;
    let wrong = database.engine == Engine::SqlServer && database.name.is_some();
    let help = "delete it, and let SQL make the database";
    wrong.then(|| unfit(site, "database.name", "RDS makes no database in a new SQL Server", help))
}

fn edition(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let wrong = new.edition.is_some() && site.environment.database.engine != Engine::SqlServer;
    wrong.then(|| unfit(site, "database.new.edition", "only SQL Server has editions", "delete it"))
}

/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_SQLServerMultiAZ.html>
fn standby(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let asked = new.multi_az.as_ref().and_then(Setting::known) == Some(&true);
    let small = !matches!(new.edition, Some(Edition::Standard | Edition::Enterprise));
    let wrong = asked && small && site.environment.database.engine == Engine::SqlServer;
    let help = "say `edition: standard`, or `multi-az: false`";
    wrong.then(|| unfit(site, "database.new.multi-az", "its editions Express and Web have no standby", help))
}

/// RDS wants room for a tenth at least.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
fn growth(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let (most, now) = (new.storage_up_to?, new.storage.as_ref().map_or(Some(&20), Setting::known)?);
    let message =
        format!("`database.new.storage-up-to` is {most}, and a tenth more than the storage, {now}, is the least");
    let wrong = most * 10 < now * 11;
    let finding = wrong.then(|| site.error(codes::OUT_OF_RANGE, "database.new.storage-up-to", message))?;
    Some(finding.help("give it room, or delete it"))
}

fn capacity(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let (least, most) = new.capacity.as_ref()?.bounds();
    let message = format!("`database.new.capacity` goes from {least} to {most}");
    let finding = (least > most).then(|| site.error(codes::OUT_OF_RANGE, "database.new.capacity", message))?;
    Some(finding.help("the least comes first: `capacity: { min: 0.5, max: 4 }`"))
}

fn class(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let message =
        "`database.new.class` stands beside `capacity`, by which the instances are of the class `db.serverless`";
    let both = new.capacity.is_some() && site.has("database.new.class");
    let finding = both.then(|| site.error(codes::EXCLUSIVE, "database.new.class", message))?;
    Some(site.beside(finding, "database.new.capacity", "the capacity").help("delete the one or the other"))
}

/// The master user's name.
///
/// Source: `MasterUsername` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
fn user(site: &Site<'_>) -> Option<Diagnostic> {
    let name = &site.environment.secret.as_ref()?.user;
    let most = match site.environment.database.engine {
        Engine::Mysql | Engine::Mariadb | Engine::AuroraMysql => 16,
        Engine::Postgres | Engine::AuroraPostgresql | Engine::SqlServer => 63,
    };
    let sound = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let sound = sound && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= most;
    let message = format!("`secret.user` is `{name}`, and the master user of a new database has another kind of name");
    let finding = (!sound).then(|| site.error(codes::WRONG_SHAPE, "secret.user", message))?;
    let help = format!("a letter, then letters, digits and underscores; {most} at most");
    Some(site.beside(finding, "database.engine", "the engine").help(help))
}

/// A name that the engine, or RDS, keeps for itself: said where it stands, before a template has it.
fn reserved(site: &Site<'_>) -> Option<Diagnostic> {
    let name = &site.environment.secret.as_ref()?.user;
    let engine = site.environment.database.engine.word();
    let message = format!("`secret.user` is `{name}`, and `{engine}` keeps the name for itself");
    let wrong = is_reserved_master_user(engine, name);
    let finding = wrong.then(|| site.error(codes::RESERVED_NAME, "secret.user", message))?;
    let finding = site.beside(finding, "database.engine", "the engine");
    let source = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
    Some(finding.note(source).help("the master user has another name, for example `user: billie`"))
}

/// Source: `EnableCloudwatchLogsExports` in
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html> and
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>
fn logs(site: &Site<'_>, new: &NewDatabase) -> Vec<Diagnostic> {
    let known: &[&str] = match site.environment.database.engine {
        Engine::Postgres => &["iam-db-auth-error", "postgresql", "upgrade"],
        Engine::AuroraPostgresql => &["iam-db-auth-error", "postgresql"],
        Engine::Mysql | Engine::Mariadb | Engine::AuroraMysql => {
            &["audit", "error", "general", "iam-db-auth-error", "slowquery"]
        }
        Engine::SqlServer => &["agent", "error"],
    };
    let logs = new.log_exports.iter().flatten().enumerate();
    let wrong = logs.filter(|(_, log)| !known.contains(&log.as_str()));
    let help = format!("it has {}", known.join(", "));
    wrong
        .map(|(n, log)| unfit(site, &format!("database.new.log-exports.{n}"), &format!("it has no log `{log}`"), &help))
        .collect()
}
