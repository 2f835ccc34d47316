//! Aurora PostgreSQL with a reader, and a read-only endpoint of the proxy for reports.

use std::process::ExitCode;

use formwork::prelude::*;

fn main() -> ExitCode {
    formwork::main(&app())
}

/// One stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(reports(&Environment::new("prod", "111122223333", Region::EuWest1)));
    app
}

fn reports(environment: &Environment) -> Stack {
    let mut stack = Stack::new("reports", environment);

    let vpc = stack.add("Vpc", Vpc::new(cidr("10.30.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));

    let key = stack.add("Key", Key::new("the reports' database and its secret"));
    let secret = stack.add("Secret", Secret::new(user("reporter"), EncryptedBy::Key(key)));
    let cluster = stack.add(
        "Cluster",
        DatabaseCluster::new(AuroraEngine::Postgres, secret, private, database_sg)
            .writer("db.r8g.large")
            .reader("db.r8g.large")
            .key(key),
    );
    let proxy = stack.add("Proxy", DatabaseProxy::new(cluster, ProxyAuth::iam(secret), private, proxy_sg));
    let reader = stack.add("Reader", ProxyEndpoint::new(proxy, private, proxy_sg).read_only());

    let code = || Code::scaffold(Runtime::NodeJs22, EngineFamily::Postgres);
    let writes = stack.add(
        "Import",
        Function::new(Runtime::NodeJs22, code())
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint())
            .timeout(minutes(3)),
    );
    let reads = stack.add(
        "Report",
        Function::new(Runtime::NodeJs22, code())
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", reader.endpoint())
            .timeout(minutes(3)),
    );

    stack.allow(writes, proxy);
    stack.allow(reads, reader);
    stack.allow(proxy, cluster);
    stack.grant(writes, proxy.connect());
    stack.grant(reads, reader.connect());
    stack
}
