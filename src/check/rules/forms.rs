//! Identifiers of AWS that have their form: one rule a form.

use super::schema::find;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::{Form, ViolationKind};

macro_rules! forms { ($($form:ident $id:literal $name:literal $source:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    pub(super) const RULES: &[Rule] = &[$(Rule {
        code: Code::new($id, $name),
        severity: Severity::Error,
        source: $source,
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| find(context, report, &[ViolationKind::Identifier(Form::$form)]),
    },)*];
} }

forms! {
    IdOfSecurityGroup "E1150" "malformed-security-group-id" "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"
        "Where a property takes the id of a security group, a literal is one: `sg-` and 8 or 17 hexadecimal digits. A name is not an id."
        bad &["Resources: { Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: web, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } } }"],
        good &["Resources: { Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-0123456789abcdef0, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } } }"];
    IdOfVpc "E1151" "malformed-vpc-id" "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"
        "Where a property takes the id of a VPC, a literal is one: `vpc-` and 8 or 17 hexadecimal digits."
        bad &["Resources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-1234567, CidrBlock: 10.0.0.0/24 } } }"],
        good &["Resources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-12345678, CidrBlock: 10.0.0.0/24 } } }"];
    IdOfImage "E1152" "malformed-image-id" "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"
        "Where a property takes the id of an image, a literal is one: `ami-` and 8 or 17 characters, or `resolve:ssm:` and the name of a parameter that holds one."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-123456 } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0 } } }"];
    NameOfSecurityGroup "E1153" "malformed-security-group-name" "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"
        "A security group's name is of letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`."
        bad &["Resources: { Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupName: a|b, GroupDescription: mine } } }"],
        good &["Resources: { Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupName: a b, GroupDescription: mine } } }"];
    IdOfSubnet "E1154" "malformed-subnet-id" "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html"
        "Where a property takes the id of a subnet, a literal is one: `subnet-` and 8 or 17 hexadecimal digits."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, SubnetId: private } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, SubnetId: subnet-0123456789abcdef0 } } }"];
    NameOfLogGroup "E1155" "malformed-log-group-name" "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"
        "A log group's name is of at most 512 letters, digits and `._-/#`."
        bad &["Resources: { Flows: { Type: AWS::EC2::FlowLog, Properties: { ResourceType: VPC, ResourceId: vpc-00000000, TrafficType: ALL, LogGroupName: 'my log', DeliverLogsPermissionArn: 'arn:aws:iam::111122223333:role/flows' } } }"],
        good &["Resources: { Flows: { Type: AWS::EC2::FlowLog, Properties: { ResourceType: VPC, ResourceId: vpc-00000000, TrafficType: ALL, LogGroupName: my/log, DeliverLogsPermissionArn: 'arn:aws:iam::111122223333:role/flows' } } }"];
    ArnOfRole "E1156" "malformed-role-arn" "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
        "Where a property takes the ARN of a role, a literal is one: not a name, not the ARN of something else."
        bad &["Resources: { Fleet: { Type: AWS::CodeDeploy::DeploymentGroup, Properties: { ApplicationName: a, ServiceRoleArn: deployer } } }"],
        good &["Resources: { Fleet: { Type: AWS::CodeDeploy::DeploymentGroup, Properties: { ApplicationName: a, ServiceRoleArn: 'arn:aws:iam::111122223333:role/deployer' } } }"];
    ArnOfKey "E1157" "malformed-key-arn" "https://docs.aws.amazon.com/kms/latest/developerguide/concepts-intro.html"
        "Where a property takes the ARN of a KMS key and nothing else, a literal is one."
        bad &["Resources: { Documents: { Type: AWS::OpenSearchServerless::Collection, Properties: { Name: documents, EncryptionConfig: { KmsKeyArn: 154ed61c } } } }"],
        good &["Resources: { Documents: { Type: AWS::OpenSearchServerless::Collection, Properties: { Name: documents, EncryptionConfig: { KmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d' } } } }"];
    ArnOfTopic "E1158" "malformed-topic-arn" "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"
        "Where a property takes the ARN of an SNS topic, a literal is one."
        bad &["Resources: { Mail: { Type: AWS::SNS::Subscription, Properties: { Protocol: email, Endpoint: a@example.com, TopicArn: alarms } } }"],
        good &["Resources: { Mail: { Type: AWS::SNS::Subscription, Properties: { Protocol: email, Endpoint: a@example.com, TopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms' } } }"];
    ArnOfCertificate "E1159" "malformed-certificate-arn" "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html"
        "Where a property takes the ARN of a certificate of ACM, a literal is one."
        bad &["Resources: { Domain: { Type: AWS::ApiGateway::DomainName, Properties: { DomainName: api.example.com, CertificateArn: mine } } }"],
        good &["Resources: { Domain: { Type: AWS::ApiGateway::DomainName, Properties: { DomainName: api.example.com, CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/154ed61c-114f-4fd5-9434-e2761190506d' } } }"];
    ArnOfFunction "E1160" "malformed-function-arn" "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html"
        "Where a property takes the ARN of a Lambda function, a literal is one."
        bad &["Resources: { Mail: { Type: AWS::Cognito::UserPoolRegionalConfigurationAttachment, Properties: { UserPoolId: us-east-1_abcdefghi, LambdaConfig: { CustomEmailSender: { LambdaArn: handler } } } } }"],
        good &["Resources: { Mail: { Type: AWS::Cognito::UserPoolRegionalConfigurationAttachment, Properties: { UserPoolId: us-east-1_abcdefghi, LambdaConfig: { CustomEmailSender: { LambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:handler' } } } } }"];
    NameOfBucket "E1161" "malformed-bucket-name" "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
        "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens; it begins and ends with a letter or digit, and no dot stands beside another or beside a hyphen."
        bad &["Resources: { History: { Type: AWS::Config::DeliveryChannel, Properties: { S3BucketName: My_Bucket } } }"],
        good &["Resources: { History: { Type: AWS::Config::DeliveryChannel, Properties: { S3BucketName: my-bucket } } }"];
}
