//! A function in another VPC: an endpoint of the proxy stands there, and no peering is needed.

use std::process::ExitCode;

use formwork::prelude::*;

fn main() -> ExitCode {
    formwork::main(&app())
}

/// One stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(shared(&Environment::new("prod", "111122223333", Region::EuWest1)));
    app
}

fn shared(environment: &Environment) -> Stack {
    let mut stack = Stack::new("shared-database", environment);

    // Where the database and its proxy are.
    let vpc = stack.import("DataVpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let subnets = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"];
    let private = stack.import("DataSubnets", PrivateSubnets::existing(vpc, subnets));
    let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    let database = stack.import("Database", DatabaseCluster::existing("core", AuroraEngine::MySql, database_sg));
    let secret = Secret::existing(
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:core-AbCdEf",
        EncryptedBy::AwsManagedKey,
    );
    let secret = stack.import("Secret", secret.user(user("core")));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
    stack.allow(proxy, database);

    // Where the function is.
    let app_vpc = stack.import("AppVpc", Vpc::existing("vpc-0d9f48b0e5c96a731"));
    let app_subnets = ["subnet-0c83e3d4c5f607182", "subnet-0d94e3d4c5f607183"];
    let app_private = stack.import("AppSubnets", PrivateSubnets::existing(app_vpc, app_subnets));
    let door_sg = stack.add("DoorSg", SecurityGroup::new(app_vpc, "endpoint of the proxy"));
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(app_vpc, "functions"));
    let door = stack.add("Door", ProxyEndpoint::new(proxy, app_private, door_sg));

    let runtime = Runtime::NodeJs24;
    let handler = stack.add(
        "Handler",
        Function::new(runtime, Code::scaffold(runtime, EngineFamily::MySql))
            .in_vpc(app_private, lambda_sg)
            .env("DB_HOST", door.endpoint())
            .timeout(minutes(3)),
    );
    stack.allow(handler, door);
    stack.grant(handler, door.connect());
    stack
}
