//! AWS services with interface endpoints.

use crate::stack::{Value, sub};
use crate::template::Intrinsic;

macro_rules! services { ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
    /// An AWS service with an interface endpoint.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub enum Service {
        $($(#[$doc])* $name,)*
        /// Any other, by the last part of its service name, such as `git-codecommit`.
        Other(String),
    }

    impl Service {
        /// The last part of its service name.
        pub fn name(&self) -> &str {
            match self {
                $(Self::$name => $text,)*
                Self::Other(name) => name,
            }
        }
    }
} }

services! {
    /// API Gateway, for private APIs.
    ApiGateway "execute-api"
    /// AppConfig.
    AppConfig "appconfig"
    /// AppConfig's data plane, from which clients read.
    AppConfigData "appconfigdata"
    /// Athena.
    Athena "athena"
    /// EC2 Auto Scaling.
    AutoScaling "autoscaling"
    /// Amazon Bedrock, for invoking models.
    BedrockRuntime "bedrock-runtime"
    /// CloudFormation: what a custom resource in a VPC may call.
    CloudFormation "cloudformation"
    /// CloudTrail.
    CloudTrail "cloudtrail"
    /// CloudWatch metrics.
    CloudWatch "monitoring"
    /// DynamoDB. [`GatewayEndpoint`](super::GatewayEndpoint) costs nothing.
    DynamoDb "dynamodb"
    /// The EC2 API.
    Ec2 "ec2"
    /// The ECR API.
    EcrApi "ecr.api"
    /// The ECR registry, from which images are pulled; their layers come from S3.
    EcrDocker "ecr.dkr"
    /// ECS.
    Ecs "ecs"
    /// The EFS API.
    Efs "elasticfilesystem"
    /// EventBridge.
    EventBridge "events"
    /// Amazon Data Firehose.
    Firehose "kinesis-firehose"
    /// Glue.
    Glue "glue"
    /// Kinesis Data Streams.
    Kinesis "kinesis-streams"
    /// KMS.
    Kms "kms"
    /// The Lambda API: for invoking functions.
    Lambda "lambda"
    /// CloudWatch Logs. A function's own log needs none: Lambda delivers it.
    Logs "logs"
    /// The RDS API. It carries no SQL: a database is reached without any endpoint.
    Rds "rds"
    /// The RDS Data API: SQL by HTTPS, for Aurora.
    RdsData "rds-data"
    /// S3. [`GatewayEndpoint`](super::GatewayEndpoint) costs nothing.
    S3 "s3"
    /// SageMaker, for invoking endpoints.
    SageMakerRuntime "sagemaker.runtime"
    /// Secrets Manager.
    SecretsManager "secretsmanager"
    /// SNS.
    Sns "sns"
    /// SQS.
    Sqs "sqs"
    /// Systems Manager, Parameter Store included.
    Ssm "ssm"
    /// Session Manager.
    SsmMessages "ssmmessages"
    /// Step Functions.
    StepFunctions "states"
    /// STS.
    Sts "sts"
    /// X-Ray.
    XRay "xray"
}

impl Service {
    /// The name of its endpoint service in the stack's region.
    pub(super) fn endpoint_service(&self) -> Value<String> {
        regional(self.name())
    }
}

/// The name of an endpoint service of AWS in the stack's region.
///
/// It starts with `com.amazonaws`; in the regions of China some start with `cn.com.amazonaws`, and which ones differs
/// between the two: there, `override_property("/ServiceName", …)` says it.
/// Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>,
/// <https://github.com/aws/aws-cdk/pull/16139>
pub(super) fn regional(name: &str) -> Value<String> {
    let mut service = sub("com.amazonaws.${AWS::Region}.");
    service.push_text(name);
    Value::Intrinsic(Intrinsic::Sub(service))
}
