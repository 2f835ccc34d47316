//! Outputs are named and described as CloudFormation takes them, and are no copies of other outputs.

use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::parse::OUTPUT_SHAPE;
use crate::template::{Function, Intrinsic, LogicalId, Path, Value, pointer};

pub(super) const RULES: &[Rule] = &[NAME, LENGTH, IMPORT];

const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html";

/// The most bytes of an output's description.
const DESCRIPTION_BYTES: usize = 1024;

const NAME: Rule = Rule {
    code: OUTPUT_SHAPE,
    severity: Severity::Error,
    source: SOURCE,
    explanation: "An output has a name of letters and digits.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { queue-url: { Value: !Ref Queue } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { QueueUrl: { Value: !Ref Queue } }"],
    find: |context, report| {
        for name in context.template.outputs.keys().filter(|name| name.len() <= LogicalId::MAX_LENGTH) {
            if let Some(fault) = LogicalId::fault(name) {
                report.at(pointer(["Outputs", name]), fault);
            }
        }
    },
};

const LENGTH: Rule = Rule {
    code: Code::new("E6011", "long-output"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    explanation: "The name of an output has at most 255 characters, its description at most 1,024 bytes.",
    bad: &[],
    good: &[],
    find: |context, report| {
        for (name, output) in &context.template.outputs {
            if name.len() > LogicalId::MAX_LENGTH {
                let message =
                    format!("the name has {} characters: one has at most {}", name.len(), LogicalId::MAX_LENGTH);
                report.at(pointer(["Outputs", name]), message);
            }
            let bytes = output.description.as_ref().map_or(0, String::len);
            if bytes > DESCRIPTION_BYTES {
                let message = format!("the description has {bytes} bytes: one has at most {DESCRIPTION_BYTES}");
                report.at(pointer(["Outputs", name, "Description"]), message);
            }
        }
    },
};

const IMPORT: Rule = Rule {
    code: Code::new("W6001", "output-of-an-import"),
    severity: Severity::Warning,
    source: SOURCE,
    explanation: "An output whose value is imported copies what another stack exports: whoever needs it imports it from there, so that one stack less stands between them.",
    bad: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Zone: { Value: !ImportValue zone } }"],
    good: &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Url: { Value: !Ref Queue } }"],
    find: |context, report| {
        let section = Path::Start.key("Outputs");
        for (name, output) in &context.template.outputs {
            let path = section.key(name);
            output.value.walk(&path.key("Value"), &mut |path, value| {
                if matches!(value, Value::Intrinsic(Intrinsic::Call(Function::ImportValue, _))) {
                    let found = report.at(path, format!("the output `{name}` is made of what another stack exports"));
                    found.help = Some("import it where it is needed".into());
                }
            });
        }
    },
};
