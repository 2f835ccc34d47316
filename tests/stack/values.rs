//! What a setter takes.

use formwork::prelude::*;
use serde_json::json;

use super::{codes, faults, function, given, property, stack};

/// The memory of a function, as the template has it; empty if it is left out.
#[track_caller]
fn memory(value: impl FnOnce(&mut Stack) -> Function, expect: &str) {
    let mut stack = stack();
    let noun = value(&mut stack);
    stack.add("Handler", noun);
    let template = stack.lower().template;
    let properties = &template.resources["Handler"].properties;
    let memory = properties.get("MemorySize").map(|_| property(&template, "Handler", "MemorySize"));
    assert_eq!(memory.unwrap_or_default().trim_end(), expect);
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn literals_parameters_options_and_choices_serve_alike() {
    memory(|_| function().memory(256), "256");
    memory(|_| function().memory(Some(256)), "256");
    memory(|_| function().memory(None::<i64>), "");
    memory(
        |stack| function().memory(stack.parameter("Memory", Parameter::number().between(128, 10_240))),
        "!Ref Memory",
    );
    memory(|stack| function().memory(Some(stack.parameter("Memory", Parameter::number()))), "!Ref Memory");
    let choose = |stack: &mut Stack| {
        let stage = stack.parameter("Stage", Parameter::text());
        stack.condition("Production", stage.equals("prod"))
    };
    memory(|stack| function().memory(choose(stack).choose(1024, 256)), "!If [Production, 1024, 256]");
    memory(
        |stack| {
            let memory = stack.parameter("Memory", Parameter::number());
            function().memory(choose(stack).choose(memory, None::<i64>))
        },
        "!If [Production, !Ref Memory, !Ref AWS::NoValue]",
    );
}

#[test]
fn attributes_serve_as_text() {
    let mut stack = stack();
    let own = given(&mut stack);
    let queue = stack.add("Queue", Resource::raw("AWS::SQS::Queue", json!({})));
    let noun = function().env("QUEUE", queue.get("QueueUrl")).env("SECRET", own.secret.arn()).env("NAME", "x");
    stack.add("Handler", noun.env("GROUP", own.database_sg.id()).env("ABSENT", None::<&str>));
    assert_eq!(
        property(&stack.lower().template, "Handler", "Environment"),
        "Variables:
  GROUP: sg-09d2a1b2c3d4e5f60
  NAME: x
  QUEUE: !GetAtt Queue.QueueUrl
  SECRET: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow
"
    );
}

#[test]
fn lists_take_values_one_by_one_or_whole() {
    let mut stack = stack();
    let all = stack.parameter("All", Parameter::subnets());
    let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let group = stack.import("Group", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    let one = stack.import("One", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3b4e5f6071"]));
    let whole = stack.import("Whole", PrivateSubnets::existing(vpc, all));
    stack.add("A", function().in_vpc(one, group));
    stack.add("B", function().in_vpc(whole, group));
    let template = stack.lower().template;
    assert!(property(&template, "A", "VpcConfig").contains("SubnetIds:\n  - subnet-0a41d2c3b4e5f6071\n"));
    assert!(property(&template, "B", "VpcConfig").contains("SubnetIds: !Ref All\n"));
}

#[test]
fn an_absent_output_is_none() {
    let mut stack = stack();
    stack.output("Nothing", None::<&str>);
    stack.output("Something", "x");
    assert_eq!(stack.lower().template.outputs.keys().collect::<Vec<_>>(), ["Something"]);
}

#[test]
fn an_attribute_that_an_import_does_not_know_is_found() {
    let mut stack = stack();
    let own = given(&mut stack);
    stack.add("Handler", function().env("DB_HOST", own.database.endpoint()));
    let faults = faults(&stack);
    assert_eq!(codes(&faults), ["S1004"], "{faults:#?}");
    assert_eq!(faults[0].message, "`Endpoint.Address` of the imported `Database` is not known");
    assert!(faults[0].help.as_ref().unwrap().contains("where `Database` is imported"));
    assert_eq!(faults[0].labels[0].message, "imported here");
}

#[test]
fn an_attribute_that_was_said_is_there() {
    let mut stack = stack();
    let own = given(&mut stack);
    let group = own.database_sg;
    let told = DatabaseInstance::existing("told", Engine::Postgres, group).endpoint("told.example.com");
    let told = stack.import("Told", told);
    stack.add("Handler", function().env("DB_HOST", told.endpoint()));
    assert_eq!(
        property(&stack.lower().template, "Handler", "Environment"),
        "Variables:\n  DB_HOST: told.example.com\n"
    );
}
