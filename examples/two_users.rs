//! Two functions, each with a database user of its own: a secret for each behind one proxy.

use std::process::ExitCode;

use formwork::prelude::*;

fn main() -> ExitCode {
    formwork::main(&app())
}

/// One stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(shop(&Environment::new("prod", "111122223333", Region::EuWest1)));
    app
}

/// What a function needs in order to use the database.
#[derive(Clone, Copy)]
struct Access {
    private: Handle<PrivateSubnets>,
    lambda_sg: Handle<SecurityGroup>,
    proxy: Handle<DatabaseProxy>,
}

fn shop(environment: &Environment) -> Stack {
    let mut stack = Stack::new("shop", environment);

    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let subnets = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"];
    let private = stack.import("Private", PrivateSubnets::existing(vpc, subnets));
    let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    let database = stack.import("Database", DatabaseInstance::existing("shop", Engine::MySql, database_sg));
    let orders = stack.import("OrdersLogin", login("orders-AbCdEf").user(user("orders")));
    let stock = stack.import("StockLogin", login("stock-GhIjKl").user(user("stock")));

    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let auth = ProxyAuth::iam(orders).and(stock);
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, auth, private, proxy_sg));
    stack.allow(proxy, database);

    let access = Access { private, lambda_sg, proxy };
    for name in ["orders", "stock"] {
        client(&mut stack, access, name);
    }
    stack
}

fn login(name: &str) -> Existing<Secret> {
    let arn = format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}");
    Secret::existing(arn, EncryptedBy::AwsManagedKey)
}

/// A construct of one's own: a function that may log in as one user, and as no other.
fn client(stack: &mut Stack, access: Access, name: &str) -> Handle<Function> {
    let runtime = Runtime::Python313;
    let function = Function::new(runtime, Code::scaffold(runtime, EngineFamily::MySql))
        .in_vpc(access.private, access.lambda_sg)
        .env("DB_HOST", access.proxy.endpoint())
        .env("DB_USER", name)
        .timeout(minutes(3));
    let title = name[..1].to_uppercase() + &name[1..];
    let function = stack.add(title, function);
    stack.allow(function, access.proxy);
    stack.grant(function, access.proxy.connect_as(user(name)));
    function
}
