//! A proxy and the database behind it.

use super::known::{Target, is, off, targets, tell, texts};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[
    OTHER_ENGINE,
    TOKENS_WITHOUT_IAM,
    READ_REPLICA,
    READ_ONLY_WITHOUT_READER,
    FILTER_OUTSIDE_MYSQL,
    NEVER_PAUSES,
    REFUSED_IN_THE_CLEAR,
];

const PROXY: &str = "AWS::RDS::DBProxy";
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";
const ENDPOINT: &str = "AWS::RDS::DBProxyEndpoint";
const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

/// An example of a proxy with these properties, before an instance with these.
macro_rules! before {
    ($proxy:literal, $pool:literal, $database:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], RequireTLS: true, ",
            $proxy,
            " } }, Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            $pool,
            "DBInstanceIdentifiers: [!Ref Database] } }, ",
            "Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { DBInstanceClass: db.t3.medium, ",
            $database,
            " } } }"
        )
    };
}

/// A proxy of the template, its target group and a database in it, and where they belong together.
pub(super) struct Pair<'a> {
    pub proxy: &'a str,
    pub targets: &'a str,
    pub database: Target<'a>,
    pub when: Formula,
}

pub(super) fn pairs<'a>(context: &Context<'a>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (id, _) in context.resources(TARGETS) {
        for proxy in targets(context, id, "DBProxyName", &[PROXY]) {
            let instances = targets(context, id, "DBInstanceIdentifiers", &[INSTANCE]);
            let clusters = targets(context, id, "DBClusterIdentifiers", &[CLUSTER]);
            for database in instances.into_iter().chain(clusters) {
                let when = context.resolved.and(proxy.when, database.when);
                if context.resolved.is_possible(when) {
                    pairs.push(Pair { proxy: proxy.id, targets: id, database, when });
                }
            }
        }
    }
    pairs
}

const OTHER_ENGINE: Rule = Rule {
    code: Code::new("E3951", "proxy-before-other-engine"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
    explanation: "A proxy speaks the protocol of its `EngineFamily`, and its database must: `MYSQL` is MySQL, MariaDB and Aurora \
                  MySQL; `POSTGRESQL` is PostgreSQL and Aurora PostgreSQL; `SQLSERVER` is SQL Server. Oracle and Db2 have no proxy.",
    bad: &[before!(
        "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
        "",
        "AllocatedStorage: '20', Engine: postgres, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    good: &[
        before!(
            "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
            "",
            "AllocatedStorage: '20', Engine: mariadb, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
        ),
        before!(
            "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
            "",
            "AllocatedStorage: '20', Engine: MySQL, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
        ),
    ],
    find: |context, report| {
        for Pair { proxy, database, when, .. } in pairs(context) {
            for family in texts(context, proxy, "EngineFamily") {
                for engine in texts(context, database.id, "Engine") {
                    let right = family_of(&engine.value);
                    if right == Some(&family.value) {
                        continue;
                    }
                    let (speaks, engine_name) = (&family.value, &engine.value);
                    let message = format!("`{proxy}` speaks {speaks}, and `{}` is {engine_name}", database.id);
                    let when = context.resolved.and(when, context.resolved.and(family.when, engine.when));
                    let at = (proxy, "/Properties/EngineFamily", Some(family.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = right.map(|family| format!("its family is `{family}`"));
                    }
                }
            }
        }
    },
};

pub(super) fn family_of(engine: &str) -> Option<&'static str> {
    // RDS takes the names of engines in any spelling: `MySQL` is `mysql`.
    match engine.to_ascii_lowercase().as_str() {
        "mysql" | "mariadb" | "aurora-mysql" => Some("MYSQL"),
        "postgres" | "aurora-postgresql" => Some("POSTGRESQL"),
        engine if engine.starts_with("sqlserver-") => Some("SQLSERVER"),
        _ => None,
    }
}

const TOKENS_WITHOUT_IAM: Rule = Rule {
    code: Code::new("E3952", "tokens-to-database-without-iam"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
    explanation: "With `DefaultAuthScheme: IAM_AUTH` the proxy logs in to its database with IAM tokens, which a database takes \
                  only with `EnableIAMDatabaseAuthentication`.",
    bad: &[before!(
        "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
        "",
        "AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    good: &[before!(
        "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
        "",
        "AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    find: |context, report| {
        for Pair { proxy, database, when, .. } in pairs(context) {
            let tokens = is(context, proxy, "DefaultAuthScheme", &|scheme| scheme == "IAM_AUTH");
            let refused = off(context, database.id, "EnableIAMDatabaseAuthentication");
            let when = context.resolved.and(when, context.resolved.and(tokens, refused));
            let message = format!("`{proxy}` brings IAM tokens, which `{}` does not take", database.id);
            if let Some(found) = tell(context, report, (database.id, "/Properties", None), when, message) {
                found.help = Some("set `EnableIAMDatabaseAuthentication: true`".into());
            }
        }
    },
};

const READ_REPLICA: Rule = Rule {
    code: Code::new("E3953", "proxy-before-read-replica"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    explanation: "A proxy stands before a database that writes, not before a read replica of an instance.",
    bad: &[before!(
        "EngineFamily: MYSQL, Auth: [{ AuthScheme: SECRETS, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]",
        "",
        "SourceDBInstanceIdentifier: primary"
    )],
    good: &[before!(
        "EngineFamily: MYSQL, Auth: [{ AuthScheme: SECRETS, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]",
        "",
        "AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    find: |context, report| {
        for Pair { proxy, targets, database, when } in pairs(context) {
            let resolved = context.resolved;
            for case in resolved.property(database.id, "SourceDBInstanceIdentifier") {
                if case.value.is_absent() {
                    continue;
                }
                let when = resolved.and(when, case.when);
                let message = format!("`{}` is a read replica, and `{proxy}` would stand before it", database.id);
                let at = (targets, "/Properties/DBInstanceIdentifiers", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("name the instance that it copies".into());
                }
            }
        }
    },
};

/// An example of a cluster of one instance behind a proxy, with a waiting target group, and what else there is.
macro_rules! cluster {
    ($waits:literal, $rest:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], RequireTLS: true, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH } }, ",
            "Targets: { Type: AWS::RDS::DBProxyTargetGroup, ",
            $waits,
            "Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, DBClusterIdentifiers: [!Ref Cluster] } }, ",
            "Cluster: { Type: AWS::RDS::DBCluster, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { Engine: aurora-mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true } }, ",
            "Writer: { Type: AWS::RDS::DBInstance, Properties: { Engine: aurora-mysql, DBInstanceClass: db.r6g.large, DBClusterIdentifier: !Ref Cluster } }",
            $rest,
            " }"
        )
    };
}

/// The instances of a cluster, and where they belong to it.
fn members<'a>(context: &Context<'a>, cluster: &str) -> Vec<(&'a str, Formula)> {
    let instances = context.resources(INSTANCE);
    let clusters = instances.flat_map(|(id, _)| {
        let clusters = targets(context, id, "DBClusterIdentifier", &[CLUSTER]).into_iter();
        clusters.map(move |target| (id, target))
    });
    clusters.filter(|(_, target)| target.id == cluster).map(|(id, target)| (id, target.when)).collect()
}

const READ_ONLY_WITHOUT_READER: Rule = Rule {
    code: Code::new("E3955", "read-only-endpoint-without-reader"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html",
    explanation: "A read-only endpoint leads to the readers of an Aurora cluster. A proxy before an instance, or before a cluster \
                  of a single one, has none.",
    bad: &[cluster!(
        "DependsOn: Writer, ",
        ", Readers: { Type: AWS::RDS::DBProxyEndpoint, Properties: { DBProxyEndpointName: e, DBProxyName: !Ref Proxy, TargetRole: READ_ONLY, VpcSubnetIds: [subnet-00000001, subnet-00000002] } }"
    )],
    good: &[cluster!(
        "DependsOn: [Writer, Reader], ",
        ", Reader: { Type: AWS::RDS::DBInstance, Properties: { Engine: aurora-mysql, DBInstanceClass: db.r6g.large, DBClusterIdentifier: !Ref Cluster } }, Readers: { Type: AWS::RDS::DBProxyEndpoint, Properties: { DBProxyEndpointName: e, DBProxyName: !Ref Proxy, TargetRole: READ_ONLY, VpcSubnetIds: [subnet-00000001, subnet-00000002] } }"
    )],
    find: read_only_without_reader,
};

fn read_only_without_reader(context: &Context<'_>, report: &mut Report) {
    for (id, _) in context.resources(ENDPOINT) {
        let read_only = is(context, id, "TargetRole", &|role| role == "READ_ONLY");
        for proxy in targets(context, id, "DBProxyName", &[PROXY]) {
            for Pair { database, when, .. } in pairs(context).into_iter().filter(|pair| pair.proxy == proxy.id) {
                let members = members(context, database.id).len();
                if database.resource.kind != INSTANCE && members >= 2 {
                    continue;
                }
                let all = [read_only, proxy.when].into_iter().fold(when, |all, one| context.resolved.and(all, one));
                let message = format!("`{id}` is for reading only, and `{}` has no reader", database.id);
                let at = (id, "/Properties/TargetRole", None);
                if let Some(found) = tell(context, report, at, all, message) {
                    let help = "a cluster with a second `AWS::RDS::DBInstance` has one; in Rust, `.reader(\"db.r8g.large\")` adds it";
                    found.help = Some(help.into());
                }
            }
        }
    }
}

const FILTER_OUTSIDE_MYSQL: Rule = Rule {
    code: Code::new("W3957", "session-pinning-filter-outside-mysql"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-creating.html",
    explanation: "Session pinning filters are for MySQL and MariaDB. PostgreSQL does not support them, and of SQL Server AWS does not \
                  say that it does: there every `SET` ties the session to its connection.",
    bad: &[before!(
        "EngineFamily: POSTGRESQL, DefaultAuthScheme: IAM_AUTH",
        "ConnectionPoolConfigurationInfo: { SessionPinningFilters: [EXCLUDE_VARIABLE_SETS] }, ",
        "AllocatedStorage: '20', Engine: postgres, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    good: &[before!(
        "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
        "ConnectionPoolConfigurationInfo: { SessionPinningFilters: [EXCLUDE_VARIABLE_SETS] }, ",
        "AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    find: |context, report| {
        const FILTERS: &str = "ConnectionPoolConfigurationInfo/SessionPinningFilters";
        for (id, _) in context.resources(TARGETS) {
            for proxy in targets(context, id, "DBProxyName", &[PROXY]) {
                for family in texts(context, proxy.id, "EngineFamily").into_iter().filter(|it| it.value != "MYSQL") {
                    let resolved = context.resolved;
                    let here = resolved.and(proxy.when, family.when);
                    let Some(filter) = resolved.elements(id, FILTERS).into_iter().next() else { continue };
                    let message = format!("session pinning filters are not for {}", family.value);
                    let path = format!("/Properties/{FILTERS}");
                    let when = resolved.and(here, filter.when);
                    if let Some(found) = tell(context, report, (id, &path, None), when, message) {
                        found.help = Some("leave them out; they are for MySQL and MariaDB".into());
                    }
                }
            }
        }
    },
};

/// An example of a serverless cluster behind a proxy, with this least capacity.
macro_rules! serverless {
    ($least:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], RequireTLS: true, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH } }, ",
            "Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBClusterIdentifiers: [!Ref Cluster] } }, ",
            "Cluster: { Type: AWS::RDS::DBCluster, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { Engine: aurora-mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true, ",
            "ServerlessV2ScalingConfiguration: { MinCapacity: ",
            $least,
            ", MaxCapacity: 4 } } } }"
        )
    };
}

const NEVER_PAUSES: Rule = Rule {
    code: Code::new("I3958", "pausing-behind-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html",
    explanation: "With a least capacity of 0 a serverless cluster pauses once nobody is connected to it. A proxy keeps connections to \
                  the instances of its cluster, so they never pause, and what was meant to cost nothing at rest does not rest.",
    bad: &[serverless!("0")],
    good: &[serverless!("0.5")],
    find: |context, report| {
        const LEAST: &str = "ServerlessV2ScalingConfiguration/MinCapacity";
        for Pair { proxy, database, when, .. } in pairs(context) {
            for least in texts(context, database.id, LEAST) {
                if least.value.parse::<f64>().is_ok_and(|units| units == 0.0) {
                    let message = format!("`{}` never pauses: `{proxy}` keeps connections to it", database.id);
                    let path = format!("/Properties/{LEAST}");
                    let when = context.resolved.and(when, least.when);
                    let at = (database.id, path.as_str(), Some(least.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = Some("say 0.5 or more, or let clients connect without a proxy".into());
                    }
                }
            }
        }
    },
};

/// An example of an instance whose parameter group requires TLS, behind a proxy with these properties.
macro_rules! requires_tls {
    ($proxy:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], EngineFamily: POSTGRESQL, ",
            $proxy,
            "Auth: [{ AuthScheme: SECRETS, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }] } }, ",
            "Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBInstanceIdentifiers: [!Ref Database] } }, ",
            "Group: { Type: AWS::RDS::DBParameterGroup, Properties: { Description: d, Family: postgres17, Parameters: { rds.force_ssl: '1' } } }, ",
            "Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: postgres, MasterUsername: app, ",
            "ManageMasterUserPassword: true, DBParameterGroupName: !Ref Group } } }"
        )
    };
}

const REFUSED_IN_THE_CLEAR: Rule = Rule {
    code: Code::new("I3959", "clear-clients-of-database-with-tls"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-creating.html",
    explanation: "A proxy connects to its database as its client connects to it: with TLS or without. Where the parameters of the \
                  database require TLS and `RequireTLS` does not, a client without TLS gets through to the proxy and is refused by the \
                  database.",
    bad: &[requires_tls!(""), requires_tls!("RequireTLS: false, ")],
    good: &[requires_tls!("RequireTLS: true, ")],
    find: |context, report| {
        for Pair { proxy, database, when, .. } in pairs(context) {
            let refused = demands_tls(context, database.id);
            let clear = context.resolved.and(off(context, proxy, "RequireTLS"), refused);
            let message = format!("`{proxy}` takes clients without TLS, whom `{}` then refuses", database.id);
            let when = context.resolved.and(when, clear);
            if let Some(found) = tell(context, report, (proxy, "/Properties", None), when, message) {
                found.help = Some("set `RequireTLS: true`".into());
            }
        }
    },
};

/// Where the parameter group of a database, if it is in the template, makes it refuse connections without TLS.
fn demands_tls(context: &Context<'_>, database: &str) -> Formula {
    const GROUPS: [(&str, &str); 2] = [
        ("DBParameterGroupName", "AWS::RDS::DBParameterGroup"),
        ("DBClusterParameterGroupName", "AWS::RDS::DBClusterParameterGroup"),
    ];
    let resolved = context.resolved;
    let mut demanded = Formula::FALSE;
    for (property, kind) in GROUPS {
        for group in targets(context, database, property, &[kind]) {
            for name in ["rds.force_ssl", "require_secure_transport"] {
                let on = is(context, group.id, &format!("Parameters/{name}"), &is_on);
                demanded = resolved.or(demanded, resolved.and(group.when, on));
            }
        }
    }
    demanded
}

fn is_on(text: &str) -> bool {
    ["1", "on", "true"].iter().any(|on| text.eq_ignore_ascii_case(on))
}
