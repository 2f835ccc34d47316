//! Properties in, violations out.

use formwork::registry::{World, facts, worlds};
use serde_json::{Value, json};

/// Path, code, message; help; conditions.
fn violations(type_name: &str, properties: &Value, possible: impl Fn(&World) -> bool) -> String {
    let worlds: Vec<World> = worlds(properties).into_iter().filter(possible).collect();
    let violations = facts(type_name).unwrap().validator().validate_in(properties, &worlds);
    let lines = violations.into_iter().map(|violation| {
        let help = violation.help.map_or(String::new(), |help| format!(" ({help})"));
        let when = violation.when.iter().map(|(name, value)| format!(" if {name} is {value}")).collect::<String>();
        format!("{} {}: {}{help}{when}", violation.path, violation.kind.code(), violation.message)
    });
    super::lines(lines)
}

#[track_caller]
fn check(type_name: &str, properties: Value, expect: &[&str]) {
    assert_eq!(violations(type_name, &properties, |_| true), expect.join("\n"));
}

/// A proxy with these properties changed; `null` takes one away.
fn proxy(changes: Value) -> Value {
    let mut proxy = json!({
        "DBProxyName": "app-proxy", "EngineFamily": "POSTGRESQL", "RoleArn": { "Fn::GetAtt": ["Role", "Arn"] },
        "VpcSubnetIds": ["subnet-00000001", { "Ref": "Subnet" }]
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => proxy.as_object_mut().unwrap().shift_remove(name),
            value => proxy.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    proxy
}

#[track_caller]
fn check_proxy(changes: Value, expect: &[&str]) {
    check("AWS::RDS::DBProxy", proxy(changes), expect);
}

#[test]
fn what_is_right_is_left_alone() {
    check_proxy(json!({}), &[]);
    check_proxy(
        json!({ "Auth": [{ "AuthScheme": "SECRETS", "SecretArn": { "Ref": "Secret" }, "IAMAuth": "REQUIRED" }], "RequireTLS": true }),
        &[],
    );
    check("AWS::S3::Bucket", json!({}), &[]);
}

#[test]
fn required_and_unknown() {
    check_proxy(json!({ "RoleArn": null }), &[" E3003: `RoleArn` is required"]);
    check_proxy(
        json!({ "RoleARN": "x" }),
        &["/RoleARN E3002: `AWS::RDS::DBProxy` has no property `RoleARN` (did you mean `RoleArn`?)"],
    );
    check_proxy(
        json!({ "Auth": [{ "SecretARN": "x" }] }),
        &["/Auth/0/SecretARN E3002: `Auth` has no property `SecretARN` (did you mean `SecretArn`?)"],
    );
}

#[test]
fn types_and_conversions() {
    check_proxy(json!({ "RequireTLS": "true", "IdleClientTimeout": "1800", "DBProxyName": { "Ref": "Name" } }), &[]);
    check_proxy(json!({ "RequireTLS": "maybe" }), &["/RequireTLS E3012: `maybe` is not a boolean"]);
    check_proxy(json!({ "IdleClientTimeout": 1.5 }), &["/IdleClientTimeout E3012: `1.5` is not an integer"]);
    check_proxy(
        json!({ "VpcSubnetIds": "subnet-00000001" }),
        &["/VpcSubnetIds E3012: `subnet-00000001` is not a list"],
    );
    check_proxy(json!({ "DBProxyName": ["a"] }), &["/DBProxyName E3012: a list is not a string"]);
    check("AWS::IAM::ManagedPolicy", json!({ "PolicyDocument": "{}" }), &[]);
}

#[test]
fn values() {
    check_proxy(
        json!({ "EngineFamily": "POSTGRES" }),
        &[
            "/EngineFamily E3030: `POSTGRES` is not one of `MYSQL`, `POSTGRESQL` and `SQLSERVER` (did you mean `POSTGRESQL`?)",
        ],
    );
    check_proxy(json!({ "IdleClientTimeout": 28801 }), &["/IdleClientTimeout E3034: `28801` is more than 28800"]);
    check_proxy(json!({ "IdleClientTimeout": "0" }), &["/IdleClientTimeout E3034: `0` is less than 1"]);
    check_proxy(
        json!({ "DBProxyName": "app--proxy" }),
        &["/DBProxyName E3031: `app--proxy` does not match the pattern `^[a-zA-Z](?:-?[a-zA-Z0-9]+)*$`"],
    );
    check_proxy(
        json!({ "DBProxyName": "a".repeat(64) }),
        &["/DBProxyName E3033: the value has 64 characters, and at most 63 are allowed"],
    );
    check_proxy(
        json!({ "VpcSubnetIds": ["subnet-00000001"] }),
        &["/VpcSubnetIds E3032: the list has 1 element, and at least 2 are needed"],
    );
}

#[test]
fn read_only_properties() {
    check_proxy(
        json!({ "Endpoint": "x" }),
        &["/Endpoint E3040: `Endpoint` is set by AWS, and cannot be set here (remove `Endpoint`)"],
    );
    check(
        "AWS::RDS::DBInstance",
        json!({ "MasterUserSecret": { "KmsKeyId": "alias/x", "SecretArn": "x" }, "Endpoint": { "Address": "x" } }),
        &[
            "/Endpoint E3040: `Endpoint` is set by AWS, and cannot be set here (remove `Endpoint`)",
            "/MasterUserSecret/SecretArn E3040: `SecretArn` is set by AWS, and cannot be set here (remove `SecretArn`)",
        ],
    );
}

#[test]
fn branches_are_looked_at_apart() {
    let name = |yes: Value, no: Value| json!({ "EngineFamily": { "Fn::If": ["IsProd", yes, no] } });
    check_proxy(name(json!("MYSQL"), json!({ "Ref": "Family" })), &[]);
    check_proxy(
        name(json!("MYSQL"), json!("Nothing")),
        &["/EngineFamily/Fn::If/2 E3030: `Nothing` is not one of `MYSQL`, `POSTGRESQL` and `SQLSERVER`"],
    );
    let nested = json!({ "Fn::If": ["IsTest", ["subnet-00000001"], ["subnet-00000001", "subnet-00000002"]] });
    check_proxy(
        json!({ "VpcSubnetIds": { "Fn::If": ["IsProd", nested, { "Ref": "Subnets" }] } }),
        &["/VpcSubnetIds/Fn::If/1/Fn::If/1 E3032: the list has 1 element, and at least 2 are needed"],
    );
}

#[test]
fn no_value_is_absence() {
    check_proxy(json!({ "RoleArn": { "Ref": "AWS::NoValue" } }), &[" E3003: `RoleArn` is required"]);
    check_proxy(json!({ "DebugLogging": { "Fn::If": ["IsProd", { "Ref": "AWS::NoValue" }, true] } }), &[]);
    check_proxy(
        json!({ "RoleArn": { "Fn::If": ["IsProd", "arn:aws:iam::123456789012:role/x", { "Ref": "AWS::NoValue" }] } }),
        &[" E3003: `RoleArn` is required if IsProd is false"],
    );
}

#[test]
fn conditions_are_decided_together() {
    let absent = json!({ "Ref": "AWS::NoValue" });
    let target = |other: &str| {
        json!({
            "Subnets": { "Fn::If": ["Simple", ["subnet-00000001", "subnet-00000002"], absent] },
            "SubnetMappings": { "Fn::If": [other, absent, [{ "SubnetId": "subnet-00000001" }, { "SubnetId": "subnet-00000002" }]] }
        })
    };
    let load_balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
    check(load_balancer, target("Simple"), &[]);
    check(
        load_balancer,
        target("Other"),
        &[
            " E3014: exactly one of `Subnets` and `SubnetMappings` is required, and `Subnets` and `SubnetMappings` are there if Other is false if Simple is true",
            " E3014: exactly one of `Subnets` and `SubnetMappings` is required, and none is there if Other is true if Simple is false",
        ],
    );
    let are_equal = |world: &World| world.0["Simple"] == world.0["Other"];
    assert_eq!(violations(load_balancer, &target("Other"), are_equal), "");
}

#[test]
fn macros_may_add_what_is_missing() {
    check_proxy(json!({ "RoleArn": null, "Fn::Transform": { "Name": "AWS::Include" } }), &[]);
    check_proxy(
        json!({ "EngineFamily": "X", "Fn::ForEach::Tags": [] }),
        &["/EngineFamily E3030: `X` is not one of `MYSQL`, `POSTGRESQL` and `SQLSERVER`"],
    );
    check("AWS::RDS::DBProxy", json!({ "Fn::Transform": { "Name": "Whole" } }), &[]);
}

#[test]
fn rules_between_properties() {
    check(
        "AWS::EC2::Subnet",
        json!({ "VpcId": "vpc-00000001", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "a", "AvailabilityZoneId": "b" }),
        &[" E3020: `AvailabilityZone` excludes `AvailabilityZoneId`"],
    );
    let keys = |first: &str, second: &str| {
        let keys = [first, second].map(|kind| json!({ "AttributeName": "a", "KeyType": kind }));
        json!({ "KeySchema": keys, "AttributeDefinitions": [{ "AttributeName": "a", "AttributeType": "S" }] })
    };
    let same = "/KeySchema E3037: the element at 1 has the same `AttributeName` as one before it";
    check("AWS::DynamoDB::Table", keys("HASH", "RANGE"), &[same]);
    let equal = "/KeySchema E3037: two elements of the list are equal";
    check(
        "AWS::DynamoDB::Table",
        keys("HASH", "HASH"),
        &[same, equal, "/KeySchema/1/KeyType E3008: `HASH` is not `RANGE`"],
    );
}

#[test]
fn alternatives() {
    let group = |accounts: Value| json!({ "Name": "x", "PrimaryAccountId": "123456789012", "ComputationPreference": { "PricingPlanArn": "arn:aws:billingconductor::123456789012:pricingplan/Passthrough" }, "AccountGrouping": accounts });
    check("AWS::BillingConductor::BillingGroup", group(json!({ "LinkedAccountIds": ["123456789012"] })), &[]);
    check(
        "AWS::BillingConductor::BillingGroup",
        group(json!({})),
        &["/AccountGrouping E3017: one of `LinkedAccountIds` and `ResponsibilityTransferArn` is required"],
    );
}

#[test]
fn a_function_decides_nothing() {
    let cluster = |engine: Value, user: Value| json!({ "Engine": engine, "MasterUsername": user });
    check("AWS::RDS::DBCluster", cluster(json!({ "Ref": "Engine" }), json!("admin")), &[]);
    check("AWS::RDS::DBCluster", cluster(json!("aurora-postgresql"), json!({ "Ref": "User" })), &[]);
    check(
        "AWS::RDS::DBCluster",
        cluster(json!("aurora-postgresql"), json!("admin")),
        &["/MasterUsername E3002: `admin` is reserved"],
    );
}

#[test]
fn secrets_are_not_shown() {
    let text = violations(
        "AWS::RDS::DBInstance",
        &json!({ "MasterUserPassword": "hunter2/".repeat(99), "DBInstanceClass": "db.t3.micro" }),
        |_| true,
    );
    assert!(!text.contains("hunter2"), "{text}");
    let secret = violations(
        "AWS::SecretsManager::Secret",
        &json!({ "SecretString": ["hunter2"], "GenerateSecretString": { "PasswordLength": "hunter2" } }),
        |_| true,
    );
    assert_eq!(
        secret,
        "/GenerateSecretString/PasswordLength E3012: the value is not an integer\n/SecretString E3012: a list is not a string"
    );
}

#[test]
fn what_is_resolved_later_decides_nothing() {
    check_proxy(
        json!({ "DBProxyName": "{{resolve:ssm:/app/name}}", "VpcSubnetIds": "{{resolve:ssm:/app/subnets}}" }),
        &[],
    );
}

#[test]
fn local_code_is_uploaded_by_the_package_command() {
    let function = |code: Value| json!({ "Code": code, "Role": "arn:aws:iam::123456789012:role/x", "Handler": "a.b", "Runtime": "python3.13" });
    check("AWS::Lambda::Function", function(json!("./src")), &[]);
    check("AWS::Lambda::Function", function(json!(["./src"])), &["/Code E3012: a list is not an object"]);
}

#[test]
fn custom_resources_need_a_service_token_and_may_have_anything() {
    check(
        "Custom::Thing",
        json!({ "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:x", "Whatever": [1] }),
        &[],
    );
    check("Custom::Thing", json!({ "Whatever": [1] }), &[" E3003: `ServiceToken` is required"]);
}

#[test]
fn properties_that_are_nothing_lack_what_is_required() {
    check(
        "AWS::SNS::Subscription",
        json!({ "Ref": "AWS::NoValue" }),
        &[" E3003: `Protocol` is required", " E3003: `TopicArn` is required"],
    );
}

#[test]
fn address_ranges() {
    let vpc = |range: &str| json!({ "CidrBlock": range });
    check("AWS::EC2::VPC", vpc("10.0.0.0/16"), &[]);
    check(
        "AWS::EC2::VPC",
        vpc("10.0.0.0"),
        &["/CidrBlock E1103: `10.0.0.0` is no range of IPv4 addresses, as 10.0.0.0/16 is"],
    );
    check(
        "AWS::EC2::VPC",
        vpc("10.0.0.1/16"),
        &["/CidrBlock E1103: `10.0.0.1/16` is no range of IPv4 addresses: with /16 it begins at 10.0.0.0"],
    );
}

#[test]
fn one_value_is_checked_by_the_schema_of_its_property() {
    let fault = |kind: &str, path: &[&str], value: Value| {
        let facts = facts(kind).unwrap();
        let schema = facts.property(path.iter().copied()).unwrap();
        facts.fault(schema, &format!("/{}", path.join("/")), &value).map(|fault| fault.message)
    };
    let zone = "AWS::Logs::LogGroup";
    assert_eq!(fault(zone, &["LogGroupClass"], json!("STANDARD")), None);
    assert!(fault(zone, &["LogGroupClass"], json!("CHEAP")).unwrap().starts_with("`CHEAP` is not"));
    assert_eq!(fault(zone, &["LogGroupClass"], json!({ "Ref": "Class" })), None);
    let subnet = "AWS::EC2::Subnet";
    assert_eq!(fault(subnet, &["VpcId"], json!("vpc-00000000")), None);
    assert_eq!(
        fault(subnet, &["VpcId"], json!("none")).unwrap(),
        "`none` is not an id of a VPC, as `vpc-0123456789abcdef0` is"
    );
    let subnets = json!(["subnet-00000000", "none"]);
    assert_eq!(
        fault("AWS::ElasticLoadBalancingV2::LoadBalancer", &["Subnets"], subnets).unwrap(),
        "`none` is not an id of a subnet, as `subnet-0123456789abcdef0` is"
    );
}
