//! Every combination of engine, way to log in, security groups and openness that the settings can say: the legal ones
//! come out clean, the illegal ones are refused by name.

mod data;
mod network;
mod shapes;

use std::fs;
use std::path::Path;

use formwork::blueprints;
use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::emit::yaml;
use formwork::settings;

const ENGINES: [&str; 6] = ["postgres", "mysql", "mariadb", "sqlserver", "aurora-postgresql", "aurora-mysql"];
const AUTHS: [&str; 4] = ["password", "iam", "mixed", "end-to-end"];
const GROUPS: [&str; 2] = ["separate", "shared"];

/// One combination.
#[derive(Clone, Copy, Debug)]
struct Case {
    engine: &'static str,
    auth: &'static str,
    groups: &'static str,
    /// Whether all that can stay open until deployment does.
    open: bool,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        let of_engine = |engine| AUTHS.iter().map(move |auth| (engine, *auth));
        let pairs = ENGINES.into_iter().flat_map(of_engine);
        let shapes = || GROUPS.into_iter().flat_map(|groups| [(groups, false), (groups, true)]);
        pairs.flat_map(move |(engine, auth)| shapes().map(move |(groups, open)| Self { engine, auth, groups, open }))
    }

    /// RDS Proxy takes tokens and passwords alike for SQL Server only, and SQL Server takes no tokens from a proxy.
    fn is_legal(self) -> bool {
        match self.auth {
            "mixed" => self.engine == "sqlserver",
            "end-to-end" => self.engine != "sqlserver",
            _ => true,
        }
    }

    fn name(self) -> String {
        let open = if self.open { "open" } else { "literal" };
        format!("{}-{}-{}-{open}", self.engine, self.auth, self.groups)
    }

    fn settings(self) -> String {
        let Self { engine, auth, groups, open } = self;
        let id = if engine.starts_with("aurora") { "cluster-ABCDEFGHIJ" } else { "db-ABCDEFGHIJ" };
        let (database, secret) = if auth == "end-to-end" {
            (format!("resource-id: {id}, user: app"), "")
        } else {
            (
                "port: 6543".to_owned(),
                "secret: { arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf', user: app, \
                 key: 'arn:aws:kms:eu-west-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d' }",
            )
        };
        let parameters = match (open, auth) {
            (false, _) => "",
            (true, "end-to-end") => {
                "network.vpc, network.private-subnets, database.security-group, database.resource-id, function.memory, proxy.idle-client-timeout"
            }
            (true, _) => {
                "network.vpc, network.private-subnets, database.security-group, secret.arn, secret.key, function.memory, proxy.idle-client-timeout"
            }
        };
        format!(
            "blueprint: lambda-rds-proxy\nstack: app\nparameters: [{parameters}]\nenvironments:\n  test:\n    \
             account: '111122223333'\n    region: eu-west-1\n    tags: {{ team: data }}\n    \
             network: {{ vpc: vpc-0c1e37a9d4b85f620, private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072] }}\n    \
             database: {{ identifier: app, engine: {engine}, security-group: sg-09d2a1b2c3d4e5f60, {database} }}\n    \
             {secret}\n    proxy: {{ auth: {auth}, groups: {groups}, max-connections-percent: 90 }}\n    \
             function: {{ memory: 256, timeout: 30, describe-proxy: true }}\n    \
             endpoints: {{ rds: {{ private-dns: false }}, secrets-manager: {{ private-dns: true }} }}\n"
        )
    }
}

#[test]
fn legal_combinations_have_neither_error_nor_warning() {
    for case in Case::all().filter(|case| case.is_legal()) {
        let (settings, said) = settings::read("formwork.yaml", &case.settings());
        assert!(said.is_empty(), "{case:?}: {said:#?}");
        for stack in blueprints::stacks(&settings.expect("settings without a finding")) {
            let lowered = stack.lower();
            assert!(lowered.diagnostics.is_empty(), "{case:?}: {:#?}", lowered.diagnostics);
            let found = check(&lowered.template, &lowered.places, Some("eu-west-1"));
            let counts: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Info).collect();
            assert!(counts.is_empty(), "{case:?}: {counts:#?}");
        }
    }
}

#[test]
fn illegal_combinations_are_refused_by_name() {
    for case in Case::all().filter(|case| !case.is_legal()) {
        let (settings, said) = settings::read("formwork.yaml", &case.settings());
        let names: Vec<_> = said.iter().map(|finding| finding.code.name).collect();
        assert!(settings.is_none() && names.contains(&"auth-unfit-for-engine"), "{case:?}: {names:?}");
    }
}

/// Writes the legal combinations for the labs, in YAML and as JSON in the long form.
#[test]
#[ignore = "for tests/labs/run"]
fn write_combinations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates");
    fs::create_dir_all(&folder).unwrap();
    for case in Case::all().filter(|case| case.is_legal()) {
        let (settings, _) = settings::read("formwork.yaml", &case.settings());
        for stack in blueprints::stacks(&settings.unwrap()) {
            let template = stack.lower().template;
            fs::write(folder.join(format!("{}.yaml", case.name())), yaml::template(&template)).unwrap();
            let json = template.to_json().to_string();
            fs::write(folder.join(format!("{}.template.json", case.name())), json).unwrap();
        }
    }
}
