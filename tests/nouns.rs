//! Nouns are made of generated types: what they set keeps the user's line, and the order of setters does not show.

use formwork::prelude::*;
use formwork::template::Template;
use serde_json::json;

use crate::stack::{given, stack};

/// The pointer of a property, and its line, from the line on which `check` was called.
#[track_caller]
fn check(write: impl FnOnce(&mut Stack), expect: &[(&str, u32)]) {
    let test = std::panic::Location::caller();
    let mut stack = stack();
    write(&mut stack);
    let places = stack.lower().places;
    for (pointer, line) in expect {
        let place = places.nearest(&format!("/Resources/{pointer}")).unwrap();
        let found = (place.file.as_str(), place.line as u32 - test.line());
        assert_eq!(found, (test.file(), *line), "{pointer}");
    }
}

#[test]
fn what_a_function_is_told_has_its_line() {
    check(
        |stack| {
            let own = given(stack);
            let group = stack.add("Group", SecurityGroup::new(own.vpc, "functions"));
            let code = Code::s3("code", "worker.zip");
            let code = code.version("1");
            let function = Function::new(Runtime::Python313, code)
                .in_vpc(own.private, group)
                .env("NAME", "x")
                .env("OTHER", "y")
                .memory(256)
                .timeout(seconds(5))
                .handler("app.main");
            stack.add("Handler", function);
        },
        &[
            ("Handler", 13),
            ("Handler/Properties/Code", 6),
            ("Handler/Properties/Code/S3Key", 4),
            ("Handler/Properties/Code/S3ObjectVersion", 5),
            ("Handler/Properties/Runtime", 6),
            ("Handler/Properties/VpcConfig/SubnetIds", 7),
            ("Handler/Properties/Environment/Variables/NAME", 8),
            ("Handler/Properties/Environment/Variables/OTHER", 9),
            ("Handler/Properties/MemorySize", 10),
            ("Handler/Properties/Timeout", 11),
            ("Handler/Properties/Handler", 12),
            ("Handler/Properties/Role", 13),
            ("HandlerLogs/Properties/RetentionInDays", 13),
            ("Group/Properties/GroupDescription", 3),
            ("Group/Properties/SecurityGroupEgress", 3),
        ],
    );
}

#[test]
fn what_a_proxy_and_an_endpoint_are_told_has_its_line() {
    check(
        |stack| {
            let own = given(stack);
            let proxy = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, own.database_sg)
                .name("billing")
                .idle_client_timeout(minutes(5))
                .max_connections_percent(50)
                .init_query("SET x = 1");
            stack.add("Proxy", proxy);
            let api = InterfaceEndpoint::new(Service::Rds, own.private, own.database_sg);
            stack.add("Api", api.policy(json!({})));
        },
        &[
            ("Proxy/Properties/VpcSubnetIds/1", 3),
            ("Proxy/Properties/Auth/0/IAMAuth", 3),
            ("Proxy/Properties/DBProxyName", 4),
            ("Proxy/Properties/IdleClientTimeout", 5),
            ("Proxy/Properties/EngineFamily", 8),
            ("ProxyTargets/Properties/ConnectionPoolConfigurationInfo/MaxConnectionsPercent", 6),
            ("ProxyTargets/Properties/ConnectionPoolConfigurationInfo/InitQuery", 7),
            ("ProxyTargets/Properties/TargetGroupName", 8),
            ("Api/Properties/VpcId", 10),
            ("Api/Properties/PrivateDnsEnabled", 9),
            ("Api/Properties/PolicyDocument", 10),
        ],
    );
}

/// A stack with a proxy, lowered.
fn with_proxy(tell: impl FnOnce(DatabaseProxy) -> DatabaseProxy) -> Template {
    let mut stack = stack();
    let own = given(&mut stack);
    let proxy = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, own.database_sg);
    stack.add("Proxy", tell(proxy));
    stack.lower().template
}

#[test]
fn the_order_of_setters_does_not_show() {
    let one = with_proxy(|proxy| proxy.max_connections_percent(50).init_query("SET x = 1"));
    let other = with_proxy(|proxy| proxy.init_query("SET x = 1").max_connections_percent(50));
    assert_eq!(formwork::emit::yaml::template(&one), formwork::emit::yaml::template(&other));
}

#[test]
fn nothing_said_of_the_pool_is_no_pool() {
    let template = with_proxy(|proxy| proxy.max_connections_percent(None::<i64>));
    assert!(!template.resources["ProxyTargets"].properties.contains_key("ConnectionPoolConfigurationInfo"));
}

#[test]
fn a_name_is_derived_only_where_none_is_given() {
    let name = |template: Template| template.resources["Proxy"].properties["DBProxyName"].to_json();
    let derived = name(with_proxy(|proxy| proxy));
    assert!(derived.is_object(), "{derived}");
    assert_eq!(name(with_proxy(|proxy| proxy.name(None::<&str>))), derived);
    assert_eq!(name(with_proxy(|proxy| proxy.name("billing"))), "billing");
    assert_eq!(name(with_proxy(|proxy| proxy.override_property("/DBProxyName", json!("mine")))), "mine");
}

#[test]
fn free_json_takes_whatever_a_stack_has() {
    let mut stack = stack();
    let own = given(&mut stack);
    let count = stack.parameter("Count", Parameter::number());
    let part = Fields::new().json("Arn", own.key.arn()).json("Count", count).json("Text", "x").json("Flag", true);
    let all = Resource::raw("Custom::All", json!({ "Own": { "as": "written" } }))
        .property("Subnets", own.private.ids())
        .property("Password", own.secret.password())
        .property("After", seconds(5))
        .property("Part", part)
        .property("Absent", None::<i64>);
    stack.add("All", all);
    let key = stack.lower().template.resources["All"].properties.clone();
    let found = formwork::template::Value::Map(key).to_json();
    let part = &found["Part"];
    assert_eq!(part["Count"], json!({ "Ref": "Count" }));
    assert_eq!((&part["Text"], &part["Flag"]), (&json!("x"), &json!(true)));
    assert!(part["Arn"].as_str().unwrap().starts_with("arn:aws:kms:"), "{part}");
    assert_eq!(found["Own"], json!({ "as": "written" }));
    assert_eq!((found["After"].as_i64(), found["Subnets"].as_array().unwrap().len()), (Some(5), 2));
    assert!(found["Password"].as_str().unwrap().starts_with("{{resolve:secretsmanager:"), "{found}");
    assert!(found.get("Absent").is_none());
}
