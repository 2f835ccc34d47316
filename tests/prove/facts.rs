//! What exists is known once the AWS CLI has told it.

use formwork::goal::{Goal, Goals};
use formwork::prove::{Facts, Judgement, Network, Verdict, judge};
use formwork::resolve::{Environment, Resolved};
use formwork::template::parse::parse;
use serde_json::{Value, json};

const TEMPLATE: &str = "
Resources:
  LambdaSg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: functions, VpcId: vpc-1 } }
  ProxySg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: proxy, VpcId: vpc-1, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref LambdaSg }] } }
  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: app, EngineFamily: POSTGRESQL, RoleArn: 'arn:aws:iam::111122223333:role/p', VpcSubnetIds: [subnet-a, subnet-b], VpcSecurityGroupIds: [!Ref ProxySg] } }
  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, DBInstanceIdentifiers: [orders] } }
  Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/h', VpcConfig: { SubnetIds: [subnet-a, subnet-b], SecurityGroupIds: [!Ref LambdaSg] }, Environment: { Variables: { DB_HOST: !GetAtt Proxy.Endpoint, SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf' } } } }
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

/// A function that is given the host name of an existing proxy, written out.
const BY_NAME: &str = "
Resources:
  LambdaSg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: functions, VpcId: vpc-1 } }
  Handler: { Type: AWS::Lambda::Function, Properties: { VpcConfig: { SubnetIds: [subnet-a, subnet-b], SecurityGroupIds: [!Ref LambdaSg] }, Environment: { Variables: { URL: 'postgres://app@shared.proxy-abc.eu-west-1.rds.amazonaws.com/app' } } } }
";

fn facts(account: &[Value]) -> Facts {
    let mut facts = Facts::default();
    assert!(account.iter().all(|printed| facts.add(printed)));
    facts
}

fn proxy(groups: &[&str]) -> Value {
    json!({ "DBProxies": [{ "DBProxyName": "shared", "EngineFamily": "POSTGRESQL", "VpcId": "vpc-1", "VpcSecurityGroupIds": groups,
        "VpcSubnetIds": ["subnet-d"], "Endpoint": "shared.proxy-abc.eu-west-1.rds.amazonaws.com" }] })
}

fn group(id: &str, rule: &Value) -> Value {
    json!({ "SecurityGroups": [{ "GroupId": id, "VpcId": "vpc-1", "IpPermissions": [rule], "IpPermissionsEgress": [] }] })
}

#[test]
fn an_existing_proxy_that_is_called_by_its_name() {
    let judged = |rule: &Value| {
        let mut account = account();
        account.extend([proxy(&["sg-proxy"]), group("sg-proxy", rule)]);
        let (template, places, _) = parse(BY_NAME, "app.yaml");
        let proofs = judge(&template, &places, &Environment::unknown(), &Goals::default(), &facts(&account)).proofs;
        let mut told = proofs.into_iter().filter(|proof| proof.goal.kind() == "reaches");
        let proof = told.next().expect("the goal follows from the address");
        assert_eq!(proof.goal.to_string(), "Handler reaches shared on tcp 5432");
        proof.verdict
    };
    let rule = |port: u16| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{ "CidrIp": "10.0.0.0/16" }] });
    assert_eq!(judged(&rule(5432)), Verdict::Proved);
    assert_eq!(judged(&rule(3306)), Verdict::Refuted);
}

#[test]
fn whether_an_existing_database_is_isolated_is_known_from_its_groups() {
    let verdict = |rule: &Value, except: &[&str]| {
        let mut account = account();
        account[4] = group("sg-db", rule);
        let (template, ..) = parse(TEMPLATE, "app.yaml");
        let environment = Environment::unknown();
        let resolved = Resolved::new(&template, &environment);
        let except = except.iter().map(|name| (*name).to_owned()).collect();
        let goal = Goal::Isolated { what: "orders".to_owned(), except };
        Network::new(&resolved, &facts(&account)).prove(&goal).verdict
    };
    let of_others = json!({ "IpProtocol": "tcp", "FromPort": 6432, "ToPort": 6432, "UserIdGroupPairs": [{ "GroupId": "sg-tools" }] });
    let of_another_port =
        json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{ "GroupId": "sg-tools" }] });
    assert_eq!(verdict(&of_others, &[]), Verdict::Refuted);
    assert_eq!(verdict(&of_others, &["sg-tools"]), Verdict::Proved);
    assert_eq!(verdict(&of_another_port, &[]), Verdict::Proved);
}

#[test]
fn an_existing_route_past_the_local_one() {
    let elsewhere = json!({ "DestinationCidrBlock": "10.0.9.0/24", "VpcPeeringConnectionId": "pcx-1" });
    check(
        |account| account[5]["RouteTables"][0]["Routes"].as_array_mut().expect("a list").push(elsewhere),
        "a route of `rtb-1` takes packets from `subnet-a` for `subnet-d` elsewhere",
    );
}

/// The database is in another VPC: with the peering and its routes on both sides it is reached.
#[test]
fn an_existing_peering_with_its_routes() {
    let verdict = |peering: &str, back: bool| {
        let mut account = account();
        account[0]["Subnets"][2] = json!({ "SubnetId": "subnet-d", "VpcId": "vpc-2", "CidrBlock": "10.1.9.0/24" });
        account[7]["DBInstances"][0]["DBSubnetGroup"]["VpcId"] = json!("vpc-2");
        account[4]["SecurityGroups"][0]["VpcId"] = json!("vpc-2");
        let routes = account[5]["RouteTables"][0]["Routes"].as_array_mut().expect("a list");
        routes.push(json!({ "DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1" }));
        let routes = if back {
            json!([{ "DestinationCidrBlock": "10.0.0.0/16", "VpcPeeringConnectionId": "pcx-1" }])
        } else {
            json!([])
        };
        account.push(json!({ "RouteTables": [{ "RouteTableId": "rtb-2", "VpcId": "vpc-2", "Associations": [{ "Main": true }], "Routes": routes }] }));
        account.push(
            json!({ "VpcPeeringConnections": [{ "VpcPeeringConnectionId": "pcx-1", "Status": { "Code": peering },
            "RequesterVpcInfo": { "VpcId": "vpc-1" }, "AccepterVpcInfo": { "VpcId": "vpc-2" } }] }),
        );
        let proofs = judged(&account).proofs;
        proofs
            .iter()
            .find(|proof| proof.goal.to_string() == "Proxy reaches orders on tcp 6432")
            .map(|proof| proof.verdict)
    };
    assert_eq!(verdict("active", true), Some(Verdict::Proved));
    assert_eq!(verdict("active", false), Some(Verdict::Refuted));
    assert_eq!(verdict("deleted", true), Some(Verdict::Depends));
}
