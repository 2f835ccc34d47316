//! The same architecture where nothing exists yet: the stack makes every part.

use formwork::prelude::*;
use formwork::template::Template;

use super::policy;
use crate::stack::{codes, faults, function, property};

/// Everything that the article has, made by the stack.
struct Made {
    stack: Stack,
    private: Handle<PrivateSubnets>,
    proxy_sg: Handle<SecurityGroup>,
    secret: Handle<Secret>,
    database: Handle<DatabaseInstance>,
}

fn made(engine: Engine, range: &str) -> Made {
    let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
    let mut stack = Stack::new("Data", &environment);
    let vpc = stack.add("Vpc", Vpc::new(cidr(range)));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let key = stack.add("Key", Key::new("the billing database's secrets").retain());
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)));
    let noun = DatabaseInstance::new(engine, secret, private, database_sg).iam_authentication(true);
    let database = stack.add("Database", noun.on_deletion(Deletion::Snapshot));
    Made { stack, private, proxy_sg, secret, database }
}

impl Made {
    /// The template with a proxy and a function that may connect to it. Nothing is wrong with it.
    fn connected(mut self, auth: impl FnOnce(Handle<Secret>) -> ProxyAuth) -> Template {
        let proxy = DatabaseProxy::new(self.database, auth(self.secret), self.private, self.proxy_sg);
        let proxy = self.stack.add("Proxy", proxy);
        let handler = self.stack.add("Handler", function().in_vpc(self.private, self.proxy_sg));
        self.stack.allow(handler, proxy);
        self.stack.allow(proxy, self.database);
        self.stack.grant(handler, proxy.connect());
        self.stack.tag("team", "billing");
        let faults = faults(&self.stack);
        assert!(faults.is_empty(), "{faults:#?}");
        self.stack.lower().template
    }
}

#[test]
fn every_part_can_be_made_by_the_stack() {
    for engine in [Engine::Postgres, Engine::MySql, Engine::MariaDb, Engine::SqlServer] {
        made(engine, "10.20.0.0/16").connected(ProxyAuth::password);
        made(engine, "10.20.0.0/16").connected(ProxyAuth::iam);
    }
    made(Engine::Postgres, "10.20.0.0/20").connected(|_| ProxyAuth::end_to_end(user("billie")));
}

#[test]
fn a_key_of_this_stack_delegates_so_nothing_is_taken_on_trust() {
    let made = made(Engine::Postgres, "10.20.0.0/16");
    let assumed = made.stack.lower().goals.assumed;
    assert!(assumed.is_empty(), "{assumed:#?}");
    let template = made.connected(ProxyAuth::iam);
    let expect = r#"Version: "2012-10-17"
Statement:
  - Effect: Allow
    Principal:
      AWS: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:root
    Action: kms:*
    Resource: "*"
"#;
    assert_eq!(property(&template, "Key", "KeyPolicy"), expect);
    let secrets = policy(&template, "ProxyRole", "secrets").unwrap();
    assert!(secrets.contains("Action: kms:Decrypt\n  Resource: !GetAtt Key.Arn\n"), "{secrets}");
    assert!(secrets.contains("Action: secretsmanager:GetSecretValue\n  Resource: !GetAtt Secret.Id\n"), "{secrets}");
}

#[test]
fn a_secret_of_this_stack_has_the_user_and_a_password_that_every_engine_takes() {
    let template = made(Engine::MySql, "10.20.0.0/16").connected(ProxyAuth::iam);
    let expect = r#"ExcludeCharacters: "/@\"'\\ "
GenerateStringKey: password
PasswordLength: 32
SecretStringTemplate: '{"username":"billie"}'
"#;
    let json = template.resources["Secret"].properties["GenerateSecretString"].to_json();
    let (expected, _, _) = formwork::template::parse::parse_value(expect, "expect.yaml");
    assert_eq!(Some(json), expected.map(|value| value.to_json()));
    assert_eq!(property(&template, "Secret", "KmsKeyId"), "!GetAtt Key.Arn\n");
    assert_eq!(
        property(&template, "Database", "MasterUserPassword"),
        "!Sub \"{{resolve:secretsmanager:${Secret.Id}:SecretString:password}}\"\n"
    );
    assert_eq!(property(&template, "Database", "MasterUsername"), "billie\n");
}

#[test]
fn a_database_of_this_stack_stays_inside_its_vpc() {
    let template = made(Engine::Postgres, "10.20.0.0/16").connected(ProxyAuth::iam);
    assert_eq!(property(&template, "Database", "PubliclyAccessible"), "false\n");
    assert_eq!(property(&template, "Database", "StorageEncrypted"), "true\n");
    assert_eq!(property(&template, "Database", "DBSubnetGroupName"), "!Ref DatabaseSubnets\n");
    assert_eq!(property(&template, "DatabaseSubnets", "SubnetIds"), "- !Ref Private1\n- !Ref Private2\n");
    assert_eq!(property(&template, "ProxyTargets", "DBInstanceIdentifiers"), "- !Ref Database\n");
    assert_eq!(template.resources["Database"].deletion_policy, Some("Snapshot".into()));
    assert_eq!(template.resources["DatabaseSubnets"].deletion_policy, None);
}

#[test]
fn subnets_of_this_stack_stand_in_different_zones_with_addresses_of_their_own() {
    let template = made(Engine::Postgres, "10.20.0.0/16").connected(ProxyAuth::iam);
    for (id, zone, range) in [("Private1", 0, "10.20.0.0/20"), ("Private2", 1, "10.20.16.0/20")] {
        assert_eq!(property(&template, id, "AvailabilityZone"), format!("!Select [{zone}, !GetAZs \"\"]\n"));
        assert_eq!(property(&template, id, "CidrBlock"), format!("{range}\n"));
        assert_eq!(property(&template, id, "VpcId"), "!GetAtt Vpc.VpcId\n");
    }
}

#[test]
fn tokens_all_the_way_go_by_the_resource_id_of_a_database_of_this_stack() {
    let template = made(Engine::Postgres, "10.20.0.0/16").connected(|_| ProxyAuth::end_to_end(user("billie")));
    let database = policy(&template, "ProxyRole", "database").unwrap();
    assert!(database.contains(":dbuser:${Database.DbiResourceId}/billie\n"), "{database}");
    assert_eq!(property(&template, "Database", "EnableIAMDatabaseAuthentication"), "true\n");
}

#[test]
fn what_replaces_the_subnets_changes_the_proxys_name() {
    let name = |range| {
        let template = made(Engine::Postgres, range).connected(ProxyAuth::iam);
        property(&template, "Proxy", "DBProxyName")
    };
    assert_ne!(name("10.20.0.0/16"), name("10.30.0.0/16"));
    assert_eq!(name("10.20.0.0/16"), name("10.20.0.0/16"));
}

#[test]
fn what_the_stack_cannot_make_is_said() {
    let mut made = made(Engine::Postgres, "10.20.0.0/28");
    let codes_of = |stack: &Stack| codes(&stack.lower().diagnostics);
    assert_eq!(codes_of(&made.stack), ["S1006"], "no room for subnets");
    let vpc = made.stack.import("Given", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    made.stack.add("Unknown", PrivateSubnets::new(vpc));
    made.stack.add("Anyones", Secret::new(DbUser::Any, EncryptedBy::AwsManagedKey));
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:someone-abcdef";
    let someones = made.stack.import("Someones", Secret::existing(arn, EncryptedBy::AwsManagedKey));
    made.stack.add("Userless", DatabaseInstance::new(Engine::Postgres, someones, made.private, made.proxy_sg));
    let found = made.stack.lower().diagnostics;
    let resources: Vec<_> = found.iter().map(|found| (found.code.id, found.resource.as_deref().unwrap())).collect();
    assert_eq!(resources, ["Anyones", "Private", "Unknown", "Userless"].map(|name| ("S1006", name)));
}
