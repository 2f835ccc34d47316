//! The types that the crate itself has: those of a serverless application with a relational database, and their
//! neighbours. The rest are written into a user's crate on demand, since all of them together take a minute to compile.

/// The vendored types, by service.
#[rustfmt::skip]
pub const VENDORED: &[(&str, &[&str])] = &[
    ("ApiGatewayV2", &["Api", "Integration", "Route", "Stage", "VpcLink"]),
    ("CloudFormation", &["Stack", "WaitCondition", "WaitConditionHandle"]),
    ("CloudWatch", &["Alarm"]),
    ("DynamoDB", &["Table"]),
    ("EC2", &[
        "DHCPOptions", "EIP", "EgressOnlyInternetGateway", "FlowLog", "InternetGateway", "NatGateway", "NetworkAcl",
        "NetworkAclEntry", "PrefixList", "Route", "RouteTable", "SecurityGroup", "SecurityGroupEgress",
        "SecurityGroupIngress", "Subnet", "SubnetNetworkAclAssociation", "SubnetRouteTableAssociation", "VPC",
        "VPCCidrBlock", "VPCDHCPOptionsAssociation", "VPCEndpoint", "VPCGatewayAttachment", "VPCPeeringConnection",
    ]),
    ("Events", &["Rule"]),
    ("IAM", &["InstanceProfile", "ManagedPolicy", "Policy", "Role", "RolePolicy", "User"]),
    ("KMS", &["Alias", "Key"]),
    ("Lambda", &[
        "Alias", "EventInvokeConfig", "EventSourceMapping", "Function", "LayerVersion", "Permission", "Url", "Version",
    ]),
    ("Logs", &["LogGroup", "MetricFilter", "SubscriptionFilter"]),
    ("RDS", &[
        "DBCluster", "DBClusterParameterGroup", "DBInstance", "DBParameterGroup", "DBProxy", "DBProxyEndpoint",
        "DBProxyTargetGroup", "DBSubnetGroup", "EventSubscription", "GlobalCluster", "OptionGroup",
    ]),
    ("Route53", &["HostedZone", "RecordSet"]),
    ("S3", &["Bucket", "BucketPolicy"]),
    ("SNS", &["Subscription", "Topic", "TopicPolicy"]),
    ("SQS", &["Queue", "QueuePolicy"]),
    ("SSM", &["Parameter"]),
    ("SecretsManager", &["ResourcePolicy", "RotationSchedule", "Secret", "SecretTargetAttachment"]),
    ("StepFunctions", &["StateMachine"]),
];

/// Their full names.
pub fn vendored() -> impl Iterator<Item = String> {
    VENDORED.iter().flat_map(|(service, types)| types.iter().map(move |name| format!("AWS::{service}::{name}")))
}
