//! What the role of a proxy gives away: a proxy reads its secrets, decrypts them, logs in by tokens, and does nothing else, so
//! that everything beyond is known to be of no use. Of a function that is never known: its code may call anything.

use super::facts::{is_absent, is_text};
use super::idle::only_user;
use super::known::tell;
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Element;
use crate::template::Path;

pub(super) const RULES: &[Rule] = &[ACTION, EVERY_SECRET];

/// What a proxy does with its role, or is documented to be given.
const OF_PROXIES: [&str; 5] = [
    "secretsmanager:getsecretvalue",
    "secretsmanager:describesecret",
    "kms:decrypt",
    "kms:describekey",
    "rds-db:connect",
];

/// A proxy that reads a secret with a role that may do this, and another resource beside it.
macro_rules! granted {
    ($action:literal, $resource:literal, $beside:literal) => {
        concat!(
            "Resources:\n",
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: 'sts:AssumeRole' }] }, ",
            "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: ",
            $action,
            ", Resource: ",
            $resource,
            " }] } }] } }\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, RoleArn: !GetAtt Role.Arn, VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
            "Auth: [{ AuthScheme: SECRETS, IAMAuth: REQUIRED, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }] } }\n",
            $beside
        )
    };
}

const ACTION: Rule = Rule {
    code: Code::new("P1013", "unneeded-grant-of-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
    explanation: "A proxy uses its role to read its secrets, to decrypt them, and to log in by IAM tokens. Whatever else a role that \
                  nothing but a proxy uses may do is of no use, and there for whoever gets hold of the role.",
    bad: &[
        granted!(
            "['secretsmanager:GetSecretValue', 's3:GetObject']",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            ""
        ),
        granted!("'secretsmanager:*'", "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'", ""),
    ],
    good: &[
        granted!(
            "'secretsmanager:GetSecretValue'",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            ""
        ),
        // Somebody else uses the role too.
        granted!(
            "['secretsmanager:GetSecretValue', 's3:GetObject']",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            "Outputs: { Role: { Value: !GetAtt Role.Arn, Export: { Name: proxy-role } } }\n"
        ),
    ],
    find: |context, report| {
        each_grant(context, "Action", &mut |id, proxy, action| {
            let Some(name) = action.value.text().map(str::to_ascii_lowercase) else { return };
            if OF_PROXIES.contains(&name.as_str()) {
                return;
            }
            let written = action.value.text().unwrap_or_default();
            let (message, help) = match name.split_once(':') {
                Some((service, rest)) if rest.contains('*') && is_of_use(service) => (
                    format!("`{written}` is more than `{proxy}` does, and nothing else uses the role"),
                    format!("name what it does: {}", needed(service)),
                ),
                _ => (
                    format!("`{proxy}` does no `{written}`, and nothing else uses the role"),
                    "drop the action".to_owned(),
                ),
            };
            if let Some(found) = tell(context, report, (id, "", Some(action.source)), action.when, message) {
                found.help = Some(help);
            }
        });
    },
};

const EVERY_SECRET: Rule = Rule {
    code: Code::new("P1014", "every-secret-of-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html",
    explanation: "A proxy reads the secrets that its `Auth` names. A role that nothing but the proxy uses, and that lets it read every \
                  secret of the account, is wider than that.",
    bad: &[granted!("'secretsmanager:GetSecretValue'", "'*'", "")],
    good: &[granted!(
        "'secretsmanager:GetSecretValue'",
        "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-*'",
        ""
    )],
    find: |context, report| {
        super::permissions::each_allowed(context, "secretsmanager:GetSecretValue", &mut |id, resource| {
            let resolved = context.resolved;
            let Some(proxy) = only_user(context, id).filter(|_| resource.value.text() == Some("*")) else { return };
            // One that reads none is told of that instead.
            let by_token = resolved
                .and(is_text(context, proxy, "DefaultAuthScheme", "IAM_AUTH"), is_absent(context, proxy, "Auth"));
            let when = resolved.and(resource.when, resolved.not(by_token));
            let message = format!("`{proxy}` may read every secret, and reads those that its `Auth` names");
            if let Some(found) = tell(context, report, (id, "", Some(resource.source)), when, message) {
                found.help = Some(format!("name the secrets of `Auth` of `{proxy}`"));
            }
        });
    },
};

/// Calls `visit` with the holder of each statement that allows something, the proxy that alone uses it, and each part of
/// this element of the statement.
fn each_grant<'a>(context: &Context<'a>, element: &str, visit: &mut dyn FnMut(&'a str, &'a str, &Element<'a>)) {
    let resolved = context.resolved;
    if context.resources("AWS::RDS::DBProxy").next().is_none() {
        return;
    }
    for (id, resource) in &context.template.resources {
        if !matches!(resource.kind.as_str(), "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy") {
            continue;
        }
        let Some(proxy) = only_user(context, id) else { continue };
        let under = resolved.exists(id);
        resource.walk(&Path::Start, &mut |_, value| {
            let is_grant = |map: &&crate::template::Map| map.contains_key("Effect") && map.contains_key("Resource");
            if value.as_map().filter(is_grant).is_none() {
                return;
            }
            if resolved.look(value, &["Effect"], under).iter().any(|case| case.value.text() == Some("Allow")) {
                resolved.elements_in(value, &[element], under).iter().for_each(|part| visit(id, proxy, part));
            }
        });
    }
}

fn is_of_use(service: &str) -> bool {
    OF_PROXIES.iter().any(|action| action.split(':').next() == Some(service))
}

/// What a proxy does of a service.
fn needed(service: &str) -> &'static str {
    match service {
        "secretsmanager" => "`secretsmanager:GetSecretValue`",
        "kms" => "`kms:Decrypt`",
        _ => "`rds-db:connect`",
    }
}
