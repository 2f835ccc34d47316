//! Policy documents, by where they stand: what IAM refuses of their structure.

mod condition;
mod document;

use std::sync::LazyLock;

use regex::Regex;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Resolution};
use crate::template::Value;
use document::{Sort, faults};

pub(super) const RULES: &[Rule] = &[IDENTITY, ROLE_ARN, RESOURCE, REPOSITORY, RESOURCE_ARN, TRUST];

/// Where documents stand: the type, the list property that has them, if one has, and the property.
type Place = (&'static str, Option<&'static str>, &'static str);

const OF_IDENTITIES: &[Place] = &[
    ("AWS::IAM::Group", Some("Policies"), "PolicyDocument"),
    ("AWS::IAM::Role", Some("Policies"), "PolicyDocument"),
    ("AWS::IAM::User", Some("Policies"), "PolicyDocument"),
    ("AWS::IAM::ManagedPolicy", None, "PolicyDocument"),
    ("AWS::IAM::Policy", None, "PolicyDocument"),
    ("AWS::IAM::GroupPolicy", None, "PolicyDocument"),
    ("AWS::IAM::RolePolicy", None, "PolicyDocument"),
    ("AWS::IAM::UserPolicy", None, "PolicyDocument"),
    ("AWS::SSO::PermissionSet", None, "InlinePolicy"),
];

const OF_BUCKETS: &[Place] = &[("AWS::S3::BucketPolicy", None, "PolicyDocument")];

const OF_RESOURCES: &[Place] = &[
    ("AWS::EC2::VPCEndpoint", None, "PolicyDocument"),
    ("AWS::EFS::FileSystem", None, "FileSystemPolicy"),
    ("AWS::Elasticsearch::Domain", None, "AccessPolicies"),
    ("AWS::KMS::Key", None, "KeyPolicy"),
    ("AWS::KMS::ReplicaKey", None, "KeyPolicy"),
    ("AWS::OpenSearchService::Domain", None, "AccessPolicies"),
    ("AWS::SNS::TopicInlinePolicy", None, "PolicyDocument"),
    ("AWS::SNS::TopicPolicy", None, "PolicyDocument"),
    ("AWS::SQS::QueueInlinePolicy", None, "PolicyDocument"),
    ("AWS::SQS::QueuePolicy", None, "PolicyDocument"),
    ("AWS::SecretsManager::ResourcePolicy", None, "ResourcePolicy"),
];

const OF_REPOSITORIES: &[Place] = &[("AWS::ECR::Repository", None, "RepositoryPolicyText")];

const OF_TRUST: &[Place] = &[("AWS::IAM::Role", None, "AssumeRolePolicyDocument")];

const IDENTITY_SORT: Sort =
    Sort { has_principal: false, has_resource: true, unique_sids: true, plain_sids: true, any_resource: true };
const RESOURCE_SORT: Sort =
    Sort { has_principal: true, has_resource: true, unique_sids: true, plain_sids: false, any_resource: true };
/// S3 takes several statements of one `Sid`, and wants the bucket named.
const BUCKET_SORT: Sort = Sort { unique_sids: false, any_resource: false, ..RESOURCE_SORT };
const TRUST_SORT: Sort = Sort { has_resource: false, ..RESOURCE_SORT };
const REPOSITORY_SORT: Sort = Sort { unique_sids: false, ..TRUST_SORT };

/// Calls `visit` on each document that stands at one of the places, and where it is there.
fn each_document<'a>(context: &Context<'a>, places: &[Place], visit: &mut dyn FnMut(&'a str, &'a Value, Formula)) {
    let resolved = context.resolved;
    for (kind, list, property) in places {
        for (id, resource) in context.resources(kind) {
            let exists = resolved.exists(id);
            // What is written wrongly is wrong, also where it never comes to it.
            let under = if resolved.is_possible(exists) { exists } else { Formula::TRUE };
            let Some(outer) = resource.properties.get(list.unwrap_or(property)) else { continue };
            if list.is_none() {
                visit(id, outer, under);
                continue;
            }
            for element in resolved.elements_in(outer, &[], under) {
                if let Resolution::Map(map) = element.value
                    && let Some(document) = map.get(*property)
                {
                    visit(id, document, element.when);
                }
            }
        }
    }
}

/// Tells what is wrong with the documents at some places: with ARNs of resources, with the rest, or (`None`) with all.
fn tell(context: &Context<'_>, report: &mut Report, places: &[Place], sort: &Sort, of_arns: Option<bool>) {
    each_document(context, places, &mut |id, document, under| {
        for fault in faults(context.resolved, sort, document, under) {
            if of_arns.is_some_and(|wanted| wanted != fault.is_arn) {
                continue;
            }
            let mut place = context.resolved.place(id, fault.at);
            if let Some(key) = fault.key {
                place.push_str(&crate::template::pointer([key]));
            }
            report.at(place, fault.message).help = Some(fault.help);
        }
    });
}

/// An identity policy with these statements.
macro_rules! identity {
    ($statements:literal) => {
        concat!(
            "Parameters: { Wide: { Type: String } }\nConditions: { IsWide: !Equals [!Ref Wide, 'yes'] }\n",
            "Resources: { Policy: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, Roles: [r], ",
            "PolicyDocument: { Version: '2012-10-17', Statement: ",
            $statements,
            " } } } }\nOutputs: { Width: { Condition: IsWide, Value: wide } }"
        )
    };
}

const IDENTITY: Rule = Rule {
    code: Code::new("E3510", "malformed-identity-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    explanation: "A policy of a role, a user or a group has statements, each with `Effect`, one of `Action` and `NotAction`, one of \
                  `Resource` and `NotResource`, and no principal. Its conditions have operators that IAM knows, its resources are ARNs.",
    bad: &[
        identity!("[{ Effect: Allow, Action: 's3:GetObject' }]"),
        identity!("{ Effect: Allowed, Action: 's3:GetObject', Resource: '*' }"),
        identity!("[{ Effect: Allow, Actions: 's3:GetObject', Action: 's3:PutObject', Resource: '*' }]"),
        identity!("[{ Effect: Allow, Action: 's3:GetObject', Resource: 'bucket/*' }]"),
        identity!("[{ Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'aws:s3:::${Wide}/*' }]"),
        identity!("[{ Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: '*' }]"),
        identity!("[{ Sid: 'read it', Effect: Allow, Action: 's3:GetObject', Resource: '*' }]"),
        identity!(
            "[{ Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: { StringIs: { 'aws:RequestedRegion': eu-west-1 } } }]"
        ),
        identity!(
            "[{ Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: { 'Null': { 'aws:TokenIssueTime': never } } }]"
        ),
        identity!("[{ Effect: Allow, Action: !If [IsWide, '*', !Ref AWS::NoValue], Resource: '*' }]"),
        identity!(
            "[!If [IsWide, { Effect: Allow, Action: '*', Resource: everything }, { Effect: Allow, Action: 's3:*', Resource: '*' }]]"
        ),
        identity!(
            "[{ Sid: A, Effect: Allow, Action: 's3:GetObject', Resource: '*' }, { Sid: A, Effect: Deny, Action: 's3:PutObject', Resource: '*' }]"
        ),
    ],
    good: &[
        identity!(
            "{ Sid: Read1, Effect: Allow, Action: ['s3:GetObject', 's3:List*'], Resource: ['arn:aws:s3:::b', !Sub 'arn:${AWS::Partition}:s3:::b/*'] }"
        ),
        identity!(
            "[!If [IsWide, { Sid: A, Effect: Allow, NotAction: 'iam:*', NotResource: 'arn:aws:s3:::b' }, { Sid: A, Effect: Deny, Action: '*', Resource: '*' }]]"
        ),
        identity!(
            "[{ Effect: Allow, Action: !If [IsWide, '*', !Ref AWS::NoValue], NotAction: !If [IsWide, !Ref AWS::NoValue, 'iam:*'], Resource: '*' }]"
        ),
        identity!(
            "[{ Effect: Allow, Action: '*', Resource: '*', Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': [a, !Ref Wide] }, 'Null': { 'aws:TagKeys': false }, NumericLessThan: { 'aws:MultiFactorAuthAge': 300 } } }]"
        ),
    ],
    find: |context, report| tell(context, report, OF_IDENTITIES, &IDENTITY_SORT, None),
};

/// A policy of a bucket, with these statements.
macro_rules! bucket {
    ($statements:literal) => {
        concat!(
            "Resources: { Policy: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: b, ",
            "PolicyDocument: { Version: '2012-10-17', Statement: ",
            $statements,
            " } } } }"
        )
    };
}

const RESOURCE: Rule = Rule {
    code: Code::new("E3512", "malformed-resource-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
    explanation: "A policy of a bucket, a key, a queue, a topic, a secret, an endpoint says who may do what: each statement has \
                  `Effect`, one of `Principal` and `NotPrincipal`, one of `Action` and `NotAction`, one of `Resource` and \
                  `NotResource`.",
    bad: &[
        bucket!("[{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]"),
        bucket!("[{ Effect: Allow, Principal: everyone, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]"),
        bucket!(
            "[{ Effect: Allow, Principal: { AWS: someone }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]"
        ),
        bucket!(
            "[{ Effect: Allow, Principal: { Services: s3.amazonaws.com }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]"
        ),
    ],
    good: &[
        bucket!(
            "[{ Effect: Allow, Principal: { AWS: ['111122223333', !Sub 'arn:aws:iam::${AWS::AccountId}:root'] }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]"
        ),
        bucket!(
            "[{ Sid: 'a b', Effect: Deny, Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::b/*', Condition: { Bool: { 'aws:SecureTransport': false } } }]"
        ),
    ],
    find: |context, report| {
        tell(context, report, OF_RESOURCES, &RESOURCE_SORT, Some(false));
        tell(context, report, OF_BUCKETS, &BUCKET_SORT, Some(false));
    },
};

const RESOURCE_ARN: Rule = Rule {
    code: Code::new("E3514", "malformed-arn-in-resource-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    explanation: "The resources of a resource policy are ARNs, or `*`. A bucket policy names its bucket: S3 does not take `*`.",
    bad: &[
        bucket!("[{ Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'b/*' }]"),
        bucket!("[{ Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: ['arn:aws:s3:::b/*', '*'] }]"),
    ],
    good: &[bucket!("[{ Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }]")],
    find: |context, report| {
        tell(context, report, OF_RESOURCES, &RESOURCE_SORT, Some(true));
        tell(context, report, OF_BUCKETS, &BUCKET_SORT, Some(true));
    },
};

const REPOSITORY: Rule = Rule {
    code: Code::new("E3513", "malformed-repository-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    explanation: "The policy of a repository has a principal and actions in each statement, and no resource: it is about the \
                  repository that has it.",
    bad: &[
        "Resources: { R: { Type: AWS::ECR::Repository, Properties: { RepositoryPolicyText: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: '*', Action: 'ecr:BatchGetImage', Resource: '*' }] } } } }",
    ],
    good: &[
        "Resources: { R: { Type: AWS::ECR::Repository, Properties: { RepositoryPolicyText: { Version: '2012-10-17', Statement: [{ Effect: Allow, Principal: { AWS: '111122223333' }, Action: 'ecr:BatchGetImage' }] } } } }",
    ],
    find: |context, report| tell(context, report, OF_REPOSITORIES, &REPOSITORY_SORT, None),
};

/// A role with this trust policy.
macro_rules! trust {
    ($document:literal) => {
        concat!(
            "Resources: { Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: ",
            $document,
            " } } }"
        )
    };
}

const TRUST: Rule = Rule {
    code: Code::new("E3530", "malformed-trust-policy"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-custom.html",
    explanation: "The trust policy of a role says who may assume it: each statement has `Effect`, a principal and actions, and no \
                  resource, which is the role itself.",
    bad: &[
        trust!("{}"),
        trust!("{ Statement: [{ Effect: Allow, Action: 'sts:AssumeRole' }] }"),
        trust!(
            "{ Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole', Resource: '*' }] }"
        ),
        trust!(
            "{ Version: '2012-10-18', Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }] }"
        ),
        trust!(
            "{ Statement: [{ Effect: Allow, Principal: { AWS: 'arn:aws:iam::1111:root' }, Action: 'sts:AssumeRole' }] }"
        ),
    ],
    good: &[
        trust!(
            "{ Version: '2012-10-17', Statement: { Effect: Allow, Principal: { Service: [lambda.amazonaws.com, !Sub 'states.${AWS::Region}.amazonaws.com'] }, Action: 'sts:AssumeRole' } }"
        ),
        trust!(
            "{ Statement: [{ Effect: Allow, Principal: { Federated: accounts.google.com }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { 'accounts.google.com:aud': a } } }] }"
        ),
    ],
    find: |context, report| tell(context, report, OF_TRUST, &TRUST_SORT, None),
};

/// Where a role is named by its ARN and the published schema takes any text.
const ROLES: &[(&str, &str)] = &[
    ("AWS::Batch::ComputeEnvironment", "ComputeResources/SpotIamFleetRole"),
    ("AWS::Batch::ComputeEnvironment", "ServiceRole"),
    ("AWS::EC2::SpotFleet", "SpotFleetRequestConfigData/IamFleetRole"),
    ("AWS::S3::Bucket", "ReplicationConfiguration/Role"),
];

static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^arn:aws[a-zA-Z-]*:iam::\d{12}:role/[\w+=,.@/-]+$";
    // INVARIANT (patterns compile): it is a literal, and the rule's examples match with it.
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("patterns compile: {error}"))
});

const ROLE_ARN: Rule = Rule {
    code: Code::new("E3511", "role-by-malformed-arn"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    explanation: "A role is named by its ARN here, `arn:<partition>:iam::<account>:role/<name>`; its name alone does not do.",
    bad: &[
        "Resources: { Jobs: { Type: AWS::Batch::ComputeEnvironment, Properties: { Type: UNMANAGED, ServiceRole: task-role } } }",
    ],
    good: &[
        "Resources: { Jobs: { Type: AWS::Batch::ComputeEnvironment, Properties: { Type: UNMANAGED, ServiceRole: 'arn:aws:iam::111122223333:role/path/task-role' } } }",
    ],
    find: |context, report| {
        for (kind, path) in ROLES {
            for (id, _) in context.resources(kind) {
                for case in context.resolved.property(id, path) {
                    let Some(text) = case.value.text().filter(|text| !ROLE.is_match(text)) else { continue };
                    let place = context.resolved.place(id, case.source);
                    report.at(place, format!("`{text}` is no ARN of a role")).help =
                        Some("write `arn:<partition>:iam::<account>:role/<name>`, or `!GetAtt Role.Arn`".into());
                }
            }
        }
    },
};
