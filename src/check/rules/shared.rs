//! What one thing can have once only, or must bring to another.

use std::collections::BTreeMap;

use super::facts::{is, is_absent, is_there};
use super::pairs::each_pair;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Resolution};

pub(super) const RULES: &[Rule] = &[ROUTE_TABLES, ROLE_BY_NAME, CLUSTER_MODE, IMAGE];

const ROUTE_TABLES: Rule = Rule {
    code: Code::new("E3022", "two-route-tables"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnetroutetableassociation.html",
    explanation: "A subnet has one route table: a second association fails, or takes the place of the first.",
    bad: &[
        "Resources: { A: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: subnet-00000000, RouteTableId: rtb-00000000 } }, B: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: subnet-00000000, RouteTableId: rtb-11111111 } } }",
    ],
    good: &[
        "Resources: { A: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: subnet-00000000, RouteTableId: rtb-00000000 } }, B: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: subnet-11111111, RouteTableId: rtb-00000000 } } }",
    ],
    find: route_tables,
};

fn route_tables(context: &Context<'_>, report: &mut Report) {
    let mut known: BTreeMap<String, Vec<(&str, Formula)>> = BTreeMap::new();
    for (id, _) in context.resources("AWS::EC2::SubnetRouteTableAssociation") {
        for case in context.resolved.property(id, "SubnetId") {
            if let Some(subnet) = identity(&case.value) {
                known.entry(subnet).or_default().push((id, case.when));
            }
        }
    }
    for associations in known.values().filter(|associations| associations.len() > 1) {
        for (id, when) in associations {
            let is_rival = |(other, along): &&(&str, Formula)| {
                other != id && context.resolved.is_certainly_possible(context.resolved.and(*when, *along))
            };
            let rivals: Vec<String> =
                associations.iter().filter(is_rival).map(|(other, _)| format!("`{other}`")).collect();
            if !rivals.is_empty() {
                let message = format!("{} gives the subnet of `{id}` a route table too", rivals.join(" and "));
                report.resource(id, "/Properties/SubnetId", message).help = Some("keep one of them".into());
            }
        }
    }
}

/// What a value is, so that equal ones are known to be the same: a text, a reference, a parameter.
pub(super) fn identity(value: &Resolution<'_>) -> Option<String> {
    if let Some(text) = value.text() {
        return Some(text.to_owned());
    }
    match (value.reference(), value.parameter()) {
        (Some((resource, attribute)), _) => Some(format!("!{resource}.{}", attribute.unwrap_or_default())),
        (None, Some((name, _))) => Some(format!("!{name}")),
        _ => None,
    }
}

const ROLE_BY_NAME: Rule = Rule {
    code: Code::new("E3050", "role-with-path-by-name"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-project.html",
    explanation: "`Ref` of a role is its name, of which CodeBuild makes an ARN without a path: a role with a path is not found.",
    bad: &[
        "Resources: { Role: { Type: AWS::IAM::Role, Properties: { Path: /build/, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { Service: codebuild.amazonaws.com }, Action: sts:AssumeRole }] } } }, Build: { Type: AWS::CodeBuild::Project, Properties: { ServiceRole: !Ref Role, Source: { Type: NO_SOURCE, BuildSpec: x }, Artifacts: { Type: NO_ARTIFACTS }, Environment: { ComputeType: BUILD_GENERAL1_SMALL, Image: a, Type: LINUX_CONTAINER } } } }",
    ],
    good: &[
        "Resources: { Role: { Type: AWS::IAM::Role, Properties: { Path: /build/, AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { Service: codebuild.amazonaws.com }, Action: sts:AssumeRole }] } } }, Build: { Type: AWS::CodeBuild::Project, Properties: { ServiceRole: !GetAtt Role.Arn, Source: { Type: NO_SOURCE, BuildSpec: x }, Artifacts: { Type: NO_ARTIFACTS }, Environment: { ComputeType: BUILD_GENERAL1_SMALL, Image: a, Type: LINUX_CONTAINER } } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources("AWS::CodeBuild::Project") {
            for case in context.resolved.property(id, "ServiceRole") {
                let Some((role, None)) = case.value.reference() else { continue };
                let path = is(context, role, "Path", |value| value.text().is_some_and(|path| path != "/"));
                if context.resolved.is_certainly_possible(context.resolved.and(case.when, path)) {
                    let message = format!("`{role}` has a path, and is given by its name");
                    report.at(context.resolved.place(id, case.source), message).help =
                        Some(format!("give its ARN: `!GetAtt {role}.Arn`"));
                }
            }
        }
    },
};

const CLUSTER_MODE: Rule = Rule {
    code: Code::new("E3026", "cluster-mode-without-failover"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html",
    explanation: "With cluster mode enabled by the parameter group, a replication group fails over automatically and has node groups, or more than one node.",
    bad: &[
        "Resources: { Mode: { Type: AWS::ElastiCache::ParameterGroup, Properties: { CacheParameterGroupFamily: redis7, Description: d, Properties: { cluster-enabled: 'yes' } } }, Cache: { Type: AWS::ElastiCache::ReplicationGroup, Properties: { ReplicationGroupDescription: d, CacheNodeType: cache.t3.small, NumCacheClusters: 2, AutomaticFailoverEnabled: false, CacheParameterGroupName: !Ref Mode } } }",
    ],
    good: &[
        "Resources: { Mode: { Type: AWS::ElastiCache::ParameterGroup, Properties: { CacheParameterGroupFamily: redis7, Description: d, Properties: { cluster-enabled: 'yes' } } }, Cache: { Type: AWS::ElastiCache::ReplicationGroup, Properties: { ReplicationGroupDescription: d, CacheNodeType: cache.t3.small, NumCacheClusters: 2, AutomaticFailoverEnabled: true, CacheParameterGroupName: !Ref Mode } } }",
    ],
    find: cluster_mode,
};

fn cluster_mode(context: &Context<'_>, report: &mut Report) {
    let resolved = context.resolved;
    let (from, to) = ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ParameterGroup");
    each_pair(context, from, "CacheParameterGroupName", to, |id, group, under| {
        let enabled = is(context, group, "Properties/cluster-enabled", |value| {
            value.text() == Some("yes") || value.flag() == Some(true)
        });
        let clustered = resolved.and(under, enabled);
        let still = is(context, id, "AutomaticFailoverEnabled", |value| value.flag() == Some(false));
        let alone =
            is(context, id, "NumCacheClusters", |value| value.is_absent() || value.integer().is_some_and(|n| n <= 1));
        let alone = resolved.and(alone, is_absent(context, id, "NumNodeGroups"));
        let alone = resolved.and(alone, resolved.not(is_there(context, id, "NodeGroupConfiguration")));
        for (name, wrong, what, help) in [
            ("AutomaticFailoverEnabled", still, "does not fail over automatically", "set it to true, or leave it out"),
            ("NumCacheClusters", alone, "has one node", "set `NumNodeGroups`, or more than one of `NumCacheClusters`"),
        ] {
            let wrong = resolved.and(clustered, wrong);
            if resolved.is_certainly_possible(wrong) {
                let place = resolved.place_where(wrong);
                let message = format!("`{group}` enables cluster mode, and `{id}` {what}{place}");
                report.resource(id, &format!("/Properties/{name}"), message).help = Some(help.into());
            }
        }
    });
}

const IMAGE: Rule = Rule {
    code: Code::new("E3673", "instance-without-image"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html",
    explanation: "An instance is made from an image, which it names itself or by its launch template.",
    bad: &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { InstanceType: t3.micro } } }"],
    good: &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-00000000 } } }"],
    find: |context, report| {
        let resolved = context.resolved;
        for (id, _) in context.resources("AWS::EC2::Instance") {
            let lacks = is_absent(context, id, "ImageId");
            let mut wrong = resolved.and(lacks, is_absent(context, id, "LaunchTemplate"));
            for by in ["LaunchTemplate/LaunchTemplateId", "LaunchTemplate/LaunchTemplateName"] {
                each_pair(context, "AWS::EC2::Instance", by, "AWS::EC2::LaunchTemplate", |from, to, under| {
                    if from == id {
                        let empty = is_absent(context, to, "LaunchTemplateData/ImageId");
                        wrong = resolved.or(wrong, resolved.and(lacks, resolved.and(under, empty)));
                    }
                });
            }
            if resolved.is_certainly_possible(wrong) {
                let message = format!(
                    "`{id}` has no `ImageId`, nor does a launch template give it one{}",
                    resolved.place_where(wrong)
                );
                report.resource(id, "/Properties", message).help = Some("set `ImageId`".into());
            }
        }
    },
};
