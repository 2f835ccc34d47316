//! Names that a database engine, or RDS, keeps for itself.

/// Whether the master user of a database of `engine`, as RDS or the settings name engines, cannot have the name `user`.
/// Case is ignored. Every engine lacks `rdsadmin`; PostgreSQL and MySQL lack their reserved words and roles. Of SQL
/// Server nothing further is known.
///
/// Sources: `MasterUsername` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
/// ("can't be a reserved word for the chosen database engine"),
/// <https://github.com/aws-cloudformation/cfn-lint/pull/4425> (`rdsadmin`; `admin` in PostgreSQL),
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>,
/// <https://www.postgresql.org/docs/current/sql-createrole.html> (`pg_…`),
/// <https://dev.mysql.com/doc/refman/8.4/en/keywords.html>
pub fn is_reserved_master_user(engine: &str, user: &str) -> bool {
    let user = user.to_lowercase();
    let has = |words: &str| words.split_whitespace().any(|word| word == user);
    user == "rdsadmin"
        || match engine.to_lowercase().trim_start_matches("aurora-") {
            "postgres" | "postgresql" => user.starts_with("pg_") || has(POSTGRES),
            "mysql" | "mariadb" => has(MYSQL),
            _ => false,
        }
}

/// Words that PostgreSQL lists as reserved, roles that it has for itself, and `admin`, which RDS refuses.
const POSTGRES: &str = "
    admin none public
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
    current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct
    do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit
    localtime localtimestamp not null offset on only or order placing primary references returning select session_user
    some symmetric table then to trailing true union unique user using variadic when where window with
";

/// Words that are reserved in every version of MySQL and MariaDB that RDS offers, of 16 characters at most.
const MYSQL: &str = "
    add all alter analyze and as asc before between both by call cascade case change check collate column condition
    constraint continue convert create cross current_date current_time current_user cursor database databases declare
    default delete desc describe distinct drop each else exists exit explain false fetch for force foreign from fulltext
    grant group having if ignore in index inner insert into is join key keys kill leading left like limit load lock loop
    match natural not null on option or order out outer primary procedure purge range read references rename repeat
    replace require restrict return revoke right schema schemas select separator set show sql ssl starting table
    then to trailing trigger true union unique unlock update usage use using values when where while with write
";

#[cfg(test)]
mod tests {
    use super::is_reserved_master_user as reserved;

    #[test]
    fn each_engine_keeps_its_own() {
        for engine in ["postgres", "aurora-postgresql", "mysql", "aurora-mysql", "mariadb", "sqlserver-ex", "sqlserver"]
        {
            assert!(reserved(engine, "RdsAdmin") && !reserved(engine, "billie"), "{engine}");
            let postgres = engine.contains("postgres");
            assert_eq!(
                ["admin", "user", "pg_dba", "public"].map(|user| reserved(engine, user)),
                [postgres; 4],
                "{engine}"
            );
            let server = engine.starts_with("sqlserver");
            assert_eq!(reserved(engine, "SELECT"), !server, "{engine}");
        }
        assert!(reserved("mysql", "schema") && !reserved("postgres", "schema") && !reserved("postgres", "postgres"));
    }
}
