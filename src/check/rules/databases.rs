//! Databases: what the API refuses and the published schema lets pass.

use super::known::{Known, absent, is, on, targets, tell, texts};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::is_reserved_master_user;
use crate::template::Resource;

pub(super) const RULES: &[Rule] =
    &[RESERVED_MASTER_USER, LONG_MASTER_USER, TWO_MASTER_PASSWORDS, DATABASE_NAME_ON_SQL_SERVER, OUTLIVES_KEY];

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";
const CREATE_INSTANCE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";

/// Instances and clusters.
fn databases<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a str, &'a Resource)> + use<'a> {
    context.resources(INSTANCE).chain(context.resources(CLUSTER))
}

/// What is called on a database with an engine and a master user.
type Visit<'v, 'a> = &'v mut dyn FnMut(&'a str, &Known<'a, String>, &Known<'a, String>);

/// Calls `visit` on each engine and master user that a database can have.
fn each_user<'a>(context: &Context<'a>, visit: Visit<'_, 'a>) {
    for (id, _) in databases(context) {
        let users = texts(context, id, "MasterUsername");
        for engine in texts(context, id, "Engine").iter().filter(|_| !users.is_empty()) {
            users.iter().for_each(|user| visit(id, engine, user));
        }
    }
}

/// An example around one instance's properties.
macro_rules! instance {
    ($properties:literal) => {
        concat!(
            "Resources: { Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ",
            "Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', ",
            $properties,
            " } } }"
        )
    };
}

const RESERVED_MASTER_USER: Rule = Rule {
    code: Code::new("E3971", "reserved-master-user"),
    severity: Severity::Error,
    source: "https://github.com/aws-cloudformation/cfn-lint/pull/4425",
    explanation: "RDS keeps `rdsadmin` for itself in every engine. PostgreSQL keeps `admin`, and all names that start with `pg_`: \
                  https://github.com/aws/aws-cdk/pull/10597, https://www.postgresql.org/docs/current/sql-createrole.html. \
                  A reserved word of the engine is refused too: \
                  https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html.",
    bad: &[
        instance!("Engine: postgres, MasterUsername: admin, ManageMasterUserPassword: true"),
        instance!("Engine: postgres, MasterUsername: pg_dba, ManageMasterUserPassword: true"),
        instance!("Engine: mysql, MasterUsername: rdsadmin, ManageMasterUserPassword: true"),
        instance!("Engine: postgres, MasterUsername: user, ManageMasterUserPassword: true"),
        instance!("Engine: mariadb, MasterUsername: schema, ManageMasterUserPassword: true"),
    ],
    good: &[
        instance!("Engine: mysql, MasterUsername: admin, ManageMasterUserPassword: true"),
        instance!("Engine: postgres, MasterUsername: postgres, ManageMasterUserPassword: true"),
    ],
    find: |context, report| {
        each_user(context, &mut |id, engine, user| {
            if is_reserved_master_user(&engine.value, &user.value) {
                let (user_name, engine_name) = (&user.value, &engine.value);
                let message =
                    format!("`{user_name}` cannot be the master user: {engine_name} keeps the name for itself");
                let when = context.resolved.and(engine.when, user.when);
                let at = (id, "/Properties/MasterUsername", Some(user.source));
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("choose another name".into());
                }
            }
        });
    },
};

const LONG_MASTER_USER: Rule = Rule {
    code: Code::new("E3975", "long-master-user"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html",
    explanation: "The name of a master user is at most as long as its engine takes: 16 characters for MySQL, MariaDB and Aurora MySQL, 63 for PostgreSQL, 128 for SQL Server. The \
                  published schema allows 128 everywhere.",
    bad: &[
        instance!("Engine: mysql, MasterUsername: billing_application, ManageMasterUserPassword: true"),
        instance!("Engine: mariadb, MasterUsername: billing_application, ManageMasterUserPassword: true"),
    ],
    good: &[
        instance!("Engine: mysql, MasterUsername: billing_app_2026, ManageMasterUserPassword: true"),
        instance!("Engine: postgres, MasterUsername: billing_application, ManageMasterUserPassword: true"),
    ],
    find: |context, report| {
        each_user(context, &mut |id, engine, user| {
            let length = user.value.chars().count();
            if let Some(most) = longest_master_user(&engine.value).filter(|most| length > *most) {
                let (user_name, engine_name) = (&user.value, &engine.value);
                let message = format!(
                    "`{user_name}` has {length} characters, and a master user of {engine_name} has {most} at most"
                );
                let when = context.resolved.and(engine.when, user.when);
                let at = (id, "/Properties/MasterUsername", Some(user.source));
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("choose a shorter name".into());
                }
            }
        });
    },
};

/// How long the name of a master user may be. Of Aurora PostgreSQL AWS names two limits, the longer of which is
/// PostgreSQL's own.
fn longest_master_user(engine: &str) -> Option<usize> {
    match engine.to_ascii_lowercase().as_str() {
        "mysql" | "mariadb" | "aurora-mysql" => Some(16),
        "postgres" | "aurora-postgresql" => Some(63),
        engine if engine.starts_with("sqlserver") => Some(128),
        _ => None,
    }
}

const TWO_MASTER_PASSWORDS: Rule = Rule {
    code: Code::new("E3972", "two-master-passwords"),
    severity: Severity::Error,
    source: CREATE_INSTANCE,
    explanation: "With `ManageMasterUserPassword` RDS makes up the master user's password and keeps it in a secret, so none can be \
                  given with `MasterUserPassword`.",
    bad: &[instance!(
        "Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true, MasterUserPassword: '{{resolve:secretsmanager:app:SecretString:password}}'"
    )],
    good: &[instance!(
        "Engine: mysql, MasterUsername: app, MasterUserPassword: '{{resolve:secretsmanager:app:SecretString:password}}'"
    )],
    find: |context, report| {
        for (id, _) in databases(context) {
            let resolved = context.resolved;
            let given = resolved.not(absent(context, id, "MasterUserPassword"));
            let when = resolved.and(on(context, id, "ManageMasterUserPassword"), given);
            let message = format!("`{id}` has a master password given, and one that RDS manages");
            if let Some(found) = tell(context, report, (id, "/Properties/MasterUserPassword", None), when, message) {
                found.help = Some("leave out one of them".into());
            }
        }
    },
};

const DATABASE_NAME_ON_SQL_SERVER: Rule = Rule {
    code: Code::new("E3973", "database-name-on-sql-server"),
    severity: Severity::Error,
    source: CREATE_INSTANCE,
    explanation: "RDS makes no database in a new SQL Server instance: `DBName` must be absent there.",
    bad: &[instance!(
        "Engine: sqlserver-ex, LicenseModel: license-included, MasterUsername: app, ManageMasterUserPassword: true, DBName: app"
    )],
    good: &[instance!(
        "Engine: sqlserver-ex, LicenseModel: license-included, MasterUsername: app, ManageMasterUserPassword: true"
    )],
    find: |context, report| {
        for (id, _) in context.resources(INSTANCE) {
            let resolved = context.resolved;
            let sql_server = is(context, id, "Engine", &|engine| engine.to_ascii_lowercase().starts_with("sqlserver"));
            let when = resolved.and(sql_server, resolved.not(absent(context, id, "DBName")));
            let message = format!("`{id}` is SQL Server, in which RDS makes no database");
            if let Some(found) = tell(context, report, (id, "/Properties/DBName", None), when, message) {
                found.help = Some("leave out `DBName`, and make the database by SQL".into());
            }
        }
    },
};

const OUTLIVES_KEY: Rule = Rule {
    code: Code::new("W3974", "data-that-outlives-its-key"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
    explanation: "What stays, or leaves a snapshot, is encrypted with its key. Once the key is gone, nobody can read it.",
    bad: &[
        "Resources: { Key: { Type: AWS::KMS::Key, DeletionPolicy: Delete, UpdateReplacePolicy: Delete, Properties: { Description: k } }, Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true, StorageEncrypted: true, KmsKeyId: !GetAtt Key.Arn } } }",
    ],
    good: &[
        "Resources: { Key: { Type: AWS::KMS::Key, DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Properties: { Description: k } }, Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true, StorageEncrypted: true, KmsKeyId: !GetAtt Key.Arn } } }",
    ],
    find: outlives_key,
};

fn outlives_key(context: &Context<'_>, report: &mut Report) {
    for (id, resource) in &context.template.resources {
        if !resource.properties.contains_key("KmsKeyId") || !leaves_data(resource) {
            continue;
        }
        for key in targets(context, id, "KmsKeyId", &["AWS::KMS::Key"]).into_iter().filter(|key| !stays(key.resource)) {
            let message = format!("the data of `{id}` stay, and the key that they are encrypted with goes");
            let at = (id.as_str(), "/Properties/KmsKeyId", Some(key.source));
            if let Some(found) = tell(context, report, at, key.when, message) {
                found.help =
                    Some(format!("give `{}` `DeletionPolicy: Retain` and `UpdateReplacePolicy: Retain`", key.id));
            }
        }
    }
}

fn stays(resource: &Resource) -> bool {
    resource.deletion_policy.as_ref().and_then(|policy| policy.as_str()) == Some("Retain")
}

/// Databases leave a snapshot unless said otherwise: instances outside a cluster, and clusters.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
fn leaves_data(resource: &Resource) -> bool {
    match resource.deletion_policy.as_ref().map(|policy| policy.as_str()) {
        Some(policy) => matches!(policy, Some("Retain" | "Snapshot")),
        None => {
            let alone = !resource.properties.contains_key("DBClusterIdentifier");
            resource.kind == CLUSTER || resource.kind == INSTANCE && alone
        }
    }
}
