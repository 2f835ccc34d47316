//! RDS Proxy: what the API refuses and the published schema lets pass.

use super::known::{Known, absent, empty, is, numbers, off, on, tell, texts, texts_in};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[
    WITHOUT_CREDENTIALS,
    MIXED_AUTH,
    END_TO_END_ON_SQL_SERVER,
    IAM_WITHOUT_TLS,
    CLIENT_AUTH_OF_OTHER_ENGINE,
    IDLE_ABOVE_POOL,
    TARGET_COUNT,
    UPPER_CASE_NAME,
    DEBUG_LOGGING,
    CLEAR_CLIENTS,
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
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
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
        for (id, _) in context.resources(PROXY) {
            let scheme = is(context, id, "DefaultAuthScheme", &|scheme| scheme == "NONE");
            let scheme = context.resolved.or(scheme, absent(context, id, "DefaultAuthScheme"));
            let neither = context.resolved.and(scheme, empty(context, id, "Auth"));
            let message = format!("`{id}` has neither `Auth` nor `DefaultAuthScheme: IAM_AUTH`");
            if let Some(found) = tell(context, report, (id, "/Properties", None), neither, message) {
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
        for (id, _) in context.resources(PROXY) {
            for way in auth_texts(context, id, "IAMAuth").into_iter().filter(|way| way.value == "ENABLED") {
                for family in texts(context, id, "EngineFamily").into_iter().filter(|it| it.value != "SQLSERVER") {
                    let family_name = &family.value;
                    let message =
                        format!("`{id}` takes passwords and IAM tokens alike, which {family_name} proxies cannot");
                    let when = context.resolved.and(way.when, family.when);
                    let at = (id, "/Properties/Auth", Some(way.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = Some("choose one: `REQUIRED` for IAM tokens, `DISABLED` for passwords".into());
                    }
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
        for (id, _) in context.resources(PROXY) {
            let server = is(context, id, "EngineFamily", &|family| family == "SQLSERVER");
            for scheme in texts(context, id, "DefaultAuthScheme").into_iter().filter(|it| it.value == "IAM_AUTH") {
                let message =
                    format!("`{id}` would log in to SQL Server with IAM tokens, which SQL Server does not take");
                let when = context.resolved.and(server, scheme.when);
                let at = (id, "/Properties/DefaultAuthScheme", Some(scheme.source));
                if let Some(found) = tell(context, report, at, when, message) {
                    let help = "give it a secret under `Auth`; clients may still use tokens with `IAMAuth: REQUIRED`";
                    found.help = Some(help.into());
                }
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
        for (id, _) in context.resources(PROXY) {
            let when = context.resolved.and(off(context, id, "RequireTLS"), takes_tokens(context, id));
            let message = format!("`{id}` takes IAM tokens and lets clients connect without TLS");
            if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
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
        for (id, _) in context.resources(PROXY) {
            let families = texts(context, id, "EngineFamily");
            for way in auth_texts(context, id, "ClientPasswordAuthType") {
                for family in &families {
                    let prefix = client_auth_prefix(&family.value);
                    let Some(prefix) = prefix.filter(|prefix| !way.value.starts_with(prefix)) else { continue };
                    let message = format!("`{}` is no way to log in to this engine family", way.value);
                    let when = context.resolved.and(way.when, family.when);
                    let at = (id, "/Properties/Auth", Some(way.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = Some(format!("those that start with `{prefix}` are"));
                    }
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
        const POOL: &str = "ConnectionPoolConfigurationInfo";
        for (id, _) in context.resources(TARGETS) {
            let (most, idle) = (format!("{POOL}/MaxConnectionsPercent"), format!("{POOL}/MaxIdleConnectionsPercent"));
            let path = format!("/Properties/{idle}");
            let resolved = context.resolved;
            let missing = resolved.and(absent(context, id, &most), resolved.not(absent(context, id, &idle)));
            let missing = resolved.and(resolved.exists(id), missing);
            let message = "`MaxIdleConnectionsPercent` stands without `MaxConnectionsPercent`".to_owned();
            if let Some(found) = tell(context, report, (id, &path, None), missing, message) {
                found.help = Some("set `MaxConnectionsPercent` too".into());
            }
            for idle in numbers(context, id, &idle) {
                for most in numbers(context, id, &most).into_iter().filter(|most| idle.value > most.value) {
                    let when = resolved.and(idle.when, most.when);
                    let message = format!("{} percent may stay idle of a pool of {} percent", idle.value, most.value);
                    if let Some(found) = tell(context, report, (id, &path, Some(idle.source)), when, message) {
                        found.help = Some(format!("at most {}", most.value));
                    }
                }
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
        const LISTS: [&str; 2] = ["DBInstanceIdentifiers", "DBClusterIdentifiers"];
        for (id, _) in context.resources(TARGETS) {
            let resolved = context.resolved;
            let none = LISTS.map(|list| empty(context, id, list));
            let none = resolved.and(none[0], none[1]);
            let elements: Vec<_> = LISTS.iter().flat_map(|list| resolved.elements(id, list)).collect();
            let mut several = Formula::FALSE;
            for (n, one) in elements.iter().enumerate() {
                let others = elements[..n].iter().map(|other| resolved.and(one.when, other.when));
                several = others.fold(several, |any, both| resolved.or(any, both));
            }
            for (count, when) in [("no database", none), ("several databases", several)] {
                let message = format!("`{id}` has {count}: a target group has exactly one");
                if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
                    let help =
                        "name one instance under `DBInstanceIdentifiers` or one cluster under `DBClusterIdentifiers`";
                    found.help = Some(help.into());
                }
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
        "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: MyProxy, EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } } }",
    ],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, _) in context.resources(PROXY) {
            for name in texts(context, id, "DBProxyName") {
                if !name.value.chars().any(|c| c.is_ascii_uppercase()) {
                    continue;
                }
                let lower = name.value.to_lowercase();
                let message = format!("RDS will call `{}` by another name: `{lower}`", name.value);
                let at = (id, "/Properties/DBProxyName", Some(name.source));
                if let Some(found) = tell(context, report, at, name.when, message) {
                    found.help = Some("write it in lower case".into());
                }
            }
        }
    },
};

const DEBUG_LOGGING: Rule = Rule {
    code: Code::new("I3911", "debug-logging-of-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-creating.html",
    explanation: "With `DebugLogging` a proxy writes the text of SQL statements, and what stands in them, to its log. RDS turns it \
                  off again after a day, and the stack has drifted.",
    bad: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true, DebugLogging: true")],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true, DebugLogging: false")],
    find: |context, report| {
        for (id, _) in context.resources(PROXY) {
            let message = format!("`{id}` writes the statements of its clients to its log");
            let at = (id, "/Properties/DebugLogging", None);
            if let Some(found) = tell(context, report, at, on(context, id, "DebugLogging"), message) {
                found.help = Some("leave it out, and turn it on by the console when you look for something".into());
            }
        }
    },
};

const CLEAR_CLIENTS: Rule = Rule {
    code: Code::new("I3916", "clients-in-the-clear"),
    severity: Severity::Info,
    source: CREATE_PROXY,
    explanation: "Without `RequireTLS` a proxy takes clients that do not encrypt, and then talks to its database in the clear too: \
                  passwords and data cross the network readably.",
    bad: &[proxy!(
        "EngineFamily: MYSQL, Auth: [{ AuthScheme: SECRETS, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    good: &[proxy!("EngineFamily: MYSQL, DefaultAuthScheme: IAM_AUTH, RequireTLS: true")],
    find: |context, report| {
        for (id, _) in context.resources(PROXY) {
            // Of clients with tokens `iam-tokens-without-tls` has more to say.
            let others = context.resolved.not(takes_tokens(context, id));
            let when = context.resolved.and(off(context, id, "RequireTLS"), others);
            let message = format!("`{id}` lets clients connect without TLS");
            if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
                found.help = Some("set `RequireTLS: true`".into());
            }
        }
    },
};

/// Where clients may, or must, log in to the proxy with an IAM token.
pub(super) fn takes_tokens(context: &Context<'_>, proxy: &str) -> Formula {
    let scheme = is(context, proxy, "DefaultAuthScheme", &|scheme| scheme == "IAM_AUTH");
    let ways = auth_texts(context, proxy, "IAMAuth").into_iter();
    let ways = ways.filter(|way| matches!(&*way.value, "REQUIRED" | "ENABLED"));
    ways.fold(scheme, |any, way| context.resolved.or(any, way.when))
}

/// Where no client can log in with an IAM token, for all that is known.
pub(super) fn takes_no_tokens(context: &Context<'_>, proxy: &str) -> Formula {
    let resolved = context.resolved;
    let scheme = is(context, proxy, "DefaultAuthScheme", &|scheme| scheme == "NONE");
    let mut none = resolved.or(scheme, absent(context, proxy, "DefaultAuthScheme"));
    for entry in resolved.elements(proxy, "Auth") {
        let ways = resolved.look(entry.source, &["IAMAuth"], entry.when).into_iter();
        let others = ways.filter(|way| !way.value.is_absent() && way.value.text() != Some("DISABLED"));
        none = others.fold(none, |none, way| resolved.and(none, resolved.not(way.when)));
    }
    none
}

/// What the ways to log in say under a key.
fn auth_texts<'a>(context: &Context<'a>, proxy: &str, key: &str) -> Vec<Known<'a, String>> {
    let entries = context.resolved.elements(proxy, "Auth");
    entries.into_iter().flat_map(|entry| texts_in(context, entry.source, &[key], entry.when)).collect()
}
