//! What a stack comes down to.

use formwork::check::check;
use formwork::emit::yaml;
use formwork::prelude::*;

fn main_stack() -> Stack {
    let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
    Stack::new("Demo", &environment)
}
struct Given {
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    database_sg: Handle<SecurityGroup>,
    secret: Handle<Secret>,
    database: Handle<DatabaseInstance>,
}
fn given(stack: &mut Stack) -> Given {
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let private = stack
        .import("Private", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"]));
    let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    let key = stack.import(
        "Key",
        Key::existing("arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d"),
    );
    let secret = stack.import(
        "Secret",
        Secret::existing(
            "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow",
            EncryptedBy::Key(key),
        )
        .user(user("billie")),
    );
    let database = stack.import("Database", DatabaseInstance::existing("billie", Engine::Postgres, database_sg));
    Given { vpc, private, database_sg, secret, database }
}
#[test]
fn look() {
    let mut stack = main_stack();
    let Given { vpc, private, secret, database, .. } = given(&mut stack);
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
    let handler = stack.add(
        "Handler",
        Function::new(Runtime::Python313, Code::inline("x"))
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint()),
    );
    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    stack.grant(handler, proxy.connect());
    stack.tag("team", "billing");
    let lowered = stack.lower();
    println!("{}", yaml::template(&lowered.template));
    println!("{}", yaml::value(&lowered.goals.to_value()));
    println!("{:#?}", check(&lowered.template, &lowered.places, Some("ap-southeast-2")));
    println!("{:#?}", lowered.diagnostics);
}
