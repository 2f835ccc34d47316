//! What a template can say beside its resources.

use formwork::aws::lambda::EventSourceMapping;
use formwork::aws::{ec2, rds, secretsmanager, sqs};
use formwork::check::{check, suppress};
use formwork::emit::yaml;
use formwork::prelude::*;
use formwork::template::Value as TemplateValue;
use serde_json::{Value as Raw, json};

use super::{REGION, codes, faults, findings, function, given, property, stack};

/// A section of the template, as YAML; the stack has no fault.
#[track_caller]
fn section(write: impl FnOnce(&mut Stack), name: &str, expect: &str) {
    let mut stack = stack();
    write(&mut stack);
    assert_eq!(faults(&stack), []);
    let json = stack.lower().template.to_json();
    let section = &json[name];
    let text = if *section == Raw::Null { String::new() } else { yaml::value(&TemplateValue::from_json(section)) };
    assert_eq!(text, expect);
}

#[test]
fn mappings_are_looked_up_by_literals_parameters_and_pseudo_parameters() {
    let mut stack = stack();
    let stage = stack.parameter("Stage", Parameter::one_of(["uat", "prod"]));
    let memory = stack
        .mapping("Memory", [("uat", [("Small", 128), ("Large", 256)]), ("prod", [("Small", 512), ("Large", 1024)])]);
    let names = stack.mapping("Names", [("ap-southeast-2", [("Name", "sydney")])]);
    let times = stack.mapping("Times", [("any", [("Limit", minutes(1))])]);
    let zones = stack.mapping("Zones", [("111122223333", [("Zones", ["a", "b"])])]);
    let noun = function().memory(memory.find(&stage, "Large")).timeout(times.find("any", "Limit"));
    stack.add("Handler", noun.env("NAME", names.find(Value::region(), "Name")));
    stack.output("Zones", Value::join(",", zones.find(Value::account(), "Zones")));
    assert_eq!(faults(&stack), []);
    let template = stack.lower().template;
    assert_eq!(property(&template, "Handler", "MemorySize"), "!FindInMap [Memory, !Ref Stage, Large]\n");
    assert_eq!(property(&template, "Handler", "Timeout"), "!FindInMap [Times, any, Limit]\n");
    let name = "Variables:\n  NAME: !FindInMap [Names, !Ref AWS::Region, Name]\n";
    assert_eq!(property(&template, "Handler", "Environment"), name);
    assert_eq!(template.to_json()["Mappings"]["Memory"]["prod"], json!({ "Small": 512, "Large": 1024 }));
    assert!(template.transform.is_empty());
}

#[test]
fn a_default_in_a_mapping_takes_the_language_extensions() {
    let write = |stack: &mut Stack| {
        let names = stack.mapping("Names", [("eu-west-1", [("Name", "dublin")])]);
        stack.output("Name", names.find_or(Value::region(), "Name", "elsewhere"));
        stack.add("Topic", Resource::raw("AWS::SNS::Topic", json!({})));
    };
    section(write, "Transform", "AWS::LanguageExtensions\n");
    let said_already = |stack: &mut Stack| {
        stack.transform("Mine");
        stack.transform("AWS::LanguageExtensions");
        write(stack);
    };
    section(said_already, "Transform", "- Mine\n- AWS::LanguageExtensions\n");
}

#[test]
fn a_key_that_a_mapping_cannot_have_and_one_that_it_has_not() {
    let mut unfit = stack();
    unfit.mapping("Names", [("a b", [("Name", "x")])]);
    assert_eq!(codes(&unfit.lower().diagnostics), ["S1001"]);
    let mut absent = stack();
    let names = absent.mapping("Names", [("uat", [("Name", "x")])]);
    absent.output("Name", names.find("prod", "Name"));
    assert_eq!(codes(&faults(&absent)), ["E1011"]);
}

#[test]
fn outputs_say_what_they_are_when_they_are_there_and_who_may_import_them() {
    let write = |stack: &mut Stack| {
        let stage = stack.parameter("Stage", Parameter::text());
        let production = stack.condition("Production", stage.equals("prod"));
        let topic = stack.add("Topic", Resource::raw("AWS::SNS::Topic", json!({})));
        stack.output("Plain", topic.reference());
        stack.output("Said", topic.reference()).describe("where it goes").when(&production).export_as("own-name");
        stack.scope("Billing", |stack| _ = stack.export("Topic", topic.reference()));
    };
    let expect = "BillingTopic:
  Value: !Ref Topic
  Export:
    Name: !Sub ${AWS::StackName}-BillingTopic

Plain:
  Value: !Ref Topic

Said:
  Description: where it goes
  Condition: Production
  Value: !Ref Topic
  Export:
    Name: own-name
";
    section(write, "Outputs", &expect.replace("\n\n", "\n"));
}

#[test]
fn conditions_have_every_form() {
    let many: Vec<String> = (0..12).map(|n| format!("s{n}")).collect();
    let mut stack = stack();
    let stage = stack.parameter("Stage", Parameter::text());
    let flag = stack.parameter("Flag", Parameter::flag());
    let size = stack.parameter("Size", Parameter::number());
    let abroad = stack.condition("Abroad", !Value::region().equals("eu-west-1"));
    let on = stack.condition("On", flag.holds());
    stack.condition("Both", abroad.holds().and(on.holds()));
    stack.condition("Either", abroad.holds().or(size.equals(3)));
    stack.condition("Few", stage.in_list(["a", "b"]));
    stack.condition("Many", stage.in_list(&many));
    stack.condition("One", stage.in_list(["a"]));
    stack.condition("None", stage.in_list::<&str>([]));
    stack.condition("Every", Formula::all([abroad.holds(), on.holds(), stage.equals("x")]));
    let conditions = stack.lower().template.to_json()["Conditions"].clone();
    let equals = |value: &str| json!({ "Fn::Equals": [{ "Ref": "Stage" }, value] });
    assert_eq!(conditions["Abroad"], json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "AWS::Region" }, "eu-west-1"] }] }));
    assert_eq!(conditions["On"], json!({ "Fn::Equals": [{ "Ref": "Flag" }, "true"] }));
    assert_eq!(conditions["Both"], json!({ "Fn::And": [{ "Condition": "Abroad" }, { "Condition": "On" }] }));
    assert_eq!(conditions["Either"]["Fn::Or"][1], json!({ "Fn::Equals": [{ "Ref": "Size" }, "3"] }));
    assert_eq!(conditions["Few"], json!({ "Fn::Or": [equals("a"), equals("b")] }));
    assert_eq!(conditions["One"], equals("a"));
    assert_eq!(conditions["None"], json!({ "Fn::Equals": ["true", "false"] }));
    assert_eq!(conditions["Every"]["Fn::And"].as_array().map(Vec::len), Some(3));
    let groups = conditions["Many"]["Fn::Or"].as_array().cloned().unwrap_or_default();
    let sizes: Vec<_> = groups.iter().map(|group| group["Fn::Or"].as_array().map_or(1, Vec::len)).collect();
    assert_eq!(sizes, [10, 2]);
}

#[test]
fn text_is_put_together_from_whatever_is_text() {
    let mut stack = stack();
    let own = given(&mut stack);
    let bucket = stack.parameter("Bucket", Parameter::text());
    let flag = stack.parameter("Flag", Parameter::flag());
    let on = stack.condition("Flagged", flag.holds());
    let topic = stack.add("Topic", Resource::raw("AWS::SNS::Topic", json!({})));
    let mut check = |name: &str, value: Value<String>, expect: &str| {
        stack.output(name, value);
        let written = yaml::value(&stack.lower().template.outputs[name].value);
        assert_eq!(written.trim_end(), expect);
    };
    check(
        "A",
        text!["arn:", Value::partition(), ":s3:::", &bucket, "/*"],
        "!Sub arn:${AWS::Partition}:s3:::${Bucket}/*",
    );
    check("B", text!["a", "b", None::<&str>], "ab");
    check(
        "C",
        text![topic.get("TopicName"), "-", own.secret.arn()].split("-").select(0),
        "!Select\n- 0\n- !Split\n  - \"-\"\n  - !Sub ${Topic.TopicName}-arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow",
    );
    check("D", text!["x-", on.choose("left", "right")], "!Sub\n- x-${Part}\n- Part: !If [Flagged, left, right]");
    check("E", text!["echo ", Value::stack_name()].base64(), "Fn::Base64: !Sub echo ${AWS::StackName}");
    check("F", Value::join("/", ["a", "b"]), "!Join [/, [a, b]]");
    check("G", Value::zones().select(1), "!Select [1, !GetAZs \"\"]");
    check("H", Value::url_suffix(), "!Ref AWS::URLSuffix");
    check("I", Value::join(",", Value::notification_arns()), "!Join [\",\", !Ref AWS::NotificationARNs]");
    check("J", text![Value::stack_id()], "!Ref AWS::StackId");
    check("K", text!["${Not}", &bucket], "!Sub ${!Not}${Bucket}");
}

#[test]
fn every_kind_of_parameter_is_declared() {
    let mut stack = stack();
    macro_rules! declare { ($($name:ident: $parameter:expr => $kind:literal;)*) => { $(
        stack.parameter(stringify!($name), $parameter);
        assert_eq!(stack.lower().template.parameters[stringify!($name)].kind, $kind);
    )* } }
    declare! {
        Text: Parameter::text() => "String";
        Texts: Parameter::texts() => "CommaDelimitedList";
        Number: Parameter::number_of([1, 2]) => "Number";
        Numbers: Parameter::numbers() => "List<Number>";
        Vpcs: Parameter::vpcs() => "List<AWS::EC2::VPC::Id>";
        Subnet: Parameter::subnet() => "AWS::EC2::Subnet::Id";
        Groups: Parameter::security_groups() => "List<AWS::EC2::SecurityGroup::Id>";
        Zone: Parameter::zone() => "AWS::EC2::AvailabilityZone::Name";
        Zones: Parameter::zones() => "List<AWS::EC2::AvailabilityZone::Name>";
        KeyPair: Parameter::key_pair() => "AWS::EC2::KeyPair::KeyName";
        Image: Parameter::image() => "AWS::EC2::Image::Id";
        Instance: Parameter::instance() => "AWS::EC2::Instance::Id";
        Volume: Parameter::volume() => "AWS::EC2::Volume::Id";
        HostedZone: Parameter::hosted_zone() => "AWS::Route53::HostedZone::Id";
        SsmName: Parameter::ssm_name() => "AWS::SSM::Parameter::Name";
        KeptText: Parameter::text().kept_as("/a") => "AWS::SSM::Parameter::Value<String>";
        KeptNumber: Parameter::number().kept_as("/a") => "AWS::SSM::Parameter::Value<String>";
        KeptImage: Parameter::image().kept_as("/a") => "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>";
        KeptSubnets: Parameter::subnets().kept_as("/a") => "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>";
    }
    stack.parameter("Secret", Parameter::secret().length(8, 41).constraint("8 to 41 characters"));
    let json = stack.lower().template.to_json();
    assert_eq!(
        json["Parameters"]["Secret"],
        json!({ "Type": "String", "MinLength": 8, "MaxLength": 41, "NoEcho": true, "ConstraintDescription": "8 to 41 characters" })
    );
}

#[test]
fn the_console_shows_parameters_under_headings_in_the_order_of_their_declaration() {
    let write = |stack: &mut Stack| {
        let memory = stack.parameter("Memory", Parameter::number().label("Memory in MiB").group("Function"));
        let subnets = stack.parameter("Subnets", Parameter::subnets().group("Network"));
        let name = stack.parameter("Name", Parameter::text().group("Function"));
        stack.add("Handler", function().memory(memory).env("NAME", name).env("SUBNETS", Value::join(",", subnets)));
        stack.metadata("Owner", json!({ "Team": "billing" }));
    };
    let expect = "AWS::CloudFormation::Interface:
  ParameterGroups:
    - Label:
        default: Function
      Parameters:
        - Memory
        - Name
    - Label:
        default: Network
      Parameters:
        - Subnets
  ParameterLabels:
    Memory:
      default: Memory in MiB
Owner:
  Team: billing
";
    section(write, "Metadata", expect);
    section(|stack| _ = stack.add("Handler", function()), "Metadata", "");
}

#[test]
fn aspects_change_what_is_finished_in_the_order_in_which_they_were_given() {
    let mut app = App::new();
    app.tag("team", "platform");
    app.tag("stage", "uat");
    app.aspect(|id, resource| _ = resource.metadata.insert("Id".into(), id.into()));
    let mut one = stack();
    one.tag("team", "billing");
    one.add("Handler", function());
    one.aspect(|_, resource| {
        if let Some(TemplateValue::String(id)) = resource.metadata.get_mut("Id") {
            id.push_str("-seen");
        }
    });
    app.add(one);
    let lowered = app.lower();
    let template = &lowered[0].template;
    for id in ["Handler", "HandlerLogs", "HandlerRole"] {
        assert_eq!(template.resources[id].metadata["Id"].as_str(), Some(format!("{id}-seen").as_str()));
        assert_eq!(property(template, id, "Tags"), "- Key: stage\n  Value: uat\n- Key: team\n  Value: billing\n");
    }
}

#[test]
fn what_an_aspect_does_is_checked_and_enters_derived_names() {
    let text = |subnet: Option<&'static str>| {
        let mut stack = stack();
        let own = given(&mut stack);
        let auth = ProxyAuth::iam(own.secret);
        stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
        stack.aspect(move |id, resource| {
            if let (Some(subnet), "Proxy") = (subnet, id) {
                let subnets = ["subnet-0a41d2c3b4e5f6071", subnet].map(TemplateValue::from);
                resource.properties.insert("VpcSubnetIds".into(), TemplateValue::list(subnets));
            }
        });
        property(&stack.lower().template, "Proxy", "DBProxyName")
    };
    assert_ne!(text(None), text(Some("subnet-0c83e3d4c5f607182")));
    let mut wrong = stack();
    wrong.add("Handler", function());
    wrong.aspect(|_, resource| _ = resource.properties.insert("Nonsense".into(), 1.into()));
    assert_eq!(codes(&faults(&wrong)), ["E3002"]);
}

/// What is told of a stack once its suppressions have their say, by code.
fn told(stack: &Stack) -> Vec<&'static str> {
    let lowered = stack.lower();
    let found = check(&lowered.template, &lowered.places, Some(REGION));
    let told = suppress(found, &lowered.goals.suppressed, &lowered.places, None);
    assert!(told.iter().all(|found| found.source.as_ref().is_some_and(|source| source.file.starts_with("tests/"))));
    codes(&told)
}

/// A stack with a finding about the role of its function.
fn widened(noun: impl FnOnce(Function) -> Function) -> Stack {
    let mut stack = stack();
    let own = given(&mut stack);
    let auth = ProxyAuth::iam(own.secret);
    let proxy = stack.add("Proxy", DatabaseProxy::new(own.database, auth, own.private, own.database_sg));
    let handler = stack.add("Handler", noun(function()));
    stack.grant(handler, proxy.connect_as(DbUser::Any));
    stack
}

#[test]
fn a_suppressed_finding_is_not_told_and_the_sidecar_says_so() {
    assert_eq!(told(&widened(|noun| noun)), ["P1002"]);
    let of_noun = widened(|noun| noun.suppress("P1002", "a tool for all"));
    assert_eq!(told(&of_noun), [""; 0]);
    assert_eq!(codes(&findings(&of_noun)), ["P1002"], "the rules themselves know nothing of it");
    let sidecar = yaml::value(&of_noun.lower().goals.to_value());
    let expect = "  - code: P1002\n    resource: HandlerRole\n    reason: a tool for all\n";
    assert!(sidecar.contains("suppressions:\n") && sidecar.contains(expect), "{sidecar}");
    let mut of_stack = widened(|noun| noun);
    of_stack.suppress("P1002", "tools for all");
    assert_eq!(told(&of_stack), [""; 0]);
    assert!(yaml::value(&of_stack.lower().goals.to_value()).contains("- code: P1002\n    reason: tools for all\n"));
}

#[test]
fn a_suppression_has_a_last_day_that_the_sidecar_says() {
    let lowered = widened(|noun| noun.suppress_until("2027-01-31", "P1002", "a tool for all")).lower();
    let days: Vec<_> =
        lowered.goals.suppressed.iter().map(|settled| settled.until.map(|day| day.to_string())).collect();
    assert!(!days.is_empty() && days.iter().all(|day| day.as_deref() == Some("2027-01-31")), "{days:?}");
    let told_on = |day: &str| -> Vec<&'static str> {
        let found = check(&lowered.template, &lowered.places, Some("ap-southeast-2"));
        let today = formwork::goal::date(day);
        let told = suppress(found, &lowered.goals.suppressed, &lowered.places, today);
        told.iter().map(|finding| finding.code.id).filter(|code| matches!(*code, "P1002" | "D1003")).collect()
    };
    assert_eq!(told_on("2027-01-31"), [""; 0]);
    assert_eq!(told_on("2027-02-01"), ["P1002", "D1003"]);
    let mut whole = widened(|noun| noun);
    whole.suppress_until("2027-13-01", "P1002", "tools for all");
    let wrong: Vec<_> = whole.lower().diagnostics.into_iter().filter(|finding| finding.code.id == "S1018").collect();
    assert_eq!(wrong.len(), 1);
    assert!(wrong[0].source.as_ref().is_some_and(|place| place.file.ends_with("language.rs")), "{wrong:#?}");
}

#[test]
fn a_suppression_that_nothing_needs_is_found_once() {
    assert_eq!(told(&widened(|noun| noun.suppress("P1002", "a tool").suppress("E3002", "none"))), ["D1002"]);
    let mut of_stack = widened(|noun| noun.suppress("P1002", "a tool"));
    of_stack.suppress("E3002", "none");
    let lowered = of_stack.lower();
    let found = check(&lowered.template, &lowered.places, Some(REGION));
    let told = suppress(found, &lowered.goals.suppressed, &lowered.places, None);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].message, "`E3002` is suppressed, and there is no such finding");
}

#[test]
fn a_rename_names_whatever_belongs_to_the_construct() {
    let mut stack = stack();
    let own = given(&mut stack);
    let group = stack.add("Group", SecurityGroup::new(own.vpc, "group").formerly("Old"));
    let auth = ProxyAuth::iam(own.secret);
    let proxy = DatabaseProxy::new(own.database, auth, own.private, group).formerly("OldProxy");
    let proxy = stack.add("Proxy", proxy);
    let handler = stack.add("Handler", function().formerly("Worker"));
    stack.grant(handler, handler.invoke());
    stack.allow(proxy, own.database);
    let renamed = stack.lower().goals.renamed;
    let renamed: Vec<_> = renamed.iter().map(|(name, former)| format!("{name} was {former}")).collect();
    let expect = [
        "DatabaseSgFromGroup5432 was DatabaseSgFromOld5432",
        "Group was Old",
        "GroupToDatabaseSg5432 was OldToDatabaseSg5432",
        "Handler was Worker",
        "HandlerLogs was WorkerLogs",
        "HandlerRole was WorkerRole",
        "HandlerRoleGrants was WorkerRoleGrants",
        "Proxy was OldProxy",
        "ProxyRole was OldProxyRole",
        "ProxyTargets was OldProxyTargets",
    ];
    assert_eq!(renamed, expect);
}

/// Literal, parameter and attribute serve alike in a property of every type.
#[test]
fn every_type_of_property_takes_literals_parameters_and_attributes() {
    let mut stack = stack();
    let raw = stack.add("Raw", Resource::raw("AWS::SQS::Queue", json!({})));
    let text = stack.parameter("Text", Parameter::text());
    let number = stack.parameter("Number", Parameter::number());
    let time = stack.parameter("Time", Parameter::seconds());
    let flag = stack.parameter("Flag", Parameter::flag());
    let arn = stack.parameter("Arn", Parameter::arn());
    let vpc = stack.parameter("Vpc", Parameter::vpc());
    let subnet = stack.parameter("Subnet", Parameter::subnet());
    let subnets = stack.parameter("Subnets", Parameter::subnets());
    let group = stack.parameter("Group", Parameter::security_group());
    let secret = stack.parameter("Secret", Parameter::secret());
    let given = given(&mut stack);
    let created = stack.import("Known", Vpc::existing(&vpc));
    let any = raw.any();
    let attribute = |name: &str| any.term(name);

    // Text, whole numbers, times, flags.
    let queue = sqs::Queue::new();
    for queue in
        [queue.clone().queue_name("x"), queue.clone().queue_name(&text), queue.clone().queue_name(raw.get("QueueName"))]
    {
        assert_eq!(queue.clone().bag().terms().len(), 1);
    }
    let number_attribute: Value<i64> = raw.any_attribute("Size");
    for queue in [
        queue.clone().maximum_message_size(9),
        queue.clone().maximum_message_size(&number),
        queue.clone().maximum_message_size(number_attribute),
    ] {
        assert_eq!(queue.clone().bag().terms().len(), 1);
    }
    let time_attribute: Value<Seconds> = raw.any_attribute("Time");
    for queue in [
        queue.clone().delay_seconds(seconds(3)),
        queue.clone().delay_seconds(&time),
        queue.clone().delay_seconds(time_attribute),
    ] {
        assert_eq!(queue.clone().bag().terms().len(), 1);
    }
    let flag_attribute: Value<bool> = raw.any_attribute("Flag");
    for queue in
        [queue.clone().fifo_queue(true), queue.clone().fifo_queue(&flag), queue.clone().fifo_queue(flag_attribute)]
    {
        assert_eq!(queue.clone().bag().terms().len(), 1);
    }
    // ARNs, ids, lists, maps, JSON, secrets.
    let source = EventSourceMapping::new("f");
    for source in [
        source.clone().event_source_arn("arn:aws:sqs:::q"),
        source.clone().event_source_arn(&arn),
        source.clone().event_source_arn(given.secret.arn()),
    ] {
        assert_eq!(source.clone().bag().terms().len(), 2);
    }
    let endpoint = ec2::VpcEndpoint::new("vpc-1");
    for endpoint in
        [endpoint.clone().vpc_id("vpc-2"), endpoint.clone().vpc_id(&vpc), endpoint.clone().vpc_id(created.id())]
    {
        assert_eq!(endpoint.clone().bag().terms().len(), 1);
    }
    for endpoint in [
        endpoint.clone().subnet_ids(["subnet-1"]),
        endpoint.clone().subnet_ids([&subnet]),
        endpoint.clone().subnet_ids(&subnets),
        endpoint.clone().subnet_ids(given.private.ids()),
    ] {
        assert_eq!(endpoint.clone().bag().terms().len(), 2);
    }
    for endpoint in [
        endpoint.clone().security_group_ids(["sg-1"]),
        endpoint.clone().security_group_ids([&group]),
        endpoint.clone().security_group_ids([given.database_sg.id()]),
    ] {
        assert_eq!(endpoint.clone().bag().terms().len(), 2);
    }
    for endpoint in [
        endpoint.clone().policy_document(json!({})),
        endpoint.clone().policy_document(text.clone()),
        endpoint.clone().policy_document(Json(attribute("Arn"))),
    ] {
        assert_eq!(endpoint.clone().bag().terms().len(), 2);
    }
    let database = rds::DbInstance::new();
    for database in
        [database.clone().master_user_password(given.secret.password()), database.clone().master_user_password(&secret)]
    {
        assert_eq!(database.clone().bag().terms().len(), 1);
    }
    stack.add("Database", rds::DbInstance::new().master_user_password(secret).db_instance_class("db.t4g.medium"));
    stack.add("Stored", secretsmanager::Secret::new().secret_string(given.secret.password()));
    let template = stack.lower().template;
    assert_eq!(property(&template, "Database", "MasterUserPassword"), "!Ref Secret\n");
    assert!(property(&template, "Stored", "SecretString").contains("{{resolve:secretsmanager:"));
}

#[test]
fn what_is_required_can_be_set_again() {
    let rule = ec2::SecurityGroupEgress::new("sg-09d2a1b2c3d4e5f60", "tcp").ip_protocol("udp");
    let mut stack = stack();
    stack.add("Rule", rule.from_port(53).to_port(53).cidr_ip("10.0.0.0/8"));
    assert_eq!(property(&stack.lower().template, "Rule", "IpProtocol"), "udp\n");
}

/// What `Fn::GetAtt` gives, of whatever type.
trait AnyAttribute {
    fn any_attribute<T>(self, name: &str) -> Value<T>;
}

impl AnyAttribute for Handle<Resource> {
    fn any_attribute<T>(self, name: &str) -> Value<T> {
        self.attribute(name)
    }
}
