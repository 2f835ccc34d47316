//! Functions, containers, instances, builds.

use super::conditions;

const DEVICE_PLACES: &[&str] = &[
    "AWS::EC2::Instance/BlockDeviceMappings/*",
    "AWS::EC2::LaunchTemplate/LaunchTemplateData/BlockDeviceMappings/*",
    "AWS::EC2::SpotFleet/SpotFleetRequestConfigData/LaunchSpecifications/*/BlockDeviceMappings/*",
    "AWS::AutoScaling::LaunchConfiguration/BlockDeviceMappings/*",
    "AWS::OpsWorks::Instance/BlockDeviceMappings/*",
];

const VOLUME_PLACES: &[&str] = &[
    "AWS::EC2::Instance/BlockDeviceMappings/*/Ebs",
    "AWS::EC2::LaunchTemplate/LaunchTemplateData/BlockDeviceMappings/*/Ebs",
    "AWS::EC2::SpotFleet/SpotFleetRequestConfigData/LaunchSpecifications/*/BlockDeviceMappings/*/Ebs",
    "AWS::AutoScaling::LaunchConfiguration/BlockDeviceMappings/*/Ebs",
    "AWS::OpsWorks::Instance/BlockDeviceMappings/*/Ebs",
];

conditions! {
    Error "E3677" "inline-code-in-other-language" at &["AWS::Lambda::Function"];
    schema r#"{
        "if": { "properties": { "Code": { "required": ["ZipFile"], "type": "object" }, "Runtime": { "type": "string" } }, "required": ["Code", "Runtime"] },
        "then": { "properties": { "Runtime": { "pattern": "^(nodejs|python)" } } }
    }"#
    because "code in the template is JavaScript or Python" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html"
        "`ZipFile` holds source text, which Lambda takes for Node.js and Python only."
        bad &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: a.b, Runtime: ruby3.4, Code: { ZipFile: x } } } }"],
        good &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: index.b, Runtime: python3.13, Code: { ZipFile: x } } } }"];

    Error "E3678" "inline-code-without-runtime" at &["AWS::Lambda::Function"];
    schema r#"{ "if": { "properties": { "Code": { "required": ["ZipFile"], "type": "object" } }, "required": ["Code"] }, "then": { "required": ["Runtime"] } }"#
    because "code in the template is run by a runtime" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html"
        "A function whose code stands in the template names the runtime that it is for."
        bad &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: a.b, Code: { ZipFile: x } } } }"],
        good &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: index.b, Runtime: python3.13, Code: { ZipFile: x } } } }"];

    Error "E3685" "image-with-runtime" at &["AWS::Lambda::Function"];
    schema r#"{ "if": { "properties": { "PackageType": { "const": "Image" } }, "required": ["PackageType"] }, "then": { "properties": { "Handler": false, "Runtime": false, "Layers": false } } }"#
    because "a container image brings its own" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html"
        "A function that is a container image has neither handler nor runtime nor layers: the image brings them."
        bad &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', PackageType: Image, Handler: a.b, Code: { ImageUri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/a } } } }"],
        good &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', PackageType: Image, Code: { ImageUri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/a } } } }"];

    Error "E3696" "log-level-of-text" at &["AWS::Lambda::Function/LoggingConfig"];
    schema r#"{ "if": { "properties": { "LogFormat": { "const": "Text" } }, "required": ["LogFormat"] }, "then": { "properties": { "SystemLogLevel": false, "ApplicationLogLevel": false } } }"#
    because "only JSON has levels" source "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"
        "Log levels filter records of JSON; with the format `Text` they cannot be set."
        bad &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: index.b, Runtime: python3.13, Code: { ZipFile: x }, LoggingConfig: { LogFormat: Text, SystemLogLevel: INFO } } } }"],
        good &["Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Handler: index.b, Runtime: python3.13, Code: { ZipFile: x }, LoggingConfig: { LogFormat: JSON, SystemLogLevel: INFO } } } }"];

    Error "E3633" "stream-without-starting-position" at &["AWS::Lambda::EventSourceMapping"];
    schema r#"{
        "if": { "properties": { "EventSourceArn": { "type": "string", "pattern": "^arn:aws[a-zA-Z-]*:(kinesis|kafka|dynamodb):" } }, "required": ["EventSourceArn"] },
        "then": { "required": ["StartingPosition"] }
    }"#
    because "a stream is read from somewhere on" source "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"
        "What reads from Kinesis, Kafka or a DynamoDB stream says where it starts."
        bad &["Resources: { Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, EventSourceArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s' } } }"],
        good &["Resources: { Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, StartingPosition: LATEST, EventSourceArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/s' } } }"];

    Error "E3634" "queue-with-starting-position" at &["AWS::Lambda::EventSourceMapping"];
    schema r#"{
        "if": { "properties": { "EventSourceArn": { "type": "string", "pattern": "^arn:aws[a-zA-Z-]*:sqs:" } }, "required": ["EventSourceArn"] },
        "then": { "properties": { "StartingPosition": false } }
    }"#
    because "a queue has no positions" source "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"
        "A queue has messages and no positions, so what reads from it cannot start at one."
        bad &["Resources: { Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, StartingPosition: LATEST, EventSourceArn: 'arn:aws:sqs:us-east-1:111122223333:q' } } }"],
        good &["Resources: { Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, EventSourceArn: 'arn:aws:sqs:us-east-1:111122223333:q' } } }"];

    Error "E3042" "no-essential-container" at &["AWS::ECS::TaskDefinition/ContainerDefinitions"];
    schema r#"{ "minItems": 1, "contains": { "not": { "properties": { "Essential": { "const": false, "type": "boolean" } }, "required": ["Essential"] } } }"#
    because "a task lives as long as its essential containers" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-containerdefinition.html"
        "A task has at least one essential container, as every one is unless it says otherwise."
        bad &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: a, Image: b, Essential: false }] } } }"],
        good &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: a, Image: b }] } } }"];

    Error "E3044" "daemon-on-fargate" at &["AWS::ECS::Service"];
    schema r#"{
        "if": { "anyOf": [
            { "properties": { "LaunchType": { "const": "FARGATE" } }, "required": ["LaunchType"] },
            { "properties": { "DeploymentController": { "properties": { "Type": { "enum": ["CODE_DEPLOY", "EXTERNAL"] } }, "required": ["Type"], "type": "object" } }, "required": ["DeploymentController"] }
        ] },
        "then": { "properties": { "SchedulingStrategy": { "const": "REPLICA" } } }
    }"#
    because "Fargate and deployments from outside run replicas only" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html"
        "A daemon runs once on each container instance: Fargate has none, and the deployment controllers `CODE_DEPLOY` and `EXTERNAL` do not know it."
        bad &["Resources: { Service: { Type: AWS::ECS::Service, Properties: { TaskDefinition: t, LaunchType: FARGATE, SchedulingStrategy: DAEMON } } }"],
        good &["Resources: { Service: { Type: AWS::ECS::Service, Properties: { TaskDefinition: t, LaunchType: FARGATE, SchedulingStrategy: REPLICA } } }"];

    Error "E3046" "incomplete-awslogs" at &["AWS::ECS::TaskDefinition/ContainerDefinitions/*/LogConfiguration"];
    schema r#"{
        "if": { "properties": { "LogDriver": { "const": "awslogs" } }, "required": ["LogDriver"] },
        "then": { "required": ["Options"], "properties": { "Options": { "type": "object", "required": ["awslogs-group", "awslogs-region"] } } }
    }"#
    because "`awslogs` writes to a log group of a region" source "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"
        "The log driver `awslogs` is told the log group and its region."
        bad &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: a, Image: b, LogConfiguration: { LogDriver: awslogs, Options: { awslogs-group: g } } }] } } }"],
        good &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: a, Image: b, LogConfiguration: { LogDriver: awslogs, Options: { awslogs-group: g, awslogs-region: us-east-1 } } }] } } }"];

    Error "E3048" "unfit-for-fargate" at &["AWS::ECS::TaskDefinition"];
    schema r#"{
        "if": { "properties": { "RequiresCompatibilities": { "type": "array", "contains": { "const": "FARGATE", "type": "string" } } }, "required": ["RequiresCompatibilities"] },
        "then": {
            "required": ["Cpu", "Memory", "NetworkMode"],
            "properties": {
                "PlacementConstraints": false,
                "NetworkMode": { "const": "awsvpc" },
                "Cpu": {
                    "if": { "type": ["string", "integer"], "pattern": "^\\d+$" },
                    "then": { "enum": [256, 512, 1024, 2048, 4096, 8192, 16384, 32768] },
                    "else": { "pattern": "^(\\.25|\\.5|1|2|4|8|16|32)\\s*[vV][cC][pP][uU]$" }
                },
                "ContainerDefinitions": { "items": { "properties": { "LogConfiguration": { "properties": { "LogDriver": { "enum": ["awslogs", "splunk", "awsfirelens"] } } } } } }
            }
        }
    }"#
    because "Fargate asks for it" source "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
        "A task for Fargate names its CPU, one of a few sizes, and its memory, has the network mode `awsvpc`, logs by a driver that Fargate has, and cannot be placed."
        bad &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { RequiresCompatibilities: [FARGATE], Cpu: 256, Memory: 512, NetworkMode: bridge, ContainerDefinitions: [{ Name: a, Image: b }] } } }"],
        good &["Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { RequiresCompatibilities: [FARGATE], Cpu: 256, Memory: 512, NetworkMode: awsvpc, ContainerDefinitions: [{ Name: a, Image: b }] } } }"];

    Error "E3671" "wrong-iops" at VOLUME_PLACES;
    schema r#"{ "allOf": [
        { "if": { "properties": { "VolumeType": { "const": "io1" } }, "required": ["VolumeType"] }, "then": { "required": ["Iops"], "properties": { "Iops": { "minimum": 100, "maximum": 64000 } } } },
        { "if": { "properties": { "VolumeType": { "const": "io2" } }, "required": ["VolumeType"] }, "then": { "required": ["Iops"], "properties": { "Iops": { "minimum": 100, "maximum": 256000 } } } },
        { "if": { "properties": { "VolumeType": { "const": "gp3" } }, "required": ["VolumeType"] }, "then": { "properties": { "Iops": { "minimum": 3000, "maximum": 16000 } } } }
    ] }"#
    because "the volume's type has its limits" source "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"
        "Volumes of the types `io1` and `io2` have provisioned IOPS, and each type has its range of them."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, Ebs: { VolumeType: io1 } }] } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, Ebs: { VolumeType: io1, Iops: 100 } }] } } }"];

    Warning "W3671" "iops-without-effect" at VOLUME_PLACES;
    schema r#"{ "if": { "properties": { "VolumeType": { "enum": ["gp2", "st1", "sc1", "standard"] } }, "required": ["VolumeType"] }, "then": { "properties": { "Iops": false } } }"#
    because "a volume of this type has no provisioned IOPS" source "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"
        "Volumes of the types `gp2`, `st1`, `sc1` and `standard` have no provisioned IOPS, so the value is without effect."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, Ebs: { VolumeType: gp2, Iops: 100 } }] } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, Ebs: { VolumeType: gp3, Iops: 3000 } }] } } }"];

    Error "E3674" "two-primary-addresses" at &["AWS::EC2::Instance", "AWS::EC2::NetworkInterface"];
    schema r#"{
        "if": { "required": ["PrivateIpAddress"] },
        "then": { "properties": {
            "PrivateIpAddresses": { "items": { "properties": { "Primary": { "const": false } } } },
            "NetworkInterfaces": { "items": { "properties": { "PrivateIpAddress": false, "PrivateIpAddresses": { "items": { "properties": { "Primary": { "const": false } } } } } } }
        } }
    }"#
    because "`PrivateIpAddress` is the primary address already" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkinterface.html"
        "An interface has one primary address: `PrivateIpAddress`, or the one of `PrivateIpAddresses` that is primary."
        bad &["Resources: { Card: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: subnet-00000000, PrivateIpAddress: 10.0.0.4, PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: 10.0.0.5 }] } } }"],
        good &["Resources: { Card: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: subnet-00000000, PrivateIpAddress: 10.0.0.4, PrivateIpAddresses: [{ Primary: false, PrivateIpAddress: 10.0.0.5 }] } } }"];

    Warning "W3698" "device-name-without-effect" at DEVICE_PLACES;
    schema r#"{ "if": { "required": ["Ebs"] }, "then": { "properties": { "VirtualName": false } } }"#
    because "the device is an EBS volume" source "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html"
        "`VirtualName` names an instance store volume; beside `Ebs` it is without effect."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, VirtualName: ephemeral0, Ebs: { VolumeSize: 8 } }] } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, VirtualName: ephemeral0 }] } } }"];

    Error "E3715" "wrong-instance-store-name" at DEVICE_PLACES;
    schema r#"{
        "if": { "properties": { "Ebs": false }, "required": ["VirtualName"] },
        "then": { "properties": { "VirtualName": { "pattern": "^ephemeral([0-9]|1[0-9]|2[0-3])$" } } }
    }"#
    because "instance store volumes are `ephemeral0` to `ephemeral23`" source "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html"
        "Without `Ebs` a device is an instance store volume, and `VirtualName` is `ephemeral` and its number."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, VirtualName: data }] } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000, BlockDeviceMappings: [{ DeviceName: /dev/sdf, VirtualName: ephemeral0 }] } } }"];

    Error "E3636" "build-without-bucket" at &["AWS::CodeBuild::Project/Artifacts", "AWS::CodeBuild::Project/Source"];
    schema r#"{ "if": { "properties": { "Type": { "const": "S3" } }, "required": ["Type"] }, "then": { "required": ["Location"] } }"#
    because "S3 is a bucket and a key" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codebuild-project-artifacts.html"
        "A build whose source or artifacts are in S3 says where."
        bad &["Resources: { Build: { Type: AWS::CodeBuild::Project, Properties: { ServiceRole: r, Source: { Type: NO_SOURCE, BuildSpec: x }, Artifacts: { Type: S3 }, Environment: { ComputeType: BUILD_GENERAL1_SMALL, Image: a, Type: LINUX_CONTAINER } } } }"],
        good &["Resources: { Build: { Type: AWS::CodeBuild::Project, Properties: { ServiceRole: r, Source: { Type: NO_SOURCE, BuildSpec: x }, Artifacts: { Type: NO_ARTIFACTS }, Environment: { ComputeType: BUILD_GENERAL1_SMALL, Image: a, Type: LINUX_CONTAINER } } } }"];
}
