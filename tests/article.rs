//! The reference architecture, part by part: what its template has, and what is said of it.
//!
//! A Lambda function in private subnets reaches a database through RDS Proxy. Each part is looked at in both designs: one
//! group that proxy and database share, as the article has it, and a group for each.

mod made;

use formwork::diagnostic::Diagnostic;
use formwork::prelude::*;
use formwork::template::Template;
use serde_json::json;

use crate::stack::{codes, faults, findings, function, property, resource};

/// Which groups there are.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Design {
    /// `LambdaSg`, and `RdsSg` for proxy and database.
    Shared,
    /// A group for each.
    Separate,
}

/// The architecture in the making.
struct Site {
    design: Design,
    stack: Stack,
    private: Handle<PrivateSubnets>,
    lambda_sg: Handle<SecurityGroup>,
    endpoint_sg: Handle<SecurityGroup>,
    key: Handle<Key>,
    secret: Handle<Secret>,
    database: Handle<DatabaseInstance>,
    proxy: Handle<DatabaseProxy>,
    handler: Handle<Function>,
}

impl Site {
    /// Everything that the article names, but for grants and the endpoint.
    fn new(design: Design, auth: fn(Handle<Secret>) -> ProxyAuth) -> Self {
        let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
        let mut stack = Stack::new("RdsProxy", &environment);
        let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
        let subnets = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"];
        let private = stack.import("Private", PrivateSubnets::existing(vpc, subnets));
        let rds_sg = stack.import("RdsSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
        let key = "arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d";
        let key = stack.import("Key", Key::existing(key));
        let secret = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow";
        let secret = Secret::existing(secret, EncryptedBy::Key(key)).user(user("billie"));
        let secret = stack.import("Secret", secret);
        let database = DatabaseInstance::existing("billie", Engine::Postgres, rds_sg)
            .endpoint("billie.c0ffee000000.ap-southeast-2.rds.amazonaws.com")
            .resource_id("db-ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        let database = stack.import("Database", database);

        let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
        let endpoint_sg = stack.add("EndpointSg", SecurityGroup::new(vpc, "RDS API"));
        let proxy_sg = match design {
            Design::Shared => rds_sg,
            Design::Separate => stack.add("ProxySg", SecurityGroup::new(vpc, "proxy")),
        };
        let noun = DatabaseProxy::new(database, auth(secret), private, proxy_sg);
        let proxy = stack.add("Proxy", noun.connection_borrow_timeout(seconds(20)));
        let noun = function().in_vpc(private, lambda_sg).env("DB_HOST", proxy.endpoint());
        let handler = stack.add("Handler", noun);
        match design {
            Design::Shared => {
                stack.allow(lambda_sg, rds_sg.on(tcp(5432)));
                stack.allow(rds_sg, rds_sg.on(tcp(5432)));
            }
            Design::Separate => {
                stack.allow(handler, proxy);
                stack.allow(proxy, database);
            }
        }
        Self { design, stack, private, lambda_sg, endpoint_sg, key, secret, database, proxy, handler }
    }

    /// The template. Nothing is wrong with it.
    fn template(&self) -> Template {
        let faults = faults(&self.stack);
        assert!(faults.is_empty(), "{:?}: {faults:#?}", self.design);
        self.stack.lower().template
    }

    /// What is said of it, but for what is said of its design.
    fn said(&self) -> Vec<Diagnostic> {
        findings(&self.stack).into_iter().filter(|found| found.code.id != "N1002").collect()
    }
}

/// Looks at a part in both designs, with clients that log in by IAM token.
#[track_caller]
fn both(look: impl Fn(Site)) {
    both_with(ProxyAuth::iam, look);
}

#[track_caller]
fn both_with(auth: fn(Handle<Secret>) -> ProxyAuth, look: impl Fn(Site)) {
    for design in [Design::Shared, Design::Separate] {
        look(Site::new(design, auth));
    }
}

/// The policies of a role, by name.
fn policy(template: &Template, role: &str, name: &str) -> Option<String> {
    let policies = template.resources[role].properties.get("Policies")?.as_list()?;
    let named = policies.iter().filter_map(|policy| policy.as_map());
    let policy = named.into_iter().find(|policy| policy["PolicyName"].as_str() == Some(name))?;
    Some(formwork::emit::yaml::value(&policy["PolicyDocument"].as_map()?["Statement"]))
}

#[test]
fn two_security_groups_one_of_which_admits_itself() {
    let site = Site::new(Design::Shared, ProxyAuth::iam);
    let template = site.template();
    let rules = template.resources.iter().filter(|(_, resource)| resource.kind.contains("::SecurityGroup"));
    assert_eq!(
        rules.map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        [
            "EndpointSg",
            "LambdaSg",
            "LambdaSgToRdsSg5432",
            "RdsSgFromLambdaSg5432",
            "RdsSgFromRdsSg5432",
            "RdsSgToRdsSg5432"
        ]
    );
    let expect = "Type: AWS::EC2::SecurityGroupIngress
Properties:
  Description: from LambdaSg
  FromPort: 5432
  GroupId: sg-09d2a1b2c3d4e5f60
  IpProtocol: tcp
  SourceSecurityGroupId: !GetAtt LambdaSg.GroupId
  ToPort: 5432
";
    assert_eq!(resource(&template, "RdsSgFromLambdaSg5432"), expect);
    let own = expect.replace("from LambdaSg", "from RdsSg").replace("!GetAtt LambdaSg.GroupId", "sg-09d2a1b2c3d4e5f60");
    assert_eq!(resource(&template, "RdsSgFromRdsSg5432"), own);
    assert_eq!(codes(&findings(&site.stack)), ["N1002"]);
}

#[test]
fn two_security_groups_of_this_stack_are_no_cycle() {
    let mut site = Site::new(Design::Shared, ProxyAuth::iam);
    let vpc = site.stack.import("OtherVpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    let rds_sg = site.stack.add("NewRdsSg", SecurityGroup::new(vpc, "proxy and database"));
    site.stack.allow(site.lambda_sg, rds_sg.on(tcp(5432)));
    site.stack.allow(rds_sg, rds_sg.on(tcp(5432)));
    let template = site.template();
    let own = property(&template, "NewRdsSgFromNewRdsSg5432", "SourceSecurityGroupId");
    assert_eq!(own, "!GetAtt NewRdsSg.GroupId\n");
}

#[test]
fn a_group_for_each_lets_nobody_pass_by_the_proxy() {
    let site = Site::new(Design::Separate, ProxyAuth::iam);
    let template = site.template();
    let into_database: Vec<_> = template.resources.keys().filter(|id| id.starts_with("RdsSgFrom")).collect();
    assert_eq!(into_database, ["RdsSgFromProxySg5432"]);
    assert_eq!(property(&template, "ProxySgFromLambdaSg5432", "SourceSecurityGroupId"), "!GetAtt LambdaSg.GroupId\n");
    assert_eq!(codes(&findings(&site.stack)), [""; 0]);
}

#[test]
fn the_function_may_connect_as_one_user() {
    both(|mut site| {
        site.stack.grant(site.handler, site.proxy.connect());
        let expect = r#"- Effect: Allow
  Action: rds-db:connect
  Resource: !Sub
    - arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${ResourceId}/billie
    - ResourceId: !Select [6, !Split [":", !GetAtt Proxy.DBProxyArn]]
"#;
        assert_eq!(policy(&site.template(), "HandlerRole", "grants").unwrap(), expect);
        assert_eq!(codes(&site.said()), [""; 0]);
    });
}

#[test]
fn the_function_may_connect_as_any_user_and_is_told_what_that_widens() {
    both(|mut site| {
        site.stack.grant(site.handler, site.proxy.connect_as(DbUser::Any));
        let grants = policy(&site.template(), "HandlerRole", "grants").unwrap();
        assert!(grants.contains(":dbuser:${ResourceId}/*\n"), "{grants}");
        assert!(!grants.contains("111122223333") && !grants.contains("prx-"), "{grants}");
        let said = site.said();
        assert_eq!(codes(&said), ["P1002"]);
        assert!(said[0].message.contains("the master user included"), "{}", said[0].message);
    });
}

#[test]
fn the_grant_to_connect_is_idle_where_passwords_are_taken() {
    both_with(ProxyAuth::password, |mut site| {
        site.stack.grant(site.handler, site.proxy.connect());
        site.template();
        assert_eq!(codes(&site.said()), ["P1001"]);
    });
    both_with(ProxyAuth::password, |mut site| {
        site.stack.grant(site.handler, site.proxy.connect_as(DbUser::Any));
        assert_eq!(codes(&site.said()), ["P1001", "P1002"]);
    });
}

#[test]
fn the_function_may_describe_the_proxy() {
    both(|mut site| {
        site.stack.grant(site.handler, site.proxy.describe());
        let expect = "- Effect: Allow\n  Action: rds:DescribeDBProxies\n  Resource: !GetAtt Proxy.DBProxyArn\n";
        assert_eq!(policy(&site.template(), "HandlerRole", "grants").unwrap(), expect);
    });
}

#[test]
fn the_function_may_keep_its_network_interfaces() {
    both(|site| {
        let template = site.template();
        let network = policy(&template, "HandlerRole", "network").unwrap();
        for action in ["CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces"] {
            assert!(network.contains(&format!("- ec2:{action}\n")), "{network}");
        }
        assert!(network.contains("  Resource: \"*\"\n"), "{network}");
        // To Lambda, that is: its requests carry no ARN of a function, those of the code do.
        assert!(network.ends_with("lambda:SourceFunctionArn: \"false\"\n"), "{network}");
        // Inside the role, which the function refers to: so it is there before the function is.
        assert_eq!(property(&template, "Handler", "Role"), "!GetAtt HandlerRole.Arn\n");
    });
}

#[test]
fn a_function_outside_any_vpc_needs_no_network_interfaces() {
    both(|mut site| {
        site.stack.add("Outside", function());
        assert_eq!(policy(&site.template(), "OutsideRole", "network"), None);
    });
}

#[test]
fn the_proxy_logs_in_with_a_secret() {
    both_with(ProxyAuth::password, |site| {
        let template = site.template();
        let auth = property(&template, "Proxy", "Auth");
        assert_eq!(
            auth,
            "- AuthScheme: SECRETS\n  IAMAuth: DISABLED\n  SecretArn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow\n"
        );
        assert_eq!(property(&template, "Proxy", "RoleArn"), "!GetAtt ProxyRole.Arn\n");
        assert_eq!(property(&template, "Proxy", "RequireTLS"), "true\n");
    });
}

#[test]
fn the_proxy_logs_in_by_its_role() {
    both_with(
        |_| ProxyAuth::end_to_end(user("billie")),
        |mut site| {
            site.stack.grant(site.handler, site.proxy.connect());
            let template = site.template();
            assert_eq!(property(&template, "Proxy", "DefaultAuthScheme"), "IAM_AUTH\n");
            assert!(!template.resources["Proxy"].properties.contains_key("Auth"));
            assert_eq!(policy(&template, "ProxyRole", "secrets"), None);
            let database = policy(&template, "ProxyRole", "database").unwrap();
            assert_eq!(
                database,
                "- Effect: Allow\n  Action: rds-db:connect\n  Resource: !Sub arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:db-ABCDEFGHIJKLMNOPQRSTUVWXYZ/billie\n"
            );
            assert_eq!(codes(&site.said()), [""; 0]);
        },
    );
}

#[test]
fn the_proxy_is_bound_to_the_vpc() {
    both(|mut site| {
        let template = site.template();
        let subnets = property(&template, "Proxy", "VpcSubnetIds");
        assert_eq!(subnets, "- subnet-0a41d2c3b4e5f6071\n- subnet-0b72d2c3b4e5f6072\n");
        let outside = site.stack.add("Outside", function());
        site.stack.allow(outside, site.proxy);
        let said = faults(&site.stack);
        assert_eq!(codes(&said), ["S1003"]);
        assert_eq!(said[0].message, "`Outside` has no security group, so no traffic can be allowed from it");
    });
}

#[test]
fn the_database_stays_usable_beside_the_proxy() {
    both(|mut site| {
        let noun = function()
            .in_vpc(site.private, site.lambda_sg)
            .env("DB_HOST", site.database.endpoint())
            .env("PROXY_HOST", site.proxy.endpoint());
        let migration = site.stack.add("Migration", noun);
        site.stack.allow(migration, site.database);
        let template = site.template();
        assert_eq!(
            property(&template, "Migration", "Environment"),
            "Variables:\n  DB_HOST: billie.c0ffee000000.ap-southeast-2.rds.amazonaws.com\n  PROXY_HOST: !GetAtt Proxy.Endpoint\n"
        );
        assert_eq!(property(&template, "RdsSgFromLambdaSg5432", "GroupId"), "sg-09d2a1b2c3d4e5f60\n");
    });
}

const SECRET: &str = "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow";

#[test]
fn the_proxys_role_reads_the_secret() {
    both(|site| {
        let template = site.template();
        let secrets = policy(&template, "ProxyRole", "secrets").unwrap();
        let expect = format!("- Effect: Allow\n  Action: secretsmanager:GetSecretValue\n  Resource: {SECRET}\n");
        assert!(secrets.starts_with(&expect), "{secrets}");
        let trust = property(&template, "ProxyRole", "AssumeRolePolicyDocument");
        assert!(trust.contains("Service: rds.amazonaws.com\n"), "{trust}");
    });
}

#[test]
fn the_articles_four_actions_on_the_secret_are_there_on_request() {
    let reads = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    let more = ["secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds"];
    both(|mut site| {
        site.stack.grant(site.proxy, site.secret.access(SecretAccess::Full));
        site.stack.grant(site.handler, site.secret.read());
        let template = site.template();
        let full = policy(&template, "ProxyRole", "grants").unwrap();
        let read = policy(&template, "HandlerRole", "grants").unwrap();
        assert!(reads.iter().all(|action| full.contains(action) && read.contains(action)), "{full}{read}");
        assert!(more.iter().all(|action| full.contains(action) && !read.contains(action)), "{full}{read}");
    });
}

#[test]
fn the_proxys_role_decrypts_through_secrets_manager_only() {
    both(|site| {
        let secrets = policy(&site.template(), "ProxyRole", "secrets").unwrap();
        let expect = "- Effect: Allow
  Action: kms:Decrypt
  Resource: arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d
  Condition:
    StringEquals:
      kms:ViaService: !Sub secretsmanager.${AWS::Region}.amazonaws.com
";
        assert!(secrets.ends_with(expect), "{secrets}");
        let assumed: Vec<_> = site.stack.lower().goals.assumed.iter().map(ToString::to_string).collect();
        let expect = "the key policy of Key lets the account's IAM policies decide: the key exists outside this stack";
        assert_eq!(assumed, [expect]);
    });
}

#[test]
fn a_reason_can_be_given_for_what_is_taken_on_trust() {
    both(|mut site| {
        site.stack.assume(site.proxy.can(site.key.decrypt()), "the platform team's key policy delegates to IAM");
        let assumed: Vec<_> = site.stack.lower().goals.assumed.iter().map(ToString::to_string).collect();
        let expect = "Proxy can kms:Decrypt on arn:aws:kms:ap-southeast-2:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d: the platform team's key policy delegates to IAM";
        assert!(assumed.contains(&expect.to_owned()), "{assumed:?}");
    });
}

#[test]
fn passwords_are_neither_made_up_nor_secrets_listed_unless_asked_for() {
    both(|mut site| {
        let text = formwork::emit::yaml::template(&site.template());
        assert!(!text.contains("GetRandomPassword") && !text.contains("ListSecrets"), "{text}");
        site.stack.grant(site.proxy, Secret::random_password());
        site.stack.grant(site.proxy, Secret::list());
        let expect = "- Effect: Allow
  Action: secretsmanager:GetRandomPassword
  Resource: \"*\"
- Effect: Allow
  Action: secretsmanager:ListSecrets
  Resource: \"*\"
";
        assert_eq!(policy(&site.template(), "ProxyRole", "grants").unwrap(), expect);
    });
}

#[test]
fn an_interface_endpoint_serves_the_rds_api() {
    both(|mut site| {
        let noun = InterfaceEndpoint::new(Service::Rds, site.private, site.endpoint_sg);
        let rds_api = site.stack.add("RdsApi", noun);
        site.stack.allow(site.handler, rds_api);
        site.stack.grant(site.handler, site.proxy.describe());
        let template = site.template();
        let expect = "Type: AWS::EC2::VPCEndpoint
Properties:
  PrivateDnsEnabled: false
  SecurityGroupIds:
    - !GetAtt EndpointSg.GroupId
  ServiceName: !Sub com.amazonaws.${AWS::Region}.rds
  SubnetIds:
    - subnet-0a41d2c3b4e5f6071
    - subnet-0b72d2c3b4e5f6072
  VpcEndpointType: Interface
  VpcId: vpc-0c1e37a9d4b85f620
";
        assert_eq!(resource(&template, "RdsApi"), expect);
        assert_eq!(property(&template, "EndpointSgFromLambdaSg443", "FromPort"), "443\n");
        assert_eq!(property(&template, "LambdaSgToEndpointSg443", "ToPort"), "443\n");
        assert_eq!(codes(&site.said()), [""; 0]);
    });
}

#[test]
fn an_endpoint_for_the_rds_api_that_nothing_calls_is_pointed_out() {
    both(|mut site| {
        let rds_api = InterfaceEndpoint::new(Service::Rds, site.private, site.endpoint_sg);
        let rds_api = site.stack.add("RdsApi", rds_api);
        site.stack.allow(site.handler, rds_api);
        site.stack.grant(site.handler, site.proxy.connect());
        let said = site.said();
        assert_eq!(codes(&said), ["N1001"]);
        assert!(said[0].help.as_ref().unwrap().contains("SQL does not go through it"));
    });
}

#[test]
fn an_endpoint_for_any_service_takes_private_dns_and_a_policy() {
    both(|mut site| {
        let statement =
            json!({"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"});
        let noun = InterfaceEndpoint::new(Service::SecretsManager, site.private, site.endpoint_sg)
            .private_dns(true)
            .policy(json!({"Version": "2012-10-17", "Statement": [statement]}));
        site.stack.add("SecretsApi", noun);
        let other = Service::Other("ecr.api".into());
        site.stack.add("EcrApi", InterfaceEndpoint::new(other, site.private, site.endpoint_sg));
        let template = site.template();
        assert_eq!(property(&template, "SecretsApi", "PrivateDnsEnabled"), "true\n");
        let policy = property(&template, "SecretsApi", "PolicyDocument");
        assert!(policy.contains("Action: secretsmanager:GetSecretValue\n"), "{policy}");
        assert_eq!(property(&template, "EcrApi", "ServiceName"), "!Sub com.amazonaws.${AWS::Region}.ecr.api\n");
    });
}

#[test]
fn the_function_is_given_the_proxys_endpoint_and_that_is_all() {
    both(|site| {
        let template = site.template();
        assert_eq!(property(&template, "Handler", "Environment"), "Variables:\n  DB_HOST: !GetAtt Proxy.Endpoint\n");
        assert_eq!(property(&template, "ProxyTargets", "DBInstanceIdentifiers"), "- billie\n");
        assert_eq!(property(&template, "ProxyTargets", "DBProxyName"), "!Ref Proxy\n");
    });
}
