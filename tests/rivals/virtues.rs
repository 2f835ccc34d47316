//! What a careful hand-written template has.

use super::{MADE, made, of_type, policies};

#[test]
fn the_vpc_resolves_names() {
    assert_eq!(made("Vpc", "EnableDnsSupport"), "true\n");
    assert_eq!(made("Vpc", "EnableDnsHostnames"), "true\n");
}

#[test]
fn function_and_database_have_subnets_of_their_own_in_two_zones() {
    let subnets = |id, name: &str| made(id, name);
    assert!(
        made("Handler", "VpcConfig").contains("- !Ref Private1\n")
            && made("Handler", "VpcConfig").contains("- !Ref Private2\n")
    );
    assert_eq!(subnets("DatabaseSubnets", "SubnetIds"), "- !Ref Data1\n- !Ref Data2\n");
    assert_eq!(subnets("Proxy", "VpcSubnetIds"), "- !Ref Data1\n- !Ref Data2\n");
    for tier in ["Private", "Data"] {
        let zones = [1, 2].map(|n| made(&format!("{tier}{n}"), "AvailabilityZone"));
        assert_eq!(zones, ["!Select [0, !GetAZs \"\"]\n", "!Select [1, !GetAZs \"\"]\n"]);
    }
}

#[test]
fn no_subnet_gives_public_addresses_or_has_a_way_out() {
    let subnets = of_type("AWS::EC2::Subnet");
    assert_eq!(subnets.len(), 4);
    subnets.iter().for_each(|id| assert_eq!(made(id, "MapPublicIpOnLaunch"), "false\n"));
    assert!(of_type("AWS::EC2::Route").is_empty() && of_type("AWS::EC2::InternetGateway").is_empty());
}

#[test]
fn every_group_says_what_goes_out() {
    let groups = of_type("AWS::EC2::SecurityGroup");
    assert_eq!(groups, ["DatabaseSg", "LambdaSg", "ProxySg", "RdsApiSg", "RotationSg", "SecretsApiSg"]);
    for id in groups {
        assert!(made(id, "SecurityGroupEgress").contains("CidrIp: 127.0.0.1/32\n"), "{id}");
    }
}

#[test]
fn traffic_goes_from_group_to_group_on_one_port() {
    for kind in ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"] {
        for id in of_type(kind) {
            assert_eq!(made(id, "FromPort"), made(id, "ToPort"), "{id}");
            assert!(!MADE.resources[id].properties.contains_key("CidrIp"), "{id}");
        }
    }
}

#[test]
fn the_key_lets_the_account_decide_and_logs_use_it_for_this_account() {
    let policy = made("Key", "KeyPolicy");
    assert!(policy.contains("AWS: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:root\n"), "{policy}");
    assert!(policy.contains("Service: !Sub logs.${AWS::Region}.amazonaws.com\n"), "{policy}");
    assert!(policy.contains("kms:EncryptionContext:aws:logs:arn: !Sub arn:${AWS::Partition}:logs:"), "{policy}");
}

#[test]
fn the_key_is_rotated_and_stays() {
    assert_eq!(made("Key", "EnableKeyRotation"), "true\n");
    assert_eq!(MADE.resources["Key"].deletion_policy, Some("Retain".into()));
}

#[test]
fn the_key_has_an_alias() {
    assert_eq!(made("KeyAlias", "AliasName"), "!Sub alias/${AWS::StackName}\n");
    assert_eq!(made("KeyAlias", "TargetKeyId"), "!Ref Key\n");
}

#[test]
fn the_secret_is_made_up_encrypted_and_attached() {
    assert!(made("Secret", "GenerateSecretString").contains("PasswordLength: 32\n"));
    assert_eq!(made("Secret", "KmsKeyId"), "!GetAtt Key.Arn\n");
    assert_eq!(made("DatabaseAttachment", "SecretId"), "!GetAtt Secret.Id\n");
    assert_eq!(made("DatabaseAttachment", "TargetId"), "!Ref Database\n");
}

#[test]
fn the_secret_is_rotated_once_all_that_a_rotation_needs_is_there() {
    let rotation = &MADE.resources["Rotation"];
    for needed in ["DatabaseAttachment", "RotationSgToDatabaseSg5432", "RotationSgToSecretsApiSg443", "SecretsApi"] {
        assert!(rotation.depends_on.iter().any(|id| id == needed), "{needed}: {:?}", rotation.depends_on);
    }
}

#[test]
fn the_database_requires_tls() {
    let parameters = made("DatabaseParameters", "Parameters");
    assert!(
        parameters.contains("rds.force_ssl: \"1\"\n") && parameters.contains("log_statement: ddl\n"),
        "{parameters}"
    );
    assert_eq!(made("Database", "DBParameterGroupName"), "!Ref DatabaseParameters\n");
    assert_eq!(made("Proxy", "RequireTLS"), "true\n");
}

#[test]
fn the_database_is_encrypted_and_private() {
    assert_eq!(made("Database", "StorageEncrypted"), "true\n");
    assert_eq!(made("Database", "KmsKeyId"), "!GetAtt Key.Arn\n");
    assert_eq!(made("Database", "PubliclyAccessible"), "false\n");
    assert_eq!(made("Database", "StorageType"), "gp3\n");
}

#[test]
fn the_database_is_measured() {
    assert_eq!(made("Database", "MonitoringInterval"), "60\n");
    assert_eq!(made("Database", "MonitoringRoleArn"), "!GetAtt DatabaseMonitoringRole.Arn\n");
}

#[test]
fn the_load_of_the_database_is_recorded_under_the_key() {
    assert_eq!(made("Database", "EnablePerformanceInsights"), "true\n");
    assert_eq!(made("Database", "PerformanceInsightsKMSKeyId"), "!GetAtt Key.Arn\n");
}

#[test]
fn the_logs_of_the_database_go_to_cloudwatch() {
    assert_eq!(made("Database", "EnableCloudwatchLogsExports"), "- postgresql\n- upgrade\n");
}

#[test]
fn the_database_is_backed_up_and_leaves_a_snapshot() {
    assert_eq!(made("Database", "BackupRetentionPeriod"), "!Ref DatabaseBackupDays\n");
    assert_eq!(MADE.parameters["DatabaseBackupDays"].default, Some(14.into()));
    assert_eq!(made("Database", "CopyTagsToSnapshot"), "true\n");
    let database = &MADE.resources["Database"];
    assert_eq!([&database.deletion_policy, &database.update_replace_policy], [&Some("Snapshot".into()); 2]);
}

#[test]
fn the_database_is_protected_and_has_a_standby() {
    for (property, parameter) in [("DeletionProtection", "DatabaseDeletionProtection"), ("MultiAZ", "DatabaseMultiAz")]
    {
        assert_eq!(made("Database", property), format!("!Ref {parameter}\n"));
        assert_eq!(MADE.parameters[parameter].default, Some("true".into()));
    }
}

#[test]
fn the_endpoint_gives_out_the_one_secret_to_this_account() {
    let policy = made("SecretsApi", "PolicyDocument");
    assert!(policy.contains("- secretsmanager:GetSecretValue\n"), "{policy}");
    assert!(policy.contains("Resource: !GetAtt Secret.Id\n"), "{policy}");
    assert_eq!(policy.matches("aws:PrincipalAccount: !Ref AWS::AccountId\n").count(), 2, "{policy}");
    assert_eq!(policy.matches("Resource: \"*\"").count(), 1, "making up a password knows no resource: {policy}");
}

#[test]
fn the_services_own_names_lead_to_the_endpoints() {
    ["RdsApi", "SecretsApi"].iter().for_each(|id| assert_eq!(made(id, "PrivateDnsEnabled"), "true\n"));
}

#[test]
fn the_log_is_encrypted_and_kept_for_a_while() {
    assert_eq!(made("HandlerLogs", "KmsKeyId"), "!GetAtt Key.Arn\n");
    assert_eq!(made("HandlerLogs", "RetentionInDays"), "!Ref FunctionLogDays\n");
}

#[test]
fn the_environment_is_encrypted() {
    assert_eq!(made("Handler", "KmsKeyArn"), "!GetAtt Key.Arn\n");
}

#[test]
fn the_log_is_json_in_the_group_of_the_stack() {
    assert_eq!(made("Handler", "LoggingConfig"), "LogFormat: JSON\nLogGroup: !Ref HandlerLogs\n");
    assert!(!policies("HandlerRole").contains("logs:CreateLogGroup"));
}

#[test]
fn the_function_opens_so_many_connections_at_most() {
    assert_eq!(made("Handler", "ReservedConcurrentExecutions"), "10\n");
}

#[test]
fn the_proxy_is_there_once_it_can_log_in_and_the_function_after_it() {
    let targets = &MADE.resources["ProxyTargets"].depends_on;
    assert_eq!(*targets, ["DatabaseAttachment", "DatabaseSgFromProxySg5432", "ProxySgToDatabaseSg5432"]);
    let handler = &MADE.resources["Handler"].depends_on;
    for needed in ["LambdaSgToProxySg5432", "ProxySgFromLambdaSg5432", "ProxyTargets"] {
        assert!(handler.iter().any(|id| id == needed), "{needed}: {handler:?}");
    }
}

#[test]
fn the_function_connects_as_one_user_through_one_proxy() {
    let policies = policies("HandlerRole");
    assert!(policies.contains(":dbuser:${ResourceId}/billie\n"), "{policies}");
    assert!(policies.contains("!Select [6, !Split [\":\", !GetAtt Proxy.DBProxyArn]]\n"), "{policies}");
}

#[test]
fn the_code_of_the_function_keeps_off_network_interfaces() {
    let policies = policies("HandlerRole");
    let (_, denied) = policies.split_once("Effect: Deny\n").unwrap_or_else(|| panic!("{policies}"));
    for action in ["AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"] {
        assert!(denied.contains(&format!("- ec2:{action}\n")), "{policies}");
    }
    // Lambda itself asks without the ARN of the function; the condition names none, which would be a cycle.
    assert!(denied.contains("lambda:SourceFunctionArn: \"false\"\n"), "{policies}");
}

#[test]
fn outputs_say_what_there_is_and_are_described() {
    let outputs: Vec<_> = MADE.outputs.keys().map(String::as_str).collect();
    assert_eq!(outputs, ["DatabaseEndpoint", "FunctionName", "ProxyEndpoint", "SecretArn", "VpcId"]);
    assert!(MADE.outputs.values().all(|output| output.description.is_some()));
}

#[test]
fn parameters_are_described() {
    assert!(MADE.parameters.len() >= 8);
    assert!(MADE.parameters.values().all(|parameter| parameter.description.is_some()));
}
