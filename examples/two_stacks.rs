//! One stack has a network, a database and its proxy; another one, which other people deploy, has the function that uses
//! it; a third one has the function that changes the schema, past the proxy, and its log under the first one's key.
//!
//! `cargo run --example two_stacks -- synth --out target/two_stacks` writes a folder for each environment.

use std::process::ExitCode;

use formwork::prelude::*;

const HANDLER: &str = "def handler(event, context):\n    return 'ok'\n";

fn main() -> ExitCode {
    formwork::main(&app())
}

/// The three stacks, for each environment.
pub fn app() -> App {
    let mut app = App::new();
    app.tag("team", "billing");
    for (name, account) in [("uat", "111122223333"), ("prod", "444455556666")] {
        let environment = Environment::new(name, account, Region::ApSoutheast2);
        let (data, access) = data(&environment);
        app.add(reports(&environment, &data, access));
        app.add(schema(&environment, &data, access));
        app.add(data);
    }
    // Whatever is built: nobody loses a log by mistake.
    app.aspect(|_, resource| {
        if resource.kind == "AWS::Logs::LogGroup" {
            resource.deletion_policy = Some("Retain".into());
            resource.update_replace_policy = Some("Retain".into());
        }
    });
    app
}

/// What a function needs in order to use the database.
#[derive(Clone, Copy)]
struct Access {
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    secrets_api: Handle<InterfaceEndpoint>,
    key: Handle<Key>,
    secret: Handle<Secret>,
    database: Handle<DatabaseInstance>,
    proxy: Handle<DatabaseProxy>,
    tools_sg: Handle<SecurityGroup>,
}

fn data(environment: &Environment) -> (Stack, Access) {
    let mut stack = Stack::new("data", environment);
    stack.describe("The billing database, its secret and its proxy");

    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc).zones(2));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let secrets_sg = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager API"));
    let tools_sg = stack.add("ToolsSg", SecurityGroup::new(vpc, "tools of the team"));

    let key = stack.add("Key", Key::new("the billing database's secrets and logs").retain());
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)).retain());
    let database = DatabaseInstance::new(Engine::Postgres, secret, private, database_sg);
    let database = stack.add("Database", database.on_deletion(Deletion::Snapshot));
    let proxy = DatabaseProxy::new(database, ProxyAuth::password(secret), private, proxy_sg);
    let proxy = stack.add("Proxy", proxy);
    let secrets_api = InterfaceEndpoint::new(Service::SecretsManager, private, secrets_sg).private_dns(true);
    let secrets_api = stack.add("SecretsApi", secrets_api);

    stack.allow(proxy, database);
    (stack, Access { vpc, private, secrets_api, key, secret, database, proxy, tools_sg })
}

fn reports(environment: &Environment, data: &Stack, access: Access) -> Stack {
    let mut stack = Stack::new("reports", environment);
    let vpc = stack.import_from(data, access.vpc);
    let private = stack.import_from(data, access.private);
    let secrets_api = stack.import_from(data, access.secrets_api);
    let secret = stack.import_from(data, access.secret);
    let proxy = stack.import_from(data, access.proxy);

    // What the deployer decides, and what follows from it.
    let size = Parameter::one_of(["small", "large"]).default("small").label("How many reports").group("Reports");
    let size = stack.parameter("Size", size);
    let memory = stack.mapping("Memory", [("small", [("MiB", 256)]), ("large", [("MiB", 1024)])]);
    let large = stack.condition("Large", size.equals("large"));

    let group = stack.add("ReportSg", SecurityGroup::new(vpc, "reports"));
    let report = Function::new(Runtime::Python313, Code::inline(HANDLER))
        .in_vpc(private, group)
        .env("DB_HOST", proxy.endpoint())
        .env("DB_SECRET", secret.arn())
        .memory(memory.find(&size, "MiB"))
        .timeout(large.choose(minutes(5), seconds(45)));
    let report = stack.add("Report", report);

    stack.allow(report, proxy);
    stack.allow(report, secrets_api);
    stack.grant(report, secret.read());

    let console = text!["https://", Value::region(), ".console.aws.amazon.com/lambda/home#/functions/", report.name()];
    stack.output("Console", console).describe("where the function is shown");
    stack
}

/// The schema is changed in one session, which a proxy would tie to its connection anyway. So this function connects to
/// the database itself: the rules of both groups stand in this stack, which is deployed last.
fn schema(environment: &Environment, data: &Stack, access: Access) -> Stack {
    let mut stack = Stack::new("schema", environment);
    let vpc = stack.import_from(data, access.vpc);
    let private = stack.import_from(data, access.private);
    let secrets_api = stack.import_from(data, access.secrets_api);
    let key = stack.import_from(data, access.key);
    let secret = stack.import_from(data, access.secret);
    let database = stack.import_from(data, access.database);
    let proxy = stack.import_from(data, access.proxy);
    // By Systems Manager: the first stack may replace the group while this one uses it, which an export forbids.
    let tools_sg = stack.import_from_parameter(data, access.tools_sg);

    let group = stack.add("MigrateSg", SecurityGroup::new(vpc, "changes of the schema"));
    let migrate = Function::new(Runtime::Python313, Code::inline(HANDLER))
        .in_vpc(private, group)
        .env("DB_HOST", database.endpoint())
        .env("DB_SECRET", secret.arn())
        .log_key(key)
        .reserved_concurrency(1)
        .timeout(minutes(15));
    let migrate = stack.add("Migrate", migrate);

    stack.allow(migrate, database);
    stack.allow(migrate, secrets_api);
    stack.allow(migrate, tools_sg.on(tcp(8080)));
    stack.grant(migrate, secret.read());
    stack.require(database.isolated().except(proxy).except(migrate));
    stack
}
