//! Engines, ways to log in, and what each of them wants.

use formwork::diagnostic::Diagnostic;
use formwork::prelude::*;

use super::{Given, codes, faults, given_with, property, stack};

const ENGINES: [Engine; 4] = [Engine::Postgres, Engine::MySql, Engine::MariaDb, Engine::SqlServer];

/// A way to log in, of a secret and a user.
type Auth = fn(Handle<Secret>) -> ProxyAuth;

const MODES: [(&str, Auth); 4] = [
    ("password", ProxyAuth::password),
    ("iam", ProxyAuth::iam),
    ("mixed", ProxyAuth::mixed),
    ("end to end", |_| ProxyAuth::end_to_end(user("billie"))),
];

/// A stack with a proxy and a function that may connect to it.
fn connected(engine: Engine, auth: Auth) -> Stack {
    let mut stack = stack();
    let Given { vpc, private, database_sg, secret, .. } = given_with(&mut stack, engine);
    let database =
        DatabaseInstance::existing("other", engine, database_sg).resource_id("db-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let database = stack.import("Other", database);
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, auth(secret), private, proxy_sg));
    let handler = stack.add("Handler", super::function().in_vpc(private, proxy_sg));
    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    stack.grant(handler, proxy.connect());
    stack
}

#[test]
fn illegal_pairs_are_named_and_legal_ones_are_quiet() {
    for engine in ENGINES {
        for (name, auth) in MODES {
            let expect: &[&str] = match (name, engine == Engine::SqlServer) {
                ("mixed", false) => &["E3902"],
                ("end to end", true) => &["E3903"],
                _ => &[],
            };
            let faults = faults(&connected(engine, auth));
            assert_eq!(codes(&faults), expect, "{name} on {engine:?}: {faults:#?}");
        }
    }
}

#[test]
fn each_way_to_log_in_has_its_property() {
    let auth = |mode: usize| {
        let template = connected(Engine::SqlServer, MODES[mode].1).lower().template;
        let properties = &template.resources["Proxy"].properties;
        ["Auth", "DefaultAuthScheme"].map(|name| properties.get(name).map(|_| property(&template, "Proxy", name)))
    };
    for (mode, iam) in ["DISABLED", "REQUIRED", "ENABLED"].into_iter().enumerate() {
        let [entries, scheme] = auth(mode);
        let expect = "- AuthScheme: SECRETS\n  IAMAuth: MODE\n  SecretArn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow\n";
        assert_eq!((entries, scheme), (Some(expect.replace("MODE", iam)), None));
    }
    assert_eq!(auth(3), [None, Some("IAM_AUTH\n".to_owned())]);
}

#[test]
fn ports_are_those_of_the_family_whatever_the_database_has() {
    for (engine, port) in ENGINES.into_iter().zip(["5432", "3306", "3306", "1433"]) {
        let mut stack = stack();
        let Given { vpc, private, database_sg, secret, .. } = given_with(&mut stack, engine);
        let database = stack.import("Other", DatabaseInstance::existing("other", engine, database_sg).port(6000));
        let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
        let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
        stack.allow(cidr("10.20.0.0/16"), proxy);
        stack.allow(proxy, database);
        let template = stack.lower().template;
        let ingress = format!("ProxySgFrom10x20x0x0s16{port}");
        assert_eq!(property(&template, &ingress, "FromPort").trim(), port);
        assert_eq!(property(&template, "ProxySgToDatabaseSg6000", "ToPort"), "6000\n");
        assert_eq!(property(&template, "DatabaseSgFromProxySg6000", "FromPort"), "6000\n");
    }
}

#[test]
fn a_proxy_of_a_cluster_names_it() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let cluster = DatabaseCluster::existing("billing", AuroraEngine::MySql, own.database_sg).resource_id("cluster-ABC");
    let cluster = stack.import("Cluster", cluster);
    let auth = ProxyAuth::end_to_end(user("app"));
    stack.add("Proxy", DatabaseProxy::new(cluster, auth, own.private, own.database_sg));
    let template = stack.lower().template;
    assert_eq!(property(&template, "Proxy", "EngineFamily"), "MYSQL\n");
    assert_eq!(property(&template, "ProxyTargets", "DBClusterIdentifiers"), "- billing\n");
    let policies = property(&template, "ProxyRole", "Policies");
    assert!(policies.contains(":dbuser:cluster-ABC/app"), "{policies}");
    assert!(faults(&stack).is_empty());
}

#[test]
fn tokens_all_the_way_need_the_databases_resource_id() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let auth = ProxyAuth::end_to_end(user("app"));
    stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let faults = stack.lower().diagnostics;
    assert_eq!(codes(&faults), ["S1004"], "{faults:#?}");
    assert_eq!(faults[0].message, "`DbiResourceId` of the imported `Database` is not known");
}

#[test]
fn connecting_needs_a_known_user() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:someone-abcdef";
    let secret = stack.import("Someones", Secret::existing(arn, EncryptedBy::AwsManagedKey));
    let auth = ProxyAuth::iam(secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let handler = stack.add("Handler", super::function());
    stack.grant(handler, proxy.connect());
    let line = line!() - 1;
    let faults = stack.lower().diagnostics;
    assert_eq!(codes(&faults), ["S1006"], "{faults:#?}");
    assert!(faults[0].message.starts_with("the user of `Someones` is not known"), "{}", faults[0].message);
    assert!(faults[0].help.as_ref().unwrap().contains("proxy.connect_as"));
    assert_eq!(faults[0].source.as_ref().unwrap().line, line as usize);
}

#[test]
fn with_several_users_connecting_says_which() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:admin-abcdef";
    let admin = stack.import("Admin", Secret::existing(arn, EncryptedBy::AwsManagedKey).user(user("admin")));
    let auth = ProxyAuth::iam(own.secret).and(admin);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let handler = stack.add("Handler", super::function());
    stack.grant(handler, proxy.connect());
    let faults = stack.lower().diagnostics;
    assert_eq!(codes(&faults), ["S1006"], "{faults:#?}");
    assert_eq!(faults[0].message, "`Proxy` has 2 users: `connect` does not say which");
}

#[test]
fn a_secret_under_the_keys_of_aws_needs_no_decryption() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:plain-abcdef";
    let secret = stack.import("Plain", Secret::existing(arn, EncryptedBy::AwsManagedKey));
    let auth = ProxyAuth::password(secret);
    stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let policies = property(&stack.lower().template, "ProxyRole", "Policies");
    assert!(policies.contains("secretsmanager:GetSecretValue") && !policies.contains("kms:"), "{policies}");
}

#[test]
fn the_targets_wait_for_the_rules_between_proxy_and_database() {
    let template = connected(Engine::Postgres, ProxyAuth::iam).lower().template;
    let expect = ["DatabaseSgFromProxySg5432", "ProxySgToDatabaseSg5432"];
    assert_eq!(template.resources["ProxyTargets"].depends_on, expect);
}

/// A stack whose proxy has the secret of `billie`, and a function that may connect as `name`.
fn connected_as(name: DbUser, of_secret: Option<&str>) -> Vec<Diagnostic> {
    let mut stack = stack();
    let Given { vpc, private, database, .. } = given_with(&mut stack, Engine::Postgres);
    let arn = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:login-AbCdEf";
    let login = Secret::existing(arn, EncryptedBy::AwsManagedKey);
    let login = stack.import(
        "Login",
        match of_secret {
            Some(name) => login.user(user(name)),
            None => login,
        },
    );
    let group = stack.add("Group", SecurityGroup::new(vpc, "functions"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(login), private, group));
    let handler = stack.add("Handler", super::function().in_vpc(private, group));
    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    stack.grant(handler, proxy.connect_as(name));
    faults(&stack)
}

#[test]
fn a_user_without_a_secret_is_named_with_those_that_have_one() {
    let faults = connected_as(user("reports"), Some("billie"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(faults[0].code.name, "user-without-credentials");
    assert_eq!(faults[0].message, "`Proxy` cannot log in as `reports`: it has the credentials of `billie` only");
    assert!(faults[0].help.as_ref().unwrap().contains(".and(secret)"));
}

#[test]
fn a_user_who_is_known_or_may_be_is_quiet() {
    for (name, of_secret) in [(user("billie"), Some("billie")), (DbUser::Any, Some("billie")), (user("reports"), None)]
    {
        assert!(connected_as(name.clone(), of_secret).is_empty(), "{name:?}");
    }
}
