//! What the facts of a type say of its properties: one rule a kind of violation.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::ViolationKind;

/// The published schemas, which the facts are distilled from.
const SOURCE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";

macro_rules! kinds { ($($kind:ident($($more:ident),*) $id:literal $name:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    pub(super) const RULES: &[Rule] = &[$(Rule {
        code: Code::new($id, $name),
        severity: Severity::Error,
        source: SOURCE,
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| find(context, report, &[ViolationKind::$kind, $(ViolationKind::$more),*]),
    },)*];
} }

kinds! {
    UnknownProperty(Excluded) "E3002" "unknown-property"
        "A property must be one that the type has."
        bad &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeOut: 30 } } }"],
        good &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } } }"];
    Format() "E1103" "malformed-value"
        "A text must have the form that the property asks for: a range of addresses is written like `10.20.0.0/16`."
        bad &["Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.20.0.0/33 } } }"],
        good &["Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.20.0.0/16 } } }"];
    Required() "E3003" "missing-property"
        "What a type requires must be there."
        bad &["Resources: { Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupName: mine } } }"],
        good &["Resources: { Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: mine } } }"];
    Element() "E3008" "wrong-element"
        "Some lists want a certain element at a certain place."
        bad &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: RANGE }] } } }"],
        good &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }"];
    WrongType() "E3012" "wrong-type"
        "A value must be of the property's type; a text that spells a number or a boolean serves as one."
        bad &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: soon } } }"],
        good &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: '30' } } }"];
    RequiredXor() "E3014" "not-exactly-one-of"
        "Of some properties exactly one must be there."
        bad &["Resources: { Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8, CidrIpv6: '::/0' } } }"],
        good &["Resources: { Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } } }"];
    NoAlternative() "E3017" "no-alternative"
        "Of some alternatives at least one must hold."
        bad &["Resources: { Policy: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: '*' }] } } } }"],
        good &["Resources: { Policy: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: '*' }] }, Roles: [r] } } }"];
    OneAlternative() "E3018" "not-one-alternative"
        "Of some alternatives exactly one must hold."
        bad &["Resources: { Exclusion: { Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: { InternetGatewayExclusionMode: allow-egress, VpcId: vpc-00000000, SubnetId: subnet-00000000 } } }"],
        good &["Resources: { Exclusion: { Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: { InternetGatewayExclusionMode: allow-egress, VpcId: vpc-00000000 } } }"];
    DependentExcluded() "E3020" "excluded-property"
        "Some properties exclude others."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, SubnetId: subnet-00000000, NetworkInterfaces: [{ DeviceIndex: '0', SubnetId: subnet-00000000 }] } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, NetworkInterfaces: [{ DeviceIndex: '0', SubnetId: subnet-00000000 }] } } }"];
    DependentRequired() "E3021" "missing-companion"
        "Some properties need others beside them."
        bad &["Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { Ipv4IpamPoolId: ipam-pool-00000000 } } }"],
        good &["Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { Ipv4IpamPoolId: ipam-pool-00000000, Ipv4NetmaskLength: 20 } } }"];
    NotInEnum() "E3030" "value-outside-enumeration"
        "Where a property has a list of values, the value is one of them."
        bad &["Resources: { Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: CHEAP } } }"],
        good &["Resources: { Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: STANDARD } } }"];
    Pattern() "E3031" "value-outside-pattern"
        "A text must match the property's pattern."
        bad &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: 'a b', Runtime: python3.13, Code: { ZipFile: x } } } }"],
        good &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: a.b, Runtime: python3.13, Code: { ZipFile: x } } } }"];
    ArrayLength() "E3032" "wrong-list-length"
        "A list must have as many elements as the property allows."
        bad &["Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000000] } } }"],
        good &["Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000000, subnet-11111111] } } }"];
    StringLength() "E3033" "wrong-text-length"
        "A text must be as long as the property allows."
        bad &["Resources: { Alias: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/a, TargetKeyId: '' } } }"],
        good &["Resources: { Alias: { Type: AWS::KMS::Alias, Properties: { AliasName: alias/a, TargetKeyId: 154ed61c-114f-4fd5-9434-e2761190506d } } }"];
    NumberRange() "E3034" "number-outside-range"
        "A number must be in the property's range."
        bad &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 43201 } } }"],
        good &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 43200 } } }"];
    NotUnique() "E3037" "repeated-element"
        "Some lists may not hold the same element twice."
        bad &["Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000000, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, SubnetIds: [subnet-00000000, subnet-00000000] } } }"],
        good &["Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000000, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, SubnetIds: [subnet-00000000, subnet-11111111] } } }"];
    ReadOnly() "E3040" "read-only-property"
        "What only AWS sets cannot be set in a template."
        bad &["Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { Arn: arn:aws:sqs:us-east-1:111122223333:x } } }"],
        good &["Resources: { Queue: { Type: AWS::SQS::Queue } }"];
    RequiredOr() "E3058" "none-of"
        "Of some properties at least one must be there."
        bad &["Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { State: ENABLED } } }"],
        good &["Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { State: ENABLED, ScheduleExpression: rate(1 day) } } }"];
    TooManyUnique() "E3065" "too-many-different-elements"
        "Some lists may hold so many different elements only."
        bad &["Resources: { Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: Errors, Namespace: AWS/Lambda, Period: 60, Statistic: Sum, Threshold: 0, AlarmActions: ['arn:aws:sns:us-east-1:111122223333:a', 'arn:aws:sns:us-east-1:111122223333:b', 'arn:aws:sns:us-east-1:111122223333:c', 'arn:aws:sns:us-east-1:111122223333:d', 'arn:aws:sns:us-east-1:111122223333:e', 'arn:aws:sns:us-east-1:111122223333:f'] } } }"],
        good &["Resources: { Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: Errors, Namespace: AWS/Lambda, Period: 60, Statistic: Sum, Threshold: 0, AlarmActions: ['arn:aws:sns:us-east-1:111122223333:a', 'arn:aws:sns:us-east-1:111122223333:b', 'arn:aws:sns:us-east-1:111122223333:c', 'arn:aws:sns:us-east-1:111122223333:d', 'arn:aws:sns:us-east-1:111122223333:e'] } } }"];
}

pub(super) fn find(context: &Context<'_>, report: &mut Report, kinds: &[ViolationKind]) {
    for (id, violation) in context.violations() {
        if kinds.contains(&violation.kind) {
            let mut message = violation.message.clone();
            if !violation.when.is_empty() {
                let world = violation.when.iter().map(|(name, holds)| format!("`{name}` is {holds}"));
                message.push_str(&format!(" where {}", world.collect::<Vec<_>>().join(" and ")));
            }
            let path = format!("/Properties{}", violation.path);
            report.resource(id, &path, message).help = violation.help.clone();
        }
    }
}
