//! What is found while a template is read. The reader finds it; here it is explained.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::Severity;
use crate::template::parse;

/// A rule of the reader's: nothing is left to find when rules are run.
macro_rules! read { ($($name:ident $severity:ident $code:expr, $source:expr, $explanation:literal, [$($bad:expr),*], [$($good:expr),*];)*) => {
    pub(super) const RULES: &[Rule] = &[$($name),*];
    $(const $name: Rule = Rule {
        code: $code,
        severity: Severity::$severity,
        source: $source,
        explanation: $explanation,
        bad: &[$($bad),*],
        good: &[$($good),*],
        find: found_by_the_reader,
    };)*
} }

fn found_by_the_reader(_: &Context<'_>, _: &mut Report) {}

const FORMATS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html";
const ANATOMY: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html";
const LIMITS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";
const OUTPUTS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html";
const ASSERTIONS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html";
const PACKAGE: &str = "https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html";
const OCTAL: &str = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/745";

/// A template of one queue, behind which the parts of an example stand.
macro_rules! queue {
    ($rest:literal) => {
        concat!("Resources: { Queue: { Type: AWS::SQS::Queue } }\n", $rest)
    };
}

read! {
    UNREADABLE Error parse::UNREADABLE, FORMATS,
        "A template is YAML or JSON. Behind a fault reading goes on, so that one run tells of all of them.",
        ["Resources:\n\tQueue: { Type: AWS::SQS::Queue }", "Description: a: b\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue } }"];
    DUPLICATE_KEY Error parse::DUPLICATE_KEY, FORMATS,
        "A key stands once in a map: of two, one is lost without a word.",
        ["Resources:\n  Queue: { Type: AWS::SQS::Queue }\n  Queue: { Type: AWS::SQS::Queue }"],
        ["Resources:\n  Queue: { Type: AWS::SQS::Queue }\n  Topic: { Type: AWS::SNS::Topic }"];
    UNKNOWN_TAG Error parse::UNKNOWN_TAG, FORMATS,
        "A tag is the short form of a function that CloudFormation has.",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: !Reference Queue } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: !Ref AWS::Region } } }"];
    KEY_NOT_TEXT Error parse::KEY_NOT_TEXT, FORMATS,
        "A key is text: neither a list nor a map nor null.",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { ? [a, b] : c } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: c } } }"];
    NULL_VALUE Error parse::NULL_VALUE, FORMATS,
        "CloudFormation refuses null: \"'null' values are not allowed in templates\".",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: '' } } }"];
    TOO_LARGE Error parse::TOO_LARGE, LIMITS,
        "A text that is too large or nested too deep, aliases resolved, is not read.", [], [];
    TOO_LARGE_TO_DEPLOY Error parse::TOO_LARGE_TO_DEPLOY, LIMITS,
        "CloudFormation takes a template of at most 1 MB from S3.", [], [];
    DESCRIPTION_SHAPE Error parse::DESCRIPTION_SHAPE, ANATOMY,
        "`Description` is literal text.",
        [queue!("Description: { Text: a }")], [queue!("Description: a")];
    RULE_SHAPE Error parse::RULE_SHAPE, ASSERTIONS,
        "A rule has assertions, and may have a condition; each assertion says what it asserts.",
        [queue!("Rules: { Stages: { Assertion: [] } }"), queue!("Rules: { Stages: { Assertions: [{ AssertDescription: a }] } }")],
        [queue!("Rules: { Stages: { Assertions: [{ Assert: !Equals [!Ref AWS::Region, us-east-1] }] } }")];
    OUTPUT_INCOMPLETE Error parse::OUTPUT_INCOMPLETE, OUTPUTS,
        "An output has a value, its export a name.",
        [queue!("Outputs: { Url: { Description: a } }"), queue!("Outputs: { Url: { Value: a, Export: {} } }")],
        [queue!("Outputs: { Url: { Value: a, Export: { Name: a } } }")];
    OUTPUT_KIND Error parse::OUTPUT_KIND, OUTPUTS,
        "An output is a map; its description is literal text, its export a map.",
        [queue!("Outputs: { Url: a }"), queue!("Outputs: { Url: { Value: a, Description: !Sub a } }")],
        [queue!("Outputs: { Url: { Value: a, Description: a } }")];
    MERGE_KEY Warning parse::MERGE_KEY, PACKAGE,
        "CloudFormation refuses the merge keys of YAML; `aws cloudformation package` resolves them.",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { << : { a: b } } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: b } } }"];
    ALIAS Warning parse::ALIAS, PACKAGE,
        "CloudFormation refuses the aliases of YAML; `aws cloudformation package` resolves them.",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: &a b, c: *a } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: b, c: b } } }"];
    MISREAD Warning parse::MISREAD, OCTAL,
        "CloudFormation reads YAML 1.1, in which text without quotes may be a truth value or an octal number.",
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: 010 } } }"],
        ["Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { a: '010' } } }"];
}
