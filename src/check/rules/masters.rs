//! The master user's password and the secret that RDS keeps it in; keys that encrypt nothing.

use super::known::{absent, off, targets, tell, texts};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[NO_MASTER_PASSWORD, NO_MASTER_SECRET, UNUSABLE_KEY];

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

/// A database with these properties, and a proxy that logs in with the secret of its master user.
macro_rules! instance {
    ($properties:literal, $auth:literal) => {
        concat!(
            "Resources:\n  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', ",
            $properties,
            " } }\n  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
            $auth,
            " } }\n  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBInstanceIdentifiers: [!Ref Database] } }\n"
        )
    };
}

const NO_MASTER_PASSWORD: Rule = Rule {
    code: Code::new("E3977", "no-master-password"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    explanation: "A new database has a master user with a password: one that is given, or one that RDS makes up and keeps in a \
                  secret. Only what is restored or copied has it already, and an instance of a cluster has the cluster's.",
    bad: &[instance!(
        "Engine: mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app",
        "DefaultAuthScheme: IAM_AUTH"
    )],
    good: &[
        instance!(
            "Engine: mysql, EnableIAMDatabaseAuthentication: true, MasterUsername: app, ManageMasterUserPassword: true",
            "DefaultAuthScheme: IAM_AUTH"
        ),
        instance!(
            "Engine: mysql, EnableIAMDatabaseAuthentication: true, DBSnapshotIdentifier: before",
            "DefaultAuthScheme: IAM_AUTH"
        ),
    ],
    find: |context, report| {
        for (id, database) in context.resources(INSTANCE).chain(context.resources(CLUSTER)) {
            // Without a master user there is something else that the database is made of, or another rule tells.
            let resolved = context.resolved;
            let has_origin = database.properties.keys().any(|name| ORIGINS.contains(&name.as_str()));
            let named = resolved.not(absent(context, id, "MasterUsername"));
            let without = resolved.and(absent(context, id, "MasterUserPassword"), unmanaged(context, id));
            let when = if has_origin { Formula::FALSE } else { resolved.and(named, without) };
            let message = format!("`{id}` has a master user, and no password for it");
            if let Some(found) = tell(context, report, (id, "/Properties/MasterUsername", None), when, message) {
                found.help = Some("set `ManageMasterUserPassword: true`, or give `MasterUserPassword`".into());
            }
        }
    },
};

/// What a database is made of that is not new.
const ORIGINS: &[&str] = &[
    "DBClusterIdentifier",
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "GlobalClusterIdentifier",
    "ReplicationSourceIdentifier",
    "RestoreTime",
    "RestoreToTime",
    "SnapshotIdentifier",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBInstanceIdentifier",
    "SourceDbClusterResourceId",
    "SourceDbiResourceId",
    "UseLatestRestorableTime",
];

/// Where RDS does not keep the master user's password itself.
fn unmanaged(context: &Context<'_>, database: &str) -> Formula {
    off(context, database, "ManageMasterUserPassword")
}

const NO_MASTER_SECRET: Rule = Rule {
    code: Code::new("E3970", "secret-that-rds-does-not-make"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
    explanation: "RDS keeps the master user's password in a secret where `ManageMasterUserPassword` is set. Elsewhere there is no such \
                  secret, and the attribute `MasterUserSecret.SecretArn` has no value. Of an Aurora cluster it is the cluster's.",
    bad: &[instance!(
        "Engine: mysql, MasterUsername: app, MasterUserPassword: '{{resolve:secretsmanager:app:SecretString:password}}'",
        "Auth: [{ AuthScheme: SECRETS, SecretArn: !GetAtt Database.MasterUserSecret.SecretArn }]"
    )],
    good: &[instance!(
        "Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true",
        "Auth: [{ AuthScheme: SECRETS, SecretArn: !GetAtt Database.MasterUserSecret.SecretArn }]"
    )],
    find: |context, report| {
        let resolved = context.resolved;
        for id in context.template.resources.keys() {
            let mut named = Vec::new();
            resolved.each_reference(id, &mut |database, attribute, when, source| {
                let is_database = || {
                    let kind = context.template.resources.get(database).map(|it| it.kind.as_str());
                    kind == Some(INSTANCE) || kind == Some(CLUSTER)
                };
                if attribute == Some("MasterUserSecret.SecretArn") && is_database() {
                    named.push((database, when, source));
                }
            });
            for (database, when, source) in named {
                let message = format!("RDS makes no secret for the master user of `{database}`");
                let when = resolved.and(when, unmanaged(context, database));
                if let Some(found) = tell(context, report, (id, "/Properties", Some(source)), when, message) {
                    let members = context.template.resources.get(database).map(|it| &it.properties);
                    let cluster = members.is_some_and(|properties| properties.contains_key("DBClusterIdentifier"));
                    found.help = Some(match cluster {
                        true => "name the cluster: it has the master user, not its instances".into(),
                        false => format!("set `ManageMasterUserPassword: true` on `{database}`"),
                    });
                }
            }
        }
    },
};

/// A secret that a proxy uses, and its key with these properties.
macro_rules! key {
    ($properties:literal) => {
        concat!(
            "Resources:\n  Secret: { Type: AWS::SecretsManager::Secret, Properties: { KmsKeyId: !GetAtt Key.Arn, ",
            "GenerateSecretString: { PasswordLength: 30 } } }\n",
            "  Key: { Type: AWS::KMS::Key, DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Properties: { ",
            $properties,
            " } }\n"
        )
    };
}

const UNUSABLE_KEY: Rule = Rule {
    code: Code::new("E3980", "key-that-encrypts-nothing"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    explanation: "Secrets and databases are encrypted with a symmetric key that is enabled. A disabled one, \
                  https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html, encrypts and decrypts nothing.",
    bad: &[key!("Enabled: false"), key!("KeySpec: RSA_2048, KeyUsage: ENCRYPT_DECRYPT")],
    good: &[key!("Enabled: true, EnableKeyRotation: true"), key!("KeySpec: SYMMETRIC_DEFAULT")],
    find: |context, report| {
        let users = ["AWS::SecretsManager::Secret", INSTANCE, CLUSTER];
        for (id, _) in users.into_iter().flat_map(|kind| context.resources(kind)) {
            for key in targets(context, id, "KmsKeyId", &["AWS::KMS::Key"]) {
                let resolved = context.resolved;
                let specs = ["KeySpec", "KeyUsage"].into_iter().flat_map(|name| texts(context, key.id, name));
                let specs = specs.filter(|it| !["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"].contains(&it.value.as_str()));
                let other = specs.fold(Formula::FALSE, |any, it| resolved.or(any, it.when));
                let enabled = texts(context, key.id, "Enabled").into_iter();
                let disabled = enabled.filter(|it| it.value.eq_ignore_ascii_case("false"));
                let disabled = disabled.fold(Formula::FALSE, |any, it| resolved.or(any, it.when));
                let wrong = [
                    (disabled, "is disabled", "leave out `Enabled: false`"),
                    (other, "is no symmetric key", "leave out `KeySpec` and `KeyUsage`"),
                ];
                for (when, is, help) in wrong {
                    let message = format!("`{id}` is encrypted with `{}`, which {is}", key.id);
                    let at = (id, "/Properties/KmsKeyId", Some(key.source));
                    if let Some(found) = tell(context, report, at, resolved.and(key.when, when), message) {
                        found.help = Some(format!("{help} of `{}`", key.id));
                    }
                }
            }
        }
    },
};
