//! What proving costs: 500 interfaces, 200 groups of 60 rules.
//!
//! ```console
//! cargo bench --bench proofs
//! ```

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use formwork::goal::Goals;
use formwork::prove::{Facts, all_pairs, prove, who_reaches};
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

fn main() {
    let text = template();
    let (template, _, findings) = parse(&text, "bench.yaml");
    // It is more than CloudFormation takes, which is all there is to say of it.
    assert!(findings.iter().all(|finding| finding.code.id == "E1002"), "{findings:#?}");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let pairs = timed("all pairs of 500 interfaces", || all_pairs(&resolved, Facts::none()));
    println!("  {} pairs reach each other", pairs.len());
    timed("one goal, from the template to its proof", || prove(&resolved, &Goals::default(), Facts::none()));
    timed("who reaches one database", || who_reaches(&resolved, "Database1", Facts::none()));
}
