//! IAM tokens all the way: no password anywhere between function, proxy and database.

use std::process::ExitCode;

use formwork::prelude::*;

fn main() -> ExitCode {
    formwork::main(&app())
}

/// One stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(ledger(&Environment::new("prod", "111122223333", Region::EuWest1)));
    app
}

fn ledger(environment: &Environment) -> Stack {
    let mut stack = Stack::new("ledger", environment);

    let vpc = stack.add("Vpc", Vpc::new(cidr("10.40.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));

    // The master user's password is RDS's own business; the function's user has none at all.
    let key = stack.add("Key", Key::new("the ledger's database"));
    let master = MasterUser::managed(user("owner"), EncryptedBy::Key(key));
    let database =
        stack.add("Database", DatabaseInstance::new(Engine::Postgres, master, private, database_sg).key(key));
    let auth = ProxyAuth::end_to_end(user("ledger"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, auth, private, proxy_sg));

    let runtime = Runtime::Python313;
    let handler = stack.add(
        "Handler",
        Function::new(runtime, Code::scaffold(runtime, EngineFamily::Postgres))
            .in_vpc(private, lambda_sg)
            .env("DB_HOST", proxy.endpoint())
            .env("DB_USER", "ledger")
            .timeout(minutes(3)),
    );

    stack.allow(handler, proxy);
    stack.allow(proxy, database);
    stack.grant(handler, proxy.connect());
    stack
}
