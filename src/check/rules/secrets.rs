//! Secrets of databases, and their rotation.

use std::collections::BTreeMap;

use super::facts::{list, reference, refers};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Map, Resource, Value};

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
        for (_, proxy) in context.resources(PROXY) {
            for id in secrets_of(proxy) {
                let Some(secret) = context.template.resources.get(id) else { continue };
                let Some(lacks) = generation(secret).and_then(lacking) else { continue };
                let message = format!("a proxy logs in with `{id}`, which has no `{lacks}`");
                let found = report.resource(id, "/Properties/GenerateSecretString", message);
                found.help = Some(
                    "`SecretStringTemplate: '{\"username\": \"…\"}'` and `GenerateStringKey: password` give it both"
                        .into(),
                );
            }
        }
    },
};

fn secrets_of(proxy: &Resource) -> impl Iterator<Item = &str> {
    let entries = list(proxy, "Auth").iter().filter_map(Value::as_map);
    entries.filter_map(|entry| entry.get("SecretArn").and_then(reference))
}

fn generation(secret: &Resource) -> Option<&Map> {
    let secret = Some(secret).filter(|secret| secret.kind == SECRET)?;
    secret.properties.get("GenerateSecretString").and_then(Value::as_map)
}

/// The key that a generated secret is known to lack.
fn lacking(generation: &Map) -> Option<&'static str> {
    let template = match generation.get("SecretStringTemplate") {
        None => Some(""),
        Some(template) => template.as_str(),
    }?;
    let json: serde_json::Value = serde_json::from_str(template).unwrap_or_default();
    if json.get("username").is_none() {
        return Some("username");
    }
    let made = generation.get("GenerateStringKey").and_then(Value::as_str);
    (made != Some("password") && json.get("password").is_none()).then_some("password")
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
    let databases = ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];
    for (_, database) in databases.into_iter().flat_map(|kind| context.resources(kind)) {
        let Some(password) = database.properties.get("MasterUserPassword") else { continue };
        let mut secrets = Vec::new();
        password.each_reference(&mut |reference| secrets.push(reference.name()));
        for id in secrets {
            let generation = context.template.resources.get(id).and_then(generation);
            let Some(refused) = generation.and_then(refused) else { continue };
            let message = format!("the password in `{id}` may have `{refused}`, which RDS refuses");
            let found = report.resource(id, "/Properties/GenerateSecretString", message);
            found.help = Some("`ExcludeCharacters: '/@\" '`".into());
        }
    }
}

/// A character that RDS refuses and a made-up password may have.
fn refused(generation: &Map) -> Option<char> {
    let punctuation = generation.get("ExcludePunctuation");
    let excluded = match generation.get("ExcludeCharacters") {
        None => "",
        Some(characters) => characters.as_str()?,
    };
    let off = punctuation.is_none_or(|flag| matches!(flag, Value::Bool(false)) || flag.as_str() == Some("false"));
    off.then(|| "/@\"".chars().find(|character| !excluded.contains(*character))).flatten()
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
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, attachment) in context.resources(ATTACHMENT) {
            let Some(secret) = refers(attachment, "SecretId") else { continue };
            if let Some(other) = first.insert(secret, id) {
                let message = format!("`{other}` and `{id}` both attach `{secret}` to a database");
                let found = report.resource(id, "/Properties/SecretId", message);
                found.help = Some("a secret for each database user of each database".into());
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
    for (id, schedule) in context.resources(SCHEDULE) {
        let Some(secret) = refers(schedule, "SecretId") else { continue };
        let Some(generation) = context.template.resources.get(secret).and_then(generation) else { continue };
        let template = generation.get("SecretStringTemplate");
        let has_host = template.is_some_and(|template| template.as_str().is_none_or(|text| text.contains("\"host\"")));
        let attached = context.resources(ATTACHMENT).any(|(_, attached)| refers(attached, "SecretId") == Some(secret));
        let hosted = schedule.properties.contains_key("HostedRotationLambda");
        if hosted && !has_host && !attached {
            let message = format!("`{id}` rotates `{secret}`, which does not say where its database is");
            let found = report.resource(id, "/Properties/SecretId", message);
            found.help = Some("attach it: `AWS::SecretsManager::SecretTargetAttachment`".into());
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
        let of_proxies: Vec<&str> = context.resources(PROXY).flat_map(|(_, proxy)| secrets_of(proxy)).collect();
        for (id, schedule) in context.resources(SCHEDULE) {
            let hosted = schedule.properties.get("HostedRotationLambda").and_then(Value::as_map);
            let kind = hosted.and_then(|hosted| hosted.get("RotationType")).and_then(Value::as_str);
            let secret = refers(schedule, "SecretId").filter(|secret| of_proxies.contains(secret));
            if let (Some(kind), Some(secret)) = (kind.filter(|kind| kind.ends_with("MultiUser")), secret) {
                let message = format!("`{kind}` gives `{secret}` another user each time, whom its proxy does not know");
                let found = report.resource(id, "/Properties/HostedRotationLambda/RotationType", message);
                found.help = Some(format!("`{}`", kind.replace("MultiUser", "SingleUser")));
            }
        }
    },
};
