//! What exists and what is new, in every combination that the settings can say: network and database, engine, way to
//! log in, security groups, secret. The legal ones come out clean, the illegal ones are refused by name.

use std::fs;
use std::path::Path;

use formwork::blueprints;
use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::emit::yaml;
use formwork::settings;
use formwork::stack::Stack;

use super::{AUTHS, ENGINES, GROUPS};

/// Network, then database: whether they are new.
const SHAPES: [(bool, bool); 4] = [(false, false), (false, true), (true, true), (true, false)];

/// Where the secret comes from, and its key.
const SECRETS: [&str; 6] = ["none", "given", "new", "new-aws-managed", "rotated", "kept-by-rds"];

/// One combination.
#[derive(Clone, Copy, Debug)]
struct Case {
    network: bool,
    database: bool,
    engine: &'static str,
    auth: &'static str,
    groups: &'static str,
    secret: &'static str,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        let shapes = SHAPES.into_iter().flat_map(|shape| ENGINES.map(|engine| (shape, engine)));
        let with_auth = shapes.flat_map(|(shape, engine)| AUTHS.map(|auth| (shape, engine, auth)));
        let with_groups =
            with_auth.flat_map(|(shape, engine, auth)| GROUPS.map(|groups| (shape, engine, auth, groups)));
        with_groups.flat_map(|((network, database), engine, auth, groups)| {
            SECRETS.map(|secret| Self { network, database, engine, auth, groups, secret })
        })
    }

    /// The names of the findings that keep it from being made.
    fn faults(self) -> Vec<&'static str> {
        let unfit = match self.auth {
            "mixed" => self.engine != "sqlserver",
            "end-to-end" => self.engine == "sqlserver",
            _ => false,
        };
        let without_user = self.secret == "none";
        let faults = [
            (self.network && !self.database, "parts-that-cannot-meet"),
            (self.secret == "kept-by-rds" && !self.database, "parts-that-cannot-meet"),
            (unfit, "auth-unfit-for-engine"),
            (without_user && self.database, "missing-setting"),
            (without_user && !self.database && self.auth != "end-to-end", "auth-without-its-means"),
        ];
        faults.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect()
    }

    /// A secret that tokens make idle is said to be.
    fn is_idle(self) -> bool {
        self.auth == "end-to-end" && !self.database && self.secret != "none"
    }

    fn legal() -> impl Iterator<Item = Self> {
        Self::all().filter(|case| case.faults().is_empty() && !case.is_idle())
    }

    fn name(self) -> String {
        let word = |new| if new { "new" } else { "given" };
        let Self { engine, auth, groups, secret, .. } = self;
        format!("{}-{}-{engine}-{auth}-{groups}-{secret}", word(self.network), word(self.database))
    }

    fn network(self) -> &'static str {
        // Both ways out are tried along with both designs of groups.
        match (self.network, self.groups) {
            (false, _) => {
                "{ vpc: vpc-0c1e37a9d4b85f620, private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072] }"
            }
            (true, "separate") => "{ new: { range: 10.20.0.0/16 } }",
            (true, _) => "{ new: { range: 10.20.0.0/20, zones: 3, nat: one-a-zone, flow-logs: { days: 90 } } }",
        }
    }

    fn database(self) -> String {
        let Self { engine, auth, .. } = self;
        let user = if auth == "end-to-end" { ", user: app" } else { "" };
        let id = if engine.starts_with("aurora") { "cluster-ABCDEFGHIJ" } else { "db-ABCDEFGHIJ" };
        let shape = match (self.database, engine, self.groups) {
            (false, ..) => format!("identifier: app, security-group: sg-09d2a1b2c3d4e5f60, resource-id: {id}"),
            (true, "sqlserver", "shared") => "new: { edition: standard }".to_owned(),
            (true, "sqlserver", _) => "new: {}".to_owned(),
            (true, "aurora-postgresql" | "aurora-mysql", "shared") => {
                "name: app, new: { capacity: { min: 0.5, max: 4 }, readers: 2 }".to_owned()
            }
            (true, ..) => "name: app, port: 6543, new: {}".to_owned(),
        };
        format!("{{ engine: {engine}{user}, {shape} }}")
    }

    fn secret(self) -> &'static str {
        match self.secret {
            "none" => "",
            "given" => {
                "secret: { arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf', user: app, \
                 key: 'arn:aws:kms:eu-west-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d' }"
            }
            "new" => "secret: { user: app, new: {} }",
            "new-aws-managed" => "secret: { user: app, key: aws-managed, new: {} }",
            "rotated" => "secret: { user: app, new: {} }\n    rotation: { days: 7 }",
            _ => "secret: { user: app, new: { kept-by: rds } }",
        }
    }

    fn settings(self) -> String {
        let (network, database, secret) = (self.network(), self.database(), self.secret());
        let Self { auth, groups, .. } = self;
        let reaches = if network.contains("nat") { "[{ range: 0.0.0.0/0 }]" } else { "[]" };
        format!(
            "blueprint: lambda-rds-proxy\nstack: app\nenvironments:\n  test:\n    account: '111122223333'\n    \
             region: eu-west-1\n    tags: {{ team: data }}\n    network: {network}\n    database: {database}\n    {secret}\n    \
             proxy: {{ auth: {auth}, groups: {groups}, max-connections-percent: 90, connection-borrow-timeout: 10 }}\n    \
             function: {{ memory: 256, timeout: 15, describe-proxy: true, reaches: {reaches} }}\n    \
             endpoints: {{ rds: {{}}, secrets-manager: {{ private-dns: true }} }}\n"
        )
    }

    fn stack(self) -> Stack {
        let (settings, said) = settings::read("formwork.yaml", &self.settings());
        assert!(said.is_empty(), "{self:?}: {said:#?}");
        let settings = settings.expect("settings without a finding");
        blueprints::stacks(&settings).remove(0)
    }
}

#[test]
fn legal_shapes_have_neither_error_nor_warning() {
    assert!(Case::legal().count() > 100);
    for case in Case::legal() {
        let lowered = case.stack().lower();
        assert!(lowered.diagnostics.is_empty(), "{case:?}: {:#?}", lowered.diagnostics);
        let found = check(&lowered.template, &lowered.places, Some("eu-west-1"));
        let counts: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Info).collect();
        assert!(counts.is_empty(), "{case:?}: {counts:#?}");
    }
}

#[test]
fn illegal_shapes_are_refused_by_name() {
    for case in Case::all().filter(|case| !case.faults().is_empty()) {
        let (settings, said) = settings::read("formwork.yaml", &case.settings());
        assert!(settings.is_none(), "{case:?}");
        for fault in case.faults() {
            let finding = said.iter().find(|finding| finding.code.name == fault);
            let finding = finding.unwrap_or_else(|| panic!("{case:?}: no {fault} in {said:#?}"));
            assert!(finding.span.is_some() && finding.help.is_some(), "{case:?}: {finding:#?}");
        }
    }
}

#[test]
fn a_secret_beside_tokens_and_a_given_database_is_said_to_be_idle() {
    for case in Case::all().filter(|case| case.is_idle() && case.faults().is_empty()) {
        let (_, said) = settings::read("formwork.yaml", &case.settings());
        assert!(said.iter().any(|finding| finding.code.name == "setting-without-effect"), "{case:?}: {said:#?}");
    }
}

/// Writes the legal ones for the labs, in YAML and as JSON in the long form.
#[test]
#[ignore = "for tests/labs/run"]
fn write_shapes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates");
    fs::create_dir_all(&folder).unwrap();
    for case in Case::legal() {
        let template = case.stack().lower().template;
        fs::write(folder.join(format!("{}.yaml", case.name())), yaml::template(&template)).unwrap();
        let json = template.to_json().to_string();
        fs::write(folder.join(format!("{}.template.json", case.name())), json).unwrap();
    }
}
