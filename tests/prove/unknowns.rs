//! What a template leaves to chance is told with the value or the world; what is given works under AWS's defaults, and is
//! silent.

use formwork::diagnostic::Severity;
use formwork::prove::Verdict;

use super::bases::{GIVEN, INLINE, SEPARATE};
use super::{changed, judged};

/// The verdict on the way to the proxy, and what is told.
#[track_caller]
fn check(text: &str, verdict: Verdict, severity: Option<Severity>, told: &str) {
    let judgement = judged(text);
    let worst = judgement.proofs.iter().map(|proof| proof.verdict).max();
    assert_eq!(worst, Some(verdict), "{:#?}", judgement.findings);
    let severities: Vec<_> = judgement.findings.iter().map(|one| one.severity).collect();
    assert!(
        severities.iter().all(|one| Some(*one) == severity) && severities.is_empty() == severity.is_none(),
        "{severities:?}"
    );
    let all: String =
        judgement.findings.iter().map(|one| format!("{} {}\n", one.message, one.notes.join(" "))).collect();
    assert!(all.contains(told), "`{told}` is told:\n{all}");
}

#[test]
fn a_group_by_parameter_that_no_rule_admits() {
    let text = changed(
        SEPARATE,
        &[
            ("SecurityGroupIds: [!Ref LambdaSg]", "SecurityGroupIds: [!Ref AppSg]"),
            ("Resources:", "Parameters: { AppSg: { Type: 'AWS::EC2::SecurityGroup::Id' } }\nResources:"),
        ],
    );
    check(&text, Verdict::Depends, Some(Severity::Warning), "`Handler` may not reach `Proxy` on tcp 5432");
}

#[test]
fn a_literal_group_that_no_rule_admits_is_another_one() {
    let text = changed(SEPARATE, &[("SecurityGroupIds: [!Ref LambdaSg]", "SecurityGroupIds: [sg-0123456789abcdef0]")]);
    check(&text, Verdict::Refuted, Some(Severity::Error), "no rule on `ProxySg` admits `sg-0123456789abcdef0`");
}

#[test]
fn a_port_by_parameter_names_the_value() {
    let text = changed(
        GIVEN,
        &[(
            "FromPort: !GetAtt Cluster.Endpoint.Port, ToPort: !GetAtt Cluster.Endpoint.Port",
            "FromPort: 5433, ToPort: 5433",
        )],
    );
    check(
        &text,
        Verdict::Depends,
        Some(Severity::Warning),
        "`Proxy` cannot reach `Cluster` where `Port` is not `5433`",
    );
}

#[test]
fn a_default_that_fails_is_an_error() {
    let text = changed(
        GIVEN,
        &[(
            "FromPort: !GetAtt Cluster.Endpoint.Port, ToPort: !GetAtt Cluster.Endpoint.Port",
            "FromPort: 5432, ToPort: 5432",
        )],
    );
    check(&text, Verdict::Refuted, Some(Severity::Error), "`Proxy` cannot reach `Cluster` where `Port` is not `5432`");
}

#[test]
fn a_condition_under_which_the_path_breaks_is_named() {
    let text = changed(
        INLINE,
        &[(
            "DataFromSelf: { Type: AWS::EC2::SecurityGroupIngress,",
            "DataFromSelf: { Type: AWS::EC2::SecurityGroupIngress, Condition: IsProd,",
        )],
    );
    check(
        &text,
        Verdict::Depends,
        Some(Severity::Warning),
        "`Proxy` cannot reach `Database` on tcp 3306 where `IsProd` is false",
    );
}

#[test]
fn a_condition_that_the_way_has_too_breaks_nothing() {
    let everything = [
        (
            "DataFromSelf: { Type: AWS::EC2::SecurityGroupIngress,",
            "DataFromSelf: { Type: AWS::EC2::SecurityGroupIngress, Condition: IsProd,",
        ),
        (
            "Targets: { Type: AWS::RDS::DBProxyTargetGroup,",
            "Targets: { Type: AWS::RDS::DBProxyTargetGroup, Condition: IsProd,",
        ),
        (
            "URL: { \"Fn::Sub\": \"mysql://app@${Proxy.Endpoint}:3306/app\" }",
            "URL: { \"Fn::If\": [IsProd, { \"Fn::Sub\": \"mysql://app@${Proxy.Endpoint}:3306/app\" }, none] }",
        ),
    ];
    check(&changed(INLINE, &everything), Verdict::Proved, None, "");
}

#[test]
fn egress_beside_a_separate_rule_is_not_taken_for_open() {
    let text = changed(
        INLINE,
        &[(
            "  DataFromSelf:",
            "  LambdaOut: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: { Ref: LambdaSg }, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 } }\n  DataFromSelf:",
        )],
    );
    check(&text, Verdict::Depends, Some(Severity::Warning), "public texts disagree");
}

#[test]
fn what_a_nested_stack_may_add_refutes_nothing_and_is_silent() {
    let nested = "  More: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: 'https://s3.amazonaws.com/b/t.yaml', Parameters: { Group: !Ref ProxySg } } }\n  Proxy:";
    let text = changed(
        SEPARATE,
        &[
            (
                "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
                "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref DoorSg",
            ),
            ("  Proxy:", nested),
        ],
    );
    check(&text, Verdict::Depends, None, "");
}

#[test]
fn a_macro_that_may_change_anything_refutes_nothing() {
    let text = changed(
        SEPARATE,
        &[
            ("Resources:", "Transform: Company\nResources:"),
            (
                "FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg",
                "FromPort: 1, ToPort: 1, SourceSecurityGroupId: !Ref LambdaSg",
            ),
        ],
    );
    check(&text, Verdict::Depends, None, "");
}

#[test]
fn a_permission_that_may_never_be_used_warns() {
    let text = changed(
        INLINE,
        &[
            ("Action: \"secretsmanager:GetSecretValue\"", "Action: \"rds:DescribeDBProxies\""),
            ("DestinationCidrBlock: 0.0.0.0/0, NatGatewayId", "DestinationCidrBlock: 192.168.0.0/16, NatGatewayId"),
        ],
    );
    check(&text, Verdict::Depends, Some(Severity::Warning), "the code of `Handler` may never call the rds API");
}

#[test]
fn what_exists_is_assumed_to_be_as_aws_makes_it() {
    let judgement = judged(GIVEN);
    let proof =
        judgement.proofs.iter().find(|proof| proof.goal.to_string().starts_with("Handler reaches Proxy")).unwrap();
    assert!(proof.assumptions.iter().any(|told| told.contains("network ACLs")), "{:#?}", proof.assumptions);
    assert!(proof.assumptions.iter().any(|told| told.contains("resolves names")), "{:#?}", proof.assumptions);
}

#[test]
fn a_way_that_is_not_looked_into_refutes_nothing_and_is_silent() {
    let to = |target: &str| changed(INLINE, &[("DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: { Ref: Nat }", target)]);
    check(&to("DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-0123456789abcdef0"), Verdict::Depends, None, "");
    check(
        &to("DestinationCidrBlock: 10.99.0.0/16, VpcPeeringConnectionId: pcx-0123456789abcdef0"),
        Verdict::Depends,
        None,
        "",
    );
    // A function that does not use IPv6 has no way there.
    check(
        &to("DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: eigw-0123456789abcdef0"),
        Verdict::Refuted,
        Some(Severity::Error),
        "has no way to the secretsmanager API",
    );
}

#[test]
fn an_endpoint_of_a_service_by_parameter_may_be_the_one() {
    let text = changed(
        SEPARATE,
        &[
            ("!Sub \"com.amazonaws.${AWS::Region}.secretsmanager\"", "!Ref Service"),
            ("Resources:", "Parameters: { Service: { Type: String } }\nResources:"),
            (
                "  DoorFromLambda:",
                "  LambdaOut: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref LambdaSg, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 } }\n  DoorFromLambda:",
            ),
        ],
    );
    check(&text, Verdict::Depends, None, "");
}

#[test]
fn assumptions_are_findings_for_those_who_want_none() {
    let judgement = judged(GIVEN);
    assert!(judgement.findings.is_empty());
    let (_, places, _) = formwork::template::parse::parse(GIVEN, "app.yaml");
    let told = formwork::prove::assumptions(&judgement.proofs, &places);
    assert!(told.iter().all(|one| one.code.id == "N3221" && one.severity == Severity::Error), "{told:#?}");
    assert!(
        told.iter().any(|one| one.message.starts_with("Handler reaches Proxy on tcp 5432 rests on an assumption: "))
    );
}

/// An assumption stands where the goal comes from that rests on it.
#[test]
fn an_assumption_has_a_place() {
    let (_, places, _) = formwork::template::parse::parse(GIVEN, "app.yaml");
    for one in formwork::prove::assumptions(&judged(GIVEN).proofs, &places) {
        let place = one.place().unwrap_or_else(|| panic!("{} is nowhere", one.message));
        let line = GIVEN.lines().nth(place.line - 1).unwrap_or_default();
        assert!(line.contains("Proxy") || line.contains("Secret") || line.contains("Cluster"), "{line}");
    }
}

const THREE: &str = "Parameters:
  Stage: { Type: String, Default: test, AllowedValues: [test, prod] }
  Size: { Type: String, Default: small, AllowedValues: [small, large] }
  Port: { Type: Number, Default: 3306 }
Conditions:
  IsLarge: !Equals [!Ref Size, large]
  IsLargeOrProd: !Or [!Condition IsLarge, !Equals [!Ref Stage, prod]]
Resources:
  Sg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: both
      VpcId: vpc-1
  Own: { Type: AWS::EC2::SecurityGroupIngress, CONDITION Properties: { GroupId: !Ref Sg, IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, SourceSecurityGroupId: !Ref Sg } }
  Db: { Type: AWS::RDS::DBInstance, Properties: { Engine: mysql, Port: !Ref Port, VPCSecurityGroups: [!Ref Sg], DBSubnetGroupName: g } }
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      VpcConfig: { SubnetIds: [subnet-1], SecurityGroupIds: [!Ref Sg] }
      Environment: { Variables: { DB_HOST: !GetAtt Db.Endpoint.Address } }
";

/// What stays at its default is not told, whatever else could be changed too.
#[test]
fn the_smallest_deviation_is_told() {
    let conditions = [
        ("!Not [!Condition IsLargeOrProd]", "where `IsLargeOrProd` is true and `Size` is `large`"),
        (
            "!Or [!Equals [!Ref Size, small], !Equals [!Ref Stage, prod]]",
            "where `Broken` is false and `Size` is `large`",
        ),
    ];
    for (condition, told) in conditions {
        let text = THREE
            .replace("CONDITION", "Condition: Broken,")
            .replace("\nResources:", &format!("\n  Broken: {condition}\nResources:"));
        check(&text, Verdict::Depends, Some(Severity::Warning), told);
    }
}
