//! Passwords that are made up and rotated: how long, by whom, through what.

use super::known::{absent, numbers_or, targets, tell, texts};
use super::secrets::{secrets_of_databases, secrets_of_proxies};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[LENGTH, THROUGH_PROXY, ATTACHED_TO_OTHER_TYPE, MASTER_BEHIND_PROXY];

const SECRET: &str = "AWS::SecretsManager::Secret";
const SCHEDULE: &str = "AWS::SecretsManager::RotationSchedule";

/// How long a password is that Secrets Manager makes up, where the template does not say.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html>
const UNSAID: i64 = 32;

/// A database of this engine whose password has this length.
macro_rules! long {
    ($engine:literal, $length:literal) => {
        concat!(
            "Resources: { Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { ",
            "SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password, ExcludeCharacters: '/@\" '",
            $length,
            " } } }, Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', MasterUsername: app, Engine: ",
            $engine,
            ", MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}' } } }"
        )
    };
}

const LENGTH: Rule = Rule {
    code: Code::new("E3969", "password-of-refused-length"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    explanation: "A master user's password has 8 characters at least, and at most 41 for MySQL and MariaDB, 128 for PostgreSQL and SQL \
                  Server. One that is made up has `PasswordLength`, 32 unless said.",
    bad: &[long!("mysql", ", PasswordLength: 64"), long!("postgres", ", PasswordLength: 6")],
    good: &[long!("mysql", ""), long!("postgres", ", PasswordLength: 64")],
    find: |context, report| {
        const LENGTH: &str = "GenerateSecretString/PasswordLength";
        for (database, secret) in secrets_of_databases(context) {
            let resolved = context.resolved;
            let made_up = resolved.not(absent(context, secret.id, "GenerateSecretString"));
            for engine in texts(context, database, "Engine") {
                let Some(most) = longest(&engine.value) else { continue };
                for length in numbers_or(context, secret.id, LENGTH, UNSAID) {
                    if (8..=most).contains(&length.value) {
                        continue;
                    }
                    let (long, name) = (length.value, &engine.value);
                    let message =
                        format!("the password in `{}` has {long} characters, which {name} refuses", secret.id);
                    let both = resolved.and(made_up, resolved.and(engine.when, length.when));
                    let path = format!("/Properties/{LENGTH}");
                    let at = (secret.id, path.as_str(), Some(length.source));
                    if let Some(found) = tell(context, report, at, resolved.and(secret.when, both), message) {
                        found.help = Some(format!("let `PasswordLength` be 8 to {most}"));
                    }
                }
            }
        }
    },
};

/// How long a master password may be.
fn longest(engine: &str) -> Option<i64> {
    match engine.to_ascii_lowercase().as_str() {
        "mysql" | "mariadb" | "aurora-mysql" => Some(41),
        "postgres" | "aurora-postgresql" => Some(128),
        engine if engine.starts_with("sqlserver") => Some(128),
        _ => None,
    }
}

/// A rotated secret that is attached to this.
macro_rules! attached {
    ($to:literal) => {
        concat!(
            "Resources: { Rotation: { Type: AWS::SecretsManager::RotationSchedule, Properties: { SecretId: !Ref Attachment, ",
            "RotationRules: { AutomaticallyAfterDays: 30 }, RotationLambdaARN: 'arn:aws:lambda:us-east-1:111122223333:function:rotate' } }, ",
            "Attachment: { Type: AWS::SecretsManager::SecretTargetAttachment, Properties: { SecretId: !Ref Secret, TargetId: t, TargetType: ",
            $to,
            " } }, Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { ",
            "SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password } } } }"
        )
    };
}

const THROUGH_PROXY: Rule = Rule {
    code: Code::new("W3968", "rotation-through-proxy"),
    severity: Severity::Warning,
    source: "https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/103",
    explanation: "A rotation changes the password in the database, where its host is. A secret that is attached to a proxy names the \
                  proxy as host, and the rotation, which logs in with a password that the proxy does not know yet, never ends.",
    bad: &[attached!("AWS::RDS::DBProxy")],
    good: &[attached!("AWS::RDS::DBInstance")],
    find: |context, report| {
        for (id, _) in context.resources("AWS::SecretsManager::SecretTargetAttachment") {
            for kind in texts(context, id, "TargetType").into_iter().filter(|kind| kind.value == "AWS::RDS::DBProxy") {
                for secret in targets(context, id, "SecretId", &[SECRET]) {
                    for (schedule, _) in context.resources(SCHEDULE) {
                        let rotated = targets(context, schedule, "SecretId", &[SECRET]).into_iter();
                        for rotated in rotated.filter(|rotated| rotated.id == secret.id) {
                            let resolved = context.resolved;
                            let both = resolved.and(secret.when, rotated.when);
                            let message = format!(
                                "`{schedule}` rotates `{}` through the proxy that it is attached to",
                                secret.id
                            );
                            let at = (id, "/Properties/TargetType", Some(kind.source));
                            if let Some(found) = tell(context, report, at, resolved.and(kind.when, both), message) {
                                found.help = Some("attach the secret to the database".into());
                            }
                        }
                    }
                }
            }
        }
    },
};

/// What a secret can be attached to: what is documented, and the proxy that the CDK has too.
const ATTACHABLE: &[&str] = &[
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBProxy",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::DocDB::DBInstance",
    "AWS::DocDB::DBCluster",
    "AWS::DocDBElastic::Cluster",
];

const ATTACHED_TO_OTHER_TYPE: Rule = Rule {
    code: Code::new("E3967", "attachment-to-other-type"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secrettargetattachment.html",
    explanation: "`TargetType` is the type of the database as CloudFormation has it, such as `AWS::RDS::DBInstance`. The published \
                  schema takes any text.",
    bad: &[attached!("RDS"), attached!("AWS::RDS::Instance")],
    good: &[attached!("AWS::RDS::DBInstance"), attached!("AWS::DocDB::DBCluster")],
    find: |context, report| {
        for (id, _) in context.resources("AWS::SecretsManager::SecretTargetAttachment") {
            let kinds = texts(context, id, "TargetType").into_iter();
            for kind in kinds.filter(|kind| !ATTACHABLE.contains(&kind.value.as_str())) {
                let message = format!("`{id}` attaches a secret to `{}`, which is no type of database", kind.value);
                let at = (id, "/Properties/TargetType", Some(kind.source));
                if let Some(found) = tell(context, report, at, kind.when, message) {
                    found.help = suggest(&kind.value, ATTACHABLE.iter().copied());
                }
            }
            attached_to_another_type(context, id, report);
        }
    },
};

/// Where the type that is said is not that of the database which is named.
fn attached_to_another_type(context: &Context<'_>, id: &str, report: &mut Report) {
    for target in targets(context, id, "TargetId", ATTACHABLE) {
        let right = target.resource.kind.as_str();
        let kinds = texts(context, id, "TargetType").into_iter();
        for kind in kinds.filter(|kind| ATTACHABLE.contains(&kind.value.as_str()) && kind.value != right) {
            let message = format!("`{}` is `{right}`, and `{id}` attaches a secret to `{}`", target.id, kind.value);
            let at = (id, "/Properties/TargetType", Some(kind.source));
            if let Some(found) = tell(context, report, at, context.resolved.and(kind.when, target.when), message) {
                found.help = Some(format!("write `TargetType: {right}`"));
            }
        }
    }
}

const MASTER_BEHIND_PROXY: Rule = Rule {
    code: Code::new("I3978", "master-user-behind-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html",
    explanation: "A proxy that logs in with the secret of the master user makes its clients master of the database. A user of their \
                  own, with a secret of its own, has what they need.",
    bad: &[concat!(
        "Resources:\n  Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { ",
        "SecretStringTemplate: '{\"username\": \"app\"}', GenerateStringKey: password, ExcludeCharacters: '/@\" ' } } }\n",
        "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
        "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', MasterUsername: app, Engine: mysql, ",
        "MasterUserPassword: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}' } }\n",
        "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, RoleArn: 'arn:aws:iam::111122223333:role/r', ",
        "VpcSubnetIds: [subnet-00000001, subnet-00000002], RequireTLS: true, EngineFamily: MYSQL, Auth: [{ AuthScheme: SECRETS, SecretArn: !Ref Secret }] } }\n",
    )],
    good: &[long!("mysql", "")],
    find: |context, report| {
        let masters = secrets_of_databases(context);
        for (proxy, secret) in secrets_of_proxies(context) {
            let master = masters.iter().filter(|(_, master)| master.id == secret.id);
            let master = master.fold(Formula::FALSE, |any, (_, master)| context.resolved.or(any, master.when));
            let message = format!("`{proxy}` logs in with `{}`, that of the master user", secret.id);
            let when = context.resolved.and(secret.when, master);
            if let Some(found) = tell(context, report, (proxy, "/Properties/Auth", Some(secret.source)), when, message)
            {
                found.help = Some("make a user for the clients, with its own secret".into());
            }
        }
    },
};
