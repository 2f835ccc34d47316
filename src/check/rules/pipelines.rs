//! CodePipeline: stages and artifacts.

use std::collections::BTreeSet;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Map, Resource, Value};

pub(super) const RULES: &[Rule] = &[SOURCE_STAGE, ARTIFACTS];

macro_rules! pipeline { ($first:literal $second:literal) => {
    concat!(
        "Resources: { Pipeline: { Type: AWS::CodePipeline::Pipeline, Properties: { RoleArn: 'arn:aws:iam::111122223333:role/r', ",
        "ArtifactStore: { Type: S3, Location: artifacts }, Stages: [{ Name: Source, Actions: [", $first, "] }, ",
        "{ Name: Build, Actions: [", $second, "] }] } } }"
    )
} }

const SOURCE_STAGE: Rule = Rule {
    code: Code::new("E3700", "source-outside-first-stage"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html",
    explanation: "The first stage of a pipeline has source actions and nothing else, and no other stage has any.",
    bad: &[
        pipeline!("{ Name: s, ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: '1' }, Configuration: { S3Bucket: b, S3ObjectKey: k }, OutputArtifacts: [{ Name: Code }] }" "{ Name: t, ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: '1' }, Configuration: { S3Bucket: b, S3ObjectKey: k }, OutputArtifacts: [{ Name: Others }] }"),
    ],
    good: &[
        pipeline!("{ Name: s, ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: '1' }, Configuration: { S3Bucket: b, S3ObjectKey: k }, OutputArtifacts: [{ Name: Code }] }" "{ Name: b, ActionTypeId: { Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }, Configuration: { ProjectName: p }, InputArtifacts: [{ Name: Code }] }"),
    ],
    find: source_stage,
};

/// What an action outside the first stage can be.
const OTHERS: [&str; 6] = ["Build", "Approval", "Deploy", "Test", "Invoke", "Compute"];

fn source_stage(context: &Context<'_>, report: &mut Report) {
    for (id, pipeline) in context.resources("AWS::CodePipeline::Pipeline") {
        each_action(pipeline, |stage, path, action| {
            let Some(category) = action.get("ActionTypeId").and_then(Value::as_map).and_then(|of| of.get("Category"))
            else {
                return;
            };
            let Some(category) = category.as_str() else { return };
            let path = format!("{path}/ActionTypeId/Category");
            if stage == 0 && category != "Source" {
                let message =
                    format!("the first stage has an action of `{category}`, and only `Source` is allowed there");
                report.resource(id, &path, message).help = Some("move it to a later stage".into());
            } else if stage > 0 && !OTHERS.contains(&category) {
                let message = format!("an action of `{category}` is not allowed behind the first stage");
                report.resource(id, &path, message).help = Some("move it to the first stage".into());
            }
        });
    }
}

const ARTIFACTS: Rule = Rule {
    code: Code::new("E3701", "unknown-artifact"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/welcome-introducing-artifacts.html",
    explanation: "What an action takes, an action before it has made, and no two actions make artifacts of one name.",
    bad: &[
        pipeline!("{ Name: s, ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: '1' }, Configuration: { S3Bucket: b, S3ObjectKey: k }, OutputArtifacts: [{ Name: Code }] }" "{ Name: b, ActionTypeId: { Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }, Configuration: { ProjectName: p }, InputArtifacts: [{ Name: Source }] }"),
    ],
    good: &[
        pipeline!("{ Name: s, ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: '1' }, Configuration: { S3Bucket: b, S3ObjectKey: k }, OutputArtifacts: [{ Name: Code }] }" "{ Name: b, ActionTypeId: { Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }, Configuration: { ProjectName: p }, InputArtifacts: [{ Name: Code }] }"),
    ],
    find: artifacts,
};

fn artifacts(context: &Context<'_>, report: &mut Report) {
    for (id, pipeline) in context.resources("AWS::CodePipeline::Pipeline") {
        let (mut made, mut is_known) = (BTreeSet::new(), true);
        each_action(pipeline, |_, path, action| {
            each_name(action, "InputArtifacts", |index, name| match name {
                Some(name) if is_known && !made.contains(name) => {
                    let message = format!("no action before this one makes the artifact `{name}`");
                    let path = format!("{path}/InputArtifacts/{index}/Name");
                    report.resource(id, &path, message).help =
                        Some("name one of `OutputArtifacts` of an earlier action".into());
                }
                _ => {}
            });
            each_name(action, "OutputArtifacts", |index, name| match name {
                None => is_known = false,
                Some(name) if !made.insert(name) => {
                    let message = format!("an action before this one makes an artifact `{name}` already");
                    let path = format!("{path}/OutputArtifacts/{index}/Name");
                    report.resource(id, &path, message).help = Some("give it another name".into());
                }
                Some(_) => {}
            });
        });
    }
}

/// Calls `visit` on every action, with the index of its stage and its path below the resource; on none where the stages are
/// not known one by one.
fn each_action<'a>(pipeline: &'a Resource, mut visit: impl FnMut(usize, &str, &'a Map)) {
    let stages = pipeline.properties.get("Stages").and_then(Value::as_list).unwrap_or_default();
    let maps: Option<Vec<&Map>> = stages.iter().map(Value::as_map).collect();
    for (number, stage) in maps.unwrap_or_default().into_iter().enumerate() {
        let actions = stage.get("Actions").and_then(Value::as_list).unwrap_or_default();
        for (index, action) in actions.iter().enumerate() {
            if let Value::Map(action) = action {
                visit(number, &format!("/Properties/Stages/{number}/Actions/{index}"), action);
            }
        }
    }
}

/// Calls `visit` on the name of each artifact in a list of an action; on none where it is not known.
fn each_name<'a>(action: &'a Map, list: &str, mut visit: impl FnMut(usize, Option<&'a str>)) {
    match action.get(list) {
        None => {}
        Some(Value::List(artifacts)) => {
            for (index, artifact) in artifacts.iter().enumerate() {
                visit(index, artifact.as_map().and_then(|artifact| artifact.get("Name")).and_then(Value::as_str));
            }
        }
        Some(_) => visit(0, None),
    }
}
