//! The version of a new database: the text has the shape that the engine's versions have.

use super::super::super::codes;
use super::super::super::model::{Engine, NewDatabase};
use super::Site;
use crate::diagnostic::Diagnostic;

/// How an engine writes its versions: how many numbers with points between them, what follows, and one that is right.
///
/// Sources: <https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/SQLServerReleaseNotes/sqlserver-release-notes.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.30Updates.html>
struct Shape {
    words: &'static str,
    example: &'static str,
    fits: fn(&str) -> bool,
}

fn shape(engine: Engine) -> Shape {
    let (words, example, fits): (_, _, fn(&str) -> bool) = match engine {
        Engine::Postgres => ("two numbers", "17.11", |version| numbers(version, 2)),
        Engine::AuroraPostgresql => {
            ("two numbers", "17.11", |version| numbers(version.trim_end_matches("-limitless"), 2))
        }
        Engine::Mysql => ("three numbers", "8.4.11", |version| numbers(version, 3)),
        Engine::Mariadb => ("three numbers", "11.4.13", |version| numbers(version, 3)),
        Engine::SqlServer => ("four numbers and a revision", "16.00.4265.3.v1", |version| {
            version.rsplit_once(".v").is_some_and(|(build, revision)| numbers(build, 4) && numbers(revision, 1))
        }),
        Engine::AuroraMysql => ("MySQL's two numbers, then Aurora's three", "8.0.mysql_aurora.3.12.0", |version| {
            version.split_once(".mysql_aurora.").is_some_and(|(mysql, aurora)| numbers(mysql, 2) && numbers(aurora, 3))
        }),
    };
    Shape { words, example, fits }
}

/// Whether the text is so many numbers with points between them.
fn numbers(text: &str, count: usize) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == count && text.split('.').all(number)
}

/// A version of another shape belongs to another engine, or is a major version, of which RDS would choose the minor one
/// on the day of the deployment.
pub(super) fn check(site: &Site<'_>, new: &NewDatabase) -> Option<Diagnostic> {
    let version = new.version.as_ref()?;
    let engine = site.environment.database.engine;
    let shape = shape(engine);
    if (shape.fits)(version) {
        return None;
    }
    let message = format!(
        "`database.new.version` is `{version}`, and a version of `{}` in full is {}",
        engine.word(),
        shape.words
    );
    let finding = site.error(codes::WRONG_SHAPE, "database.new.version", message);
    let help = format!("for example `version: \"{}\"`", shape.example);
    Some(site.beside(finding, "database.engine", "the engine").help(help))
}
