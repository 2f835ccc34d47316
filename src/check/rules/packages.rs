//! What a Lambda function is made of, and how it starts.

use super::facts::{inherited, is, is_absent, is_text, is_there};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[INCOMPLETE_ARCHIVE, SNAP_START_UNSUPPORTED, SNAP_START_UNUSED, SNAP_START_POSSIBLE];

const SNAP_START: &str = "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html";

macro_rules! function { ($properties:literal $more:literal) => {
    concat!(
        "Resources: { Handler: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', ",
        "Code: { S3Bucket: artifacts, S3Key: a.zip }, ", $properties, " } }", $more, " }"
    )
} }

const INCOMPLETE_ARCHIVE: Rule = Rule {
    code: Code::new("W2533", "archive-without-handler-or-runtime"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html",
    explanation: "A function whose package is an archive needs a handler and a runtime; only a container image brings them.",
    bad: &[function!("Handler: a.b" "")],
    good: &[function!("Handler: a.b, Runtime: python3.13" "")],
    find: incomplete_archive,
};

fn incomplete_archive(context: &Context<'_>, report: &mut Report) {
    let resolved = context.resolved;
    for (id, _) in context.resources("AWS::Lambda::Function") {
        let parts = ["Code/ZipFile", "Code/S3Key"].map(|path| is_there(context, id, path));
        let parts = resolved.and(resolved.or(parts[0], parts[1]), resolved.not(is_there(context, id, "Code/ImageUri")));
        let archive = resolved.or(parts, is_text(context, id, "PackageType", "Zip"));
        let image = is_text(context, id, "PackageType", "Image");
        missing(context, report, id, resolved.and(archive, resolved.not(image)), |_| false);
    }
    for (id, function) in context.resources("AWS::Serverless::Function") {
        let inherits = |name: &str| inherited(context.template, function, name).is_some();
        if inherits("PackageType") || inherits("ImageUri") {
            continue;
        }
        let image = resolved.and(is_there(context, id, "ImageUri"), is_absent(context, id, "PackageType"));
        let other = is(context, id, "PackageType", |value| !value.is_absent() && value.text() != Some("Zip"));
        let archive = resolved.and(resolved.exists(id), resolved.not(resolved.or(image, other)));
        missing(context, report, id, archive, inherits);
    }
}

fn missing(context: &Context<'_>, report: &mut Report, id: &str, archive: Formula, inherits: impl Fn(&str) -> bool) {
    for name in ["Handler", "Runtime"].into_iter().filter(|name| !inherits(name)) {
        let wrong = context.resolved.and(archive, is_absent(context, id, name));
        if context.resolved.is_certainly_possible(wrong) {
            let place = context.resolved.place_where(wrong);
            let message = format!("`{id}` is an archive and has no `{name}`{place}");
            report.resource(id, "/Properties", message).help = Some(format!("set `{name}`"));
        }
    }
}

const SNAP_START_UNSUPPORTED: Rule = Rule {
    code: Code::new("E2530", "snap-start-of-other-runtime"),
    severity: Severity::Error,
    source: SNAP_START,
    explanation: "SnapStart is for Java 11 and later, Python 3.12 and later, and .NET 8 and later.",
    bad: &[
        function!("Handler: a.b, Runtime: nodejs24.x, SnapStart: { ApplyOn: PublishedVersions }" ", Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Handler } }"),
    ],
    good: &[
        function!("Handler: a.b, Runtime: java21, SnapStart: { ApplyOn: PublishedVersions }" ", Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Handler } }"),
    ],
    find: |context, report| {
        let resolved = context.resolved;
        for (id, _) in context.resources("AWS::Lambda::Function") {
            let started = is_text(context, id, "SnapStart/ApplyOn", "PublishedVersions");
            for case in resolved.property(id, "Runtime") {
                let wrong = resolved.and(started, case.when);
                if let Some(name) = case.value.text().filter(|name| !can_snap_start(name))
                    && resolved.is_certainly_possible(wrong)
                {
                    let message = format!("there is no SnapStart for `{name}`{}", resolved.place_where(wrong));
                    report.resource(id, "/Properties/SnapStart/ApplyOn", message).help =
                        Some("take `SnapStart` out, or move to a runtime that has it".into());
                }
            }
        }
    },
};

/// Whether SnapStart is for a runtime.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes>
fn can_snap_start(runtime: &str) -> bool {
    let is_later = |prefix: &str, first: u32| {
        runtime
            .strip_prefix(prefix)
            .and_then(|version| version.parse::<u32>().ok())
            .is_some_and(|version| version >= first)
    };
    is_later("java", 11) || is_later("python3.", 12) || is_later("dotnet", 8)
}

const SNAP_START_UNUSED: Rule = Rule {
    code: Code::new("W2530", "snap-start-without-version"),
    severity: Severity::Warning,
    source: SNAP_START,
    explanation: "SnapStart makes snapshots of published versions only: without a version there is none.",
    bad: &[function!("Handler: a.b, Runtime: java21, SnapStart: { ApplyOn: PublishedVersions }" "")],
    good: &[
        function!("Handler: a.b, Runtime: java21, SnapStart: { ApplyOn: PublishedVersions }" ", Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Handler } }"),
    ],
    find: |context, report| {
        let published = |id: &str| {
            context.resources("AWS::Lambda::Version").any(|(_, version)| {
                let mut names_it = false;
                version.each_reference(&mut |reference| names_it |= reference.name() == id);
                names_it
            })
        };
        for (id, _) in context.resources("AWS::Lambda::Function") {
            warn_unused(context, report, id, || published(id), "no `AWS::Lambda::Version` of it is there");
        }
        for (id, function) in context.resources("AWS::Serverless::Function") {
            let is_published = || function.properties.contains_key("AutoPublishAlias");
            warn_unused(context, report, id, is_published, "it has no `AutoPublishAlias`");
        }
    },
};

fn warn_unused(context: &Context<'_>, report: &mut Report, id: &str, is_published: impl Fn() -> bool, because: &str) {
    let started = is_text(context, id, "SnapStart/ApplyOn", "PublishedVersions");
    if context.resolved.is_certainly_possible(started) && !is_published() {
        let message = format!("SnapStart of `{id}` has no effect: {because}");
        report.resource(id, "/Properties/SnapStart/ApplyOn", message).help =
            Some("publish a version of the function, and call that or an alias of it".into());
    }
}

const SNAP_START_POSSIBLE: Rule = Rule {
    code: Code::new("I2530", "java-without-snap-start"),
    severity: Severity::Info,
    source: SNAP_START,
    explanation: "A function in Java starts up to ten times faster with SnapStart, at no cost.",
    bad: &[function!("Handler: a.b, Runtime: java21" "")],
    good: &[function!("Handler: a.b, Runtime: python3.13" "")],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Lambda::Function") {
            let java = is(context, id, "Runtime", |value| {
                value.text().is_some_and(|name| name.starts_with("java") && can_snap_start(name))
            });
            let slow = context.resolved.and(java, is_absent(context, id, "SnapStart"));
            if context.resolved.is_certainly_possible(slow) {
                let message = format!("`{id}` would start faster with SnapStart{}", context.resolved.place_where(slow));
                report.resource(id, "/Properties/Runtime", message).help =
                    Some("set `SnapStart: { ApplyOn: PublishedVersions }` and publish a version".into());
            }
        }
    },
};
