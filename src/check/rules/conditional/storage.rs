//! Buckets, queues, tables, APIs, alarms.

use super::conditions;

conditions! {
    Error "E3045" "access-control-without-ownership" at &["AWS::S3::Bucket"];
    schema r#"{
        "if": { "properties": { "AccessControl": { "type": "string", "not": { "enum": ["Private", "BucketOwnerFullControl", "BucketOwnerRead"] } } }, "required": ["AccessControl"] },
        "then": { "required": ["OwnershipControls"], "properties": { "OwnershipControls": { "required": ["Rules"], "properties": { "Rules": { "minItems": 1 } } } } }
    }"#
    because "buckets refuse access control lists unless they say otherwise" source "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"
        "Since April 2023 a bucket has its lists disabled by default, so that `AccessControl` fails unless `OwnershipControls` enables them."
        bad &["Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { AccessControl: LogDeliveryWrite } } }"],
        good &["Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { OwnershipControls: { Rules: [{ ObjectOwnership: ObjectWriter }] } } } }"];

    Warning "W3045" "access-control-list" at &["AWS::S3::Bucket"];
    schema r#"{ "properties": { "AccessControl": false } }"#
    because "a bucket policy says the same, and is what AWS recommends" source "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html"
        "Access control lists are of old; AWS recommends to keep them disabled and to write bucket policies."
        bad &["Resources: { Bucket: { Type: AWS::S3::Bucket, Properties: { AccessControl: Private } } }"],
        good &["Resources: { Bucket: { Type: AWS::S3::Bucket } }"];

    Error "E3501" "queue-contradicts-itself" at &["AWS::SQS::Queue"];
    schema r#"{ "allOf": [
        { "if": { "properties": { "FifoQueue": { "const": true } }, "required": ["FifoQueue"] }, "then": { "properties": { "QueueName": { "pattern": "\\.fifo$" } } } },
        { "if": { "properties": { "FifoQueue": { "const": false } } }, "then": { "properties": { "ContentBasedDeduplication": false, "DeduplicationScope": false, "FifoThroughputLimit": false } } }
    ] }"#
    because "a FIFO queue's name ends in `.fifo`, and only such a queue deduplicates" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"
        "The name of a FIFO queue ends in `.fifo`; deduplication and its throughput are of FIFO queues only."
        bad &["Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, QueueName: orders } } }"],
        good &["Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, QueueName: orders.fifo } } }"];

    Error "E3638" "throughput-of-on-demand-table" at &["AWS::DynamoDB::Table"];
    schema r#"{
        "if": { "properties": { "BillingMode": { "const": "PAY_PER_REQUEST" } }, "required": ["BillingMode"] },
        "then": { "properties": { "ProvisionedThroughput": { "properties": { "ReadCapacityUnits": { "maximum": 0 }, "WriteCapacityUnits": { "maximum": 0 } } } } }
    }"#
    because "a table that is paid by request has no provisioned throughput" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"
        "With `PAY_PER_REQUEST` no throughput is provisioned, so none may be given."
        bad &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }"],
        good &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }"];

    Error "E3639" "provisioned-table-without-throughput" at &["AWS::DynamoDB::Table"];
    schema r#"{
        "if": { "anyOf": [{ "properties": { "BillingMode": false } }, { "properties": { "BillingMode": { "const": "PROVISIONED" } }, "required": ["BillingMode"] }] },
        "then": {
            "required": ["ProvisionedThroughput"],
            "properties": { "ProvisionedThroughput": { "properties": { "ReadCapacityUnits": { "minimum": 1 }, "WriteCapacityUnits": { "minimum": 1 } } } }
        }
    }"#
    because "a table has provisioned throughput unless `BillingMode` is `PAY_PER_REQUEST`" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"
        "A table whose billing mode is `PROVISIONED`, which is the default, says how much: one unit at least."
        bad &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }"],
        good &["Resources: { Table: { Type: AWS::DynamoDB::Table, Properties: { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }, AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }] } } }"];

    Error "E3615" "wrong-alarm-period" at &["AWS::CloudWatch::Alarm"];
    schema r#"{
        "if": { "properties": { "Period": { "type": ["integer", "string"] } }, "required": ["Period"] },
        "then": { "properties": { "Period": { "if": { "maximum": 60 }, "then": { "enum": [10, 20, 30, 60] }, "else": { "multipleOf": 60 } } } }
    }"#
    because "a period is 10, 20, 30 or 60 seconds, or whole minutes" source "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
        "The period of an alarm is 10, 20, 30 or a multiple of 60 seconds."
        bad &["Resources: { Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: Errors, Namespace: AWS/Lambda, Period: 45, Statistic: Sum, Threshold: 0 } } }"],
        good &["Resources: { Alarm: { Type: AWS::CloudWatch::Alarm, Properties: { ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: Errors, Namespace: AWS/Lambda, Period: 120, Statistic: Sum, Threshold: 0 } } }"];

    Error "E3660" "api-without-name" at &["AWS::ApiGateway::RestApi"];
    schema r#"{ "if": { "anyOf": [{ "required": ["Body"] }, { "required": ["BodyS3Location"] }] }, "then": true, "else": { "required": ["Name"] } }"#
    because "no OpenAPI document gives it one" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html"
        "A REST API has a name unless an OpenAPI document gives it one."
        bad &["Resources: { Api: { Type: AWS::ApiGateway::RestApi, Properties: { Description: mine } } }"],
        good &["Resources: { Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: mine } } }"];

    Error "E3718" "wrong-authorizer-ttl" at &["AWS::ApiGateway::Authorizer"];
    schema r#"{
        "if": { "properties": { "Type": { "enum": ["TOKEN", "REQUEST"] } }, "required": ["Type"] },
        "then": { "properties": { "AuthorizerResultTtlInSeconds": { "minimum": 0, "maximum": 3600 } } }
    }"#
    because "answers of an authorizer are kept for an hour at most" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-authorizer.html"
        "What a Lambda authorizer answers is kept for at most 3,600 seconds."
        bad &["Resources: { Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: a, Name: n, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization, AuthorizerResultTtlInSeconds: 3601 } } }"],
        good &["Resources: { Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { RestApiId: a, Name: n, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization, AuthorizerResultTtlInSeconds: 3600 } } }"];
}
