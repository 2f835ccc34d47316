//! What fits one account, region or day only, and what is half said.

use super::facts::each_at;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Map, Path, Reference, Value, pointer};

pub(super) const RULES: &[Rule] = &[ZONE, IMAGE_PARAMETER, ONE_POLICY, NO_POLICY, OLD_POLICY];

const ZONE: Rule = Rule {
    code: Code::new("W3010", "literal-zone"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html",
    explanation: "The name of an Availability Zone exists in one region only, and not in every account; `Fn::GetAZs` knows those that there are.",
    bad: &[
        "Resources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000000, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a } } }",
    ],
    good: &[
        "Resources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000000, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs ''] } } }",
    ],
    find: zone,
};

/// Where zones are named: a type, and a path below its properties.
const ZONES: &[(&str, &str)] = &[
    ("AWS::AutoScaling::AutoScalingGroup", "AvailabilityZones/*"),
    ("AWS::DAX::Cluster", "AvailabilityZones/*"),
    ("AWS::DMS::ReplicationInstance", "AvailabilityZone"),
    ("AWS::EC2::Host", "AvailabilityZone"),
    ("AWS::EC2::Instance", "AvailabilityZone"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/Placement/AvailabilityZone"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/LaunchSpecifications/*/Placement/AvailabilityZone"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/LaunchTemplateConfigs/*/Overrides/*/AvailabilityZone"),
    ("AWS::EC2::Subnet", "AvailabilityZone"),
    ("AWS::EC2::Volume", "AvailabilityZone"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "AvailabilityZones/*"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets/*/AvailabilityZone"),
    ("AWS::EMR::Cluster", "Instances/Placement/AvailabilityZone"),
    ("AWS::Glue::Connection", "ConnectionInput/PhysicalConnectionRequirements/AvailabilityZone"),
    ("AWS::OpsWorks::Instance", "AvailabilityZone"),
    ("AWS::RDS::DBCluster", "AvailabilityZones/*"),
    ("AWS::RDS::DBInstance", "AvailabilityZone"),
];

fn zone(context: &Context<'_>, report: &mut Report) {
    // The CDK writes the zones that it looked up, for one environment on purpose.
    if context.is_of_cdk() {
        return;
    }
    for (kind, steps) in ZONES {
        for (id, resource) in context.resources(kind) {
            each_at(&resource.properties, steps, &mut |path, value| {
                if let Some(zone) = value.as_str().filter(|zone| *zone != "all" && !zone.contains("{{")) {
                    let message = format!("`{zone}` exists in one region only");
                    report.resource(id, &format!("/Properties{path}"), message).help =
                        Some("choose by `!Select [0, !GetAZs '']`, or take a parameter".into());
                }
            });
        }
    }
}

const IMAGE_PARAMETER: Rule = Rule {
    code: Code::new("W2506", "untyped-image-parameter"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html",
    explanation: "A parameter that names an image has a type that says so: then CloudFormation refuses what does not exist before anything is created.",
    bad: &[
        "Parameters: { Image: { Type: String } }\nResources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: !Ref Image } } }",
    ],
    good: &[
        "Parameters: { Image: { Type: 'AWS::EC2::Image::Id' } }\nResources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: !Ref Image } } }",
    ],
    find: image_parameter,
};

/// Where images are named.
const IMAGES: &[(&str, &str)] = &[
    ("AWS::AutoScaling::LaunchConfiguration", "ImageId"),
    ("AWS::Batch::ComputeEnvironment", "ComputeResources/ImageId"),
    ("AWS::Cloud9::EnvironmentEC2", "ImageId"),
    ("AWS::EC2::Instance", "ImageId"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/ImageId"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/LaunchSpecifications/*/ImageId"),
    ("AWS::ImageBuilder::Image", "ImageId"),
];

/// The types of parameters that name an image.
const IMAGE_TYPES: [&str; 2] = ["AWS::EC2::Image::Id", "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"];

fn image_parameter(context: &Context<'_>, report: &mut Report) {
    let mut seen = Vec::new();
    for (kind, steps) in IMAGES {
        for (_, resource) in context.resources(kind) {
            each_at(&resource.properties, steps, &mut |_, value| {
                let Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) = value else { return };
                let Some(parameter) = context.template.parameters.get(name) else { return };
                if IMAGE_TYPES.contains(&parameter.kind.as_str()) || seen.contains(&name) {
                    return;
                }
                seen.push(name);
                let message = format!("`{name}` names an image, and its type is `{}`", parameter.kind);
                report.at(pointer(["Parameters", name, "Type"]), message).help =
                    Some(format!("make it `{}` or `{}`", IMAGE_TYPES[0], IMAGE_TYPES[1]));
            });
        }
    }
}

const ONE_POLICY: Rule = Rule {
    code: Code::new("W3011", "half-protected"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
    explanation: "`DeletionPolicy` keeps what is deleted with the stack, `UpdateReplacePolicy` what an update replaces: data that is worth one is worth both.",
    bad: &["Resources: { Bucket: { Type: AWS::S3::Bucket, DeletionPolicy: Retain } }"],
    good: &["Resources: { Bucket: { Type: AWS::S3::Bucket, DeletionPolicy: Retain, UpdateReplacePolicy: Retain } }"],
    find: |context, report| {
        for (id, resource) in &context.template.resources {
            if VERSIONS.contains(&resource.kind.as_str()) {
                continue;
            }
            let (has, lacks, lost) = match (&resource.deletion_policy, &resource.update_replace_policy) {
                (Some(policy), None) if keeps(policy) => ("DeletionPolicy", "UpdateReplacePolicy", "replaced"),
                (None, Some(policy)) if keeps(policy) => ("UpdateReplacePolicy", "DeletionPolicy", "deleted"),
                _ => continue,
            };
            let message = format!("`{id}` has `{has}` and no `{lacks}`: it is lost when it is {lost}");
            report.resource(id, "", message).help = Some(format!("set `{lacks}` to the same"));
        }
    },
};

const NO_POLICY: Rule = Rule {
    code: Code::new("I3011", "unprotected-data"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
    explanation: "Without `UpdateReplacePolicy` an update that replaces a resource deletes what it replaces. Of a database that is worth a \
                  decision, as is what stays of it when its stack goes: `Snapshot`, `Retain`, or `Delete` where nothing is to stay.",
    bad: &[
        "Resources: { Database: { Type: AWS::RDS::DBInstance, Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true } } }",
    ],
    good: &[
        "Resources: { Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, UpdateReplacePolicy: Delete, Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, MasterUsername: app, ManageMasterUserPassword: true } } }",
    ],
    find: |context, report| {
        for (id, resource) in DATABASES.iter().flat_map(|kind| context.resources(kind)) {
            let is_copy = ["DBClusterIdentifier", "SourceDBInstanceIdentifier"]
                .iter()
                .any(|name| resource.kind == "AWS::RDS::DBInstance" && resource.properties.contains_key(*name));
            if is_copy || resource.deletion_policy.is_some() || resource.update_replace_policy.is_some() {
                continue;
            }
            let message = format!(
                "`{id}` has neither `DeletionPolicy` nor `UpdateReplacePolicy`: an update that replaces it deletes its data"
            );
            report.resource(id, "", message).help = Some("set both to `Snapshot`".into());
        }
    },
};

/// What has data in it that nothing else has, and leaves a snapshot if told to.
const DATABASES: &[&str] = &[
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

/// Versions are never replaced in place: each is made anew and left behind.
const VERSIONS: [&str; 2] = ["AWS::Lambda::Version", "AWS::Lambda::LayerVersion"];

fn keeps(policy: &Value) -> bool {
    policy.as_str().is_some_and(|policy| policy != "Delete")
}

const OLD_POLICY: Rule = Rule {
    code: Code::new("W2511", "old-policy-version"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
    explanation: "A policy document of the version `2008-10-17` knows no policy variables: `${aws:username}` is taken literally.",
    bad: &[
        "Resources: { Open: { Type: AWS::SNS::TopicPolicy, Properties: { Topics: [t], PolicyDocument: { Version: '2008-10-17', Statement: [{ Effect: Allow, Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: sns:Publish, Resource: '*' }] } } } }",
    ],
    good: &[
        "Resources: { Open: { Type: AWS::SNS::TopicPolicy, Properties: { Topics: [t], PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: sns:Publish, Resource: '*' }] } } } }",
    ],
    find: |context, report| {
        let resources = Path::Start.key("Resources");
        for (id, resource) in &context.template.resources {
            resource.walk(&resources.key(id), &mut |path, value| {
                if value.as_map().is_some_and(is_old) {
                    let message =
                        "this policy document is of the version `2008-10-17`, which knows no policy variables";
                    report.at(format_args!("{path}/Version"), message).help = Some("make it `2012-10-17`".into());
                }
            });
        }
    },
};

fn is_old(map: &Map) -> bool {
    map.contains_key("Statement") && map.get("Version").and_then(Value::as_str) == Some("2008-10-17")
}
