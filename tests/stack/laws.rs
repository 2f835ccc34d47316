//! Laws of lowering.

use formwork::emit::yaml;
use formwork::prelude::*;
use proptest::prelude::*;
use serde_json::json;

use super::{given, stack};

/// How many statements need nothing but what exists.
const FIRST: usize = 7;
/// How many statements wire what is there.
const WIRING: usize = 17;

fn first(stack: &mut Stack, statement: usize) {
    match statement {
        0 => _ = stack.add("Queue", Resource::raw("AWS::SQS::Queue", json!({"DelaySeconds": 3, "QueueName": "q"}))),
        1 => _ = stack.add("Topic", Resource::raw("AWS::SNS::Topic", json!({})).tag("b", "2").tag("a", "1")),
        2 => stack.tag("team", "billing"),
        3 => stack.tag("stage", "uat"),
        4 => _ = stack.parameter("Stage", Parameter::text().default("uat")),
        _ => unreachable!("the groups are made where their handles are kept"),
    }
}

fn wire(stack: &mut Stack, own: super::Given, nouns: Nouns, statement: usize) {
    let Nouns { lambda_sg, proxy_sg, proxy, handler, worker } = nouns;
    match statement {
        0 => stack.allow(handler, proxy),
        1 => stack.allow(proxy, own.database),
        2 => stack.allow(lambda_sg, proxy_sg.on(tcp(443))),
        3 => stack.allow(cidr("10.0.0.0/8"), proxy_sg.on(tcp(443))),
        4 => stack.grant(handler, proxy.connect()),
        5 => stack.grant(handler, proxy.describe()),
        6 => stack.grant(handler, own.secret.read()),
        7 => stack.grant(handler, worker.invoke()),
        8 => stack.grant(worker, handler.invoke()),
        9 => stack.require(own.database.isolated().except(proxy).except(lambda_sg)),
        10 => stack.require(handler.can(proxy.connect())),
        11 => stack.require(handler.can(proxy.connect_as(DbUser::Any))),
        12 => stack.assume(proxy.can(own.key.decrypt()), "reason"),
        13 => _ = stack.output("Endpoint", proxy.endpoint()),
        14 => _ = stack.output("Arn", proxy.arn()),
        15 => stack.allow(lambda_sg, proxy_sg.on(tcp(5432))),
        _ => stack.tag("owner", "me"),
    }
}

/// What is wired.
#[derive(Clone, Copy)]
struct Nouns {
    lambda_sg: Handle<SecurityGroup>,
    proxy_sg: Handle<SecurityGroup>,
    proxy: Handle<DatabaseProxy>,
    handler: Handle<Function>,
    worker: Handle<Function>,
}

/// The template and the sidecar of a stack whose statements come in the given orders.
fn text(first_order: &[usize], wiring_order: &[usize], setters: [usize; 3]) -> String {
    let mut stack = stack();
    let own = given(&mut stack);
    let mut groups = [own.database_sg; 2];
    for n in first_order {
        match n {
            5 | 6 => {
                let name = ["LambdaSg", "ProxySg"][n - 5];
                groups[n - 5] = stack.add(name, SecurityGroup::new(own.vpc, name));
            }
            _ => first(&mut stack, *n),
        }
    }
    let [lambda_sg, proxy_sg] = groups;
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, proxy_sg));
    let set = |noun: Function, n: &usize| match n {
        0 => noun.env("A", "1").memory(256),
        1 => noun.env("B", proxy.endpoint()).tag("x", "1"),
        _ => noun.env("C", own.secret.arn()).timeout(seconds(5)).tag("w", "2"),
    };
    let noun = setters.iter().fold(super::function().in_vpc(own.private, lambda_sg), set);
    let handler = stack.add("Handler", noun);
    let worker = stack.add("Worker", super::function().in_vpc(own.private, lambda_sg));
    let nouns = Nouns { lambda_sg, proxy_sg, proxy, handler, worker };
    wiring_order.iter().for_each(|n| wire(&mut stack, own, nouns, *n));
    let lowered = stack.lower();
    assert!(lowered.diagnostics.is_empty(), "{:#?}", lowered.diagnostics);
    format!("{}\n{}", yaml::template(&lowered.template), yaml::value(&lowered.goals.to_value()))
}

fn shuffled(count: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..count).collect::<Vec<_>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_statements_does_not_show(
        first in shuffled(FIRST), wiring in shuffled(WIRING), setters in shuffled(3),
    ) {
        let sorted = |count| (0..count).collect::<Vec<_>>();
        let setters = [setters[0], setters[1], setters[2]];
        prop_assert_eq!(text(&first, &wiring, setters), text(&sorted(FIRST), &sorted(WIRING), [0, 1, 2]));
    }
}

/// Adds a little of everything.
fn some(stack: &mut Stack) -> Handle<DatabaseProxy> {
    let own = given(stack);
    let group = stack.add("Group", SecurityGroup::new(own.vpc, "group"));
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, group));
    let handler = stack.add("Handler", super::function().in_vpc(own.private, group).env("DB_HOST", proxy.endpoint()));
    stack.allow(proxy, own.database);
    stack.grant(handler, proxy.connect());
    stack.output("Endpoint", proxy.endpoint());
    proxy
}

#[test]
fn lowering_twice_gives_the_same() {
    let mut stack = stack();
    some(&mut stack);
    let [one, other] = [stack.lower(), stack.lower()];
    assert_eq!(one.template, other.template);
    assert_eq!(one.goals, other.goals);
    assert_eq!(one.diagnostics, other.diagnostics);
}

#[test]
fn two_programs_alike_give_the_same() {
    let [one, other] = [stack(), stack()].map(|mut stack| {
        some(&mut stack);
        yaml::template(&stack.lower().template)
    });
    assert_eq!(one, other);
}

#[test]
fn what_is_added_in_between_leaves_the_rest_as_it_was() {
    let mut plain = stack();
    some(&mut plain);
    let mut more = stack();
    more.add("Before", super::function());
    some(&mut more);
    more.add("After", super::function());
    let (plain, more) = (plain.lower().template, more.lower().template);
    for (id, resource) in &plain.resources {
        assert_eq!(Some(resource), more.resources.get(id), "{id}");
    }
    assert_eq!(more.resources.len(), plain.resources.len() + 6);
}

#[test]
fn a_scope_prefixes_what_is_in_it_and_nothing_else() {
    let mut flat = stack();
    some(&mut flat);
    let mut scoped = stack();
    some(&mut scoped);
    scoped.scope("Billing", |stack| {
        some(stack);
    });
    let (flat, scoped) = (flat.lower(), scoped.lower());
    assert!(scoped.diagnostics.is_empty(), "{:#?}", scoped.diagnostics);
    for (id, resource) in &flat.template.resources {
        assert_eq!(Some(resource), scoped.template.resources.get(id), "{id}");
    }
    let inside: Vec<_> = scoped.template.resources.keys().filter(|id| id.starts_with("Billing")).collect();
    assert_eq!(inside.len(), flat.template.resources.len(), "{inside:?}");
    assert!(scoped.template.resources.contains_key("BillingProxyTargets"));
    assert!(scoped.template.outputs.contains_key("BillingEndpoint"));
}

#[test]
fn scopes_nest_and_end() {
    let mut stack = stack();
    stack.scope("A", |stack| {
        stack.scope("B", |stack| stack.add("Handler", super::function()));
        stack.add("Handler", super::function())
    });
    stack.add("Handler", super::function());
    let template = stack.lower().template;
    for id in ["ABHandler", "AHandler", "Handler"] {
        assert!(template.resources.contains_key(id), "{id}");
    }
}
