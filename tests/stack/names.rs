//! The derived name of a proxy: another one exactly where the proxy would be replaced.

use formwork::prelude::*;
use formwork::template::{Function as Call, Intrinsic, Reference, SubPart, Template, Value as Term};
use proptest::prelude::*;

use super::{given_with, property, stack};

const STACK: &str =
    "arn:aws:cloudformation:ap-southeast-2:111122223333:stack/a-stack/0f9b2e4c-1b2d-11f0-9e3a-0a58a9feac02";
const OTHER_STACK: &str =
    "arn:aws:cloudformation:ap-southeast-2:111122223333:stack/a-stack/7c1d9a10-1b2d-11f0-9e3a-0a58a9feac02";

/// A proxy in a stack, with whatever else is said.
struct Design {
    engine: Engine,
    subnets: [&'static str; 2],
    say: fn(&mut Stack, DatabaseProxy) -> DatabaseProxy,
}

const DESIGN: Design = Design {
    engine: Engine::Postgres,
    subnets: ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"],
    say: |_, noun| noun,
};

fn template(design: &Design) -> Template {
    let mut stack = stack();
    let own = given_with(&mut stack, design.engine);
    let subnets = stack.import("Subnets", PrivateSubnets::existing(own.vpc, design.subnets));
    let noun = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), subnets, own.database_sg);
    let noun = (design.say)(&mut stack, noun);
    stack.add("Proxy", noun);
    stack.lower().template
}

fn name(design: Design) -> String {
    evaluate(&template(&design).resources["Proxy"].properties["DBProxyName"], STACK)
}

/// What CloudFormation makes of a name, in a stack; parameters of ids have an id of their own.
fn evaluate(value: &Term, stack: &str) -> String {
    match value {
        Term::String(text) => text.clone(),
        Term::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => reference(name, stack),
        Term::Intrinsic(Intrinsic::Sub(sub)) => {
            let part = |part: &SubPart| match part {
                SubPart::Text(text) => text.clone(),
                SubPart::Variable(name) => evaluate(&sub.variables[name], stack),
                SubPart::Reference(Reference::Ref(name)) => reference(name, stack),
                SubPart::Reference(other) => panic!("{other:?}"),
            };
            sub.parts.iter().map(part).collect()
        }
        Term::Intrinsic(Intrinsic::Call(Call::Select, arguments)) => {
            let [index, list] = arguments.as_list().unwrap() else { panic!("{arguments:?}") };
            let index: usize = index.to_json().as_u64().unwrap() as usize;
            evaluate_list(list, stack)[index].clone()
        }
        other => panic!("{other:?}"),
    }
}

fn evaluate_list(list: &Term, stack: &str) -> Vec<String> {
    match list {
        Term::Intrinsic(Intrinsic::Call(Call::Split, arguments)) => {
            let [by, text] = arguments.as_list().unwrap() else { panic!("{arguments:?}") };
            evaluate(text, stack).split(by.as_str().unwrap()).map(str::to_owned).collect()
        }
        Term::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
            reference(name, stack).split(',').map(str::to_owned).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn reference(name: &str, stack: &str) -> String {
    match name {
        "AWS::StackId" => stack.to_owned(),
        "SubnetIds" => "subnet-0a41d2c3b4e5f6071,subnet-0b72d2c3b4e5f6072,subnet-0c83d2c3b4e5f6073".to_owned(),
        other => panic!("{other}"),
    }
}

/// The rule of the API, which is stricter than the published schema.
#[track_caller]
fn check_form(name: &str) {
    assert!(name.len() <= 63, "{name} has {} characters", name.len());
    assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
    assert!(!name.contains("--") && !name.ends_with('-'), "{name}");
    assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{name}");
}

#[test]
fn what_replaces_the_proxy_changes_its_name() {
    let other_subnets = ["subnet-0a41d2c3b4e5f6071", "subnet-0e00d2c3b4e5f6079"];
    let names = [
        name(DESIGN),
        name(Design { subnets: other_subnets, ..DESIGN }),
        name(Design { engine: Engine::MySql, ..DESIGN }),
        name(Design { engine: Engine::SqlServer, ..DESIGN }),
    ];
    for (n, name) in names.iter().enumerate() {
        check_form(name);
        assert!(!names[..n].contains(name), "{names:?}");
    }
}

#[test]
fn what_changes_in_place_leaves_its_name() {
    let says: [fn(&mut Stack, DatabaseProxy) -> DatabaseProxy; 6] = [
        |_, noun| noun.idle_client_timeout(minutes(5)),
        |_, noun| noun.tag("team", "billing"),
        |_, noun| noun.max_connections_percent(50).debug_logging(true),
        |stack, noun| {
            stack.describe("another description");
            noun
        },
        |stack, noun| {
            stack.tag("stage", "uat");
            noun.retain()
        },
        |stack, noun| {
            stack.add("Other", super::function());
            noun
        },
    ];
    for say in says {
        assert_eq!(name(Design { say, ..DESIGN }), name(DESIGN));
    }
}

#[test]
fn an_engine_of_the_same_family_leaves_its_name() {
    assert_eq!(name(Design { engine: Engine::MariaDb, ..DESIGN }), name(Design { engine: Engine::MySql, ..DESIGN }));
}

#[test]
fn two_stacks_of_one_template_have_two_names() {
    let template = template(&DESIGN);
    let value = &template.resources["Proxy"].properties["DBProxyName"];
    let [one, other] = [STACK, OTHER_STACK].map(|stack| evaluate(value, stack));
    assert_ne!(one, other);
    assert_eq!(one.rsplit_once('-').unwrap().0, other.rsplit_once('-').unwrap().0);
    assert!(one.ends_with("-0f9b2e4c") && other.ends_with("-7c1d9a10"), "{one}, {other}");
}

#[test]
fn two_proxies_of_one_stack_have_two_names() {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let noun = || DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, own.database_sg);
    stack.add("Reader", noun());
    stack.add("Writer", noun());
    let template = stack.lower().template;
    assert_ne!(property(&template, "Reader", "DBProxyName"), property(&template, "Writer", "DBProxyName"));
}

#[test]
fn subnets_by_parameter_enter_by_intrinsic_functions() {
    let template = by_parameter("Proxy");
    let value = &template.resources["Proxy"].properties["DBProxyName"];
    let name = evaluate(value, STACK);
    check_form(&name);
    assert!(name.ends_with("-0a41d2c3b4e5f6071-0b72d2c3b4e5f6072-0f9b2e4c"), "{name}");
}

fn by_parameter(id: &str) -> Template {
    let mut stack = stack();
    let own = given_with(&mut stack, Engine::Postgres);
    let ids = stack.parameter("SubnetIds", Parameter::subnets());
    let subnets = stack.import("Subnets", PrivateSubnets::existing(own.vpc, ids));
    stack.add(id, DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), subnets, own.database_sg));
    let lowered = stack.lower();
    assert!(lowered.diagnostics.is_empty(), "{:#?}", lowered.diagnostics);
    lowered.template
}

#[test]
fn a_name_of_its_own_wins() {
    let template = template(&Design { say: |_, noun| noun.name("billing"), ..DESIGN });
    assert_eq!(property(&template, "Proxy", "DBProxyName"), "billing\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_logical_id_gives_a_name_that_the_api_takes(id in "[A-Za-z0-9]{1,100}") {
        for template in [by_parameter(&id), {
            let mut stack = stack();
            let own = given_with(&mut stack, Engine::Postgres);
            stack.add(&id, DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, own.database_sg));
            stack.lower().template
        }] {
            check_form(&evaluate(&template.resources[&id].properties["DBProxyName"], STACK));
        }
    }
}
