//! Every new database: engine, instance or cluster, way to log in, where the master user's password is, and which key.

use std::fs;
use std::path::Path;

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::emit::yaml;
use formwork::prelude::*;

/// A database of a kind.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Instance(Engine, Edition),
    Cluster(AuroraEngine),
}

const KINDS: [Kind; 9] = [
    Kind::Instance(Engine::Postgres, Edition::Express),
    Kind::Instance(Engine::MySql, Edition::Express),
    Kind::Instance(Engine::MariaDb, Edition::Express),
    Kind::Instance(Engine::SqlServer, Edition::Express),
    Kind::Instance(Engine::SqlServer, Edition::Web),
    Kind::Instance(Engine::SqlServer, Edition::Standard),
    Kind::Instance(Engine::SqlServer, Edition::Enterprise),
    Kind::Cluster(AuroraEngine::Postgres),
    Kind::Cluster(AuroraEngine::MySql),
];

const AUTHS: [&str; 4] = ["password", "iam", "mixed", "end-to-end"];

/// What else there is.
const EXTRAS: [&str; 5] = ["plain", "retained", "hosted-rotation", "function-rotation", "monitored"];

/// One combination.
#[derive(Clone, Copy, Debug)]
struct Case {
    kind: Kind,
    auth: &'static str,
    managed: bool,
    own_key: bool,
    extra: &'static str,
}

impl Case {
    /// Every one that is legal: RDS Proxy takes tokens and passwords alike for SQL Server only, and SQL Server takes no
    /// tokens. RDS rotates the password that it manages by itself.
    fn all() -> impl Iterator<Item = Self> {
        let flags = [(false, false), (false, true), (true, false), (true, true)];
        let of_kind = move |kind| AUTHS.into_iter().flat_map(move |auth| flags.map(|flags| (kind, auth, flags)));
        let cases = KINDS.into_iter().flat_map(of_kind).flat_map(|(kind, auth, (managed, own_key))| {
            EXTRAS.map(|extra| Self { kind, auth, managed, own_key, extra })
        });
        cases.filter(|case| case.is_legal() && !(case.managed && case.extra.ends_with("rotation")))
    }

    fn is_legal(self) -> bool {
        let sql_server = matches!(self.kind, Kind::Instance(Engine::SqlServer, _));
        match self.auth {
            "mixed" => sql_server,
            "end-to-end" => !sql_server,
            _ => true,
        }
    }

    fn name(self) -> String {
        let kind = match self.kind {
            Kind::Instance(Engine::SqlServer, edition) => format!("sqlserver-{edition:?}"),
            Kind::Instance(engine, _) => format!("{engine:?}"),
            Kind::Cluster(engine) => format!("aurora-{engine:?}"),
        };
        let Self { auth, managed, own_key, extra, .. } = self;
        let (secret, key) = (if managed { "managed" } else { "made" }, if own_key { "key" } else { "aws" });
        format!("data-{kind}-{auth}-{secret}-{key}-{extra}").to_lowercase()
    }
}

/// What a database is made with.
struct Parts {
    stack: Stack,
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    database_sg: Handle<SecurityGroup>,
    key: Option<Handle<Key>>,
    secret: Option<Handle<Secret>>,
}

fn parts(case: Case) -> Parts {
    let environment = Environment::new("test", "111122223333", Region::EuWest1);
    let mut stack = Stack::new(case.name(), &environment);
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let key = case.own_key.then(|| stack.add("Key", Key::new("the database and its secrets").alias("alias/data")));
    let secret = (!case.managed).then(|| stack.add("Secret", Secret::new(user("app"), encrypted_by(key))));
    Parts { stack, vpc, private, database_sg, key, secret }
}

fn encrypted_by(key: Option<Handle<Key>>) -> EncryptedBy {
    key.map_or(EncryptedBy::AwsManagedKey, EncryptedBy::Key)
}

fn stack(case: Case) -> Stack {
    let mut parts = parts(case);
    let Parts { private, database_sg, key, secret, .. } = parts;
    let master = secret.map_or_else(|| MasterUser::managed(user("app"), encrypted_by(key)), MasterUser::from);
    macro_rules! finished {
        ($noun:expr) => {{
            let mut noun = $noun;
            if let Some(key) = key {
                noun = noun.key(key);
            }
            match case.extra {
                "retained" => noun = noun.retain(),
                "monitored" => noun = noun.enhanced_monitoring(seconds(60)).performance_insights(true),
                _ => {}
            }
            let database = parts.stack.add("Database", noun);
            let credentials = secret.map_or_else(|| database.master_secret(), |secret| secret.credentials());
            connect(&mut parts, case, database, credentials);
        }};
    }
    match case.kind {
        Kind::Instance(engine, Edition::Express) => {
            finished!(DatabaseInstance::new(engine, master, private, database_sg))
        }
        Kind::Instance(engine, edition) => {
            finished!(DatabaseInstance::new(engine, master, private, database_sg).edition(edition))
        }
        Kind::Cluster(engine) => {
            finished!(
                DatabaseCluster::new(engine, master, private, database_sg).serverless(0.5, 4.0).reader("db.t3.medium")
            )
        }
    }
    parts.stack
}

/// A proxy, its endpoint for readers, a function that connects, and what rotates the password.
fn connect<D: ProxyTarget>(parts: &mut Parts, case: Case, database: Handle<D>, credentials: Credentials) {
    let Parts { stack, vpc, private, secret, .. } = parts;
    let auth = match case.auth {
        "password" => ProxyAuth::password(credentials),
        "iam" => ProxyAuth::iam(credentials),
        "mixed" => ProxyAuth::mixed(credentials),
        _ => ProxyAuth::end_to_end(user("app")),
    };
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(*vpc, "proxy"));
    let proxy = stack.add("Proxy", DatabaseProxy::new(database, auth, *private, proxy_sg));
    let endpoint = ProxyEndpoint::new(proxy, *private, proxy_sg);
    let cluster = matches!(case.kind, Kind::Cluster(_));
    let endpoint = stack.add("Endpoint", if cluster { endpoint.read_only() } else { endpoint });
    let function_sg = stack.add("FunctionSg", SecurityGroup::new(*vpc, "function"));
    let function = Function::new(Runtime::Python313, Code::inline("def handler(event, context): pass"));
    let function = stack.add("Handler", function.in_vpc(*private, function_sg).env("HOST", endpoint.endpoint()));
    stack.allow(proxy, database);
    stack.allow(function, endpoint);
    match case.auth {
        "password" => stack.grant(function, credentials.read()),
        _ => stack.grant(function, endpoint.connect()),
    }
    let Some(secret) = *secret else { return };
    match case.extra {
        "hosted-rotation" => {
            let rotation = stack.add("Rotation", Rotation::new(secret, database, *private, function_sg));
            stack.allow(rotation, database);
        }
        "function-rotation" => {
            stack.allow(function, database);
            stack.add("Rotation", Rotation::by(secret, database, function).every(7));
        }
        _ => {}
    }
}

#[test]
fn every_new_database_has_neither_error_nor_warning() {
    let mut count = 0;
    for case in Case::all() {
        let lowered = stack(case).lower();
        assert!(lowered.diagnostics.is_empty(), "{case:?}: {:#?}", lowered.diagnostics);
        let found = check(&lowered.template, &lowered.places, Some("eu-west-1"));
        let counts: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Info).collect();
        assert!(counts.is_empty(), "{case:?}: {counts:#?}");
        count += 1;
    }
    assert_eq!(count, 432);
}

/// Writes them for the labs, in YAML and as JSON in the long form.
#[test]
#[ignore = "for tests/labs/run"]
fn write_combinations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates");
    fs::create_dir_all(&folder).unwrap();
    for case in Case::all() {
        let template = stack(case).lower().template;
        fs::write(folder.join(format!("{}.yaml", case.name())), yaml::template(&template)).unwrap();
        let json = template.to_json().to_string();
        fs::write(folder.join(format!("{}.template.json", case.name())), json).unwrap();
    }
}
