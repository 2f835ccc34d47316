//! Two resources of which one refers to the other, and whose properties must agree.

use super::facts::{is, is_absent, is_text};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Case, Formula, Resolution, Resolved};

/// Two properties that must be the same.
struct Pair {
    /// The type that refers, by the property at this path, to a resource of the other type.
    from: &'static str,
    by: &'static str,
    to: &'static str,
    /// The properties that must agree, of the one and of the other, and what each is where it is not there.
    own: (&'static str, Option<bool>),
    other: (&'static str, Option<bool>),
}

macro_rules! pairs { ($($id:literal $name:literal $from:literal by $by:literal to $to:literal
    same $own:literal $own_default:expr, $other:literal $other_default:expr;
    source $source:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    const PAIRS: &[Rule] = &[$(Rule {
        code: Code::new($id, $name),
        severity: Severity::Error,
        source: $source,
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| agree(context, report, &Pair {
            from: $from, by: $by, to: $to, own: ($own, $own_default), other: ($other, $other_default),
        }),
    },)*];
} }

pub(super) const RULES: &[Rule] = PAIRS;
pub(super) const MORE: &[Rule] = &[FIFO_BATCH, AUTHORIZATION, AWSVPC, FARGATE, SOURCE_ACCOUNT];

pairs! {
    "E3502" "dead-letters-of-other-kind" "AWS::SQS::Queue" by "RedrivePolicy/deadLetterTargetArn" to "AWS::SQS::Queue"
    same "FifoQueue" Some(false), "FifoQueue" Some(false);
    source "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
        "The dead-letter queue of a FIFO queue is a FIFO queue, that of a standard queue a standard one."
        bad &["Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }, Dead: { Type: AWS::SQS::Queue } }"],
        good &["Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3 } } }, Dead: { Type: AWS::SQS::Queue } }"];

    "E3698" "deployment-of-other-api" "AWS::ApiGateway::Stage" by "DeploymentId" to "AWS::ApiGateway::Deployment"
    same "RestApiId" None, "RestApiId" None;
    source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html"
        "A stage shows a deployment of its own API."
        bad &["Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, B: { Type: AWS::ApiGateway::RestApi, Properties: { Name: b } }, Made: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref A } }, Live: { Type: AWS::ApiGateway::Stage, Properties: { StageName: live, RestApiId: !Ref B, DeploymentId: !Ref Made } } }"],
        good &["Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, Made: { Type: AWS::ApiGateway::Deployment, Properties: { RestApiId: !Ref A } }, Live: { Type: AWS::ApiGateway::Stage, Properties: { StageName: live, RestApiId: !Ref A, DeploymentId: !Ref Made } } }"];

    "E3699" "authorizer-of-other-api" "AWS::ApiGateway::Method" by "AuthorizerId" to "AWS::ApiGateway::Authorizer"
    same "RestApiId" None, "RestApiId" None;
    source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html"
        "A method is authorised by an authorizer of its own API."
        bad &["Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, B: { Type: AWS::ApiGateway::RestApi, Properties: { Name: b } }, Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Name: n, RestApiId: !Ref A, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization } }, Get: { Type: AWS::ApiGateway::Method, Properties: { HttpMethod: GET, ResourceId: !GetAtt B.RootResourceId, RestApiId: !Ref B, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth } } }"],
        good &["Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Name: n, RestApiId: !Ref A, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization } }, Get: { Type: AWS::ApiGateway::Method, Properties: { HttpMethod: GET, ResourceId: !GetAtt A.RootResourceId, RestApiId: !Ref A, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth } } }"];

    "E3707" "instance-of-other-engine" "AWS::RDS::DBInstance" by "DBClusterIdentifier" to "AWS::RDS::DBCluster"
    same "Engine" None, "Engine" None;
    source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "An instance of a cluster has the cluster's engine."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true } }, Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-mysql, DBClusterIdentifier: !Ref Data, DBInstanceClass: db.r6g.large } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true } }, Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: !Ref Data, DBInstanceClass: db.r6g.large } } }"];

    "E3709" "instance-of-other-encryption" "AWS::RDS::DBInstance" by "DBClusterIdentifier" to "AWS::RDS::DBCluster"
    same "StorageEncrypted" None, "StorageEncrypted" Some(false);
    source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html"
        "Encryption is the cluster's: an instance of it says the same or nothing."
        bad &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, StorageEncrypted: false } }, Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: !Ref Data, DBInstanceClass: db.r6g.large, StorageEncrypted: true } } }"],
        good &["Resources: { Data: { Type: AWS::RDS::DBCluster, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, MasterUsername: me, ManageMasterUserPassword: true, StorageEncrypted: true } }, Writer: { Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, Properties: { Engine: aurora-postgresql, DBClusterIdentifier: !Ref Data, DBInstanceClass: db.r6g.large } } }"];
}

/// Calls `visit` on every resource of `from` that refers by `by` to a resource of the type `to`, with the worlds in which
/// both are there.
pub(super) fn each_pair<'a>(
    context: &Context<'a>,
    from: &'static str,
    by: &str,
    to: &str,
    mut visit: impl FnMut(&'a str, &'a str, Formula),
) {
    for (id, _) in context.resources(from) {
        for case in context.resolved.property(id, by) {
            let Some((target, _)) = case.value.reference() else { continue };
            let kind = context.template.resources.get(target).map(|resource| resource.kind.as_str());
            let both = context.resolved.and(case.when, context.resolved.exists(target));
            if kind == Some(to) && context.resolved.is_certainly_possible(both) {
                visit(id, target, both);
            }
        }
    }
}

fn agree(context: &Context<'_>, report: &mut Report, pair: &Pair) {
    each_pair(context, pair.from, pair.by, pair.to, |id, target, under| {
        let resolved = context.resolved;
        let others = resolved.property(target, pair.other.0);
        for own in resolved.property(id, pair.own.0) {
            for other in &others {
                let when = resolved.and(resolved.and(own.when, other.when), under);
                if differ((&own, pair.own.1), (other, pair.other.1)) && resolved.is_certainly_possible(when) {
                    let message = format!(
                        "`{}` of `{id}` is not that of `{target}`, to which it refers{}",
                        pair.own.0,
                        resolved.place_where(when)
                    );
                    let place = place(resolved, id, &own, pair.own.0);
                    report.at(place, message).help = Some("make the two the same".into());
                }
            }
        }
    });
}

/// Where a property stands, or the properties of the resource that lacks it.
fn place<'a>(resolved: &Resolved<'a>, id: &str, case: &Case<'a>, name: &str) -> String {
    if case.value.is_absent() {
        return crate::template::pointer(["Resources", id, "Properties"]);
    }
    let found = resolved.place(id, case.source);
    if found.contains("/Properties") { found } else { format!("{found}/Properties/{name}") }
}

/// Whether two values are known to differ: texts, for which capitals do not count (`MySQL` is `mysql`), truth values, references
/// to different resources.
fn differ(one: (&Case<'_>, Option<bool>), other: (&Case<'_>, Option<bool>)) -> bool {
    let flag = |(case, default): (&Case<'_>, Option<bool>)| match case.value {
        Resolution::Absent => default,
        _ => case.value.flag(),
    };
    if let (Some(one), Some(other)) = (flag(one), flag(other)) {
        return one != other;
    }
    let (one, other) = (&one.0.value, &other.0.value);
    match (one.reference(), other.reference()) {
        (Some(one), Some(other)) => one != other,
        _ => matches!((one.text(), other.text()), (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other)),
    }
}

const FIFO_BATCH: Rule = Rule {
    code: Code::new("E3705", "large-batch-of-fifo-queue"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    explanation: "From a FIFO queue at most 10 messages are taken at once.",
    bad: &[
        "Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }, Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, BatchSize: 20, EventSourceArn: !GetAtt Orders.Arn } } }",
    ],
    good: &[
        "Resources: { Orders: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }, Reads: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: f, BatchSize: 10, EventSourceArn: !GetAtt Orders.Arn } } }",
    ],
    find: |context, report| {
        each_pair(
            context,
            "AWS::Lambda::EventSourceMapping",
            "EventSourceArn",
            "AWS::SQS::Queue",
            |id, queue, under| {
                let large = is(context, id, "BatchSize", |value| value.integer().is_some_and(|size| size > 10));
                let fifo = is(context, queue, "FifoQueue", |value| value.flag() == Some(true));
                let wrong = context.resolved.and(under, context.resolved.and(large, fifo));
                if context.resolved.is_certainly_possible(wrong) {
                    let message =
                        format!("`{id}` takes more than 10 messages at once of `{queue}`, which is a FIFO queue");
                    report.resource(id, "/Properties/BatchSize", message).help =
                        Some("set `BatchSize` to 10 or less".into());
                }
            },
        );
    },
};

const AUTHORIZATION: Rule = Rule {
    code: Code::new("E3708", "authorizer-of-other-type"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-method.html",
    explanation: "A method whose authorization is `CUSTOM` has a Lambda authorizer, one of `COGNITO_USER_POOLS` an authorizer of user pools.",
    bad: &[
        "Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Name: n, RestApiId: !Ref A, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization } }, Get: { Type: AWS::ApiGateway::Method, Properties: { HttpMethod: GET, ResourceId: !GetAtt A.RootResourceId, RestApiId: !Ref A, AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !Ref Auth } } }",
    ],
    good: &[
        "Resources: { A: { Type: AWS::ApiGateway::RestApi, Properties: { Name: a } }, Auth: { Type: AWS::ApiGateway::Authorizer, Properties: { Name: n, RestApiId: !Ref A, Type: TOKEN, AuthorizerUri: u, IdentitySource: method.request.header.Authorization } }, Get: { Type: AWS::ApiGateway::Method, Properties: { HttpMethod: GET, ResourceId: !GetAtt A.RootResourceId, RestApiId: !Ref A, AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth } } }",
    ],
    find: |context, report| {
        each_pair(
            context,
            "AWS::ApiGateway::Method",
            "AuthorizerId",
            "AWS::ApiGateway::Authorizer",
            |id, other, under| {
                for (asked, fitting) in
                    [("CUSTOM", &["TOKEN", "REQUEST"][..]), ("COGNITO_USER_POOLS", &["COGNITO_USER_POOLS"])]
                {
                    let method = is_text(context, id, "AuthorizationType", asked);
                    let unfit =
                        is(context, other, "Type", |value| value.text().is_some_and(|kind| !fitting.contains(&kind)));
                    let wrong = context.resolved.and(under, context.resolved.and(method, unfit));
                    if context.resolved.is_certainly_possible(wrong) {
                        let message =
                            format!("`{id}` asks for `{asked}`, and `{other}` is an authorizer of another type");
                        report.resource(id, "/Properties/AuthorizationType", message).help =
                            Some("let the method ask for what the authorizer is".into());
                    }
                }
            },
        );
    },
};

const AWSVPC: Rule = Rule {
    code: Code::new("E3052", "service-without-network"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html",
    explanation: "A service whose task has the network mode `awsvpc` says in which subnets its tasks run.",
    bad: &[
        "Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { NetworkMode: awsvpc, ContainerDefinitions: [{ Name: a, Image: b }] } }, Service: { Type: AWS::ECS::Service, Properties: { TaskDefinition: !Ref Task } } }",
    ],
    good: &[
        "Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { NetworkMode: awsvpc, ContainerDefinitions: [{ Name: a, Image: b }] } }, Service: { Type: AWS::ECS::Service, Properties: { TaskDefinition: !Ref Task, NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [subnet-00000000] } } } } }",
    ],
    find: |context, report| {
        each_pair(context, "AWS::ECS::Service", "TaskDefinition", "AWS::ECS::TaskDefinition", |id, task, under| {
            let mode = is_text(context, task, "NetworkMode", "awsvpc");
            let wrong = context.resolved.and(mode, is_absent(context, id, "NetworkConfiguration"));
            let wrong = context.resolved.and(under, wrong);
            if context.resolved.is_certainly_possible(wrong) {
                let place = context.resolved.place_where(wrong);
                let message =
                    format!("`{id}` has no `NetworkConfiguration`, and its task `{task}` has the mode `awsvpc`{place}");
                report.resource(id, "/Properties", message).help = Some("name subnets and security groups".into());
            }
        });
    },
};

const FARGATE: Rule = Rule {
    code: Code::new("E3054", "task-unfit-for-fargate-service"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
    explanation: "A service on Fargate runs a task that is compatible with Fargate.",
    bad: &[
        "Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { ContainerDefinitions: [{ Name: a, Image: b }] } }, Service: { Type: AWS::ECS::Service, Properties: { LaunchType: FARGATE, TaskDefinition: !Ref Task } } }",
    ],
    good: &[
        "Resources: { Task: { Type: AWS::ECS::TaskDefinition, Properties: { RequiresCompatibilities: [FARGATE], NetworkMode: awsvpc, Cpu: 256, Memory: 512, ContainerDefinitions: [{ Name: a, Image: b }] } }, Service: { Type: AWS::ECS::Service, Properties: { LaunchType: FARGATE, TaskDefinition: !Ref Task, NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [subnet-00000000] } } } } }",
    ],
    find: |context, report| {
        each_pair(context, "AWS::ECS::Service", "TaskDefinition", "AWS::ECS::TaskDefinition", |id, task, under| {
            let resolved = context.resolved;
            let fargate = is_text(context, id, "LaunchType", "FARGATE");
            let mode = is(context, task, "NetworkMode", |value| {
                value.is_absent() || value.text().is_some_and(|mode| mode != "awsvpc")
            });
            let elsewhere = is(context, task, "RequiresCompatibilities", |value| match value {
                Resolution::Absent => true,
                Resolution::List(kinds) => {
                    kinds.iter().all(|kind| kind.value.text().is_some_and(|kind| kind != "FARGATE"))
                }
                _ => false,
            });
            let wrong = resolved.and(resolved.and(under, fargate), resolved.and(mode, elsewhere));
            if resolved.is_certainly_possible(wrong) {
                let place = resolved.place_where(wrong);
                let message = format!("`{id}` runs on Fargate, and its task `{task}` is not compatible with it{place}");
                report.resource(task, "/Properties", message).help =
                    Some(format!("set `RequiresCompatibilities: [FARGATE]` of `{task}`"));
            }
        });
    },
};

const SOURCE_ACCOUNT: Rule = Rule {
    code: Code::new("W3663", "bucket-of-any-account"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",
    explanation: "A bucket's ARN names no account, and a deleted bucket can be made again by another one: a permission for it names the account too.",
    bad: &[
        "Resources: { Bucket: { Type: AWS::S3::Bucket }, Allowed: { Type: AWS::Lambda::Permission, Properties: { FunctionName: f, Action: lambda:InvokeFunction, Principal: s3.amazonaws.com, SourceArn: !GetAtt Bucket.Arn } } }",
    ],
    good: &[
        "Resources: { Bucket: { Type: AWS::S3::Bucket }, Allowed: { Type: AWS::Lambda::Permission, Properties: { FunctionName: f, Action: lambda:InvokeFunction, Principal: s3.amazonaws.com, SourceAccount: !Ref AWS::AccountId, SourceArn: !GetAtt Bucket.Arn } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Lambda::Permission") {
            let bucket = is(context, id, "SourceArn", |value| {
                let target = value.reference().and_then(|(target, _)| context.template.resources.get(target));
                target.is_some_and(|target| target.kind == "AWS::S3::Bucket")
                    || value.text().is_some_and(|arn| arn.split(':').nth(4).is_some_and(|account| account.is_empty()))
            });
            let wrong = context.resolved.and(bucket, is_absent(context, id, "SourceAccount"));
            if context.resolved.is_certainly_possible(wrong) {
                let place = context.resolved.place_where(wrong);
                let message =
                    format!("`{id}` admits a source whose ARN names no account, and has no `SourceAccount`{place}");
                report.resource(id, "/Properties", message).help =
                    Some("set `SourceAccount: !Ref AWS::AccountId`".into());
            }
        }
    },
};
