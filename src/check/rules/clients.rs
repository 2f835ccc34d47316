//! Functions that use a proxy: where they are, and what they are told.

use std::sync::LazyLock;

use regex::Regex;

use super::functions::{proxies_told, told};
use super::known::{empty, functions, is, off, tell, variables};
use super::targets::pairs;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Piece, Resolution, Symbol};

pub(super) const RULES: &[Rule] = &[OUTSIDE_VPC, PAST_PROXY, LITERAL_ENDPOINT, SECRET_IN_ENVIRONMENT, WITHOUT_IPV6];

/// A function with these properties, a proxy with these, and an instance behind it.
macro_rules! client {
    ($function:literal, $proxy:literal) => {
        concat!(
            "Resources:\n  Handler: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, ",
            "Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, Timeout: 150, ",
            $function,
            " } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            $proxy,
            "DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBInstanceIdentifiers: [!Ref Database] } }\n",
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, ",
            "MasterUsername: app, ManageMasterUserPassword: true } }\n",
        )
    };
}

const OUTSIDE_VPC: Rule = Rule {
    code: Code::new("E3941", "client-of-proxy-outside-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    explanation: "A proxy is never public: its endpoint is an address in its VPC. A function that is told the endpoint and has no \
                  `VpcConfig` waits for an answer until it times out.",
    bad: &[client!("Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } }", "")],
    good: &[client!(
        "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } }",
        ""
    )],
    find: |context, report| {
        for (id, _) in functions(context) {
            let proxies = proxies_told(context, id);
            let outside = if proxies.is_empty() { Formula::FALSE } else { empty(context, id, "VpcConfig/SubnetIds") };
            for (proxy, told) in proxies {
                let message = format!("`{id}` is in no VPC, and so cannot reach `{proxy}`");
                let when = context.resolved.and(told, outside);
                if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
                    found.help =
                        Some("give it `VpcConfig` with subnets of the proxy's VPC and a security group".into());
                }
            }
        }
    },
};

const PAST_PROXY: Rule = Rule {
    code: Code::new("I3942", "client-past-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html",
    explanation: "A function that is told the endpoint of a database connects to the database, and the proxy before it, which is \
                  paid for, pools nothing.",
    bad: &[client!("Environment: { Variables: { DB_HOST: !GetAtt Database.Endpoint.Address } }", "")],
    good: &[client!(
        "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } }",
        ""
    )],
    find: |context, report| {
        let pairs = pairs(context);
        for (id, _) in functions(context).filter(|_| !pairs.is_empty()) {
            let databases = told(context, id, &|kind, attribute| {
                matches!(kind, "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster")
                    && matches!(attribute, Some("Endpoint.Address" | "ReadEndpoint.Address"))
            });
            for (database, when) in databases {
                let Some(pair) = pairs.iter().find(|pair| pair.database.id == database) else { continue };
                let proxy = pair.proxy;
                let message = format!("`{id}` connects to `{database}` itself, past `{proxy}`");
                let when = context.resolved.and(when, pair.when);
                let at = (id, "/Properties/Environment/Variables", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some(format!("tell it `!GetAtt {proxy}.Endpoint`"));
                }
            }
        }
    },
};

static ENDPOINT: LazyLock<Regex> = LazyLock::new(|| {
    // INVARIANT (patterns compile): it is a literal, and the rule's examples match with it.
    Regex::new(r"\.proxy-[a-z0-9]+\.").unwrap_or_else(|error| unreachable!("patterns compile: {error}"))
});

/// Whether a text has the endpoint of a proxy in it; region and suffix may be put in.
fn is_literal_endpoint(value: &Resolution<'_>) -> bool {
    let pieces = value.pieces().unwrap_or_default();
    let known: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            // What stands for it is no part of an endpoint.
            Piece::Symbol(_) => "$",
        })
        .collect();
    ENDPOINT.find(&known).is_some_and(|found| known[found.end()..].contains(".rds."))
}

const LITERAL_ENDPOINT: Rule = Rule {
    code: Code::new("I3943", "literal-endpoint-of-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-endpoints.html",
    explanation: "A proxy that is replaced has another endpoint. A literal one then leads nowhere; a reference follows.",
    bad: &[
        client!("Environment: { Variables: { DB_HOST: p.proxy-c1x2y3z4abcd.us-east-1.rds.amazonaws.com } }", ""),
        client!(
            "Environment: { Variables: { URL: !Sub 'postgres://p.proxy-c1x2y3z4abcd.${AWS::Region}.rds.${AWS::URLSuffix}/app' } }",
            ""
        ),
    ],
    good: &[client!("Environment: { Variables: { DB_HOST: db.example.com } }", "")],
    find: |context, report| {
        for (id, _) in functions(context) {
            for (_, value, when) in variables(context, id) {
                let hosts = context.resolved.value(value, when).into_iter();
                for host in hosts.filter(|host| is_literal_endpoint(&host.value)) {
                    let message = format!("`{id}` is told the endpoint of a proxy as a literal");
                    let at = (id, "/Properties/Environment/Variables", Some(host.source));
                    if let Some(found) = tell(context, report, at, host.when, message) {
                        found.help =
                            Some("refer to the proxy: `!GetAtt Proxy.Endpoint`, an import or a parameter".into());
                    }
                }
            }
        }
    },
};

const SECRET_IN_ENVIRONMENT: Rule = Rule {
    code: Code::new("W3944", "secret-in-environment"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    explanation: "CloudFormation writes the text of a secret into the environment in the clear: everyone who may look at the function \
                  reads it, and after a rotation it is the old one until the function is deployed anew.",
    bad: &[client!(
        "Environment: { Variables: { PASSWORD: '{{resolve:secretsmanager:app:SecretString:password}}' } }",
        ""
    )],
    good: &[client!("Environment: { Variables: { SECRET: app } }", "")],
    find: |context, report| {
        for (id, _) in functions(context) {
            for (name, value, when) in variables(context, id) {
                for held in context.resolved.value(value, when) {
                    let mut is_secret = false;
                    held.value.each_symbol(&mut |symbol| {
                        is_secret |= matches!(symbol, Symbol::Dynamic(dynamic) if dynamic.is_secret());
                    });
                    let message = format!("`{name}` holds the text of a secret, in the clear");
                    let when = if is_secret { held.when } else { Formula::FALSE };
                    let at = (id, "/Properties/Environment/Variables", Some(held.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        let help = "tell the function the secret's ARN, and let it read the secret when it runs";
                        found.help = Some(help.into());
                    }
                }
            }
        }
    },
};

const WITHOUT_IPV6: Rule = Rule {
    code: Code::new("E3945", "client-of-other-address-family"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    explanation: "The endpoint of a proxy with `EndpointNetworkType: IPV6` has IPv6 addresses only. A function in a VPC opens IPv6 \
                  connections only with `Ipv6AllowedForDualStack`.",
    bad: &[client!(
        "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } }",
        "EndpointNetworkType: IPV6, "
    )],
    good: &[client!(
        "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001], Ipv6AllowedForDualStack: true }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } }",
        "EndpointNetworkType: IPV6, "
    )],
    find: |context, report| {
        for (id, _) in functions(context) {
            for (proxy, told) in proxies_told(context, id) {
                let resolved = context.resolved;
                let only = is(context, proxy, "EndpointNetworkType", &|kind| kind == "IPV6");
                let inside = resolved.not(empty(context, id, "VpcConfig/SubnetIds"));
                let without = resolved.and(inside, off(context, id, "VpcConfig/Ipv6AllowedForDualStack"));
                let when = resolved.and(resolved.and(told, only), without);
                let message = format!("`{proxy}` is reached by IPv6 only, which `{id}` does not use");
                if let Some(found) = tell(context, report, (id, "/Properties/VpcConfig", None), when, message) {
                    found.help = Some("set `Ipv6AllowedForDualStack: true`, in subnets with IPv6 ranges".into());
                }
            }
        }
    },
};
