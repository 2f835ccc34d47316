//! What exists is known once the AWS CLI has told it.

use formwork::goal::Goals;
use formwork::prove::{Facts, Judgement, Verdict, judge};
use formwork::resolve::Environment;
use formwork::template::parse::parse;
use serde_json::{Value, json};

const TEMPLATE: &str = "
Resources:
  LambdaSg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: functions, VpcId: vpc-1 } }
  ProxySg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: proxy, VpcId: vpc-1, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg }] } }
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: app, EngineFamily: POSTGRESQL, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [subnet-a, subnet-b], VpcSecurityGroupIds: [!Ref ProxySg] } }
  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, DBInstanceIdentifiers: [orders] } }
  Handler: { Type: AWS::Lambda::Function, Properties: { VpcConfig: { SubnetIds: [subnet-a, subnet-b], SecurityGroupIds: [!Ref LambdaSg] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint, SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf' } } } }
";

/// An account in which everything is as it should be.
fn account() -> Vec<Value> {
    let subnet = |id: &str, block: &str| json!({ "SubnetId": id, "VpcId": "vpc-1", "CidrBlock": block });
    let entry = |egress: bool| json!({ "RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0" });
    vec![
        json!({ "Subnets": [subnet("subnet-a", "10.0.0.0/24"), subnet("subnet-b", "10.0.1.0/24"), subnet("subnet-d", "10.0.9.0/24")] }),
        json!({ "Vpcs": [{ "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockAssociationSet": [{ "CidrBlock": "10.0.0.0/16" }] }] }),
        json!({ "VpcId": "vpc-1", "EnableDnsSupport": { "Value": true } }),
        json!({ "VpcId": "vpc-1", "EnableDnsHostnames": { "Value": true } }),
        json!({ "SecurityGroups": [{ "GroupId": "sg-db", "VpcId": "vpc-1",
            "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 6432, "ToPort": 6432, "IpRanges": [{ "CidrIp": "10.0.0.0/16" }], "UserIdGroupPairs": [] }],
            "IpPermissionsEgress": [] }] }),
        json!({ "RouteTables": [{ "RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{ "Main": true }],
            "Routes": [{ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local" }, { "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1" }] }] }),
        json!({ "NetworkAcls": [{ "NetworkAclId": "acl-1", "VpcId": "vpc-1", "Associations": [{ "SubnetId": "subnet-a" }, { "SubnetId": "subnet-b" }, { "SubnetId": "subnet-d" }], "Entries": [entry(true), entry(false)] }] }),
        json!({ "DBInstances": [{ "DBInstanceIdentifier": "orders", "Endpoint": { "Port": 6432 }, "VpcSecurityGroups": [{ "VpcSecurityGroupId": "sg-db" }],
            "DBSubnetGroup": { "VpcId": "vpc-1", "Subnets": [{ "SubnetIdentifier": "subnet-d" }] } }] }),
    ]
}

fn judged(account: &[Value]) -> Judgement {
    let (template, places, unreadable) = parse(TEMPLATE, "app.yaml");
    assert!(unreadable.is_empty(), "{unreadable:#?}");
    let mut facts = Facts::default();
    for printed in account {
        assert!(facts.add(printed), "{printed}");
    }
    judge(&template, &places, &Environment::unknown(), &Goals::default(), &facts)
}

/// What breaks once a part of the account is another.
#[track_caller]
fn check(change: impl FnOnce(&mut Vec<Value>), broken: &str) {
    let mut account = account();
    change(&mut account);
    let judgement = judged(&account);
    let told: Vec<_> = judgement
        .proofs
        .iter()
        .flat_map(|proof| proof.broken())
        .map(|step| format!("{}: {}", step.hop, step.message))
        .collect();
    assert!(told.iter().any(|told| told.contains(broken)), "`{broken}` breaks: {told:#?}");
}

#[test]
fn with_facts_nothing_is_left_to_assume() {
    let judgement = judged(&account());
    for proof in judgement.proofs.iter().filter(|proof| proof.goal.kind() == "reaches") {
        assert_eq!(proof.verdict, Verdict::Proved, "{}: {:#?}", proof.goal, proof.steps);
    }
    let to_database =
        judgement.proofs.iter().find(|proof| proof.goal.to_string() == "Proxy reaches orders on tcp 6432").unwrap();
    assert!(
        !to_database.assumptions.iter().any(|told| told.contains("ACL") || told.contains("admits")),
        "{:#?}",
        to_database.assumptions
    );
}

#[test]
fn a_group_that_admits_others_only() {
    check(
        |account| {
            account[4]["SecurityGroups"][0]["IpPermissions"][0]["IpRanges"][0]["CidrIp"] = json!("192.168.0.0/16")
        },
        "no rule on `sg-db` admits `ProxySg`",
    );
}

#[test]
fn rules_that_were_told_one_by_one() {
    let rule = json!({ "SecurityGroupRules": [{ "GroupId": "sg-db", "IsEgress": false, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0" }] });
    check(|account| account.push(rule), "no rule on `sg-db` admits `ProxySg`");
}

#[test]
fn a_table_without_a_way_out() {
    check(|account| account[5]["RouteTables"][0]["Routes"] = json!([]), "no way to the secretsmanager API");
}

#[test]
fn an_acl_that_denies() {
    check(|account| account[6]["NetworkAcls"][0]["Entries"][1]["RuleAction"] = json!("deny"), "lets no tcp 5432 into");
}

#[test]
fn a_vpc_without_names() {
    check(|account| account[2]["EnableDnsSupport"]["Value"] = json!(false), "no name is resolved");
}

#[test]
fn an_endpoint_whose_group_is_closed() {
    let endpoint = json!({ "VpcEndpoints": [{ "VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.secretsmanager",
        "PrivateDnsEnabled": true, "SubnetIds": ["subnet-d"], "Groups": [{ "GroupId": "sg-db" }] }] });
    check(|account| account.push(endpoint), "no rule on `sg-db` admits `LambdaSg` on tcp 443");
}

#[test]
fn what_is_no_fact_is_said_to_be_none() {
    assert!(!Facts::default().add(&json!({ "Buckets": [] })));
    assert!(!Facts::default().add(&json!([1, 2])));
    let mut facts = Facts::default();
    assert!(
        facts.add(&json!({ "Subnets": [{ "SubnetId": 1 }, null], "SecurityGroups": [{}] })),
        "what is ill-formed in it is left out"
    );
    assert!(facts.is_empty());
}
