//! What one stack uses of another.

use formwork::check::check;
use formwork::diagnostic::Diagnostic;
use formwork::emit::yaml;
use formwork::prelude::*;
use formwork::stack::Lowered;
use serde_json::json;

use super::{REGION, codes, function, given, property, resource};

fn environment() -> Environment {
    Environment::new("uat", "111122223333", Region::ApSoutheast2)
}

fn stack(name: &str) -> Stack {
    Stack::new(name, &environment())
}

/// What another stack may use.
#[derive(Clone, Copy)]
struct Access {
    vpc: Handle<Vpc>,
    private: Handle<PrivateSubnets>,
    secrets_api: Handle<InterfaceEndpoint>,
    secret: Handle<Secret>,
    proxy: Handle<DatabaseProxy>,
}

/// A stack that creates everything.
fn data() -> (Stack, Access) {
    let mut stack = stack("Data");
    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = stack.add("Private", PrivateSubnets::new(vpc).zones(2));
    let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
    let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
    let secrets_sg = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager"));
    let key = stack.add("Key", Key::new("the secrets of the database"));
    let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::Key(key)));
    let database = DatabaseInstance::new(Engine::Postgres, secret, private, database_sg);
    let database = stack.add("Database", database);
    let proxy = DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg);
    let proxy = stack.add("Proxy", proxy);
    let secrets_api = InterfaceEndpoint::new(Service::SecretsManager, private, secrets_sg);
    let secrets_api = stack.add("SecretsApi", secrets_api);
    stack.allow(proxy, database);
    (stack, Access { vpc, private, secrets_api, secret, proxy })
}

/// A stack that uses it.
fn reports(data: &Stack, access: Access) -> Stack {
    let mut stack = stack("Reports");
    let vpc = stack.import_from(data, access.vpc);
    let private = stack.import_from(data, access.private);
    let secrets_api = stack.import_from(data, access.secrets_api);
    let secret = stack.import_from(data, access.secret);
    let proxy = stack.import_from(data, access.proxy);
    let group = stack.add("ReportSg", SecurityGroup::new(vpc, "reports"));
    let report = function().in_vpc(private, group).env("DB_HOST", proxy.endpoint()).env("API", secrets_api.url());
    let report = stack.add("Report", report);
    stack.allow(report, proxy);
    stack.allow(report, secrets_api);
    stack.grant(report, secret.read());
    stack.grant(report, proxy.connect());
    stack
}

fn lower(stacks: impl IntoIterator<Item = Stack>) -> Vec<Lowered> {
    let mut app = App::new();
    stacks.into_iter().for_each(|stack| app.add(stack));
    app.lower()
}

/// Everything that is wrong.
fn faults(lowered: &[Lowered]) -> Vec<Diagnostic> {
    let found = lowered.iter().flat_map(|lowered| {
        let found = check(&lowered.template, &lowered.places, Some(REGION));
        lowered.diagnostics.iter().cloned().chain(found)
    });
    // An output shows what is imported best, though nobody should need it.
    let counts = found.filter(|found| found.severity != formwork::diagnostic::Severity::Info);
    counts.filter(|found| found.code.id != "W6001").collect()
}

#[test]
fn what_is_used_is_exported_there_and_imported_here() {
    let (data, access) = data();
    let reports = reports(&data, access);
    let lowered = lower([reports, data]);
    assert_eq!(faults(&lowered), []);
    let [reports, data] = &lowered[..] else { panic!("two stacks") };
    assert_eq!((reports.depends_on.as_slice(), data.depends_on.as_slice()), (&["Data".to_owned()][..], &[][..]));

    let outputs = data.template.to_json()["Outputs"].clone();
    assert_eq!(
        yaml::value(&formwork::template::Value::from_json(&outputs)),
        "ExportKeyArn:
  Value: !GetAtt Key.Arn
  Export:
    Name: !Sub ${AWS::StackName}-Key-Arn
ExportPrivateSubnetIds:
  Value: !Join [\",\", [!Ref Private1, !Ref Private2]]
  Export:
    Name: !Sub ${AWS::StackName}-Private-SubnetIds
ExportProxyDBProxyArn:
  Value: !GetAtt Proxy.DBProxyArn
  Export:
    Name: !Sub ${AWS::StackName}-Proxy-DBProxyArn
ExportProxyEndpoint:
  Value: !GetAtt Proxy.Endpoint
  Export:
    Name: !Sub ${AWS::StackName}-Proxy-Endpoint
ExportProxySgGroupId:
  Value: !GetAtt ProxySg.GroupId
  Export:
    Name: !Sub ${AWS::StackName}-ProxySg-GroupId
ExportSecretId:
  Value: !GetAtt Secret.Id
  Export:
    Name: !Sub ${AWS::StackName}-Secret-Id
ExportSecretsApiDnsEntries:
  Value: !Join [\",\", !GetAtt SecretsApi.DnsEntries]
  Export:
    Name: !Sub ${AWS::StackName}-SecretsApi-DnsEntries
ExportSecretsSgGroupId:
  Value: !GetAtt SecretsSg.GroupId
  Export:
    Name: !Sub ${AWS::StackName}-SecretsSg-GroupId
ExportVpcVpcId:
  Value: !GetAtt Vpc.VpcId
  Export:
    Name: !Sub ${AWS::StackName}-Vpc-VpcId
"
    );
    assert_eq!(
        property(&reports.template, "Report", "VpcConfig"),
        "SecurityGroupIds:
  - !GetAtt ReportSg.GroupId
SubnetIds: !Split [\",\", !ImportValue Data-Private-SubnetIds]
"
    );
    let environment = property(&reports.template, "Report", "Environment");
    assert!(environment.contains("DB_HOST: !ImportValue Data-Proxy-Endpoint\n"), "{environment}");
}

#[test]
fn rules_between_two_stacks_belong_to_the_one_that_uses_the_other() {
    let (data, access) = data();
    let reports = reports(&data, access);
    let alone = data.lower().template;
    let lowered = lower([data, reports]);
    let ids = |template: &formwork::template::Template| template.resources.keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&lowered[0].template), ids(&alone), "the other stack has what it had");
    assert_eq!(
        resource(&lowered[1].template, "DataProxySgFromReportSg5432"),
        "Type: AWS::EC2::SecurityGroupIngress
Properties:
  Description: from ReportSg
  FromPort: 5432
  GroupId: !ImportValue Data-ProxySg-GroupId
  IpProtocol: tcp
  SourceSecurityGroupId: !GetAtt ReportSg.GroupId
  ToPort: 5432
"
    );
    assert!(lowered[1].template.resources.contains_key("ReportSgToDataSecretsSg443"));
}

#[test]
fn a_group_is_the_same_by_itself_and_behind_a_proxy() {
    let mut data = stack("Data");
    let own = given(&mut data);
    let group = data.add("Group", SecurityGroup::new(own.vpc, "proxy"));
    let proxy = DatabaseProxy::new(own.database, ProxyAuth::iam(own.secret), own.private, group);
    let proxy = data.add("Proxy", proxy);
    let mut reports = stack("Reports");
    let (group, proxy) = (reports.import_from(&data, group), reports.import_from(&data, proxy));
    reports.allow(cidr("10.0.0.0/8"), proxy);
    reports.allow(cidr("10.0.0.0/8"), group.on(tcp(5432)));
    let lowered = lower([data, reports]);
    assert_eq!(faults(&lowered), []);
    assert_eq!(lowered[1].template.resources.len(), 1);
}

#[test]
fn the_name_under_which_the_other_is_deployed_can_be_another() {
    let (data, access) = data();
    let mut literal = stack("Literal");
    literal.locate(&data, "data-blue");
    let proxy = literal.import_from(&data, access.proxy);
    literal.output("Proxy", proxy.endpoint());
    let mut open = stack("Open");
    let name = open.parameter("DataStack", Parameter::text().default("Data"));
    open.locate(&data, name);
    let proxy = open.import_from(&data, access.proxy);
    open.output("Proxy", proxy.endpoint());
    let lowered = lower([data, literal, open]);
    assert_eq!(faults(&lowered), []);
    let value = |lowered: &Lowered| yaml::value(&lowered.template.outputs["Proxy"].value);
    assert_eq!(value(&lowered[1]), "!ImportValue data-blue-Proxy-Endpoint\n");
    assert_eq!(value(&lowered[2]), "Fn::ImportValue: !Sub ${DataStack}-Proxy-Endpoint\n");
}

#[test]
fn what_exists_outside_both_is_passed_on_as_it_is() {
    let mut data = stack("Data");
    let own = given(&mut data);
    let by_parameter = data.parameter("Subnets", Parameter::subnets());
    let private = data.import("Open", PrivateSubnets::existing(own.vpc, by_parameter));
    let mut reports = stack("Reports");
    let literal = reports.import_from(&data, own.private);
    let open = reports.import_from(&data, private);
    let group = reports.import_from(&data, own.database_sg);
    reports.add("Literal", function().in_vpc(literal, group));
    reports.add("Open", function().in_vpc(open, group));
    let lowered = lower([data, reports]);
    assert_eq!(faults(&lowered), []);
    let config = |id| property(&lowered[1].template, id, "VpcConfig");
    assert!(config("Literal").contains("- sg-09d2a1b2c3d4e5f60\nSubnetIds:\n  - subnet-0a41d2c3b4e5f6071\n"));
    assert!(config("Open").contains("SubnetIds: !Split [\",\", !ImportValue Data-Open-SubnetIds]\n"));
    let export = yaml::value(&lowered[0].template.outputs["ExportOpenSubnetIds"].value);
    assert_eq!(export, "!Join [\",\", !Ref Subnets]\n");
}

#[test]
fn what_a_stack_imports_itself_comes_from_where_it_is() {
    let (data, access) = data();
    let mut middle = stack("Middle");
    let proxy = middle.import_from(&data, access.proxy);
    let mut last = stack("Last");
    let proxy = last.import_from(&middle, proxy);
    last.output("Proxy", proxy.endpoint());
    let lowered = lower([last, middle, data]);
    assert_eq!(faults(&lowered), []);
    assert_eq!(yaml::value(&lowered[0].template.outputs["Proxy"].value), "!ImportValue Data-Proxy-Endpoint\n");
    assert_eq!(lowered[0].depends_on, ["Data"]);
}

#[test]
fn a_value_can_travel_by_systems_manager() {
    let (data, access) = data();
    let mut reports = stack("Reports");
    let private = reports.import_from_parameter(&data, access.private);
    let vpc = reports.import_from_parameter(&data, access.vpc);
    let proxy = reports.import_from_parameter(&data, access.proxy);
    let group = reports.add("ReportSg", SecurityGroup::new(vpc, "reports"));
    reports.add("Report", function().in_vpc(private, group).env("DB_HOST", proxy.endpoint()));
    let lowered = lower([data, reports]);
    assert_eq!(faults(&lowered), []);
    assert_eq!(
        resource(&lowered[0].template, "PrivateSubnetIdsParameter"),
        "Type: AWS::SSM::Parameter
Properties:
  Name: !Sub /${AWS::StackName}/Private/SubnetIds
  Type: StringList
  Value: !Join [\",\", [!Ref Private1, !Ref Private2]]
"
    );
    let parameters = &lowered[1].template.to_json()["Parameters"];
    assert_eq!(parameters["DataPrivateSubnetIds"]["Type"], "AWS::SSM::Parameter::Value<List<String>>");
    assert_eq!(parameters["DataProxyEndpoint"]["Default"], "/Data/Proxy/Endpoint");
    assert!(property(&lowered[1].template, "Report", "VpcConfig").contains("SubnetIds: !Ref DataPrivateSubnetIds\n"));
    assert!(lowered[0].template.outputs.is_empty());
    assert_eq!(lowered[1].depends_on, ["Data"]);
}

#[test]
fn importing_again_gives_the_same_handle_in_any_scope() {
    let (data, access) = data();
    let mut reports = stack("Reports");
    let first = reports.import_from(&data, access.proxy);
    let second = reports.scope("Billing", |stack| stack.import_from(&data, access.proxy));
    assert_eq!(first, second);
}

#[test]
fn more_in_the_other_stack_changes_no_name_here() {
    let text = |more: bool, scope: &str| {
        let (mut data, access) = data();
        if more {
            data.add("Another", function());
        }
        let mut reports = Stack::new("Reports", &environment());
        reports.scope(scope, |stack| {
            let proxy = stack.import_from(&data, access.proxy);
            if more {
                stack.import_from(&data, access.secret);
            }
            let vpc = stack.import_from(&data, access.vpc);
            let group = stack.add("ReportSg", SecurityGroup::new(vpc, "reports"));
            stack.allow(group, proxy);
        });
        let lowered = lower([data, reports]);
        (yaml::template(&lowered[1].template), lowered[0].template.outputs.clone())
    };
    assert_eq!(text(false, ""), text(true, ""));
    assert!(text(false, "Billing").0.contains("  DataProxySgFromBillingReportSg5432:\n"));
}

/// The codes of what is wrong, and the message and labelled lines of the first.
#[track_caller]
fn check_fault(stacks: Vec<Stack>, code: &str, message: &str) -> Diagnostic {
    let found: Vec<_> = lower(stacks).into_iter().flat_map(|lowered| lowered.diagnostics).collect();
    assert_eq!(codes(&found), [code], "{found:#?}");
    assert_eq!(found[0].message, message);
    assert!(found.iter().all(|found| found.source.as_ref().is_some_and(|source| source.file.starts_with("tests/"))));
    assert!(found[0].help.is_some());
    found[0].clone()
}

#[test]
fn two_stacks_that_import_from_each_other() {
    let raw = || Resource::raw("AWS::SQS::Queue", json!({}));
    let (mut one, mut two) = (stack("One"), stack("Two"));
    let (of_one, of_two) = (one.add("Queue", raw()), two.add("Queue", raw()));
    let in_two = two.import_from(&one, of_one);
    let line = line!() - 1;
    two.output("Other", in_two.reference());
    let in_one = one.import_from(&two, of_two);
    one.output("Other", in_one.reference());
    let message = "`One` → `Two` → `One` import from each other: none of them can be deployed first";
    let found = check_fault(vec![one, two], "S1010", message);
    assert_eq!(found.source.unwrap().line, line as usize + 3);
    assert_eq!(found.labels[0].span.line, line as usize);
}

#[test]
fn a_stack_of_another_account_or_region() {
    let (data, access) = data();
    let mut far = Stack::new("Far", &Environment::new("uat", "111122223333", Region::EuWest1));
    far.import_from(&data, access.proxy);
    let message = "`Far` is deployed to account 111122223333 in eu-west-1, `Data` to 111122223333 in ap-southeast-2: no \
                   value gets from one to the other";
    check_fault(vec![data, far], "S1008", message);
}

#[test]
fn a_stack_that_the_app_does_not_have() {
    let (data, access) = data();
    let message = "`Data` is imported from, and the app does not have it: nothing exports its values";
    check_fault(vec![reports(&data, access)], "S1009", message);
}

#[test]
fn a_grant_to_what_another_stack_creates() {
    let mut data = stack("Data");
    let handler = data.add("Handler", function());
    let mut reports = stack("Reports");
    let own = given(&mut reports);
    let handler = reports.import_from(&data, handler);
    reports.grant(handler, own.secret.read());
    let message = "the role of `DataHandler` belongs to another stack: `Reports` cannot grant it anything";
    check_fault(vec![data, reports], "S1011", message);
}

#[test]
fn a_port_that_only_the_other_stack_knows() {
    let mut data = stack("Data");
    let own = given(&mut data);
    let port = data.parameter("Port", Parameter::number());
    let database = DatabaseInstance::existing("other", Engine::Postgres, own.database_sg).port(port);
    let database = data.import("Other", database);
    let mut reports = stack("Reports");
    let (vpc, database) = (reports.import_from(&data, own.vpc), reports.import_from(&data, database));
    let group = reports.add("ReportSg", SecurityGroup::new(vpc, "reports"));
    reports.allow(group, database);
    let message = "`DataOther` listens on a port that only its own stack knows";
    check_fault(vec![data, reports], "S1014", message);
}

#[test]
fn what_the_other_stack_does_not_always_have() {
    let mut data = stack("Data");
    let stage = data.parameter("Stage", Parameter::text());
    let production = data.condition("Production", stage.equals("prod"));
    let queue = data.add("Queue", Resource::raw("AWS::SQS::Queue", json!({})).when(&production));
    let mut reports = stack("Reports");
    let queue = reports.import_from(&data, queue);
    reports.output("Queue", queue.reference());
    let lowered = lower([data, reports]);
    assert_eq!(codes(&faults(&lowered)), ["S1012"]);
    assert_eq!(lowered[0].template.outputs["ExportQueueRef"].condition.as_deref(), Some("Production"));
}

#[test]
fn a_handle_of_another_stack_is_shown_where_it_was_created() {
    let mut data = stack("Data");
    let queue = data.add("Queue", Resource::raw("AWS::SQS::Queue", json!({})));
    let line = line!() - 1;
    let handler = data.add("Handler", function());
    let mut reports = stack("Reports");
    let own = given(&mut reports);
    reports.output("Queue", queue.reference());
    reports.grant(handler, own.secret.read());
    let found: Vec<_> = lower([data, reports]).into_iter().flat_map(|lowered| lowered.diagnostics).collect();
    assert_eq!(codes(&found), ["S1002"]);
    let places =
        found.iter().map(|found| (found.labels[0].span.line - line as usize, found.labels[0].message.as_str()));
    let expect = [(2, "`Handler` of `Data` is created here"), (0, "`Queue` of `Data` is created here")];
    assert_eq!(places.collect::<Vec<_>>(), expect);
}

#[test]
fn subnets_in_the_network_of_another_stack() {
    let mut data = stack("Data");
    let vpc = data.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let private = data.add("Private", PrivateSubnets::new(vpc));
    let mut reports = stack("Reports");
    let (vpc, private) = (reports.import_from(&data, vpc), reports.import_from(&data, private));
    reports.add("Own", PrivateSubnets::new(vpc).slot(2));
    reports.add("Objects", GatewayEndpoint::new(GatewayService::S3, private));
    let lowered = lower([data, reports]);
    assert_eq!(faults(&lowered), []);
    assert_eq!(
        property(&lowered[1].template, "Objects", "RouteTableIds"),
        "!Split [\",\", !ImportValue Data-Private-RouteTableIds]\n"
    );
}

#[test]
fn subnets_where_another_stack_has_some() {
    let mut data = stack("Data");
    let vpc = data.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    data.add("Private", PrivateSubnets::new(vpc));
    let mut reports = stack("Reports");
    let vpc = reports.import_from(&data, vpc);
    reports.add("Own", PrivateSubnets::new(vpc));
    let found: Vec<_> = lower([data, reports]).into_iter().flat_map(|lowered| lowered.diagnostics).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "`DataPrivate` has slot 0 of the VPC already");
}

#[test]
fn a_key_lets_cloudwatch_logs_in_for_a_log_group_of_another_stack() {
    let policy = |use_key: fn(&mut Stack, Handle<Key>)| {
        let mut data = stack("Data");
        let key = data.add("Key", Key::new("logs"));
        data.add("Other", Key::new("nothing of the other stack"));
        let mut reports = stack("Reports");
        let key = reports.import_from(&data, key);
        use_key(&mut reports, key);
        let lowered = lower([reports, data]);
        assert_eq!(faults(&lowered), []);
        assert!(!property(&lowered[1].template, "Other", "KeyPolicy").contains("logs."));
        property(&lowered[1].template, "Key", "KeyPolicy")
    };
    let of_log = policy(|stack, key| {
        stack.add("Audit", LogGroup::new(365).key(key));
    });
    assert!(of_log.contains("Service: !Sub logs.${AWS::Region}.amazonaws.com\n"), "{of_log}");
    let of_function = policy(|stack, key| {
        stack.add("Handler", function().log_key(key));
    });
    assert_eq!(of_function, of_log);
    let of_variables = policy(|stack, key| {
        stack.add("Handler", function().environment_key(key));
    });
    assert!(!of_variables.contains("logs."), "Lambda uses it as whoever deploys: {of_variables}");
}

#[test]
fn a_key_that_comes_through_a_third_stack_lets_cloudwatch_logs_in() {
    let mut data = stack("Data");
    let key = data.add("Key", Key::new("logs"));
    let mut middle = stack("Middle");
    let key = middle.import_from(&data, key);
    let mut reports = stack("Reports");
    let key = reports.import_from(&middle, key);
    reports.add("Audit", LogGroup::new(365).key(key));
    let lowered = lower([data, middle, reports]);
    assert_eq!(faults(&lowered), []);
    assert!(property(&lowered[0].template, "Key", "KeyPolicy").contains("Service: !Sub logs."));
}

#[test]
fn a_database_of_another_stack_is_told_that_tokens_come() {
    let check = |told: Option<bool>, other_proxy: bool, expect: &[&str]| {
        let mut data = stack("Data");
        let vpc = data.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
        let private = data.add("Private", PrivateSubnets::new(vpc).zones(2));
        let group = data.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
        let master = MasterUser::managed(user("billie"), EncryptedBy::AwsManagedKey);
        let database = DatabaseInstance::new(Engine::Postgres, master, private, group).iam_authentication(told);
        let database = data.add("Database", database);
        let proxy = || ProxyAuth::end_to_end(user("app"));
        if other_proxy {
            data.add("Proxy", DatabaseProxy::new(database, proxy(), private, group));
        }
        let mut app = stack("App");
        let (private, group) = (app.import_from(&data, private), app.import_from(&data, group));
        let database = app.import_from(&data, database);
        app.add("Proxy", DatabaseProxy::new(database, proxy(), private, group));
        assert_eq!(codes(&faults(&lower([data, app]))), expect);
    };
    check(None, false, &["S1006"]);
    check(Some(true), false, &[]);
    check(None, true, &[]);
}
