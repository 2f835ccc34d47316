//! Secrets of databases, and their rotation.

use super::known::{Target, absent, named, off, targets, targets_in, tell, texts};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Element, Formula, Piece, Resolution, Symbol};
use crate::template::Value;

pub(super) const RULES: &[Rule] = &[
    WITHOUT_CREDENTIALS,
    REFUSED_CHARACTERS,
    TWO_ATTACHMENTS,
    WITHOUT_ATTACHMENT,
    WITHOUT_TRANSFORM,
    ALTERNATING_USERS,
];

const SECRET: &str = "AWS::SecretsManager::Secret";
const ATTACHMENT: &str = "AWS::SecretsManager::SecretTargetAttachment";
const SCHEDULE: &str = "AWS::SecretsManager::RotationSchedule";
const PROXY: &str = "AWS::RDS::DBProxy";

/// An example of a proxy that logs in with a secret of these properties, and what else there is.
macro_rules! proxy_with {
    ($secret:literal, $rest:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
            "VpcSubnetIds: [subnet-00000001, subnet-00000002], RequireTLS: true, EngineFamily: MYSQL, ",
            "Auth: [{ AuthScheme: SECRETS, SecretArn: !GetAtt Secret.Id }] } }, ",
            "Secret: { Type: AWS::SecretsManager::Secret, Properties: { ",
            $secret,
            " } }",
            $rest,
            " }"
        )
    };
}

const WITHOUT_CREDENTIALS: Rule = Rule {
    code: Code::new("E3961", "proxy-secret-without-credentials"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-secrets-arns.html",
    explanation: "A proxy reads `username` and `password` of its secret. A password that Secrets Manager makes up is plain text \
                  unless `SecretStringTemplate` has the `username` and `GenerateStringKey` is `password`.",
    bad: &[
        proxy_with!("GenerateSecretString: { PasswordLength: 30 }", ""),
        proxy_with!(
            "GenerateSecretString: { SecretStringTemplate: '{\"user\": \"app\"}', GenerateStringKey: password }",
            ""
        ),
    ],
    good: &[proxy_with!(
        "GenerateSecretString: { SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password }",
        ""
    )],
    find: |context, report| {
        for (_, secret) in secrets_of_proxies(context) {
            for (lacks, path, when) in lacking(context, secret.id) {
                let message = format!("a proxy logs in with `{}`, which has no `{lacks}`", secret.id);
                let when = context.resolved.and(secret.when, when);
                if let Some(found) = tell(context, report, (secret.id, path, None), when, message) {
                    let help = "`SecretStringTemplate: '{\"username\": \"…\"}'` and `GenerateStringKey: password` give it both";
                    found.help = Some(help.into());
                }
            }
        }
    },
};

/// The secrets of the template that proxies log in with, each with its proxy.
pub(super) fn secrets_of_proxies<'a>(context: &Context<'a>) -> Vec<(&'a str, Target<'a>)> {
    let mut found = Vec::new();
    for (proxy, _) in context.resources(PROXY) {
        for entry in context.resolved.elements(proxy, "Auth") {
            let secrets = targets_in(context, entry.source, &["SecretArn"], entry.when, &[SECRET]);
            found.extend(secrets.into_iter().map(|secret| (proxy, secret)));
        }
    }
    found
}

/// What a secret is known to lack of user and password, where that is said, and in which worlds.
fn lacking(context: &Context<'_>, secret: &str) -> Vec<(&'static str, &'static str, Formula)> {
    const GENERATED: &str = "GenerateSecretString";
    let resolved = context.resolved;
    let made_up = resolved.and(resolved.exists(secret), resolved.not(absent(context, secret, GENERATED)));
    let mut found = Vec::new();
    let mut look = |text: &str, key: Option<&str>, path, when| {
        let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let lacks = ["username", "password"].into_iter().find(|name| json.get(name).is_none() && key != Some(*name));
        found.extend(lacks.map(|lacks| (lacks, path, when)));
    };
    for template in resolved.property(secret, "GenerateSecretString/SecretStringTemplate") {
        let Some(text) = shape(&template.value) else { continue };
        for key in resolved.property(secret, "GenerateSecretString/GenerateStringKey") {
            if key.value.is_absent() || key.value.text().is_some() {
                let when = resolved.and(made_up, resolved.and(template.when, key.when));
                look(&text, key.value.text(), "/Properties/GenerateSecretString", when);
            }
        }
    }
    for case in resolved.property(secret, "SecretString").into_iter().filter(|case| !case.value.is_absent()) {
        if let Some(text) = shape(&case.value) {
            look(&text, None, "/Properties/SecretString", case.when);
        }
    }
    found
}

/// A text with a letter for each part that is not known: what keys a text of JSON has is known then. None, if nothing is.
fn shape(value: &Resolution<'_>) -> Option<String> {
    if let Resolution::Absent = value {
        return Some(String::new());
    }
    let pieces = value.pieces()?;
    let is_known = |piece: &Piece<'_>| matches!(piece, Piece::Text(_));
    let text = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Symbol(_) => "x".to_owned(),
    };
    (pieces.is_empty() || pieces.iter().any(is_known)).then(|| pieces.iter().map(text).collect())
}

/// An example of a database whose master user has a password of a secret with these exclusions.
macro_rules! master {
    ($exclusions:literal) => {
        concat!(
            "Resources: { Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { ",
            "SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password",
            $exclusions,
            " } } }, Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ",
            "MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret.Id}:SecretString:password}}' } } }"
        )
    };
}

const REFUSED_CHARACTERS: Rule = Rule {
    code: Code::new("E3962", "password-with-refused-characters"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    explanation: "A master user's password has none of `/`, `@` and `\"`. A made-up one has them now and then, unless \
                  `ExcludeCharacters` names them or `ExcludePunctuation` is on; then the deployment fails, and the next does not.",
    bad: &[master!(""), master!(", ExcludeCharacters: '/@'")],
    good: &[master!(", ExcludeCharacters: '/@\"'"), master!(", ExcludePunctuation: true")],
    find: refused_characters,
};

fn refused_characters(context: &Context<'_>, report: &mut Report) {
    for (_, secret) in secrets_of_databases(context) {
        let Some((refused, when)) = refused(context, secret.id) else { continue };
        let message = format!("the password in `{}` may have `{refused}`, which RDS refuses", secret.id);
        let when = context.resolved.and(secret.when, when);
        let at = (secret.id, "/Properties/GenerateSecretString", None);
        if let Some(found) = tell(context, report, at, when, message) {
            found.help = Some("`ExcludeCharacters: '/@\" '`".into());
        }
    }
}

/// The secrets of the template that hold master passwords, each with its database, an instance or a cluster.
pub(super) fn secrets_of_databases<'a>(context: &Context<'a>) -> Vec<(&'a str, Target<'a>)> {
    let resolved = context.resolved;
    let mut found = Vec::new();
    for (database, _) in
        ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"].into_iter().flat_map(|kind| context.resources(kind))
    {
        for case in resolved.property(database, "MasterUserPassword") {
            case.value.each_symbol(&mut |symbol| {
                let value = match symbol {
                    Symbol::Reference { .. } => Resolution::Symbol(symbol.clone()),
                    Symbol::Dynamic(dynamic) if dynamic.service == "secretsmanager" => {
                        let name = dynamic.key.text().and_then(|key| key.split(':').next()).unwrap_or_default();
                        Resolution::Text(name.to_owned().into())
                    }
                    _ => return,
                };
                let element = Element { index: 0, when: case.when, value, source: case.source };
                found.extend(named(context, &element, &[SECRET]).into_iter().map(|secret| (database, secret)));
            });
        }
    }
    found
}

/// A character that RDS refuses and a made-up password may have, and where it may.
fn refused(context: &Context<'_>, secret: &str) -> Option<(char, Formula)> {
    let resolved = context.resolved;
    let made_up = resolved.not(absent(context, secret, "GenerateSecretString"));
    let punctuation = resolved.and(made_up, off(context, secret, "GenerateSecretString/ExcludePunctuation"));
    let excluded = resolved.property(secret, "GenerateSecretString/ExcludeCharacters").into_iter();
    let mut excluded = excluded.filter_map(|case| match &case.value {
        Resolution::Absent => Some((String::new(), case.when)),
        value => Some((value.text()?.to_owned(), case.when)),
    });
    excluded.find_map(|(excluded, when)| {
        let refused = "/@\"".chars().find(|character| !excluded.contains(*character))?;
        let when = resolved.and(punctuation, when);
        resolved.is_certainly_possible(when).then_some((refused, when))
    })
}

const ATTACHMENT_DOCS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html";

const TWO_ATTACHMENTS: Rule = Rule {
    code: Code::new("E3963", "two-attachments-of-a-secret"),
    severity: Severity::Error,
    source: ATTACHMENT_DOCS,
    explanation: "An attachment writes engine, host and port of a database into a secret, which has room for one.",
    bad: &[
        "Resources: { A: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }, B: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !Ref Secret, TargetId: b, TargetType: AWS::RDS::DBInstance } }, Secret: { Type: AWS::SecretsManager::Secret, Properties: { Description: s } } }",
    ],
    good: &[
        "Resources: { A: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }, Secret: { Type: AWS::SecretsManager::Secret, Properties: { Description: s } } }",
    ],
    find: |context, report| {
        let mut known: Vec<(&str, Target<'_>)> = Vec::new();
        for (id, _) in context.resources(ATTACHMENT) {
            for secret in targets(context, id, "SecretId", &[SECRET]) {
                for (other, of) in known.iter().filter(|(_, of)| of.id == secret.id) {
                    let message = format!("`{other}` and `{id}` both attach `{}` to a database", secret.id);
                    let when = context.resolved.and(secret.when, of.when);
                    let at = (id, "/Properties/SecretId", Some(secret.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = Some("a secret for each database user of each database".into());
                    }
                }
                known.push((id, secret));
            }
        }
    },
};

/// An example of a rotation with these properties, and what else there is.
macro_rules! rotation {
    ($hosted:literal, $top:literal, $rest:literal) => {
        concat!(
            $top,
            "Resources: { Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !GetAtt Secret.Id, ",
            "RotationRules: { AutomaticallyAfterDays: 30 }, ",
            $hosted,
            " } }, Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { ",
            "SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password } } }",
            $rest,
            " }"
        )
    };
}

const WITHOUT_ATTACHMENT: Rule = Rule {
    code: Code::new("W3964", "rotation-without-attachment"),
    severity: Severity::Warning,
    source: ATTACHMENT_DOCS,
    explanation: "A rotation reads engine and host of the database in the secret. In one that Secrets Manager makes up they stand \
                  in its template, or an attachment writes them.",
    bad: &[rotation!(
        "HostedRotationLambda: { RotationType: MySQLSingleUser }",
        "Transform: AWS::SecretsManager-2024-09-16\n",
        ""
    )],
    good: &[rotation!(
        "HostedRotationLambda: { RotationType: MySQLSingleUser }",
        "Transform: AWS::SecretsManager-2024-09-16\n",
        ", Attachment: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }"
    )],
    find: without_attachment,
};

fn without_attachment(context: &Context<'_>, report: &mut Report) {
    let resolved = context.resolved;
    for (id, _) in context.resources(SCHEDULE) {
        let hosted = resolved.not(absent(context, id, "HostedRotationLambda"));
        for secret in targets(context, id, "SecretId", &[SECRET]) {
            let mut when = resolved.and(hosted, secret.when);
            when = resolved.and(when, resolved.not(absent(context, secret.id, "GenerateSecretString")));
            for template in resolved.property(secret.id, "GenerateSecretString/SecretStringTemplate") {
                let has_host = shape(&template.value).is_none_or(|text| text.contains("\"host\""));
                when = if has_host { resolved.and(when, resolved.not(template.when)) } else { when };
            }
            for (attachment, _) in context.resources(ATTACHMENT) {
                let attached = targets(context, attachment, "SecretId", &[SECRET]).into_iter();
                for attached in attached.filter(|attached| attached.id == secret.id) {
                    when = resolved.and(when, resolved.not(attached.when));
                }
            }
            let message = format!("`{id}` rotates `{}`, which does not say where its database is", secret.id);
            let at = (id, "/Properties/SecretId", Some(secret.source));
            if let Some(found) = tell(context, report, at, when, message) {
                found.help = Some("attach it: `AWS::SecretsManager::SecretTargetAttachment`".into());
            }
        }
    }
}

const WITHOUT_TRANSFORM: Rule = Rule {
    code: Code::new("E3965", "hosted-rotation-without-transform"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-secretsmanager.html",
    explanation: "The function of a hosted rotation is made by a macro of CloudFormation's, which the template names under \
                  `Transform`: `AWS::SecretsManager-2024-09-16`.",
    bad: &[rotation!(
        "HostedRotationLambda: { RotationType: MySQLSingleUser }",
        "",
        ", Attachment: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }"
    )],
    good: &[rotation!("RotationLambdaARN: 'arn:aws:lambda:us-east-1:111122223333:function:rotate'", "", "")],
    find: |context, report| {
        let transforms = context.template.transform.iter().filter_map(Value::as_str);
        if transforms.into_iter().any(|name| name.starts_with("AWS::SecretsManager-")) {
            return;
        }
        for (id, schedule) in context.resources(SCHEDULE) {
            if schedule.properties.contains_key("HostedRotationLambda") {
                let message = format!("nothing makes the function that `{id}` wants");
                let found = report.resource(id, "/Properties/HostedRotationLambda", message);
                found.help = Some("`Transform: AWS::SecretsManager-2024-09-16` at the top of the template".into());
            }
        }
    },
};

const ALTERNATING_USERS: Rule = Rule {
    code: Code::new("E3966", "alternating-users-behind-proxy"),
    severity: Severity::Error,
    source: "https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/108",
    explanation: "With two users that alternate, the current version of the secret names the one, then the other. A proxy reads \
                  the current version only, and refuses clients of the other: `This RDS proxy has no credentials for the role`.",
    bad: &[concat!(
        "Transform: AWS::SecretsManager-2024-09-16\n",
        proxy_with!(
            "GenerateSecretString: { SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password }",
            ", Attachment: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }, Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !GetAtt Secret.Id, HostedRotationLambda: { RotationType: MySQLMultiUser } } }"
        )
    )],
    good: &[concat!(
        "Transform: AWS::SecretsManager-2024-09-16\n",
        proxy_with!(
            "GenerateSecretString: { SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password }",
            ", Attachment: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !GetAtt Secret.Id, TargetId: a, TargetType: AWS::RDS::DBInstance } }, Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !GetAtt Secret.Id, HostedRotationLambda: { RotationType: MySQLSingleUser } } }"
        )
    )],
    find: |context, report| {
        let of_proxies = secrets_of_proxies(context);
        for (id, _) in context.resources(SCHEDULE) {
            let kinds = texts(context, id, "HostedRotationLambda/RotationType");
            for kind in kinds.into_iter().filter(|kind| kind.value.ends_with("MultiUser")) {
                for secret in targets(context, id, "SecretId", &[SECRET]) {
                    let Some((_, of)) = of_proxies.iter().find(|(_, of)| of.id == secret.id) else { continue };
                    let (name, to) = (&kind.value, secret.id);
                    let message = format!("`{name}` gives `{to}` another user each time, whom its proxy does not know");
                    let both = context.resolved.and(secret.when, of.when);
                    let when = context.resolved.and(both, kind.when);
                    let at = (id, "/Properties/HostedRotationLambda/RotationType", Some(kind.source));
                    if let Some(found) = tell(context, report, at, when, message) {
                        found.help = Some(format!("`{}`", name.replace("MultiUser", "SingleUser")));
                    }
                }
            }
        }
    },
};
