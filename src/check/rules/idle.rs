//! Grants that connecting does not need, keys by their ids, and secrets where everybody reads them.

use std::sync::LazyLock;

use regex::Regex;

use super::connects::granted;
use super::known::tell;
use super::permissions::each_allowed;
use super::unneeded::{SoleUsers, reads_none};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Piece, Symbol};
use crate::template::Path;

pub(super) const RULES: &[Rule] = &[DESCRIBE, DEAD_SECRET, LITERAL_KEY, INIT_QUERY];

/// A function that is told where its proxy is, with a role that may do this.
macro_rules! told {
    ($action:literal, $host:literal) => {
        concat!(
            granted!($action, "'*'"),
            "  Handler: { Type: AWS::Lambda::Function, Properties: { Role: !GetAtt Role.Arn, Runtime: python3.13, Handler: index.handler, Timeout: 150, Code: { ZipFile: x }, ",
            "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, Environment: { Variables: { DB_HOST: ",
            $host,
            " } } } }\n"
        )
    };
}

const DESCRIBE: Rule = Rule {
    code: Code::new("P1008", "idle-describe-of-proxies"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html",
    explanation: "`rds:DescribeDBProxies` lets code ask the API of RDS where a proxy is. A function that is told so by its \
                  environment needs no such permission to connect, nor a way to that API.",
    bad: &[told!("rds:DescribeDBProxies", "!GetAtt Proxy.Endpoint")],
    good: &[told!("rds:DescribeDBProxies", "'looked up'"), told!("rds:DescribeDBInstances", "!GetAtt Proxy.Endpoint")],
    find: |context, report| {
        if context.resources("AWS::EC2::VPCEndpoint").any(|(id, _)| is_of_rds(context, id)) {
            return;
        }
        each_allowed(context, "rds:DescribeDBProxies", &mut |id, element| {
            let Some(function) = told_function(context, id) else { return };
            let message =
                format!("`{function}` is told where its proxy is, and `rds:DescribeDBProxies` is of no use to it");
            if let Some(found) = tell(context, report, (id, "", Some(element.source)), element.when, message) {
                found.help = Some("drop the grant, unless the code of the function calls the API of RDS".into());
            }
        });
    },
};

/// Whether an endpoint leads to the API of RDS.
fn is_of_rds(context: &Context<'_>, endpoint: &str) -> bool {
    let names = context.resolved.property(endpoint, "ServiceName");
    names.iter().any(|case| match case.value.pieces().as_deref().and_then(<[Piece<'_>]>::last) {
        Some(Piece::Text(text)) => text.ends_with(".rds"),
        _ => true,
    })
}

/// The function that is told the address of a proxy and has a policy: that of its role, or one that is attached to it.
fn told_function<'a>(context: &Context<'a>, policy: &str) -> Option<&'a str> {
    let resolved = context.resolved;
    let refers = |id: &str, property: &str, to: &str| {
        let elements = resolved.elements(id, property);
        elements.iter().any(|element| element.value.references().iter().any(|(named, _)| *named == to))
    };
    let has = |role: &str| role == policy || refers(policy, "Roles", role) || refers(role, "ManagedPolicyArns", policy);
    let is_proxy = |id: &str| {
        let kind = context.template.resources.get(id).map(|resource| resource.kind.as_str());
        matches!(kind, Some("AWS::RDS::DBProxy" | "AWS::RDS::DBProxyEndpoint"))
    };
    let is_told = |function: &str| {
        let variables = resolved.property(function, "Environment/Variables");
        let values = variables.iter().filter_map(|case| Some((case.value.map()?, case.when)));
        let cases = values.flat_map(|(map, when)| map.values().flat_map(move |value| resolved.value(value, when)));
        let mut references = cases.flat_map(|case| case.value.references());
        references.any(|(id, attribute)| attribute == Some("Endpoint") && is_proxy(id))
    };
    let mut functions = context.resources("AWS::Lambda::Function");
    functions.find_map(|(function, _)| {
        let roles = resolved.property(function, "Role");
        let mut roles = roles.iter().flat_map(|case| case.value.references());
        (roles.any(|(role, _)| has(role)) && is_told(function)).then_some(function)
    })
}

/// A proxy with this way to log in to its database, and its role, which reads a secret.
macro_rules! reading {
    ($login:literal) => {
        concat!(
            "Resources:\n",
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: 'sts:AssumeRole' }] }, ",
            "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 'secretsmanager:GetSecretValue', Resource: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }, ",
            "{ Effect: Allow, Action: 'rds-db:connect', Resource: 'arn:aws:rds-db:us-east-1:111122223333:dbuser:db-ABCDEFGHIJKL/app' }] } }] } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, RoleArn: !GetAtt Role.Arn, VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
            $login,
            " } }\n"
        )
    };
}

const DEAD_SECRET: Rule = Rule {
    code: Code::new("P1009", "idle-secret-of-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
    explanation: "A proxy that logs in to its database with IAM tokens, and has no `Auth`, reads no secret. A role that lets it read \
                  one, such as that of the master user, gives away what nothing needs.",
    bad: &[reading!("DefaultAuthScheme: IAM_AUTH")],
    good: &[reading!(
        "Auth: [{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }]"
    )],
    find: |context, report| {
        let users = SoleUsers::of(context);
        each_allowed(context, "secretsmanager:GetSecretValue", &mut |id, element| {
            let Some(proxy) = users.proxy_of(context, id) else { return };
            let message = format!("`{proxy}` logs in with IAM tokens only, and reads no secret");
            let when = context.resolved.and(element.when, reads_none(context, proxy));
            if let Some(found) = tell(context, report, (id, "", Some(element.source)), when, message) {
                found.help = Some("drop the grant".into());
            }
        });
    },
};

/// A role that may decrypt with this key.
macro_rules! decrypting {
    ($resource:literal) => {
        concat!(
            "Parameters: { Key: { Type: String, Default: 'arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0' } }\n",
            "Resources:\n",
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: 'sts:AssumeRole' }] }, ",
            "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 'kms:Decrypt', Resource: ",
            $resource,
            " }] } }] } }\n",
            "Outputs: { Key: { Value: !Ref Key } }\n"
        )
    };
}

const LITERAL_KEY: Rule = Rule {
    code: Code::new("P1012", "literal-key"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
    explanation: "A key lies in one region of one account. A grant that has its ARN as a literal grants nothing where the template \
                  is deployed elsewhere; one that takes it from a parameter is given the key of that place.",
    bad: &[decrypting!("'arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'")],
    good: &[decrypting!("!Ref Key"), decrypting!("'arn:aws:kms:eu-west-1:111122223333:key/*'")],
    find: |context, report| {
        each_allowed(context, "kms:Decrypt", &mut |id, element| {
            let key = element.source.as_str().filter(|arn| is_key(arn));
            // What names other things of that account by their ARNs is meant for it alone.
            let is_literal = key.is_some_and(|key| !is_of_one_account(context, key));
            let message = "the grant names a key by its literal ARN, which is of one region and account".to_owned();
            let tells =
                is_literal.then(|| tell(context, report, (id, "", Some(element.source)), element.when, message));
            if let Some(Some(found)) = tells {
                found.help = Some("take the ARN of the key from a parameter, or from a key of the stack".into());
            }
        });
    },
};

/// Whether anything else in the template is named by a literal ARN of the same region and account as a key.
fn is_of_one_account(context: &Context<'_>, key: &str) -> bool {
    let place: Vec<&str> = key.split(':').skip(3).take(2).collect();
    let place = format!(":{}:", place.join(":"));
    context.template.resources.values().any(|resource| {
        let mut found = false;
        resource.walk(&Path::Start, &mut |_, value| {
            found |= value.as_str().is_some_and(|text| text.contains(&place) && !text.contains(":kms:"));
        });
        found
    })
}

/// Whether a text is the ARN of one key.
fn is_key(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, _, "kms", region, account, key] = parts.as_slice() else { return false };
    let is_known = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    is_known(region) && is_known(account) && key.strip_prefix("key/").is_some_and(is_known)
}

/// A pool that runs this for each new connection.
macro_rules! beginning {
    ($query:literal) => {
        concat!(
            "Resources:\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { TargetGroupName: default, DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [orders], ",
            "ConnectionPoolConfigurationInfo: { InitQuery: ",
            $query,
            " } } }\n"
        )
    };
}

const INIT_QUERY: Rule = Rule {
    code: Code::new("W3914", "secret-in-init-query"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBProxyTargetGroups.html",
    explanation: "Whoever may call `DescribeDBProxyTargetGroups` reads `InitQuery` as it stands, with every password or token in it.",
    bad: &[
        beginning!("\"SET app.password = 'opensesame'\""),
        beginning!("\"SET @token='abcdef'\""),
        beginning!("\"SET app.key = '{{resolve:secretsmanager:orders:SecretString:key}}'\""),
    ],
    good: &[
        beginning!("\"SET time_zone = '+00:00'\""),
        beginning!("!Sub \"SET time_zone = '${AWS::Region}', @passwordless = 1\""),
    ],
    find: |context, report| {
        const PATH: &str = "ConnectionPoolConfigurationInfo/InitQuery";
        for (id, _) in context.resources("AWS::RDS::DBProxyTargetGroup") {
            for case in context.resolved.property(id, PATH) {
                let Some(pieces) = case.value.pieces() else { continue };
                if !pieces.iter().any(holds_secret) {
                    continue;
                }
                let message =
                    "`InitQuery` holds a secret, which whoever may describe the target group reads".to_owned();
                let path = format!("/Properties/{PATH}");
                if let Some(found) = tell(context, report, (id, &path, Some(case.source)), case.when, message) {
                    found.secret = true;
                    found.help = Some("let the client fetch the secret, and set it on its own connection".into());
                }
            }
        }
    },
};

/// Whether a part of a query sets what is called like a secret to a text, or is one.
fn holds_secret(piece: &Piece<'_>) -> bool {
    static SET: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // INVARIANT (it is a pattern): the rule's own examples use it.
        Regex::new(r#"(?i)(password|passwd|pwd|secret|token|api_?key|private_?key)\W?\s*(:?=|\bto\b|\bby\b|,)\s*['"][^'"]|\bidentified\s+by\s+['"]"#).ok()
    });
    match piece {
        Piece::Text(text) => SET.as_ref().is_some_and(|set| set.is_match(text)),
        Piece::Symbol(Symbol::Dynamic(dynamic)) => matches!(dynamic.service.as_ref(), "secretsmanager" | "ssm-secure"),
        Piece::Symbol(_) => false,
    }
}
