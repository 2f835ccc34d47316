//! Handlers to start from: each logs in to the database and says how that went.

use super::runtime::{Language, Runtime};
use crate::constructs::rds::EngineFamily;

/// The text of the handler in a runtime's language that logs in to databases of a family, or `None` where there is none
/// for the language.
///
/// They need nothing but what is in the runtime, so they have no driver: they speak the protocol themselves. SQL Server's
/// is not worth that, and those for it only open a connection.
pub fn scaffold(runtime: Runtime, family: EngineFamily) -> Option<&'static str> {
    let text = match (runtime.language(), family) {
        (Language::Python, EngineFamily::MySql) => include_str!("../../../templates/handlers/mysql.py"),
        (Language::Python, EngineFamily::Postgres) => include_str!("../../../templates/handlers/postgres.py"),
        (Language::Python, EngineFamily::SqlServer) => include_str!("../../../templates/handlers/probe.py"),
        (Language::NodeJs, EngineFamily::MySql) => include_str!("../../../templates/handlers/mysql.js"),
        (Language::NodeJs, EngineFamily::Postgres) => include_str!("../../../templates/handlers/postgres.js"),
        (Language::NodeJs, EngineFamily::SqlServer) => include_str!("../../../templates/handlers/probe.js"),
        (Language::Other, _) => return None,
    };
    Some(text)
}
