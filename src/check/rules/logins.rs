//! How a function logs in at a proxy: by which name, and in the clear or not.

use std::sync::LazyLock;

use regex::Regex;

use super::functions::{proxies_told, told};
use super::known::{functions, is, on, tell, texts_in, variables};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Resolution};
use crate::template::Value;

pub(super) const RULES: &[Rule] = &[TOKEN_FOR_OTHER_NAME, OTHER_NAME, IN_THE_CLEAR, OTHER_AUTHORITY];

const PROXY: &str = "AWS::RDS::DBProxy";

/// A function that is told this host, a record that leads to a proxy, and the proxy, which takes these logins.
macro_rules! named {
    ($host:literal, $auth:literal) => {
        concat!(
            "Resources:\n  Handler: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, ",
            "Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, Timeout: 150, ",
            "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { ",
            $host,
            " } } } }\n  Record: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0123456789ABC, Name: db.example.internal., ",
            "Type: CNAME, TTL: '60', ResourceRecords: [!GetAtt Proxy.Endpoint] } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: POSTGRESQL, RequireTLS: true, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], Auth: [{ AuthScheme: SECRETS, IAMAuth: ",
            $auth,
            ", SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }] } }\n"
        )
    };
}

const TOKEN_FOR_OTHER_NAME: Rule = Rule {
    code: Code::new("W3948", "token-for-other-name"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
    explanation: "An IAM token is signed for the host name of the endpoint that it is used at. A record of one's own that leads there is \
                  another name: a token for it is refused. So a function that logs in with tokens is told the endpoint itself.",
    bad: &[named!("DB_HOST: db.example.internal", "REQUIRED"), named!("DB_HOST: !Ref Record", "REQUIRED")],
    good: &[
        named!("DB_HOST: !GetAtt Proxy.Endpoint", "REQUIRED"),
        named!("DB_HOST: db.example.internal, TOKEN_HOST: !GetAtt Proxy.Endpoint", "REQUIRED"),
    ],
    find: |context, report| {
        for Named { function, proxy, record, when } in named(context) {
            let when = context.resolved.and(when, wants_tokens(context, proxy));
            let message =
                format!("`{function}` calls `{proxy}` by the name of `{record}`, for which no token is taken");
            let at = (function, "/Properties/Environment/Variables", None);
            if let Some(found) = tell(context, report, at, when, message) {
                found.help = Some(format!("tell it `!GetAtt {proxy}.Endpoint`"));
            }
        }
    },
};

const OTHER_NAME: Rule = Rule {
    code: Code::new("I3949", "proxy-by-other-name"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    explanation: "The certificate of a proxy is for the name of its endpoint. A client that calls it by a record of one's own cannot \
                  compare the two: with `verify-full` it gives up, and without it trusts whoever answers.",
    bad: &[named!("DB_HOST: db.example.internal", "DISABLED")],
    good: &[named!("DB_HOST: !GetAtt Proxy.Endpoint", "DISABLED")],
    find: |context, report| {
        for Named { function, proxy, record, when } in named(context) {
            let resolved = context.resolved;
            let when = resolved.and(when, resolved.not(wants_tokens(context, proxy)));
            let message =
                format!("`{function}` calls `{proxy}` by the name of `{record}`, for which it has no certificate");
            let at = (function, "/Properties/Environment/Variables", None);
            if let Some(found) = tell(context, report, at, when, message) {
                found.help = Some(format!("tell it `!GetAtt {proxy}.Endpoint`"));
            }
        }
    },
};

/// A function that is told the name of a record which leads to a proxy, and nothing of the proxy itself.
struct Named<'a> {
    function: &'a str,
    proxy: &'a str,
    record: &'a str,
    when: Formula,
}

fn named<'a>(context: &Context<'a>) -> Vec<Named<'a>> {
    let resolved = context.resolved;
    let records = records(context);
    let mut found = Vec::new();
    for (function, _) in functions(context).filter(|_| !records.is_empty()) {
        let direct = proxies_told(context, function);
        for record in &records {
            let told = holds(context, function, record);
            let direct = direct.iter().filter(|(proxy, _)| *proxy == record.proxy);
            let direct = direct.fold(Formula::FALSE, |any, (_, when)| resolved.or(any, *when));
            let when = resolved.and(resolved.and(told, record.when), resolved.not(direct));
            if resolved.is_possible(when) {
                found.push(Named { function, proxy: record.proxy, record: record.id, when });
            }
        }
    }
    found
}

/// A record that leads to a proxy.
struct Record<'a> {
    id: &'a str,
    name: Resolution<'a>,
    proxy: &'a str,
    when: Formula,
}

fn records<'a>(context: &Context<'a>) -> Vec<Record<'a>> {
    let resolved = context.resolved;
    let mut found = Vec::new();
    let mut add = |id: &'a str, names: Vec<crate::resolve::Case<'a>>, leads: Vec<crate::resolve::Element<'a>>| {
        for lead in leads {
            let Some((proxy, Some("Endpoint"))) = lead.value.reference() else { continue };
            if context.template.resources.get(proxy).is_none_or(|resource| resource.kind != PROXY) {
                continue;
            }
            for name in &names {
                let when = [name.when, lead.when, resolved.exists(proxy)];
                let when = when.into_iter().fold(resolved.exists(id), |all, one| resolved.and(all, one));
                found.push(Record { id, name: name.value.clone(), proxy, when });
            }
        }
    };
    for (id, _) in context.resources("AWS::Route53::RecordSet") {
        add(id, resolved.property(id, "Name"), resolved.elements(id, "ResourceRecords"));
    }
    for (id, _) in context.resources("AWS::Route53::RecordSetGroup") {
        for record in resolved.elements(id, "RecordSets") {
            let names = resolved.look(record.source, &["Name"], record.when);
            add(id, names, resolved.elements_in(record.source, &["ResourceRecords"], record.when));
        }
    }
    found
}

/// Where the environment of a function holds the name of a record.
fn holds<'a>(context: &Context<'a>, function: &str, record: &Record<'a>) -> Formula {
    let resolved = context.resolved;
    let is_record = |kind: &str, attribute: Option<&str>| kind == "AWS::Route53::RecordSet" && attribute.is_none();
    let by_reference = told(context, function, &is_record).into_iter().filter(|(id, _)| *id == record.id);
    let mut any = by_reference.fold(Formula::FALSE, |any, (_, when)| resolved.or(any, when));
    each_variable(context, function, &mut |_, value, when| {
        for case in resolved.value(value, when) {
            let same = match (case.value.text(), record.name.text()) {
                (Some(text), Some(name)) => text.trim_end_matches('.').eq_ignore_ascii_case(name.trim_end_matches('.')),
                _ => resolved.same(&case.value, &record.name) == Some(true),
            };
            if same {
                any = resolved.or(any, case.when);
            }
        }
    });
    any
}

fn each_variable<'a>(context: &Context<'a>, function: &str, visit: &mut dyn FnMut(&'a str, &'a Value, Formula)) {
    variables(context, function).into_iter().for_each(|(name, value, when)| visit(name, value, when));
}

/// Where every login at a proxy is one with a token.
fn wants_tokens(context: &Context<'_>, proxy: &str) -> Formula {
    let resolved = context.resolved;
    let mut any = is(context, proxy, "DefaultAuthScheme", &|scheme| scheme == "IAM_AUTH");
    for entry in resolved.elements(proxy, "Auth") {
        for demand in texts_in(context, entry.source, &["IAMAuth"], entry.when) {
            if demand.value == "REQUIRED" {
                any = resolved.or(any, demand.when);
            }
        }
    }
    any
}

static CLEAR: LazyLock<Regex> = LazyLock::new(|| {
    // INVARIANT (patterns compile): it is a literal, and the rule's examples match with it.
    Regex::new(r"(?i)[?&; ](sslmode=disabled?|ssl-mode=disabled|usessl=false)(\b|$)")
        .unwrap_or_else(|error| unreachable!("patterns compile: {error}"))
});

/// A function with these variables, and a proxy of this engine family with these properties.
macro_rules! clear {
    ($variables:literal, $proxy:literal) => {
        concat!(
            "Resources:\n  Handler: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, ",
            "Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, Timeout: 150, ",
            "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { ",
            $variables,
            " } } } }\n  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: POSTGRESQL, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
            $proxy,
            " } }\n"
        )
    };
}

const IN_THE_CLEAR: Rule = Rule {
    code: Code::new("W3950", "client-without-tls"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html",
    explanation: "A proxy with `RequireTLS` refuses clients without TLS, and so does every proxy where they log in with IAM tokens. \
                  `PGSSLMODE`, which PostgreSQL's own library reads, and what a connection string says may turn TLS off.",
    bad: &[
        clear!("PGHOST: !GetAtt Proxy.Endpoint, PGSSLMODE: disable", "RequireTLS: true, DefaultAuthScheme: IAM_AUTH"),
        clear!(
            "DATABASE_URL: !Sub 'postgres://app@${Proxy.Endpoint}:5432/app?sslmode=disable'",
            "RequireTLS: false, DefaultAuthScheme: IAM_AUTH"
        ),
    ],
    good: &[
        clear!(
            "PGHOST: !GetAtt Proxy.Endpoint, PGSSLMODE: verify-full",
            "RequireTLS: true, DefaultAuthScheme: IAM_AUTH"
        ),
        clear!(
            "PGHOST: !GetAtt Proxy.Endpoint, PGSSLMODE: disable",
            "RequireTLS: false, Auth: [{ AuthScheme: SECRETS, IAMAuth: DISABLED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
        ),
    ],
    find: |context, report| {
        for (function, _) in functions(context) {
            for (proxy, called) in proxies_told(context, function) {
                let resolved = context.resolved;
                let demanded = resolved.or(on(context, proxy, "RequireTLS"), wants_tokens(context, proxy));
                let demanded = resolved.and(called, demanded);
                each_variable(context, function, &mut |name, value, when| {
                    for case in resolved.value(value, resolved.and(when, demanded)) {
                        if !is_clear(name, &case.value, proxy) {
                            continue;
                        }
                        let message = format!("`{name}` lets `{function}` do without TLS, and `{proxy}` does not");
                        let at = (function, "/Properties/Environment/Variables", Some(case.source));
                        if let Some(found) = tell(context, report, at, case.when, message) {
                            found.help = Some("let it use TLS: `verify-full`, with Amazon's root certificates".into());
                        }
                    }
                });
            }
        }
    },
};

const OTHER_AUTHORITY: Rule = Rule {
    code: Code::new("W3981", "certificates-of-rds-before-proxy"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html",
    explanation: "The certificate of a proxy comes from AWS Certificate Manager, not from the authority of RDS: a client that trusts the \
                  bundle of RDS only finds no issuer for it. Amazon's root certificates, which runtimes bring, are what it needs: \
                  https://github.com/sidorares/node-mysql2/issues/2581.",
    bad: &[clear!(
        "PGHOST: !GetAtt Proxy.Endpoint, PGSSLROOTCERT: /var/task/rds-combined-ca-bundle.pem",
        "RequireTLS: true, DefaultAuthScheme: IAM_AUTH"
    )],
    good: &[clear!(
        "PGHOST: !GetAtt Proxy.Endpoint, PGSSLROOTCERT: /var/task/AmazonRootCA1.pem",
        "RequireTLS: true, DefaultAuthScheme: IAM_AUTH"
    )],
    find: |context, report| {
        for (function, _) in functions(context) {
            let proxies = proxies_told(context, function);
            // Whoever also connects to a database itself may have the bundle for that.
            let direct = told(context, function, &|kind, attribute| {
                kind.starts_with("AWS::RDS::DB") && attribute.is_some_and(|name| name.ends_with("Endpoint.Address"))
            });
            for (proxy, called) in proxies.into_iter().filter(|_| direct.is_empty()) {
                each_variable(context, function, &mut |name, value, when| {
                    for case in context.resolved.value(value, context.resolved.and(when, called)) {
                        if !case.value.text().is_some_and(|text| BUNDLE.is_match(text)) {
                            continue;
                        }
                        let message =
                            format!("`{name}` is a bundle of RDS, and the certificate of `{proxy}` is none of its");
                        let at = (function, "/Properties/Environment/Variables", Some(case.source));
                        if let Some(found) = tell(context, report, at, case.when, message) {
                            found.help =
                                Some("trust Amazon's root certificates instead, such as `AmazonRootCA1.pem`".into());
                        }
                    }
                });
            }
        }
    },
};

static BUNDLE: LazyLock<Regex> = LazyLock::new(|| {
    // INVARIANT (patterns compile): it is a literal, and the rule's examples match with it.
    Regex::new(
        r"(rds-combined-ca-bundle|rds-ca-20\d\d[a-z0-9-]*|(^|/)(global|[a-z]{2}(-[a-z]+)+-\d)-bundle)\.(pem|p7b)$",
    )
    .unwrap_or_else(|error| unreachable!("patterns compile: {error}"))
});

/// Whether a variable turns TLS off: one that PostgreSQL's library reads, or a connection string to the proxy.
fn is_clear(name: &str, value: &Resolution<'_>, proxy: &str) -> bool {
    if name == "PGSSLMODE" {
        return value.text() == Some("disable");
    }
    let pieces = value.pieces().unwrap_or_default();
    let leads = value.references().iter().any(|(id, attribute)| *id == proxy && *attribute == Some("Endpoint"));
    let says = |piece: &crate::resolve::Piece<'_>| match piece {
        crate::resolve::Piece::Text(text) => CLEAR.is_match(text),
        crate::resolve::Piece::Symbol(_) => false,
    };
    leads && pieces.iter().any(says)
}
