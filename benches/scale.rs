//! Stacks of any size, to measure how the cost grows: half of the resources are security groups with one rule, half are
//! queues. `peers/` holds the same in other tools.
//!
//! ```console
//! STACKS=50 RESOURCES=100 target/benches/scale synth --out target/benches/out
//! ```

use std::env;
use std::process::ExitCode;

use formwork::aws::ec2::SecurityGroup;
use formwork::aws::ec2::security_group::{Egress, Ingress};
use formwork::aws::sqs::Queue;
use formwork::prelude::{App, Environment, Region, Stack, seconds};

fn main() -> ExitCode {
    // The command line is the library's own, so the size comes by the environment.
    let (Some(stacks), Some(resources)) = (number("STACKS"), number("RESOURCES")) else {
        eprintln!("set STACKS and RESOURCES to the number of stacks and of resources in each");
        return ExitCode::from(2);
    };
    let environment = Environment::new("scale", "111122223333", Region::ApSoutheast2);
    let mut app = App::new();
    (0..stacks).for_each(|index| app.add(stack(index, resources, &environment)));
    formwork::main(&app)
}

fn number(variable: &str) -> Option<usize> {
    env::var(variable).ok()?.parse().ok()
}

fn stack(index: usize, resources: usize, environment: &Environment) -> Stack {
    let mut stack = Stack::new(format!("scale-{index}"), environment);
    for index in 0..resources / 2 {
        let port = i64::try_from(1024 + index).unwrap_or(i64::MAX);
        let ingress = Ingress::new("tcp").from_port(port).to_port(port).cidr_ip("10.0.0.0/16");
        let egress = Egress::new("-1").cidr_ip("0.0.0.0/0").description("Allow all outbound traffic by default");
        let group = SecurityGroup::new(format!("group {index}"))
            .vpc_id("vpc-0123456789abcdef0")
            .security_group_egress([egress])
            .security_group_ingress([ingress.description(format!("from 10.0.0.0/16:{port}"))]);
        stack.add(format!("Group{index}"), group);
        let queue = Queue::new().visibility_timeout(seconds(30)).sqs_managed_sse_enabled(true);
        stack.add(format!("Queue{index}"), queue);
    }
    stack
}
