//! New databases, their secrets and keys, and what stands before them.

mod proxies;
mod retention;
mod rotation;

use formwork::prelude::*;
use formwork::template::Template;

use crate::stack::{codes, faults, findings, property, stack};

/// A stack with a network and a secret, in which a database can be made.
pub struct Parts {
    pub stack: Stack,
    pub vpc: Handle<Vpc>,
    pub private: Handle<PrivateSubnets>,
    pub group: Handle<SecurityGroup>,
    pub key: Handle<Key>,
    pub secret: Handle<Secret>,
}

pub fn parts() -> Parts {
    let mut stack = stack();
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let group = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let key = stack.add("Key", Key::new("data"));
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)));
    Parts { stack, vpc, private, group, key, secret }
}

impl Parts {
    pub fn instance(&self, engine: Engine) -> DatabaseInstance {
        DatabaseInstance::new(engine, self.secret, self.private, self.group)
    }

    pub fn cluster(&self, engine: AuroraEngine) -> DatabaseCluster {
        DatabaseCluster::new(engine, self.secret, self.private, self.group)
    }

    /// The template with a further noun in it, and nothing wrong.
    pub fn with(mut self, noun: impl Construct) -> Template {
        self.stack.add("Database", noun);
        let faults = faults(&self.stack);
        assert!(faults.is_empty(), "{faults:#?}");
        self.stack.lower().template
    }
}

/// The codes of what is wrong with a stack that has a further noun.
#[track_caller]
fn refused(mut parts: Parts, noun: impl Construct, expect: &[&str]) -> String {
    parts.stack.add("Database", noun);
    let faults = faults(&parts.stack);
    assert_eq!(codes(&faults), expect, "{faults:#?}");
    faults[0].message.clone()
}

#[test]
fn parameters_have_the_family_of_the_version_and_require_tls() {
    for (engine, family, tls) in [
        (Engine::Postgres, "postgres17\n", "rds.force_ssl: \"1\"\n"),
        (Engine::MySql, "mysql8.4\n", "require_secure_transport: \"1\"\n"),
        (Engine::MariaDb, "mariadb11.4\n", "require_secure_transport: \"1\"\n"),
        (Engine::SqlServer, "sqlserver-ex-16.0\n", "rds.force_ssl: \"1\"\n"),
    ] {
        let parts = parts();
        let noun = parts.instance(engine);
        let template = parts.with(noun);
        assert_eq!(property(&template, "Database", "DBParameterGroupName"), "!Ref DatabaseParameters\n");
        assert_eq!(property(&template, "DatabaseParameters", "Family"), family);
        assert_eq!(property(&template, "DatabaseParameters", "Parameters"), tls);
    }
    let parts = parts();
    let noun = parts.cluster(AuroraEngine::MySql).parameter("max_connections", "500");
    let template = parts.with(noun);
    let expect = "max_connections: \"500\"\nrequire_secure_transport: \"ON\"\n";
    assert_eq!(property(&template, "DatabaseParameters", "Parameters"), expect);
    assert_eq!(property(&template, "DatabaseParameters", "Family"), "aurora-mysql8.0\n");
}

#[test]
fn the_version_decides_on_the_family_and_can_be_left_to_the_deployer() {
    let parts_now = parts();
    let noun = parts_now.instance(Engine::Postgres).version("16.13").require_tls(false);
    let template = parts_now.with(noun);
    assert_eq!(property(&template, "Database", "EngineVersion"), "\"16.13\"\n");
    assert_eq!(property(&template, "DatabaseParameters", "Family"), "postgres16\n");
    assert_eq!(property(&template, "DatabaseParameters", "Parameters"), "rds.force_ssl: \"0\"\n");

    let mut parts_now = parts();
    let version = parts_now.stack.parameter("Version", Parameter::text());
    let noun = parts_now.instance(Engine::Postgres).version(version);
    parts_now.stack.add("Database", noun);
    let found = parts_now.stack.lower().diagnostics;
    assert_eq!(codes(&found), ["S1006"], "{found:#?}");
    let expect = "the version of the engine does not say which family its parameter group is of";
    assert_eq!(found[0].message, expect);

    let mut parts_now = parts();
    let version = parts_now.stack.parameter("Version", Parameter::text());
    let noun = parts_now.instance(Engine::Postgres).version(version).parameter_family("postgres18");
    assert_eq!(property(&parts_now.with(noun), "DatabaseParameters", "Family"), "postgres18\n");
}

#[test]
fn what_was_said_of_an_instance_is_what_it_has() {
    let parts = parts();
    let noun = parts
        .instance(Engine::SqlServer)
        .edition(Edition::Standard)
        .key(parts.key)
        .port(1500)
        .storage("100")
        .storage_up_to(500)
        .backup_days(14)
        .backup_window("02:00-02:30")
        .maintenance_window("sun:03:00-sun:03:30")
        .deletion_protection(false)
        .minor_upgrades(false)
        .log_exports(["agent", "error"])
        .enhanced_monitoring(seconds(60))
        .performance_insights(true);
    let template = parts.with(noun);
    for (name, expect) in [
        ("AllocatedStorage", "\"100\"\n"),
        ("AutoMinorVersionUpgrade", "false\n"),
        ("BackupRetentionPeriod", "14\n"),
        ("DBInstanceClass", "db.t3.xlarge\n"),
        ("DeletionProtection", "false\n"),
        ("EnableCloudwatchLogsExports", "- agent\n- error\n"),
        ("EnablePerformanceInsights", "true\n"),
        ("Engine", "sqlserver-se\n"),
        ("KmsKeyId", "!GetAtt Key.Arn\n"),
        ("LicenseModel", "license-included\n"),
        ("MaxAllocatedStorage", "500\n"),
        ("MonitoringInterval", "60\n"),
        ("MonitoringRoleArn", "!GetAtt DatabaseMonitoringRole.Arn\n"),
        ("Port", "\"1500\"\n"),
        ("PreferredBackupWindow", "\"02:00-02:30\"\n"),
        ("PreferredMaintenanceWindow", "sun:03:00-sun:03:30\n"),
    ] {
        assert_eq!(property(&template, "Database", name), expect, "{name}");
    }
    let expect = "- !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole\n";
    assert_eq!(property(&template, "DatabaseMonitoringRole", "ManagedPolicyArns"), expect);
}

#[test]
fn a_cluster_has_its_writer_first_and_its_readers_after() {
    let parts = parts();
    let noun = parts
        .cluster(AuroraEngine::Postgres)
        .serverless(0.5, 8.0)
        .reader("db.serverless")
        .reader("db.r6g.large")
        .enhanced_monitoring(seconds(30));
    let template = parts.with(noun);
    let member = |id: &str, name: &str| property(&template, id, name);
    let expect = "MaxCapacity: 8.0\nMinCapacity: 0.5\n";
    assert_eq!(property(&template, "Database", "ServerlessV2ScalingConfiguration"), expect);
    for (id, class, tier, waits) in [
        ("DatabaseWriter", "db.serverless\n", "0\n", &[][..]),
        ("DatabaseReader1", "db.serverless\n", "1\n", &["DatabaseWriter"]),
        ("DatabaseReader2", "db.r6g.large\n", "1\n", &["DatabaseWriter"]),
    ] {
        assert_eq!(member(id, "DBClusterIdentifier"), "!Ref Database\n");
        assert_eq!(member(id, "DBInstanceClass"), class);
        assert_eq!(member(id, "PromotionTier"), tier);
        assert_eq!(member(id, "MonitoringRoleArn"), "!GetAtt DatabaseMonitoringRole.Arn\n");
        assert_eq!(member(id, "PubliclyAccessible"), "false\n");
        assert_eq!(template.resources[id].depends_on, waits);
    }
    assert!(!template.resources.contains_key("DatabaseReader3"));
}

#[test]
fn a_password_that_rds_manages_is_nowhere_in_the_template() {
    let parts = parts();
    let master = MasterUser::managed(user("billie"), EncryptedBy::Key(parts.key));
    let noun = DatabaseInstance::new(Engine::MySql, master, parts.private, parts.group);
    let template = parts.with(noun);
    assert_eq!(property(&template, "Database", "ManageMasterUserPassword"), "true\n");
    assert_eq!(property(&template, "Database", "MasterUserSecret"), "KmsKeyId: !GetAtt Key.Arn\n");
    assert_eq!(property(&template, "Database", "MasterUsername"), "billie\n");
    assert!(!template.resources["Database"].properties.contains_key("MasterUserPassword"));
    assert!(!template.resources.contains_key("DatabaseAttachment"));
}

#[test]
fn a_secret_of_the_stack_gets_host_and_port_and_one_that_exists_does_not() {
    let parts_now = parts();
    let noun = parts_now.cluster(AuroraEngine::MySql);
    let template = parts_now.with(noun);
    assert_eq!(property(&template, "DatabaseAttachment", "SecretId"), "!GetAtt Secret.Id\n");
    assert_eq!(property(&template, "DatabaseAttachment", "TargetId"), "!Ref Database\n");
    assert_eq!(property(&template, "DatabaseAttachment", "TargetType"), "AWS::RDS::DBCluster\n");

    let mut parts_now = parts();
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:given-abcdef";
    let given = Secret::existing(arn, EncryptedBy::AwsManagedKey).user(user("billie"));
    let given = parts_now.stack.import("Given", given);
    let noun = DatabaseInstance::new(Engine::MySql, given, parts_now.private, parts_now.group);
    let template = parts_now.with(noun);
    assert!(!template.resources.contains_key("DatabaseAttachment"));
    let expect = format!("\"{{{{resolve:secretsmanager:{arn}:SecretString:password}}}}\"\n");
    assert_eq!(property(&template, "Database", "MasterUserPassword"), expect);
}

#[test]
fn a_password_is_as_long_as_the_engine_takes() {
    for (engine, length, expect) in [
        (Engine::Postgres, 128, &[][..]),
        (Engine::Postgres, 129, &["E3969", "S1301"]),
        (Engine::MySql, 41, &[]),
        (Engine::MySql, 42, &["E3969", "S1301"]),
        (Engine::SqlServer, 7, &["E3969", "S1301"]),
    ] {
        let mut parts = parts();
        let secret = Secret::new(user("billie"), EncryptedBy::AwsManagedKey).password_length(length);
        let secret = parts.stack.add("Long", secret);
        parts.stack.add("Database", DatabaseInstance::new(engine, secret, parts.private, parts.group));
        assert_eq!(codes(&faults(&parts.stack)), expect, "{engine:?} {length}");
    }
}

#[test]
fn what_an_engine_does_not_have_is_refused() {
    let of = |noun: fn(&Parts) -> DatabaseInstance| {
        let parts = parts();
        let noun = noun(&parts);
        (parts, noun)
    };
    let (parts, noun) = of(|parts| parts.instance(Engine::Postgres).edition(Edition::Standard));
    assert_eq!(refused(parts, noun, &["S1302"]), "`postgres` has no editions; SQL Server has");
    let (parts, noun) = of(|parts| parts.instance(Engine::SqlServer).database_name("billing"));
    assert_eq!(refused(parts, noun, &["E3973"]), "`Database` is SQL Server, in which RDS makes no database");
    let (parts, noun) = of(|parts| {
        let master = MasterUser::managed(user("admin"), EncryptedBy::AwsManagedKey);
        DatabaseInstance::new(Engine::Postgres, master, parts.private, parts.group)
    });
    let message = refused(parts, noun, &["E3971"]);
    assert_eq!(message, "`admin` cannot be the master user: postgres keeps the name for itself");
    let (parts, noun) = of(|parts| {
        let master = MasterUser::managed(DbUser::Any, EncryptedBy::AwsManagedKey);
        DatabaseInstance::new(Engine::Postgres, master, parts.private, parts.group)
    });
    assert_eq!(refused(parts, noun, &["S1006"]), "a database has one master user, and this one is anyone");
}

#[test]
fn a_key_has_an_alias_and_lets_cloudwatch_logs_in_only_for_a_log_group() {
    let mut stack = stack();
    let quiet = stack.add("Quiet", Key::new("quiet").alias("alias/quiet").pending_window(7).rotated_every(90));
    let logged = stack.add("Logged", Key::new("logged"));
    stack.add("Logs", LogGroup::new(30).key(logged));
    stack.add("Secret", Secret::new(user("app"), EncryptedBy::Key(quiet)));
    assert!(findings(&stack).iter().all(|found| found.severity == formwork::diagnostic::Severity::Info));
    let template = stack.lower().template;
    assert_eq!(property(&template, "QuietAlias", "TargetKeyId"), "!Ref Quiet\n");
    assert_eq!(property(&template, "Quiet", "PendingWindowInDays"), "7\n");
    assert_eq!(property(&template, "Quiet", "RotationPeriodInDays"), "90\n");
    assert!(!property(&template, "Quiet", "KeyPolicy").contains("logs."));
    let expect = r#"  - Effect: Allow
    Principal:
      Service: !Sub logs.${AWS::Region}.amazonaws.com
    Action:
      - kms:Encrypt*
      - kms:Decrypt*
      - kms:ReEncrypt*
      - kms:GenerateDataKey*
      - kms:Describe*
    Resource: "*"
    Condition:
      ArnLike:
        kms:EncryptionContext:aws:logs:arn: !Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*
"#;
    let policy = property(&template, "Logged", "KeyPolicy");
    assert!(policy.ends_with(expect), "{policy}");
}

#[test]
fn a_secret_has_the_resource_policy_that_it_was_given() {
    let mut stack = stack();
    let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": [] });
    stack.add("Secret", Secret::new(user("app"), EncryptedBy::AwsManagedKey).policy(policy).description("the app's"));
    let template = stack.lower().template;
    assert_eq!(property(&template, "SecretPolicy", "SecretId"), "!Ref Secret\n");
    assert_eq!(property(&template, "SecretPolicy", "BlockPublicPolicy"), "true\n");
    assert_eq!(property(&template, "Secret", "Description"), "the app's\n");
}
