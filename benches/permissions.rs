//! What evaluating policies costs: 500 statements, 500 resources.
//!
//! ```console
//! cargo bench --bench permissions
//! ```

use std::hint::black_box;
use std::time::Instant;

use formwork::iam::evaluation::{Context, Policies, Policy, Request, Requester, evaluate};
use formwork::iam::{Certainty, Charset, Shape, Text, Tree};
use serde_json::json;

const STATEMENTS: usize = 500;
const RESOURCES: usize = 500;
const ROUNDS: u32 = 5;

/// Of a policy with a statement for each secret, every other one by a pattern.
fn policies() -> Policies {
    let statement = |n: usize| {
        let suffix = if n.is_multiple_of(2) { "-??????" } else { "-AbCdEf" };
        let resource = format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/service{n}/login{suffix}");
        json!({ "Effect": "Allow", "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], "Resource": resource,
            "Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-1" } } })
    };
    let statements: Vec<_> = (0..STATEMENTS).map(statement).collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    Policies { identity: vec![Policy::read("many", &Tree::from_json(&document))], ..Policies::default() }
}

/// To read one of the secrets; every third one has a suffix that is not known.
fn request(n: usize) -> Request {
    let start = format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/service{n}/login-");
    let secret = match n % 3 {
        0 => Text::from(start).then_symbol("suffix", Shape::exactly(Charset::ALPHANUMERIC, 6)),
        _ => Text::from(start + "AbCdEf"),
    };
    let role = Requester::role("arn:aws:iam::111122223333:role/app");
    Request::new(
        role,
        "secretsmanager:GetSecretValue",
        secret,
        Context::open().with("aws:RequestedRegion", "eu-west-1"),
    )
}

fn main() {
    let policies = policies();
    let requests: Vec<_> = (0..RESOURCES).map(request).collect();
    let start = Instant::now();
    let mut allowed = 0;
    for _ in 0..ROUNDS {
        let verdicts = requests.iter().map(|request| black_box(evaluate(request, &policies)).allowed);
        allowed = verdicts.filter(|verdict| *verdict == Certainty::Yes).count();
    }
    println!("{:<46} {:>12.3?}", "500 statements, 500 resources", start.elapsed() / ROUNDS);
    println!("  {allowed} of {RESOURCES} are allowed for certain");

    let document = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/service1/login-??????" },
        { "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": { "StringEquals": { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } } },
    ] });
    let few = Policies { identity: vec![Policy::read("few", &Tree::from_json(&document))], ..Policies::default() };
    const TIMES: u32 = 20_000;
    let start = Instant::now();
    for _ in 0..TIMES {
        black_box(evaluate(black_box(&requests[1]), &few));
    }
    println!("{:<46} {:>12.3?}", "one evaluation of a policy as roles have it", start.elapsed() / TIMES);
    let start = Instant::now();
    for n in 0..RESOURCES {
        black_box(request(n));
    }
    let took = start.elapsed() / u32::try_from(RESOURCES).expect("there are few");
    println!("{:<46} {:>12.3?}", "one request, made ready", took);
}
