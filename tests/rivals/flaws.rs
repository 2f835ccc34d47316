//! What templates of other tools get wrong.

use formwork::emit::yaml;

use super::{MADE, made, of_type, policies};

#[test]
fn no_group_is_open_to_anywhere() {
    for kind in ["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"] {
        for id in of_type(kind) {
            let text = format!("{:?}", MADE.resources[id].properties);
            assert!(!text.contains("0.0.0.0/0") && !text.contains("::/0"), "{id}: {text}");
        }
    }
}

#[test]
fn no_endpoint_is_open_to_the_range_of_the_vpc() {
    for (group, from) in [("SecretsApiSg", "LambdaSg"), ("RdsApiSg", "LambdaSg")] {
        assert!(!MADE.resources[group].properties.contains_key("SecurityGroupIngress"), "{group}");
        let rule = format!("{group}From{from}443");
        assert_eq!(made(&rule, "SourceSecurityGroupId"), format!("!GetAtt {from}.GroupId\n"));
    }
}

#[test]
fn the_proxy_decrypts_through_secrets_manager_only() {
    let policies = policies("ProxyRole");
    assert!(policies.contains("Action: kms:Decrypt\n"), "{policies}");
    assert!(policies.contains("kms:ViaService: !Sub secretsmanager.${AWS::Region}.amazonaws.com\n"), "{policies}");
}

#[test]
fn the_name_of_the_proxy_does_not_stand_in_the_way_of_its_replacement() {
    let name = made("Proxy", "DBProxyName");
    assert!(name.contains("proxy-") && name.contains("${Stack}") && name.contains("AWS::StackId"), "{name}");
}

#[test]
fn grants_are_there_before_what_needs_them() {
    assert!(of_type("AWS::IAM::Policy").is_empty(), "a policy apart from its role comes when it likes");
    assert!(policies("ProxyRole").contains("secretsmanager:GetSecretValue"));
    assert_eq!(made("Proxy", "RoleArn"), "!GetAtt ProxyRole.Arn\n");
    assert_eq!(made("Handler", "Role"), "!GetAtt HandlerRole.Arn\n");
}

#[test]
fn the_secret_stays_where_the_database_does() {
    assert_eq!(MADE.resources["Database"].deletion_policy, Some("Snapshot".into()));
    let secret = &MADE.resources["Secret"];
    assert_eq!([&secret.deletion_policy, &secret.update_replace_policy], [&Some("Retain".into()); 2]);
}

#[test]
fn the_name_of_the_master_user_is_no_reference_whose_change_replaces_the_database() {
    assert_eq!(made("Database", "MasterUsername"), "billie\n");
}

#[test]
fn backups_protection_and_log_exports_are_said() {
    for property in ["BackupRetentionPeriod", "DeletionProtection", "EnableCloudwatchLogsExports"] {
        assert!(MADE.resources["Database"].properties.contains_key(property), "{property}");
    }
}

#[test]
fn the_version_is_in_full() {
    assert_eq!(made("Database", "EngineVersion"), "\"17.11\"\n");
}

#[test]
fn addresses_are_of_the_deployers_choice() {
    assert_eq!(made("Vpc", "CidrBlock"), "!Ref NetworkRange\n");
    for id in of_type("AWS::EC2::Subnet") {
        assert!(made(id, "CidrBlock").contains("!Cidr [!GetAtt Vpc.CidrBlock, 16, 8]"), "{id}");
    }
}

#[test]
fn nothing_is_needed_in_the_account_beforehand() {
    let text = yaml::template(&MADE);
    for word in ["bootstrap", "AWS::SSM::Parameter", "Metadata", "AWS::CloudFormation::CustomResource", "Custom::"] {
        assert!(!text.contains(word), "{word}");
    }
}
