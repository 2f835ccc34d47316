//! What the role of a proxy gives away: a proxy reads its secrets, decrypts them, logs in by tokens, and does nothing else, so
//! that everything beyond is known to be of no use. Of a function that is never known: its code may call anything.

use std::collections::HashMap;

use super::facts::{is_absent, is_text};
use super::known::tell;
use super::permissions::{each_allowed, each_grant};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Element, Formula};

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
macro_rules! of_proxy {
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
        of_proxy!(
            "['secretsmanager:GetSecretValue', 's3:GetObject']",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            ""
        ),
        of_proxy!("'secretsmanager:*'", "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'", ""),
    ],
    good: &[
        of_proxy!(
            "'secretsmanager:GetSecretValue'",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            ""
        ),
        // Somebody else uses the role too.
        of_proxy!(
            "['secretsmanager:GetSecretValue', 's3:GetObject']",
            "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef'",
            "Outputs: { Role: { Value: !GetAtt Role.Arn, Export: { Name: proxy-role } } }\n"
        ),
    ],
    find: |context, report| {
        let users = SoleUsers::of(context);
        each_action(context, &users, &mut |id, proxy, action| {
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
    bad: &[of_proxy!("'secretsmanager:GetSecretValue'", "'*'", "")],
    good: &[of_proxy!(
        "'secretsmanager:GetSecretValue'",
        "'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-*'",
        ""
    )],
    find: |context, report| {
        let (users, resolved) = (SoleUsers::of(context), context.resolved);
        each_allowed(context, "secretsmanager:GetSecretValue", &mut |id, resource| {
            let user = users.proxy_of(context, id).filter(|_| resource.value.text() == Some("*"));
            let Some(proxy) = user else { return };
            // One that reads none is told of that instead.
            let when = resolved.and(resource.when, resolved.not(reads_none(context, proxy)));
            let message = format!("`{proxy}` may read every secret, and reads those that its `Auth` names");
            if let Some(found) = tell(context, report, (id, "", Some(resource.source)), when, message) {
                found.help = Some(format!("name the secrets of `Auth` of `{proxy}`"));
            }
        });
    },
};

/// Calls `visit` with each action that a role of which a proxy is the only user is allowed, and the proxy.
fn each_action<'a>(
    context: &Context<'a>,
    users: &SoleUsers<'a>,
    visit: &mut dyn FnMut(&'a str, &'a str, &Element<'a>),
) {
    each_grant(context, &mut |id, statement, under| {
        if let Some(proxy) = users.proxy_of(context, id) {
            let actions = context.resolved.elements_in(statement, &["Action"], under);
            actions.iter().for_each(|action| visit(id, proxy, action));
        }
    });
}

/// The roles that nothing but one proxy uses.
pub(super) struct SoleUsers<'a>(HashMap<&'a str, Option<&'a str>>);

impl<'a> SoleUsers<'a> {
    /// Those of a template. Its resources are looked through once, and not at all where no proxy has a role of the template.
    pub(super) fn of(context: &Context<'a>) -> Self {
        let resolved = context.resolved;
        let mut users: HashMap<&str, Option<&str>> = HashMap::new();
        for (proxy, _) in context.resources("AWS::RDS::DBProxy") {
            let roles = resolved.property(proxy, "RoleArn");
            for (role, _) in roles.iter().flat_map(|case| case.value.references()) {
                users.entry(role).and_modify(|user| *user = None).or_insert(Some(proxy));
            }
        }
        if users.is_empty() {
            return Self(users);
        }
        for (id, resource) in &context.template.resources {
            if resource.kind.starts_with("AWS::IAM::") || resource.kind.starts_with("AWS::KMS::") {
                continue;
            }
            resolved.each_reference(id, &mut |role, _, _, _| take_away(&mut users, role, id));
        }
        // What an output tells others may use.
        for output in context.template.outputs.values() {
            resolved.references_in(&output.value, Formula::TRUE, &mut |role, _, _, _| take_away(&mut users, role, ""));
        }
        Self(users)
    }

    /// The proxy that alone uses a role, or the one role that a policy is attached to.
    pub(super) fn proxy_of(&self, context: &Context<'a>, policy: &str) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let roles = context.resolved.elements(policy, "Roles");
        let role = match roles.as_slice() {
            [] => policy,
            [role] => role.value.reference()?.0,
            _ => return None,
        };
        *self.0.get(role)?
    }
}

/// Somebody else than the proxy uses a role.
fn take_away(users: &mut HashMap<&str, Option<&str>>, role: &str, user: &str) {
    if let Some(known) = users.get_mut(role).filter(|known| **known != Some(user)) {
        *known = None;
    }
}

/// Where a proxy logs in with IAM tokens only, and so reads no secret.
pub(super) fn reads_none(context: &Context<'_>, proxy: &str) -> Formula {
    let by_token = is_text(context, proxy, "DefaultAuthScheme", "IAM_AUTH");
    context.resolved.and(by_token, is_absent(context, proxy, "Auth"))
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
