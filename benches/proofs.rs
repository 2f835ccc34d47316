//! What proving costs: 500 interfaces, 200 groups of 60 rules.
//!
//! ```console
//! cargo bench --bench proofs
//! ```

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use formwork::goal::{Goal, Goals};
use formwork::prove::{Facts, Network, Verdict, prove};
use formwork::resolve::{Environment, Resolved};
use formwork::template::parse::parse;

const GROUPS: usize = 200;
const RULES: usize = 60;
const INTERFACES: usize = 500;
const SUBNETS: usize = 10;

fn template() -> String {
    let mut text = String::from("Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/8 } }\n");
    let mut line = |told: std::fmt::Arguments<'_>| text.write_fmt(told).expect("text is written");
    for n in 0..SUBNETS {
        line(format_args!(
            "  Subnet{n}: {{ Type: AWS::EC2::Subnet, Properties: {{ VpcId: !Ref Vpc, CidrBlock: 10.{n}.0.0/16 }} }}\n"
        ));
    }
    line(format_args!(
        "  Subnets: {{ Type: AWS::RDS::DBSubnetGroup, Properties: {{ SubnetIds: [!Ref Subnet0, !Ref Subnet1] }} }}\n"
    ));
    for n in 0..GROUPS {
        line(format_args!(
            "  Group{n}:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      VpcId: !Ref Vpc\n      SecurityGroupIngress:\n"
        ));
        for rule in 0..RULES {
            let (port, peer) = (if rule % 2 == 0 { 5432 } else { 3000 + rule }, (n * 7 + rule * 13 + 1) % GROUPS);
            let peer = match rule % 3 {
                0 => format!("CidrIp: 172.16.{rule}.0/24"),
                _ => format!("SourceSecurityGroupId: !Sub '${{Group{peer}}}'"),
            };
            line(format_args!("        - {{ IpProtocol: tcp, FromPort: {port}, ToPort: {port}, {peer} }}\n"));
        }
    }
    for n in 0..INTERFACES {
        let (group, subnet) = (n % GROUPS, n % SUBNETS);
        if n % 2 == 0 {
            line(format_args!(
                "  Function{n}: {{ Type: AWS::Lambda::Function, Properties: {{ VpcConfig: {{ SubnetIds: [!Ref Subnet{subnet}], SecurityGroupIds: [!Ref Group{group}] }} }} }}\n"
            ));
        } else {
            line(format_args!(
                "  Database{n}: {{ Type: AWS::RDS::DBInstance, Properties: {{ Engine: postgres, DBSubnetGroupName: !Ref Subnets, VPCSecurityGroups: [!Ref Group{group}] }} }}\n"
            ));
        }
    }
    line(format_args!(
        "  Caller: {{ Type: AWS::Lambda::Function, Properties: {{ VpcConfig: {{ SubnetIds: [!Ref Subnet1], SecurityGroupIds: [!Ref Group0] }}, Environment: {{ Variables: {{ DB: !GetAtt Database1.Endpoint.Address }} }} }} }}\n"
    ));
    text
}

fn timed<T>(what: &str, mut run: impl FnMut() -> T) -> T {
    let start = Instant::now();
    let value = black_box(run());
    let took: Duration = start.elapsed();
    println!("{what:<46} {took:>12.3?}");
    value
}

/// The mean of many questions, each asked of what is read already.
fn each<T>(what: &str, count: usize, mut ask: impl FnMut(usize) -> T) {
    const ROUNDS: usize = 4;
    let start = Instant::now();
    for n in (0..ROUNDS).flat_map(|_| 0..count) {
        black_box(ask(n));
    }
    let mean = start.elapsed() / u32::try_from(ROUNDS * count).expect("the count of questions is small");
    println!("{what:<46} {mean:>12.3?}");
}

fn main() {
    let text = template();
    let (template, _, findings) = parse(&text, "bench.yaml");
    // It is more than CloudFormation takes, which is all there is to say of it.
    assert!(findings.iter().all(|finding| finding.code.id == "E1002"), "{findings:#?}");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let build = || Network::new(&resolved, Facts::none());
    let pairs = timed("all pairs of 500 interfaces", || build().all_pairs());
    println!("  {} pairs reach each other", pairs.len());
    timed("all derived goals, from the template to proofs", || prove(&resolved, &Goals::default(), Facts::none()));

    let network = build();
    let goal =
        |n: usize, m: usize| Goal::Reaches { from: format!("Function{n}"), to: format!("Database{m}"), port: None };
    let goals: Vec<Goal> = (0..INTERFACES).step_by(2).map(|n| goal(n, (n + 1) % INTERFACES)).collect();
    let first = timed("the first goal: what it needs is read", || network.prove(&goals[0]));
    println!("  {}: {}", first.goal, first.verdict.name());
    let verdicts: Vec<_> = goals.iter().map(|goal| network.prove(goal).verdict).collect();
    let proved = verdicts.iter().filter(|verdict| **verdict == Verdict::Proved).count();
    println!("  of {} goals {proved} are proved", goals.len());
    each("one goal, hop by hop with its evidence", goals.len(), |n| network.prove(&goals[n]).steps.len());
    each("the exposure of one database", INTERFACES / 2, |n| {
        network.who_reaches(&format!("Database{}", 2 * n + 1)).map(|proof| proof.steps.len())
    });
}
