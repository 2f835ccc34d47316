//! What every noun can be told.

use formwork::prelude::*;
use serde_json::json;

use super::{codes, faults, findings, function, given, property, resource, stack};

#[test]
fn a_condition_holds_for_all_that_a_construct_stands_for() {
    let mut stack = stack();
    let own = given(&mut stack);
    let stage = stack.parameter("Stage", Parameter::one_of(["uat", "prod"]).default("uat"));
    let production = stack.condition("Production", stage.equals("prod"));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(own.vpc, "proxy").when(&production));
    let auth = ProxyAuth::iam(own.secret);
    let noun = DatabaseProxy::new(own.database, auth, own.private, proxy_sg).when(&production);
    let proxy = stack.add("Proxy", noun);
    stack.allow(proxy, own.database);
    let template = stack.lower().template;
    for id in ["Proxy", "ProxyRole", "ProxyTargets", "ProxySg", "ProxySgToDatabaseSg5432", "DatabaseSgFromProxySg5432"]
    {
        assert_eq!(template.resources[id].condition.as_deref(), Some("Production"), "{id}");
    }
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn a_rule_between_two_conditions_exists_where_both_hold() {
    let mut stack = stack();
    let own = given(&mut stack);
    let stage = stack.parameter("Stage", Parameter::text());
    let open = stack.parameter("Open", Parameter::text());
    let production = stack.condition("Production", stage.equals("prod"));
    let opened = stack.condition("Opened", open.equals("yes"));
    let a = stack.add("A", SecurityGroup::new(own.vpc, "a").when(&production));
    let b = stack.add("B", SecurityGroup::new(own.vpc, "b").when(&opened));
    stack.allow(a, b.on(tcp(80)));
    let template = stack.lower().template;
    assert_eq!(template.resources["AToB80"].condition.as_deref(), Some("ProductionAndOpened"));
    assert_eq!(
        template.conditions["ProductionAndOpened"].to_json(),
        json!({"Fn::And": [{"Condition": "Production"}, {"Condition": "Opened"}]})
    );
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn what_is_retained_stays_with_all_that_belongs_to_it() {
    let mut stack = stack();
    stack.add("Handler", function().retain());
    let template = stack.lower().template;
    for id in ["Handler", "HandlerRole", "HandlerLogs"] {
        assert_eq!(template.resources[id].deletion_policy, Some("Retain".into()), "{id}");
        assert_eq!(template.resources[id].update_replace_policy, Some("Retain".into()), "{id}");
    }
}

#[test]
fn whoever_waits_for_a_construct_waits_for_all_of_it() {
    let mut stack = stack();
    let own = given(&mut stack);
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    stack.add("Queue", Resource::raw("AWS::SQS::Queue", json!({})).depends_on(proxy));
    // The targets need the proxy, and the proxy its role.
    assert_eq!(stack.lower().template.resources["Queue"].depends_on, ["ProxyTargets"]);
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn nothing_waits_for_what_a_reference_implies() {
    let mut stack = stack();
    let handler = stack.add("Handler", function());
    let noun = Resource::raw("AWS::SQS::Queue", json!({})).property("QueueName", handler.name());
    stack.add("Queue", noun.depends_on(handler));
    assert_eq!(stack.lower().template.resources["Queue"].depends_on, [""; 0]);
}

#[test]
fn tags_have_the_shape_of_the_type() {
    let mut stack = stack();
    stack.add("List", Resource::raw("AWS::SQS::Queue", json!({})));
    stack.add("Map", Resource::raw("AWS::SSM::Parameter", json!({"Type": "String", "Value": "x"})));
    stack.add(
        "None",
        Resource::raw(
            "AWS::Lambda::Permission",
            json!({
                "Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "sns.amazonaws.com",
            }),
        ),
    );
    stack.tag("team", "billing");
    let template = stack.lower().template;
    assert_eq!(property(&template, "List", "Tags"), "- Key: team\n  Value: billing\n");
    assert_eq!(property(&template, "Map", "Tags"), "team: billing\n");
    assert!(!template.resources["None"].properties.contains_key("Tags"));
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn a_tag_of_its_own_wins() {
    let mut stack = stack();
    stack.tag("team", "billing");
    stack.tag("stage", "uat");
    stack.add("Handler", function().tag("team", "payments"));
    let written = json!({"Tags": [{"Key": "team", "Value": "platform"}]});
    stack.add("Queue", Resource::raw("AWS::SQS::Queue", written));
    let template = stack.lower().template;
    let expect = "- Key: stage\n  Value: uat\n- Key: team\n  Value: payments\n";
    assert_eq!(property(&template, "Handler", "Tags"), expect);
    assert_eq!(property(&template, "HandlerRole", "Tags"), expect);
    assert_eq!(property(&template, "Queue", "Tags"), "- Key: team\n  Value: platform\n- Key: stage\n  Value: uat\n");
}

#[test]
fn every_taggable_resource_of_the_architecture_is_tagged() {
    let mut stack = stack();
    let own = given(&mut stack);
    let group = stack.add("Group", SecurityGroup::new(own.vpc, "group"));
    let proxy = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, group);
    let proxy = stack.add("Proxy", proxy);
    stack.add("Handler", function().in_vpc(own.private, group));
    stack.add("Api", InterfaceEndpoint::new(Service::SecretsManager, own.private, group));
    stack.allow(proxy, own.database);
    stack.tag("team", "billing");
    for (id, resource) in &stack.lower().template.resources {
        let facts = formwork::registry::facts(&resource.kind).unwrap();
        assert_eq!(facts.tagging.taggable, resource.properties.contains_key("Tags"), "{id}");
    }
}

#[test]
fn an_override_sets_a_property_by_its_path() {
    let mut stack = stack();
    let noun = function().override_property("/LoggingConfig/LogFormat", json!("JSON"));
    stack.add("Handler", noun.override_property("/Timeout", json!(5)));
    let template = stack.lower().template;
    assert_eq!(property(&template, "Handler", "LoggingConfig"), "LogGroup: !Ref HandlerLogs\nLogFormat: JSON\n");
    assert_eq!(property(&template, "Handler", "Timeout"), "5\n");
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}

#[test]
fn an_override_is_checked_like_anything_else() {
    let mut stack = stack();
    stack.add("Handler", function().override_property("/Timeot", json!(5)));
    assert_eq!(codes(&faults(&stack)), ["E3002"]);
}

#[test]
fn an_override_without_a_place_is_found() {
    for path in ["Timeout", "", "/Timeout/Seconds", "/VpcConfig/SubnetIds/7"] {
        let mut stack = stack();
        let own = given(&mut stack);
        let noun = function().in_vpc(own.private, own.database_sg);
        stack.add("Handler", noun.override_property(path, json!(5)));
        let faults = faults(&stack);
        assert_eq!(codes(&faults), ["S1005"], "{path}: {faults:#?}");
    }
}

#[test]
fn an_override_of_what_has_no_main_resource_is_found() {
    let mut stack = stack();
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    stack.add("Private", PrivateSubnets::new(vpc).override_property("/MapPublicIpOnLaunch", json!(true)));
    assert_eq!(codes(&faults(&stack)), ["S1005"]);
}

#[test]
fn a_rename_is_recorded_and_its_cost_is_said() {
    let mut stack = stack();
    stack.add("Handler", function().formerly("Worker"));
    let lowered = stack.lower();
    assert_eq!(
        lowered.goals.renamed,
        ["", "Logs", "Role"].map(|suffix| (format!("Handler{suffix}"), format!("Worker{suffix}")))
    );
    let found = findings(&stack);
    assert_eq!(codes(&found), ["D1001"]);
    assert!(found[0].message.contains("creates it anew and deletes the old one"), "{}", found[0].message);
    assert!(faults(&stack).is_empty());
}

#[test]
fn groups_that_are_managed_elsewhere_get_no_rules() {
    let mut stack = stack();
    let own = given(&mut stack);
    let elsewhere = SecurityGroup::existing("sg-08c3b2d4e5f607182").managed_elsewhere();
    let elsewhere = stack.import("Elsewhere", elsewhere);
    let group = stack.add("Group", SecurityGroup::new(own.vpc, "group"));
    stack.allow(group, elsewhere.on(tcp(5432)));
    stack.allow(elsewhere, group.on(tcp(443)));
    let lowered = stack.lower();
    let ids: Vec<_> = lowered.template.resources.keys().map(String::as_str).collect();
    assert_eq!(ids, ["Group", "GroupFromElsewhere443", "GroupToElsewhere5432"]);
    let assumed: Vec<_> = lowered.goals.assumed.iter().map(ToString::to_string).collect();
    let reason = "the rules of a security group are managed elsewhere";
    assert_eq!(
        assumed[1..],
        [
            format!("Elsewhere reaches Group on tcp 443: {reason}"),
            format!("Group reaches Elsewhere on tcp 5432: {reason}"),
        ]
    );
}

#[test]
fn a_grant_that_leads_back_to_its_role_is_a_policy_apart() {
    let mut stack = stack();
    let handler = stack.add("Handler", function());
    stack.grant(handler, handler.invoke());
    let template = stack.lower().template;
    assert_eq!(
        resource(&template, "HandlerRoleGrants"),
        r#"Type: AWS::IAM::Policy
Properties:
  PolicyDocument:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: lambda:InvokeFunction
        Resource: !GetAtt Handler.Arn
  PolicyName: grants
  Roles:
    - !Ref HandlerRole
"#
    );
    assert_eq!(codes(&faults(&stack)), [""; 0]);
}
