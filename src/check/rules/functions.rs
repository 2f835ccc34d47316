//! Lambda functions: what the API refuses, and settings that do not go together.

use std::collections::BTreeMap;

use super::known::{functions, numbers_or, targets, tell, variables};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;
use crate::template::Value;

pub(super) const RULES: &[Rule] =
    &[RESERVED_VARIABLE, LOCAL_CODE, GIVES_UP_BEFORE_PROXY, LOG_KEY, INVOKED_FROM_ANYWHERE];

const FUNCTION: &str = "AWS::Lambda::Function";

/// How long a function runs where its template does not say, in seconds.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
const TIMEOUT: i64 = 3;

/// How long a proxy lets a client wait for a connection where its template does not say, in seconds.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html>
const BORROW: i64 = 120;

/// An example around one function's properties.
macro_rules! function {
    ($properties:literal) => {
        concat!(
            "Resources:\n  Handler: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, ",
            "Role: 'arn:aws:iam::111122223333:role/r', ",
            $properties,
            " } }\n"
        )
    };
}

const RESERVED_VARIABLE: Rule = Rule {
    code: Code::new("E3663", "reserved-environment-variable"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    explanation: "Lambda sets some environment variables itself, such as `AWS_REGION`, and refuses a function that sets them too.",
    bad: &[function!("Code: { ZipFile: x }, Environment: { Variables: { AWS_REGION: us-east-1 } }")],
    good: &[function!(
        "Code: { ZipFile: x }, Environment: { Variables: { TZ: UTC, AWS_LAMBDA_EXEC_WRAPPER: /opt/wrap } }"
    )],
    find: |context, report| {
        for (id, _) in functions(context) {
            for (name, value, when) in variables(context, id).into_iter().filter(|(name, ..)| RESERVED.contains(name)) {
                let message = format!("`{name}` is set by Lambda itself, and cannot be set");
                let path = format!("/Properties/Environment/Variables/{name}");
                if let Some(found) = tell(context, report, (id, &path, Some(value)), when, message) {
                    found.help = Some("choose another name, or read what Lambda sets".into());
                }
            }
        }
    },
};

/// The names that Lambda refuses.
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

const LOCAL_CODE: Rule = Rule {
    code: Code::new("I3002", "local-code"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html",
    explanation: "Where a function's `Code` is a path, `aws cloudformation package` puts what lies there into a bucket and writes \
                  another template that names it. That one can be deployed; this one cannot.",
    bad: &[function!("Code: handlers/billing")],
    good: &[function!("Code: { S3Bucket: builds, S3Key: billing.zip }")],
    find: |context, report| {
        for (id, function) in context.resources(FUNCTION) {
            if let Some(path) = function.properties.get("Code").and_then(Value::as_str) {
                let message =
                    format!("the code of `{id}` is the path `{path}`: the template cannot be deployed as it is");
                let found = report.resource(id, "/Properties/Code", message);
                found.help = Some("run `aws cloudformation package` and deploy what it writes".into());
            }
        }
    },
};

/// A function that is told a proxy's endpoint and runs as long as it says, the proxy, and the pool behind it.
macro_rules! client {
    ($timeout:literal, $pool:literal) => {
        concat!(
            "Resources:\n  Handler: { Type: AWS::Lambda::Function, Properties: { Runtime: python3.13, Handler: index.handler, ",
            "Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }, ",
            $timeout,
            "Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint } } } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            $pool,
            "DBInstanceIdentifiers: [d] } }\n"
        )
    };
}

const GIVES_UP_BEFORE_PROXY: Rule = Rule {
    code: Code::new("I3940", "function-gives-up-before-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html",
    explanation: "When its pool is used up a proxy lets a client wait for `ConnectionBorrowTimeout`, 120 seconds unless said, before it \
                  says so. A function whose `Timeout`, 3 seconds unless said, is not longer ends first, and its log shows no more than \
                  that it timed out.",
    bad: &[
        client!("Timeout: 30, ", ""),
        client!("", "ConnectionPoolConfigurationInfo: { ConnectionBorrowTimeout: 10 }, "),
    ],
    good: &[
        client!("Timeout: 30, ", "ConnectionPoolConfigurationInfo: { ConnectionBorrowTimeout: 10 }, "),
        client!("Timeout: 150, ", ""),
    ],
    find: gives_up_before_proxy,
};

fn gives_up_before_proxy(context: &Context<'_>, report: &mut Report) {
    for (id, _) in functions(context) {
        let proxies = proxies_told(context, id);
        let timeouts = if proxies.is_empty() { Vec::new() } else { numbers_or(context, id, "Timeout", TIMEOUT) };
        for (proxy, told) in proxies {
            for timeout in &timeouts {
                for (borrow, when) in borrow_timeouts(context, proxy) {
                    if timeout.value > borrow {
                        continue;
                    }
                    let least = timeout.value;
                    let message = format!(
                        "`{id}` ends after {least} s, before `{proxy}` tells after {borrow} s that it has no connection"
                    );
                    let when = context.resolved.and(told, context.resolved.and(timeout.when, when));
                    if let Some(found) = tell(context, report, (id, "/Properties", None), when, message) {
                        found.help = Some(format!(
                            "let `{proxy}` give up first: a `ConnectionBorrowTimeout` below {least}, or a longer `Timeout`"
                        ));
                    }
                }
            }
        }
    }
}

/// The proxies whose endpoint the environment of a function holds, and where.
pub(super) fn proxies_told<'a>(context: &Context<'a>, function: &str) -> Vec<(&'a str, Formula)> {
    told(context, function, &|kind, attribute| kind == "AWS::RDS::DBProxy" && attribute == Some("Endpoint"))
}

/// The resources of which the environment of a function holds an attribute of a certain sort, and where.
pub(super) fn told<'a>(
    context: &Context<'a>,
    function: &str,
    wanted: &dyn Fn(&str, Option<&str>) -> bool,
) -> Vec<(&'a str, Formula)> {
    let resolved = context.resolved;
    let mut found: BTreeMap<&'a str, Formula> = BTreeMap::new();
    for (_, value, when) in variables(context, function) {
        resolved.references_in(value, when, &mut |name, attribute, when, _| {
            let kind = context.template.resources.get(name).map(|resource| resource.kind.as_str());
            if kind.is_some_and(|kind| wanted(kind, attribute)) {
                let any = found.entry(name).or_insert(Formula::FALSE);
                *any = resolved.or(*any, when);
            }
        });
    }
    found.into_iter().map(|(name, when)| (name, resolved.and(when, resolved.exists(name)))).collect()
}

/// How long a proxy lets its clients wait, where that is known and its pool is in the template.
fn borrow_timeouts(context: &Context<'_>, proxy: &str) -> Vec<(i64, Formula)> {
    const BORROW_TIMEOUT: &str = "ConnectionPoolConfigurationInfo/ConnectionBorrowTimeout";
    let mut found = Vec::new();
    for (id, _) in context.resources("AWS::RDS::DBProxyTargetGroup") {
        for of in targets(context, id, "DBProxyName", &["AWS::RDS::DBProxy"]).into_iter().filter(|of| of.id == proxy) {
            let timeouts = numbers_or(context, id, BORROW_TIMEOUT, BORROW).into_iter();
            found.extend(timeouts.map(|timeout| (timeout.value, context.resolved.and(of.when, timeout.when))));
        }
    }
    found
}

/// A log group encrypted with a key whose policy has a second statement.
macro_rules! log_key {
    ($statement:literal) => {
        concat!(
            "Resources:\n  Logs: { Type: AWS::Logs::LogGroup, Properties: { KmsKeyId: !GetAtt Key.Arn } }\n",
            "  Key: { Type: AWS::KMS::Key, Properties: { EnableKeyRotation: true, KeyPolicy: { Statement: [",
            "{ Effect: Allow, Principal: { AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' }, Action: 'kms:*', Resource: '*' }",
            $statement,
            "] } } }\n"
        )
    };
}

const LOG_KEY: Rule = Rule {
    code: Code::new("P1010", "key-closed-to-logs"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    explanation: "CloudWatch Logs encrypts a log group as itself, not as whoever writes to it, so no role's policy helps: the policy of \
                  the key must name `logs.<region>.amazonaws.com`. Otherwise the log group is not created.",
    bad: &[
        log_key!(""),
        log_key!(
            ", { Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: 'kms:Decrypt', Resource: '*' }"
        ),
    ],
    good: &[log_key!(
        ", { Effect: Allow, Principal: { Service: !Sub 'logs.${AWS::Region}.amazonaws.com' }, Resource: '*', Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'] }"
    )],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Logs::LogGroup") {
            for key in targets(context, id, "KmsKeyId", &["AWS::KMS::Key"]) {
                let resolved = context.resolved;
                let statements = resolved.elements(key.id, "KeyPolicy/Statement");
                if statements.is_empty() || statements.iter().any(|it| may_open_to_logs(it.source)) {
                    continue;
                }
                let message = format!("the key policy of `{}` does not let CloudWatch Logs use it for `{id}`", key.id);
                let at = (id, "/Properties/KmsKeyId", Some(key.source));
                if let Some(found) = tell(context, report, at, key.when, message) {
                    let help = "add a statement for the principal `logs.<region>.amazonaws.com`: Encrypt, Decrypt, ReEncrypt, GenerateDataKey, Describe";
                    found.help = Some(help.into());
                }
            }
        }
    },
};

/// Whether the principals of a statement may have CloudWatch Logs among them.
fn may_open_to_logs(statement: &Value) -> bool {
    let Some(statement) = statement.as_map() else { return true };
    match statement.get("Principal") {
        Some(Value::Map(principals)) => principals.get("Service").is_some_and(may_be_logs),
        Some(_) => true,
        None => false,
    }
}

fn may_be_logs(service: &Value) -> bool {
    match service {
        Value::String(name) => name.starts_with("logs."),
        Value::List(services) => services.iter().any(may_be_logs),
        Value::Intrinsic(_) => true,
        _ => false,
    }
}

/// A permission of a service to invoke a function, and from where.
macro_rules! invoked {
    ($from:literal) => {
        concat!(
            "Resources: { Allow: { Type: AWS::Lambda::Permission, Properties: { Action: 'lambda:InvokeFunction', ",
            "FunctionName: worker, Principal: events.amazonaws.com",
            $from,
            " } } }"
        )
    };
}

const INVOKED_FROM_ANYWHERE: Rule = Rule {
    code: Code::new("P1011", "invoked-from-any-account"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
    explanation: "A service that may invoke a function works for every account. Without `SourceArn` or `SourceAccount` it invokes the \
                  function for whoever tells it to.",
    bad: &[invoked!("")],
    good: &[
        invoked!(", SourceArn: 'arn:aws:events:us-east-1:111122223333:rule/nightly'"),
        invoked!(", SourceAccount: '111122223333'"),
    ],
    find: |context, report| {
        const FROM: [&str; 4] = ["EventSourceToken", "PrincipalOrgID", "SourceAccount", "SourceArn"];
        for (id, permission) in context.resources("AWS::Lambda::Permission") {
            let principal = permission.properties.get("Principal").and_then(Value::as_str);
            let service = principal.filter(|principal| principal.ends_with(".amazonaws.com"));
            if let Some(service) =
                service.filter(|_| !FROM.iter().any(|name| permission.properties.contains_key(*name)))
            {
                let message = format!("`{service}` may invoke the function for any account");
                let found = report.resource(id, "/Properties", message);
                found.help = Some("name what it is invoked from: `SourceArn`, or `SourceAccount`".into());
            }
        }
    },
};
