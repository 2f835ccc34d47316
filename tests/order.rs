//! What must exist before what: what comes in time, what may be too late and what never comes, however it is written.

use formwork::diagnostic::Severity;
use formwork::goal::{Goal, Goals};
use formwork::prove::checker::faults;
use formwork::prove::{Facts, judge, prove_one};
use formwork::resolve::{Environment, Resolved};
use formwork::template::Template;
use formwork::template::parse::parse;

/// A function with a policy of its own, and a rotation that is permitted.
const FUNCTION: &str = r#"
Parameters: { Stage: { Type: String, AllowedValues: [dev, prod] } }
Conditions: { IsProd: !Equals [!Ref Stage, prod] }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }
  Network:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: network
      Roles: [!Ref Role]
      PolicyDocument:
        Statement: { Effect: Allow, Action: "ec2:*NetworkInterface*", Resource: "*" }
  Logs:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: logs
      Roles: [!Ref Role]
      PolicyDocument:
        Statement: { Effect: Allow, Action: "logs:*", Resource: !Sub "arn:${AWS::Partition}:logs:*:*:log-group:/aws/lambda/${Fn}:*" }
  Fn:
    Type: AWS::Lambda::Function
    DependsOn: Network
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: { ZipFile: x }
      VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: { GenerateSecretString: { SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password } }
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: { SecretId: !Ref Secret, TargetId: orders, TargetType: AWS::RDS::DBInstance }
  MayRotate:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !Ref Fn, Action: "lambda:InvokeFunction", Principal: secretsmanager.amazonaws.com }
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    DependsOn: MayRotate
    Properties: { SecretId: !Ref Attachment, RotationLambdaARN: !GetAtt Fn.Arn, RotationRules: { AutomaticallyAfterDays: 30 } }
"#;

/// A proxy, its database, its cluster or an existing one, each rule and policy a resource of its own.
const PROXY: &str = r#"
Parameters: { Stage: { Type: String, AllowedValues: [dev, prod] } }
Conditions: { IsProd: !Equals [!Ref Stage, prod] }
Resources:
  ProxySg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: proxy
      VpcId: vpc-00000001
      SecurityGroupEgress: [{ IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 127.0.0.1/32 }]
  DataSg:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: data, VpcId: vpc-00000001 }
  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: { GroupId: !Ref ProxySg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref DataSg }
  In:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: { GroupId: !Ref DataSg, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !Ref ProxySg }
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: { GenerateSecretString: { SecretStringTemplate: '{"username": "app"}', GenerateStringKey: password } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: sts:AssumeRole }
  Read:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: secret
      Roles: [!Ref Role]
      PolicyDocument: { Statement: { Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Secret } }
  Cluster:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-postgresql
      MasterUsername: app
      MasterUserPassword: !Sub "{{resolve:secretsmanager:${Secret}:SecretString:password}}"
      VpcSecurityGroupIds: [!Ref DataSg]
  Writer:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: aurora-postgresql, DBInstanceClass: db.r8g.large, DBClusterIdentifier: !Ref Cluster }
  Other:
    Type: AWS::RDS::DBInstance
    Properties: { Engine: mysql, DBInstanceClass: db.t4g.medium, DBSnapshotIdentifier: s }
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: orders
      EngineFamily: POSTGRESQL
      RequireTLS: true
      RoleArn: !GetAtt Role.Arn
      VpcSubnetIds: [subnet-00000001, subnet-00000002]
      VpcSecurityGroupIds: [!Ref ProxySg]
      Auth: [{ AuthScheme: SECRETS, SecretArn: !Ref Secret }]
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    DependsOn: [Out, In, Read, Writer]
    Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, DBClusterIdentifiers: [!Ref Cluster] }
"#;

fn read(text: &str) -> (Template, formwork::template::Places) {
    let (template, places, findings) = parse(text, "t.yaml");
    assert!(findings.is_empty(), "{findings:?}\n{text}");
    (template, places)
}

/// What is told of the order: `warning Fn: message`.
fn told(text: &str) -> Vec<String> {
    let (template, places) = read(text);
    let judged = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none());
    let of_order = judged.findings.iter().filter(|found| found.code.id == "N3213");
    let severity = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    of_order
        .map(|found| {
            let note = found.notes.first().map_or("", |note| note.split_once("order: ").map_or("", |(_, rest)| rest));
            let world = found.message.split_once(" where ").map_or("", |(_, world)| world);
            let world = if world.is_empty() { String::new() } else { format!(" where {world}") };
            format!("{} {}{world}", severity(found.severity), note).replace('`', "")
        })
        .collect()
}

/// A template with pieces of it changed gives these findings.
#[track_caller]
fn check(text: &str, changes: &[(&str, &str)], expect: &[&str]) {
    let changed = changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}`");
        text.replace(from, to)
    });
    assert_eq!(told(&changed), expect, "{changed}");
}

#[test]
fn what_is_waited_for_is_there_and_a_second_look_agrees() {
    for text in [FUNCTION, PROXY] {
        check(text, &[], &[]);
        let (template, places) = read(text);
        let judged = judge(&template, &places, &Environment::unknown(), &Goals::default(), Facts::none());
        let deploys: Vec<_> = judged.proofs.iter().filter(|proof| proof.goal.kind() == "deploys").collect();
        assert!(!deploys.is_empty());
        for proof in deploys {
            assert_eq!(faults(&template, proof), Vec::<String>::new());
            // Without what it is said to wait by, the second look says so.
            let mut apart = template.clone();
            apart.resources.values_mut().for_each(|resource| resource.depends_on.clear());
            let by_name = proof.steps.iter().any(|step| !step.message.contains("Attachment"));
            assert_eq!(faults(&apart, proof).is_empty(), !by_name, "{}", proof.goal);
        }
    }
}

#[test]
fn a_function_waits_for_the_policy_that_gives_it_interfaces() {
    let late = "warning Fn does not wait for Network, by which Fn can have network interfaces";
    let wait = "    DependsOn: Network\n";
    check(FUNCTION, &[(wait, "")], &[late]);
    check(
        FUNCTION,
        &[
            (wait, ""),
            (
                "AWS::IAM::Policy\n    Properties:\n      PolicyName: network\n      Roles",
                "AWS::IAM::ManagedPolicy\n    Properties:\n      Roles",
            ),
        ],
        &[late],
    );
    check(FUNCTION, &[(wait, "    DependsOn: Role\n")], &[late]);
    // By a reference instead, or by way of something else.
    check(
        FUNCTION,
        &[(wait, ""), ("Code: { ZipFile: x }", "Code: { ZipFile: x }\n      Description: !Ref Network")],
        &[],
    );
    check(
        FUNCTION,
        &[
            (wait, "    DependsOn: Middle\n"),
            ("  Secret:\n", "  Middle: { Type: AWS::SNS::Topic, DependsOn: Network }\n  Secret:\n"),
        ],
        &[],
    );
    // Somebody else lets it, so that it need not wait.
    let managed = "Properties:\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']\n      AssumeRolePolicyDocument:";
    check(FUNCTION, &[(wait, ""), ("Properties:\n      AssumeRolePolicyDocument:", managed)], &[]);
    // It is in no VPC.
    check(
        FUNCTION,
        &[(wait, ""), ("      VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] }\n", "")],
        &[],
    );
}

#[test]
fn a_policy_that_waits_for_its_function_is_too_late() {
    check(
        FUNCTION,
        &[
            ("    DependsOn: Network\n", ""),
            (
                "Action: \"ec2:*NetworkInterface*\", Resource: \"*\" }",
                "Action: [\"ec2:*NetworkInterface*\"], Resource: [\"*\", !GetAtt Fn.Arn] }",
            ),
        ],
        &["error Fn is created before Network, by which Fn can have network interfaces: its creation waits for Fn"],
    );
}

#[test]
fn a_rotation_waits_for_its_permission_and_for_what_it_reads() {
    let wait = "    DependsOn: MayRotate\n";
    let late = "warning Rotation does not wait for MayRotate, by which Secrets Manager can invoke Fn";
    check(FUNCTION, &[(wait, "")], &[late]);
    check(FUNCTION, &[(wait, ""), ("FunctionName: !Ref Fn", "FunctionName: !GetAtt Fn.Arn")], &[late]);
    check(FUNCTION, &[(wait, "    Metadata: { After: !Ref MayRotate }\n")], &[]);
    // Where nothing lets it at all, the hop of the permission says so.
    check(FUNCTION, &[(wait, ""), ("secretsmanager.amazonaws.com", "events.amazonaws.com")], &[]);
    let bare = "warning Rotation does not wait for Attachment, which writes into the secret where its database is";
    check(FUNCTION, &[("SecretId: !Ref Attachment", "SecretId: !Ref Secret")], &[bare]);
    check(
        FUNCTION,
        &[
            ("SecretId: !Ref Attachment", "SecretId: !GetAtt Secret.Id"),
            (wait, "    DependsOn: [MayRotate, Attachment]\n"),
        ],
        &[],
    );
    check(
        FUNCTION,
        &[
            ("SecretId: !Ref Attachment", "SecretId: !Ref Secret"),
            (r#"'{"username": "app"}'"#, r#"'{"username": "app", "host": "h"}'"#),
        ],
        &[],
    );
}

#[test]
fn a_target_group_waits_for_the_instances_of_its_cluster() {
    let late = "warning Targets does not wait for Writer of Cluster";
    check(PROXY, &[("Read, Writer]", "Read]")], &[late]);
    check(
        PROXY,
        &[("Read, Writer]", "Read]"), ("DBClusterIdentifier: !Ref Cluster", "DBClusterIdentifier: !Sub '${Cluster}'")],
        &[late],
    );
    check(
        PROXY,
        &[
            ("Read, Writer]", "Read]"),
            (
                "    Properties: { DBProxyName: !Ref Proxy,",
                "    Metadata: { After: !If [IsProd, !Ref Writer, nothing] }\n    Properties: { DBProxyName: !Ref Proxy,",
            ),
        ],
        &["warning Targets does not wait for Writer of Cluster where IsProd is false and Stage is dev"],
    );
    check(
        PROXY,
        &[("DBClusterIdentifiers: [!Ref Cluster]", "DBInstanceIdentifiers: [!Ref Other]"), ("Read, Writer]", "Read]")],
        &[],
    );
}

#[test]
fn what_comes_while_a_target_group_still_tries_is_advice() {
    check(
        PROXY,
        &[("[Out, In, Read, Writer]", "Writer")],
        &[
            "info Targets, which tries for some minutes, does not have to wait for Out and In, by which Proxy reaches Cluster",
            "info Targets, which tries for some minutes, does not have to wait for Read, by which Proxy can read its secret",
        ],
    );
    // One of two rules is enough.
    let second = "  In2:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: { GroupId: !Ref DataSg, IpProtocol: tcp, FromPort: 5000, ToPort: 6000, SourceSecurityGroupId: !Ref ProxySg }\n  Secret:\n";
    check(PROXY, &[("[Out, In, Read, Writer]", "[Out, In2, Read, Writer]"), ("  Secret:\n", second)], &[]);
}

#[test]
fn what_waits_for_something_slow_may_come_too_late() {
    check(
        PROXY,
        &[
            ("[Out, In, Read, Writer]", "[Out, Read, Writer]"),
            (
                "  In:\n    Type: AWS::EC2::SecurityGroupIngress\n",
                "  In:\n    Type: AWS::EC2::SecurityGroupIngress\n    DependsOn: Other\n",
            ),
        ],
        &[
            "warning Targets does not wait for In, by which Proxy reaches Cluster: that waits for Other, which takes its time",
        ],
    );
    // What the target group waits for too is no delay.
    check(
        PROXY,
        &[
            ("[Out, In, Read, Writer]", "[Out, Read, Writer]"),
            (
                "  In:\n    Type: AWS::EC2::SecurityGroupIngress\n",
                "  In:\n    Type: AWS::EC2::SecurityGroupIngress\n    DependsOn: Writer\n",
            ),
        ],
        &["info Targets, which tries for some minutes, does not have to wait for In, by which Proxy reaches Cluster"],
    );
}

#[test]
fn what_waits_for_the_target_group_never_comes() {
    let late = "error Targets is created before In, by which Proxy reaches Cluster: its creation waits for Targets";
    let on = |what| format!("  In:\n    Type: AWS::EC2::SecurityGroupIngress\n    DependsOn: {what}\n");
    let rule = "  In:\n    Type: AWS::EC2::SecurityGroupIngress\n";
    check(PROXY, &[("[Out, In, Read, Writer]", "[Out, Read, Writer]"), (rule, &on("Targets"))], &[late]);
    check(
        PROXY,
        &[
            ("[Out, In, Read, Writer]", "[Out, Read, Writer]"),
            (rule, &on("Later")),
            ("  Secret:\n", "  Later: { Type: AWS::SNS::Topic, DependsOn: Targets }\n  Secret:\n"),
        ],
        &[late],
    );
    let policy = ("Type: AWS::IAM::Policy\n", "Type: AWS::IAM::Policy\n    DependsOn: Targets\n");
    check(
        PROXY,
        &[("[Out, In, Read, Writer]", "[Out, In, Writer]"), policy],
        &["error Targets is created before Read, by which Proxy can read its secret: its creation waits for Targets"],
    );
}

#[test]
fn it_can_be_asked_for_by_name() {
    let (template, _) = read(PROXY);
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let proved = |what: &str| {
        let goal = Goal::Deploys { what: what.into() };
        let proof = prove_one(&resolved, &goal, Facts::none());
        assert_eq!(proof.goal, goal);
        proof.verdict.name()
    };
    assert_eq!(["Targets", "Secret", "Nobody"].map(proved), ["proved", "proved", "depends"]);
}

/// A custom resource whose function reads a secret, and reaches Secrets Manager by an endpoint.
const CUSTOM: &str = r#"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true }
  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } }
  Sg: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: both, VpcId: !Ref Vpc } }
  Itself:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: { GroupId: !Ref Sg, IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref Sg }
  Api:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      ServiceName: !Sub "com.amazonaws.${AWS::Region}.secretsmanager"
      VpcId: !Ref Vpc
      SubnetIds: [!Ref A]
      SecurityGroupIds: [!Ref Sg]
      PrivateDnsEnabled: true
  Secret: { Type: AWS::SecretsManager::Secret, Properties: { GenerateSecretString: { PasswordLength: 40 } } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
  Reads:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: secret
      Roles: [!Ref Role]
      PolicyDocument: { Statement: { Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Secret } }
  Fill:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: { ZipFile: x }
      VpcConfig: { SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg] }
      Environment: { Variables: { SECRET: !Ref Secret } }
  Filled:
    Type: Custom::Filled
    DependsOn: [Reads, Api, Itself]
    Properties: { ServiceToken: !GetAtt Fill.Arn }
"#;

#[test]
fn a_custom_resource_waits_for_what_its_function_needs() {
    let reads = "warning Filled does not wait for Reads, by which Fill can read its secret";
    let reaches = "warning Filled does not wait for Api, by which Fill reaches secretsmanager";
    check(CUSTOM, &[], &[]);
    check(CUSTOM, &[("[Reads, Api, Itself]", "[Api, Itself]")], &[reads]);
    check(CUSTOM, &[("[Reads, Api, Itself]", "[Reads, Itself]")], &[reaches]);
    // A rule takes seconds, a role and a function take longer.
    check(
        CUSTOM,
        &[("[Reads, Api, Itself]", "[Reads, Api]")],
        &["info Filled most likely comes after Itself, by which Fill reaches secretsmanager, and does not wait for it"],
    );
    // What a version and the framework of the CDK invoke is the function.
    let version = "  Live: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Fill } }\n  Filled:\n";
    check(
        CUSTOM,
        &[("  Filled:\n", version), ("!GetAtt Fill.Arn", "!Ref Live"), ("[Reads, Api, Itself]", "[Api, Itself]")],
        &[reads],
    );
    let framework = "  Framework:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: python3.13\n      Handler: f.handler\n      \
        Code: { ZipFile: x }\n      Role: arn:aws:iam::111122223333:role/framework\n      \
        Environment: { Variables: { USER_ON_EVENT_FUNCTION_ARN: !GetAtt Fill.Arn } }\n  Filled:\n";
    check(
        CUSTOM,
        &[
            ("ServiceToken: !GetAtt Fill.Arn", "ServiceToken: !GetAtt Framework.Arn"),
            ("  Filled:\n", framework),
            ("[Reads, Api, Itself]", "[Api, Itself]"),
        ],
        &[reads],
    );
}

#[test]
fn what_a_custom_resource_is_waited_for_by_never_comes() {
    let text = CUSTOM.replace("[Reads, Api, Itself]", "[Api, Itself]");
    check(
        &text,
        &[("  Reads:\n    Type: AWS::IAM::Policy\n", "  Reads:\n    Type: AWS::IAM::Policy\n    DependsOn: Filled\n")],
        &["error Filled is created before Reads, by which Fill can read its secret: its creation waits for Filled"],
    );
}

#[test]
fn a_function_that_others_invoke_may_not_need_it_then() {
    let rule = "  Nightly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 day), Targets: [{ Arn: !GetAtt Fill.Arn, Id: n }] } }\n  Filled:\n";
    check(CUSTOM, &[("[Reads, Api, Itself]", "[Api]"), ("  Filled:\n", rule)], &[]);
}
