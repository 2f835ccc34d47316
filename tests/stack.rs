//! What a stack comes down to, and the laws of it.

mod diagnostics;
mod foreign;
mod function_roles;
pub mod functions;
mod imports;
mod language;
mod laws;
mod modifiers;
mod names;
mod proxies;
mod values;

use formwork::check::check;
use formwork::diagnostic::{Diagnostic, Severity};
use formwork::emit::yaml;
use formwork::prelude::*;
use formwork::template::{Template, Value as TemplateValue};

pub const REGION: &str = "ap-southeast-2";
const SUBNETS: [&str; 2] = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"];
const KEY: &str = "arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d";
const SECRET: &str = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow";

/// An empty stack.
pub fn stack() -> Stack {
    Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2))
}

/// What exists already.
#[derive(Clone, Copy)]
pub struct Given {
    pub vpc: Handle<Vpc>,
    pub private: Handle<PrivateSubnets>,
    pub database_sg: Handle<SecurityGroup>,
    pub key: Handle<Key>,
    pub secret: Handle<Secret>,
    pub database: Handle<DatabaseInstance>,
}

pub fn given(stack: &mut Stack) -> Given {
    given_with(stack, Engine::Postgres)
}

pub fn given_with(stack: &mut Stack, engine: Engine) -> Given {
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let private = stack.import("Private", PrivateSubnets::existing(vpc, SUBNETS));
    let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    let key = stack.import("Key", Key::existing(KEY));
    let secret = stack.import("Secret", Secret::existing(SECRET, EncryptedBy::Key(key)).user(user("billie")));
    let database = stack.import("Database", DatabaseInstance::existing("billie", engine, database_sg));
    Given { vpc, private, database_sg, key, secret, database }
}

/// A function that does nothing.
pub fn function() -> Function {
    Function::new(Runtime::Python313, Code::inline("def handler(event, context): pass"))
}

/// What stands under a logical id, as YAML.
pub fn resource(template: &Template, id: &str) -> String {
    let json = &template.to_json()["Resources"][id];
    assert!(!json.is_null(), "no `{id}` among {:?}", template.resources.keys().collect::<Vec<_>>());
    yaml::value(&TemplateValue::from_json(json))
}

/// A property of a resource, as YAML.
pub fn property(template: &Template, id: &str, name: &str) -> String {
    yaml::value(&template.resources[id].properties[name])
}

/// Everything that is found in a stack: what it says of itself, and what the rules say of its template.
pub fn findings(stack: &Stack) -> Vec<Diagnostic> {
    let lowered = stack.lower();
    let found = check(&lowered.template, &lowered.places, Some(REGION));
    let all: Vec<_> = lowered.diagnostics.into_iter().chain(found).collect();
    for diagnostic in &all {
        let source = diagnostic.source.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(source.starts_with("tests/"), "no line of the user's: {diagnostic:#?}");
    }
    all
}

/// The findings of a stack that count.
pub fn faults(stack: &Stack) -> Vec<Diagnostic> {
    findings(stack).into_iter().filter(|found| found.severity != Severity::Info).collect()
}

/// The codes of findings, sorted, each once.
pub fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = found.iter().map(|found| found.code.id).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
