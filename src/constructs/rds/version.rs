//! Versions of engines, and the parameter group families that follow from them.

use super::engine::{AnyEngine, AuroraEngine, Engine};

impl AnyEngine {
    /// The version of a new database unless said: a full one, so that two environments that are made at different times
    /// get the same. RDS takes it up to newer minor versions by itself unless `minor_upgrades(false)`.
    ///
    /// Each was on offer, and not deprecated, in the list of RDS's engine versions that cfn-lint 1.58.0 carries
    /// (20 October 2026) and in that of AWS's own cloudformation-validate 1.14.0, and has RDS Proxy; of Aurora MySQL, RDS Proxy names version 3, not yet 8.4.
    ///
    /// Sources: <https://github.com/aws-cloudformation/cfn-lint/tree/v1.58.0/src/cfnlint/data/schemas/extensions/aws_rds_dbinstance>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.RDSProxy.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.Aurora_Fea_Regions_DB-eng.Feature.RDS_Proxy.html>
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Instance(Engine::Postgres, _) => "17.11",
            Self::Instance(Engine::MySql, _) => "8.4.11",
            Self::Instance(Engine::MariaDb, _) => "11.4.13",
            Self::Instance(Engine::SqlServer, _) => "16.00.4265.3.v1",
            Self::Aurora(AuroraEngine::Postgres) => "17.11",
            Self::Aurora(AuroraEngine::MySql) => "8.0.mysql_aurora.3.12.0",
        }
    }

    /// The parameter group family of a version, such as `postgres17` or `sqlserver-ex-16.0`.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithDBInstanceParamGroups.html>
    pub(super) fn parameter_family(self, version: &str) -> Option<String> {
        let mut numbers = version.split('.');
        let major = numbers.next().filter(|number| is_number(number))?;
        let minor = numbers.next().filter(|number| is_number(number));
        let name = self.name();
        match self {
            // Before 10, a major version of PostgreSQL had two numbers; RDS offers none of them any more.
            Self::Instance(Engine::Postgres, _) | Self::Aurora(AuroraEngine::Postgres) => {
                Some(format!("{name}{major}"))
            }
            Self::Instance(Engine::SqlServer, _) => Some(format!("{name}-{major}.0")),
            Self::Instance(Engine::MySql | Engine::MariaDb, _) | Self::Aurora(AuroraEngine::MySql) => {
                Some(format!("{name}{major}.{}", minor?))
            }
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constructs::rds::engine::Edition;

    #[track_caller]
    fn check(engine: impl Into<AnyEngine>, version: &str, expect: Option<&str>) {
        assert_eq!(engine.into().parameter_family(version).as_deref(), expect);
    }

    #[test]
    fn families_follow_from_versions() {
        check(Engine::Postgres, "17.11", Some("postgres17"));
        check(Engine::Postgres, "18", Some("postgres18"));
        check(Engine::MySql, "8.4.11", Some("mysql8.4"));
        check(Engine::MariaDb, "11.4.13", Some("mariadb11.4"));
        check(AnyEngine::Instance(Engine::SqlServer, Edition::Standard), "16.00.4265.3.v1", Some("sqlserver-se-16.0"));
        check(AuroraEngine::MySql, "8.0.mysql_aurora.3.12.0", Some("aurora-mysql8.0"));
        check(AuroraEngine::Postgres, "16.13-limitless", Some("aurora-postgresql16"));
        check(Engine::MySql, "8", None);
        check(Engine::Postgres, "latest", None);
    }
}
