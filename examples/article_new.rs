//! The whole architecture from nothing: network, key, secret, database, proxy, endpoints, function, rotation.
//!
//! `cargo run --example article_new -- synth --out target/article_new` writes its template.

use std::process::ExitCode;

use formwork::prelude::*;

fn main() -> ExitCode {
    formwork::main(&app())
}

/// One stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(billing(&Environment::new("prod", "111122223333", Region::EuWest1)));
    app
}

fn billing(environment: &Environment) -> Stack {
    let mut stack = Stack::new("billing", environment);
    stack.describe("Invoices: a function reaches PostgreSQL through RDS Proxy.");

    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let api_sg = stack.add("SecretsApiSg", SecurityGroup::new(vpc, "Secrets Manager API"));

    let key = stack.add("Key", Key::new("the billing database, its secret and its logs").alias("alias/billing"));
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)));
    let database = stack.add(
        "Database",
        DatabaseInstance::new(Engine::Postgres, secret, private, database_sg)
            .database_name("billing")
            .class("db.t4g.medium")
            .multi_az(true)
            .key(key),
    );
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
    let secrets_api =
        stack.add("SecretsApi", InterfaceEndpoint::new(Service::SecretsManager, private, api_sg).private_dns(true));

    let handler = stack.add(
        "Handler",
        Function::new(Runtime::Python313, Code::scaffold(Runtime::Python313, EngineFamily::Postgres))
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint())
            .env("DB_PORT", "5432")
            .env("DB_NAME", "billing")
            .env("DB_USER", "billie")
            .environment_key(key)
            .log_key(key)
            .timeout(minutes(3)),
    );

    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    stack.allow(handler, secrets_api);
    stack.grant(handler, proxy.connect());
    stack.require(database.isolated().except(proxy));

    stack.output("ProxyEndpoint", proxy.endpoint());
    stack
}
