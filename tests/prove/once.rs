//! One fault is told once: by the hop that it breaks, not by a rule beside it, and of subnets alike together.

use std::collections::BTreeSet;

use formwork::check::{check, rules};
use formwork::diagnostic::Severity;
use formwork::goal::Goals;
use formwork::prove::{Facts, Verdict, explanations, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;

use super::bases::SEPARATE;
use super::changed;

/// What is told of a template at warning level and up: `error N3201 Handler`.
fn told(text: &str) -> Vec<String> {
    let (template, places, unreadable) = parse(text, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}\n{text}");
    let environment = Environment::unknown().in_region("eu-west-1");
    let judged = judge(&template, &places, &environment, &Goals::default(), Facts::none());
    let by_rules = check(&template, &places, Some("eu-west-1"));
    let mut lines: Vec<_> = judged
        .told_with(by_rules)
        .iter()
        .filter(|found| found.severity != Severity::Info)
        .map(|found| format!("{} {} {}", found.severity, found.code.id, found.resource.as_deref().unwrap_or("-")))
        .collect();
    lines.sort();
    lines
}

#[track_caller]
fn check_told(changes: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(told(&changed(SEPARATE, changes)), expected, "{changes:?}");
}

const PLACED: &str = "VpcConfig: { SubnetIds: [!Ref AppA, !Ref AppB], SecurityGroupIds: [!Ref LambdaSg] }, ";

#[test]
fn a_function_outside_the_network() {
    check_told(&[(PLACED, "")], &["error N3201 Handler"]);
}

#[test]
fn a_function_without_a_group() {
    check_told(
        &[(", SecurityGroupIds: [!Ref LambdaSg] }, Env", " }, Env")],
        &["error N3201 Handler", "error N3201 Handler"],
    );
}

/// The rule is certain where the hop only warns: an error is not lost to a warning.
#[test]
fn a_function_outside_the_network_in_some_worlds() {
    let text = changed(
        SEPARATE,
        &[
            (
                "Resources:\n",
                "Parameters: { Inside: { Type: String, AllowedValues: ['yes', 'no'] } }\nConditions: { In: !Equals [!Ref Inside, 'yes'] }\nResources:\n",
            ),
            (
                PLACED,
                "VpcConfig: !If [In, { SubnetIds: [!Ref AppA, !Ref AppB], SecurityGroupIds: [!Ref LambdaSg] }, !Ref AWS::NoValue], ",
            ),
        ],
    );
    let lines = told(&text);
    assert_eq!(lines, ["error E3941 Handler"]);
}

#[test]
fn a_vpc_whose_names_an_endpoint_needs() {
    check_told(&[(", EnableDnsHostnames: true", "")], &["error N3210 Vpc"]);
    check_told(
        &[("EnableDnsSupport: true", "EnableDnsSupport: false")],
        &["error N3203 Vpc", "error N3203 Vpc", "error N3203 Vpc"],
    );
}

/// No goal asks for the endpoint: the rule alone tells.
#[test]
fn what_no_hop_tells_is_told_by_the_rule() {
    check_told(&[(", EnableDnsHostnames: true", ""), (", SECRET: !Ref Secret", "")], &["error E3923 Door"]);
}

#[test]
fn an_endpoint_that_is_not_found_by_name_is_told_at_the_endpoint() {
    let text = changed(SEPARATE, &[("PrivateDnsEnabled: true", "PrivateDnsEnabled: false")]);
    assert_eq!(told(&text), ["error N3210 Door"]);
    let (step, verdict) = broken_api(&text);
    assert_eq!(verdict, Verdict::Refuted);
    assert_eq!(
        step,
        "`AppA` and `AppB` have no way to the secretsmanager API: no endpoint, no route out of the VPC; the private DNS of `Door` \
         is off, so that the name of the API does not lead to it"
    );
    check_told(&[("VpcEndpointType: Interface, ", "")], &["error N3210 Door"]);
}

#[test]
fn subnets_without_a_way_out_are_told_together() {
    let text = changed(SEPARATE, &[("${AWS::Region}.secretsmanager", "${AWS::Region}.sqs")]);
    let (step, _) = broken_api(&text);
    assert_eq!(step, "`AppA` and `AppB` have no way to the secretsmanager API: no endpoint, no route out of the VPC");
}

/// One of two subnets has a route to an internet gateway, which is another fault than none.
#[test]
fn subnets_that_differ_are_told_apart() {
    let gateway = "  Gate: { Type: AWS::EC2::InternetGateway }\n  Open: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }\n  \
                   Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Open, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate } }\n  Table:";
    let text = changed(
        SEPARATE,
        &[
            ("${AWS::Region}.secretsmanager", "${AWS::Region}.sqs"),
            ("  Table:", gateway),
            ("SubnetId: !Ref AppB, RouteTableId: !Ref Table", "SubnetId: !Ref AppB, RouteTableId: !Ref Open"),
        ],
    );
    let judged = super::judged(&text);
    let api: Vec<_> = judged.findings.iter().filter(|found| found.code.id == "N3210").collect();
    let places: BTreeSet<_> = api.iter().filter_map(|found| found.resource.as_deref()).collect();
    assert!(places.is_superset(&BTreeSet::from(["AppA", "Out"])), "{places:?}");
}

fn broken_api(text: &str) -> (String, Verdict) {
    let judged = super::judged(text);
    let proof =
        judged.proofs.iter().find(|proof| proof.goal.to_string() == "Handler reaches secretsmanager on tcp 443");
    let proof = proof.expect("the goal follows from the secret");
    let step = proof.broken().find(|step| step.resource.as_deref() != Some("LambdaSg")).expect("a broken hop");
    (step.message.clone(), proof.verdict)
}

#[test]
fn every_rule_that_a_hop_names_exists() {
    let named: Vec<_> = explanations().flat_map(|hop| hop.told_by).collect();
    assert!(named.len() > 5, "{named:?}");
    for code in named {
        assert!(rules::find(code).is_some(), "{code}");
    }
}
