//! RDS Proxy: what the API refuses and the published schema lets pass.

use super::facts::text;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Map, Resource, Value};

pub(super) const RULES: &[Rule] = &[
    WITHOUT_CREDENTIALS,
    MIXED_AUTH,
    END_TO_END_ON_SQL_SERVER,
    IAM_WITHOUT_TLS,
    CLIENT_AUTH_OF_OTHER_ENGINE,
    IDLE_ABOVE_POOL,
    TARGET_COUNT,
    UPPER_CASE_NAME,
];

const PROXY: &str = "AWS::RDS::DBProxy";
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";
const CREATE_PROXY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html";
const AUTH_CONFIG: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_UserAuthConfig.html";

/// An example around one proxy's properties.
macro_rules! proxy {
    ($properties:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-1, subnet-2], ",
            $properties,
            " } } }"
        )
    };
}

const WITHOUT_CREDENTIALS: Rule = Rule {
    code: Code::new("E3901", "proxy-without-credentials"),
    severity: Severity::Error,
    source: CREATE_PROXY,
    explanation: "A proxy logs in with the secrets of `Auth`, or with IAM tokens where `DefaultAuthScheme` is `IAM_AUTH`. \
                  The published schema wants neither; the API refuses a proxy that has none.",
    bad: &[proxy!("EngineFamily: POSTGRESQL"), proxy!("EngineFamily: POSTGRESQL, DefaultAuthScheme: NONE")],
    good: &[proxy!("EngineFamily: POSTGRESQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            let scheme = proxy.properties.get("DefaultAuthScheme");
            let none = scheme.is_none_or(|scheme| scheme.as_str() == Some("NONE"));
            if none && !proxy.properties.contains_key("Auth") {
                let found = report.resource(
                    id,
                    "/Properties",
                    format!("`{id}` has neither `Auth` nor `DefaultAuthScheme: IAM_AUTH`"),
                );
                found.help = Some("give it the secret of a database user under `Auth`".into());
            }
        }
    },
};

const MIXED_AUTH: Rule = Rule {
    code: Code::new("E3902", "mixed-auth-outside-sql-server"),
    severity: Severity::Error,
    source: AUTH_CONFIG,
    explanation: "`IAMAuth: ENABLED`, either way of logging in, is for SQL Server; other engines take `REQUIRED` or `DISABLED`.",
    bad: &[proxy!(
        "EngineFamily: MYSQL, RequireTLS: true, Auth: [{ AuthScheme: SECRETS, IAMAuth: ENABLED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    good: &[proxy!(
        "EngineFamily: SQLSERVER, RequireTLS: true, Auth: [{ AuthScheme: SECRETS, IAMAuth: ENABLED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            let Some(family) = text(proxy, "EngineFamily").filter(|family| *family != "SQLSERVER") else { continue };
            for (n, auth) in auth_entries(proxy) {
                if auth.get("IAMAuth").and_then(Value::as_str) == Some("ENABLED") {
                    let message = format!("`{id}` takes passwords and IAM tokens alike, which {family} proxies cannot");
                    let found = report.resource(id, &format!("/Properties/Auth/{n}/IAMAuth"), message);
                    found.help = Some("choose one: `REQUIRED` for IAM tokens, `DISABLED` for passwords".into());
                }
            }
        }
    },
};

const END_TO_END_ON_SQL_SERVER: Rule = Rule {
    code: Code::new("E3903", "end-to-end-iam-on-sql-server"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-creating.html",
    explanation: "With `DefaultAuthScheme: IAM_AUTH` the proxy logs in to its database with IAM tokens. AWS has that for MySQL, \
                  MariaDB and PostgreSQL, not for SQL Server.",
    bad: &[proxy!("EngineFamily: SQLSERVER, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            if text(proxy, "EngineFamily") == Some("SQLSERVER") && text(proxy, "DefaultAuthScheme") == Some("IAM_AUTH")
            {
                let message =
                    format!("`{id}` would log in to SQL Server with IAM tokens, which SQL Server does not take");
                let found = report.resource(id, "/Properties/DefaultAuthScheme", message);
                found.help =
                    Some("give it a secret under `Auth`; clients may still use tokens with `IAMAuth: REQUIRED`".into());
            }
        }
    },
};

const IAM_WITHOUT_TLS: Rule = Rule {
    code: Code::new("I3904", "iam-tokens-without-tls"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html",
    explanation: "IAM tokens are taken over TLS only, so a client that connects without it fails to log in. With `RequireTLS` it \
                  is refused at once, and nothing ever crosses the network in clear.",
    bad: &[
        proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH"),
        proxy!(
            "EngineFamily: SQLSERVER, Auth: [{ AuthScheme: SECRETS, IAMAuth: ENABLED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
        ),
    ],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            if lets_clients_without_tls(proxy) && takes_tokens(proxy) {
                let found = report.resource(
                    id,
                    "/Properties",
                    format!("`{id}` takes IAM tokens and lets clients connect without TLS"),
                );
                found.help = Some("set `RequireTLS: true`".into());
            }
        }
    },
};

const CLIENT_AUTH_OF_OTHER_ENGINE: Rule = Rule {
    code: Code::new("E3905", "client-auth-of-other-engine"),
    severity: Severity::Error,
    source: AUTH_CONFIG,
    explanation: "`ClientPasswordAuthType` is a way of the proxy's own engine family to check a password.",
    bad: &[proxy!(
        "EngineFamily: POSTGRESQL, Auth: [{ AuthScheme: SECRETS, ClientPasswordAuthType: MYSQL_CACHING_SHA2_PASSWORD, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    good: &[proxy!(
        "EngineFamily: POSTGRESQL, Auth: [{ AuthScheme: SECRETS, ClientPasswordAuthType: POSTGRES_SCRAM_SHA_256, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            let Some(prefix) = text(proxy, "EngineFamily").and_then(client_auth_prefix) else { continue };
            for (n, auth) in auth_entries(proxy) {
                let way = auth.get("ClientPasswordAuthType").and_then(Value::as_str);
                if let Some(way) = way.filter(|way| !way.starts_with(prefix)) {
                    let path = format!("/Properties/Auth/{n}/ClientPasswordAuthType");
                    let message = format!("`{way}` is no way to log in to this engine family");
                    report.resource(id, &path, message).help = Some(format!("those that start with `{prefix}` are"));
                }
            }
        }
    },
};

fn client_auth_prefix(family: &str) -> Option<&'static str> {
    match family {
        "MYSQL" => Some("MYSQL_"),
        "POSTGRESQL" => Some("POSTGRES_"),
        "SQLSERVER" => Some("SQL_SERVER_"),
        _ => None,
    }
}

const IDLE_ABOVE_POOL: Rule = Rule {
    code: Code::new("E3906", "idle-connections-above-pool"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html",
    explanation: "`MaxIdleConnectionsPercent` is at most `MaxConnectionsPercent`, and needs it beside itself.",
    bad: &[
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default, DBInstanceIdentifiers: [d], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50, MaxIdleConnectionsPercent: 60 } } } }",
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default, DBInstanceIdentifiers: [d], ConnectionPoolConfigurationInfo: { MaxIdleConnectionsPercent: 60 } } } }",
    ],
    good: &[
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default, DBInstanceIdentifiers: [d], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 60, MaxIdleConnectionsPercent: 60 } } } }",
    ],
    find: |context, report| {
        for (id, targets) in context.resources(TARGETS) {
            let pool = targets.properties.get("ConnectionPoolConfigurationInfo").and_then(Value::as_map);
            let Some(idle) = pool.and_then(|pool| pool.get("MaxIdleConnectionsPercent")) else { continue };
            let most = pool.and_then(|pool| pool.get("MaxConnectionsPercent"));
            let path = "/Properties/ConnectionPoolConfigurationInfo/MaxIdleConnectionsPercent";
            match (number(idle), most, most.and_then(number)) {
                (_, None, _) => {
                    let message = "`MaxIdleConnectionsPercent` stands without `MaxConnectionsPercent`";
                    report.resource(id, path, message).help = Some("set `MaxConnectionsPercent` too".into());
                }
                (Some(idle), _, Some(most)) if idle > most => {
                    let message = format!("{idle} percent may stay idle of a pool of {most} percent");
                    report.resource(id, path, message).help = Some(format!("at most {most}"));
                }
                _ => {}
            }
        }
    },
};

const TARGET_COUNT: Rule = Rule {
    code: Code::new("E3907", "target-group-without-one-target"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxytargetgroup.html",
    explanation: "A target group has exactly one database: an instance or a cluster.",
    bad: &[
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default } } }",
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default, DBInstanceIdentifiers: [a], DBClusterIdentifiers: [b] } } }",
    ],
    good: &[
        "Resources: { Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: p, TargetGroupName: default, DBClusterIdentifiers: [b] } } }",
    ],
    find: |context, report| {
        for (id, targets) in context.resources(TARGETS) {
            let lists = ["DBInstanceIdentifiers", "DBClusterIdentifiers"].map(|name| targets.properties.get(name));
            let known: Option<usize> =
                lists.iter().map(|list| list.map_or(Some(0), |list| list.as_list().map(<[Value]>::len))).sum();
            if let Some(count) = known.filter(|count| *count != 1) {
                let message = format!("`{id}` has {count} databases: a target group has exactly one");
                let found = report.resource(id, "/Properties", message);
                found.help = Some(
                    "name one instance under `DBInstanceIdentifiers` or one cluster under `DBClusterIdentifiers`"
                        .into(),
                );
            }
        }
    },
};

const UPPER_CASE_NAME: Rule = Rule {
    code: Code::new("I3908", "upper-case-proxy-name"),
    severity: Severity::Info,
    source: CREATE_PROXY,
    explanation: "RDS stores a proxy's name in lower case, so any other spelling looks like a difference ever after.",
    bad: &[
        "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: MyProxy, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-1, subnet-2] } } }",
    ],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, proxy) in context.resources(PROXY) {
            let name = text(proxy, "DBProxyName").filter(|name| name.chars().any(|c| c.is_ascii_uppercase()));
            if let Some(name) = name {
                let message = format!("RDS will call `{name}` by another name: `{}`", name.to_lowercase());
                report.resource(id, "/Properties/DBProxyName", message).help = Some("write it in lower case".into());
            }
        }
    },
};

/// Whether it is certain that clients may connect without TLS.
pub(super) fn lets_clients_without_tls(proxy: &Resource) -> bool {
    let tls = proxy.properties.get("RequireTLS");
    tls.is_none_or(|tls| matches!(tls, Value::Bool(false)) || tls.as_str() == Some("false"))
}

/// Whether clients may, or must, log in to the proxy with an IAM token.
pub(super) fn takes_tokens(proxy: &Resource) -> bool {
    text(proxy, "DefaultAuthScheme") == Some("IAM_AUTH")
        || auth_entries(proxy)
            .any(|(_, auth)| matches!(auth.get("IAMAuth").and_then(Value::as_str), Some("REQUIRED" | "ENABLED")))
}

/// Whether it is certain that no client can log in with an IAM token.
pub(super) fn takes_no_tokens(proxy: &Resource) -> bool {
    let scheme = proxy.properties.get("DefaultAuthScheme");
    let literal = matches!(proxy.properties.get("Auth"), None | Some(Value::List(_)));
    let disabled = |auth: &Map| auth.get("IAMAuth").is_none_or(|way| way.as_str() == Some("DISABLED"));
    scheme.is_none_or(|scheme| scheme.as_str() == Some("NONE"))
        && literal
        && auth_entries(proxy).all(|(_, auth)| disabled(auth))
}

fn auth_entries(proxy: &Resource) -> impl Iterator<Item = (usize, &Map)> {
    let entries = proxy.properties.get("Auth").and_then(Value::as_list).unwrap_or_default();
    entries.iter().enumerate().filter_map(|(n, entry)| Some((n, entry.as_map()?)))
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
