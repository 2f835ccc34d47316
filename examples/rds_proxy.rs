//! A Lambda function reaches a database through RDS Proxy. Network, database, secret and key exist.
//!
//! `cargo run --example rds_proxy -- synth --out target/rds_proxy` writes a folder for each environment.

use std::process::ExitCode;

use formwork::prelude::*;

const HANDLER: &str = "def handler(event, context):\n    return 'ok'\n";

fn main() -> ExitCode {
    formwork::main(&app())
}

/// Both designs of security groups, for each environment.
pub fn app() -> App {
    let mut app = App::new();
    for site in sites() {
        app.add(separate_groups(&site));
        app.add(shared_group(&site));
    }
    app
}

struct Site {
    environment: Environment,
    vpc: &'static str,
    subnets: [&'static str; 2],
    rds_sg: &'static str,
    key: &'static str,
    secret: &'static str,
    memory: Option<i64>,
}

fn sites() -> [Site; 2] {
    [
        Site {
            environment: Environment::new("uat", "111122223333", Region::ApSoutheast2),
            vpc: "vpc-0c1e37a9d4b85f620",
            subnets: ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"],
            rds_sg: "sg-09d2a1b2c3d4e5f60",
            key: "arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d",
            secret: "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow",
            memory: None,
        },
        Site {
            environment: Environment::new("prod", "444455556666", Region::ApSoutheast2),
            vpc: "vpc-0d9f48b0e5c96a731",
            subnets: ["subnet-0c83e3d4c5f607182", "subnet-0d94e3d4c5f607183"],
            rds_sg: "sg-08c3b2d4e5f607182",
            key: "arn:aws:kms:ap-southeast-2:444455556666:key/7c0e0f5e-8f0e-4f0c-9a53-1f1d2b7b0a11",
            secret: "arn:aws:secretsmanager:ap-southeast-2:444455556666:secret:billie-prod-rds-proxy-qXz12A",
            memory: Some(1024),
        },
    ]
}

/// What exists: a stack names it and creates nothing of it.
struct Given {
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    rds_sg: Handle<SecurityGroup>,
    key: Handle<Key>,
    secret: Handle<Secret>,
    database: Handle<DatabaseInstance>,
}

fn given(stack: &mut Stack, site: &Site) -> Given {
    let vpc = stack.import("Vpc", Vpc::existing(site.vpc));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, site.subnets));
    let rds_sg = stack.import("RdsSg", SecurityGroup::existing(site.rds_sg));
    let key = stack.import("Key", Key::existing(site.key));
    let secret = stack.import("Secret", Secret::existing(site.secret, EncryptedBy::Key(key)).user(user("billie")));
    let database = stack.import("Database", DatabaseInstance::existing("billie", Engine::Postgres, rds_sg));
    Given { vpc, private, rds_sg, key, secret, database }
}

/// A group for each, so that nobody passes by the proxy.
fn separate_groups(site: &Site) -> Stack {
    let mut stack = Stack::new("rds-proxy", &site.environment);
    let Given { vpc, private, key, secret, database, .. } = given(&mut stack, site);

    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let api_sg = stack.add("RdsApiSg", SecurityGroup::new(vpc, "RDS API"));
    let proxy = stack.add(
        "Proxy",
        DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg)
            .connection_borrow_timeout(seconds(30))
            .idle_client_timeout(minutes(30)),
    );
    let rds_api = stack.add("RdsApi", InterfaceEndpoint::new(Service::Rds, private, api_sg));
    let handler = stack.add(
        "Handler",
        Function::new(Runtime::Python313, Code::inline(HANDLER))
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint())
            .env("AWS_ENDPOINT_URL_RDS", rds_api.url())
            .timeout(seconds(45))
            .memory(site.memory),
    );

    stack.allow(handler, proxy);
    stack.allow(handler, rds_api);
    stack.allow(proxy, database);

    stack.grant(handler, proxy.connect());
    stack.grant(handler, proxy.describe());

    stack.require(database.isolated().except(proxy));
    stack.assume(proxy.can(key.decrypt()), "the platform team's key policy delegates to IAM");

    stack.output("ProxyEndpoint", proxy.endpoint());
    stack
}

/// One group for proxy and database, which admits itself.
fn shared_group(site: &Site) -> Stack {
    let mut stack = Stack::new("rds-proxy-shared", &site.environment);
    let Given { vpc, private, rds_sg, secret, database, .. } = given(&mut stack, site);

    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy = stack.add(
        "Proxy",
        DatabaseProxy::new(database, ProxyAuth::iam(secret), private, rds_sg).connection_borrow_timeout(seconds(20)),
    );
    let handler = stack.add(
        "Handler",
        Function::new(Runtime::Python313, Code::inline(HANDLER))
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint()),
    );

    stack.allow(lambda_sg, rds_sg.on(tcp(5432)));
    stack.allow(rds_sg, rds_sg.on(tcp(5432)));
    stack.grant(handler, proxy.connect());
    stack
}
