//! What becomes of a resource that is created, updated, replaced or removed.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::check::shape::{COUNT, INTEGER, Key, Shape, key, required};
use crate::diagnostic::{Code, Severity};
use crate::resolve;
use crate::template::{Function, Intrinsic, Path, Resource, Template, Value};

pub(super) const RULES: &[Rule] = &[DELETION, REPLACEMENT, UPDATE, CREATION];

const DELETION: Rule = Rule {
    code: Code::new("E3035", "malformed-deletion-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
    explanation: "`DeletionPolicy` is `Delete`, `Retain` or `RetainExceptOnCreate`, or `Snapshot` for a type that can make one; a function needs the language extensions.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: Snapshot, UpdateReplacePolicy: Delete } }",
        "Resources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: retain, UpdateReplacePolicy: Retain } }",
        "Parameters: { Fate: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: !Ref Fate, UpdateReplacePolicy: Retain } }",
    ],
    good: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain } }",
    ],
    find: |context, report| {
        const WORDS: &[&str] = &["Delete", "Retain", "RetainExceptOnCreate"];
        each(context, "DeletionPolicy", WORDS, |resource| resource.deletion_policy.as_ref(), report);
    },
};

const REPLACEMENT: Rule = Rule {
    code: Code::new("E3036", "malformed-replacement-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
    explanation: "`UpdateReplacePolicy` is `Delete` or `Retain`, or `Snapshot` for a type that can make one; a function needs the language extensions.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: Retain, UpdateReplacePolicy: RetainExceptOnCreate } }",
    ],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue, DeletionPolicy: Retain, UpdateReplacePolicy: Retain } }"],
    find: |context, report| {
        each(
            context,
            "UpdateReplacePolicy",
            &["Delete", "Retain"],
            |resource| resource.update_replace_policy.as_ref(),
            report,
        );
    },
};

/// Types of which CloudFormation makes a snapshot.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
const WITH_SNAPSHOT: &[&str] = &[
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
];

fn each(
    context: &Context<'_>,
    name: &'static str,
    words: &[&'static str],
    policy: fn(&Resource) -> Option<&Value>,
    report: &mut Report,
) {
    let section = Path::Start.key("Resources");
    for (id, resource) in &context.template.resources {
        if let Some(value) = policy(resource) {
            let can_snapshot = WITH_SNAPSHOT.contains(&resource.kind.as_str());
            let words = words.iter().copied().chain(can_snapshot.then_some("Snapshot")).collect();
            let path = section.key(id);
            Fate { template: context.template, name, kind: &resource.kind, words }.check(
                value,
                &path.key(name),
                report,
            );
        }
    }
}

/// One policy of a resource.
struct Fate<'c> {
    template: &'c Template,
    name: &'static str,
    kind: &'c str,
    /// What it may be.
    words: Vec<&'static str>,
}

impl Fate<'_> {
    fn check(&self, value: &Value, path: &Path<'_>, report: &mut Report) {
        match value {
            Value::Null => {}
            Value::String(word) if self.words.contains(&word.as_str()) => {}
            Value::String(word) if word == "Snapshot" => {
                self.wrong(format!("no snapshot is made of a `{}`", self.kind), path, report);
            }
            Value::String(word) => self.wrong(format!("`{}` is `{word}`", self.name), path, report),
            Value::Intrinsic(_) if resolve::is_rewritten(self.template) => {}
            Value::Intrinsic(function) if resolve::has_extensions(self.template) => {
                self.function(function, path, report);
            }
            Value::Intrinsic(_) => {
                let found = report.at(path, format!("`{}` is a function, and must be a word", self.name));
                found.help = Some("write the word, or add `Transform: AWS::LanguageExtensions`".into());
            }
            other => self.wrong(format!("`{}` is {}, and must be a word", self.name, other.kind()), path, report),
        }
    }

    fn wrong(&self, message: String, path: &Path<'_>, report: &mut Report) {
        report.at(path, message).help = Some(format!("write one of `{}`", self.words.join("`, `")));
    }

    /// What the language extensions can make a word of.
    fn function(&self, function: &Intrinsic, path: &Path<'_>, report: &mut Report) {
        let Intrinsic::Call(function, argument) = function else { return };
        match function {
            Function::If => {
                let outer = path.key(Function::If.long_name());
                for (index, branch) in argument.as_list().unwrap_or_default().iter().enumerate().skip(1) {
                    self.check(branch, &outer.index(index), report);
                }
            }
            Function::FindInMap | Function::Select | Function::Sub | Function::Ref => {}
            other => {
                let message = format!("`{}` is what `{}` returns, which is no word", self.name, other.long_name());
                self.wrong(message, path, report);
            }
        }
    }
}

const UPDATE: Rule = Rule {
    code: Code::new("E3016", "malformed-update-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
    explanation: "`UpdatePolicy` is there for a few types, and has the keys of the type.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, UpdatePolicy: { EnableVersionUpgrade: true } } }",
        "Resources: { Domain: { Type: AWS::OpenSearchService::Domain, UpdatePolicy: { EnableVersionUpgrade: perhaps } } }",
    ],
    good: &[
        "Resources: { Domain: { Type: AWS::OpenSearchService::Domain, UpdatePolicy: { EnableVersionUpgrade: true } } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Resources");
        for (id, resource) in &context.template.resources {
            let Some(policy) = resource.update_policy.as_ref().filter(|_| !has_own_policies(resource)) else {
                continue;
            };
            let resource_path = section.key(id);
            let path = resource_path.key("UpdatePolicy");
            match update_shape(&resource.kind) {
                Some(keys) => Shape::Map(keys).check(policy, "UpdatePolicy", &path, &mut |at, message, help| {
                    report.at(at, message).help = help;
                }),
                None if resolve::is_rewritten(context.template) => {}
                None => {
                    let found = report.at(path, format!("a `{}` has no `UpdatePolicy`", resource.kind));
                    found.help = Some("remove it".into());
                }
            }
            both_ways(policy, &path, report);
        }
    },
};

/// Modules and custom resources, whose policies are a matter of their own, and what SAM replaces.
fn has_own_policies(resource: &Resource) -> bool {
    let kind = resource.kind.as_str();
    let is_custom = kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource";
    is_custom || kind.is_empty() || kind.ends_with("::MODULE") || kind.starts_with("AWS::Serverless::")
}

/// An instance refresh and a rolling update are two ways to do the same.
fn both_ways(policy: &Value, path: &Path<'_>, report: &mut Report) {
    let has = |key| policy.as_map().is_some_and(|policy| policy.contains_key(key));
    if has("AutoScalingInstanceRefresh") && has("AutoScalingRollingUpdate") {
        let message = "the group is updated both by an instance refresh and by a rolling update";
        report.at(path, message).help = Some("remove one of them".into());
    }
}

fn update_shape(kind: &str) -> Option<&'static [Key]> {
    match kind {
        "AWS::AutoScaling::AutoScalingGroup" => Some(GROUP),
        "AWS::Lambda::Alias" => Some(ALIAS),
        "AWS::Elasticsearch::Domain" | "AWS::OpenSearchService::Domain" => {
            Some(const { &[key("EnableVersionUpgrade", Shape::Flag)] })
        }
        "AWS::ElastiCache::ReplicationGroup" => Some(const { &[key("UseOnlineResharding", Shape::Flag)] }),
        "AWS::AppStream::Fleet" => Some(FLEET),
        _ => None,
    }
}

const FLEET: &[Key] = &[key("StopBeforeUpdate", FLEET_STEP), key("StartAfterUpdate", FLEET_STEP)];
const FLEET_STEP: Shape = Shape::Map(&[key("Type", Shape::Flag)]);

const ALIAS: &[Key] = &[key(
    "CodeDeployLambdaAliasUpdate",
    Shape::Map(&[
        required("ApplicationName", Shape::Text),
        required("DeploymentGroupName", Shape::Text),
        key("BeforeAllowTrafficHook", Shape::Text),
        key("AfterAllowTrafficHook", Shape::Text),
    ]),
)];

const PROCESSES: Shape = Shape::Word(&[
    "Launch",
    "Terminate",
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "ReplaceUnhealthy",
    "ScheduledActions",
]);

const TWO_DAYS: i64 = 172_800;

const REFRESH: &[Key] = &[
    required("Strategy", Shape::Word(&["Rolling", "ReplaceRootVolume"])),
    key(
        "Preferences",
        Shape::Map(&[
            key("AlarmSpecification", Shape::Map(&[key("Alarms", Shape::List(&Shape::Text))])),
            key("BakeTime", Shape::Integer(0, TWO_DAYS)),
            key("CheckpointDelay", Shape::Integer(0, TWO_DAYS)),
            key("CheckpointPercentages", Shape::List(&INTEGER)),
            key("InstanceWarmup", COUNT),
            key("MaxHealthyPercentage", Shape::Integer(100, 200)),
            key("MinHealthyPercentage", Shape::Integer(0, 100)),
            key("ScaleInProtectedInstances", Shape::Word(&["Ignore", "Refresh", "Wait"])),
            key("SkipMatching", Shape::Flag),
            key("StandbyInstances", Shape::Word(&["Ignore", "Terminate", "Wait"])),
        ]),
    ),
];

const GROUP: &[Key] = &[
    key("AutoScalingReplacingUpdate", Shape::Map(&[key("WillReplace", Shape::Flag)])),
    key(
        "AutoScalingRollingUpdate",
        Shape::Map(&[
            key("MaxBatchSize", INTEGER),
            key("MinActiveInstancesPercent", INTEGER),
            key("MinInstancesInService", INTEGER),
            key("MinSuccessfulInstancesPercent", INTEGER),
            key("PauseTime", Shape::Text),
            key("SuspendProcesses", Shape::List(&PROCESSES)),
            key("WaitOnResourceSignals", Shape::Flag),
        ]),
    ),
    key("AutoScalingScheduledAction", Shape::Map(&[key("IgnoreUnmodifiedGroupSizeProperties", Shape::Flag)])),
    key("AutoScalingInstanceRefresh", Shape::Map(REFRESH)),
];

const CREATION: Rule = Rule {
    code: Code::new("E3055", "malformed-creation-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html",
    explanation: "`CreationPolicy` says for how many signals and how long CloudFormation waits, or that a fleet is started.",
    bad: &[
        "Resources:\n  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }\n  Wait: { Type: AWS::CloudFormation::WaitCondition, CreationPolicy: { ResourceSignal: { Counts: 2 } } }",
    ],
    good: &[
        "Resources:\n  Handle: { Type: AWS::CloudFormation::WaitConditionHandle }\n  Wait: { Type: AWS::CloudFormation::WaitCondition, CreationPolicy: { ResourceSignal: { Count: 2, Timeout: PT5M } } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Resources");
        for (id, resource) in &context.template.resources {
            if let Some((policy, keys)) = resource.creation_policy.as_ref().zip(creation_shape(&resource.kind)) {
                let path = section.key(id);
                Shape::Map(keys).check(
                    policy,
                    "CreationPolicy",
                    &path.key("CreationPolicy"),
                    &mut |at, message, help| {
                        report.at(at, message).help = help;
                    },
                );
            }
        }
    },
};

const SIGNAL: Key = key("ResourceSignal", Shape::Map(&[key("Count", INTEGER), key("Timeout", Shape::Text)]));

const NEW_GROUP: Key = key("AutoScalingCreationPolicy", Shape::Map(&[key("MinSuccessfulInstancesPercent", INTEGER)]));

fn creation_shape(kind: &str) -> Option<&'static [Key]> {
    match kind {
        "AWS::AppStream::Fleet" => Some(const { &[key("StartFleet", Shape::Any)] }),
        "AWS::AutoScaling::AutoScalingGroup" => Some(const { &[SIGNAL, NEW_GROUP] }),
        "AWS::CloudFormation::WaitCondition" | "AWS::EC2::Instance" => Some(const { &[SIGNAL] }),
        _ => None,
    }
}
