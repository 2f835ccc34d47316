//! Resources that have no construct, beside one that has: by generated type, and by raw JSON.
//!
//! A function works off a queue, and a schedule puts a job into it every night.
//!
//! ```console
//! cargo run --example l1_and_raw -- synth --stdout
//! ```

use std::process::ExitCode;

use formwork::aws::attributes::*;
use formwork::aws::lambda::EventSourceMapping;
use formwork::aws::sqs::Queue;
use formwork::prelude::*;
use serde_json::json;

const HANDLER: &str = "def handler(event, context):
    for record in event['Records']:
        print(record['body'])
";

fn main() -> ExitCode {
    formwork::main(&app())
}

/// The program's one stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(jobs());
    app
}

fn jobs() -> Stack {
    let mut stack = Stack::new("jobs", &Environment::new("prod", "111122223333", Region::EuWest1));

    // A construct (L2): its role, its log and what they may do come with it.
    let function = Function::new(Runtime::Python313, Code::inline(HANDLER));
    let worker = stack.add("Worker", function.timeout(seconds(30)));

    // Generated types (L1), one resource each: setters for every property, attributes on the handle.
    let failed = stack.add("Failed", Queue::new().message_retention_period(hours(14 * 24)).retain());
    let redrive = Fields::new().json("deadLetterTargetArn", failed.arn()).json("maxReceiveCount", 5);
    let queue = stack.add("Queue", Queue::new().visibility_timeout(minutes(3)).redrive_policy(redrive));
    let mapping = EventSourceMapping::new(worker.name()).event_source_arn(queue.arn()).batch_size(10);
    stack.add("Mapping", mapping.function_response_types(["ReportBatchItemFailures"]));

    // A permission is a value, of whatever service.
    let consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    stack.grant(worker, Permission::new(consume, queue.arn()));

    // A raw resource, checked like any other; what comes from the stack is set beside the JSON.
    let scheduler = stack.add("Scheduler", Role::assumed_by("scheduler.amazonaws.com"));
    stack.grant(scheduler, Permission::new(["sqs:SendMessage"], queue.arn()));
    let target = Fields::new().json("Arn", queue.arn()).json("RoleArn", scheduler.arn()).json("Input", "nightly");
    let nightly = Resource::raw(
        "AWS::Scheduler::Schedule",
        json!({ "ScheduleExpression": "cron(0 2 * * ? *)", "FlexibleTimeWindow": { "Mode": "OFF" } }),
    );
    stack.add("Nightly", nightly.property("Target", target));

    stack.output("QueueUrl", queue.queue_url());
    stack
}
