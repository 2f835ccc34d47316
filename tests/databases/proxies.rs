//! What stands before a new database.

use formwork::prelude::*;

use super::{Parts, parts};
use crate::stack::{codes, faults, property};

/// A proxy before a new instance.
fn before(parts: &mut Parts, engine: Engine, auth: ProxyAuth) -> DatabaseProxy {
    let database = parts.instance(engine);
    let database = parts.stack.add("Database", database);
    DatabaseProxy::new(database, auth, parts.private, parts.group)
}

fn assumed(stack: &Stack) -> Vec<String> {
    stack.lower().goals.assumed.iter().map(ToString::to_string).collect()
}

#[test]
fn a_proxy_logs_in_with_the_secret_that_rds_manages() {
    let Parts { mut stack, private, group, key, .. } = parts();
    let master = MasterUser::managed(user("billie"), EncryptedBy::Key(key));
    let cluster = stack.add("Cluster", DatabaseCluster::new(AuroraEngine::Postgres, master, private, group));
    let auth = ProxyAuth::iam(cluster.master_secret());
    let proxy = stack.add("Proxy", DatabaseProxy::new(cluster, auth, private, group));
    let role = stack.add("Client", Role::assumed_by("lambda.amazonaws.com"));
    stack.grant(role, proxy.connect());
    stack.grant(role, cluster.master_secret().read());
    assert!(faults(&stack).is_empty(), "{:#?}", faults(&stack));
    let template = stack.lower().template;
    let auth = property(&template, "Proxy", "Auth");
    assert!(auth.contains("SecretArn: !GetAtt Cluster.MasterUserSecret.SecretArn"), "{auth}");
    let policies = property(&template, "ProxyRole", "Policies");
    let (secret, decrypt) = policies.split_once("kms:Decrypt").unwrap();
    assert!(secret.contains("Resource: !GetAtt Cluster.MasterUserSecret.SecretArn"), "{policies}");
    assert!(decrypt.contains("Resource: !GetAtt Key.Arn"), "{policies}");
    let grants = property(&template, "Client", "Policies");
    assert!(grants.contains("/billie") && grants.contains("secretsmanager:GetSecretValue"), "{grants}");
}

#[test]
fn a_secret_that_rds_does_not_manage_is_not_there() {
    let mut parts = parts();
    let database = parts.instance(Engine::MySql);
    let database = parts.stack.add("Database", database);
    let auth = ProxyAuth::iam(database.master_secret());
    parts.stack.add("Proxy", DatabaseProxy::new(database, auth, parts.private, parts.group));
    let found = parts.stack.lower().diagnostics;
    assert_eq!(codes(&found), ["S1006"], "{found:#?}");
    assert_eq!(found[0].message, "RDS manages no secret for the master user of `Database`");
}

#[test]
fn targets_wait_for_every_instance_and_for_host_and_port_in_the_secret() {
    let mut parts = parts();
    let cluster = parts.cluster(AuroraEngine::MySql).writer("db.r6g.large").reader("db.r6g.large");
    let cluster = parts.stack.add("Cluster", cluster);
    let proxy_sg = parts.stack.add("ProxySg", SecurityGroup::new(parts.vpc, "proxy"));
    let auth = ProxyAuth::iam(parts.secret);
    let proxy = parts.stack.add("Proxy", DatabaseProxy::new(cluster, auth, parts.private, proxy_sg));
    parts.stack.allow(proxy, cluster);
    let template = parts.stack.lower().template;
    // The writer is left out: the reader waits for it.
    let expect = ["ClusterAttachment", "ClusterReader1", "DatabaseSgFromProxySg3306", "ProxySgToDatabaseSg3306"];
    assert_eq!(template.resources["ProxyTargets"].depends_on, expect);
}

#[test]
fn users_that_sql_has_to_make_are_taken_on_trust() {
    let mut parts = parts();
    let app = parts.stack.add("AppSecret", Secret::new(user("app"), EncryptedBy::AwsManagedKey));
    let auth = ProxyAuth::iam(parts.secret).and(app);
    let proxy = before(&mut parts, Engine::Postgres, auth);
    parts.stack.add("Proxy", proxy);
    let expect = "Database has the user app with the password in AppSecret: SQL makes users, such as a migration: \
                  CloudFormation makes the master user only";
    assert_eq!(assumed(&parts.stack), [expect]);
}

#[test]
fn tokens_all_the_way_turn_iam_on_and_take_the_users_on_trust() {
    let mut parts = parts();
    let auth = ProxyAuth::end_to_end(user("billie")).and_user(user("app"));
    let proxy = before(&mut parts, Engine::Postgres, auth);
    parts.stack.add("Proxy", proxy);
    assert!(faults(&parts.stack).is_empty());
    let template = parts.stack.lower().template;
    assert_eq!(property(&template, "Database", "EnableIAMDatabaseAuthentication"), "true\n");
    let names: Vec<_> = assumed(&parts.stack).iter().map(|fact| fact.split(',').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["Database has the user app", "Database has the user billie"]);
}

#[test]
fn tokens_to_a_database_that_was_told_not_to_take_them_are_refused() {
    let mut parts = parts();
    let database = parts.instance(Engine::Postgres).iam_authentication(false);
    let database = parts.stack.add("Database", database);
    let auth = ProxyAuth::end_to_end(user("billie"));
    parts.stack.add("Proxy", DatabaseProxy::new(database, auth, parts.private, parts.group));
    assert_eq!(codes(&faults(&parts.stack)), ["E3952"]);
}

#[test]
fn settings_of_another_engine_are_named() {
    for (engine, filters, way, expect) in [
        (Engine::MySql, true, ClientPassword::MySqlNative, &[][..]),
        (Engine::Postgres, false, ClientPassword::PostgresMd5, &[]),
        (Engine::SqlServer, false, ClientPassword::SqlServer, &[]),
        (Engine::Postgres, true, ClientPassword::PostgresScramSha256, &["W3957"]),
        (Engine::MariaDb, true, ClientPassword::PostgresScramSha256, &["E3905"]),
    ] {
        let mut parts = parts();
        let auth = ProxyAuth::password(parts.secret).client_password(way);
        let mut proxy = before(&mut parts, engine, auth);
        if filters {
            proxy = proxy.session_pinning_filters([PinningFilter::ExcludeVariableSets]);
        }
        parts.stack.add("Proxy", proxy);
        assert_eq!(codes(&faults(&parts.stack)), expect, "{engine:?} {way:?}");
    }
}

#[test]
fn an_endpoint_in_another_vpc_has_a_group_and_a_name_of_its_own() {
    let mut parts = parts();
    let auth = ProxyAuth::iam(parts.secret);
    let proxy = before(&mut parts, Engine::MySql, auth);
    let proxy = parts.stack.add("Proxy", proxy);
    let stack = &mut parts.stack;
    let there = stack.import("There", Vpc::existing("vpc-0d9f48b0e5c96a731"));
    let subnets = ["subnet-0c83e3d4c5f607182", "subnet-0d94e3d4c5f607183"];
    let subnets = stack.import("Their", PrivateSubnets::existing(there, subnets));
    let group = stack.add("TheirSg", SecurityGroup::new(there, "proxy"));
    let endpoint = stack.add("Endpoint", ProxyEndpoint::new(proxy, subnets, group));
    let client = stack.add("ClientSg", SecurityGroup::new(there, "client"));
    let role = stack.add("Client", Role::assumed_by("lambda.amazonaws.com"));
    stack.allow(client, endpoint);
    stack.grant(role, endpoint.connect());
    assert!(faults(stack).is_empty(), "{:#?}", faults(stack));
    let template = stack.lower().template;
    assert_eq!(property(&template, "Endpoint", "DBProxyName"), "!Ref Proxy\n");
    assert!(property(&template, "Endpoint", "DBProxyEndpointName").contains("endpoint-"));
    assert_eq!(property(&template, "TheirSgFromClientSg3306", "FromPort"), "3306\n");
    assert_eq!(template.resources["Endpoint"].depends_on, ["ProxyTargets"]);
    // Permissions go by the proxy's id, whichever endpoint a client uses.
    let grants = property(&template, "Client", "Policies");
    assert!(grants.contains("!GetAtt Proxy.DBProxyArn") && grants.contains("/billie"), "{grants}");
}

#[test]
fn an_endpoint_for_reading_needs_a_reader() {
    let mut parts = parts();
    let auth = ProxyAuth::iam(parts.secret);
    let proxy = before(&mut parts, Engine::MySql, auth);
    let proxy = parts.stack.add("Proxy", proxy);
    parts.stack.add("Readers", ProxyEndpoint::new(proxy, parts.private, parts.group).read_only());
    let found = faults(&parts.stack);
    assert_eq!(codes(&found), ["E3955"]);
    assert_eq!(found[0].message, "`Readers` is for reading only, and `Database` has no reader");
}

#[test]
fn that_a_cluster_which_exists_has_a_reader_is_taken_on_trust() {
    let mut parts = parts();
    let cluster = DatabaseCluster::existing("billing", AuroraEngine::MySql, parts.group);
    let cluster = parts.stack.import("Cluster", cluster);
    let auth = ProxyAuth::iam(parts.secret);
    let proxy = parts.stack.add("Proxy", DatabaseProxy::new(cluster, auth, parts.private, parts.group));
    parts.stack.add("Readers", ProxyEndpoint::new(proxy, parts.private, parts.group).read_only());
    assert!(faults(&parts.stack).is_empty());
    let assumed = assumed(&parts.stack);
    assert!(assumed.contains(&"Cluster has a reader: the cluster exists outside this stack".to_owned()), "{assumed:?}");
}
