//! What comes to its end: runtimes of Lambda, services.

use super::facts::inherited;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::{LambdaRuntime, lambda_runtime};
use crate::template::{Value, pointer};

const RUNTIMES: &str = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html";

pub(super) const RULES: &[Rule] = &[CREATE_BLOCKED, UPDATE_BLOCKED, DEPRECATED, SHUT_DOWN, SUNSET, MAINTENANCE];

macro_rules! function { ($runtime:literal) => {
    concat!(
        "Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', ",
        "Handler: a.b, Runtime: ", $runtime, ", Code: { S3Bucket: artifacts, S3Key: a.zip } } } }"
    )
} }

const CREATE_BLOCKED: Rule = Rule {
    code: Code::new("E2531", "runtime-that-creates-no-functions"),
    severity: Severity::Error,
    source: RUNTIMES,
    explanation: "On a day that AWS announces, no function can be created any more with a deprecated runtime.",
    bad: &[function!("python3.7")],
    good: &[function!("python3.13")],
    find: |context, report| runtimes(context, report, Stage::CreateBlocked),
};

const UPDATE_BLOCKED: Rule = Rule {
    code: Code::new("E2533", "runtime-that-updates-no-functions"),
    severity: Severity::Error,
    source: RUNTIMES,
    explanation: "On a later day that AWS announces, functions with a deprecated runtime cannot even be updated any more.",
    bad: &[function!("python2.7")],
    good: &[function!("python3.13")],
    find: |context, report| runtimes(context, report, Stage::UpdateBlocked),
};

const DEPRECATED: Rule = Rule {
    code: Code::new("W2531", "deprecated-runtime"),
    severity: Severity::Warning,
    source: RUNTIMES,
    explanation: "A deprecated runtime gets no security patches; some time later no function can be created with it.",
    bad: &[function!("nodejs20.x")],
    good: &[function!("nodejs24.x")],
    find: |context, report| runtimes(context, report, Stage::Deprecated),
};

const SHUT_DOWN: Rule = Rule {
    code: Code::new("E3710", "service-that-was-shut-down"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/general/latest/gr/full_shutdown_services.html",
    explanation: "A resource of a service that was shut down cannot be created.",
    bad: &["Resources: { Segment: { Type: AWS::Evidently::Segment, Properties: { Name: s } } }"],
    good: &["Resources: { Topic: { Type: AWS::SNS::Topic } }"],
    find: |context, report| types(context, report, "shutdown"),
};

const SUNSET: Rule = Rule {
    code: Code::new("W3696", "service-that-will-be-shut-down"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/general/latest/gr/sunset_services.html",
    explanation: "AWS has announced the end of the service.",
    bad: &["Resources: { Mesh: { Type: AWS::AppMesh::Mesh } }"],
    good: &["Resources: { Topic: { Type: AWS::SNS::Topic } }"],
    find: |context, report| types(context, report, "sunset"),
};

const MAINTENANCE: Rule = Rule {
    code: Code::new("W3697", "service-in-maintenance"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/general/latest/gr/maintenance_services.html",
    explanation: "A service in maintenance takes no new customers and gets no new features: what is new is better built on its successor.",
    bad: &["Resources: { Series: { Type: AWS::Timestream::Database } }"],
    good: &["Resources: { Topic: { Type: AWS::SNS::Topic } }"],
    find: |context, report| types(context, report, "maintenance"),
};

/// How far a runtime is on its way out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Deprecated,
    CreateBlocked,
    UpdateBlocked,
}

/// The stage of a runtime on a day; none before it is deprecated, or where a day of its end is not known.
fn stage(runtime: &LambdaRuntime, day: time::Date) -> Option<Stage> {
    let (create, update) = (runtime.create_blocked?, runtime.update_blocked?);
    if update <= day {
        Some(Stage::UpdateBlocked)
    } else if create <= day {
        Some(Stage::CreateBlocked)
    } else {
        (runtime.deprecated? <= day).then_some(Stage::Deprecated)
    }
}

fn runtimes(context: &Context<'_>, report: &mut Report, wanted: Stage) {
    let Some(day) = context.resolved.environment().day() else { return };
    let mut judge = |path: String, name: &str| {
        if let Some(runtime) = lambda_runtime(name)
            && stage(runtime, day) == Some(wanted)
        {
            let found = report.at(path, message(runtime, wanted));
            found.help =
                runtime.successor.map(|successor| format!("move to `{successor}`, or to another supported runtime"));
        }
    };
    for kind in ["AWS::Lambda::Function", "AWS::Serverless::Function"] {
        for (id, _) in context.resources(kind) {
            for case in context.resolved.property(id, "Runtime") {
                if let Some(name) = case.value.text() {
                    judge(context.resolved.place(id, case.source), name);
                }
            }
        }
    }
    for (id, function) in context.resources("AWS::Serverless::Function") {
        if let Some(name) = inherited(context.template, function, "Runtime").and_then(Value::as_str) {
            judge(pointer(["Resources", id, "Properties"]), name);
        }
    }
}

fn message(runtime: &LambdaRuntime, stage: Stage) -> String {
    let name = runtime.name;
    let on = |day: Option<time::Date>| day.map_or_else(String::new, |day| format!(" on {day}"));
    let deprecated = format!("`{name}` was deprecated{}", on(runtime.deprecated));
    match stage {
        Stage::UpdateBlocked => {
            format!(
                "{deprecated}, and functions with it can be neither created nor, since{}, updated",
                since(runtime.update_blocked)
            )
        }
        Stage::CreateBlocked => {
            format!("{deprecated}, and since{} no function can be created with it", since(runtime.create_blocked))
        }
        Stage::Deprecated => {
            format!(
                "{deprecated}: it gets no security patches, and no function can be created with it from{} on",
                since(runtime.create_blocked)
            )
        }
    }
}

fn since(day: Option<time::Date>) -> String {
    day.map_or_else(String::new, |day| format!(" {day}"))
}

fn types(context: &Context<'_>, report: &mut Report, status: &str) {
    for (id, resource) in &context.template.resources {
        let Some(facts) = context.facts(resource) else { continue };
        let Some(lifecycle) = facts.lifecycle.as_ref() else { continue };
        let is_elsewhere = || context.region.is_some_and(|region| !facts.available_in(region));
        if lifecycle.status != status || is_elsewhere() {
            continue;
        }
        let kind = &resource.kind;
        let on = lifecycle.date.as_ref().map_or_else(String::new, |date| format!(" on {date}"));
        let message = match status {
            "shutdown" => format!("the service of `{kind}` was shut down{on}: it cannot be created"),
            "sunset" => format!("the service of `{kind}` is announced to be shut down{on}"),
            _ => {
                let since = lifecycle.date.as_ref().map_or_else(String::new, |date| format!(" since {date}"));
                format!("the service of `{kind}` is in maintenance{since}: it gets no new features")
            }
        };
        report.resource(id, "/Type", message).help = Some("plan to move to its successor".into());
    }
}
