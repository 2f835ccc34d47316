//! Quotas of a template.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};

pub(super) const RULES: &[Rule] = &[RESOURCES, PARAMETERS, OUTPUTS, MAPPINGS, DESCRIPTION];

const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

/// The most bytes of a description.
const DESCRIPTION_BYTES: usize = 1024;

macro_rules! counts { ($($name:ident $id:literal $rule:literal $section:literal $field:ident $most:literal;)*) => { $(
    const $name: Rule = Rule {
        code: Code::new($id, $rule),
        severity: Severity::Error,
        source: SOURCE,
        explanation: concat!("A template has at most ", $most, " entries under `", $section, "`."),
        bad: &[],
        good: &[],
        find: |context: &Context<'_>, report: &mut Report| {
            let count = context.template.$field.len();
            if count > $most {
                let message = format!("{count} entries under `{}`: a template has at most {}", $section, $most);
                report.at(concat!("/", $section), message).help = Some("split the stack".into());
            }
        },
    };
)* } }

counts! {
    RESOURCES "E3010" "too-many-resources" "Resources" resources 500;
    PARAMETERS "E2010" "too-many-parameters" "Parameters" parameters 200;
    OUTPUTS "E6010" "too-many-outputs" "Outputs" outputs 200;
    MAPPINGS "E7010" "too-many-mappings" "Mappings" mappings 200;
}

const DESCRIPTION: Rule = Rule {
    code: Code::new("E1003", "long-description"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "The description of a template has at most 1,024 bytes.",
    bad: &[],
    good: &["Description: short\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    find: |context: &Context<'_>, report: &mut Report| {
        let length = context.template.description.as_ref().map_or(0, String::len);
        if length > DESCRIPTION_BYTES {
            report.at(
                "/Description",
                format!("the description has {length} bytes: a template's has at most {DESCRIPTION_BYTES}"),
            );
        }
    },
};
