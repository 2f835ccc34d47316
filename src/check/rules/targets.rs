//! A proxy and the database behind it.

use super::facts::{list, reference, refers, text};
use super::proxies::lets_clients_without_tls;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Resource, Value};

pub(super) const RULES: &[Rule] = &[
    OTHER_ENGINE,
    TOKENS_WITHOUT_IAM,
    READ_REPLICA,
    TARGETS_BEFORE_INSTANCES,
    READ_ONLY_WITHOUT_READER,
    FILTER_OUTSIDE_MYSQL,
    NEVER_PAUSES,
    REFUSED_IN_THE_CLEAR,
];

const PROXY: &str = "AWS::RDS::DBProxy";
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";
const ENDPOINT: &str = "AWS::RDS::DBProxyEndpoint";
const INSTANCE: &str = "AWS::RDS::DBInstance";

/// An example of a proxy with these properties, before an instance with these.
macro_rules! before {
    ($proxy:literal, $pool:literal, $database:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-1, subnet-2], RequireTLS: true, ",
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

/// A proxy of the template, its target group and a database in it.
struct Pair<'a> {
    proxy: (&'a str, &'a Resource),
    targets: (&'a str, &'a Resource),
    database: (&'a str, &'a Resource),
}

fn pairs<'a>(context: &Context<'a>) -> Vec<Pair<'a>> {
    let resource = |id: &'a str| context.template.resources.get(id).map(|resource| (id, resource));
    let mut pairs = Vec::new();
    for targets in context.resources(TARGETS) {
        let Some(proxy) = refers(targets.1, "DBProxyName").and_then(resource) else { continue };
        let lists = ["DBInstanceIdentifiers", "DBClusterIdentifiers"].map(|name| list(targets.1, name));
        for database in lists.into_iter().flatten().filter_map(reference).filter_map(resource) {
            pairs.push(Pair { proxy, targets, database });
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
    good: &[before!(
        "EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH",
        "",
        "AllocatedStorage: '20', Engine: mariadb, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    find: |context, report| {
        for Pair { proxy, database, .. } in pairs(context) {
            let (Some(family), Some(engine)) = (text(proxy.1, "EngineFamily"), text(database.1, "Engine")) else {
                continue;
            };
            if family_of(engine) != Some(family) {
                let message = format!("`{}` speaks {family}, and `{}` is {engine}", proxy.0, database.0);
                let found = report.resource(proxy.0, "/Properties/EngineFamily", message);
                found.help = family_of(engine).map(|family| format!("its family is `{family}`"));
            }
        }
    },
};

fn family_of(engine: &str) -> Option<&'static str> {
    match engine {
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
        for Pair { proxy, database, .. } in pairs(context) {
            let flag = database.1.properties.get("EnableIAMDatabaseAuthentication");
            let off = flag.is_none_or(|flag| matches!(flag, Value::Bool(false)) || flag.as_str() == Some("false"));
            if off && text(proxy.1, "DefaultAuthScheme") == Some("IAM_AUTH") {
                let message = format!("`{}` brings IAM tokens, which `{}` does not take", proxy.0, database.0);
                let found = report.resource(database.0, "/Properties", message);
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
        for Pair { proxy, targets, database } in pairs(context) {
            if database.1.properties.contains_key("SourceDBInstanceIdentifier") {
                let message = format!("`{}` is a read replica, and `{}` would stand before it", database.0, proxy.0);
                let found = report.resource(targets.0, "/Properties/DBInstanceIdentifiers", message);
                found.help = Some("name the instance that it copies".into());
            }
        }
    },
};

/// An example of a cluster of one instance behind a proxy, with a waiting target group, and what else there is.
macro_rules! cluster {
    ($waits:literal, $rest:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-1, subnet-2], RequireTLS: true, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH } }, ",
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

const TARGETS_BEFORE_INSTANCES: Rule = Rule {
    code: Code::new("W3954", "targets-before-instances"),
    severity: Severity::Warning,
    source: "https://github.com/aws/aws-cdk/issues/31304",
    explanation: "A target group of a cluster registers the cluster's instances. Those that are still being made are refused: \
                  `DB Instance … is in an unsupported state`. The group refers to the cluster only, so it must wait for them by \
                  `DependsOn`.",
    bad: &[cluster!("", "")],
    good: &[cluster!("DependsOn: Writer, ", "")],
    find: |context, report| {
        for Pair { targets, database, .. } in pairs(context) {
            for (id, _) in members(context, database.0) {
                if !waits(context, targets.0, id) {
                    let message = format!("`{}` does not wait for `{id}`, an instance of its cluster", targets.0);
                    let found = report.resource(targets.0, "", message);
                    found.help = Some(format!("`DependsOn: {id}`"));
                }
            }
        }
    },
};

/// The instances of a cluster.
fn members<'a>(context: &Context<'a>, cluster: &'a str) -> impl Iterator<Item = (&'a str, &'a Resource)> + use<'a> {
    context.resources(INSTANCE).filter(move |(_, instance)| refers(instance, "DBClusterIdentifier") == Some(cluster))
}

/// Whether `from` is made after `to`, since it, or something that it needs, says so.
fn waits(context: &Context<'_>, from: &str, to: &str) -> bool {
    let mut open = vec![from];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if let Some(resource) = context.template.resources.get(id).filter(|_| seen.insert(id)) {
            open.extend(resource.depends_on.iter().map(String::as_str));
            resource.each_reference(&mut |reference| open.push(reference.name()));
        }
    }
    false
}

const READ_ONLY_WITHOUT_READER: Rule = Rule {
    code: Code::new("E3955", "read-only-endpoint-without-reader"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html",
    explanation: "A read-only endpoint leads to the readers of an Aurora cluster. A proxy before an instance, or before a cluster \
                  of a single one, has none.",
    bad: &[cluster!(
        "DependsOn: Writer, ",
        ", Readers: { Type: AWS::RDS::DBProxyEndpoint, Properties: { DBProxyEndpointName: e, DBProxyName: !Ref Proxy, TargetRole: READ_ONLY, VpcSubnetIds: [subnet-1, subnet-2] } }"
    )],
    good: &[cluster!(
        "DependsOn: [Writer, Reader], ",
        ", Reader: { Type: AWS::RDS::DBInstance, Properties: { Engine: aurora-mysql, DBInstanceClass: db.r6g.large, DBClusterIdentifier: !Ref Cluster } }, Readers: { Type: AWS::RDS::DBProxyEndpoint, Properties: { DBProxyEndpointName: e, DBProxyName: !Ref Proxy, TargetRole: READ_ONLY, VpcSubnetIds: [subnet-1, subnet-2] } }"
    )],
    find: read_only_without_reader,
};

fn read_only_without_reader(context: &Context<'_>, report: &mut Report) {
    for (id, endpoint) in context.resources(ENDPOINT) {
        if text(endpoint, "TargetRole") != Some("READ_ONLY") {
            continue;
        }
        let of_proxy = |pair: &Pair<'_>| refers(endpoint, "DBProxyName") == Some(pair.proxy.0);
        let Some(Pair { database, .. }) = pairs(context).into_iter().find(of_proxy) else { continue };
        let instance = database.1.kind == INSTANCE;
        if instance || members(context, database.0).count() < 2 {
            let message = format!("`{id}` is for reading only, and `{}` has no reader", database.0);
            let found = report.resource(id, "/Properties/TargetRole", message);
            found.help = Some(
                "a cluster with a second `AWS::RDS::DBInstance` has one; in Rust, `.reader(\"db.r8g.large\")` adds it"
                    .into(),
            );
        }
    }
}

fn filters(targets: &Resource) -> &[Value] {
    let pool = targets.properties.get("ConnectionPoolConfigurationInfo").and_then(Value::as_map);
    pool.and_then(|pool| pool.get("SessionPinningFilters")).and_then(Value::as_list).unwrap_or_default()
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
        for (id, targets) in context.resources(TARGETS) {
            let proxy = refers(targets, "DBProxyName").and_then(|proxy| context.template.resources.get(proxy));
            let family = proxy.filter(|proxy| proxy.kind == PROXY).and_then(|proxy| text(proxy, "EngineFamily"));
            if let Some(family) = family.filter(|family| *family != "MYSQL" && !filters(targets).is_empty()) {
                let path = "/Properties/ConnectionPoolConfigurationInfo/SessionPinningFilters";
                let message = format!("session pinning filters are not for {family}");
                report.resource(id, path, message).help = Some("leave them out; they are for MySQL and MariaDB".into());
            }
        }
    },
};

/// An example of a serverless cluster behind a proxy, with this least capacity.
macro_rules! serverless {
    ($least:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-1, subnet-2], RequireTLS: true, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH } }, ",
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
        for Pair { proxy, database, .. } in pairs(context) {
            let capacity = database.1.properties.get("ServerlessV2ScalingConfiguration").and_then(Value::as_map);
            let least = capacity.and_then(|capacity| capacity.get("MinCapacity"));
            if least.and_then(capacity_units) == Some(0.0) {
                let message = format!("`{}` never pauses: `{}` keeps connections to it", database.0, proxy.0);
                let path = "/Properties/ServerlessV2ScalingConfiguration/MinCapacity";
                let found = report.resource(database.0, path, message);
                found.help = Some("say 0.5 or more, or let clients connect without a proxy".into());
            }
        }
    },
};

fn capacity_units(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// An example of an instance whose parameter group requires TLS, behind a proxy with these properties.
macro_rules! requires_tls {
    ($proxy:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-1, subnet-2], EngineFamily: POSTGRESQL, ",
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
        for Pair { proxy, database, .. } in pairs(context) {
            if lets_clients_without_tls(proxy.1) && demands_tls(context, database.1) {
                let message = format!("`{}` takes clients without TLS, whom `{}` then refuses", proxy.0, database.0);
                report.resource(proxy.0, "/Properties", message).help = Some("set `RequireTLS: true`".into());
            }
        }
    },
};

/// Whether the parameter group of a database, where it is in the template, makes it refuse connections without TLS.
fn demands_tls(context: &Context<'_>, database: &Resource) -> bool {
    let groups = ["DBParameterGroupName", "DBClusterParameterGroupName"].map(|name| refers(database, name));
    let groups = groups.into_iter().flatten().filter_map(|id| context.template.resources.get(id));
    groups.filter_map(|group| group.properties.get("Parameters")?.as_map()).any(|parameters| {
        ["rds.force_ssl", "require_secure_transport"].iter().any(|name| parameters.get(*name).is_some_and(is_on))
    })
}

fn is_on(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64() == Some(1),
        Value::Bool(on) => *on,
        Value::String(text) => matches!(text.to_ascii_uppercase().as_str(), "1" | "ON" | "TRUE"),
        _ => false,
    }
}
