//! What the facts do not say: which numbers are times and in what unit, and which texts are ids or ARNs.
//!
//! Each line rests on the page of its type in the template reference.

use serde_json::Value;

use super::kind::Kind;

/// Numbers that are seconds without saying so in their name: the type, and the property with what holds it.
#[rustfmt::skip]
const SECONDS: &[(&str, &str)] = &[
    ("AWS::ApiGatewayV2::Api", "Cors.MaxAge"),
    ("AWS::CloudWatch::Alarm", "MetricDataQuery.Period"),
    ("AWS::CloudWatch::Alarm", "MetricStat.Period"),
    ("AWS::CloudWatch::Alarm", "Period"),
    ("AWS::EC2::DHCPOptions", "Ipv6AddressPreferredLeaseTime"),
    ("AWS::EC2::FlowLog", "MaxAggregationInterval"),
    ("AWS::IAM::Role", "MaxSessionDuration"),
    ("AWS::Lambda::Function", "DurableConfig.ExecutionTimeout"),
    ("AWS::Lambda::Function", "Timeout"),
    ("AWS::Lambda::Url", "Cors.MaxAge"),
    ("AWS::RDS::DBCluster", "BacktrackWindow"),
    ("AWS::RDS::DBCluster", "MonitoringInterval"),
    ("AWS::RDS::DBCluster", "ScalingConfiguration.SecondsBeforeTimeout"),
    ("AWS::RDS::DBCluster", "ScalingConfiguration.SecondsUntilAutoPause"),
    ("AWS::RDS::DBCluster", "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause"),
    ("AWS::RDS::DBInstance", "MonitoringInterval"),
    ("AWS::RDS::DBProxy", "IdleClientTimeout"),
    ("AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfoFormat.ConnectionBorrowTimeout"),
    ("AWS::S3::Bucket", "CorsRule.MaxAge"),
    ("AWS::SQS::Queue", "MessageRetentionPeriod"),
    ("AWS::SQS::Queue", "VisibilityTimeout"),
];

/// Whether a number is a time in seconds: AWS says so in its name (`DelaySeconds`, `TumblingWindowInSeconds`), or on its
/// page. A number of any other unit stays a number.
pub fn is_seconds(type_name: &str, property: &str) -> bool {
    property.ends_with("Seconds") || SECONDS.contains(&(type_name, property))
}

/// The unit of other numbers, by the end of their name.
const UNITS_BY_NAME: &[(&str, &str)] = &[
    ("InDays", "days"),
    ("AfterDays", "days"),
    ("InMinutes", "minutes"),
    ("InMillis", "milliseconds"),
    ("Percent", "percent"),
];

/// The unit of other numbers, by property.
#[rustfmt::skip]
const UNITS: &[(&str, &str, &str)] = &[
    ("AWS::Lambda::Function", "EphemeralStorage.Size", "MiB"),
    ("AWS::Lambda::Function", "MemorySize", "MiB"),
    ("AWS::RDS::DBCluster", "AllocatedStorage", "GiB"),
    ("AWS::RDS::DBCluster", "BackupRetentionPeriod", "days"),
    ("AWS::RDS::DBCluster", "PerformanceInsightsRetentionPeriod", "days"),
    ("AWS::RDS::DBInstance", "AutomaticBackupReplicationRetentionPeriod", "days"),
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod", "days"),
    ("AWS::RDS::DBInstance", "MaxAllocatedStorage", "GiB"),
    ("AWS::RDS::DBInstance", "PerformanceInsightsRetentionPeriod", "days"),
    ("AWS::SNS::Topic", "MaximumMessageSize", "bytes"),
    ("AWS::SQS::Queue", "MaximumMessageSize", "bytes"),
];

/// The unit of a number that is no time in seconds.
pub fn unit(type_name: &str, property: &str) -> Option<&'static str> {
    let by_name = UNITS_BY_NAME.iter().find(|(end, _)| property.ends_with(end)).map(|(_, unit)| *unit);
    let stated = UNITS.iter().find(|(kind, name, _)| *kind == type_name && *name == property).map(|(.., unit)| *unit);
    stated.or(by_name)
}

/// What the facts type too loosely.
pub fn kind(type_name: &str, property: &str) -> Option<Kind> {
    match (type_name, property) {
        ("AWS::RDS::DBInstance", "VPCSecurityGroups") => Some(Kind::List(Box::new(Kind::SecurityGroupId))),
        // What the signals brought, as JSON text.
        ("AWS::CloudFormation::WaitCondition", "Data") => Some(Kind::Text),
        _ => None,
    }
}

/// Texts that are secrets, by name: AWS hides them when it is asked for the resource.
#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "AccessToken", "AccountPassword", "AddPrivateKey", "AdminUserPassword", "ApiKeyValue", "AsmPassword", "AuthPassword",
    "AuthToken", "AuthorizationApiKeyValue", "ClientSecret", "DomainSigningPrivateKey", "MasterUserPassword",
    "OauthToken", "Password", "PrivateKey", "ProcurementPortalSharedSecret", "SaslPassword", "SecretKey", "SecretString",
    "SecretToken", "ServiceAccountPassword", "SslClientKeyPassword", "SvmAdminPassword", "TdeCredentialPassword",
];

/// Texts that are secrets where the name alone does not say so: the type, and the property with what holds it.
#[rustfmt::skip]
const SECRETS_OF_TYPES: &[(&str, &str)] = &[
    ("AWS::BedrockAgentCore::ApiKeyCredentialProvider", "ApiKey"),
    ("AWS::CodeBuild::SourceCredential", "Token"),
    ("AWS::KinesisFirehose::DeliveryStream", "HttpEndpointConfiguration.AccessKey"),
];

/// Whether a text is a secret, which nothing but Secrets Manager, Systems Manager or the deployer should bring.
pub fn is_secret(type_name: &str, property: &str) -> bool {
    let name = property.rsplit('.').next().unwrap_or(property);
    SECRETS.contains(&name) || SECRETS_OF_TYPES.contains(&(type_name, property))
}

/// What `Ref` gives where it is not, or not plainly, the primary identifier.
pub fn reference(type_name: &str) -> Option<Kind> {
    match type_name {
        "AWS::EC2::SecurityGroup" => Some(Kind::SecurityGroupId),
        "AWS::SecretsManager::ResourcePolicy"
        | "AWS::SecretsManager::RotationSchedule"
        | "AWS::SecretsManager::Secret"
        | "AWS::SecretsManager::SecretTargetAttachment" => Some(Kind::Arn),
        // The name of the rule; its ARN is an attribute.
        "AWS::Events::Rule" => Some(Kind::Text),
        _ => None,
    }
}

/// The kind of a text, by its format, its pattern or its name: AWS names what holds an ARN or an id for what it holds.
pub fn text(name: &str, schema: &Value) -> Kind {
    match schema["format"].as_str() {
        Some("AWS::EC2::VPC.Id") => return Kind::VpcId,
        Some("AWS::EC2::Subnet.Id") => return Kind::SubnetId,
        Some("AWS::EC2::SecurityGroup.Id") => return Kind::SecurityGroupId,
        Some(format) if format.ends_with(".Arn") => return Kind::Arn,
        _ => {}
    }
    let must_be_arn = schema["pattern"].as_str().is_some_and(|pattern| pattern.starts_with("^arn:"));
    match name {
        _ if must_be_arn => Kind::Arn,
        name if name.ends_with("Arn") || name.ends_with("ARN") => Kind::Arn,
        name if name.ends_with("SecurityGroupId") => Kind::SecurityGroupId,
        name if name.ends_with("SubnetId") => Kind::SubnetId,
        name if name.ends_with("VpcId") || name.ends_with("VPCId") => Kind::VpcId,
        _ => Kind::Text,
    }
}
