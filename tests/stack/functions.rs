//! Functions: their code, their settings, their role and their log.

use formwork::aws::attributes::*;
use formwork::aws::{events, sqs};
use formwork::constructs::lambda::scaffold;
use formwork::constructs::rds::EngineFamily;
use formwork::prelude::*;
use serde_json::{Value as Json, json};

use super::{codes, faults, findings, function, given, resource, stack};

/// A function in a stack, lowered: its properties.
#[track_caller]
fn properties(write: impl FnOnce(&mut Stack) -> Function) -> Json {
    let mut stack = stack();
    let noun = write(&mut stack);
    stack.add("Handler", noun);
    assert_eq!(codes(&faults(&stack)), [""; 0]);
    stack.lower().template.to_json()["Resources"]["Handler"]["Properties"].clone()
}

/// What a setter writes at a pointer, with a literal, a parameter, another resource's attribute and nothing.
#[track_caller]
fn check(pointer: &str, base: fn() -> Function, literal: &str, set: fn(Function, Value<String>) -> Function) {
    let found = |write: &dyn Fn(&mut Stack) -> Function| properties(write).pointer(pointer).cloned();
    assert_eq!(found(&|_| set(base(), literal.into_value())), Some(json!(literal)));
    let by_parameter = found(&|stack| set(base(), stack.parameter("Given", Parameter::text())));
    assert_eq!(by_parameter, Some(json!({ "Ref": "Given" })));
    let by_attribute = found(&|stack| set(base(), stack.add("Jobs", sqs::Queue::new()).queue_name()));
    assert_eq!(by_attribute, Some(json!({ "Fn::GetAtt": ["Jobs", "QueueName"] })));
    assert_eq!(found(&|_| set(base(), Value::Absent)), found(&|_| base()));
}

/// A function from an image.
fn image() -> Function {
    Function::from_image("111122223333.dkr.ecr.ap-southeast-2.amazonaws.com/billing:7f3c1d")
}

#[test]
fn a_function_its_role_and_its_log() {
    let mut stack = stack();
    stack.add("Handler", function());
    let template = stack.lower().template;
    assert_eq!(template.resources.keys().collect::<Vec<_>>(), ["Handler", "HandlerLogs", "HandlerRole"]);
    assert_eq!(
        resource(&template, "Handler"),
        r#"Type: AWS::Lambda::Function
Properties:
  Architectures:
    - arm64
  Code:
    ZipFile: "def handler(event, context): pass"
  Handler: index.handler
  LoggingConfig:
    LogGroup: !Ref HandlerLogs
  Role: !GetAtt HandlerRole.Arn
  Runtime: python3.13
  Timeout: 30
"#
    );
    assert_eq!(
        resource(&template, "HandlerLogs"),
        "Type: AWS::Logs::LogGroup\nDeletionPolicy: Retain\nUpdateReplacePolicy: Retain\nProperties:\n  RetentionInDays: 90\n"
    );
}

#[test]
fn what_an_image_runs() {
    let told = image().entry_point(["/lambda-entrypoint.sh"]).command(["app.handler"]).working_directory("/var/task");
    let found = properties(|_| told);
    assert_eq!(found["PackageType"], "Image");
    assert_eq!(
        found["ImageConfig"],
        json!({ "Command": ["app.handler"], "EntryPoint": ["/lambda-entrypoint.sh"], "WorkingDirectory": "/var/task" })
    );
    assert!(found.get("Runtime").is_none() && found.get("Handler").is_none(), "{found}");
    assert!(properties(|_| image()).get("ImageConfig").is_none());
}

#[test]
fn local_code_is_a_path_and_no_more_than_advice_is_found() {
    let mut stack = stack();
    stack.add("Handler", Function::new(Runtime::Python313, Code::local("handlers/billing")));
    let found = findings(&stack);
    assert_eq!(codes(&found), ["I3002"], "{found:#?}");
    let template = stack.lower().template;
    assert_eq!(template.resources["Handler"].properties["Code"].as_str(), Some("handlers/billing"));
}

#[test]
fn a_path_that_does_not_hold_everywhere_is_found() {
    for path in ["", "/srv/code", "~/code", "C:/code", "code\\app", "../code", "a/../../b", "s3://bucket/key"] {
        let mut stack = stack();
        stack.add("Handler", Function::new(Runtime::Python313, Code::local(path)));
        assert_eq!(codes(&faults(&stack)), ["S1104"], "{path}");
    }
}

#[test]
fn scaffolded_code_is_there_for_python_and_node_and_every_family() {
    for family in [EngineFamily::MySql, EngineFamily::Postgres, EngineFamily::SqlServer] {
        for runtime in Runtime::ALL.iter().copied() {
            let text = scaffold(runtime, family);
            assert_eq!(text.is_some(), runtime.takes_inline_code(), "{runtime:?} {family:?}");
            let mut stack = stack();
            stack.add("Handler", Function::new(runtime, Code::scaffold(runtime, family)));
            let expect = if text.is_some() { [].as_slice() } else { &["E3677", "S1101"] };
            assert_eq!(codes(&faults(&stack)), expect, "{runtime:?} {family:?}");
            let found =
                stack.lower().template.to_json()["Resources"]["Handler"]["Properties"]["Code"]["ZipFile"].clone();
            assert_eq!(found.as_str(), Some(text.unwrap_or_default()));
        }
    }
}

#[test]
fn a_scaffold_of_another_language_is_found() {
    let mut stack = stack();
    let code = Code::scaffold(Runtime::Python313, EngineFamily::Postgres);
    stack.add("Handler", Function::new(Runtime::NodeJs22, code));
    assert_eq!(codes(&faults(&stack)), ["S1105"]);
}

#[test]
fn the_processor_is_the_cheap_one_where_nothing_was_compiled() {
    let layer = "arn:aws:lambda:ap-southeast-2:111122223333:layer:psycopg:7";
    let table = [
        (function(), "arm64"),
        (function().layers([layer]), "x86_64"),
        (function().layers([layer]).architecture(Architecture::Arm64), "arm64"),
        (function().architecture(Architecture::X86_64), "x86_64"),
        (function().architecture(None::<&str>), "arm64"),
        (Function::new(Runtime::Python313, Code::s3("builds", "worker.zip")), "x86_64"),
        (Function::new(Runtime::Python313, Code::local("worker")), "x86_64"),
        (image(), "x86_64"),
    ];
    for (noun, expect) in table {
        assert_eq!(properties(|_| noun)["Architectures"], json!([expect]));
    }
}

#[test]
fn each_setter_takes_literals_parameters_and_attributes() {
    const LAYER: &str = "arn:aws:lambda:ap-southeast-2:111122223333:layer:psycopg:7";
    check("/Architectures/0", function, "x86_64", |noun, value| noun.architecture(value));
    check("/Handler", function, "app.main", |noun, value| noun.handler(value));
    check("/Description", function, "bills", |noun, value| noun.description(value));
    check("/Layers/0", function, LAYER, |noun, value| noun.layers([value]));
    check("/TracingConfig/Mode", function, "Active", |noun, value| noun.tracing(value));
    check("/LoggingConfig/LogFormat", function, "JSON", |noun, value| noun.log_format(value));
    check("/LoggingConfig/ApplicationLogLevel", function, "TRACE", |noun, value| noun.log_level(value));
    check("/LoggingConfig/SystemLogLevel", function, "WARN", |noun, value| noun.system_log_level(value));
    check("/Environment/Variables/NAME", function, "x", |noun, value| noun.env("NAME", value));
    check("/ImageConfig/WorkingDirectory", image, "/var/task", |noun, value| noun.working_directory(value));
    check("/ImageConfig/Command/0", image, "app.handler", |noun, value| noun.command([value]));
    check("/ImageConfig/EntryPoint/0", image, "/start", |noun, value| noun.entry_point([value]));
}

#[test]
fn each_word_is_one_that_lambda_knows() {
    let words = [Architecture::Arm64, Architecture::X86_64].map(|word| properties(|_| function().architecture(word)));
    assert_eq!(words.map(|found| found["Architectures"].clone()), [json!(["arm64"]), json!(["x86_64"])]);
    for format in [LogFormat::Json, LogFormat::Text] {
        properties(|_| function().log_format(format));
    }
    for mode in [Tracing::Active, Tracing::PassThrough] {
        properties(|_| function().tracing(mode));
    }
    let levels = [LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error, LogLevel::Fatal];
    for level in levels {
        properties(|_| function().log_level(level));
    }
}

#[test]
fn numbers_may_be_parameters() {
    let found = properties(|stack| {
        let n = stack.parameter("N", Parameter::number());
        let time = stack.parameter("Time", Parameter::seconds());
        function().memory(n.clone()).ephemeral_storage(n.clone()).reserved_concurrency(n).timeout(time)
    });
    for pointer in ["/MemorySize", "/EphemeralStorage/Size", "/ReservedConcurrentExecutions"] {
        assert_eq!(found.pointer(pointer), Some(&json!({ "Ref": "N" })), "{pointer}");
    }
    assert_eq!(found["Timeout"], json!({ "Ref": "Time" }));
    assert_eq!(properties(|_| function().ephemeral_storage(1024))["EphemeralStorage"], json!({ "Size": 1024 }));
    assert!(properties(|_| function().ephemeral_storage(None::<i64>)).get("EphemeralStorage").is_none());
}

#[test]
fn the_order_of_setters_does_not_show() {
    let setters: [fn(Function, &super::Given) -> Function; 8] = [
        |noun, own| noun.in_vpc(own.private, own.database_sg),
        |noun, own| noun.environment_key(own.key),
        |noun, own| noun.log_key(own.key),
        |noun, _| noun.env("A", "1"),
        |noun, _| noun.env("B", "2"),
        |noun, _| noun.log_level(LogLevel::Warn),
        |noun, _| noun.tracing(Tracing::Active).layers(["arn:aws:lambda:a:111122223333:layer:x:1"]),
        |noun, _| noun.dead_letter(DeadLetter::queue("arn:aws:sqs:ap-southeast-2:111122223333:failed")),
    ];
    let text = |order: &mut dyn Iterator<Item = usize>| {
        let mut stack = stack();
        let own = given(&mut stack);
        let noun = order.fold(function(), |noun, n| setters[n](noun, &own));
        stack.add("Handler", noun);
        formwork::emit::yaml::template(&stack.lower().template)
    };
    let first = text(&mut (0..8));
    for start in 1..8 {
        assert_eq!(text(&mut (0..8).map(|n| (n + start) % 8)), first);
        assert_eq!(text(&mut (0..8).rev().map(|n| (n + start) % 8)), first);
    }
}

#[test]
fn a_level_makes_the_log_json_and_text_has_none() {
    let format = |noun: Function| properties(|_| noun)["LoggingConfig"].get("LogFormat").cloned();
    assert_eq!(format(function()), None);
    assert_eq!(format(function().log_level(LogLevel::Error)), Some(json!("JSON")));
    assert_eq!(format(function().system_log_level(LogLevel::Warn)), Some(json!("JSON")));
    assert_eq!(format(function().log_level(None::<&str>)), None);

    let mut stack = stack();
    stack.add("Handler", function().log_level(LogLevel::Error).log_format(LogFormat::Text));
    assert_eq!(codes(&faults(&stack)), ["E3696", "S1103"]);
}

#[test]
fn a_level_that_lambda_itself_does_not_have_is_found() {
    let mut stack = stack();
    stack.add("Handler", function().system_log_level(LogLevel::Trace));
    assert_eq!(codes(&faults(&stack)), ["E3030"]);
}

#[test]
fn the_log_is_kept_as_long_and_encrypted_as_said() {
    let mut stack = stack();
    let own = given(&mut stack);
    let days = stack.parameter("Days", Parameter::number());
    let handler = stack.add("Handler", function().log_days(days).log_days(None::<i64>).log_key(own.key));
    stack.output("Log", handler.log_group());
    let template = stack.lower().template.to_json();
    let log = &template["Resources"]["HandlerLogs"]["Properties"];
    assert_eq!(log["RetentionInDays"], json!({ "Ref": "Days" }));
    assert!(log["KmsKeyId"].as_str().unwrap().starts_with("arn:aws:kms:"), "{log}");
    assert_eq!(template["Outputs"]["Log"]["Value"], json!({ "Ref": "HandlerLogs" }));
}

#[test]
fn a_log_key_of_the_stack_opens_itself_to_logs() {
    let mut stack = stack();
    let key = stack.add("Key", Key::new("logs"));
    stack.add("Handler", function().log_key(key));
    assert_eq!(codes(&faults(&stack)), [""; 0]);
    let policy = stack.lower().template.to_json()["Resources"]["Key"]["Properties"]["KeyPolicy"].to_string();
    assert!(policy.contains("logs.${AWS::Region}.amazonaws.com"), "{policy}");
}

#[test]
fn settings_of_the_other_package_type_are_found() {
    let faulty = [
        image().handler("app.handler"),
        image().layers(["arn:aws:lambda:ap-southeast-2:111122223333:layer:x:1"]),
        function().command(["app.handler"]),
    ];
    for noun in faulty {
        let mut stack = stack();
        stack.add("Handler", noun);
        assert!(codes(&faults(&stack)).contains(&"S1102"), "{:#?}", faults(&stack));
    }
}

#[test]
fn a_reserved_variable_is_found_where_it_was_set() {
    let mut stack = stack();
    let noun = function().env("TZ", "UTC").env("AWS_REGION", "eu-central-1");
    let line = line!() - 1;
    stack.add("Handler", noun);
    let faults = faults(&stack);
    assert_eq!(codes(&faults), ["E3663"]);
    assert_eq!(faults[0].source.as_ref().map(|place| place.line as u32), Some(line));
}

#[test]
fn a_service_may_invoke_it_from_where_it_is_said() {
    let mut stack = stack();
    let worker = stack.add("Worker", function());
    let nightly = stack.add("Nightly", events::Rule::new().schedule_expression("rate(1 day)"));
    let permission = InvokePermission::new(worker, "events.amazonaws.com");
    stack.add("AllowNightly", permission.from_arn(nightly.arn()).from_account("111122223333"));
    assert_eq!(
        resource(&stack.lower().template, "AllowNightly"),
        r#"Type: AWS::Lambda::Permission
Properties:
  Action: lambda:InvokeFunction
  FunctionName: !GetAtt Worker.Arn
  Principal: events.amazonaws.com
  SourceAccount: "111122223333"
  SourceArn: !GetAtt Nightly.Arn
"#
    );
    assert_eq!(codes(&findings(&stack)), [""; 0]);
    stack.add("AllowAll", InvokePermission::new(worker, "events.amazonaws.com"));
    assert_eq!(codes(&findings(&stack)), ["P1011"]);
}

#[test]
fn a_client_that_gives_up_before_its_proxy_is_told() {
    let found = |borrow: Option<Seconds>, timeout: Option<Seconds>| {
        let mut stack = stack();
        let own = given(&mut stack);
        let proxy = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, own.database_sg);
        let proxy = stack.add("Proxy", proxy.connection_borrow_timeout(borrow));
        let time = stack.parameter("Time", Parameter::seconds().default(timeout.unwrap_or(seconds(30))));
        stack.add("Handler", function().env("DB_HOST", proxy.endpoint()).timeout(time));
        codes(&findings(&stack)).contains(&"I3940")
    };
    assert!(found(None, None));
    assert!(found(Some(seconds(30)), None));
    assert!(!found(Some(seconds(29)), None));
    assert!(!found(None, Some(seconds(121))));
}

/// A stack for each kind of code, with everything that a function can be told.
pub fn every_kind() -> Vec<(&'static str, Stack)> {
    let inline = Function::new(Runtime::NodeJs22, Code::scaffold(Runtime::NodeJs22, EngineFamily::MySql));
    let python = Function::new(Runtime::Python313, Code::scaffold(Runtime::Python313, EngineFamily::Postgres));
    let s3 = Function::new(Runtime::ProvidedAl2023, Code::s3("builds", "worker.zip").version("3HL4kqtJlcpXrof3"));
    let local = Function::new(Runtime::Python313, Code::local("handlers/billing")).handler("billing.Handler");
    let image = image().entry_point(["/start"]).command(["app.handler"]).working_directory("/var/task");
    let kinds = [("inline", inline), ("python", python), ("s3", s3), ("local", local), ("image", image)];
    kinds.map(|(name, noun)| (name, told_everything(name, noun))).into()
}

fn told_everything(name: &str, noun: Function) -> Stack {
    let mut stack = stack();
    let own = given(&mut stack);
    let queue = stack.add("Failed", sqs::Queue::new());
    let key = Key::existing(stack.parameter("KeyArn", Parameter::arn()));
    let key = stack.import("FunctionKey", key);
    let layers = |noun: Function, stack: &mut Stack| noun.layers([stack.parameter("Layer", Parameter::text())]);
    let noun = if name == "image" { noun } else { layers(noun, &mut stack) };
    let noun = noun
        .in_vpc(own.private, own.database_sg)
        .env("DB_USER", "billie")
        .environment_key(key)
        .timeout(minutes(3))
        .memory(512)
        .ephemeral_storage(1024)
        .description("bills")
        .reserved_concurrency(5)
        .dead_letter(DeadLetter::queue(queue.arn()))
        .tracing(Tracing::Active)
        .log_days(30)
        .log_key(key)
        .log_level(LogLevel::Info)
        .system_log_level(LogLevel::Warn);
    let handler = stack.add("Handler", noun);
    let nightly = stack.add("Nightly", events::Rule::new().schedule_expression("rate(1 day)"));
    stack.add("AllowNightly", InvokePermission::new(handler, "events.amazonaws.com").from_arn(nightly.arn()));
    let role = stack.add("Workers", Role::assumed_by("lambda.amazonaws.com"));
    let worker = stack.add("Worker", function().role(role));
    stack.grant(role, worker.needs());
    stack.grant(handler, worker.invoke());
    stack
}

#[test]
fn everything_a_function_can_be_told_has_neither_error_nor_warning() {
    for (name, stack) in every_kind() {
        assert_eq!(codes(&faults(&stack)), [""; 0], "{name}: {:#?}", faults(&stack));
    }
}
