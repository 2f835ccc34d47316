//! Rotation of a database user's password.

use formwork::emit::manifest;
use formwork::prelude::*;

use super::{Parts, parts};
use crate::stack::{codes, faults, function, property, resource};

/// A database, and a group for what rotates its passwords.
fn database(parts: &mut Parts) -> (Handle<DatabaseInstance>, Handle<SecurityGroup>) {
    let noun = parts.instance(Engine::MariaDb);
    let group = parts.stack.add("RotationSg", SecurityGroup::new(parts.vpc, "rotation"));
    (parts.stack.add("Database", noun), group)
}

#[test]
fn a_hosted_rotation_waits_for_its_way_to_the_database_and_needs_the_macro() {
    let mut parts = parts();
    let (database, group) = database(&mut parts);
    let rotation = Rotation::new(parts.secret, database, parts.private, group).every(7);
    let rotation = parts.stack.add("Rotation", rotation);
    parts.stack.allow(rotation, database);
    assert!(faults(&parts.stack).is_empty(), "{:#?}", faults(&parts.stack));
    let lowered = parts.stack.lower();
    let expect = r#"Type: AWS::SecretsManager::RotationSchedule
Properties:
  SecretId: !GetAtt Secret.Id
  HostedRotationLambda:
    ExcludeCharacters: "/@\"'\\ "
    KmsKeyArn: !GetAtt Key.Arn
    RotationType: MariaDBSingleUser
    VpcSecurityGroupIds: !GetAtt RotationSg.GroupId
    VpcSubnetIds: !Join [",", [!Ref Private1, !Ref Private2]]
  RotationRules:
    AutomaticallyAfterDays: 7
DependsOn:
  - DatabaseAttachment
  - DatabaseSgFromRotationSg3306
  - RotationSgToDatabaseSg3306
"#;
    let (expect, _, _) = formwork::template::parse::parse_value(expect, "expect.yaml");
    let (found, _, _) = formwork::template::parse::parse_value(&resource(&lowered.template, "Rotation"), "found.yaml");
    let sorted = |value: Option<formwork::template::Value>| {
        let json = value.unwrap().to_json();
        serde_json::from_value::<std::collections::BTreeMap<String, serde_json::Value>>(json).unwrap()
    };
    assert_eq!(sorted(found), sorted(expect));
    assert!(manifest::capabilities(&lowered.template).contains(&"CAPABILITY_AUTO_EXPAND".to_owned()));
}

#[test]
fn another_users_password_waits_for_its_time_and_its_secret_is_attached() {
    let mut parts = parts();
    let (database, group) = database(&mut parts);
    let app = parts.stack.add("AppSecret", Secret::new(user("app"), EncryptedBy::AwsManagedKey));
    parts.stack.add("Rotation", Rotation::new(app, database, parts.private, group));
    assert!(faults(&parts.stack).is_empty(), "{:#?}", faults(&parts.stack));
    let lowered = parts.stack.lower();
    let template = lowered.template;
    assert_eq!(property(&template, "Rotation", "RotateImmediatelyOnUpdate"), "false\n");
    assert_eq!(property(&template, "RotationAttachment", "SecretId"), "!GetAtt AppSecret.Id\n");
    assert_eq!(template.resources["Rotation"].depends_on, ["DatabaseAttachment", "RotationAttachment"]);
    let assumed: Vec<_> = lowered.goals.assumed.iter().map(ToString::to_string).collect();
    assert_eq!(assumed.len(), 1, "{assumed:?}");
    assert!(assumed[0].starts_with("Database has the user app with the password in AppSecret"), "{assumed:?}");
}

#[test]
fn a_function_of_ones_own_may_be_invoked_and_may_rotate_the_secret() {
    let mut parts = parts();
    let (database, group) = database(&mut parts);
    let worker = parts.stack.add("Worker", function().in_vpc(parts.private, group));
    parts.stack.allow(worker, database);
    parts.stack.add("Rotation", Rotation::by(parts.secret, database, worker));
    assert!(faults(&parts.stack).is_empty(), "{:#?}", faults(&parts.stack));
    let template = parts.stack.lower().template;
    assert!(template.transform.is_empty());
    assert_eq!(property(&template, "Rotation", "RotationLambdaARN"), "!GetAtt Worker.Arn\n");
    assert_eq!(property(&template, "RotationPermission", "Principal"), "secretsmanager.amazonaws.com\n");
    assert_eq!(property(&template, "RotationPermission", "SourceAccount"), "!Ref AWS::AccountId\n");
    assert_eq!(property(&template, "RotationPolicy", "Roles"), "- !Ref WorkerRole\n");
    let policy = property(&template, "RotationPolicy", "PolicyDocument");
    for action in ["secretsmanager:PutSecretValue", "kms:GenerateDataKey", "secretsmanager:GetRandomPassword"] {
        assert!(policy.contains(action), "{policy}");
    }
    // The ways are open before the function is there, which the permission names.
    let expect = ["DatabaseAttachment", "RotationPermission", "RotationPolicy"];
    assert_eq!(template.resources["Rotation"].depends_on, expect);
}

#[test]
fn a_secret_of_another_stack_is_a_finding() {
    let mut own = parts();
    let (database, group) = database(&mut own);
    let other = parts();
    own.stack.add("Rotation", Rotation::new(other.secret, database, own.private, group));
    assert_eq!(codes(&own.stack.lower().diagnostics), ["S1002"]);
}
